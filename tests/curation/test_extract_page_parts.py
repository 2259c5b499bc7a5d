"""Parts of a page: what is set apart by its name or hidden by its class goes, and an article cut in several parts is whole."""

import pytest
from captured_items import item

from curation.extract import extract

SENTENCES = (
    "The ferry to the island left an hour late because the captain could not find the second key.",
    "Forty passengers waited on the quay, and most of them had brought enough bread for the whole day.",
    "When the fog lifted at noon, the lighthouse stood where no chart of the harbour had ever shown it.",
    "The keeper said that he had always lived there, and offered tea to everybody who would climb the stairs.",
)
ASIDE = (
    "A reader from the south writes that her own ferry was late for eleven years in a row without a word.",
    "Another asks whether the company has ever thought of having a third key made, and at what price.",
)
PROSE = "\n\n".join(SENTENCES)


def paragraphs(*sentences: str) -> str:
    return "".join(f"<p>{sentence}</p>" for sentence in sentences)


def page(body: str) -> str:
    return f"<html><head><title>A late ferry | The Quay</title></head><body>{body}</body></html>"


def text_of(body: str) -> str:
    return extract(item(page(body), "text/html")).text


@pytest.mark.parametrize(
    "name", ["sidebar", "comments", "commentlist", "right-col", "moreFrom", "footer-text", "disclaimer", "related-posts"]
)
def test_a_column_of_prose_beside_the_article_goes_by_its_name(name: str) -> None:
    beside = f'<div class="{name}"><h3>Letters</h3>{paragraphs(*ASIDE)}</div>'
    assert text_of(f'<div class="page"><div class="text">{paragraphs(*SENTENCES)}</div>{beside}</div>') == PROSE


@pytest.mark.parametrize("name", ["comments", "sidebar"])
def test_a_page_that_has_nothing_else_keeps_what_is_so_named(name: str) -> None:
    assert text_of(f'<div class="{name}">{paragraphs(*SENTENCES)}</div><div class="intro">{paragraphs(ASIDE[0])}</div>') != ASIDE[0]
    assert PROSE in text_of(f'<div class="{name}">{paragraphs(*SENTENCES)}</div><div class="intro">{paragraphs(ASIDE[0])}</div>')


def test_a_commentary_is_no_comment() -> None:
    assert text_of(f'<div class="commentary">{paragraphs(*SENTENCES)}</div><div class="comments">{paragraphs(ASIDE[0])}</div>') == PROSE


@pytest.mark.parametrize("name", ["hidden", "box hide", "sr-only", "visually-hidden", "screen-reader-text", "d-none"])
def test_what_a_class_hides_is_not_read(name: str) -> None:
    note = f'<div class="{name}"><p>{ASIDE[0]}</p></div>'
    assert text_of(f'<div class="text">{paragraphs(*SENTENCES[:2])}{note}{paragraphs(*SENTENCES[2:])}</div>') == PROSE


@pytest.mark.parametrize("name", ["hidden md:block", "d-none d-lg-block", "hidden-gem"])
def test_what_a_wide_window_shows_is_read(name: str) -> None:
    note = f'<div class="{name}"><p>{ASIDE[0]}</p></div>'
    assert ASIDE[0] in text_of(f'<div class="text">{paragraphs(*SENTENCES[:2])}{note}{paragraphs(*SENTENCES[2:])}</div>')


def test_most_of_a_page_is_not_hidden_by_a_class_that_a_script_takes_away() -> None:
    assert text_of(f'<p>Please wait.</p><div class="hidden">{paragraphs(*SENTENCES)}</div>') == PROSE


def test_the_first_paragraph_in_an_element_of_its_own_belongs_to_the_article() -> None:
    rest = paragraphs(*SENTENCES[1:], *SENTENCES[1:])
    cut = f'<div class="body">{paragraphs(SENTENCES[0])}</div><div class="tools">Print Share</div><div class="body">{rest}</div>'
    assert text_of(f"<h1>A late ferry</h1>{cut}") == "\n\n".join((*SENTENCES, *SENTENCES[1:]))


def test_the_last_part_of_a_cut_article_belongs_to_it_too() -> None:
    first = paragraphs(*SENTENCES[:3] * 3)
    cut = f'<div class="body">{first}</div><div class="shop">Buy a key</div><div class="body">{paragraphs(SENTENCES[3])}</div>'
    assert text_of(f"<div>{cut}</div>") == "\n\n".join((*SENTENCES[:3] * 3, SENTENCES[3]))


@pytest.mark.parametrize("name", ["article-intro", "vorspann", "o-article__lead", "standfirst", "entry-excerpt"])
def test_a_lead_that_is_called_so_belongs_to_the_article(name: str) -> None:
    lead = f'<div class="{name}"><p>{ASIDE[0]}</p></div>'
    rest = paragraphs(*SENTENCES * 2)
    assert (
        text_of(f'<h1>A late ferry</h1>{lead}<div class="tools">Print</div><div class="text">{rest}</div>')
        == f"{ASIDE[0]}\n\n{PROSE}\n\n{PROSE}"
    )


def test_a_lead_of_another_article_behind_this_one_does_not() -> None:
    lead = f'<div class="intro"><p>{ASIDE[0]}</p></div>'
    assert text_of(f'<div class="text">{paragraphs(*SENTENCES * 2)}</div>{lead}') == f"{PROSE}\n\n{PROSE}"


def test_a_page_is_no_wiki_because_a_part_of_it_is_called_body_content() -> None:
    beside = f'<div class="sidebar">{paragraphs(*ASIDE)}</div>'
    found = extract(item(page(f'<div id="bodyContent"><div class="text">{paragraphs(*SENTENCES)}</div>{beside}</div>'), "text/html"))
    assert (found.text, found.extractor) == (PROSE, "html-container")


def test_a_list_of_links_of_the_same_class_is_no_part_of_the_article() -> None:
    links = "".join(f'<p><a href="/{n}">{sentence}</a></p>' for n, sentence in enumerate(ASIDE))
    article = paragraphs(*SENTENCES, *SENTENCES)
    assert text_of(f'<div class="row">{article}</div><div class="row">{links}</div>') == f"{PROSE}\n\n{PROSE}"


def test_a_page_in_japanese_needs_no_longer_paragraphs_than_one_in_english() -> None:
    """Each paragraph has 41 to 46 characters, which say as much as 80 letters."""
    told = (
        "山のふもとの村では、毎年春になると川の水が増えて、橋の上まで白い泡がとどくことがある。",
        "去年の春はとくに水が多く、村の人たちは三日のあいだ向こう岸の畑へ行くことができなかった。",
        "そこで村長は新しい橋を高いところにかけようと言ったが、お金をだれが出すかで話が止まった。",
        "けっきょく石屋の老人が自分の山から石を切り出し、若者たちがそれを運んで橋を作りあげた。",
    )
    menu = "".join(f'<li><a href="/{n}">村の行事のお知らせ</a></li>' for n in range(8))
    found = extract(item(page(f'<ul>{menu}</ul><div class="text">{paragraphs(*told)}</div>'), "text/html"))
    assert (found.text, found.extractor) == ("\n\n".join(told), "html-container")
