"""Snapshots and late decisions: a corpus version is known by its content, and every document has its last word."""

from pathlib import Path
from typing import Any

import pytest
from duplicate_texts import decision, document

from curation.balance import TAKEN
from curation.settings import DuplicateSettings
from curation.snapshot import late_decisions, write_snapshot
from warehouse.errors import LedgerError
from warehouse.tables import DECISIONS, DOCUMENTS, DUPLICATES, SPLITS, read_table, write_table

TIMES = {"a": 1, "b": 3, "c": 0}


def snapshot(folder: Path, names: str = "abc", times: dict[str, int] = TIMES, **changes: Any) -> str:
    write_table(folder / "documents", [{**document(name, f"text {name}"), **changes} for name in names], DOCUMENTS)
    sizes = {"characters": 6, "bytes": 6}
    splits = [{**dict.fromkeys(SPLITS.names, "-"), **sizes, "doc_id": name, "split": "train"} for name in names]
    write_table(folder / "splits", splits, SPLITS)
    write_taken(folder, {name: times[name] for name in names})
    return write_snapshot([folder / "documents"], folder / "splits", folder / "taken", folder / "out")


def write_taken(folder: Path, times: dict[str, int]) -> None:
    rows = [{"doc_id": name, "split": "train", "repetitions": count} for name, count in times.items()]
    write_table(folder / "taken", rows, TAKEN)


def test_a_snapshot_holds_what_is_taken_sorted_by_document(tmp_path: Path) -> None:
    snapshot_id = snapshot(tmp_path, "cba")
    rows = read_table(tmp_path / "out").to_pylist()
    assert [(row["doc_id"], row["repetitions"], row["snapshot_id"]) for row in rows] == [("a", 1, snapshot_id), ("b", 3, snapshot_id)]
    assert len(snapshot_id) == 16


def test_equal_corpora_have_equal_ids(tmp_path: Path) -> None:
    assert snapshot(tmp_path, "abc") == snapshot(tmp_path, "bca")


@pytest.mark.parametrize("change", [{"revision": "2"}, {"text_sha256": "f00"}, {"uri": "elsewhere"}])
def test_another_revision_is_another_snapshot(tmp_path: Path, change: dict[str, str]) -> None:
    assert snapshot(tmp_path) != snapshot(tmp_path, **change)


def test_other_repetitions_are_another_snapshot(tmp_path: Path) -> None:
    assert snapshot(tmp_path) != snapshot(tmp_path, times={**TIMES, "a": 2})


def duplicate(name: str, kind: str) -> dict[str, Any]:
    numbers = {"jaccard": 0.75, "containment": 0.9, "dropped": kind != "related"}
    return {**dict.fromkeys(DUPLICATES.names, "-"), **numbers, "doc_id": name, "other_id": "a", "kind": kind}


def decide(folder: Path, duplicates: list[dict[str, Any]], times: dict[str, int], earlier: list[dict[str, Any]]) -> list[tuple[Any, ...]]:
    write_table(folder / "duplicates", duplicates, DUPLICATES)
    write_taken(folder, times)
    write_table(folder / "decisions", earlier, DECISIONS)
    late_decisions([folder / "decisions"], folder / "duplicates", folder / "taken", DuplicateSettings(), folder / "out")
    rows = read_table(folder / "out").to_pylist()
    return [(row["doc_id"], row["stage"], row["verdict"], row["reason"]) for row in rows]


def test_a_document_in_the_mix_is_kept_twice(tmp_path: Path) -> None:
    assert decide(tmp_path, [duplicate("a", "related")], {"a": 2}, [decision("a")]) == [
        ("a", "duplicates", "kept", None),
        ("a", "balance", "kept", None),
    ]


def test_a_document_the_mix_has_no_use_for_is_over_share(tmp_path: Path) -> None:
    assert decide(tmp_path, [], {"a": 0}, [decision("a")])[-1] == ("a", "balance", "dropped", "over_share")


@pytest.mark.parametrize(
    ("kind", "reason", "value", "threshold"),
    [("exact", "exact_duplicate", 1.0, 1.0), ("near", "near_duplicate", 0.75, 0.7), ("contained", "contained", 0.9, 0.8)],
)
def test_a_duplicate_names_the_measure_and_the_kept_document(
    tmp_path: Path, kind: str, reason: str, value: float, threshold: float
) -> None:
    assert decide(tmp_path, [duplicate("b", kind)], {}, [decision("b")]) == [("b", "duplicates", "dropped", reason)]
    (row,) = read_table(tmp_path / "out").to_pylist()
    assert (row["value"], row["threshold"], row["detail"], row["decisive"]) == (value, threshold, "a", True)


def test_documents_dropped_earlier_get_no_late_decision(tmp_path: Path) -> None:
    earlier = [decision("a", "extract"), decision("a", verdict="dropped"), decision("b", "extract", "failed")]
    assert decide(tmp_path, [], {}, earlier) == []


def test_a_document_that_a_stage_lost_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match="document a of source - passed the quality stage, but is neither"):
        decide(tmp_path, [], {}, [decision("a")])
