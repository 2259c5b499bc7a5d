"""A question reads this workspace's tables and nothing else; answers suit people and programs."""

import csv
import io
import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from small_workspace import add, capture

from warehouse.catalog import publish
from warehouse.console import Answer, format_answer, query
from warehouse.errors import QueryError, WorkspaceError
from warehouse.layout import Workspace


def test_parameters_are_bound_not_pasted(workspace: Workspace) -> None:
    assert query(workspace, "SELECT title FROM captures WHERE title = $1", ["' OR true --"]).rows == []
    assert query(workspace, "SELECT title FROM captures WHERE title = $1", ["Apple"]).rows == [("Apple",)]


def test_a_limit_says_when_there_is_more(workspace: Workspace) -> None:
    answer = query(workspace, "SELECT title FROM captures ORDER BY title", limit=2)
    assert (answer.rows, answer.more) == ([("Apple",), ("Birch",)], True)
    assert query(workspace, "FROM captures", limit=6).more is False


@pytest.mark.parametrize(
    "statement",
    ["SHOW TABLES", "DESCRIBE ledger", "SUMMARIZE decisions", "EXPLAIN SELECT 1", "EXPLAIN ANALYZE SELECT 1", "VALUES (1)", "FROM ledger;"],
)
def test_looking_around_is_allowed(workspace: Workspace, statement: str) -> None:
    assert query(workspace, statement).rows


@pytest.mark.parametrize(
    "statement",
    [
        "COPY (SELECT 1) TO '{tables}/captures/recipe=berries/evil.parquet'",
        "COPY (SELECT 1) TO '/tmp/evil.csv'",
        "EXPLAIN ANALYZE COPY (SELECT 1) TO '{tables}/captures/recipe=berries/evil.parquet'",
        "EXPLAIN/**/ANALYZE COPY (SELECT 1) TO '{tables}/captures/recipe=berries/evil.parquet'",
        "SELECT 1; COPY (SELECT 1) TO '{tables}/evil.csv'",
        "EXPORT DATABASE '{tables}/evil'",
        "ATTACH '{tables}/evil.duckdb'",
        "CREATE TABLE evil (a INT)",
        "CREATE TEMP TABLE evil AS SELECT 1",
        "DROP VIEW ledger",
        "SET enable_external_access = true",
        "RESET lock_configuration",
        "INSTALL httpfs",
        "LOAD json",
        "PRAGMA database_list",
        "CALL pragma_version()",
        "FROM read_csv('/etc/passwd')",
        "FROM '/etc/passwd'",
        "FROM read_text('/etc/passwd')",
        "FROM glob('/*')",
        "FROM read_parquet('{tables}/../warehouse.duckdb')",
        "FROM read_text('https://example.org')",
        "FROM query('COPY (SELECT 1) TO ''/tmp/evil''')",
    ],
)
def test_writing_and_reading_elsewhere_are_refused(workspace: Workspace, statement: str) -> None:
    before = sorted(workspace.root.rglob("*"))
    with pytest.raises(QueryError):
        query(workspace, statement.replace("{tables}", str(workspace.tables)))
    assert sorted(workspace.root.rglob("*")) == before
    assert not Path("/tmp/evil.csv").exists()


@pytest.mark.parametrize(
    ("statement", "message"),
    [
        ("FROM ledgr", "no view named ledgr: did you mean ledger?"),
        ("FROM wy('apple')", "no view named wy: did you mean why?"),
        ("SELECT kep FROM ledger", 'Referenced column "kep" not found'),
        ("SELEC 1", 'syntax error at or near "SELEC"'),
        ("", "one SQL statement is answered at a time, this has 0"),
        ("SELECT $1", "Values were not provided"),
        ("FROM read_csv('/etc/passwd')", "other files and databases are out of reach"),
        ("DROP VIEW ledger", "read-only here .* this is DROP"),
    ],
)
def test_errors_are_in_plain_words(workspace: Workspace, statement: str, message: str) -> None:
    with pytest.raises(QueryError, match=message):
        query(workspace, statement)


def test_a_missing_warehouse_says_what_to_run(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match=r"run `berry build RECIPE --home .*nowhere`"):
        query(Workspace(tmp_path / "nowhere"), "FROM ledger")
    assert not (tmp_path / "nowhere").exists()


def test_a_partition_that_is_no_parquet_is_named(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    publish(workspace)
    add(workspace, "captures", [capture("apple")])
    workspace.partition("captures", "berries", "all").write_bytes(b"PAR1 torn")
    with pytest.raises(QueryError, match=r"recipe=berries/all.parquet"):
        query(workspace, "FROM captures")


ODD = Answer(
    ["text", "number", "when", "day", "parts", "nothing", "share"],
    [('a "quoted", line\nbroken', 12345, datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), date(2026, 1, 2), ["x", None], None, float("nan"))],
)


def test_csv_is_complete_and_readable_by_programs() -> None:
    header, row = csv.reader(io.StringIO(format_answer(ODD, "csv")))
    assert header == ODD.columns
    assert row == ['a "quoted", line\nbroken', "12345", "2026-01-02T03:04:05+00:00", "2026-01-02", '["x", null]', "", ""]


def test_json_is_strict_and_keeps_types() -> None:
    def refuse(name: str) -> None:
        raise AssertionError(name)

    (row,) = json.loads(format_answer(ODD, "json"), parse_constant=refuse)
    assert row == {
        "text": 'a "quoted", line\nbroken',
        "number": 12345,
        "when": "2026-01-02T03:04:05+00:00",
        "day": "2026-01-02",
        "parts": ["x", None],
        "nothing": None,
        "share": None,
    }


def test_sums_are_numbers_and_columns_of_one_name_are_told_apart(workspace: Workspace) -> None:
    statement = "SELECT sum(range) AS a, 2 AS a, uuid() IS NOT NULL AS u, 1.25::DECIMAL(9, 2) AS d, [1, 2] AS l FROM range(10)"
    assert json.loads(format_answer(query(workspace, statement), "json")) == [{"a": 45, "a_2": 2, "u": True, "d": 1.25, "l": [1, 2]}]


@pytest.mark.parametrize("width", [60, 80, 200])
def test_a_table_fits_the_terminal(workspace: Workspace, width: int) -> None:
    lines = format_answer(query(workspace, "FROM captures"), "table", width).splitlines()
    assert max(map(len, lines)) <= width
    assert lines[-1] == "6 rows"


def test_control_characters_of_strangers_do_not_reach_the_terminal() -> None:
    shown = format_answer(Answer(["title"], [("\x1b[2Jgone\x07\x9b31m\nnext",)]), "table", 80)
    assert not any(ord(character) < 32 and character != "\n" for character in shown)
    assert "\x9b" not in shown
    assert "␛[2Jgone" in shown
