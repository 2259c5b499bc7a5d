"""Conditions of LaTeX: text that an author switched off is no text; what cannot be decided stays."""

import time

import pytest

from curation.extract.latex import title_and_text

SWITCH = "\\newif\\ifdraft\n"


def text_of(source: str) -> str:
    return title_and_text(source)[1]


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        ("We row \\iffalse and swim \\fi home.", "We row home."),
        ("We row \\iftrue and swim \\else and sink \\fi home.", "We row and swim home."),
        ("We row\\if0 and swim\\fi{} home.", "We row home."),
        ("We row\\ifnum1=1 , too\\else , never\\fi.", "We row, too."),
        ("We row $\\iffalse$ and swim $\\fi$ home.", "We row home."),
        ("$a \\iff b$ and \\iffalse not \\fi $c$", "$a \\iff b$ and $c$"),
        ("We \\ifstrequal{a}{b}{}{} \\iffalse or swim\\fi home.", "We ab home."),
        ("We row.\n\\iffalse\nWe swim.\n\\fi\nWe go home.", "We row. We go home."),
        ("We row.\\iftrue\\else Not.\\fi\nWe go home.", "We row. We go home."),
        ("We row.\n\\iffalse Not.\\fi\n\nWe go home.", "We row.\n\nWe go home."),
        ("We \\iffalse{see}\\fi row.", "We row."),
        ("We \\iffalse see \\iftrue the \\else a \\fi lamp \\fi row.", "We row."),
    ],
)
def test_a_condition_leaves_the_branch_that_holds(source: str, expected: str) -> None:
    assert text_of(source) == expected


def test_a_switch_is_off_until_it_is_set() -> None:
    source = (
        SWITCH + "\\ifdraft Note.\\else Text.\\fi\n\n\\drafttrue\\ifdraft Note.\\else Text.\\fi\n\n\\draftfalse\\ifdraft Note.\\fi End."
    )
    assert text_of(source) == "Text.\n\nNote.\n\nEnd."


def test_a_switch_may_be_another_name_for_a_condition() -> None:
    assert text_of("\\let\\iflong=\\iftrue\nWe row\\iflong{} for hours\\fi.") == "We row for hours."


def test_a_definition_knows_what_the_preamble_sets_below_it() -> None:
    source = SWITCH + "\\newcommand{\\who}{\\ifdraft nobody\\else Ada\\fi}\n\\drafttrue\n\\begin{document}It was \\who.\\end{document}"
    assert text_of(source) == "It was nobody."


def test_a_switch_set_inside_a_definition_is_not_set_by_it() -> None:
    source = SWITCH + "\\newcommand{\\final}{\\drafttrue}\n\\begin{document}\\ifdraft Note.\\else Text.\\fi\\end{document}"
    assert text_of(source) == "Text."


def test_halves_of_a_condition_in_two_definitions_cut_nothing() -> None:
    source = "\\newcommand{\\hide}{\\iffalse}\\newcommand{\\shown}{\\fi}We row."
    assert text_of(source) == "We row."


def test_a_condition_that_never_ends_hides_nothing() -> None:
    assert "home" in text_of("We row \\iffalse and go home.")


def test_conditions_in_listings_are_code() -> None:
    source = "A:\n\\begin{verbatim}\n\\iffalse x \\fi\n\\end{verbatim}\nand \\verb|\\iffalse|, y \\fi."
    assert "\\iffalse x \\fi" in text_of(source) and "`\\iffalse`, y" in text_of(source)


def test_a_condition_that_depends_on_something_else_stays() -> None:
    assert "early" in text_of("\\ifdim\\x>3pt early\\fi")


@pytest.mark.parametrize("source", ["\\iftrue " * 100_000, "\\iftrue x\\else y" * 50_000 + "\\fi" * 50_000, "\\iffalse{" * 100_000])
def test_time_is_linear_in_the_conditions(source: str) -> None:
    begin = time.process_time()
    text_of(source)
    assert time.process_time() - begin < 2
