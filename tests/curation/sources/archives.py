"""Archives made on the spot, and what a source of files gives."""

import bz2
import gzip
import io
import lzma
import sys
import tarfile
import zipfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from curation.sources.item import Item

if sys.version_info >= (3, 14):
    from compression import zstd
else:
    from backports import zstd

FILES = {"a.txt": b"first", "folder/b.txt": b"second"}


def zipped(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in contents.items():
            info = zipfile.ZipInfo(name, (2020, 1, 2, 3, 4, 6))
            archive.writestr(info, content, zipfile.ZIP_DEFLATED)
    return buffer.getvalue()


def tarred(contents: Mapping[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in contents.items():
            info = tarfile.TarInfo(name)
            info.size, info.mtime = len(content), 1_600_000_000
            archive.addfile(info, io.BytesIO(content))
    return buffer.getvalue()


PACKERS: dict[str, Callable[[Mapping[str, bytes]], bytes]] = {
    "zip": zipped,
    "tar": tarred,
    "tar.gz": lambda contents: gzip.compress(tarred(contents)),
    "tar.bz2": lambda contents: bz2.compress(tarred(contents)),
    "tar.xz": lambda contents: lzma.compress(tarred(contents)),
    "tar.zst": lambda contents: zstd.compress(tarred(contents)),
}


@dataclass
class Captured:
    """What a files source gives, by native id."""

    items: list[Item]

    @property
    def contents(self) -> dict[str, bytes | None]:
        return {item.native_id: item.content for item in self.items if item.error is None}

    @property
    def errors(self) -> dict[str, str]:
        return {item.native_id: item.error for item in self.items if item.error is not None}

    @property
    def uris(self) -> list[str]:
        return [item.uri for item in self.items]
