"""Words of the page around an article, in many languages, and what they head; and the marks of manuals."""

import pytest
from captured_items import item

from curation.extract import extract

SENTENCES = (
    "Die Brücke über den Fluss bleibt bis zum Herbst gesperrt, weil ein Pfeiler sich um zwei Finger gesenkt hat.",
    "Der Bürgermeister ließ eine Fähre kommen, die aber nur bei Tag und nur bei ruhigem Wasser fahren darf.",
    "Am ersten Morgen standen vierzig Leute am Ufer, und die meisten hatten ihre Räder und Hunde dabei.",
    "Der Fährmann sagte, er habe so etwas seit dem Hochwasser vor dreißig Jahren nicht mehr gesehen.",
)
PROSE = "\n\n".join(SENTENCES)
TEASER = "Der Hafen bekommt einen neuen Kran, und niemand weiß, wer ihn bezahlen wird."


def paragraphs(*sentences: str) -> str:
    return "".join(f"<p>{sentence}</p>" for sentence in sentences)


def text_of(body: str, head: str = "<title>Brücke gesperrt</title>") -> str:
    return extract(item(f"<html><head>{head}</head><body>{body}</body></html>", "text/html")).text


def within(line: str) -> str:
    return text_of(f'<div class="text">{paragraphs(*SENTENCES[:3])}{line}{paragraphs(SENTENCES[3])}</div>')


@pytest.mark.parametrize(
    "line",
    [
        "<p>Anzeige</p>",
        "<p>TrackBack URL http://anker.example/fähre/trackback</p>",
        "<p>Hinzufügen zu: Technorati, del.icio.us, Mr. Wong</p>",
        '<p>« <a href="/before">Der Kran im Hafen</a></p>',
        "<p>Copyright 2013 The Anchor. All rights reserved. This material may not be published, broadcast, rewritten or redistributed.</p>",
        "<div>REKLAMA</div>",
        "<p>37 commentaires</p>",
        "<p>blog comments powered by Disqus</p>",
        "<p>Teilen</p>",
        "<p>分享到微信</p>",
        "<p>【责任编辑：王小明】</p>",
        "<p>Text Size A+</p>",
        "<p>Continue reading the main story</p>",
        "<p>Please enable JavaScript to view the comments.</p>",
        "<p>You must be logged in to report a comment.</p>",
        "<p>Нашли ошибку? Выделите её и нажмите Ctrl+Enter.</p>",
        '<ul><li>Seite:</li><li>1</li><li><a href="/2">2</a></li><li><a href="/3">3</a></li><li><a href="/2">»</a></li></ul>',
        '<p>Lesen Sie auch: <a href="/a">Der neue Kran im Hafen</a></p>',
        '<p>関連記事：<a href="/a">港に新しいクレーン</a></p>',
        '<p>Читайте также: <a href="/a">Новый кран в порту</a></p>',
        '<p><b>เรื่องที่เกี่ยวข้อง</b><br><a href="/a">ท่าเรือได้เครนใหม่</a><br><a href="/b">ใครจะเป็นคนจ่าย</a></p>',
    ],
)
def test_a_line_of_the_page_goes(line: str) -> None:
    assert within(line) == PROSE


@pytest.mark.parametrize(
    "own",
    [
        "<p>Mehr von dem Brot!</p>",
        "<p>Werbung macht der Fährmann nicht.</p>",
        "<ul><li>Werbung</li><li>Presse</li><li>Fahrplan</li></ul>",
        "<h2>Werbung</h2><p>Der Fährmann hat ein Schild gemalt und es an die gesperrte Brücke gehängt, damit man es liest.</p>",
        "<p>Follow the river.</p>",
        '<p><a href="/song">«Die alte Fähre»</a></p>',
    ],
)
def test_an_article_may_say_the_same_words(own: str) -> None:
    assert within(own) != PROSE


@pytest.mark.parametrize(
    "heading", ["Weitere Meldungen", "Das könnte Sie auch interessieren", "Articles similaires", "相关阅读", "More Stories"]
)
def test_a_box_of_teasers_goes_with_the_line_that_heads_it(heading: str) -> None:
    teasers = "".join(f'<div class="item"><h4><a href="/{n}">Neuer Kran</a></h4><span>{TEASER}</span></div>' for n in range(2))
    box = f'<div class="w-12"><div><h3>{heading}</h3></div><div>{teasers}</div></div>'
    assert text_of(f'<div class="text">{paragraphs(*SENTENCES * 3)}{box}</div>') == f"{PROSE}\n\n{PROSE}\n\n{PROSE}"


def test_a_heading_of_teasers_without_a_box_takes_the_links_behind_it() -> None:
    links = '<p><a href="/a">Neuer Kran im Hafen bestellt</a></p><p><a href="/b">Niemand will ihn bezahlen</a></p>'
    assert text_of(f'<div class="text">{paragraphs(*SENTENCES)}<h3>Mehr zum Thema</h3>{links}</div>') == PROSE


def test_a_section_of_prose_under_such_a_heading_stays() -> None:
    found = text_of(f'<div class="text">{paragraphs(*SENTENCES[:3])}<h2>Zum Thema</h2>{paragraphs(SENTENCES[3])}</div>')
    assert found == "\n\n".join((*SENTENCES[:3], "## Zum Thema", SENTENCES[3]))


@pytest.mark.parametrize("mark", ["#", "¶", "§"])
def test_a_heading_does_not_keep_the_mark_by_which_it_links_to_itself(mark: str) -> None:
    heading = f'<h2>Die Fähre<span><a class="mark" href="#ferry" id="ferry">{mark}</a></span></h2>'
    assert within(heading) == "\n\n".join((*SENTENCES[:3], "## Die Fähre", SENTENCES[3]))


def card(number: int) -> str:
    return f'<li><div><h4><a href="/{number}">Der neue Kran im Hafen, Teil {number}</a></h4><p>{TEASER}</p></div></li>'


def test_cards_of_other_pages_behind_an_article_go_whatever_they_are_called() -> None:
    cards = f"<div class='x7'><h3>Hafen</h3><ul>{card(1)}{card(2)}{card(3)}</ul></div>"
    found = text_of(f'<div class="text">{paragraphs(*SENTENCES * 3)}{cards}</div>')
    assert found == f"{PROSE}\n\n{PROSE}\n\n{PROSE}"


@pytest.mark.parametrize(
    "article",
    [
        f"{paragraphs(*SENTENCES * 3)}<ul>{card(1)}{card(2)}</ul>{paragraphs(SENTENCES[0])}",
        f"{paragraphs(SENTENCES[0])}<ul>{''.join(map(card, range(1, 9)))}</ul>",
        f'{paragraphs(*SENTENCES * 3)}<ul><li><a href="/1">Der neue Kran im Hafen, Teil 1</a>: {TEASER}</li><li>{TEASER}</li></ul>',
    ],
)
def test_cards_that_an_article_consists_of_or_goes_on_behind_stay(article: str) -> None:
    assert TEASER in text_of(f'<div class="text">{article}</div>')


def test_the_way_from_the_front_page_is_no_text() -> None:
    way = "<div>Sie sind hier: Startseite | Land und Leute » Verkehr » Die Fährleute vom Fluss und ihre alte Brücke gesperrt</div>"
    title = "Die Fährleute vom Fluss und ihre alte Brücke gesperrt"
    assert text_of(f"<div>{way}<h2>{title}</h2>{paragraphs(*SENTENCES)}</div>", f"<title>{title}</title>") == PROSE


@pytest.mark.parametrize(
    "line",
    [
        "KÖLN | Fri Jun 7, 2013 5:09am EDT",
        "Gimli Groin | Köln | 08/01/2014",
        "Gimli Groin, Der Anker 4:14 p.m. EDT June 6, 2013",
        "5. November 2021, 10:39 Uhr",
        "15 август 2015 13:28",
    ],
)
def test_a_line_above_the_article_that_ends_with_its_date_is_no_text(line: str) -> None:
    assert text_of(f'<div class="text"><p>{line}</p>{paragraphs(*SENTENCES)}</div>') == PROSE


def test_a_sentence_above_the_article_may_end_with_a_date() -> None:
    first = "Die Brücke ist gesperrt seit dem 08/01/2014."
    assert text_of(f'<div class="text"><p>{first}</p>{paragraphs(*SENTENCES)}</div>') == f"{first}\n\n{PROSE}"


MANUAL = '<meta name="generator" content="DocBook XSL Stylesheets"><title>Brücke gesperrt</title>'


@pytest.mark.parametrize(
    "turning",
    [
        '<div class="navheader"><table><tr><th colspan="2">Kapitel 3</th></tr><tr><td><a href="2">Zurück</a></td></tr></table></div>',
        '<table width="100%"><tr><td><a accesskey="p" href="2">Fluss</a></td><td><a accesskey="n" href="4">Kran</a></td></tr></table>',
        '<div><p>Next: <a rel="next" href="4">Kran</a>, Up: <a rel="up" href="/">Inhalt</a> &nbsp; [<a href="i">Index</a>]</p></div>',
    ],
)
def test_a_page_of_a_manual_goes_without_the_row_that_turns_its_pages(turning: str) -> None:
    assert text_of(f"{turning}<div>{paragraphs(*SENTENCES)}</div>{turning}", MANUAL) == PROSE


def test_notes_with_code_are_text() -> None:
    notes = "<h2>Notes</h2><p>Der Pegel wird so gelesen:</p><pre>read level</pre>"
    assert within(notes) == "\n\n".join((*SENTENCES[:3], "## Notes", "Der Pegel wird so gelesen:", "```\nread level\n```", SENTENCES[3]))
