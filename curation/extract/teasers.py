"""Boxes that announce other pages: the line that heads one, and what it heads."""

import re
from itertools import islice

from lxml import etree

from curation.extract.elements import names
from curation.extract.sizes import Sizes

MOST_OF_PAGE = 0.5
"""Share of the text around it that a box holds at most."""

LEAST_LINKED = 0.3
"""Share of links from which what follows a line in the same element is the list that it heads."""

NEAR = 12
"""Elements behind such a line that are looked at."""

MOST_OF_CARDS = 0.4
"""Share of the text around them that cards hold at most."""

MOST_OF_CARD = 700
"""Characters of a card at most: the title of a page, linked, and some lines about it."""

LEAST_TITLE = 15
"""Characters of such a title at least."""

LEAST_PROSE = 3
"""Paragraphs of prose that stand before a group of cards at the end of an article."""

MOST_OF_PAGER = 12
"""Characters of a page's number in a list of pages, on average."""

LEAST_OF_TITLE = 0.9
"""Share of a heading in a link from which it is the title of another page."""

_HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_NUMBERED = re.compile(r"\W*\d{0,5}\W*")
_GROUPS = ("ul", "ol", "div", "section", "tr", "tbody")
_CARDS = ("li", "div", "article", "section", "td", "tr")
_OWN_BLOCK = names("h1 h2 h3 h4 h5 h6 p div figcaption header td")
_BLOCKS = ("p", "div", "ul", "ol", "table", "dl", "section", "article", "h2", "h3", "h4", "h5", "h6")


def box_of(line: etree._Element, root: etree._Element, sizes: Sizes) -> list[etree._Element]:
    """The elements that belong to a line which heads other pages: the box that begins with it, or what follows it.

    Nothing where it heads a text: an article may have a section of such a name.
    """
    most, box = MOST_OF_PAGE * sizes.text(root), line
    while box is not root and (around := box.getparent()) is not None and around is not root and sizes.text(around) <= most:
        if not _begins_with(around, box, sizes):
            break
        box = around
    if sizes.text(box) > sizes.text(line):
        return [box]
    listed = []
    for element in islice(box.itersiblings(*_BLOCKS), NEAR):
        if not sizes.text(element):
            continue
        if sizes.share(element) < LEAST_LINKED:
            break
        listed.append(element)
    return [box, *listed] if listed or box.getnext() is None else []


def _begins_with(around: etree._Element, inner: etree._Element, sizes: Sizes) -> bool:
    """Whether an element says nothing before one of its children."""
    if (around.text or "").strip():
        return False
    return not any(sizes.text(before) or (before.tail or "").strip() for before in islice(inner.itersiblings(preceding=True), NEAR))


def is_pager(listed: etree._Element, sizes: Sizes) -> bool:
    """Whether a list leads to the numbered pages of something: numbers and arrows, at most one word before them."""
    items = listed.findall("li")
    if not sizes.linked(listed) or sizes.text(listed) > MOST_OF_PAGER * len(items):
        return False
    numbered = sum(1 for item in items if _NUMBERED.fullmatch("".join(item.itertext())))
    return numbered > 1 and numbered >= len(items) - 1


def closing_cards(root: etree._Element, prose: set[etree._Element], sizes: Sizes) -> list[etree._Element]:
    """Groups of cards behind an article: each card is the linked title of another page in a block of its own, and a few lines.

    `prose` are the paragraphs of prose below the root. A group with an article's own prose behind it, or with most of the
    text, is part of the article: a list of books, say.
    """
    most = MOST_OF_CARDS * sizes.text(root)
    groups = [group for group in root.iterdescendants(*_GROUPS) if 0 < sizes.text(group) <= most and _is_of_cards(group, sizes)]
    if not groups:
        return []
    within = {element for group in groups for element in group.iter(etree.Element)}
    order = {element: at for at, element in enumerate(root.iter(etree.Element))}
    own = [order[paragraph] for paragraph in prose if paragraph in order and paragraph not in within]
    if len(own) < LEAST_PROSE or sum(sizes.text(group) for group in groups if group.getparent() not in within) > most:
        return []
    return [group for group in groups if order[group] > max(own)]


def _is_of_cards(group: etree._Element, sizes: Sizes) -> bool:
    """Whether an element consists of at least two cards, with no more than one heading among them."""
    cards = others = 0
    for child in group if len(group) > 1 else ():
        if sizes.text(child):
            card = _is_card(child, sizes)
            cards, others = cards + card, others + (not card)
            if others > 1:
                return False
    return cards > 1


def _is_card(element: etree._Element, sizes: Sizes) -> bool:
    text = sizes.text(element)
    if element.tag not in _CARDS or not LEAST_TITLE < text <= MOST_OF_CARD:
        return False
    heading = next(element.iterdescendants(*_HEADINGS), None)
    if heading is not None and LEAST_TITLE <= sizes.text(heading) < text and sizes.share(heading) >= LEAST_OF_TITLE:
        return True
    title = _first_with_text(element, sizes)
    if title is None or title.tag != "a" or not LEAST_TITLE <= sizes.text(title) < text:
        return False
    block = title.getparent()
    while block is not element and block.tag not in _OWN_BLOCK:
        block = block.getparent()
    return block is not element and sizes.text(block) < text


def _first_with_text(element: etree._Element, sizes: Sizes) -> etree._Element | None:
    """The link with which an element begins, or what else it begins with; None where that is its own text."""
    while element.tag != "a":
        if (element.text or "").strip():
            return element
        inner = next((child for child in element if sizes.text(child) or (child.tail or "").strip()), None)
        if inner is None or not sizes.text(inner):
            return None
        element = inner
    return element
