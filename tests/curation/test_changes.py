"""What a new capture brought since the one before it."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from curation.changes import Changes, changes
from warehouse.tables import CAPTURES, write_table


def partition(path: Path, *rows: tuple[str, str | None, str | None, str | None]) -> Path:
    """A partition of table captures of id, digest, error and how it is gone."""
    empty: dict[str, Any] = dict.fromkeys(CAPTURES.names)
    write_table(
        path, [{**empty, "capture_id": name, "sha256": sha, "error": error, "gone": gone} for name, sha, error, gone in rows], CAPTURES
    )
    return path


def snapshot(path: Path, *names: str) -> Path:
    """A file with the documents of a snapshot."""
    pq.write_table(pa.table({"doc_id": list(names)}), path)
    return path


def test_items_that_changed_came_and_went_are_counted_and_those_that_were_kept(tmp_path: Path) -> None:
    before = [
        partition(tmp_path / "1", ("same", "s", None, None), ("changed", "a", None, None), ("gone", "g", None, None)),
        partition(tmp_path / "2", ("absent", "x", None, None), ("failing", "f", None, None), ("failed", None, "503", None)),
    ]
    rows = [("same", "s", None, None), ("changed", "b", None, None), ("gone", None, None, "404"), ("failing", None, "503", None)]
    after = [partition(tmp_path / "3", *rows), partition(tmp_path / "4", ("failed", "y", None, None), ("new", "n", None, None))]
    kept = snapshot(tmp_path / "5", "same", "changed", "new")
    assert changes(before, after, kept, tmp_path) == Changes(changed=1, new=2, gone=2, survived=2, failed=1)


def test_of_a_first_capture_everything_that_could_be_had_is_new(tmp_path: Path) -> None:
    after = [partition(tmp_path / "1", ("a", "s", None, None), ("b", None, "503", None), ("c", "t", None, None))]
    assert changes([], after, snapshot(tmp_path / "2", "c"), tmp_path) == Changes(changed=0, new=2, gone=0, survived=1, failed=1)


def test_items_that_failed_are_mentioned_where_there_are_any() -> None:
    assert str(Changes(changed=0, new=56, gone=0, survived=31)) == "0 changed, 56 new, 0 gone, 31 survived"
    assert str(Changes(changed=0, new=56, gone=0, survived=31, failed=4)) == "0 changed, 56 new, 0 gone, 31 survived, 4 failed"


def test_what_is_kept_although_gone_is_gone_once_and_new_when_it_is_back(tmp_path: Path) -> None:
    there = [partition(tmp_path / "1", ("a", "s", None, None))]
    kept = [partition(tmp_path / "2", ("a", "s", None, "404"))]
    corpus = snapshot(tmp_path / "3", "a")
    assert changes(there, kept, corpus, tmp_path) == Changes(changed=0, new=0, gone=1, survived=0)
    assert changes(kept, kept, corpus, tmp_path) == Changes(changed=0, new=0, gone=0, survived=0)
    assert changes(kept, there, corpus, tmp_path) == Changes(changed=0, new=1, gone=0, survived=1)
