"""Wikitext against the pages that MediaWiki made of it: floors of `python -m tests.bench.wikitext`."""

import pytest

from curation.extract.wikitext import wikitext_to_text
from tests.bench import parsoid, wikitext

needs_shared = pytest.mark.skipif(not wikitext.SHARED.is_dir(), reason="needs the pages of ../shared")


@needs_shared
def test_every_page_that_exists_in_both_forms_reaches_the_line() -> None:
    found = {
        page.title: wikitext.shares(wikitext.visible(page.body), wikitext_to_text(page.wikitext, page.title)) for page in wikitext.pages()
    }
    assert len(found) == 3
    assert {title: share for title, share in found.items() if share[0] < wikitext.PRESENT or share[1] > wikitext.FOREIGN} == {}


@needs_shared
@pytest.mark.parametrize("name", ["convert", "lang-ang", "quote box", "citation", "tq", "unité"])
def test_templates_that_show_words_lose_none_of_them(name: str) -> None:
    meter = wikitext.meters()[name]
    assert meter.kept["kept"] >= 0.94 * meter.kept["all"] > 0


def test_the_share_of_words_counts_each_word_as_often_as_it_occurs() -> None:
    present, foreign = wikitext.shares("gold and gold and iron", "Gold, iron. Mithril!")
    assert (present, round(foreign, 3)) == (0.4, 0.333)


def test_the_body_of_a_page_is_what_is_not_left_out_on_purpose() -> None:
    page = wikitext.lxml.html.document_fromstring(
        '<body><div class="hatnote">See X.</div><p>Gold<sup class="reference">[1]</sup> shines.</p>'
        '<table class="infobox"><tr><td>Au</td></tr></table>'
        "<h2>Use</h2><p>Rings.</p><h2>References</h2><p>A book.</p><h3>More</h3><p>Two.</p></body>"
    )
    assert wikitext.visible(page).split() == ["Gold", "shines.", "Use", "Rings."]


def test_the_wikitext_of_a_page_is_found_in_what_parsoid_wrote() -> None:
    page = wikitext.lxml.html.document_fromstring(
        '<body><h2>Ore</h2><p><b>Gold</b> is a <a rel="mw:WikiLink" href="./Noble_metal">metal</a> of <span about="#1" '
        'typeof="mw:Transclusion" data-mw=\'{"parts":[{"template":{"target":{"wt":"convert"},'
        '"params":{"1":{"wt":"5"},"2":{"wt":"g"}}}}]}\'>'
        '5 grams</span><span about="#1"> (0.18 oz)</span>.</p><ul><li>one<ul><li>two</li></ul></li></ul></body>'
    )
    lines = [line for line in parsoid.source(page).split("\n") if line]
    assert lines == ["== Ore ==", "'''Gold''' is a [[Noble metal|metal]] of {{convert|5|g}}.", "* one", "** two"]
    assert [(call.name, len(call.shown)) for call in parsoid.calls(page)] == [("convert", 2)]
