"""Cleaning: each cleaner by what it mends and what it leaves alone, and how bytes become text."""

import time

import pytest

from curation.clean import CLEANERS, clean, replay
from curation.clean.edits import MOST_EDITS, WHOLE_TEXT
from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Dropped
from curation.domains import Domain


@pytest.mark.parametrize(
    ("text", "cleaned", "names"),
    [
        ("plain words", "plain words", []),
        ("itâ€™s â\x80\x93 caf\u00c3\u00a9", "it’s – café", ["mojibake"]),
        ("x &#8712; A &amp; b", "x ∈ A & b", ["entities"]),
        ("a\r\nb\rc", "a\nb\nc", ["line_ends"]),
        ("a\u200bb\x00\ufeff", "ab", ["controls"]),
        ("<p align='center'>One</p>[pagebreak]<br>two", "One\n\ntwo", ["stray_markup"]),
        ("<img src='img://I_letter.png'>t seemed", "It seemed", ["stray_markup"]),
        ("[샤드 제목: GRAND OPENING]\nToday!\n----\n", "GRAND OPENING\n\nToday!", ["stray_markup"]),
        ("<b>One</b> is <I>two</I> for `<b>x</b>`", "One is two for `<b>x</b>`", ["stray_markup"]),
        ("See <planet> at <b> and <seal>", "See <planet> at <b> and <seal>", []),
        ("Say <on>a</on>, <off>b</off>", "Say <on>a</on>, <off>b</off>", []),
        ("One\n---\nTwo", "One\n---\nTwo", []),
        ("One is two.\n\nq12_old_letter\n----\n", "One is two.", ["stray_markup"]),
        ("Keys:\nq12_old_letter\nq12_new_letter", "Keys:\nq12_old_letter\nq12_new_letter", []),
        ("Set it in\n[letters]\nq12_old_letter", "Set it in\n[letters]\nq12_old_letter", []),
        ("e\u0301", "é", ["composed"]),
        ("a  \n\n\n\nb\u00a0c \n", "a\n\nb c", ["spacing"]),
    ],
)
def test_prose_is_mended_and_the_cleaners_that_did_it_are_named(text: str, cleaned: str, names: list[str]) -> None:
    made = clean(text, Domain.WIKI)
    assert (made.text, list(made.cleaners)) == (cleaned, names)


def test_blank_lines_of_fenced_code_stay() -> None:
    fenced = "before\n\n```python\na()\n\n\n~~~\n\n\n\nb()\n```\n\nafter"
    assert clean(fenced.replace("before\n", "before\n\n\n").replace("\nafter", "\n\n\nafter"), Domain.WIKI).text == fenced


@pytest.mark.parametrize(
    "text",
    [
        "'Ã©' is mojibake for 'é'.",
        "Read as Windows-1252, “Ã©” is what becomes of it.",
        "&region; and &section; are parameters, and so is &paramName;.",
        "សួស្តី\u200bពិភពលោក",
    ],
)
def test_what_a_prose_text_means_stays(text: str) -> None:
    assert clean(text, Domain.WIKI).text == text


def test_letters_between_quotation_marks_in_code_stay() -> None:
    assert clean("x = 'Ã©'\n", Domain.CODE).text == "x = 'Ã©'\n"


def test_a_break_of_the_page_parts_words() -> None:
    assert clean("It ends here\x0cPage two", Domain.WIKI).text == "It ends here\nPage two"


def test_a_table_of_characters_in_code_stays() -> None:
    table = "Ä¹²É³ÖÜ΅àâä΄¨çéèêë£™îï•½‰ôö¦€ùûü†ΓΔΘΛΞΠß®©ΣΪ§≠°·Α±"
    assert clean(f"MAP = '{table}'\n", Domain.CODE).text == f"MAP = '{table}'\n"


def test_mojibake_in_code_is_repaired_line_by_line() -> None:
    assert clean("# cafÃ©\n", Domain.CODE).text == "# café\n"


@pytest.mark.parametrize("text", ["if a < b:\n\tx = '<p>'\n\n\ndef f():\n    pass\n", 's = "&amp;\u200b"\n'])
def test_code_keeps_what_would_be_dirt_in_prose(text: str) -> None:
    assert clean(text, Domain.CODE).text == text
    assert not clean(text, Domain.CODE).cleaners


def test_an_explanation_says_where_it_cut_and_put_and_not_what_it_cut() -> None:
    made = clean("Ask ann@site.org &amp; wait", Domain.WIKI)
    assert [step.row() for step in made.steps] == [
        {"cleaner": "entities", "skip": [17], "cut": [5], "put": ["&"]},
        {"cleaner": "emails", "skip": [4], "cut": [12], "put": ["<EMAIL>"]},
    ]


def test_an_explanation_never_holds_what_was_hidden() -> None:
    made = clean("Ã ann@site.org Â© bob@site.org Ã\xa0 \ufffd", Domain.WIKI)
    assert "site.org" not in str(made.steps)
    assert replay("Ã ann@site.org Â© bob@site.org Ã\xa0 \ufffd", [step.row() for step in made.steps]) == made.text


def test_an_earlier_step_does_not_tell_what_a_later_one_hid() -> None:
    made = clean("deja Ã  la ann@site.org Ã  la mode Ã©tÃ©", Domain.WIKI)
    assert made.cleaners == ("mojibake", "emails")
    assert "site.org" not in str(made.steps)


def test_the_explanation_of_a_text_with_very_many_edits_is_the_whole_text() -> None:
    text = "a\u200bb" * (MOST_EDITS + 1)
    (step,) = clean(text, Domain.WIKI).steps
    assert (step.cleaner, step.put) == (WHOLE_TEXT, ["ab" * (MOST_EDITS + 1)])


@pytest.mark.parametrize(
    "text", ["&amp;" * 200_000, "\n---" * 200_000, "<p " * 200_000, " " * 500_000 + "x", "a@" * 200_000, "1 " * 300_000]
)
def test_the_time_of_cleaning_grows_no_faster_than_the_text(text: str) -> None:
    started = time.process_time()
    clean(text[: len(text) // 4], Domain.WIKI)
    quarter = time.process_time() - started
    started = time.process_time()
    clean(text, Domain.WIKI)
    assert time.process_time() - started < 10 * quarter + 0.2


def test_every_domain_has_cleaners() -> None:
    assert set(CLEANERS) == set(Domain)


@pytest.mark.parametrize(
    ("content", "charset", "text"),
    [
        ("naïve €".encode(), None, "naïve €"),
        ("naïve €".encode(), "iso-8859-1", "naïve €"),
        ("\ufeffnaïve".encode(), None, "naïve"),
        ("naïve".encode("utf-16"), None, "naïve"),
        ("plain".encode("utf-16-le"), None, "plain"),
        ("naïve “quoted”".encode("cp1252"), "latin-1", "naïve “quoted”"),
        (b'<meta charset="windows-1251">' + "привет".encode("cp1251"), None, '<meta charset="windows-1251">привет'),
        ("Größe".encode("cp1252"), "no-such-charset", "Größe"),
        ("Ünïcödé text ".encode() * 20 + b"\xff", None, "Ünïcödé text " * 20 + "\ufffd"),
    ],
)
def test_bytes_are_decoded_by_the_best_word_on_their_encoding(content: bytes, charset: str | None, text: str) -> None:
    assert decode(content, charset) == text


@pytest.mark.parametrize("content", [b"\x7fELF\x02\x01", b"PK\x03\x04abc", bytes(100), b"ab\x00\x01\x02\x00" * 50])
def test_bytes_that_are_no_text_are_dropped(content: bytes) -> None:
    with pytest.raises(Dropped) as dropped:
        decode(content, None)
    assert dropped.value.reason is Reason.BINARY
