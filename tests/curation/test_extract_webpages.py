"""Pages of the web: the text of an article, of a thread and of documentation, without what asks for a click."""

import pytest
from captured_items import item

from curation.extract import extract

SENTENCES = (
    "The dwarves had dug below the mountain for a hundred years before they came upon the vein.",
    "It ran from the eastern halls down to the lake, and it was as wide as a man is tall.",
    "Nobody had expected silver there, least of all the masters who had sold their shares in spring.",
    "By the end of the year the town had doubled, and so had the price of bread and of candles.",
    "What was left of the old workings was filled with the rubble that came out of the new ones.",
    "The council met twice on the matter, but it could not agree on who should pay for the pumps.",
)


def paragraphs(*numbers: int) -> str:
    return "".join(f"<p>{SENTENCES[n]}</p>" for n in numbers)


def article(body: str, head: str = "<title>Silver below the mountain | The Anvil</title>") -> str:
    return f"<html><head>{head}</head><body><nav>Home About</nav><article>{body}</article><footer>Imprint</footer></body></html>"


def text_of(page: str) -> str:
    return extract(item(page, "text/html")).text


PROSE = "\n\n".join(SENTENCES[:4])


def test_the_element_that_plainly_holds_an_article_is_taken() -> None:
    found = extract(item(article(paragraphs(0, 1, 2, 3)), "text/html"))
    assert (found.text, found.extractor) == (PROSE, "html-container")


@pytest.mark.parametrize(
    "above",
    [
        "<h1>Silver below the mountain</h1>",
        "<p>Mining</p><h1>Silver below the mountain</h1>",
        "<h1>SILVER BELOW THE MOUNTAIN</h1><p>By Gimli Groin</p><p>Published: 3 May 1980</p>",
        "<h1>Silver below the mountain</h1><h2>What the masters sold in spring is now worth a kingdom</h2>",
    ],
)
def test_the_headline_goes_into_the_title_with_what_belongs_to_it(above: str) -> None:
    head = (
        "<title>Silver below the mountain | The Anvil</title>"
        '<meta name="description" content="What the masters sold in spring is now worth a kingdom">'
    )
    found = extract(item(article(above + paragraphs(0, 1, 2, 3), head), "text/html"))
    assert found.text == PROSE
    assert found.title is not None
    assert "Silver below the mountain" in found.title


@pytest.mark.parametrize("head", ["", "<title>Silver</title>"])
def test_an_author_below_a_headline_that_is_no_title_of_the_head_stays(head: str) -> None:
    heading = "<h1>Silver below<br/>the mountain</h1><h2>by Gimli Groin</h2>"
    found = extract(item(f"<html><head>{head}</head><body>{heading}{paragraphs(0, 1, 2, 3)}</body></html>", "text/html"))
    assert (found.title, found.text) == ("Silver below the mountain", f"## by Gimli Groin\n\n{PROSE}")


def test_an_author_by_class_below_such_a_headline_stays() -> None:
    page = f"<html><body><h1>Silver below the mountain</h1><p class='author'>by Gimli Groin</p>{paragraphs(0, 1, 2, 3)}</body></html>"
    assert text_of(page) == f"by Gimli Groin\n\n{PROSE}"


def test_text_behind_the_end_of_a_page_is_read() -> None:
    assert text_of(f"<html><body>{paragraphs(0, 1)}</body></html>{paragraphs(2, 3)}") == PROSE


@pytest.mark.parametrize(
    "code",
    [
        "<table><tr><td class='linenos'><pre>1\n2</pre></td><td class='code'><pre>dig(1)\ndig(2)</pre></td></tr></table>",
        "<table><tr><td><div><pre>7\n8</pre></div></td><td><div><pre>dig(1)\ndig(2)</pre></div></td></tr></table>",
        "<pre><span class='lineno'> 1</span>dig(1)\n<span class='lineno'> 2</span>dig(2)</pre>",
    ],
)
def test_numbers_of_lines_are_no_code(code: str) -> None:
    assert text_of(article(paragraphs(0, 1, 2, 3) + code)) == f"{PROSE}\n\n```\ndig(1)\ndig(2)\n```"


def test_numbers_that_are_code_stay() -> None:
    assert text_of(article(f"{paragraphs(0, 1, 2, 3)}<pre>1\n2</pre>")) == f"{PROSE}\n\n```\n1\n2\n```"


def test_a_heading_that_is_not_the_title_stays() -> None:
    assert text_of(article(f"<h2>The vein</h2>{paragraphs(0, 1, 2, 3)}")) == f"## The vein\n\n{PROSE}"


@pytest.mark.parametrize(
    "promotion",
    [
        '<p>Read more: <a href="/a">Masters of the lake meet in secret</a></p>',
        '<p><b>Related:</b> <a href="/a">Ten veins that nobody has found</a></p>',
        '<p><a href="/a">MASTERS OF THE LAKE MEET IN SECRET AGAIN</a></p>',
        "<p>Like this story? Share it with a friend!</p>",
        "<p>Sign up for our newsletter and get the news of the mountain every day.</p>",
        "<p>Follow us on Facebook and Twitter.</p>",
        "<p>Reporting by Gimli Groin; editing by Balin Fundin</p>",
        "<p>CLICK HERE TO GET THE ANVIL APP</p>",
        "<p>Advertisement</p>",
        '<a href="/a"><span>Also on the anvil</span> <span>Masters of the lake meet</span></a>',
        '<h3>More great stories</h3><ul><li>The <a href="/a">lake at night</a></li><li>The <a href="/b">king by day</a></li></ul>',
        '<p>The king<span class="tooltip-content"><a href="/k">Thorin</a> Ten stories about him</span></p>',
    ],
)
def test_promotion_within_an_article_goes(promotion: str) -> None:
    assert text_of(article(paragraphs(0, 1, 2) + promotion + paragraphs(3))).replace("The king\n\n", "") == PROSE


@pytest.mark.parametrize(
    "own",
    [
        "<p>Read more books, the old master said, and dig less.</p>",
        "<p>Follow the river on its way to the lake, and you will find the door.</p>",
        "<p>Related matters were heard by the council in autumn, but nothing came of them.</p>",
        "<p>Watch the water, they say in the deep halls.</p>",
        "<p>NOBODY GOES BELOW THE LAKE AT NIGHT</p>",
        '<p>See also what <a href="/a">Balin wrote</a> about the pumps in the year after.</p>',
    ],
)
def test_an_article_may_say_what_promotion_says(own: str) -> None:
    assert text_of(article(paragraphs(0, 1, 2) + own + paragraphs(3))) != PROSE


def test_links_to_other_articles_at_the_end_go_and_lists_within_stay() -> None:
    links = "".join(f'<li><a href="/{n}">The tale of the dwarf who went to hall {n}</a></li>' for n in range(4))
    tools = "<ul><li>a hammer</li><li>a pick</li></ul>"
    found = text_of(article(f"{paragraphs(0, 1, 2)}{tools}{paragraphs(3)}<ul>{links}</ul>"))
    assert found == PROSE.replace(SENTENCES[3], f"- a hammer\n- a pick\n\n{SENTENCES[3]}")


def test_a_body_in_several_containers_is_one() -> None:
    def part(*numbers: int) -> str:
        return f'<div class="grid"><div class="article__body col">{paragraphs(*numbers) * 1}</div><div class="ad">Buy pumps</div></div>'

    again = "".join(f"<p>{n}. {sentence}</p>" for n, sentence in enumerate(SENTENCES * 2))
    page = article(f'<div class="chunks">{part(0, 1, 2, 3)}<div class="grid"><div class="article__body col">{again}</div></div></div>')
    found = extract(item(page, "text/html"))
    assert found.extractor == "html-container"
    assert found.text.startswith(PROSE)
    assert f"11. {SENTENCES[5]}" in found.text


@pytest.mark.parametrize("around", ['<form id="aspnetForm">{}</form>', "<table><tr><td>Home<br>About</td><td>{}</td></tr></table>"])
def test_what_lays_out_the_whole_page_hides_no_article(around: str) -> None:
    found = extract(item(f"<html><body>{around.format(paragraphs(0, 1, 2, 3))}</body></html>", "text/html"))
    assert (found.text, found.extractor) == (PROSE, "html-container")


@pytest.mark.parametrize(
    "beside",
    [
        f'<div class="jp-relatedposts"><p>{SENTENCES[4]}</p></div>',
        f'<section id="comments"><p>{SENTENCES[4]}</p></section>',
        f'<div class="articleAuthorBio">{SENTENCES[4]}</div>',
        "<figure><figcaption>The old workings. Photo: Durin/Picture House</figcaption></figure>",
        '<div class="shareButtons">Tweet this now</div>',
        "<div>Buy photo</div>",
        '<ul><li><a href="/a">The lake at night</a></li><li><a href="/b">The king by day</a></li></ul>',
    ],
)
def test_what_stands_in_an_article_without_being_part_of_it_goes(beside: str) -> None:
    assert text_of(article(paragraphs(0, 1, 2) + beside + paragraphs(3))) == PROSE


def test_a_section_is_not_taken_for_a_row_of_buttons_by_its_name() -> None:
    shared = f'<div id="sharing-the-silver">{paragraphs(1, 2, 3, 4, 5)}</div>'
    assert text_of(article(paragraphs(0) + shared)) == "\n\n".join(SENTENCES)


def test_paragraphs_may_be_lines_of_another_kind() -> None:
    lines = "".join(f"<div><div><span>{sentence}</span></div></div>" for sentence in SENTENCES[:4])
    found = extract(item(article(f"<div>{lines}</div>"), "text/html"))
    assert (found.text, found.extractor) == (PROSE, "html-container")


def test_a_page_that_leaves_a_doubt_is_left_to_trafilatura() -> None:
    links = "".join(f'<li><a href="/{n}">Hall {n} of the lower town</a></li>' for n in range(9))
    assert extract(item(article(f"{paragraphs(0, 1)}<ul>{links}</ul>"), "text/html")).extractor == "trafilatura-fast"
    rows = "".join(f"<tr><td>Hall {n}</td><td>{n} miners of the lower town</td></tr>" for n in range(80))
    assert extract(item(article(f"{paragraphs(0, 1, 2, 3)}<table>{rows}</table>"), "text/html")).extractor.startswith("trafilatura")


def test_a_table_that_is_the_page_stays_one() -> None:
    rows = "".join(f"<tr><td>Hall {n}</td><td>{sentence}</td></tr>" for n, sentence in enumerate(SENTENCES))
    found = text_of(article(f"<table><tbody><tr><th>Where</th><th>What</th></tr>{rows}</tbody></table>"))
    assert found.startswith(f"| Where | What |\n|---|---|\n| Hall 0 | {SENTENCES[0]} |")


def test_a_refrain_is_sung_as_often_as_it_stands() -> None:
    assert text_of(article(paragraphs(0, 1, 1, 2, 1, 3))).count(SENTENCES[1]) == 3


def test_what_is_not_shown_is_not_read_unless_it_is_the_page() -> None:
    hidden = f'<p style="display: none">{SENTENCES[4]}</p><p aria-hidden="true">{SENTENCES[5]}</p>'
    assert text_of(article(paragraphs(0, 1, 2, 3) + hidden)) == PROSE
    assert text_of(article(f'<div style="visibility:hidden">{paragraphs(0, 1, 2, 3)}</div>')) == PROSE


def test_a_line_that_is_styled_as_a_heading_is_one() -> None:
    body = f'{paragraphs(0, 1)}<div class="story_subheadline">Who pays?</div>{paragraphs(2, 3)}'
    assert "\n\n### Who pays?\n\n" in text_of(article(body))


def test_code_keeps_indentation_and_language_also_in_a_figure() -> None:
    code = '<figure><pre class="hl"><code class="language-python"><span>if</span> vein:\n    <span>dig</span>()\n</code></pre></figure>'
    assert "\n\n```python\nif vein:\n    dig()\n```\n\n" in text_of(article(paragraphs(0, 1) + code + paragraphs(2, 3)))


def test_powers_are_written_as_powers() -> None:
    body = paragraphs(0, 1, 2) + "<p>They brought up 3·10<sup>7</sup> stones in the second year of the reign of the king below.</p>"
    assert "3·10^7 stones" in text_of(article(body))


def test_a_thread_is_its_posts() -> None:
    posts = (
        f'<div class="postbody"><p>{SENTENCES[0]}</p><div class="signature">Axes for sale</div></div>',
        f'<div class="postbody"><blockquote>Gimli wrote: {SENTENCES[0]}</blockquote><p>Who told you?</p></div>',
        '<div class="postbody"><pre>dig -d 300\n  --silver</pre></div>',
    )
    page = f'<html><body><div class="pm">Balin, miner, 300 posts</div>{"<div>Reply Quote</div>".join(posts)}</body></html>'
    found = extract(item(page, "text/html"))
    assert found.text == f"{SENTENCES[0]}\n\nWho told you?\n\n```\ndig -d 300\n  --silver\n```"
    assert found.extractor == "html-forum"


def test_documentation_is_its_content_element_as_it_stands() -> None:
    content = (
        '<h1>Digging<a class="headerlink" href="#d">¶</a></h1><p>Short.</p><h2>Options</h2><ul><li><a href="/o">--deep</a></li></ul>'
        '<div class="highlight-sh"><div class="highlight"><pre><span></span>dig --deep \\\n  --fast\n</pre></div></div>'
        f'<p>{SENTENCES[0]}</p><a class="viewcode-link" href="/s">[source]</a>'
    )
    page = (
        '<html><head><meta name="generator" content="Sphinx 8.1"><title>Digging — dig 2.0</title></head><body><div class="sphinxsidebar">'
        f'<p>{SENTENCES[5]}</p></div><div role="main">{content}</div></body></html>'
    )
    found = extract(item(page, "text/html"))
    assert found.extractor == "html-documentation"
    assert found.text == f"Short.\n\n## Options\n\n- --deep\n\n```sh\ndig --deep \\\n  --fast\n```\n\n{SENTENCES[0]}"
