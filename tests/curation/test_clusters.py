"""Clusters: what is dropped, in favour of what, and what must survive."""

import random
from pathlib import Path
from typing import Any

import pytest
from duplicate_texts import duplicates_of, edited, find_duplicates, item_page, prose, sign

from curation.duplicates import similarity
from curation.settings import DuplicateSettings

SETTINGS = DuplicateSettings()


def dropped(rows: list[dict[str, Any]]) -> dict[str, str]:
    return {row["doc_id"]: row["other_id"] for row in rows if row["dropped"]}


def test_an_exact_copy_is_dropped_for_the_longer_one(tmp_path: Path) -> None:
    (row,) = find_duplicates(tmp_path, {"a": "Of swords and kings", "b": "of swords, and kings!"}, SETTINGS)
    assert (row["doc_id"], row["other_id"], row["kind"], row["jaccard"]) == ("a", "b", "exact", 1.0)
    assert row["why"] == "has more characters: 21 against 19"


def test_texts_shorter_than_a_shingle_are_dropped_as_exact_copies_only(tmp_path: Path) -> None:
    assert dropped(find_duplicates(tmp_path, {"a": "Hello you", "b": "hello you", "c": "hello"}, SETTINGS)) == {"b": "a"}


def test_an_edited_copy_is_near(tmp_path: Path) -> None:
    text = prose("page", 300)
    (row,) = find_duplicates(tmp_path, {"page": text, "copy": edited(text, 5)}, SETTINGS)
    assert (row["kind"], row["dropped"]) == ("near", True)
    assert row["jaccard"] == pytest.approx(283 / (298 + 15))  # five changed words touch fifteen of 298 shingles


def test_a_page_inside_a_collection_is_contained(tmp_path: Path) -> None:
    pages = [prose(str(number), 60) for number in range(50)]
    (row,) = find_duplicates(tmp_path, {"page": pages[7], "collection": " ".join(pages)}, SETTINGS)
    assert (row["doc_id"], row["kind"], row["containment"]) == ("page", "contained", 1.0)
    assert row["cluster_id"] == "collection"


def test_a_short_line_is_not_a_duplicate_of_a_book_that_quotes_it(tmp_path: Path) -> None:
    line = prose("line", 12)
    rows = find_duplicates(tmp_path, {"line": line, "book": f"{prose('one', 500)} {line} {prose('two', 500)}"}, SETTINGS)
    assert [row["kind"] for row in rows] == ["related"]


def test_four_hundred_templated_pages_survive(tmp_path: Path) -> None:
    pages = {f"{number:03}": item_page(number) for number in range(400)}
    assert dropped(find_duplicates(tmp_path, pages, SETTINGS)) == {}


def test_a_copy_of_a_templated_page_does_not_survive(tmp_path: Path) -> None:
    pages = {f"{number:03}": item_page(number) for number in range(100)}
    pages["copy"] = item_page(50).replace("deadly", "mortal")
    assert dropped(find_duplicates(tmp_path, pages, SETTINGS)) == {"copy": "050"}


def test_a_chain_of_small_changes_does_not_merge_its_ends(tmp_path: Path) -> None:
    words = prose("chain", 400).split()
    links = {str(number): " ".join(words[20 * number : 20 * number + 200]) for number in range(10)}
    rows = find_duplicates(tmp_path, links, SETTINGS)
    lost = dropped(rows)
    assert 0 < len(lost) < 9
    assert not set(lost) & set(lost.values())  # every document is dropped for one that is kept
    assert all(row["jaccard"] >= SETTINGS.jaccard or row["containment"] >= SETTINGS.containment for row in rows if row["dropped"])


def test_the_longest_document_of_a_cluster_is_kept(tmp_path: Path) -> None:
    text = prose("page", 300)
    versions = {"a": text, "b": f"{text} {prose('more', 30)}", "c": edited(text, 4)}
    assert dropped(find_duplicates(tmp_path, versions, SETTINGS)) == {"a": "b", "c": "b"}


def test_half_alike_documents_are_both_kept_and_related(tmp_path: Path) -> None:
    half = prose("half", 200)
    rows = find_duplicates(tmp_path, {"a": f"{half} {prose('a', 130)}", "b": f"{half} {prose('b', 120)}"}, SETTINGS)
    (row,) = rows
    assert (row["doc_id"], row["other_id"], row["kind"], row["dropped"]) == ("b", "a", "related", False)


def test_copies_of_a_dropped_document_point_to_the_kept_one(tmp_path: Path) -> None:
    text = prose("page", 300)
    copy = edited(text, 5)
    rows = find_duplicates(tmp_path, {"page": f"{text} {prose('more', 10)}", "copy": copy, "copy-of-copy": copy.upper()}, SETTINGS)
    assert dropped(rows) == {"copy": "page", "copy-of-copy": "page"}
    assert {row["kind"] for row in rows} == {"near"}


def test_code_with_renamed_variables_is_not_a_duplicate(tmp_path: Path) -> None:
    lines = [f"{prose(str(number), 1)} = {prose(str(-number), 1)}({number}, {number + 1})" for number in range(1, 40)]
    code = "\n".join(lines)
    rows = find_duplicates(tmp_path, {"a": code, "b": code.replace(" = ", "  =  "), "c": code.title()}, SETTINGS, "code")
    assert dropped(rows) == {"a": "b"}


def corpus() -> dict[str, str]:
    texts = {f"page-{number}": edited(prose(str(number % 12), 120), 1 + number % 7, str(number)) for number in range(60)}
    collections = {f"collection-{number}": " ".join(prose(str(number + step), 120) for step in range(3)) for number in range(4)}
    return texts | collections | {f"item-{number}": item_page(number) for number in range(40)}


def test_partitions_and_their_order_make_no_difference(tmp_path: Path) -> None:
    texts = corpus()
    whole = find_duplicates(tmp_path, texts, SETTINGS)
    names = sorted(texts)
    assert any(row["kind"] == "contained" for row in whole)
    for seed in range(3):
        random.Random(seed).shuffle(names)
        parts = [
            sign(tmp_path, {name: texts[name] for name in names[start :: seed + 2]}, SETTINGS, name=f"{seed}-{start}")
            for start in range(seed + 2)
        ]
        assert duplicates_of(tmp_path, parts, SETTINGS) == whole


def test_small_blocks_give_the_same_answer(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    whole = find_duplicates(tmp_path, corpus(), SETTINGS)
    monkeypatch.setattr(similarity, "BLOCK_SHINGLES", 500)
    assert find_duplicates(tmp_path, corpus(), SETTINGS) == whole


def test_a_corpus_of_one_has_no_duplicates(tmp_path: Path) -> None:
    assert find_duplicates(tmp_path, {"only": prose("page", 100)}, SETTINGS) == []
