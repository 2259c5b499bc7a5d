"""How far two snapshots differ: a share of the training text that is 0 for equals, 1 for strangers, and the same both ways."""

from collections import Counter
from pathlib import Path
from random import Random
from typing import Any

import pytest

from curation.difference import Difference, difference
from warehouse.tables import SNAPSHOTS, write_table

Rows = dict[str, dict[str, Any]]


def taken(text: str, characters: int = 100, repetitions: int = 1, split: str = "train") -> dict[str, Any]:
    return {"text_sha256": text, "characters": characters, "repetitions": repetitions, "split": split}


def snapshot(path: Path, documents: Rows) -> Path:
    rows = [{**dict.fromkeys(SNAPSHOTS.names, "-"), "bytes": 1, "doc_id": doc_id, **row} for doc_id, row in documents.items()]
    write_table(path, rows, SNAPSHOTS)
    return path


@pytest.fixture
def compare(tmp_path: Path) -> Any:
    def compared(old: Rows | None, new: Rows) -> Difference:
        known = None if old is None else snapshot(tmp_path / "old.parquet", old)
        return difference(known, snapshot(tmp_path / "new.parquet", new), tmp_path / "scratch")

    return compared


TEN = {str(number): taken(f"text {number}") for number in range(10)}


def test_equal_snapshots_do_not_differ(compare: Any) -> None:
    assert compare(TEN, dict(reversed(TEN.items()))) == Difference(0, 0, 0, 0, 0, 1000, 1000, 0.0)


def test_without_an_old_snapshot_everything_differs(compare: Any) -> None:
    assert compare(None, TEN) == Difference(10, 0, 0, 1000, 0, 0, 1000, 1.0)


def test_snapshots_without_a_common_text_differ_as_a_whole(compare: Any) -> None:
    assert compare(TEN, {f"new {name}": taken(f"new {name}") for name in TEN}).share == 1.0


def test_added_text_is_a_share_of_the_new_total(compare: Any) -> None:
    found = compare(TEN, {**TEN, "more": taken("more", 250)})
    assert (found.added, found.come, found.gone, found.share) == (1, 250, 0, 0.2)


def test_removed_text_is_a_share_of_the_old_total(compare: Any) -> None:
    found = compare(TEN, {name: row for name, row in TEN.items() if name != "3"})
    assert (found.removed, found.come, found.gone, found.share) == (1, 0, 100, 0.1)


def test_a_revised_document_counts_once(compare: Any) -> None:
    found = compare(TEN, {**TEN, "3": taken("text 3, revised")})
    assert (found.added, found.removed, found.revised, found.share) == (0, 0, 1, 0.1)


def test_a_document_that_takes_the_place_of_another_counts_once(compare: Any) -> None:
    other = {name: row for name, row in TEN.items() if name != "3"} | {"other": taken("other")}
    assert compare(TEN, other).share == 0.1


def test_a_document_that_only_changed_its_name_changes_no_text(compare: Any) -> None:
    renamed = {f"moved/{name}" if name == "3" else name: row for name, row in TEN.items()}
    found = compare(TEN, renamed)
    assert (found.added, found.removed, found.share) == (1, 1, 0.0)


def test_a_text_counts_as_often_as_it_is_taken(compare: Any) -> None:
    found = compare(TEN, {**TEN, "3": taken("text 3", repetitions=3)})
    assert (found.revised, found.come, found.new_characters, found.share) == (0, 200, 1200, 200 / 1200)


def test_held_out_text_does_not_count(compare: Any) -> None:
    held_out = {"v": taken("v", split="val"), "t": taken("t", split="test")}
    assert compare(TEN, {**TEN, **held_out}).share == 0.0


def test_text_that_moves_to_another_split_left_the_training_text(compare: Any) -> None:
    found = compare(TEN, {**TEN, "3": taken("text 3", split="val")})
    assert (found.removed, found.share) == (1, 0.1)


def test_snapshots_without_training_text_do_not_differ(compare: Any) -> None:
    assert compare({"a": taken("a", split="val")}, {"b": taken("b", split="val")}).share == 0.0


def some(chance: Random) -> Rows:
    """A snapshot drawn from a few names and texts, so that two of them have much in common; a text has one length."""
    names = chance.sample("abcdefgh", chance.randint(1, 8))
    texts = {name: chance.choice("12345678") for name in names}
    return {
        name: taken(text, 10 * int(text), chance.randint(1, 3), chance.choice(["train", "train", "train", "val"]))
        for name, text in texts.items()
    }


def characters(documents: Rows) -> Counter[tuple[str, int]]:
    """Every character of the training text, as often as it is taken."""
    counted: Counter[tuple[str, int]] = Counter()
    for row in documents.values():
        if row["split"] == "train":
            counted.update({(row["text_sha256"], place): row["repetitions"] for place in range(row["characters"])})
    return counted


@pytest.mark.parametrize("seed", range(12))
def test_the_share_is_that_of_the_characters_that_only_one_of_the_two_has(compare: Any, seed: int) -> None:
    chance = Random(seed)
    old, new = some(chance), some(chance)
    ours, theirs = characters(old), characters(new)
    found, back = compare(old, new), compare(new, old)
    assert (found.come, found.gone) == ((theirs - ours).total(), (ours - theirs).total())
    assert (found.old_characters, found.new_characters) == (ours.total(), theirs.total())
    assert found.share * max(ours.total(), theirs.total(), 1) == pytest.approx(max(found.come, found.gone))
    assert 0 <= found.share <= 1
    assert (back.share, back.added, back.removed, back.revised) == (found.share, found.removed, found.added, found.revised)
