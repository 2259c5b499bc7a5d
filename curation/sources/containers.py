"""Files in folders and archives, read in place and in order: zip, tar, gz, bz2 and xz, also within one another.

Containers are told by their first bytes, never by name. Nothing is unpacked to disk, so a member's path cannot climb
out of anywhere. What cannot be read is a member with an error, and the rest goes on.
"""

import bz2
import gzip
import io
import lzma
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, cast

DEEPEST = 3
"""Archives within archives are opened to this depth."""

UNREADABLE = (OSError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile, tarfile.TarError, NotImplementedError, RuntimeError)
"""What the standard library raises for damaged, encrypted or unknown archives."""

_STREAMS: dict[bytes, tuple[str, Callable[[IO[bytes]], IO[bytes]]]] = {
    b"\x1f\x8b": (".gz", lambda raw: cast(IO[bytes], gzip.GzipFile(fileobj=raw))),
    b"BZh": (".bz2", lambda raw: cast(IO[bytes], bz2.BZ2File(raw))),
    b"\xfd7zXZ\x00": (".xz", lambda raw: cast(IO[bytes], lzma.LZMAFile(raw))),
}


@dataclass(frozen=True)
class Member:
    """One file. Its stream is valid until the next member is asked for."""

    name: str
    stream: IO[bytes] | None
    modified: str | None = None
    error: str | None = None


def members(path: Path) -> Iterator[Member]:
    """Every file at or below a path, sorted by name in folders and in stored order in archives."""
    if not path.is_dir():
        yield from _file(path, path.name)
        return
    for file in sorted(p for p in path.rglob("*") if p.is_file()):
        name = file.relative_to(path).as_posix()
        for member in _file(file, name):
            yield _within(name, member)


def is_archive(path: Path) -> bool:
    """Whether a file holds named members, so that a URI needs their names."""
    try:
        with path.open("rb") as raw:
            return _is_zip(raw) or _is_tar(_decompressed(raw)[1])
    except UNREADABLE:
        return False


def _file(path: Path, name: str) -> Iterator[Member]:
    try:
        with path.open("rb") as raw:
            # a checkout's file times are no facts of the source, an archive's are
            yield from _opened(raw, name, None, DEEPEST)
    except UNREADABLE as error:
        yield Member(name, None, error=_explain(error))


def _opened(raw: IO[bytes], name: str, modified: str | None, depth: int) -> Iterator[Member]:
    if depth and _is_zip(raw):
        yield from _zip_members(raw, depth)
        return
    suffix, stream = _decompressed(raw) if depth else ("", raw)
    if depth and _is_tar(stream):
        yield from _tar_members(stream, depth)
    elif suffix:
        yield from _opened(stream, name.removesuffix(suffix), modified, depth - 1)
    else:
        yield Member(name, stream, modified)


def _zip_members(raw: IO[bytes], depth: int) -> Iterator[Member]:
    with zipfile.ZipFile(raw) as archive:
        for info in sorted(archive.infolist(), key=lambda info: info.filename):
            if info.is_dir():
                continue
            modified = "{:04}-{:02}-{:02}T{:02}:{:02}:{:02}".format(*info.date_time)
            try:
                with archive.open(info) as stream:
                    yield from _member(stream, info.filename, modified, depth)
            except UNREADABLE as error:
                yield Member(info.filename, None, modified, _explain(error))


def _tar_members(stream: IO[bytes], depth: int) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r:") as archive:
        for info in archive:
            content = archive.extractfile(info) if info.isfile() else None
            if content is not None:
                modified = datetime.fromtimestamp(int(info.mtime), UTC).isoformat()
                yield from _member(content, info.name.removeprefix("./"), modified, depth)


def _member(stream: IO[bytes], name: str, modified: str | None, depth: int) -> Iterator[Member]:
    for inner in _opened(stream, name, modified, depth - 1):
        yield _within(name, inner)


def _within(name: str, inner: Member) -> Member:
    itself = name.startswith(inner.name)  # also when it only lost the ending of a compressed file
    return inner if itself else replace(inner, name=f"{name}!/{inner.name}")


def _peek(stream: IO[bytes], count: int) -> bytes:
    start = stream.tell()
    head = stream.read(count)
    stream.seek(start)
    return head


def _is_zip(stream: IO[bytes]) -> bool:
    return _peek(stream, 4) in (b"PK\x03\x04", b"PK\x05\x06")


def _is_tar(stream: IO[bytes]) -> bool:
    return _peek(stream, 265)[257:262] == b"ustar"


def _decompressed(raw: IO[bytes]) -> tuple[str, IO[bytes]]:
    head = _peek(raw, 6)
    for magic, (suffix, opener) in _STREAMS.items():
        if head.startswith(magic):
            return suffix, cast(IO[bytes], io.BufferedReader(cast(io.RawIOBase, opener(raw))))
    return "", raw


def _explain(error: BaseException) -> str:
    return f"cannot be read: {type(error).__name__}: {error}"
