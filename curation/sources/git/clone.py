"""Clones: of a git server, kept from capture to capture and without files until they are wanted; of a local repository."""

import fcntl
import os
import re
import shutil
import stat
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import IO

from curation.sources.fetch.pace import Pace, Say, TooLong
from curation.sources.git.command import Git, GitError, new_repository, size_of
from curation.sources.git.hosts import GitAddress, numbers_of
from curation.sources.receipts import Receipt
from warehouse.digests import sha256_bytes
from warehouse.errors import SourceError

COMMIT = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
REVISION = r"^[^-\s~^:?*\[\\\x00-\x1f\x7f][^\s~^:?*\[\\\x00-\x1f\x7f]*$"
"""What a branch, tag or commit may be called (git-check-ref-format(1)), and no option of git."""

LOCK_SECONDS = 3_600.0
LARGEST_REFS = 64_000_000  # bytes of a packed-refs file

_REMOTE = "origin"
_LAZY = {
    "extensions.partialClone": _REMOTE,
    f"remote.{_REMOTE}.promisor": "true",
    f"remote.{_REMOTE}.partialclonefilter": "blob:none",
}


@dataclass(frozen=True)
class Turns:
    """When a host may be asked: at the pace that all captures of the workspace keep together."""

    pace: Pace
    delay: float  # seconds between the end of a command and the beginning of the next
    say: Say

    def wait(self) -> float:
        """Waits for a turn, and gives the seconds that it took. Raises SourceError where the host is not to be asked for long."""
        try:
            return self.pace.wait_turn(self.delay, self.say)
        except TooLong as error:
            raise SourceError(f"the host {error}. Try again later.") from error


@dataclass(frozen=True)
class Access:
    """How a git server may be asked: by whom, with what, and how much may come."""

    agent: str  # User-Agent
    authorization: str  # value of the Authorization header; empty for none
    secrets: tuple[str, ...]  # what must not appear in a message
    private_addresses: bool
    most_bytes: int
    turns: Turns


@dataclass(frozen=True)
class Clone:
    """A commit and the repository of ours that has it. `server` fetches files that it has not yet; None for a local one."""

    git: Git
    commit: str
    server: "Server | None" = None
    origin: Path | None = None  # of a local clone, its own git folder

    def fetch(self, blobs: Iterable[str]) -> None:
        """Gets files by their ids, all at once. Raises GitError."""
        wanted = sorted(set(blobs))
        if wanted and self.server is not None:
            self.server.fetch_objects(wanted)


@dataclass
class Server:
    """A git server, and the clone of it that is kept."""

    address: GitAddress
    access: Access
    git: Git
    receipt: Receipt

    def __post_init__(self) -> None:
        numbers = numbers_of(self.address, self.access.private_addresses)
        settings = {f"remote.{_REMOTE}.url": self.address.url, "http.userAgent": self.access.agent}
        if self.address.is_http:
            joined = ",".join(f"[{number}]" if ":" in number else number for number in numbers)
            settings["http.curloptResolve"] = f"{self.address.host}:{self.address.port}:{joined}"
        if self.access.authorization:
            origin = f"{self.address.scheme}://{self.address.url.split('/')[2]}/"
            settings[f"http.{origin}.extraHeader"] = f"Authorization: {self.access.authorization}"
        self.git = replace(
            self.git,
            protocols=(self.address.scheme,),
            settings=settings,
            secrets=self.access.secrets,
            most_bytes=self.access.most_bytes,
        )

    def resolve(self, revision: str) -> str:
        """The commit that a branch, a tag or HEAD stands for now. Raises SourceError where there is none."""
        if COMMIT.fullmatch(revision):
            return revision
        names = _names(revision)
        told = self._ask("ls-remote", "-q", "--", self.address.url, *names, *(f"{name}^{{}}" for name in names)).decode("utf-8", "replace")
        known = {name: commit for commit, _, name in (line.partition("\t") for line in told.splitlines())}
        for name in names:
            if found := known.get(f"{name}^{{}}") or known.get(name):
                return found
        raise SourceError(f"{self.address.url} has no branch or tag {revision!r}. Check `revision`; a commit is named by all its digits.")

    def fetch_commit(self, commit: str) -> Clone:
        """Gets a commit with its folders, without its files where the server can leave them out. Raises SourceError."""
        offline = replace(self.git, protocols=())
        if found := commit_of(offline, commit):
            return Clone(offline, found, self)
        pinned = f"+{commit}:refs/berrypatch/{commit}"
        try:
            self._ask("fetch", "-q", "--no-tags", "--no-write-fetch-head", "--depth=1", "--filter=blob:none", _REMOTE, pinned)
        except GitError:
            # an old server, or one that only serves files, gives neither one commit alone nor a part of it
            kept = ("+refs/heads/*:refs/berrypatch/heads/*", "+refs/tags/*:refs/berrypatch/tags/*")
            self._ask("fetch", "-q", "--no-tags", "--no-write-fetch-head", "--prune", "--filter=blob:none", _REMOTE, *kept)
        if found := commit_of(offline, commit):
            return Clone(offline, found, self)
        raise SourceError(f"{self.address.url} does not give the commit {commit}. Check `revision`.")

    def fetch_objects(self, objects: list[str]) -> None:
        """Gets objects by their ids."""
        options = ("--no-tags", "--no-write-fetch-head", "--recurse-submodules=no", "--filter=blob:none", "--stdin")
        given = "".join(f"{each}\n" for each in objects).encode()
        self._ask("-c", "fetch.negotiationAlgorithm=noop", "fetch", "-q", _REMOTE, *options, given=given)

    def _ask(self, *arguments: str, given: bytes = b"") -> bytes:
        turns = self.access.turns
        self.receipt.waited += turns.wait()
        before = size_of(self.git.repository)
        try:
            return self.git.run(*arguments, given=given)
        except GitError:
            self.receipt.errors += 1
            raise
        finally:
            turns.pace.sent(time.time(), turns.delay)
            self.receipt.requests += 1
            self.receipt.bytes += max(0, size_of(self.git.repository) - before)


def commit_of(git: Git, name: str) -> str:
    """The commit of a name, where a repository has it and its folders; else nothing. Asks nobody else."""
    try:
        commit = git.run("rev-parse", "-q", "--verify", "--end-of-options", f"{name}^{{commit}}").decode("ascii").strip()
        git.run("ls-tree", "-d", commit)
    except GitError:
        return ""
    return commit


@contextmanager
def kept_clone(address: GitAddress, access: Access, cache: Path, receipt: Receipt) -> Iterator[Server]:
    """The clone of a server below a cache folder, for one process at a time."""
    folder = cache / sha256_bytes(address.url.encode())[:24]
    new_repository(folder, _LAZY)
    with _locked(folder.with_suffix(".held")) as lock:
        for left in folder.rglob("*.lock"):  # of a git that was killed; none is running now
            left.unlink(missing_ok=True)
        yield Server(address, access, Git(folder, held=lock.fileno()), receipt)


@contextmanager
def _locked(path: Path) -> Iterator[IO[bytes]]:
    end = time.monotonic() + LOCK_SECONDS
    with path.open("ab") as lock:
        while True:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
                break
            except BlockingIOError:
                if time.monotonic() > end:
                    raise SourceError(f"another capture has held the clone for {LOCK_SECONDS:g} s. End it, and try again.") from None
                time.sleep(0.1)
        yield lock


def git_folder(path: Path) -> Path | None:
    """The git folder of a local clone or bare repository; None for another folder."""
    inner = path / ".git"
    if inner.is_file():
        with inner.open("rb") as pointer:
            told = pointer.read(4096)
        if not told.startswith(b"gitdir:"):
            return None
        inner = Path(os.path.normpath(path / os.fsdecode(told.removeprefix(b"gitdir:").strip())))
    for folder in (inner, path):
        if (folder / "HEAD").is_file() and ((folder / "objects").is_dir() or (folder / "commondir").is_file()):
            return folder
    return None


def local_clone(origin: Path, revision: str, folder: Path) -> Clone:
    """A commit of a local clone, read by a repository of ours in `folder` that borrows its objects and copies its refs.

    Nothing else of it is looked at: neither its settings nor its hooks can have a say. Raises SourceError.
    """
    common = _common(origin)
    if (common / "reftable").is_dir():
        raise SourceError(f"{origin} keeps its branches as a reftable, which is not read here. Clone it, and name the clone.")
    shutil.rmtree(folder, ignore_errors=True)
    new_repository(folder, _object_format(common))
    (folder / "objects" / "info").mkdir(parents=True)
    (folder / "objects" / "info" / "alternates").write_bytes(os.fsencode(common / "objects") + b"\n")
    _copy_refs(common, folder)
    _copy_file(origin / "HEAD", folder / "HEAD")
    _copy_file(common / "shallow", folder / "shallow")
    git = Git(folder)
    for name in (revision,) if COMMIT.fullmatch(revision) else _names(revision):
        if commit := commit_of(git, name):
            return Clone(git, commit, origin=common)
    raise SourceError(f"{origin} has no branch, tag or commit {revision!r}. Check `revision`.")


def _names(revision: str) -> list[str]:
    if revision == "HEAD" or revision.startswith("refs/"):
        return [revision]
    return [f"refs/tags/{revision}", f"refs/heads/{revision}"]


def _common(folder: Path) -> Path:
    pointer = folder / "commondir"  # of a linked work tree
    return Path(os.path.normpath(folder / pointer.read_text().strip())) if pointer.is_file() else folder


def _object_format(common: Path) -> dict[str, str]:
    """The one setting that objects cannot be read without."""
    try:
        text = (common / "config").read_text(errors="replace")
    except OSError:
        return {}
    return {"extensions.objectFormat": "sha256"} if re.search(r"^\s*objectformat\s*=\s*sha256\s*$", text, re.I | re.M) else {}


def _copy_refs(common: Path, folder: Path) -> None:
    _copy_file(common / "packed-refs", folder / "packed-refs")
    for place, _, names in os.walk(common / "refs"):
        for name in names:
            path = Path(place) / name
            _copy_file(path, folder / path.relative_to(common))


def _copy_file(path: Path, copy: Path) -> None:
    try:
        status = path.lstat()
        if not stat.S_ISREG(status.st_mode) or status.st_size > LARGEST_REFS:
            return
        content = path.read_bytes()
    except OSError:
        return
    copy.parent.mkdir(parents=True, exist_ok=True)
    copy.write_bytes(content)
