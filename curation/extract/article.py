"""The main text of a page by trafilatura: its fast extraction, the whole one on doubt, and what both lose."""

from collections.abc import Callable

import trafilatura
from lxml import etree

from curation.extract.blocks import render
from curation.extract.opening import Opening, drop_opening
from curation.extract.pruning import UNMARKED, mark_repeated, prune, prune_promotion, words
from curation.extract.rescue import Coverage, Paragraph, coverage, joined_body, prose_of

MAX_ELEMENTS = 12_000
"""Elements of a page up to which the whole extraction is tried: its time grows with their square (12,000 take some four seconds)."""

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


def article_text(tree: etree._Element, opening: Opening, untouched: Callable[[], etree._Element]) -> tuple[str, str]:
    """The main text as light Markdown, and the name of the way by which it was found.

    `untouched` gives the page as it was served: where the fast extraction is in doubt, its frame tells the whole one where
    the text is not.
    """
    body, path = _body(tree, untouched)
    if body is None:
        return "", path
    drop_opening(body, opening)
    return render(_as_html(body)).translate(UNMARKED), path


def _body(tree: etree._Element, untouched: Callable[[], etree._Element]) -> tuple[etree._Element | None, str]:
    prose = prose_of(_prepared(tree))
    body = _extracted(tree, fast=True)
    seen = _coverage(prose, body)
    joined = joined_body(seen)
    if joined is not None:
        whole = _extracted(joined, fast=True)
        if _coverage(prose, whole).missing < seen.missing / 2:
            return whole, "trafilatura-joined"
    if seen.is_doubtful:
        tree = untouched()
        prune(tree)
        if sum(1 for _ in tree.iter()) > MAX_ELEMENTS:
            return body, "trafilatura-large"
        return _extracted(_prepared(tree), fast=False), "trafilatura-full"
    return body, "trafilatura-fast"


def _prepared(tree: etree._Element) -> etree._Element:
    prune_promotion(tree)
    mark_repeated(tree)
    return tree


def _coverage(prose: list[Paragraph], body: etree._Element | None) -> Coverage:
    if body is None:
        return coverage(prose, "", 0)
    text = words(body)
    return coverage(prose, text, len(text) - sum(len(words(table)) for table in body.iter("table")))


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
