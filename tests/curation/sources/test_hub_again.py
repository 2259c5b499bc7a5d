"""Data sets of the hub captured again: rows that left them, and captures that were killed."""

import importlib.util
import io
import json
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hub_capture import Captures
from hub_site import COMMIT, Hub, hub_running

pytestmark = pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="needs the extra `datasets`")

FILES = ("data/train-00000-of-00002.parquet", "data/train-00001-of-00002.parquet")
IN_FILE = 2_500


def rows(*names: str) -> dict[str, bytes]:
    return {"data/train-0.jsonl": "".join(json.dumps({"text": f"tale of {name}", "name": name}) + "\n" for name in names).encode()}


def large() -> dict[str, bytes]:
    """Two files of Parquet of 13 MB each, so that the library does not have them in one request."""
    chance, files = Random(7), {}
    for name in FILES:
        buffer = io.BytesIO()
        pq.write_table(pa.table({"text": [chance.randbytes(2_600).hex() for _ in range(IN_FILE)]}), buffer, row_group_size=250)
        files[name] = buffer.getvalue()
    return files


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_running() as running:
        yield running


@pytest.fixture
def captures(tmp_path: Path, hub: Hub) -> Captures:
    return Captures(tmp_path, hub)


def gone(rows: dict[str, dict[str, Any]]) -> list[str]:
    return [native for native, row in rows.items() if row["gone"]]


def test_a_row_that_leaves_the_data_set_is_a_tombstone_and_stays_one(captures: Captures, hub: Hub) -> None:
    hub.files, hub.coming = rows("ape", "bee", "cat"), [rows("ape", "cat", "dog"), rows("ape", "cat", "eel"), rows("bee")]
    by_name = {"columns": {"id": "name"}}
    _, second, third, last = captures.again(by_name, by_name, by_name, by_name)
    assert list(second) == ["ape", "cat", "dog", "bee"]
    assert gone(second) == ["bee"]
    assert second["bee"]["gone"] == f"no row of commit {1:040} is of that id"
    assert (second["bee"]["content"], second["bee"]["error"]) == (None, None)
    assert sorted(gone(third)) == ["bee", "dog"]
    assert last["bee"]["content"] == b"tale of bee"


@pytest.mark.slow
def test_a_row_that_leaves_stays_as_it_was_where_the_recipe_says_so(captures: Captures, hub: Hub) -> None:
    hub.files, hub.coming = rows("ape", "bee"), [rows("ape"), rows("ape", "cat")]
    kept = {"columns": {"id": "name"}, "vanished": "keep"}
    *_, third = captures.again(kept, kept, kept)
    assert third["bee"]["content"] == b"tale of bee"


@pytest.mark.slow
def test_without_an_id_column_a_shorter_data_set_has_tombstones_for_its_last_rows(captures: Captures, hub: Hub) -> None:
    hub.files, hub.coming = rows("ape", "bee", "cat"), [rows("bee", "cat")]
    _, second = captures.again({}, {})
    assert [row["content"] for row in second.values()] == [b"tale of bee", b"tale of cat", None]
    assert gone(second) == ["train#3"]


@pytest.mark.parametrize("vanished", ["drop", "keep"])
def test_rows_that_could_not_be_read_stay_as_they_were_there_or_gone(captures: Captures, hub: Hub, vanished: str) -> None:
    damaged = {**rows("ape"), "data/train-1.jsonl": b"no json at all\n"}
    hub.files, hub.coming = rows("ape", "bee", "cat"), [rows("ape", "cat"), damaged, rows("ape", "bee")]
    by_name = {"columns": {"id": "name"}, "vanished": vanished}
    _, second, third, last = captures.again(by_name, by_name, by_name, by_name)
    assert {name: third[name] for name in second} == second
    assert "1 of its documents" in third["(kept)"]["error"]
    assert "not read to their end" in third["(kept)"]["error"]
    assert gone(last) == ["cat"]


@pytest.mark.slow
def test_rows_beyond_the_most_that_are_read_stay_until_the_recipe_wants_fewer(captures: Captures, hub: Hub) -> None:
    hub.files, hub.coming = rows("ape", "bee"), [rows("cat", "ape", "bee"), rows("dog", "cat", "ape", "bee")]
    _, second, fewer = captures.again(*({"columns": {"id": "name"}, "max_rows": most} for most in (2, 2, 1)))
    assert list(second) == ["cat", "ape", "bee", "(kept)"]
    assert list(fewer) == ["dog"]


@pytest.mark.slow
def test_other_rows_than_before_make_none_of_those_gone(captures: Captures, hub: Hub) -> None:
    hub.files = rows("ape", "bee")
    _, second = captures.again({"vanished": "keep"}, {"columns": {"id": "name"}, "vanished": "keep"})
    assert list(second) == ["ape", "bee"]


@pytest.mark.slow
def test_a_killed_capture_goes_on_at_its_commit_and_writes_the_same_bytes(captures: Captures, hub: Hub) -> None:
    hub.files = large()
    captures.again({}, state="whole")
    whole = captures.written()
    captures.forget_last()
    captures.again({}, state="killed", dies=4_200)
    hub.publish(rows("ape"))
    before = dict(hub.sent)
    captures.again({}, state="killed")
    assert captures.written() == whole
    first, second = (hub.sent[path] - before[path] for path in hub.rows_of(COMMIT))
    assert first < 100_000  # its table of contents
    assert second > 10_000_000  # the file in which it was is read again
    (receipt,) = captures.receipts("killed")
    assert receipt["bytes"] > sum(hub.sent.values()) / 2


@pytest.mark.slow
def test_a_killed_capture_whose_commit_is_gone_begins_again(captures: Captures, hub: Hub) -> None:
    hub.files = rows(*(f"ape {number}" for number in range(1_500)))
    captures.again({}, state="killed", dies=1_200)
    hub.publish(rows("bee"))
    hub.older.clear()
    (rows_now,) = captures.again({}, state="killed")
    assert [row["content"] for row in rows_now.values()] == [b"tale of bee"]


@pytest.mark.slow
def test_what_is_kept_and_damaged_is_taken_again(captures: Captures, hub: Hub) -> None:
    hub.files = rows(*(f"ape {number}" for number in range(3_500)))
    captures.again({}, state="whole")
    whole = captures.written()
    captures.forget_last()
    captures.again({}, state="killed", dies=3_400)
    kept = sorted((captures.folder / "killed" / "rows").glob("*.parquet"))
    assert len(kept) == 3
    kept[1].write_bytes(kept[1].read_bytes()[:1_000])
    captures.again({}, state="killed")
    assert captures.written() == whole
