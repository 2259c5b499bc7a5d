"""The main text of a page: the element that plainly holds it, else what trafilatura finds, its whole extraction on doubt."""

from typing import Protocol

import trafilatura
from lxml import etree

from curation.extract.blocks import render
from curation.extract.container import bare_page, clean, container_of, is_doubtful
from curation.extract.extent import extent
from curation.extract.opening import Opening, without_opening
from curation.extract.parts import take_in_lead, take_in_parts
from curation.extract.prose import Coverage, Paragraph, coverage, prose_of
from curation.extract.pruning import UNMARKED, mark_repeated, prune_promotion, strip, words
from curation.extract.sizes import Sizes
from curation.extract.teasers import closing_cards

MOST_ELEMENTS = 6_000
"""Elements of a page up to which trafilatura looks at it: its time grows with their square."""

MOST_CHILDREN = 1_500
"""Elements directly in one element up to which trafilatura looks at a page, for the same reason."""


class Served(Protocol):
    """A page as it was served, for another look at it: each look takes parts out of its tree."""

    def __call__(self, *, framed: bool) -> tuple[etree._Element, Sizes]:
        """The tree, with or without the frame around the text, and its sizes."""


_TAGS = {
    "list": "ul",
    "item": "li",
    "quote": "blockquote",
    "row": "tr",
    "lb": "br",
    "hi": "span",
    "del": "span",
    "ref": "span",
    "fw": "span",
    "ab": "p",
}


def article_text(tree: etree._Element, sizes: Sizes, opening: Opening, served: Served) -> tuple[str, str]:
    """The main text as light Markdown, and the name of the way by which it was found."""
    text, path = _contained(tree, sizes), "html-container"
    if text is None:
        text, path = _looked_for(served)
    return without_opening(text, opening), path


def _contained(tree: etree._Element, sizes: Sizes) -> str | None:
    """The text of the element that holds the article; None where the page leaves a doubt about it."""
    prose = prose_of(tree, sizes)
    container = container_of(tree, prose)
    container = bare_page(tree, prose, sizes) if container is None else container
    if container is None:
        return None
    take_in_parts(container, sizes)
    take_in_lead(container, prose, sizes)
    clean(container, sizes)
    prose = prose_of(container, sizes)
    if cards := closing_cards(container, {paragraph.element for paragraph in prose}, sizes):
        strip(container, cards, sizes)
        prose = prose_of(container, sizes)
    return None if is_doubtful(container, prose, sizes) else _rendered(container, sizes)


def _rendered(container: etree._Element, sizes: Sizes) -> str:
    prune_promotion(container, sizes)
    return render(container)


def _looked_for(served: Served) -> tuple[str, str]:
    """The text by trafilatura; that of the whole page, cleaned, where there is too much for it."""
    tree, sizes = served(framed=False)
    if _is_too_much(tree):
        clean(tree, sizes)
        return _rendered(tree, sizes), "html-whole"
    body, path = _body(tree, sizes, served)
    return ("" if body is None else render(_as_html(body)).translate(UNMARKED)), path


def _is_too_much(tree: etree._Element) -> bool:
    elements = list(tree.iter(etree.Element))
    return len(elements) > MOST_ELEMENTS or any(len(element) > MOST_CHILDREN for element in elements)


def _body(tree: etree._Element, sizes: Sizes, served: Served) -> tuple[etree._Element | None, str]:
    _prepare(tree, sizes)
    prose = prose_of(tree, sizes)
    body = _extracted(tree, fast=True)
    if body is None or not _coverage(prose, body).is_doubtful:
        return body, "trafilatura-fast"
    tree, sizes = served(framed=True)  # the frame tells the whole extraction where the text is not
    if _is_too_much(tree):
        return body, "trafilatura-large"
    _prepare(tree, sizes)
    return _extracted(tree, fast=False), "trafilatura-full"


def _prepare(tree: etree._Element, sizes: Sizes) -> None:
    prune_promotion(tree, sizes)
    mark_repeated(tree)


def _coverage(prose: list[Paragraph], body: etree._Element) -> Coverage:
    text = words(body)
    return coverage(prose, text, extent(text) - sum(extent(words(table)) for table in body.iter("table")))


def _extracted(tree: etree._Element, *, fast: bool) -> etree._Element | None:
    found = trafilatura.bare_extraction(tree, fast=fast, deduplicate=False, include_comments=False, output_format="xml")
    return getattr(found, "body", None)


def _as_html(body: etree._Element) -> etree._Element:
    """The elements of trafilatura under the names that HTML has for them."""
    for element in body.iter(etree.Element):
        tag = element.tag
        if tag == "head":
            level = element.get("rend") or "h2"
            element.tag = level if level in ("h1", "h2", "h3", "h4", "h5", "h6") else "h2"
        elif tag == "cell":
            element.tag = "th" if element.get("role") == "head" else "td"
        elif tag == "list":
            element.tag = "ol" if element.get("rend") == "ol" else "ul"
        elif tag == "code":
            element.tag = "pre" if "\n" in "".join(element.itertext()) or element.find(".//lb") is not None else "span"
        elif tag in _TAGS:
            element.tag = _TAGS[tag]
    return body
