"""Blocks of HTML as light Markdown: lists with their numbers, definitions, breaks, verses; small pages whole; headlines."""

import pytest
from captured_items import item

from curation.extract import extract

BEFORE = "The ferry was built in the year of the flood, and it has carried salt, goats and strangers ever since."
AFTER = "Whoever crosses on it at night must pay for three, and nobody in the town can say any longer who the third was."
LONG = "The price was never changed, although the council met about it twice in every winter, and once in the summer of the war."


def text_of(body: str) -> str:
    found = extract(item(f"<html><body><p>{BEFORE}</p>{body}<p>{AFTER}</p></body></html>", "text/html")).text
    return found.removeprefix(f"{BEFORE}\n\n").removesuffix(f"\n\n{AFTER}")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<ol><li>Untie.<li>Pull.</ol>", "1. Untie.\n2. Pull."),
        ("<ol start=4><li>Untie.<li>Pull.</ol>", "4. Untie.\n5. Pull."),
        ("<ol><li>Untie.<li value=7>Pull.<li>Rest.</ol>", "1. Untie.\n7. Pull.\n8. Rest."),
        ("<ol reversed><li>Untie.<li>Pull.</ol>", "2. Untie.\n1. Pull."),
        ("<ol start='nine' ><li value=-3>Untie.</ol>", "1. Untie."),
        ("<ol><li>Rope<ul><li>of hemp<ol start=3><li>wet</li></ol></li></ul></li><li>Oar</ol>", "1. Rope\n  - of hemp\n    3. wet\n2. Oar"),
    ],
)
def test_ordered_lists_have_their_numbers(body: str, text: str) -> None:
    assert text_of(body) == text


def test_paragraphs_that_begin_with_a_number_are_no_list() -> None:
    assert text_of("<p>1. Untie.</p><p>2. Pull.</p>") == "1. Untie.\n\n2. Pull."


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<dl><dt>Ebb</dt><dd>out</dd><dt>Neap</dt><dd>small</dd><dd>dull</dd></dl>", "Ebb\n: out\n\nNeap\n: small\n: dull"),
        ("<dl><dt>Ebb</dt><dd><p>Out.</p><p>Slowly.</p></dd></dl>", "Ebb\n: Out.\n\nSlowly."),
        ("<dl><dd>set in</dd></dl>", "set in"),
    ],
)
def test_definitions_stand_under_their_term(body: str, text: str) -> None:
    assert text_of(body) == text


def test_a_line_across_the_page_is_a_break_between_paragraphs_only() -> None:
    assert text_of(f"<hr><hr><p>{LONG}</p><hr><h2>Night</h2><p>Dark.</p>") == f"* * *\n\n{LONG}\n\n## Night\n\nDark."


def test_lines_of_a_verse_stay_lines_and_stanzas_apart() -> None:
    stanza = '<div><p class="line">Pull the rope,</p><p class="line">let it run.</p></div>'
    assert text_of(stanza * 2) == "Pull the rope,\nlet it run.\n\nPull the rope,\nlet it run."
    assert text_of("<p>Pull the rope,<br>let it run.</p>") == "Pull the rope,\nlet it run."


def test_the_reading_of_a_character_is_left_out() -> None:
    assert text_of("<p>It is <ruby>漢<rp>(</rp><rt>kan</rt><rp>)</rp></ruby>.</p>") == "It is 漢."


@pytest.mark.parametrize("frame", ["{}", "<html><body>{}</body></html>", "<html><body><article>{}</article></body></html>"])
def test_a_small_page_keeps_its_lists_and_headings(frame: str) -> None:
    body = f"<h2>The oven</h2><p>{BEFORE}</p><ul><li>heat with dry wood</li><li>sweep the stone</li></ul><p>It is hot.</p>"
    found = extract(item(frame.format(body), "text/html")).text
    assert found == f"## The oven\n\n{BEFORE}\n\n- heat with dry wood\n- sweep the stone\n\nIt is hot."


def page(head: str, body: str) -> tuple[str, str | None]:
    found = extract(item(f"<html><head>{head}</head><body>{body}<p>{BEFORE}</p><p>{AFTER}</p><p>{LONG}</p></body></html>", "text/html"))
    return found.text, found.title


TEXT = f"{BEFORE}\n\n{AFTER}\n\n{LONG}"


@pytest.mark.parametrize(
    ("head", "body", "title"),
    [
        ("<title>Site</title>", "<h1>The old ferry</h1>", "The old ferry"),
        ("<title>The old ferry | Site</title>", "<h1>The old ferry</h1>", "The old ferry | Site"),
        ("<title>The old ferry</title>", "<h1>All about ropes</h1><h2>The old ferry</h2>", "The old ferry"),
        ("<title>The old ferry</title>", '<h1><a href="/">Ropes and boats</a></h1>', "The old ferry"),
        ("", "<h1>The old ferry</h1>", "The old ferry"),
    ],
)
def test_a_headline_that_leaves_the_text_is_in_the_title(head: str, body: str, title: str) -> None:
    assert page(head, body)[1] == title
    assert "old ferry" not in page(head, body)[0]


def test_a_short_headline_that_stays_in_the_text_leaves_the_title_alone() -> None:
    assert page("<title>Site</title>", "<h1>Ropes</h1>") == (f"# Ropes\n\n{TEXT}", "Site")


def test_a_headline_stands_above_the_text_where_the_source_gives_another_title() -> None:
    captured = item(f"<html><body><h1>The old ferry</h1><p>{BEFORE}</p><p>{AFTER}</p><p>{LONG}</p></body></html>", "text/html")
    found = extract(type(captured)(**{**vars(captured), "title": "Row 7"}))
    assert (found.title, found.text) == ("Row 7", f"# The old ferry\n\n{TEXT}")


@pytest.mark.parametrize("language", ["", "python"])
def test_blank_lines_of_code_stay_as_they_are(language: str) -> None:
    code = "import os\n\n\ndef a():\n    return 1\n\n\n\nb()"
    assert text_of(f'<pre><code class="language-{language}">{code}</code></pre>') == f"```{language}\n{code}\n```"
    markdown = f"# Rope\n\n\n\nOf hemp.\n\n```{language}\n{code}\n```\n\n\nWet."
    assert extract(item(markdown, "text/markdown")).text == f"# Rope\n\nOf hemp.\n\n```{language}\n{code}\n```\n\nWet."
