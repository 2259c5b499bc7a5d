"""Candidates: which pairs are nominated for an exact comparison."""

from pathlib import Path

import pytest
from duplicate_texts import edited, item_page, prose, sign

from curation.duplicates import candidates
from curation.duplicates.candidates import nominate
from curation.settings import DuplicateSettings
from warehouse.tables import read_table

SETTINGS = DuplicateSettings()


def nominated(folder: Path, signatures: list[Path], settings: DuplicateSettings = SETTINGS) -> list[tuple[str, str]]:
    out = folder / "pairs.parquet"
    count = nominate(signatures, settings, out, 256, folder / "scratch")
    rows = [(row["a"], row["b"]) for row in read_table(out).to_pylist()]
    assert len(rows) == count
    return rows


def test_an_edited_copy_is_nominated_and_a_stranger_is_not(tmp_path: Path) -> None:
    texts = {"b": prose("page", 300), "a": edited(prose("page", 300), 5), "c": prose("other", 300)}
    assert nominated(tmp_path, [sign(tmp_path, texts, SETTINGS)]) == [("a", "b")]


def test_bands_nominate_alike_documents_that_do_not_contain_one_another(tmp_path: Path) -> None:
    strict = DuplicateSettings(containment=1.0, related=1.0)
    texts = {"a": prose("page", 300), "b": edited(prose("page", 300), 5)}
    assert nominated(tmp_path, [sign(tmp_path, texts, strict)], strict) == [("a", "b")]


def test_a_page_inside_a_collection_a_hundred_times_its_size_is_nominated(tmp_path: Path) -> None:
    pages = [prose(str(number), 60) for number in range(100)]
    texts = {"collection": " ".join(pages), "page": pages[57]}
    assert nominated(tmp_path, [sign(tmp_path, texts, SETTINGS)]) == [("collection", "page")]


def test_one_exact_copy_of_several_takes_part(tmp_path: Path) -> None:
    text = prose("page", 300)
    texts = {"a": text, "b": text.upper(), "c": f"{text}!!", "d": edited(text, 5)}
    assert nominated(tmp_path, [sign(tmp_path, texts, SETTINGS)]) == [("c", "d")]  # c has most characters


def test_a_crowded_bucket_is_thinned_but_never_skipped(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "CROWD", 3)
    page = prose("page", 100)
    texts = {f"{number:02}": f"{page} {prose(str(number), 20 - number)}" for number in range(20)}
    pairs = nominated(tmp_path, [sign(tmp_path, texts, SETTINGS)])
    assert {("00", name) for name in texts if name != "00"} <= set(pairs)  # every document meets the longest one
    assert len(pairs) < 20 * 19 / 2


def test_two_copies_meet_in_any_crowd_of_templated_pages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(candidates, "CROWD", 3)
    texts = {f"{number:03}": item_page(number) for number in range(100)}
    texts["copy"] = item_page(50).replace("deadly", "mortal")
    assert ("050", "copy") in nominated(tmp_path, [sign(tmp_path, texts, SETTINGS)])


def test_partitions_and_their_order_make_no_difference(tmp_path: Path) -> None:
    texts = {f"{number}": edited(prose(str(number % 5), 100), 3, str(number)) for number in range(20)}
    whole = nominated(tmp_path, [sign(tmp_path, texts, SETTINGS)])
    parts = [sign(tmp_path, {name: text}, SETTINGS, name=name) for name, text in texts.items()]
    assert whole
    assert nominated(tmp_path, parts[::-1]) == whole


def test_no_documents_give_no_pairs(tmp_path: Path) -> None:
    assert nominated(tmp_path, [sign(tmp_path, {}, SETTINGS)]) == []
