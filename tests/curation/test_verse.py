"""Verse in `pre`: its lines stay, and it is no code."""

import pytest
from captured_items import item

from curation.domains import Domain
from curation.extract import extract

POEM = """The tide came in at half past four
    and took the lantern from the door,
And all that I had loved before

Was gone, and there was nothing more."""
PROSE = "<p>" + "The keeper of the light wrote these lines in the winter of the great storm, and nobody read them for years. " * 4 + "</p>"


def page(inner: str) -> str:
    return extract(item(f"<html><body><article>{PROSE}{inner}</article></body></html>", "text/html", Domain.LORE)).text


def test_a_poem_in_pre_is_text_with_its_lines() -> None:
    text = page(f"<pre>{POEM}</pre>")
    assert POEM in text and "```" not in text


def test_a_semicolon_is_no_sign_of_code() -> None:
    poem = POEM.replace("door,", "door;")
    text = page(f"<pre>{poem}</pre>")
    assert poem in text and "```" not in text


@pytest.mark.parametrize(
    "code",
    [
        "def burn(lamp):\n    return lamp.wick\n\nburn(1)",
        "cd build\nmake\nmake install",
        "Usage: lamp [options] file\n\nOptions are read in order\nand the last one counts",
        "Listening on port 8080\nServing files from the folder\nPress any key to stop",
        "SELECT name FROM lamps;\nSELECT wick FROM lamps;\nCOMMIT;",
        "Burning the lamp\nlamp.burn called\nDone with the lamp now",
    ],
)
def test_code_and_what_programs_print_stays_between_fences(code: str) -> None:
    assert f"```\n{code}\n```" in page(f"<pre>{code}</pre>")


def test_verse_between_fences_with_a_language_is_as_its_author_wrote_it() -> None:
    source = f"Some words of the author.\n\n```text\n{POEM}\n```\n\nMore words."
    assert "```text\nThe tide" in extract(item(source, "text/markdown", Domain.WIKI)).text
