"""Papers in JATS: characters by their names, verse and listings, marks of notes."""

import time

import pytest
from captured_items import item

from curation.extract import extract


def jats(body: str, head: str = "") -> str:
    return extract(item(f"{head}<article><front/><body>{body}</body></article>", "application/jats+xml")).text


DOCTYPE = '<!DOCTYPE article PUBLIC "-//NLM//DTD JATS v1.0//EN" "JATS.dtd">'


@pytest.mark.parametrize("head", ["", DOCTYPE])
@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("one&mdash;two &alpha;-helix &ouml;", "one—two α-helix ö"),
        ("a &lt; b &amp;alpha; &#945; &amp; c", "a < b &alpha; α & c"),
        ("of &wick; only", "of &wick; only"),
        ("<![CDATA[of &alpha; code]]> of &alpha;", "of &alpha; code of α"),
        ("&ngE; is two characters", "≧̸ is two characters"),
    ],
)
def test_names_of_characters_need_no_document_type(source: str, text: str, head: str) -> None:
    assert jats(f"<p>{source}</p>", head) == text


def test_lines_of_a_verse_stand_below_each_other() -> None:
    verse = "<verse-group><verse-line>The lamp</verse-line>\n<verse-line>is <italic>lit</italic>.</verse-line></verse-group>"
    assert jats(f"<p>We sing:</p>{verse}{verse}<p>So.</p>") == "We sing:\n\nThe lamp\nis lit.\n\nThe lamp\nis lit.\n\nSo."


def test_listings_keep_their_lines() -> None:
    code = "<code language='python'>def f( ) :\n    return [ ]\n</code><preformat>a  b\n  c</preformat>"
    assert jats(f"<p>Run</p>{code}<p>it with <code>f(x)</code>.</p>") == (
        "Run\n\n```python\ndef f( ) :\n    return [ ]\n```\n\n```\na  b\n  c\n```\n\nit with f(x)."
    )


def test_numbers_that_mark_notes_of_a_table_are_no_powers() -> None:
    cells = [
        "Men (n)<sup>1</sup>",
        "Age<sup>2</sup>",
        "10<sup>2</sup>",
        "cm<sup>2</sup>",
        "45<sup>2</sup>",
        "x<sup>3</sup>",
        "χ<sup>2</sup>",
    ]
    notes = "<fn><label>1</label><p>At dusk.</p></fn><fn><p><sup>2</sup>: At dawn.</p></fn>"
    table = f"<table><tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr></table><table-wrap-foot>{notes}</table-wrap-foot>"
    assert jats(f"<table-wrap>{table}</table-wrap>") == "| Men (n) | Age | 10^2 | cm^2 | 45 | x^3 | χ^2 |\n\nAt dusk.\n\nAt dawn."


def test_notes_of_the_text_are_left_out() -> None:
    assert jats("<p>We row<fn><p>Slowly.</p></fn>.</p><p>So.</p><fn-group><fn><p>Paid.</p></fn></fn-group>") == "We row.\n\nSo."


def test_characters_of_private_use_put_nothing_in_their_place() -> None:
    assert "row" in jats("<p>We \ue0037\ue004 \ue002 row.</p>")


@pytest.mark.parametrize("source", ["<![CDATA[" * 100_000, "&a" * 300_000, "&alpha;" * 100_000])
def test_time_is_linear_in_the_references(source: str) -> None:
    start = time.process_time()
    jats(f"<p>Words.</p><p>{source}")
    assert time.process_time() - start < 2
