"""Pages that a console browser dumped as text: the article, without hatnotes, boxes and formulas written three times."""

import pytest

from curation.extract.dump_formulas import with_formulas_once
from curation.extract.dumps import page_dump_to_text

START = "Jump_to_navigation Jump_to_search\n"


@pytest.mark.parametrize(
    "line",
    [
        "For other uses, see Gold_(disambiguation).",
        "For the colour, see Gold_(colour).",
        "Main article: History_of_gold",
        "See also: Silver",
        '"Au" redirects here. For the town, see Au_(town).',
        "Not to be confused with Pyrite.",
        "Look up gold in Wiktionary, the free dictionary.",
        "This article needs additional citations for verification. (Learn how and when to remove this message)",
        "This section needs expansion. You can help by adding to it.",
        "[Nugget]",
    ],
)
def test_hatnotes_and_notes_to_editors_are_left_out(line: str) -> None:
    assert page_dump_to_text(f"{START}{line}\n\nGold is a metal.") == "Gold is a metal."


def test_a_box_of_links_is_left_out_up_to_the_text_before_it() -> None:
    box = "Part of a series about\nMetals\nNoble\n    * Silver\n    * Platinum\n    * v\n    * t\n    * e\n"
    assert page_dump_to_text(f"{START}Short words.\n\n{box}\nGold is a metal.") == "Short words.\n\nGold is a metal."


def test_sentences_that_begin_like_a_hatnote_stay() -> None:
    text = "For the first time, gold was seen in the river.\n\nThis article of the law has been in force since 1402."
    assert page_dump_to_text(START + text) == text


@pytest.mark.parametrize(
    ("dumped", "text"),
    [
        ("number or     ∞   {\\displaystyle \\infty }  [\\infty ]. When", "number or $\\infty$. When"),
        ("f ( z ) =  ∑  n   c  n   {\\displaystyle f(z)=\\sum _{n}c_{n}} \n\nwhere", "$f(z)=\\sum _{n}c_{n}$ \n\nwhere"),
        ("all     c  n     {\\displaystyle c_{n}}  [c_{n}] in [some] order", "all $c_{n}$ in [some] order"),
        ("mass   m   {\\displaystyle m} [note] and", "mass $m$ [note] and"),
        ("never closed {\\displaystyle x and on", "never closed {\\displaystyle x and on"),
        ("no formula at all", "no formula at all"),
    ],
)
def test_a_formula_is_its_tex_once(dumped: str, text: str) -> None:
    assert with_formulas_once(dumped) == text


def test_entities_and_joined_links_become_words() -> None:
    assert page_dump_to_text(f"{START}Gauss's_law says a &#x2212; b of Batching_&_mixing here.") == (
        "Gauss's law says a − b of Batching & mixing here."
    )


def test_many_open_formulas_take_no_long_time() -> None:
    assert with_formulas_once("{\\displaystyle {" * 20_000).count("displaystyle") == 20_000
