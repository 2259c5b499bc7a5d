"""Rendered wiki pages: what a reader reads, in both forms of headings, and nothing of what surrounds it."""

import pytest
from captured_items import item

from curation.decisions import Reason
from curation.document import Dropped
from curation.extract import extract

RENDERED = "application/x-mediawiki-parse+html"


def text_of(body: str) -> str:
    return extract(item(f'<div class="mw-content-ltr mw-parser-output" lang="en" dir="ltr">{body}</div>', RENDERED)).text


EDIT = '<span class="mw-editsection"><span class="mw-editsection-bracket">[</span><a href="/e">edit</a>]</span>'


@pytest.mark.parametrize(
    "heading",
    [
        f'<div class="mw-heading mw-heading2"><h2 id="Nest">Nest</h2>{EDIT}</div>',
        f'<h2><span id="N.C3.A9st"></span><span class="mw-headline" id="Nest">Nest</span>{EDIT}</h2>',
        f'<div class="mw-heading mw-heading2 ext-discussiontools-init-section"><h2 data-mw-thread-id="h-Nest">Nest</h2>{EDIT}</div>',
    ],
    ids=["newer", "older", "with tools"],
)
def test_headings_are_read_in_every_form(heading: str) -> None:
    assert text_of(f"<p>A bird.</p>{heading}<p>In reeds.</p>") == "A bird.\n\n## Nest\n\nIn reeds."


@pytest.mark.parametrize(
    "furniture",
    [
        '<div class="shortdescription nomobile noexcerpt noprint searchaux" style="display:none">Genus of birds</div>',
        '<div role="note" class="hatnote navigation-not-searchable">For other uses, see X.</div>',
        '<div id="toc" class="toc" role="navigation"><div class="toctitle"><h2>Contents</h2></div><ul><li>1 Nest</li></ul></div>',
        '<div role="navigation" class="navbox" aria-labelledby="x"><table><tr><td>Birds</td></tr></table></div>',
        '<table class="navbox"><tbody><tr><th>Birds</th></tr></tbody></table>',
        '<div class="reflist"><div class="mw-references-wrap"><ol class="references"><li>A book.</li></ol></div></div>',
        '<div id="catlinks" class="catlinks"><a>Categories</a>: Birds</div>',
        '<style data-mw-deduplicate="TemplateStyles:r1">.mw-parser-output .x{color:red}</style>',
        '<figure typeof="mw:File/Thumb"><a class="mw-file-description"><img alt="x"/></a><figcaption>A heron</figcaption></figure>',
        '<div class="thumb tright"><div class="thumbinner"><div class="thumbcaption">A heron</div></div></div>',
        '<p><a href="/x" class="new" title="Template:Taxobox (page does not exist)">Template:Taxobox</a>\n</p>',
        '<p><span typeof="mw:Error mw:File"><a href="/x"><span class="mw-broken-media">File:X.jpg</span></a></span></p>',
        '<div class="wikia-gallery"><div>A heron</div></div>',
        '<div class="tabber wds-tabber"><div class="wds-tabs__wrapper"><ul><li>One</li><li>Two</li></ul></div></div>',
        '<figure class="pcs-widen-image-ancestor"><figcaption>A heron</figcaption></figure>',
        '<span id="coordinates">Coordinates: <span class="geo-default">1°N 2°E</span></span>',
        "<!-- \nNewPP limit report\n-->",
    ],
)
def test_furniture_is_left_out(furniture: str) -> None:
    assert text_of(f"<p>A bird.</p>{furniture}<p>It wades.</p>") == "A bird.\n\nIt wades."


def test_the_key_by_which_a_row_is_sorted_is_not_read() -> None:
    cell = '<span class="sortkey">Lee, Ann</span><span class="vcard"><span class="fn">Ann Lee</span></span>'
    assert "| 1 | Ann Lee |" in text_of(
        f"<p>Rowers.</p><table><tr><th>Rank</th><th>Name</th></tr><tr><td>1</td><td>{cell}</td></tr></table>"
    )


def test_marks_of_references_go_and_the_words_stay() -> None:
    bracket = '<span class="cite-bracket">&#9{}</span>'
    mark = f'<sup class="reference"><a href="#n">{bracket.format("1;")}1{bracket.format("3;")}</a></sup>'
    needed = '<sup class="noprint Inline-Template Template-Fact">[<i>citation needed</i>]</sup>'
    assert text_of(f'<p>It is 1.5&nbsp;m{mark} tall{needed}, <a class="new" href="/x">they</a> say.</p>') == "It is 1.5 m tall, they say."


def test_what_templates_say_is_kept() -> None:
    assert (
        text_of('<p>It weighs <span data-sort-value="7">1.5 kg (3.3 <abbr title="pounds">lb</abbr>)</span>.</p>')
        == "It weighs 1.5 kg (3.3 lb)."
    )


def test_a_portable_infobox_is_a_list_of_facts() -> None:
    def fact(label: str, value: str) -> str:
        return f'<div class="pi-item pi-data"><h3 class="pi-data-label">{label}</h3><div class="pi-data-value">{value}</div></div>'

    box = (
        fact("Home", '<a href="/x">Wrack Street</a>') + fact("Ships:", "Heron<br/>Stilt") + fact("Kin", "<ul><li>Ada</li><li>Bo</li></ul>")
    )
    aside = f'<aside class="portable-infobox"><h2 class="pi-title">Odda</h2><figure class="pi-image">x</figure>{box}</aside>'
    assert text_of(f"{aside}<p>A pilot.</p>") == "- Home: Wrack Street\n- Ships: Heron, Stilt\n- Kin: Ada, Bo\n\nA pilot."


def test_a_red_link_within_a_sentence_keeps_its_words() -> None:
    assert text_of('<p>See <a class="new" href="/x">Help:Me</a> now.</p>') == "See Help:Me now."


@pytest.mark.parametrize(
    ("body", "media_type", "reason"),
    [
        ("<p>A planet. A metal.</p>", f"{RENDERED}; page=disambiguation", Reason.DISAMBIGUATION),
        ("{{disambiguation}}", "text/x-wiki; page=disambiguation", Reason.DISAMBIGUATION),
        ('<div class="redirectMsg"><p>Redirect to:</p><ul class="redirectText"><li>Heron</li></ul></div>', RENDERED, Reason.REDIRECT),
        ('<div class="navbox">Birds</div>', RENDERED, Reason.EMPTY),
        ('<div id="disambigbox">This page lists pages.</div>', RENDERED, Reason.DISAMBIGUATION),
        ("return {}", "application/x-mediawiki-scribunto", Reason.UNSUPPORTED),
    ],
)
def test_what_is_no_article_is_dropped_with_its_reason(body: str, media_type: str, reason: Reason) -> None:
    with pytest.raises(Dropped) as caught:
        extract(item(body, media_type))
    assert caught.value.reason is reason


def test_coordinates_in_a_sentence_stay_in_one_form() -> None:
    place = '<span class="geo-default">1°N 2°E</span><span class="geo-nondefault"> / 1; 2</span>'
    assert text_of(f"<p>It nests at {place}.</p>") == "It nests at 1°N 2°E."


@pytest.mark.parametrize(
    ("sentence", "kept"),
    [("A bird of the reeds.", False), ("It wades through the reeds. " * 12, True)],
)
def test_a_page_that_calls_itself_a_stub_is_kept_if_it_says_something(sentence: str, kept: bool) -> None:
    page = f'<p>{sentence}</p><div role="note" class="metadata plainlinks asbox stub"><p>This bird article is a stub.</p></div>'
    if kept:
        assert "stub" not in text_of(page)
        return
    with pytest.raises(Dropped) as dropped:
        text_of(page)
    assert (dropped.value.reason, dropped.value.value, dropped.value.threshold) == (Reason.STUB, 5.0, 50.0)
