"""Boxes that announce other pages: the line that heads one, and what it heads."""

from itertools import islice

from lxml import etree

from curation.extract.sizes import Sizes

MOST_OF_PAGE = 0.3
"""Share of the text around it that a box holds at most."""

LEAST_LINKED = 0.3
"""Share of links from which what follows a line in the same element is the list that it heads."""

NEAR = 12
"""Elements behind such a line that are looked at."""

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
