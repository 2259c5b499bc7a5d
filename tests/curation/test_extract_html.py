"""HTML: the article's words, its structure as light Markdown, and nothing of what surrounds it."""

import pytest
from captured_items import item

from curation.decisions import Reason
from curation.document import Dropped, Failed
from curation.extract import extract


def wiki_page(body: str, namespace: str = "ns-0") -> str:
    return (
        f'<html><head><title>Dwarves - Wiki</title></head><body class="mediawiki {namespace}"><h1 id="firstHeading">Dwarves</h1>'
        f'<div id="mw-panel">Main page Random page</div><div class="mw-parser-output">{body}</div></body></html>'
    )


def text_of(page: str, media_type: str = "text/html") -> str:
    return extract(item(page, media_type)).text


def test_a_rendered_wiki_page_is_its_content_element() -> None:
    found = extract(item(wiki_page("<p>Dwarves dig <b>deep</b>.</p>"), "text/html"))
    assert (found.text, found.title) == ("Dwarves dig deep.", "Dwarves")


def test_navigation_references_and_edit_links_go() -> None:
    body = (
        '<p>Dwarves<sup class="reference">[1]</sup> dig.</p><h2>Halls<span class="mw-editsection">[edit]</span></h2><p>Large.</p>'
        '<div class="toc">Contents</div><table class="navbox"><tr><td>Elves</td></tr></table>'
        "<h2>References</h2><p>A book.</p>"
    )
    assert text_of(wiki_page(body)) == "Dwarves dig.\n\n## Halls\n\nLarge."


def test_code_keeps_its_indentation_and_lists_their_depth() -> None:
    body = "<pre>if x:\n    dig()\n</pre><ul><li>gold<ul><li>old</li></ul></li><li>iron</li></ul>"
    assert text_of(wiki_page(body)) == "```\nif x:\n    dig()\n```\n\n- gold\n  - old\n- iron"


def test_a_table_has_a_rule_under_its_header() -> None:
    body = "<table><tr><th>Ore</th><th>Depth</th></tr><tr><td><p>Gold</p></td><td>300 m</td></tr></table>"
    assert text_of(wiki_page(body)) == "| Ore | Depth |\n|---|---|\n| Gold | 300 m |"


def test_formulas_for_screen_readers_are_taken_once() -> None:
    body = (
        '<p>Say <span class="mwe-math-mathml-inline" style="display: none;"><math alttext="{\\displaystyle x^{2}}"><mi>x</mi></math>'
        '</span><img class="mwe-math-fallback-image-inline" alt="x^2"/> now.</p>'
    )
    assert text_of(wiki_page(body)) == "Say $x^{2}$ now."


@pytest.mark.parametrize(
    ("markup", "text"),
    [
        ("6.4×10<sup>12</sup> km<sup>2</sup> of SO<sub>4</sub><sup>2−</sup>", "6.4×10^12 km^2 of SO4^2−"),
        ("the 1<sup>st</sup> word<sup>2</sup> in 1912<sup><a href='#n3'>3</a></sup>", "the 1st word in 1912"),
    ],
)
def test_powers_do_not_run_into_their_base(markup: str, text: str) -> None:
    assert text_of(wiki_page(f"<p>{markup}</p>")) == text


def test_a_drop_capital_is_a_letter() -> None:
    page = "<?xml version='1.0'?><html><body><p><img alt='L' src='l.png'/>ate in the Second Era.</p></body></html>"
    assert text_of(page, "application/xhtml+xml") == "Late in the Second Era."


@pytest.mark.parametrize(
    ("page", "reason"),
    [
        (wiki_page("<p>Hello</p>", "ns-1"), Reason.OTHER_NAMESPACE),
        (wiki_page('<div id="disambigbox">may refer to</div>'), Reason.DISAMBIGUATION),
        (wiki_page('<ul class="mw-search-results"><li>a</li></ul>'), Reason.LISTING),
        ("<html><body>" + "<div>" * 10_000 + "deep", Reason.TOO_DEEP),
        ("x" * 32_000_001, Reason.TOO_LARGE),
        ("<p>x" * 300_001, Reason.TOO_LARGE),
        ("   ", Reason.EMPTY),
        (b"\x89PNG\r\n\x1a\n" + bytes(200), Reason.BINARY),
        (bytes(5_000), Reason.BINARY),
    ],
)
def test_what_is_no_article_is_dropped_with_a_reason(page: str | bytes, reason: Reason) -> None:
    with pytest.raises(Dropped) as dropped:
        extract(item(page, "text/html"))
    assert dropped.value.reason is reason


def test_the_charset_of_the_page_counts_when_the_transport_names_none() -> None:
    page = wiki_page("<p>Größe</p>").replace("<head>", '<head><meta charset="iso-8859-1">').encode("cp1252")
    assert text_of(page.decode("latin-1")) != ""
    assert extract(item(page, "text/html")).text == "Größe"


def test_what_does_not_parse_fails() -> None:
    with pytest.raises(Failed):
        extract(item("<!-- nothing -->", "text/html"))


def test_formulas_and_citations_of_distill_stay_where_a_sentence_needs_them() -> None:
    page = (
        "<html><body><dt-article><p>Let <dt-math>\\lambda_1</dt-math> be small <dt-cite key='low1990ore'></dt-cite>, as shown by "
        "<d-cite key='reed1984dig'></d-cite>.</p><p>Then <d-math block>x = 1</d-math> holds.</p></dt-article></body></html>"
    )
    assert extract(item(page, "text/html")).text == "Let $\\lambda_1$ be small, as shown by Reed (1984).\n\nThen\n$$x = 1$$\nholds."


@pytest.mark.parametrize(
    "formula",
    [
        "<span class='mjx-chtml'><span class='mjx-math' aria-label='a^{2}'><span>a</span><span>2</span></span></span>",
        "<span class='katex'><span class='katex-mathml'><math><mi>a</mi><annotation encoding='application/x-tex'>a^{2}</annotation></math>"
        "</span><span class='katex-html' aria-hidden='true'>a2</span></span>",
        "<math alttext='a^{2}'><mi>a</mi></math>",
    ],
)
def test_a_formula_that_a_program_has_set_stands_once_as_tex(formula: str) -> None:
    page = f"<html><body><article class='ltx_document'><p>Let {formula} be small.</p></article></body></html>"
    assert extract(item(page, "text/html")).text == "Let $a^{2}$ be small."
