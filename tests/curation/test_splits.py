"""Splits: alike documents stay together, and every domain can be evaluated."""

from collections import Counter
from pathlib import Path
from typing import Any

from duplicate_texts import duplicates_of, prose, sign

from curation.settings import DuplicateSettings, SplitSettings
from curation.splits import Inputs, assign
from warehouse.tables import DUPLICATES, read_table, write_table

DEFAULTS = DuplicateSettings()
WIDE = SplitSettings(validation=0.2, test=0.2, largest_group=1.0)


def pages(count: int, words: int = 30) -> dict[str, str]:
    return {f"{number:03}": prose(str(number), words) for number in range(count)}


def split(
    folder: Path, texts: dict[str, str], settings: SplitSettings, pairs: list[tuple[str, str]] | None = None
) -> dict[str, dict[str, Any]]:
    """SPLITS rows by document; related pairs are given, or found in the texts."""
    signatures = sign(folder, texts, DEFAULTS)
    duplicates_of(folder, [signatures], DEFAULTS)
    if pairs is not None:
        write_table(folder / "duplicates.parquet", [related(one, other) for one, other in pairs], DUPLICATES)
    inputs = Inputs([signatures], [folder / "part.documents.parquet"], folder / "duplicates.parquet")
    assign(inputs, settings, folder / "splits.parquet")
    return {row["doc_id"]: row for row in read_table(folder / "splits.parquet").to_pylist()}


def related(one: str, other: str) -> dict[str, Any]:
    numbers = {"jaccard": 0.6, "containment": 0.6, "dropped": False}
    return {**dict.fromkeys(DUPLICATES.names, "-"), **numbers, "doc_id": one, "other_id": other, "kind": "related"}


def test_shares_are_about_what_was_asked(tmp_path: Path) -> None:
    found = Counter(row["split"] for row in split(tmp_path, pages(500, 5), WIDE).values())
    assert 70 < found["val"] < 130
    assert 70 < found["test"] < 130


def test_duplicates_have_no_split(tmp_path: Path) -> None:
    text = prose("page", 100)
    assert set(split(tmp_path, {"a": text, "b": text.upper(), "c": prose("other", 100)}, WIDE)) == {"a", "c"}


def test_related_documents_share_a_split(tmp_path: Path) -> None:
    chain = [(f"{number:03}", f"{number + 1:03}") for number in range(40) if number % 4 != 3]
    rows = split(tmp_path, pages(41), WIDE, chain)
    for one, other in chain:
        assert rows[one]["split"] == rows[other]["split"]
    assert rows["003"]["group_id"] == "000"
    assert rows["004"]["group_id"] == "004"


def test_half_alike_texts_are_found_related_and_share_a_split(tmp_path: Path) -> None:
    texts = pages(30)
    for number in range(10):
        half = prose(f"half-{number}", 60)
        texts |= {f"a-{number}": f"{half} {prose(f'a-{number}', 45)}", f"b-{number}": f"{half} {prose(f'b-{number}', 40)}"}
    rows = split(tmp_path, texts, WIDE)
    assert all(rows[f"a-{number}"]["split"] == rows[f"b-{number}"]["split"] for number in range(10))


def test_a_group_outlives_the_document_that_was_dropped_from_it(tmp_path: Path) -> None:
    text = prose("page", 100)
    rows = split(tmp_path, {"a": text, "b": f"{text} {prose('more', 5)}"}, WIDE)
    assert [row["group_id"] for row in rows.values()] == ["a"]  # a was dropped for b


def test_a_group_that_is_too_large_goes_to_train(tmp_path: Path) -> None:
    texts = {**pages(40), "giant": prose("giant", 500)}
    for seed in map(str, range(8)):
        rows = split(tmp_path, texts, WIDE.model_copy(update={"largest_group": 0.2, "seed": seed}))
        assert rows["giant"]["split"] == "train"


def test_a_small_domain_has_validation_text_in_any_case(tmp_path: Path) -> None:
    for seed in map(str, range(8)):
        rows = split(tmp_path, pages(3), SplitSettings(seed=seed))
        assert "val" in {row["split"] for row in rows.values()}
        assert "train" in {row["split"] for row in rows.values()}


def test_validation_text_of_a_small_domain_is_not_its_largest_group(tmp_path: Path) -> None:
    texts = {**pages(2), "giant": prose("giant", 500)}
    for seed in map(str, range(8)):
        assert split(tmp_path, texts, SplitSettings(seed=seed))["giant"]["split"] == "train"


def test_two_groups_are_too_few_to_hold_one_out(tmp_path: Path) -> None:
    assert {row["split"] for row in split(tmp_path, pages(2), SplitSettings()).values()} == {"train"}


def test_no_validation_is_held_out_where_none_is_asked_for(tmp_path: Path) -> None:
    rows = split(tmp_path, pages(20), SplitSettings(validation=0.0, test=0.0))
    assert {row["split"] for row in rows.values()} == {"train"}


def test_the_seed_draws_other_documents(tmp_path: Path) -> None:
    one, other = (split(tmp_path, pages(60), WIDE.model_copy(update={"seed": seed})) for seed in ("a", "b"))
    assert {name: row["split"] for name, row in one.items()} != {name: row["split"] for name, row in other.items()}


def test_new_documents_leave_the_splits_of_the_old_ones_alone(tmp_path: Path) -> None:
    before, after = split(tmp_path, pages(40), WIDE), split(tmp_path, pages(80), WIDE)
    assert {name: after[name]["split"] for name in before} == {name: row["split"] for name, row in before.items()}


def test_rows_carry_the_sizes_of_the_text(tmp_path: Path) -> None:
    (row,) = split(tmp_path, {"a": "crème brûlée"}, WIDE).values()
    assert (row["characters"], row["bytes"]) == (12, 15)
