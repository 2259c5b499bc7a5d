"""Rows of Parquet, JSON, CSV and text, one after the other: what is bad is a row with the reason, and the rest goes on.

Memory holds one row, or a few dozen of Parquet, however large the file.
"""

import csv
import io
import json
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from itertools import chain, islice
from pathlib import PurePosixPath
from typing import IO, Any, cast

import pyarrow as pa
import pyarrow.parquet as pq

from curation.sources.containers import UNREADABLE, explain
from curation.sources.held_rows import HeldRows
from curation.sources.json_array import elements, is_array, is_spread, spread
from curation.sources.nested import with_nested
from curation.sources.tab_separated import TabReader

ROWS_AT_A_TIME = 64
CHUNK = 1 << 16
PAGE_BUFFER = 1 << 16
"""Bytes of a Parquet column that are read at once: without a buffer, a whole column of a row group is."""

LARGEST_COPY = 4_000_000_000
"""Bytes. Parquet is read from its end, so one within an archive is first copied to a nameless file on disk, up to this size."""


class Table(StrEnum):
    """How rows are stored. `auto` goes by content and name.

    `jsonl` is also an array of objects, or objects over several lines each: the beginning tells.
    """

    AUTO = "auto"
    PARQUET = "parquet"
    JSON_LINES = "jsonl"
    CSV = "csv"
    TEXT = "text"


_BY_SUFFIX = {
    ".parquet": Table.PARQUET,
    ".pq": Table.PARQUET,
    ".jsonl": Table.JSON_LINES,
    ".ndjson": Table.JSON_LINES,
    ".json": Table.JSON_LINES,
    ".csv": Table.CSV,
    ".tsv": Table.CSV,
    ".txt": Table.TEXT,
}
MOST_NAMED = 40
"""Columns that a message names."""

_DELIMITERS = ",\t;|"


@dataclass(frozen=True)
class Row:
    """One row by its number, which counts from 1; of JSON lines and text, that of its line. Without values, the error says why."""

    number: int
    values: Mapping[str, Any] | None
    error: str = ""


@dataclass(frozen=True)
class Wanted:
    """The columns that are asked for. A row without one of those that are `needed` is no document."""

    names: tuple[str, ...]
    needed: frozenset[str]


class TableError(Exception):
    """What is wrong with a table as a whole, in words."""


def table_of(name: str, head: bytes) -> Table | None:
    """How the rows of a file are stored, by its first bytes and the ending of its name; None where neither tells."""
    return Table.PARQUET if head.startswith(b"PAR1") else _BY_SUFFIX.get(PurePosixPath(name).suffix.lower())


def rows(stream: IO[bytes], table: Table, wanted: Wanted, largest: int) -> Iterator[Row]:
    """Every row, with at least the columns asked for. `largest` is the most bytes of a line.

    A file that breaks off gives the rows before the break, and one with the reason. Raises TableError where nothing of it
    can be had: it is of another kind, or has no such columns; of JSON, after its rows, where none of them has one of these.
    """
    number = 0
    try:
        found = _READERS[table](stream, wanted.names, largest)
        for row in _without_header(found, wanted) if table is Table.JSON_LINES else found:
            number = row.number
            yield row
    except (*UNREADABLE, pa.ArrowException) as error:
        if not number:
            raise TableError(explain(error)) from error
        yield Row(number + 1, None, f"the rows from here on {explain(error)}")


def _parquet(stream: IO[bytes], columns: tuple[str, ...], largest: int) -> Iterator[Row]:  # noqa: ARG001 (each cell is measured later)
    settings = {"pre_buffer": False, "buffer_size": PAGE_BUFFER, "page_checksum_verification": True}
    with _from_its_end(stream) as whole, pq.ParquetFile(whole, **settings) as file:
        _require(columns, file.schema_arrow.names)
        before = 0
        for group in range(file.num_row_groups):
            count, done = file.metadata.row_group(group).num_rows, 0
            try:
                batches = file.iter_batches(ROWS_AT_A_TIME, row_groups=[group], columns=list(columns), use_threads=False)
                for values in (values for batch in batches for values in batch.to_pylist()):
                    done += 1
                    yield Row(before + done, values)
            except (*UNREADABLE, pa.ArrowException) as error:
                # one bad page costs the rest of its row group, and no other
                yield Row(before + done + 1, None, f"rows {before + done + 1} to {before + count} {explain(error)}")
            before += count


def _from_its_end(stream: IO[bytes]) -> IO[bytes]:
    if isinstance(getattr(stream, "raw", None), io.FileIO):
        return stream
    copy = cast(IO[bytes], tempfile.TemporaryFile())  # noqa: SIM115 (closed by the caller)
    while chunk := stream.read(CHUNK):
        if copy.tell() > LARGEST_COPY:
            copy.close()
            raise TableError(f"Parquet of more than {LARGEST_COPY:,} bytes within an archive; unpack the archive")
        copy.write(chunk)
    copy.seek(0)
    return copy


def _json(stream: IO[bytes], columns: tuple[str, ...], largest: int) -> Iterator[Row]:
    buffered, number = cast(io.BufferedReader, stream), 0  # every stream of a member is buffered
    while is_array(buffered.peek(CHUNK)):
        for element in elements(buffered, largest):
            number += 1
            yield _json_element(number, element, columns, largest)
        while (blank := buffered.peek(CHUNK)) and not blank.strip():
            buffered.read(len(blank))
    if is_spread(buffered.peek(CHUNK)):
        for place, value in enumerate(spread(buffered, largest), number + 1):
            yield _json_element(place, value, columns, largest)
        return
    for line_number, line in _lines(buffered, largest):
        if line is None:
            yield Row(number + line_number, None, _too_long(largest))
        elif line.strip():
            yield _json_row(number + line_number, line, columns)


def _json_element(number: int, element: bytes | None, columns: tuple[str, ...], largest: int) -> Row:
    return Row(number, None, _too_long(largest, "row")) if element is None else _json_row(number, element, columns)


def _json_row(number: int, line: bytes, columns: tuple[str, ...]) -> Row:
    try:
        values = json.loads(line.decode("utf-8-sig" if number == 1 else "utf-8"))
    except (ValueError, RecursionError) as error:
        return Row(number, None, f"is no JSON: {error}")
    if not isinstance(values, dict):
        return Row(number, None, f"is no JSON object, but {type(values).__name__}")
    return Row(number, with_nested(values, columns))


def _without_header(found: Iterator[Row], wanted: Wanted) -> Iterator[Row]:
    """Rows whose columns are known when all of them are read: those before the first that a document can be made of are held back,
    for where there is none, the table as a whole has no such column. Raises TableError at the end where one is in no row.
    """
    present, missing, held = dict[str, None](), set(wanted.names), HeldRows()
    try:
        for row in found:
            if row.values is not None:
                missing -= row.values.keys()
                if len(present) < MOST_NAMED:
                    present |= dict.fromkeys(islice(row.values, MOST_NAMED))
                if missing & wanted.needed:
                    held.add(row.number, wanted.needed & row.values.keys())
                    continue
                yield from _empty(held)
            yield row
    except (*UNREADABLE, pa.ArrowException):
        yield from _empty(held)
        raise
    if present and missing:
        _require(tuple(name for name in wanted.names if name in missing), list(present))


def _empty(held: HeldRows) -> Iterator[Row]:
    return (Row(number, dict.fromkeys(present, "")) for number, present in held.taken())


def _csv(stream: IO[bytes], columns: tuple[str, ...], largest: int) -> Iterator[Row]:
    # the most of one process: of two captures with different limits, each measures its texts itself
    csv.field_size_limit(max(csv.field_size_limit(), largest))
    lines = _Decoded(stream, largest)
    try:
        first = next(lines, "")
        delimiter = max(_DELIMITERS, key=first.count)
        plain, number = csv.reader(chain([first], lines), delimiter=delimiter, strict=True), 0
        header = next(plain)
    except (csv.Error, UnicodeDecodeError, _TooLongError) as error:
        raise TableError(f"its first line is no header of CSV: {error}") from error
    _require(columns, header)
    if twice := [name for name in columns if header.count(name) > 1]:
        raise TableError(f"has more than one column {twice[0]!r}; give each a name of its own")
    reader = TabReader(lines, len(header)) if delimiter == "\t" else plain
    while True:
        number += 1
        try:
            cells = next(reader)
        except StopIteration:
            return
        except (csv.Error, UnicodeDecodeError, _TooLongError) as error:
            yield Row(number, None, f"ends in line {lines.number} and is no row: {error}")
            continue
        if len(cells) == len(header):
            yield Row(number, dict(zip(header, cells, strict=True)))
        elif cells:
            yield Row(number, None, f"has {len(cells)} cells, and the header {len(header)}")


class _TooLongError(Exception):
    """A line beyond the limit."""


class _Decoded:
    """Lines as text. Unlike a generator it goes on after it has raised."""

    def __init__(self, stream: IO[bytes], largest: int) -> None:
        self._lines = _lines(stream, largest)
        self._largest = largest
        self.number = 0  # of the last line

    def __iter__(self) -> "_Decoded":
        return self

    def __next__(self) -> str:
        self.number, line = next(self._lines)
        if line is None:
            raise _TooLongError(_too_long(self._largest))
        return line.decode("utf-8-sig" if self.number == 1 else "utf-8")


def _text(stream: IO[bytes], columns: tuple[str, ...], largest: int) -> Iterator[Row]:
    _require(columns, ["text"])
    for number, line in _lines(stream, largest):
        if line is None:
            yield Row(number, None, _too_long(largest))
        elif content := line.rstrip(b"\r\n"):
            yield Row(number, {"text": content})


def _lines(stream: IO[bytes], largest: int) -> Iterator[tuple[int, bytes | None]]:
    """Lines by number; None in place of one that is longer than `largest`, of which no more than that is held."""
    number = 0
    while line := stream.readline(largest + 1):
        number += 1
        if len(line) <= largest or line.endswith(b"\n"):
            yield number, line
            continue
        while (rest := stream.readline(CHUNK)) and not rest.endswith(b"\n"):
            pass
        yield number, None


def _too_long(largest: int, what: str = "line") -> str:
    return f"the {what} is longer than max_row_megabytes ({largest / 1e6:g})"


def _require(columns: tuple[str, ...], present: list[str]) -> None:
    absent = [name for name in columns if name not in present]
    if absent:
        names = ", ".join(present[:MOST_NAMED]) or "none"
        raise TableError(f"has no column {' and no '.join(map(repr, absent))}; its columns are: {names}. Check `columns` in the recipe")


_READERS: dict[Table, Callable[[IO[bytes], tuple[str, ...], int], Iterator[Row]]] = {
    Table.PARQUET: _parquet,
    Table.JSON_LINES: _json,
    Table.CSV: _csv,
    Table.TEXT: _text,
}
