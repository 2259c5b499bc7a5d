"""A document that kills its process: every other document of its partition is kept, and it is recorded as failed."""

import os
import signal
from functools import partial
from pathlib import Path

import pyarrow as pa
import pytest

from flows.isolation import DETAIL, compute_by_halves
from flows.job import Job
from flows.runners import open_workers
from warehouse.layout import Workspace
from warehouse.store import find
from warehouse.tables import read_table, write_table

ROWS = pa.schema([("name", pa.string()), ("outcome", pa.string())])


def read(rows: Path, out: Path) -> int:
    """A stage whose process dies of any document named after a killer."""
    table = read_table(rows).to_pylist()
    if any(row["name"].startswith("killer") for row in table):
        os.kill(os.getpid(), signal.SIGKILL)
    return write_table(out, [{**row, "outcome": "read"} for row in table], ROWS)


def lost(rows: Path, detail: str, out: Path) -> int:
    """What the stage writes of documents that kill it."""
    return write_table(out, [{**row, "outcome": detail} for row in read_table(rows).to_pylist()], ROWS)


@pytest.mark.parametrize("killers", [pytest.param((0,), marks=pytest.mark.slow), pytest.param((6,), marks=pytest.mark.slow), (2, 5)])
def test_a_document_that_kills_its_process_is_recorded_and_costs_no_other(tmp_path: Path, killers: tuple[int, ...]) -> None:
    names = [f"killer {number}" if number in killers else f"document {number}" for number in range(7)]
    rows = tmp_path / "rows.parquet"
    write_table(rows, [{"name": name, "outcome": ""} for name in names], ROWS)
    workspace = Workspace(tmp_path / "home")
    with open_workers(2):
        compute_by_halves(workspace, "read", Job("part", (), None, partial(read, rows), lost=lost), "key")
    output = find(workspace, "read", "key")
    assert output is not None
    assert list(output.artifacts) == ["part.parquet"]
    made = read_table(output.only().path).to_pylist()
    assert [row["name"] for row in made] == names
    assert [row["outcome"] for row in made] == [DETAIL if number in killers else "read" for number in range(7)]
