"""Asking the warehouse in SQL, and showing the answer to a person or to a program.

A question can read this workspace's tables and nothing else: it writes no file, opens no other one, changes no setting.
"""

import csv
import io
import json
import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time
from decimal import Decimal
from difflib import get_close_matches
from typing import Any, Literal

import duckdb
from rich.console import Console
from rich.table import Table
from rich.text import Text

from warehouse.catalog import attached, definition, names, publish, published_definition
from warehouse.errors import QueryError, WorkspaceError
from warehouse.layout import Workspace
from warehouse.statements import exact_path

Form = Literal["table", "csv", "json"]

MEMORY_LIMIT = "2GB"
ATTEMPTS = 3
"""A partition that is replaced while a question reads it makes the question fail; asked again, it sees the new one."""


@dataclass(frozen=True)
class Answer:
    """Columns and rows of a result. Values are Python's own: int, float, str, bool, date, datetime, list, dict, None."""

    columns: list[str]
    rows: list[tuple[Any, ...]]
    more: bool = False  # there were more rows than the limit


def query(workspace: Workspace, statement: str, parameters: Sequence[Any] | None = None, limit: int | None = None) -> Answer:
    """Answers one SELECT (or DESCRIBE, SHOW, SUMMARIZE, EXPLAIN of one), with parameters bound to $1, $2 and so on.

    Raises QueryError where the statement is wrong or does more than read, WorkspaceError where there is no warehouse.
    """
    _require_published(workspace)
    for attempt in range(1, ATTEMPTS + 1):
        try:
            with _locked_down(workspace) as connection:
                return _answer(connection, statement, list(parameters or []), limit)
        except duckdb.IOException as fault:
            if attempt == ATTEMPTS:
                raise QueryError(f"a table's file could not be read: {fault}. Run `berry verify` on this workspace") from fault
    raise AssertionError("unreachable")


def format_answer(answer: Answer, form: Form, width: int | None = None) -> str:
    """An answer as text: a table that fits the terminal (or `width` columns), or complete CSV or JSON.

    In CSV a NULL is an empty field and a list is JSON; in JSON each row is an object. Dates are ISO 8601 in all three.
    """
    if form == "csv":
        return _csv(answer)
    if form == "json":
        return json.dumps([dict(zip(answer.columns, map(_plain, row), strict=True)) for row in answer.rows], ensure_ascii=False, indent=2)
    return _table(answer, width)


def _require_published(workspace: Workspace) -> None:
    """A workspace that was moved, or made by another version, gets its views anew: they hold absolute paths."""
    if not workspace.tables.is_dir():
        raise WorkspaceError(
            f"there is no warehouse in {workspace.root}: run `berry build RECIPE --home {workspace.root}`, "
            "or name the right folder with --home"
        )
    if published_definition(workspace.database) != definition(workspace):
        publish(workspace)


@contextmanager
def _locked_down(workspace: Workspace) -> Iterator[duckdb.DuckDBPyConnection]:
    with attached(workspace.database) as connection:
        connection.execute("SET memory_limit = $1", [MEMORY_LIMIT])
        connection.execute("SET temp_directory = $1", [str(workspace.scratch / "sql")])
        readable = {str(workspace.tables.resolve()), exact_path(workspace.tables)}
        connection.execute("SET TimeZone = 'UTC'; SET enable_progress_bar = false")
        connection.execute("SET allowed_directories = $1", [sorted(readable)])  # first: no later once access is off
        connection.execute("SET enable_external_access = false; SET lock_configuration = true")
        yield connection


def _answer(connection: duckdb.DuckDBPyConnection, statement: str, parameters: list[Any], limit: int | None) -> Answer:
    try:
        _require_reading(connection, statement)
        found = connection.sql(statement, params=parameters)
        columns = _distinct(found.columns)
        table = (found if limit is None else found.limit(limit + 1)).to_arrow_table()
    except duckdb.IOException:
        raise
    except duckdb.Error as fault:
        raise QueryError(_in_plain_words(fault, connection)) from fault
    values = [[_own(value) for value in table.column(place).to_pylist()] for place in range(table.num_columns)]
    rows = list(zip(*values, strict=True))
    more = limit is not None and len(rows) > limit
    return Answer(columns, rows[:limit], more)


def _require_reading(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    parts = connection.extract_statements(statement)
    if len(parts) != 1:
        raise QueryError(f"one SQL statement is answered at a time, this has {len(parts)}")
    kind = parts[0].type
    explained = re.match(r"\s*EXPLAIN(\s+ANALYZE)?\s", statement, re.IGNORECASE)
    if kind is duckdb.StatementType.EXPLAIN and explained:
        kind = connection.extract_statements(statement[explained.end() :])[0].type
    if kind is not duckdb.StatementType.SELECT:
        raise QueryError(
            f"the warehouse is read-only here and answers SELECT, DESCRIBE, SHOW, SUMMARIZE and EXPLAIN; this is {kind.name}. "
            "To write results, ask for CSV or JSON and redirect it into a file"
        )


def _in_plain_words(fault: duckdb.Error, connection: duckdb.DuckDBPyConnection) -> str:
    message = str(fault)
    unknown = re.search(r"(?:Table|Table Function|Scalar Function) with name \"?([^\"\s]+)\"? does not exist", message)
    foreign = isinstance(fault, duckdb.PermissionException) or (unknown and "/" in unknown[1])
    if foreign:
        return "a question can read this workspace's tables only, through the views; other files and databases are out of reach"
    if unknown and isinstance(fault, duckdb.CatalogException):
        known = names(connection)
        near = get_close_matches(unknown[1], known, n=1, cutoff=0.5)
        hint = f"did you mean {near[0]}?" if near else f"there are {', '.join(known)}"
        return f"there is no view named {unknown[1]}: {hint} (SHOW TABLES lists the views)"
    kind, _, rest = message.partition(" Error: ")
    return f"{rest or kind}".strip()


def _distinct(columns: Sequence[str]) -> list[str]:
    """Column names as they are, later ones of the same name numbered, so that no value is lost in JSON."""
    seen: dict[str, int] = {}
    found = []
    for name in columns:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name}_{seen[name]}")
    return found


def _own(value: Any) -> Any:
    """DuckDB's sums of integers come as decimals without places."""
    if isinstance(value, Decimal):
        return int(value) if value == value.to_integral_value() and value.as_tuple().exponent == 0 else float(value)
    if isinstance(value, bytes):
        return value.hex()
    return value


def _plain(value: Any) -> Any:
    """A value as JSON has it; infinities and NaN, which it has not, become null."""
    if value is None or isinstance(value, bool | int | str):
        return value
    if isinstance(value, float):
        return value if value == value and abs(value) != float("inf") else None
    if isinstance(value, datetime | date | time):
        return value.isoformat()
    if isinstance(value, dict):
        return {str(key): _plain(held) for key, held in value.items()}
    if isinstance(value, list | tuple):
        return [_plain(held) for held in value]
    return str(_own(value))


def _cell(value: Any) -> str:
    plain = _plain(value)
    if plain is None:
        return ""
    return plain if isinstance(plain, str) else json.dumps(plain, ensure_ascii=False)


def _csv(answer: Answer) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(answer.columns)
    writer.writerows([_cell(value) for value in row] for row in answer.rows)
    return text.getvalue().removesuffix("\n")


_VISIBLE = {control: 0x2400 + control for control in range(0x20)} | {0x7F: 0x2421} | dict.fromkeys(range(0x80, 0xA0), 0xFFFD)
"""Titles and addresses come from strangers: control characters are shown, never sent to the terminal."""


def _table(answer: Answer, width: int | None) -> str:
    table = Table(header_style="bold", pad_edge=False)
    for place, name in enumerate(answer.columns):
        numeric = any(isinstance(row[place], int | float) for row in answer.rows)
        table.add_column(Text(name), justify="right" if numeric else "left", overflow="ellipsis", no_wrap=len(answer.rows) > 1)
    for row in answer.rows:
        table.add_row(*(Text(shown(value)) for value in row))
    text = io.StringIO()
    console = Console(file=text, width=width or Console().width, highlight=False)
    console.print(table)
    count = f"{len(answer.rows):,} {'row' if len(answer.rows) == 1 else 'rows'}"
    return f"{text.getvalue()}{count}{', and more' if answer.more else ''}"


def shown(value: Any) -> str:
    """A value as a person reads it on a terminal, which no text of a stranger can steer."""
    if isinstance(value, int) and not isinstance(value, bool):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.4g}" if abs(value) < 1000 else f"{value:,.1f}"
    return _cell(value).translate(_VISIBLE)
