"""The repositories that a commit names as its submodules: where they are cloned from (gitmodules(5))."""

import posixpath
import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

from curation.sources.git.attributes import is_safe
from curation.sources.git.clone import Clone
from curation.sources.git.command import GitError
from curation.sources.git.commit import CommitTree
from curation.sources.git.tree import Entry

FILE = ".gitmodules"
LARGEST = 1_000_000  # bytes

_KEY = re.compile(r"submodule\.(.*)\.(path|url)", re.DOTALL)


@dataclass(frozen=True)
class Submodule:
    """One submodule: its address, or the git folder that a local clone keeps of it."""

    url: str
    folder: Path | None = None


def submodules(clone: Clone, entries: Sequence[Entry], url: str) -> dict[str, Submodule]:
    """The submodules of a commit by path. `url` is the commit's own, for addresses that begin with `./` or `../`."""
    own = [entry for entry in entries if entry.path == FILE and not entry.fault]
    content = next(CommitTree(clone).contents(own, LARGEST), None) if own else None
    if content is None or content.content is None:
        return {}
    try:
        # of a file, git does not follow `include.path`
        listed = clone.git.run("config", f"--blob={own[0].blob}", "--no-includes", "-z", "--list").decode("utf-8", "replace")
    except GitError:
        return {}
    facts: dict[str, dict[str, str]] = {}
    for record in listed.split("\0"):
        key, _, value = record.partition("\n")
        if found := _KEY.fullmatch(key):
            facts.setdefault(found.group(1), {})[found.group(2)] = value
    known = {fact["path"]: (name, fact["url"]) for name, fact in facts.items() if {"path", "url"} <= fact.keys()}
    return {path: _submodule(clone, name, _absolute(address, url)) for path, (name, address) in known.items()}


def _submodule(clone: Clone, name: str, url: str) -> Submodule:
    if clone.origin is None:
        return Submodule(url)
    # of a local clone nothing is fetched: it has the submodule, or it cannot be had
    return Submodule("", clone.origin / "modules" / name if is_safe(name) else Path("/nonexistent"))


def _absolute(address: str, base: str) -> str:
    if not address.startswith(("./", "../")) or "://" not in base:
        return address
    parts = urlsplit(base)
    return urlunsplit(parts._replace(path=posixpath.normpath(posixpath.join(parts.path, address))))
