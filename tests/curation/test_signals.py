"""Signals: known texts with numbers that can be counted by hand."""

import pytest

from curation.decisions import judge
from curation.domains import Domain
from curation.policies import WikiPolicy
from curation.signals import score
from curation.signals.unspaced import parted
from warehouse.tables import SIGNALS

PROSE = "The dwarves have dug with care, and they kept to the deep halls of the mountain that was theirs to keep."


def test_the_signals_are_the_columns_of_the_table() -> None:
    for domain in Domain:
        assert set(score(PROSE, domain, "a")) == set(SIGNALS.names) - {"doc_id", "source", "domain"}


def test_words_and_characters_are_counted() -> None:
    found = score("Ab 12 c3… # x\n", Domain.WIKI, "a")
    assert (found["words"], found["characters"], found["lines"]) == (5, 14, 1)
    assert found["mean_word_length"] == pytest.approx(9 / 5)
    assert found["alphabetic_words"] == pytest.approx(3 / 5)
    assert found["alphanumeric"] == pytest.approx(7 / 14)
    assert found["symbol_ratio"] == pytest.approx(2 / 5)


def test_heading_marks_are_no_symbols_and_a_run_counts_once() -> None:
    assert score("## Halls\n\n" + PROSE, Domain.WIKI, "a")["symbol_ratio"] == 0
    assert score("##########\nword", Domain.WIKI, "a")["symbol_ratio"] == pytest.approx(1 / 2)


def test_letters_of_every_script_count() -> None:
    assert score("дом 家", Domain.WIKI, "a")["alphanumeric"] == pytest.approx(4 / 5)


def test_different_stop_words_are_counted() -> None:
    assert score(PROSE, Domain.WIKI, "a")["stop_words"] == len({"the", "have", "with", "and", "they", "to", "of", "that", "was"})


def test_repeated_lines_need_a_letter_or_digit() -> None:
    found = score("abc\nabc\n}\n}\nde", Domain.WIKI, "a")
    assert found["duplicate_lines"] == pytest.approx(1 / 5)
    assert found["duplicate_line_characters"] == pytest.approx(3 / 10)


def test_repeated_runs_of_words_are_shares_of_characters() -> None:
    found = score("aa bb cc aa bb dd aa bb cc", Domain.WIKI, "a")
    assert found["top_2gram"] == pytest.approx(12 / 18)
    assert found["top_3gram"] == 0
    assert score("a b c d e " * 10, Domain.WIKI, "a")["duplicate_5grams"] == 1


def test_each_character_of_a_repeated_run_counts_once() -> None:
    run = "one two three four five"
    found = score(f"{run} x {run} y", Domain.WIKI, "a")
    assert found["duplicate_5grams"] == pytest.approx(38 / 40)
    assert found["duplicate_10grams"] == 0


@pytest.mark.parametrize(
    ("text", "language"),
    [
        (PROSE, "en"),
        ("Die Zwerge graben tief im Berg und sind sehr stolz darauf.", "de"),
        ("Гномы копают глубоко в горе.", "ru"),
        ("12 + 3", None),
    ],
)
def test_the_language_of_prose_is_told(text: str, language: str | None) -> None:
    assert score(text, Domain.WIKI, "a")["language"] == language


def test_code_has_a_programming_language_and_comments_instead() -> None:
    found = score("# why\nx = 1\n\n# more\ny = 2\n", Domain.CODE, "a.py")
    assert (found["language"], found["programming_language"], found["comment_ratio"]) == (None, "python", 0.5)


def test_lines_are_measured() -> None:
    found = score("- one\n- two\nand so...\n" + "x" * 50, Domain.WIKI, "a")
    assert (found["bullet_lines"], found["ellipsis_lines"], found["longest_line"]) == (0.5, 0.25, 50)
    assert found["mean_line"] == pytest.approx(len("- one\n- two\nand so...\n" + "x" * 50) / 4)


@pytest.mark.parametrize("text", ["", "\n", "…", "\ufffd" * 3, "\ud800", "a" * 100_000])
def test_no_text_is_too_odd_to_be_measured(text: str) -> None:
    for domain in (Domain.WIKI, Domain.CODE):
        assert score(text, domain, "")["characters"] == len(text)


JAPANESE = "灯台守は夕暮れに灯りをともし、港に戻る船を静かに待っていた。"
THAI = "คนเฝ้าประภาคารจุดตะเกียงตอนพลบค่ำและรอเรือกลับเข้าฝั่งอย่างเงียบๆ"


@pytest.mark.parametrize("text", [JAPANESE * 8, THAI * 6, f"{JAPANESE}\n" * 8])
def test_words_that_nothing_parts_are_counted_by_their_length(text: str) -> None:
    found = score(text, Domain.WIKI, "a")
    assert found["words"] > 40
    assert 3 < found["mean_word_length"] < 6
    assert found["short_lines"] == 0


def test_words_beside_such_letters_count_as_before() -> None:
    assert parted("one two naïve три") == "one two naïve три"
    assert parted("the word 灯台守 is long").split() == ["the", "word", "灯台", "守", "is", "long"]


@pytest.mark.parametrize(("language", "text"), [("ja", JAPANESE), ("th", THAI)])
def test_texts_without_blanks_are_kept_where_their_language_is(language: str, text: str) -> None:
    parts = (text.replace("船", letter).replace("รอ", letter) for letter in "上下山川犬猫花鳥")
    found = score("\n\n".join(parts), Domain.WIKI, "a")
    repeated = dict.fromkeys(("max_duplicate_5grams", "max_duplicate_10grams", "max_top_2gram", "max_top_3gram", "max_top_4gram"), 0)
    lenient = WikiPolicy.model_validate({"languages": [language], **repeated})
    assert [row.reason for row in judge(found, lenient)] == [None]
