"""Local files, folders and archives."""

import re
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import IO, Literal

from pydantic import Field, field_validator

from curation.sources import warc
from curation.sources.columns import Columns, Rows
from curation.sources.containers import UNREADABLE, explain
from curation.sources.context import Context
from curation.sources.dump import is_dump, pages
from curation.sources.formats import Format
from curation.sources.item import Item
from curation.sources.media import WIKI_DUMP, media_type
from curation.sources.places import Located, PathSource, fingerprint, located
from curation.sources.source import kind
from curation.sources.tables import Table, TableError, rows, table_of

__all__ = ["FilesSource", "fingerprint", "items"]

HEAD = 4096
LONGEST_TITLE = 200


class FilesSource(PathSource):
    """Local files, folders and archives (zip, tar, gz, bz2, xz, zst, 7z), web archives and dumps, read in place."""

    kind: Literal["files"] = kind("Files, folders and archives on this machine.")
    format: Format = Field(Format.AUTO, title="Format", description="What the files are; `auto` tells by name and content.")
    charset: str = Field(
        "", title="Encoding", description="Of files that are not UTF-8 and have no mark of their own; empty: a page's own word, or a guess."
    )
    document_start: str = Field(
        "", title="Document start", description="Regular expression for the line that opens each document in a file of many."
    )
    columns: Columns = Field(
        Columns(text=""), title="Columns", description="Which columns of Parquet, JSON and CSV hold the text, the id and so on."
    )
    max_item_megabytes: float = Field(64.0, gt=0, le=1024, title="Largest item", description="A larger one is recorded as failed.")

    @field_validator("document_start")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern.encode(), re.MULTILINE)
        except re.error as error:
            raise ValueError(f"is no regular expression ({error})") from None
        return pattern

    @field_validator("charset")
    @classmethod
    def _is_known(cls, name: str) -> str:
        try:
            "".encode(name or "utf-8")
        except LookupError:
            raise ValueError("is no encoding of texts; write its name as Python has it, such as cp1250, koi8-r or shift_jis") from None
        return name

    @property
    def largest(self) -> int:
        """Bytes of one item."""
        return int(self.max_item_megabytes * 1e6)

    def items(self, context: Context) -> Iterator[Item]:
        """One item per file or archive member; of a file of many one per page, row or document."""
        return items(self, context.folder)


def items(source: FilesSource, folder: Path) -> Iterator[Item]:
    """One item per file or archive member; of a file of many one per page, row or document."""
    for place in located(source, folder):
        yield from items_of(source, place)


def items_of(source: FilesSource, place: Located) -> Iterator[Item]:
    """The items of one file or archive member, or a failed one."""
    stream = place.member.stream
    if stream is None:
        yield Item.failed(place.native, place.uri, place.member.error or "cannot be read")
        return
    try:
        yield from _of_many(source, place, stream) or _of_one(source, place, stream)
    except UNREADABLE as error:
        yield Item.failed(place.native, place.uri, explain(error))


def _of_many(source: FilesSource, place: Located, stream: IO[bytes]) -> Iterator[Item] | None:
    """The items of a file that holds many by its own format; None for any other."""
    head: bytes = stream.peek(HEAD)  # type: ignore[attr-defined]  # every stream of a member is buffered
    if warc.is_warc(head):
        return warc.pages(stream, place.native, place.uri, source.largest, place.whole)
    if media_type(place.member.name, source.format) == WIKI_DUMP or (source.format is Format.AUTO and is_dump(head)):
        return _wiki_pages(source, place, stream)
    table = table_of(place.member.name, head)
    if source.columns.text and table not in (None, Table.TEXT):
        return _rows(source, place, stream, table)
    return None


def _wiki_pages(source: FilesSource, place: Located, stream: IO[bytes]) -> Iterator[Item]:
    for page in pages(stream, place.native, source.largest):
        # numbers of pages are unique within one dump only
        yield page if place.whole or page.content is None else replace(page, native_id=f"{place.native}#{page.native_id}")


def _rows(source: FilesSource, place: Located, stream: IO[bytes], table: Table) -> Iterator[Item]:
    media = media_type("", Format.TEXT if source.format is Format.AUTO else source.format)
    reader = Rows(place.native, place.uri, source.columns, media, source.largest)
    try:
        yield from map(reader.item, rows(stream, table, source.columns.wanted(), source.largest))
    except TableError as error:
        yield Item.failed(place.native, place.uri, str(error))


def _of_one(source: FilesSource, place: Located, stream: IO[bytes]) -> Iterator[Item]:
    content = stream.read(source.largest + 1)
    if len(content) > source.largest:
        yield Item.failed(place.native, place.uri, f"larger than max_item_megabytes ({source.max_item_megabytes:g})")
        return
    media, charset = media_type(place.member.name, source.format), source.charset or None
    item = Item(place.native, place.uri, content, media, charset=charset, modified=place.member.modified)
    yield from _documents(item, source.document_start) if source.document_start else [item]


def _documents(item: Item, pattern: str) -> Iterator[Item]:
    content = item.content or b""
    starts = [match.start() for match in re.finditer(pattern.encode(), content, re.MULTILINE)]
    if not starts:
        yield item
        return
    if content[: starts[0]].strip():
        starts.insert(0, 0)
    for number, (start, end) in enumerate(zip(starts, [*starts[1:], len(content)], strict=True), 1):
        title = content[start:end].strip().split(b"\n", 1)[0].decode("utf-8", "replace").strip()[:LONGEST_TITLE]
        yield replace(
            item, native_id=f"{item.native_id}#{number:05}", uri=f"{item.uri}#{number}", content=content[start:end], title=title or None
        )
