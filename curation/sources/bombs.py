"""Archives that are small and would unpack to what no disk holds."""

import io
import zipfile
from typing import IO, Any

MOST_EXPANSION = 200
"""Times its own size that a zip as a whole, or a compressed file, may unpack to: text shrinks to a tenth, seldom to a fiftieth."""

SMALL = 1_000_000_000
"""Bytes. What unpacks to less is no bomb, however small it is."""


def require_no_bomb(archive: zipfile.ZipFile) -> None:
    """Raises BadZipFile for a zip whose members together would unpack to far more than it holds.

    They may lie over one another, so that each is small and all of them fill a disk. None gives more than it states.
    """
    stated = sum(info.file_size for info in archive.infolist())
    size = archive.fp.seek(0, io.SEEK_END) if archive.fp else 0
    if stated > max(SMALL, MOST_EXPANSION * size):
        raise zipfile.BadZipFile(f"would unpack to {stated:,} bytes, {stated // max(1, size):,} times its size: it is taken for a bomb")


class Watched(io.RawIOBase):
    """A compressed file as it is unpacked. Where many items are read of one file, no limit of an item would end a bomb."""

    def __init__(self, unpacked: IO[bytes], packed: IO[bytes]) -> None:
        super().__init__()
        self._unpacked, self._packed = unpacked, packed

    def readable(self) -> bool:
        """It is."""
        return True

    def seekable(self) -> bool:
        """It is; a step back unpacks it from its beginning."""
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        """Goes to a byte of what is unpacked."""
        return self._unpacked.seek(offset, whence)

    def readinto(self, buffer: Any) -> int:
        """Reads on. Raises OSError where it turns out to be a bomb."""
        # as much as one step gives: a longer read that meets damage on its way would lose what came before
        found = self._unpacked.read1(len(buffer))  # type: ignore[attr-defined]  # every module of compression has it
        buffer[: len(found)] = found
        reached = self._unpacked.tell()
        if reached > SMALL and reached > MOST_EXPANSION * self._packed.tell():
            raise OSError(f"it unpacks to more than {MOST_EXPANSION} times its size: it is taken for a bomb")
        return len(found)
