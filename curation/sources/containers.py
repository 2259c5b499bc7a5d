"""Files in folders and archives, read in place and in order: zip, tar, 7z, gz, bz2, xz and zst, also within one another.

Containers are told by their first bytes, whatever their name; only a name that promises one where there is none counts as
damage. No member is written under its own path, so none can climb out of anywhere. What cannot be read is a member with an
error, and the rest goes on.
"""

import bz2
import gzip
import io
import lzma
import re
import stat
import struct
import sys
import tarfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Self, cast

from curation.sources import sevenzip
from curation.sources.bombs import Watched, require_no_bomb
from curation.sources.folders import files_below
from warehouse.digests import sha256_file

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdError, ZstdFile
else:
    from backports.zstd import ZstdError, ZstdFile

DEEPEST = 3
"""Archives within archives are opened to this depth."""

IN_MEMORY = 128_000_000
"""A zip within a compressed archive is read to memory up to this size: its directory is at its end, and every step back
in a compressed stream decompresses it from the start again."""

PIECE = 1 << 20
"""Bytes that are unpacked at once."""

LINK = "is a link; links are not followed"

ARCHIVE_ENDINGS = (".zip", ".tar", ".tgz", ".gz", ".bz2", ".xz", ".zst", ".7z")
"""A file so named that holds no archive is a damaged one, not a document."""

UNREADABLE = (
    OSError,
    EOFError,
    ValueError,
    OverflowError,
    NotImplementedError,
    RuntimeError,
    struct.error,
    zlib.error,
    lzma.LZMAError,
    zipfile.BadZipFile,
    tarfile.TarError,
    ZstdError,
    sevenzip.SevenZipError,
)
"""What is raised for damaged, encrypted or unknown archives."""

_STREAMS: dict[re.Pattern[bytes], tuple[str, Callable[[IO[bytes]], IO[bytes]]]] = {
    re.compile(rb"\x1f\x8b\x08"): (".gz", lambda raw: cast(IO[bytes], gzip.GzipFile(fileobj=raw))),
    re.compile(rb"BZh[1-9](1AY&SY|\x17rE8P\x90)"): (".bz2", lambda raw: cast(IO[bytes], bz2.BZ2File(raw))),
    re.compile(rb"\xfd7zXZ\x00"): (".xz", lambda raw: cast(IO[bytes], lzma.LZMAFile(raw))),  # noqa: SIM115
    re.compile(rb"\x28\xb5\x2f\xfd"): (".zst", lambda raw: cast(IO[bytes], ZstdFile(raw))),
}


@dataclass(frozen=True)
class Member:
    """One file. Its stream is valid until the next member is asked for."""

    name: str  # its path in the folder or archive; in an archive within that, `ARCHIVE!/PATH`
    stream: IO[bytes] | None
    modified: str | None = None
    error: str | None = None
    joint: str = ""  # what stands between the address of the whole and the name; empty where the member is the whole
    opaque: bool = False  # an archive or folder that failed: what else it holds is not known


@dataclass(frozen=True)
class _Place:
    """Where a stream comes from, and what its members are called if it is an archive."""

    name: str
    within: str = ""  # begins the names of the members
    joint: str = ""
    modified: str | None = None
    depth: int = DEEPEST

    def member(self, path: str, modified: str | None) -> "_Place":
        name = self.within + path
        return _Place(name, f"{name}!/", "!/", modified, self.depth - 1)

    def unpacked(self, suffix: str) -> "_Place":
        return replace(self, name=self.name.removesuffix(suffix), depth=self.depth - 1)

    def holds(self, stream: IO[bytes]) -> Member:
        return Member(self.name, stream, self.modified, None, self.joint)

    def refused(self, why: str, opaque: bool = False) -> Member:
        return Member(self.name, None, self.modified, why, self.joint, opaque)

    def failed(self, error: BaseException, opaque: bool = False) -> Member:
        return self.refused(explain(error), opaque)


def members(path: Path, containers_within: bool = True) -> Iterator[Member]:
    """Every file at or below a path, sorted by name in folders and in stored order in archives.

    Without `containers_within`, an archive within an archive is a file like any other.
    """
    if not path.is_dir():
        place = _Place(path.name, depth=DEEPEST if containers_within else 1)
        yield from _file(path, place) if path.is_file() else [Member(path.name, None, error="is no regular file")]
        return
    for file, fault in files_below(path):
        name = file.relative_to(path).as_posix()
        found = [Member(name, None, error=fault, opaque=file.is_dir())] if fault else _file(file, _Place(name, f"{name}!/"))
        yield from (replace(member, joint="/") for member in found)


def expanded(path: Path, most: int) -> int:
    """Bytes that an archive or compressed file unpacks to, as far as they can be read; not counted beyond `most`.

    A zip is believed: what a member has beyond the size in its directory is never given.
    """
    try:
        with path.open("rb") as raw:
            if _is_zip(raw):
                with zipfile.ZipFile(raw) as archive:
                    return sum(info.file_size for info in archive.infolist())
            _, stream = _decompressed(raw)
            total = 0
            while total <= most and (piece := stream.read(PIECE)):
                total += len(piece)
            return total
    except UNREADABLE:
        return 0


def content_digest(file: Path) -> str:
    """Digest of a file's bytes, or why it cannot be read."""
    try:
        return sha256_file(file)
    except OSError as error:
        return explain(error)


def explain(error: BaseException) -> str:
    """Why something could not be read, without the place on this machine that an OSError names."""
    words = error.strerror if isinstance(error, OSError) and error.strerror else str(error)
    return f"cannot be read: {type(error).__name__}: {words}"


def _file(path: Path, place: _Place) -> Iterator[Member]:
    try:
        with path.open("rb") as raw:
            # a checkout's file times are no facts of the source, an archive's are
            yield from _opened(raw, place)
    except UNREADABLE as error:
        yield place.failed(error)


def _opened(raw: IO[bytes], place: _Place) -> Iterator[Member]:
    if not place.depth:
        yield place.holds(raw)
        return
    archive = False
    try:
        if archive := _is_zip(raw):
            yield from _zip_members(raw, place)
            return
        if archive := _peek(raw, 6) == sevenzip.MAGIC:
            yield from _seven_zip_members(raw, place)
            return
        suffix, stream = _decompressed(raw)
        archive = bool(suffix)
        if _is_tar(stream):
            archive = True
            yield from _tar_members(stream, place)
        elif suffix:
            yield from _opened(stream, place.unpacked(suffix))
        elif ending := next((ending for ending in ARCHIVE_ENDINGS if place.name.lower().endswith(ending)), ""):
            held = "its content is none" if _peek(stream, 1) else "it is empty"
            yield place.refused(f"is named as an archive ({ending}), and {held}; give it the name of what it is", opaque=True)
        else:
            yield place.holds(stream)
    except UNREADABLE as error:
        yield place.failed(error, opaque=archive)


def _zip_members(raw: IO[bytes], place: _Place) -> Iterator[Member]:
    with _zip(raw if place.depth == DEEPEST else _rewindable(raw), place.name) as archive:
        require_no_bomb(archive)
        for info in sorted(archive.infolist(), key=lambda info: info.header_offset):
            if info.filename.endswith("/"):
                continue
            inner = place.member(info.filename, _moment(*info.date_time))
            if stat.S_ISLNK(info.external_attr >> 16):
                yield inner.refused(LINK)
                continue
            try:
                with archive.open(info) as stream:
                    yield from _opened(stream, inner)
            except UNREADABLE as error:
                yield inner.failed(error)


def _zip(raw: IO[bytes], name: str) -> zipfile.ZipFile:
    """Opens what begins as a zip. Raises BadZipFile, which names it, where its directory cannot be read."""
    try:
        return zipfile.ZipFile(raw)
    except zipfile.BadZipFile as error:
        why = "the directory at its end is missing" if str(error) == "File is not a zip file" else str(error)
        raise zipfile.BadZipFile(f"{name} was cut off or is damaged: {why}") from error


def _seven_zip_members(raw: IO[bytes], place: _Place) -> Iterator[Member]:
    with sevenzip.unpacked(raw if place.depth == DEEPEST else _rewindable(raw)) as found:
        for content in found:
            inner = place.member(content.name, content.modified)
            if content.stream is None:
                yield inner.failed(sevenzip.SevenZipError(content.error))
            else:
                yield from _opened(content.stream, inner)


def _tar_members(stream: IO[bytes], place: _Place) -> Iterator[Member]:
    with tarfile.open(fileobj=stream, mode="r:", tarinfo=_Header) as archive:
        for info in archive:
            inner = place.member(info.name.removeprefix("./"), _epoch(info.mtime))
            content = archive.extractfile(info) if info.isfile() else None
            if content is not None:
                yield from _opened(content, inner)
            elif not info.isdir():
                yield inner.refused(LINK if info.issym() or info.islnk() else "is no regular file")


class _Header(tarfile.TarInfo):
    """A header of a tar archive that does not pass for the end of it when it is damaged or cut off."""

    @classmethod
    def fromtarfile(cls, archive: tarfile.TarFile) -> Self:
        try:
            return super().fromtarfile(archive)
        except tarfile.EOFHeaderError:  # type: ignore[attr-defined]  # typeshed does not know it
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"the archive breaks off at byte {archive.offset} ({error})") from error


def _rewindable(raw: IO[bytes]) -> IO[bytes]:
    content = raw.read(IN_MEMORY + 1)
    if len(content) <= IN_MEMORY:
        return io.BytesIO(content)
    raw.seek(0)
    return raw


def _moment(*parts: int) -> str | None:
    try:
        return datetime(*parts).isoformat()  # type: ignore[arg-type]
    except ValueError:
        return None


def _epoch(seconds: float) -> str | None:
    try:
        return datetime.fromtimestamp(int(seconds), UTC).isoformat()
    except (OSError, OverflowError, ValueError):
        return None


def _peek(stream: IO[bytes], count: int) -> bytes:
    # not read and seek: in a compressed archive a step back may decompress all of it from the start again
    return cast(io.BufferedReader, stream).peek(count)[:count]


def _is_zip(stream: IO[bytes]) -> bool:
    return _peek(stream, 4) in (b"PK\x03\x04", b"PK\x05\x06")


def _is_tar(stream: IO[bytes]) -> bool:
    return _peek(stream, 265)[257:262] == b"ustar"


def _decompressed(raw: IO[bytes]) -> tuple[str, IO[bytes]]:
    head = _peek(raw, 10)
    for magic, (suffix, opener) in _STREAMS.items():
        if magic.match(head):
            return suffix, cast(IO[bytes], io.BufferedReader(Watched(opener(raw), raw)))
    return "", raw
