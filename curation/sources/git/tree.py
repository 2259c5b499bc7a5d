"""The files of a repository, wherever they lie: in a commit, a folder or an archive."""

import os
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Protocol

from curation.sources.containers import UNREADABLE, Member, expanded, explain, members
from curation.sources.folders import files_below
from warehouse.errors import SourceError

MOST_FILES = 500_000
"""Files of one tree: a few bytes can list files without end."""

MOST_EXPANDED = 2_000_000_000
"""Bytes that an archive may unpack to."""


@dataclass(frozen=True)
class Entry:
    """One file by its path; `blob` is git's id of its bytes, empty outside git. `fault`: why it is not to be read."""

    path: str
    blob: str = ""
    fault: str = ""
    submodule: bool = False
    modified: str | None = None


@dataclass(frozen=True)
class Content:
    """What an entry holds. No size: it is not there. A size alone: it is larger than was asked for."""

    entry: Entry
    size: int | None
    content: bytes | None = None
    error: str = ""


class Tree(Protocol):
    """Files that can be listed and read."""

    def entries(self) -> list[Entry]:
        """Every file, in an order that does not change. Raises SourceError."""
        ...

    def contents(self, entries: Sequence[Entry], largest: int) -> Iterator[Content]:
        """The files of some entries, in their order, up to `largest` bytes each. Raises SourceError."""
        ...


@dataclass(frozen=True)
class FolderTree:
    """The files of a folder that is no clone. Links are not followed, and `.git` folders are no files of it."""

    folder: Path

    def entries(self) -> list[Entry]:
        """Every file, by path."""
        found = []
        for path, fault in files_below(self.folder):
            relative = path.relative_to(self.folder)
            if ".git" in relative.parts:
                continue
            linked = "is a symbolic link; links are not followed" if path.is_symlink() else ""
            found.append(Entry(relative.as_posix(), fault=linked or fault or ""))
        return found

    def contents(self, entries: Sequence[Entry], largest: int) -> Iterator[Content]:
        """The files of some entries."""
        for entry in entries:
            path = self.folder / entry.path
            try:
                descriptor = os.open(path, os.O_RDONLY | os.O_NOFOLLOW)
                with open(descriptor, "rb") as stream:  # noqa: PTH123  (of a descriptor)
                    content = stream.read(largest + 1)
                    size = os.fstat(stream.fileno()).st_size
            except OSError as error:
                yield Content(entry, None, error=explain(error))
                continue
            yield Content(entry, max(size, len(content)), content if len(content) <= largest else None)


@dataclass
class ArchiveTree:
    """The files of an archive. The folder that all of them lie in, if there is one, is no part of their paths.

    Raises SourceError for an archive that unpacks to too much.
    """

    archive: Path

    def __post_init__(self) -> None:
        if expanded(self.archive, MOST_EXPANDED) > MOST_EXPANDED:
            raise SourceError(f"the archive unpacks to more than {MOST_EXPANDED:,} bytes, and is not opened")
        found = [(member.name, member.error or "", member.modified, member.opaque) for member in islice(self._members(), MOST_FILES + 1)]
        if len(found) > MOST_FILES:
            raise SourceError(f"the archive lists more than {MOST_FILES:,} files, and is not opened")
        top = shared_top(name for name, _, _, opaque in found if not opaque)
        self._entries = [Entry(name.removeprefix(top), fault=fault, modified=modified) for name, fault, modified, _ in found]

    def entries(self) -> list[Entry]:
        """Every file, as the archive has them."""
        return self._entries

    def contents(self, entries: Sequence[Entry], largest: int) -> Iterator[Content]:
        """The files of some entries, which come as the archive has them."""
        wanted = iter(entries)
        entry = next(wanted, None)
        for here, member in zip(self._entries, self._members(), strict=False):
            if entry is None:
                return
            if here != entry or member.stream is None:
                continue
            try:
                content = member.stream.read(largest + 1)
            except UNREADABLE as error:
                yield Content(entry, None, error=explain(error))
            else:
                yield Content(entry, len(content), content if len(content) <= largest else None)
            entry = next(wanted, None)

    def _members(self) -> Iterator[Member]:
        return members(self.archive, containers_within=False)


def shared_top(paths: Iterable[str]) -> str:
    """The folder, with a slash, that every path begins with; empty where there is none."""
    tops = {path.partition("/")[0] if "/" in path else "" for path in paths}
    return f"{tops.pop()}/" if len(tops) == 1 and "" not in tops else ""
