"""Capture: a source's items, as they came, in partitions of a few megabytes."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from curation.sources.context import Context
from curation.sources.earlier import Earlier, Fact
from curation.sources.item import Item, distinct, printable
from curation.sources.source import RemoteSource, Source, Vanished
from warehouse.digests import digest, sha256_bytes
from warehouse.store import write_atomic
from warehouse.tables import CAPTURES, write_table

PARTITION_BYTES = 6_000_000
PARTITION_ITEMS = 2_000
TYPICAL_BYTES = 3_000_000
"""What a partition holds on average; the two above are the most that it may."""

MEMORY = "memory.json"
VALIDATORS = "validators.json"
RECEIPTS = "receipts.json"

Row = dict[str, Any]


def capture_source(source: Source, context: Context, out: Path) -> None:
    """Writes a source's items as partitions `00000.parquet`, `00001.parquet`, ... of table captures into `out`.

    A source without a single item leaves one failed row that says so. What the source remembers for its next capture goes
    to `memory.json` in `out`, and what its hosts were asked to `receipts.json` in the context's state folder.

    Raises SourceError where the source as a whole cannot be captured.
    """
    if source.is_remote:
        context.state.mkdir(parents=True, exist_ok=True)
    number = -1
    for number, rows in enumerate(partitioned(_row(source, *met) for met in _met(source, context))):
        write_table(out / f"{number:05}.parquet", rows, CAPTURES)
    if number < 0:
        write_table(out / "00000.parquet", [_row(source, _nothing(source), None)], CAPTURES)
    if context.validators:
        (out / VALIDATORS).write_text(json.dumps(context.validators, indent=1, sort_keys=True))
    if context.memory:
        (out / MEMORY).write_text(json.dumps(context.memory, indent=1, sort_keys=True))
    if source.is_remote:
        write_atomic(context.state / RECEIPTS, context.receipts.to_json())


def capture_failure(source: Source, error: str, out: Path) -> None:
    """Writes the capture of a source that could not be captured at all: one failed row that says why.

    So the source stays in the ledger, as failed. It must not lie under the key of a good capture, or it would be reused
    when the source is back.
    """
    item = Item.failed("(unavailable)", f"source:{source.id}", printable(error))
    write_table(out / "00000.parquet", [_row(source, item, None)], CAPTURES)


def partitioned(rows: Iterable[Row]) -> Iterator[list[Row]]:
    """Rows in their order, cut into partitions at places that the rows themselves decide.

    A row ends its partition with a chance of its size in `TYPICAL_BYTES`, drawn from its id. So a new or a longer row moves
    the cuts around it and no others, and what is computed of all other partitions can be used again.
    """
    gathered, size = list[Row](), 0
    for row in rows:
        gathered.append(row)
        size += row["bytes"]
        chance = int(row["capture_id"][:8], 16) / 16**8
        if size >= PARTITION_BYTES or len(gathered) >= PARTITION_ITEMS or chance < row["bytes"] / TYPICAL_BYTES:
            yield gathered
            gathered, size = [], 0
    if gathered:
        yield gathered


def _met(source: Source, context: Context) -> Iterator[tuple[Item, str | None]]:
    """A source's items, each with the digest of its content: what did not change as it was captured before, what is gone as the
    recipe wants it.

    What could not be looked at this time stays as it was captured before: a source gives an item for it whose error is transient
    (`Earlier.unseen` gives many). What is gone stays so until it is back.
    """
    keeps = isinstance(source, RemoteSource) and source.vanished is Vanished.KEEP
    earlier, given, kept = context.earlier, set[str](), list[Item]()
    for item in distinct(_storable(source.items(context))):
        given.add(item.native_id)
        known = earlier.fact(item.native_id)
        if item.gone is not None:
            yield _vanished(earlier, item.native_id, item.uri, item.gone, keeps)
        elif item.content is not None:
            yield _unchanged(context, item, sha256_bytes(item.content), known)
        elif known is not None and known.gone is not None:
            yield _vanished(earlier, known.native_id, known.uri, known.gone, keeps)
        elif known is not None and item.transient and (before := earlier.item(item.native_id)) is not None:
            kept.append(item)
            yield before, known.sha256
        else:
            yield item, None
    for fact in earlier.facts():
        if fact.gone is not None and fact.sha256 is None and fact.native_id not in given:
            yield Item.vanished(fact.native_id, fact.uri, fact.gone), None
    if kept:
        why = f"could not be looked at this time, and stay as they were captured before; the first, {kept[0].uri}: {kept[0].error}"
        yield Item.failed("(kept)", f"source:{source.id}", f"{len(kept)} of its documents {why}"), None


def _vanished(earlier: Earlier, native_id: str, uri: str, how: str, keeps: bool) -> tuple[Item, str | None]:
    """What stands for an item that is gone: its last version where the recipe keeps that and there is one, else a tombstone."""
    last = earlier.item(native_id) if keeps else None
    if last is None:
        return Item.vanished(native_id, uri, how), None
    return replace(last, gone=how), earlier.row(native_id).sha256


def _unchanged(context: Context, item: Item, sha256: str, known: Fact | None) -> tuple[Item, str]:
    """An item as it was captured before where its bytes are the same: a server that sends another ETag with them must not have
    them extracted again.
    """
    if known is None or (sha256, item.revision or known.revision, item.media_type) != (known.sha256, known.revision, known.media_type):
        return item, sha256
    row = context.earlier.row(item.native_id)
    if (item.etag, item.modified) != (row.etag, row.modified):
        context.validators[item.native_id] = (item.etag, item.modified)
    return replace(item, modified=row.modified, etag=row.etag), sha256


def _storable(items: Iterator[Item]) -> Iterator[Item]:
    for item in items:
        yield replace(item, native_id=printable(item.native_id), uri=printable(item.uri), error=item.error and printable(item.error))


def _nothing(source: Source) -> Item:
    return Item.failed("(empty)", f"source:{source.id}", "the source is empty: nothing in it matches")


def _row(source: Source, item: Item, sha256: str | None) -> Row:
    return {
        "capture_id": digest([source.id, item.native_id])[:20],
        "source": source.id,
        "domain": source.domain.value,
        "uri": item.uri,
        "native_id": item.native_id,
        "title": item.title,
        "revision": item.revision or (sha256 or "")[:16] or None,
        "media_type": item.media_type,
        "charset": item.charset,
        "licence": item.licence or source.licence,
        "attribution": item.attribution,
        "modified": item.modified,
        "etag": item.etag,
        "bytes": len(item.content or b""),
        "sha256": sha256,
        "content": item.content,
        "error": item.error,
        "gone": item.gone,
    }


def read_memory(folder: Path) -> dict[str, Any]:
    """What the source of the capture in a folder left for its next one; empty where it left nothing."""
    return _read(folder / MEMORY)


def read_earlier(folder: Path) -> Earlier:
    """The capture in a folder, as the next one looks at it."""
    return Earlier(tuple(sorted(folder.glob("*.parquet"))), _read(folder / VALIDATORS))


def _read(path: Path) -> dict[str, Any]:
    facts: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return facts
