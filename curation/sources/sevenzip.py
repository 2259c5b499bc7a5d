"""Members of a 7z archive, by the library py7zr: the extra `archives`.

A solid archive can only be read from its beginning, and the library pushes what it reads. So all of it goes to one nameless
file on disk, up to a limit, and members are read from there; memory holds a piece of one.
"""

import io
import lzma
import struct
import tempfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO, Any, cast

MAGIC = b"7z\xbc\xaf\x27\x1c"

LARGEST = 4_000_000_000
"""Bytes that one archive may unpack to."""


_DAMAGE = (
    *(OSError, EOFError, ValueError, LookupError, TypeError, AttributeError, ArithmeticError, RuntimeError, MemoryError, AssertionError),
    *(lzma.LZMAError, zlib.error, struct.error),
)
"""What the library lets through for archives that are damaged."""


class SevenZipError(Exception):
    """A 7z archive, or a member of one, that cannot be read, in words."""


@dataclass(frozen=True)
class Unpacked:
    """A member, as a stream; without one, the error says why."""

    name: str
    modified: str | None
    stream: IO[bytes] | None
    error: str = ""


@contextmanager
def unpacked(raw: IO[bytes]) -> Iterator[Iterator[Unpacked]]:
    """The members of an archive, in stored order. Where it is damaged, those before the damage, and the others with an error.

    Raises SevenZipError where the library is not installed, or nothing of it can be read.
    """
    try:
        import py7zr
        from py7zr.exceptions import AbsolutePathError, ArchiveError, PasswordRequired
    except ImportError as error:
        raise SevenZipError("7z archives need the library py7zr: pip install 'berrypatch[archives]'") from error
    faults = (ArchiveError, AbsolutePathError, PasswordRequired, SevenZipError, *_DAMAGE)
    fault = ""
    with tempfile.TemporaryFile() as disk:
        spool = _Spool(cast(IO[bytes], disk))
        try:
            with py7zr.SevenZipFile(raw) as archive:
                stated = {file.filename: file for file in archive.files if not (file.is_directory or file.is_symlink)}
                if sum(file.uncompressed for file in stated.values()) > LARGEST:
                    raise SevenZipError(f"it unpacks to more than {LARGEST:,} bytes; unpack it, and name the folder")
                archive.extractall(factory=spool)
        except faults as error:
            fault = "it is encrypted" if isinstance(error, PasswordRequired) else f"{type(error).__name__}: {error}"
            if not spool.members:
                raise SevenZipError(fault) from error
        disk.flush()
        yield _members(spool, {name: _time(file) for name, file in stated.items()}, fault)


def _members(spool: "_Spool", times: dict[str, str | None], fault: str) -> Iterator[Unpacked]:
    for name, modified in times.items():
        written = spool.members.get(name)
        if written is not None and written.ended:
            part = _Part(spool.disk, written.start, written.length)
            yield Unpacked(name, modified, cast(IO[bytes], io.BufferedReader(part)))
        else:
            yield Unpacked(name, modified, None, fault or "the archive ends before it")


def _time(file: Any) -> str | None:
    try:
        return str(file.lastwritetime.as_datetime().isoformat(timespec="seconds")) if file.lastwritetime else None
    except (OSError, OverflowError, ValueError):
        return None


@dataclass
class _Spool:
    """What the library asks for a place to write each member to."""

    disk: IO[bytes]
    end: int = 0

    def __post_init__(self) -> None:
        self.members: dict[str, _Written] = {}

    def create(self, filename: str) -> "_Written":
        self.members[filename] = written = _Written(self, self.end)
        return written


class _Written:
    """One member, as the library writes it: it lies in the file from `start` on."""

    def __init__(self, spool: _Spool, start: int) -> None:
        self.spool, self.start = spool, start
        self.length, self.ended, self._position = 0, False, 0

    def write(self, content: bytes) -> int:
        if self.spool.end + len(content) > LARGEST:
            raise SevenZipError(f"it unpacks to more than {LARGEST:,} bytes, and states less")
        self.spool.disk.seek(self.start + self._position)
        self.spool.disk.write(content)
        self._position += len(content)
        self.length = max(self.length, self._position)
        self.spool.end = self.start + self.length
        return len(content)

    def read(self, size: int | None = None) -> bytes:
        left = self.length - self._position
        self.spool.disk.seek(self.start + self._position)
        found = self.spool.disk.read(left if size is None or size < 0 else min(size, left))
        self._position += len(found)
        return found

    def seek(self, offset: int, whence: int = 0) -> int:
        self._position = (0, self._position, self.length)[whence] + offset
        return self._position

    def flush(self) -> None:
        """Nothing: the file is flushed when all is written."""

    def size(self) -> int:
        return self.length

    def close(self) -> None:
        self.ended = True


class _Part(io.RawIOBase):
    """A part of a file as a file."""

    def __init__(self, disk: IO[bytes], start: int, length: int) -> None:
        super().__init__()
        self._disk, self._start, self._length, self._position = disk, start, length, 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        self._position = max(0, (0, self._position, self._length)[whence] + offset)
        return self._position

    def readinto(self, buffer: Any) -> int:
        self._disk.seek(self._start + self._position)
        found = self._disk.read(max(0, min(len(buffer), self._length - self._position)))
        buffer[: len(found)] = found
        self._position += len(found)
        return len(found)
