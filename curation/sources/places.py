"""Where a source's files are: what a path or a pattern names, which members are meant, and what they are called."""

import glob
import os
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatch
from itertools import takewhile
from pathlib import Path

from pydantic import Field

from curation.sources.containers import Member, content_digest, members
from curation.sources.folders import files_below
from curation.sources.item import printable
from curation.sources.source import Source
from warehouse.digests import digest
from warehouse.errors import SourceError


class PathSource(Source):
    """What every source of local files has."""

    path: str = Field(title="Path", description="File, folder, archive or glob pattern; relative to the recipe's folder.")
    include: list[str] = Field([], title="Include", description="Only members whose path matches one of these patterns.")
    exclude: list[str] = Field([], title="Exclude", description="No member whose path matches one of these patterns.")
    origin: str = Field("", title="Origin", description="Address under which the files are published; their URIs begin with it.")

    def fingerprint(self, folder: Path) -> str:
        """Digest of every byte that the source could read."""
        return fingerprint(self, folder)


@dataclass(frozen=True)
class Located:
    """A member that is meant, with the source's own name of it and its address."""

    member: Member
    native: str
    uri: str

    @property
    def whole(self) -> bool:
        """Whether it is a file that the recipe names, and not one of many."""
        return self.member.joint == "" and self.native == self.member.name


def fingerprint(source: PathSource, folder: Path) -> str:
    """Digest of every byte that the source could read: the input of its capture."""
    facts = {}
    for root in roots(source, folder):
        alone = [(root, None if root.is_file() else "is no regular file")]
        for file, fault in files_below(root) if root.is_dir() else alone:
            facts[printable(os.path.relpath(file, folder))] = fault or content_digest(file)
    return digest(facts)


def located(source: PathSource, folder: Path) -> Iterator[Located]:
    """Every member that a source means. Its stream is valid until the next is asked for.

    Raises SourceError where the path names nothing.
    """
    base = _base(source, folder)
    for root in roots(source, folder):
        place = os.path.relpath(root, folder).replace(os.sep, "/")
        for member in members(root):
            if not _wanted(source, member):
                continue
            address = f"{place}{member.joint}{member.name if member.joint else ''}"
            uri = f"{source.origin.rstrip('/')}/{member.name}" if source.origin else f"file:{address}"
            native = member.name
            if base is not None and root != base:
                native = f"{os.path.relpath(root, base).replace(os.sep, '/')}{member.joint}{member.name if member.joint else ''}"
            yield Located(member, native, uri)


def roots(source: PathSource, folder: Path) -> list[Path]:
    """The files and folders that a source's path names, sorted.

    Raises SourceError where there is none.
    """
    path = _absolute(source.path, folder)
    if path.exists():
        return [path]
    pattern = os.path.expanduser(source.path)  # noqa: PTH111  (Path drops the trailing slash of a pattern for folders)
    names = glob.glob(pattern, root_dir=folder, recursive=True)  # noqa: PTH207  (as a shell does: hidden files are not meant)
    found = sorted({_absolute(name, folder) for name in names})
    if not found:
        raise SourceError(
            f"source {source.id}: {_absolute(source.path, folder)} does not exist. "
            f"Check `path` in the recipe (it is relative to {folder}), or take the source out."
        )
    return [path for path in found if not any(other in path.parents for other in found)]


def _base(source: PathSource, folder: Path) -> Path | None:
    """The folder from which the matches of a pattern are named: the part before its first wildcard. None for a plain path.

    A pattern may match another file tomorrow, and a recipe may move: today's ids must change in neither case.
    """
    if _absolute(source.path, folder).exists():
        return None
    fixed = takewhile(lambda part: not glob.has_magic(part), Path(source.path).parts)
    return _absolute(str(Path(*fixed)), folder)


def _absolute(path: str, folder: Path) -> Path:
    return Path(os.path.normpath(folder / os.path.expanduser(path)))  # noqa: PTH111


def _wanted(source: PathSource, member: Member) -> bool:
    included = not source.include or member.opaque or any(fnmatch(member.name, pattern) for pattern in source.include)
    return included and not any(fnmatch(member.name, pattern) for pattern in source.exclude)
