"""Capture: a source's items, as they came, in partitions of a few megabytes."""

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from curation.sources import files, python_library, web
from curation.sources.item import Item, distinct, printable
from curation.sources.kinds import AnySource, FilesSource, PythonSource, Source, WebSource
from warehouse.digests import digest, sha256_bytes
from warehouse.errors import SourceError
from warehouse.tables import CAPTURES, write_table

PARTITION_BYTES = 6_000_000
PARTITION_ITEMS = 2_000


def fingerprint(source: AnySource, folder: Path) -> str:
    """Digest of the bytes that a source would give now: unchanged, and its capture is reused.

    Raises SourceError where the source as a whole is not there.
    """
    match source:
        case FilesSource():
            return files.fingerprint(source, folder)
        case PythonSource():
            return python_library.fingerprint(source)
        case WebSource():
            return web.fingerprint(source, folder)
        case _:
            raise SourceError(f"source {source.id}: this version does not capture sources of kind {source.kind!r} yet")


def capture_source(source: AnySource, folder: Path, out: Path) -> None:
    """Writes a source's items as partitions `00000.parquet`, `00001.parquet`, ... of table captures into `out`.

    `folder` is the recipe's. A source without a single item leaves one failed row that says so.
    """
    rows: list[Mapping[str, Any]] = []
    size = number = 0
    for item in distinct(_storable(_items(source, folder))):
        row = _row(source, item)
        rows.append(row)
        size += row["bytes"]
        if size >= PARTITION_BYTES or len(rows) >= PARTITION_ITEMS:
            write_table(out / f"{number:05}.parquet", rows, CAPTURES)
            rows, size, number = [], 0, number + 1
    if rows or not number:
        write_table(out / f"{number:05}.parquet", rows or [_row(source, _nothing(source))], CAPTURES)


def capture_failure(source: AnySource, error: str, out: Path) -> None:
    """Writes the capture of a source that could not be captured at all: one failed row that says why.

    So the source stays in the ledger, as failed. It must not lie under the key of a good capture, or it would be reused
    when the source is back.
    """
    item = Item.failed("(unavailable)", f"source:{source.id}", printable(error))
    write_table(out / "00000.parquet", [_row(source, item)], CAPTURES)


def _items(source: AnySource, folder: Path) -> Iterator[Item]:
    match source:
        case FilesSource():
            return files.items(source, folder)
        case PythonSource():
            return python_library.items(source)
        case WebSource():
            return web.items(source, folder)
        case _:
            raise SourceError(f"source {source.id}: this version does not capture sources of kind {source.kind!r} yet")


def _storable(items: Iterator[Item]) -> Iterator[Item]:
    for item in items:
        yield replace(item, native_id=printable(item.native_id), uri=printable(item.uri), error=item.error and printable(item.error))


def _nothing(source: Source) -> Item:
    return Item.failed("(empty)", f"source:{source.id}", "the source is empty: nothing in it matches")


def _row(source: Source, item: Item) -> dict[str, Any]:
    content_digest = sha256_bytes(item.content) if item.content is not None else None
    return {
        "capture_id": digest([source.id, item.native_id])[:20],
        "source": source.id,
        "domain": source.domain.value,
        "uri": item.uri,
        "native_id": item.native_id,
        "title": item.title,
        "revision": item.revision or (content_digest or "")[:16] or None,
        "media_type": item.media_type,
        "charset": item.charset,
        "licence": source.licence,
        "modified": item.modified,
        "etag": item.etag,
        "bytes": len(item.content or b""),
        "sha256": content_digest,
        "content": item.content,
        "error": item.error,
    }
