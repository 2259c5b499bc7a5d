"""Publishing never disturbs a reader, writes nothing twice, and new partitions show without it."""

import multiprocessing
import time
from concurrent.futures import ThreadPoolExecutor
from multiprocessing.synchronize import Event
from pathlib import Path
from typing import Any

import duckdb
import pyarrow.parquet as pq
import pytest
from small_workspace import add, capture, make_workspace

from warehouse import catalog
from warehouse.catalog import publish
from warehouse.console import query
from warehouse.digests import sha256_file
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace


def captured(workspace: Workspace) -> int:
    return int(query(workspace, "SELECT count(*) FROM captures").rows[0][0])


def test_an_empty_workspace_has_every_view_and_no_row(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    publish(workspace)
    views = [name for (name,) in query(workspace, "SHOW TABLES").rows]
    assert {"captures", "ledger", "corpus_stats", "run_history"} <= set(views)
    counted = [
        query(workspace, f"SELECT count(*) FROM {view}").rows[0][0] for view in views if view not in ("stage_order", "warehouse_definition")
    ]
    assert set(counted) == {0}


def test_publishing_again_changes_no_byte(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    before = {
        path: (sha256_file(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"
    }
    assert publish(workspace) is False
    after = {
        path: (sha256_file(path), path.stat().st_mtime_ns) for path in tmp_path.rglob("*") if path.is_file() and path.suffix != ".lock"
    }
    assert after == before


def test_documents_of_a_version_that_explained_nothing_can_be_asked_about(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    for path in workspace.table("documents").glob("*/*.parquet"):
        pq.write_table(pq.read_table(path).drop_columns(["edits", "templates"]), path)
    workspace.database.unlink()
    publish(workspace)
    assert query(workspace, "SELECT cleaning FROM why('apple')").rows[0] == (None,)
    assert query(workspace, "SELECT count(*) FROM cleanings").rows == [(0,)]
    assert query(workspace, "SELECT count(*) FROM template_losses").rows == [(0,)]


def test_a_new_partition_shows_without_publishing(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    publish(workspace)
    with duckdb.connect(workspace.database, read_only=True) as reader:
        assert reader.execute("SELECT count(*) FROM captures").fetchone() == (0,)
        add(workspace, "captures", [capture("apple")])
        assert reader.execute("SELECT count(*) FROM captures").fetchone() == (1,)


def test_the_views_can_be_read_from_any_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    workspace = Workspace(Path("here"))
    add(workspace, "captures", [capture("apple")])
    publish(workspace)
    monkeypatch.chdir("/")
    with duckdb.connect(tmp_path / "here" / "warehouse.duckdb", read_only=True) as reader:
        assert reader.execute("SELECT uri FROM captures").fetchall() == [("https://example.org/Apple_page",)]


def test_a_folder_may_have_quotes_and_wildcards_in_its_name(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path / "Ann's [old] *books*")
    assert captured(workspace) == 6


def test_a_workspace_that_was_moved_answers_from_its_new_place(tmp_path: Path) -> None:
    make_workspace(tmp_path / "old")
    (tmp_path / "old").rename(tmp_path / "new")
    assert captured(Workspace(tmp_path / "new")) == 6


def test_a_damaged_database_is_replaced(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    workspace.database.write_bytes(b"no database")
    assert captured(workspace) == 6


def test_views_of_another_version_are_replaced(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    workspace = make_workspace(tmp_path)
    own = catalog._statements()
    monkeypatch.setattr(catalog, "_statements", lambda: own + "CREATE VIEW later AS SELECT 1 AS one;")
    assert query(workspace, "FROM later").rows == [(1,)]


def test_somebody_who_holds_the_database_open_for_writing_does_not_block_publishing(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    context = multiprocessing.get_context("spawn")
    opened, done = context.Event(), context.Event()
    holder = context.Process(target=_hold_open, args=(workspace.database, opened, done))
    holder.start()
    try:
        assert opened.wait(20)
        assert publish(workspace) is True
        assert captured(workspace) == 6
    finally:
        done.set()
        holder.join(20)


def _hold_open(database: Path, opened: Event, done: Event) -> None:
    with duckdb.connect(database):
        opened.set()
        done.wait(20)


def test_readers_never_fail_while_others_publish_and_replace_partitions(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    context = multiprocessing.get_context("spawn")
    stop, asked = context.Event(), context.Value("i", 0)
    add(workspace, "captures", [capture("page-0")], part="changing")
    reader = context.Process(target=_read_until, args=(workspace, stop, asked))
    reader.start()
    until = time.monotonic() + 20
    replaced = 0
    while reader.is_alive() and time.monotonic() < until and (asked.value < 20 or replaced < 20):
        replaced += 1
        rows = [capture(f"page-{number}") for number in range(1 + replaced % 7)]
        add(workspace, "captures", rows, part="changing")
        catalog._replace(workspace)
    stop.set()
    reader.join(20)
    assert reader.exitcode == 0
    assert asked.value >= 20
    assert replaced >= 20


def _read_until(workspace: Workspace, stop: Event, asked: Any) -> None:
    """Asks through the console and through a connection that stays open; any fault ends this process with a code."""
    with duckdb.connect(workspace.database, read_only=True) as long_lived:
        while not stop.is_set():
            through_console = query(workspace, "SELECT sum(captured) FROM ledger").rows[0]
            directly = long_lived.execute("SELECT count(*) FROM captures").fetchone()
            assert all(7 <= count <= 13 for (count,) in (through_console, directly))
            asked.value += 1


def test_two_questions_at_once_in_one_process_do_not_share_settings(tmp_path: Path) -> None:
    workspace = make_workspace(tmp_path)
    with duckdb.connect(workspace.database, read_only=True) as own, ThreadPoolExecutor(8) as threads:
        assert list(threads.map(captured, [workspace] * 24)) == [6] * 24
        own.execute("SET memory_limit = '1GB'")


def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(WorkspaceError, match="file"):
        publish(Workspace(tmp_path / "file"))
