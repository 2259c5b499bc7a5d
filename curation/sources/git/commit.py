"""The files of one commit, without a work tree."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from typing import IO

from curation.sources.git.clone import Clone
from curation.sources.git.command import GitError
from curation.sources.git.tree import MOST_FILES, Content, Entry
from warehouse.errors import SourceError

LONGEST_PATH = 4_096  # bytes

_LINK, _SUBMODULE = b"120000", b"160000"


@dataclass(frozen=True)
class CommitTree:
    """The files of a commit in git's own order: by the bytes of their paths."""

    clone: Clone

    def entries(self) -> list[Entry]:
        """Every file, link and submodule. Raises SourceError."""
        with self.clone.git.reading("ls-tree", "-r", "-z", "--full-tree", self.clone.commit) as listing:
            found = [_entry(line) for line in islice(_records(listing), MOST_FILES + 1)]
        if len(found) > MOST_FILES:
            raise SourceError(f"the commit {self.clone.commit} lists more than {MOST_FILES:,} files")
        return found

    def contents(self, entries: Sequence[Entry], largest: int) -> Iterator[Content]:
        """The files of some entries, in their order; what is larger than `largest` bytes, or missing, is without content."""
        lacking = self._missing()
        if wanted := [entry.blob for entry in entries if entry.blob in lacking]:
            self.clone.fetch(wanted)
            lacking = self._missing()
        sizes = self._sizes({entry.blob for entry in entries} - lacking)
        small = [entry.blob for entry in entries if sizes.get(entry.blob, largest + 1) <= largest]
        with self.clone.git.reading("cat-file", "--batch", "--buffer", given=_lines(small)) as output:
            for entry in entries:
                size = sizes.get(entry.blob)
                if size is None or size > largest:
                    yield Content(entry, size)
                    continue
                output.readline()
                yield Content(entry, size, output.read(size))
                output.read(1)

    def _missing(self) -> set[str]:
        """Objects that the clone has not; asks nobody for them."""
        told = self.clone.git.run("rev-list", "--objects", "--no-object-names", "--missing=print", f"{self.clone.commit}^{{tree}}")
        return {line[1:] for line in told.decode("ascii").splitlines() if line.startswith("?")}

    def _sizes(self, blobs: set[str]) -> dict[str, int]:
        if not blobs:
            return {}
        told = self.clone.git.run("cat-file", "--batch-check=%(objectname) %(objecttype) %(objectsize)", given=_lines(sorted(blobs)))
        lines = (line.split() for line in told.decode("ascii").splitlines())
        return {parts[0]: int(parts[2]) for parts in lines if len(parts) == 3 and parts[1] == "blob"}


def _lines(objects: Sequence[str]) -> bytes:
    return "".join(f"{each}\n" for each in objects).encode()


def _records(listing: IO[bytes]) -> Iterator[bytes]:
    rest = b""
    while chunk := listing.read(1 << 16):
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole
        if len(rest) > LONGEST_PATH:
            raise GitError(f"a path is longer than {LONGEST_PATH} bytes")


def _entry(record: bytes) -> Entry:
    facts, _, name = record.partition(b"\t")
    mode, _, blob = facts.split(b" ")
    path, known = name.decode("utf-8", "surrogateescape"), blob.decode("ascii")
    if mode == _LINK:
        return Entry(path, known, fault="is a symbolic link; links are not followed")
    if mode == _SUBMODULE:
        return Entry(path, known, fault=f"is a submodule at commit {known}; `submodules` does not ask for it", submodule=True)
    return Entry(path, known)
