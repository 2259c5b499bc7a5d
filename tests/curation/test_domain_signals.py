"""Signals of single domains: lists, data, captions and tables, with numbers that can be counted by hand."""

from typing import Any

import pytest

from curation.domains import Domain
from curation.signals import score

TALK = "Ann: So you dug here?\nBen: For years, and we found silver.\nAnn: Show me.\n"


def prose(text: str) -> dict[str, Any]:
    return score(text, Domain.LORE, "a")


def code(text: str) -> dict[str, Any]:
    return score(text, Domain.CODE, "a.py")


def test_words_in_lines_of_three_or_fewer_are_those_of_a_list() -> None:
    assert prose("Anna\n- Bert the Bold\n1. Carl\nHe dug deep under the mountain")["short_lines"] == pytest.approx(5 / 13)


def test_headings_tables_and_fences_are_no_list() -> None:
    assert prose("# Halls\n\n| Anna | 3 |\n\n```\nx = 1\ny\n```\n")["short_lines"] == 0


def test_words_in_short_items_and_cells_are_those_of_lists_and_tables() -> None:
    found = prose("- Anna of the hill\n1. Bert\n- He dug deep under the mountain\n\n| Carl | sold silver |\n|---|---|")
    assert found["short_items"] == pytest.approx((5 + 2) / (5 + 2 + 7 + 3))
    assert found["short_cells"] == pytest.approx(3 / (5 + 2 + 7 + 3))
    assert prose("| Dora dug for years, and she found silver under it |")["short_cells"] == 0


@pytest.mark.parametrize(("words", "table"), [(149, True), (150, False)])
def test_enough_words_beside_a_table_make_an_article(words: int, table: bool) -> None:
    assert (prose("word " * words + "\n" + "| Carl | silver |\n" * 200)["short_cells"] > 0.6) is table


@pytest.mark.parametrize(
    "line", ["apply_to = hitpoints", '"shields" 5700', "[/effect]", '"Sword of Kings"', 'turret -15.5 2 "Blaster"', "`Aldebaran`", "a >= 6"]
)
def test_keys_tags_and_quoted_names_are_data(line: str) -> None:
    assert prose(f"{line}\nHe came back with silver.")["data_lines"] == 0.5


@pytest.mark.parametrize(
    "line",
    [
        '"Where did you dig?" he asked.',
        "Ann: show me",
        "# Chapter 2",
        "- Price: 100",
        "He paid 20 coins.",
        "Day 4",
        "July 6",
        "Ann Smith <EMAIL>",
        "`\tYou say goodbye.`x",
    ],
)
def test_talk_headings_and_facts_are_no_data(line: str) -> None:
    assert prose(line)["data_lines"] == 0


def test_code_between_fences_is_a_share_of_the_page() -> None:
    assert prose("abcd\n```\nxyz\n```\n")["fenced_code"] == pytest.approx(8 / 17)


def test_markup_that_was_left_is_a_share_of_characters() -> None:
    assert prose("{{x}} [[y]] <b> &amp;")["markup"] == pytest.approx((4 + 4 + 3 + 5) / 21)
    assert prose("if a < b and c > d & e, write to <EMAIL>")["markup"] == 0


def test_words_that_were_lost_are_counted() -> None:
    assert prose("the <unk> of <unk> , in 1990")["lost_words"] == pytest.approx(2 / 7)


def test_turns_are_lines_that_a_recurring_label_leads() -> None:
    found = prose(TALK + "Note: he smiled.")
    assert (found["turns"], found["words_per_turn"]) == (2, pytest.approx(18 / 2))
    assert prose("Nobody speaks.")["words_per_turn"] is None


def test_the_names_of_speakers_are_no_repetition() -> None:
    talk = "".join(f"THE OLD KING: word{n} said{n}\n" for n in range(20))
    assert prose(talk)["top_3gram"] == 0
    assert prose(talk.replace(": ", " "))["top_3gram"] > 0.4


def test_sounds_times_and_ends_of_sentences_are_counted_per_word() -> None:
    found = prose("[Music] Hello there. (APPLAUSE) Are you <c>well?</c>\n00:00:01.000 --> 00:00:02.000")
    assert found["sounds"] == pytest.approx(2 / 10)
    assert found["sentence_marks"] == pytest.approx(1 / 10)
    assert found["timing_marks"] == pytest.approx(4 / 10)


def test_bars_and_rules_of_tables_are_no_words() -> None:
    found = prose("| Anna | dug |\n|---|---|\n| Bert | slept |")
    assert (found["words"], found["alphabetic_words"]) == (4, 1)


def test_repeated_paragraphs_are_counted() -> None:
    found = prose("one two\n\none two\n\nthree\n\n---\n\n---")
    assert found["duplicate_paragraphs"] == pytest.approx(1 / 5)
    assert found["duplicate_paragraph_characters"] == pytest.approx(7 / 25)


def test_longer_repeated_runs_cover_no_more_than_shorter_ones() -> None:
    found = prose("a b c d e f g x a b c d e f g y")
    shares = [found[f"duplicate_{size}grams"] for size in range(5, 11)]
    assert shares == pytest.approx([14 / 16, 14 / 16, 14 / 16, 0, 0, 0])


def test_numbers_and_strings_are_literals_and_docstrings_are_not() -> None:
    assert code('t = [1, 22, "abc"]')["literals"] == pytest.approx(8 / 14)
    assert code('t = "a b c"')["literals"] == pytest.approx(5 / 7)  # white space counts neither way
    assert code('"""What it is for, at length."""\nx = y')["literals"] == 0


def test_numbers_are_a_share_of_numbers_and_words() -> None:
    assert code("t = f(1, 22, 3)")["numbers"] == pytest.approx(3 / 5)
    assert code('"""In 1990, for 20 coins."""\nx = y')["numbers"] == 0


def test_the_length_of_names_is_measured_once_for_each() -> None:
    assert code("ab = ab + cdef")["mean_identifier"] == pytest.approx(3)
    assert code("1 + 2")["mean_identifier"] is None


def test_what_concerns_prose_is_null_for_code_and_the_other_way_round() -> None:
    speech = ["turns", "words_per_turn", "sentence_marks", "sounds", "timing_marks"]
    of_prose = [*speech, "short_lines", "short_items", "short_cells", "data_lines", "fenced_code", "markup"]
    assert all(code(TALK)[name] is None for name in of_prose)
    assert all(prose(TALK)[name] is None for name in ("literals", "numbers", "mean_identifier", "comment_ratio"))


@pytest.mark.parametrize(
    "text",
    [
        "[" * 300_000,
        "<" * 300_000,
        '"' * 300_000,
        "a " * 150_000,
        "a" + " \\" * 150_000,
        "'" + "\\a" * 150_000,
        "```\n" * 75_000,
        ": " * 150_000,
        "| " * 150_000,
        "- a\n" * 80_000,
    ],
)
def test_time_is_bounded_by_size(text: str) -> None:
    prose(text)
    code(text)


def test_short_turns_of_a_play_are_no_list_of_names() -> None:
    turns = "ANN: Who goes there?\nBOB: Only me.\nANN: Alone?\nBOB: Quite alone.\nANN: Then come in."
    assert score(turns, Domain.LORE, "a")["short_lines"] == 0
    keys = "Speed: two knots\nSpeed: ten\nRange: far\nRange: near"
    assert score(keys, Domain.LORE, "a")["short_lines"] > 0.9
