"""Files of a git repository at one commit, or of a folder or an archive of one."""

import json
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, field_validator, model_validator

from curation.secrets import SecretReference, resolve, spellings
from curation.sources.containers import content_digest
from curation.sources.context import Context
from curation.sources.fetch.client import agent, host_of
from curation.sources.fetch.hosts import pace_of, saying
from curation.sources.folders import files_below
from curation.sources.git.clone import REVISION, Access, Clone, Server, Turns, git_folder, kept_clone, local_clone
from curation.sources.git.code_files import Choice, Place, Survey, tree_items
from curation.sources.git.commit import CommitTree
from curation.sources.git.hosts import parsed
from curation.sources.git.submodules import submodules
from curation.sources.git.tree import ArchiveTree, Entry, FolderTree, Tree
from curation.sources.item import Item, printable
from curation.sources.request import Request
from curation.sources.source import NetworkSource, kind
from warehouse.digests import digest
from warehouse.errors import SourceError
from warehouse.store import write_atomic

DEEPEST = 3
"""Submodules of submodules are captured to this depth."""

_PIN = "commit.json"


class RepositorySource(NetworkSource):
    """Files of a git repository at one commit, from a server or a local clone; or of a folder or an archive. Nothing is executed."""

    kind: Literal["repository"] = kind("Files of a git repository, a folder of code or an archive of it.")
    url: str = Field("", title="Address", description="Where git clones it from: https, http, git or ssh.")
    path: str = Field(
        "", title="Path", description="In place of an address: a clone, a folder or an archive, relative to the recipe's folder."
    )
    revision: str = Field("HEAD", pattern=REVISION, title="Revision", description="Branch, tag, or all digits of a commit.")
    include: list[str] = Field([], title="Include", description="Only files whose path matches one of these patterns.")
    exclude: list[str] = Field([], title="Exclude", description="No file whose path matches one of these patterns.")
    languages: list[str] = Field([], title="Languages", description="Only files in one of these programming languages.")
    min_bytes: int = Field(0, ge=0, title="Fewest bytes", description="Smaller files are left out.")
    max_bytes: int = Field(0, ge=0, title="Most bytes", description="Larger files are left out; 0: none.")
    submodules: bool = Field(
        False, title="Submodules", description="Whether the repositories that it names as its submodules are captured."
    )
    max_clone_megabytes: float = Field(2_048.0, gt=0, title="Largest clone", description="A clone that grows beyond it is given up.")
    authorization: SecretReference = Field(
        "", title="Authorization", description="Where the value of the Authorization header is kept, as env:NAME or block:NAME."
    )

    @field_validator("url")
    @classmethod
    def _is_address(cls, url: str) -> str:
        if url:
            parsed(url)
        return url

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        if bool(self.url) == bool(self.path):
            raise ValueError("say either `url` or `path`")
        if self.authorization and not self.url.startswith(("https://", "http://")):
            raise ValueError("`authorization` is a header of HTTP; the `url` must begin with https://")
        return self

    @property
    def is_remote(self) -> bool:
        """Unless it is on this machine."""
        return bool(self.url)

    @property
    def place(self) -> str:
        """The repository: paths of another one are other files."""
        return self.url or self.path

    def fingerprint(self, folder: Path) -> str:
        """The commit of a local clone, or the digest of a folder's or an archive's bytes."""
        if self.url:
            return ""
        path = _local(self, folder)
        if origin := git_folder(path):
            return _commit_at(origin, self)
        if path.is_dir():
            return digest({printable(str(file.relative_to(path))): fault or content_digest(file) for file, fault in files_below(path)})
        return content_digest(path)

    def items(self, context: Context) -> Iterator[Item]:
        """One item per wanted file, by path; what is not read says why."""
        return items(self, context)

    def first_requests(self) -> list[Request]:
        """The branches and tags, and the commit."""
        if not self.url:
            return []
        if not self.url.startswith(("http://", "https://")):
            return [Request(self.url, "the commit, and its list of files", method="git fetch")]
        base = self.url.rstrip("/")
        return [
            Request(f"{base}/info/refs?service=git-upload-pack", "its branches and tags"),
            Request(f"{base}/git-upload-pack", "the commit, and its list of files", method="POST"),
        ]

    def secrets(self) -> list[str]:
        """The secret of `authorization`."""
        return [self.authorization] if self.authorization else []


@dataclass(frozen=True)
class _Capture:
    """One capture of a repository and its submodules."""

    source: RepositorySource
    context: Context
    stack: ExitStack
    choice: Choice
    survey: Survey
    lost: list[str] = field(default_factory=list)  # paths of submodules that cannot be had now
    servers: dict[str, Server] = field(default_factory=dict)  # a repository may name itself, or another one twice

    def tree(self, tree: Tree, place: Place, clone: Clone | None = None, url: str = "", depth: int = 0) -> Iterator[Item]:
        """The items of a tree, and of those that hang in it."""
        entries = tree.entries()
        inner = submodules(clone, entries, url) if clone and self.source.submodules and depth < DEEPEST else {}
        hung: list[tuple[Entry, Clone, str]] = []
        for number, entry in enumerate(entries):
            if entry.submodule and (known := inner.get(entry.path)):
                try:
                    hung.append((entry, self._clone(known.url, known.folder, entry.blob), known.url))
                except SourceError as error:
                    self.lost.append(f"{place.native(entry)}/")
                    entries[number] = replace(entry, fault=f"is a submodule that cannot be had: {error}")
        rest = [entry for entry in entries if entry not in [each for each, _, _ in hung]]
        yield from tree_items(tree, rest, self.choice, place, self.survey)
        for entry, other, address in hung:
            below = Place(_address(self.source, other.commit, address), f"{place.native(entry)}/", self.context.earlier)
            yield from self.tree(CommitTree(other), below, other, address, depth + 1)

    def _clone(self, url: str, folder: Path | None, commit: str) -> Clone:
        if folder is not None:
            return local_clone(folder, commit, self.context.state / f"borrowed-{commit}")
        return self.server(url).fetch_commit(commit)

    def server(self, url: str) -> Server:
        """The kept clone of a server, for the length of this capture."""
        if url not in self.servers:
            self.servers[url] = self._opened(url)
        return self.servers[url]

    def _opened(self, url: str) -> Server:
        context, source = self.context, self.source
        try:
            address = parsed(url)
            # a submodule elsewhere is not ours to show a secret to
            secret = resolve(source.authorization) if source.authorization and parsed(source.url).origin == address.origin else ""
        except (ValueError, SourceError) as error:
            raise SourceError(f"source {source.id}: {error}") from None
        if not (source.user_agent or context.contact or address.is_loopback):
            raise SourceError("set `contact` in the recipe to an address or page by which the owners of sites reach you")
        host = host_of(url) if address.is_http else address.host
        access = Access(
            agent(source, context),
            secret,
            tuple(spellings(secret)) if secret else (),
            source.private_addresses,
            int(source.max_clone_megabytes * 1e6),
            Turns(pace_of(host, context), source.delay_seconds, saying(host, context)),
        )
        cache = (context.cache or context.state) / "git"
        return self.stack.enter_context(kept_clone(address, access, cache, context.receipts.of(address.host)))


def items(source: RepositorySource, context: Context) -> Iterator[Item]:
    """One item per wanted file, by path; what is not read, and what is there no more, says why. Raises SourceError."""
    choice = Choice(
        tuple(source.include),
        tuple(source.exclude),
        frozenset(name.lower() for name in source.languages),
        source.min_bytes,
        source.max_bytes,
        int(source.max_page_megabytes * 1e6),
    )
    with ExitStack() as stack:
        capture = _Capture(source, context, stack, choice, Survey())
        try:
            tree, clone = _opened(capture)
            commit = clone.commit if clone else ""
            place = Place(_address(source, commit, source.url), earlier=context.earlier)
            present: set[str] = set()
            for item in capture.tree(tree, place, clone, source.url):
                present.add(item.native_id)
                yield item
            yield from context.earlier.unseen("its submodule cannot be had", tuple(capture.lost))
            if source.url:
                yield from _vanished(context, tree, present, commit)
        except SourceError as error:
            raise SourceError(f"source {source.id}: {str(error).removeprefix(f'source {source.id}: ')}") from error
        _remember(context, source, commit, capture.survey)


def _opened(capture: _Capture) -> tuple[Tree, Clone | None]:
    source, context = capture.source, capture.context
    if source.url:
        server = capture.server(source.url)
        clone = server.fetch_commit(_pinned(source, context, server))
        return CommitTree(clone), clone
    path = _local(source, context.folder)
    if origin := git_folder(path):
        clone = local_clone(origin, source.revision, context.state / "borrowed")
        return CommitTree(clone), clone
    if source.revision != "HEAD":
        raise SourceError(f"{path} is no clone, and so has no revision. Take `revision` out.")
    return (FolderTree(path) if path.is_dir() else ArchiveTree(path)), None


def _pinned(source: RepositorySource, context: Context, server: Server) -> str:
    """The commit of this capture: once it is known, a restart stays with it, whatever the branch does meanwhile."""
    path = context.state / _PIN
    asked = [source.url, source.revision]
    if path.exists():
        pin = json.loads(path.read_text())
        if pin["asked"] == asked:
            return str(pin["commit"])
    commit = server.resolve(source.revision)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomic(path, json.dumps({"asked": asked, "commit": commit}))
    return commit


def _vanished(context: Context, tree: Tree, present: set[str], commit: str) -> Iterator[Item]:
    """What an earlier capture had and the commit has not; what the recipe has left out since is not meant."""
    entries = tree.entries()
    known = present | {entry.path for entry in entries}
    hanging = tuple(f"{entry.path}/" for entry in entries if entry.submodule)
    for fact in sorted(context.earlier.facts(), key=lambda fact: fact.native_id):
        if fact.native_id in known or not (fact.sha256 or fact.gone) or fact.native_id.startswith(hanging):
            continue
        yield Item.vanished(fact.native_id, fact.uri, fact.gone or f"is not in commit {commit}")


def _remember(context: Context, source: RepositorySource, commit: str, survey: Survey) -> None:
    context.memory.update(
        commit=commit, revision=source.revision, licence=survey.licence or "unknown", left_out=dict(sorted(survey.left_out.items()))
    )


def _local(source: RepositorySource, folder: Path) -> Path:
    path = (folder / Path(source.path).expanduser()).resolve()
    if not path.exists():
        raise SourceError(f"source {source.id}: {path} does not exist. Check `path` in the recipe (it is relative to {folder}).")
    return path


def _address(source: RepositorySource, commit: str, url: str) -> str:
    """What stands before the path in the URIs of a tree: the way in which pip and SPDX name a file of a commit."""
    if url:
        scheme = "" if "://" in url else "ssh://"
        return f"git+{scheme}{url}@{commit}#"
    return f"git+file:{source.path}@{commit}#" if commit else f"file:{source.path}/"


def _commit_at(origin: Path, source: RepositorySource) -> str:
    with tempfile.TemporaryDirectory() as folder:
        return local_clone(origin, source.revision, Path(folder) / "borrowed").commit
