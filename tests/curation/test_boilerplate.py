"""Boilerplate: which lines of a source are taken for it, and that neither order nor partitions matter."""

from pathlib import Path
from typing import Any

import pytest

from curation.clean.recurring import LINES, TABLE, find_recurring, read_recurring
from curation.domains import Domain
from curation.partitions import EXTRACTED, Cleaning
from curation.switches import ALL_ON
from warehouse.tables import DOCUMENTS, read_table, write_table

WORDS = "The lamp of page {n} hung over a long table of oak, and under it lay the letters that nobody had opened since autumn {n}."
OWN = "Nobody but page {n} tells of mill {n} at bend {n} of the river, where the {n} grey geese of miller {n} kept watch all night."
NOTICE = "This page was last edited on {n} March 2016, at 10:{n}."
COOKIES = "We use cookies so that this site works as well for you as it does for all the others."


def partition(path: Path, texts: list[str], first: int = 0, domain: Domain = Domain.WIKI) -> Path:
    rows: list[dict[str, Any]] = []
    for number, text in enumerate(texts, first):
        known = {
            "doc_id": f"{number:03}",
            "source": "s",
            "domain": str(domain),
            "cleaners": [],
            "edits": [],
            "templates": [],
            "verdict": EXTRACTED,
        }
        rows.append({**dict.fromkeys(DOCUMENTS.names), **known, "text": text})
    write_table(path, rows, DOCUMENTS)
    return path


def pages(count: int, *lines: str) -> list[str]:
    return ["\n".join([WORDS, *lines, OWN]).replace("{n}", str(number)) for number in range(10, 10 + count)]


def recurring(folder: Path, texts: list[str], domain: Domain = Domain.WIKI) -> list[str]:
    find_recurring([partition(folder / "p", texts, domain=domain)], domain, ALL_ON, folder)
    return [row["line"] for row in read_table(folder / TABLE).to_pylist()]


def cleaned(folder: Path, texts: list[str], domain: Domain = Domain.WIKI) -> list[str]:
    recurring(folder, texts, domain)
    Cleaning(domain, ALL_ON, folder / LINES)(folder / "p", folder / "out")
    return [row["text"] for row in read_table(folder / "out").to_pylist()]


def test_what_many_pages_say_is_taken_out_of_all_of_them_the_first_too(tmp_path: Path) -> None:
    assert cleaned(tmp_path, pages(8, COOKIES)) == pages(8)


def test_a_notice_recurs_though_its_numbers_differ(tmp_path: Path) -> None:
    assert recurring(tmp_path, pages(8, NOTICE)) == [NOTICE.replace("{n}", "10")]
    assert cleaned(tmp_path, pages(8, NOTICE)) == pages(8)


def test_the_table_counts_the_documents_that_hold_a_line(tmp_path: Path) -> None:
    recurring(tmp_path, [*pages(6, COOKIES, COOKIES), *pages(4)])
    assert read_table(tmp_path / TABLE).to_pylist() == [
        {"source": "s", "domain": "wiki", "line": COOKIES, "documents": 6, "of_documents": 10}
    ]


def test_fewer_than_five_pages_have_no_boilerplate(tmp_path: Path) -> None:
    assert recurring(tmp_path, [*pages(4, COOKIES), *pages(4)]) == []


@pytest.mark.parametrize(
    "line",
    [
        "## What these findings mean for all of us here",
        "See also",
        "| Year | Film that she played in | Role that she had in it |",
        "    from one long module import all the names of it there are",
        "```\nthe words of a program that we print on every page of this\n```",
        "name = something that a game reads from every file it has got",
    ],
)
def test_headings_tables_code_and_short_lines_are_content(tmp_path: Path, line: str) -> None:
    assert recurring(tmp_path, pages(8, line)) == []


def test_copies_of_one_page_are_left_for_the_search_for_duplicates(tmp_path: Path) -> None:
    one = "\n".join(WORDS.replace("{n}", str(number)) for number in range(30))
    assert recurring(tmp_path, [f"{one}\nCopy {number}." for number in range(8)]) == []


def test_copies_of_a_talk_whose_turns_are_marked_in_other_ways_have_no_boilerplate(tmp_path: Path) -> None:
    marks = ["**{}:** ", "{} [00:00:04]: ", "**{} (00:00:04):** ", "SPEAKER_0{} ", ">> {}: ", "- {}: ", "({}) ", "[{}] "]
    said = [
        "Welcome back to the show about all that comes out of the sea. Today we talk about salt, and how it was made along this coast.",
        "They think that you boil the sea for it, as they did inland where the forests were. You let the sun do it, and then the wind.",
        "And how long does all of that take, if the weather is good and nobody of the village is in your way?",
        "Nine days, or ten if it rains, and I remember one year in which it took us nearly the whole of May and June.",
        "Is there anything that the people who listen to us can do at home with a pan and a bucket of sea water?",
    ]
    talks = ["\n\n".join(mark.format("AB"[turn % 2]) + each for turn, each in enumerate(said)) for mark in marks]
    assert recurring(tmp_path, [*talks, *pages(8)], Domain.TRANSCRIPT) == []
    assert recurring(tmp_path, [f"{page} {said[0]}" for page in pages(8)], Domain.TRANSCRIPT) != []


def test_a_long_list_that_recurs_goes_and_a_short_one_stays(tmp_path: Path) -> None:
    menu = [f"- part {letter}" for letter in "abcdefghijklmnop"]
    assert cleaned(tmp_path, pages(6, *menu)) == pages(6)
    assert cleaned(tmp_path, pages(6, *menu[:5])) == pages(6, *menu[:5])


def test_a_long_list_of_facts_in_few_of_many_documents_stays(tmp_path: Path) -> None:
    facts = [f"- state {letter}" for letter in "abcdefghijklmnop"]
    assert recurring(tmp_path, [*pages(6, *facts), *pages(400)[6:]]) == []


def test_documents_that_are_little_more_than_a_list_bear_no_witness(tmp_path: Path) -> None:
    items = "\n".join(f"- part {letter}" for letter in "abcdefghijklmnop")
    assert recurring(tmp_path, [f"Mill {number} of bend {number * 7}.\n\n{items}" for number in range(8)]) == []


def test_a_line_that_only_holds_a_word_of_notices_is_none(tmp_path: Path) -> None:
    assert recurring(tmp_path, [*pages(6, "The cookies were baked at home by her mother."), *pages(70)[6:]]) == []


@pytest.mark.parametrize("line", ["Guard: Let me guess, the gate was left open by a goat.", "“Let me guess, the gate was left open.”"])
def test_what_somebody_in_a_text_says_stays(tmp_path: Path, line: str) -> None:
    assert recurring(tmp_path, pages(8, line)) == []


def test_papers_may_share_the_short_sentences_of_proofs(tmp_path: Path) -> None:
    assert recurring(tmp_path, [*pages(6, "This completes the proof of the theorem."), *pages(20)[6:]], Domain.PAPER) == []


@pytest.mark.parametrize(
    "line", ["Все права защищены и охраняются законом этой страны уже давно", "本サイトの文章を無断で転載することを禁じます。"]
)
def test_boilerplate_may_be_in_any_script(tmp_path: Path, line: str) -> None:
    assert recurring(tmp_path, pages(8, line)) == [line]


def test_a_heading_under_which_nothing_is_left_goes_too(tmp_path: Path) -> None:
    menu = [f"- part {letter}" for letter in "abcdefghijklmnop"]
    pages_with = [f"{page}\n\n## See also\n\n" + "\n".join(menu) for page in pages(6)]
    assert cleaned(tmp_path, pages_with) == pages(6)
    assert cleaned(tmp_path, [f"{page}\n- only here {number}" for number, page in enumerate(pages_with)]) == [
        f"{page}\n\n## See also\n\n- only here {number}" for number, page in enumerate(pages(6))
    ]


def test_the_marks_of_a_comment_go_with_its_lines(tmp_path: Path) -> None:
    licence = ["# You may redistribute this file under the terms of its licence.", "#", "# It comes without any warranty at all."]
    assert cleaned(tmp_path, pages(6, *licence)) == pages(6)


def test_in_transcripts_sentences_recur_within_paragraphs(tmp_path: Path) -> None:
    said = "Welcome to the show about lamps and all that burns in them at night."
    texts = [f"So {text.split()[3]} it was. {said} Then we go on.\n\n{text}" for text in pages(8)]
    assert cleaned(tmp_path, texts, Domain.TRANSCRIPT) == [text.replace(f"{said} ", "") for text in texts]


def test_personal_data_in_a_line_that_recurs_is_not_kept_in_the_table_and_the_line_is_found(tmp_path: Path) -> None:
    texts = pages(6, "Write to the editor at ann@site.org with corrections to any of our pages.")
    assert recurring(tmp_path, texts) == ["Write to the editor at <EMAIL> with corrections to any of our pages."]
    assert cleaned(tmp_path, texts) == pages(6)


def test_neither_the_order_of_documents_nor_the_cut_of_partitions_matters(tmp_path: Path) -> None:
    texts = [*pages(7, COOKIES, NOTICE), *pages(5, *(f"- part {letter}" for letter in "abcdefghijklmnop"))]
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    whole.mkdir(), cut.mkdir()
    find_recurring([partition(whole / "p", texts)], Domain.WIKI, ALL_ON, whole)
    turned = list(reversed(texts))
    parts = [partition(cut / "a", turned[:3]), partition(cut / "b", [], 3), partition(cut / "c", turned[3:], 3)]
    find_recurring(parts, Domain.WIKI, ALL_ON, cut)
    assert {name: (whole / name).read_bytes() for name in (TABLE, LINES)} == {name: (cut / name).read_bytes() for name in (TABLE, LINES)}
    assert read_recurring(whole / LINES, Domain.WIKI).keys
    assert sorted(path.name for path in cut.iterdir()) == sorted(["a", "b", "c", TABLE, LINES])
