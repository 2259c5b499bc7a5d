"""What leaves an HTML page before its text is looked for: what no reader sees, and promotion within the article."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree

from curation.extract.blocks import code_language
from curation.extract.elements import names
from curation.extract.extent import extent
from curation.extract.labels import heads_other_pages, is_furniture_line, leads_on
from curation.extract.promotion import MOST, is_promotion, may_be_promotion
from curation.extract.sizes import Sizes
from curation.extract.teasers import box_of, is_pager
from curation.extract.visible import HIDDEN, POPUPS, is_hidden_by_class, is_invisible

UNSEEN = names("style svg noscript template iframe object embed audio video canvas button select textarea input")
FRAME = names("head nav aside footer menu map")
BLOCKS = names("p div ul ol dl table section article aside header footer main figure blockquote pre h1 h2 h3 h4 h5 h6 form nav")

_PARAGRAPHS = ("p", "div", "h2", "h3", "h4", "h5", "h6", "blockquote", "li", "section", "a")
_TITLES = names("h1 h2 h3 h4 h5 h6")
_HOLDING = names("p div ul section article table h2 h3 figure")
_AROUND = names("div section article main body")
"""Where a link between paragraphs stands that may itself be one."""

GONE = "berry-gone"
"""The name that elements get before they are taken out together."""

_SUBHEADING = re.compile(
    r"(?:^|[\s_-])(?:sub-?head(?:line|ing|er)?|inter-?title|cross-?head(?:ing)?|heading-h[2-5])(?=\s|$)", re.IGNORECASE
)
MARKS = "\ue000\ue001"
"""Two letters that no script uses: they number, at its end, a paragraph that the page has said before."""

UNMARKED = dict.fromkeys(map(ord, MARKS))

MOST_HIDDEN = 0.3
"""Share of a page's text up to which a class is believed that hides an element: a script may take it away again."""

NEAR = 12
"""Neighbours of a paragraph that are looked at, so that a page of links takes no longer than a page of prose."""

PROSE = 80
"""Characters from which a paragraph counts as prose."""


def prune(tree: etree._Element, classes: str) -> Sizes:
    """Takes out of a tree, in place, what every extraction would have to leave out again, and counts what is left.

    `classes` are all classes of the page in one text: what no class of it can be is not looked for.
    """
    data = [script for script in tree.iter("script") if script.get("type") == "application/ld+json"]
    etree.strip_elements(tree, "script", with_tail=False)
    tree.extend(data)  # trafilatura's last resort reads it
    for figure in tree.iter("figure"):
        if next(figure.iterdescendants("pre", "blockquote"), None) is not None:
            figure.tag = "div"
    classes = classes.lower()
    for line in tree.iter("div") if "head" in classes or "title" in classes else ():
        if _SUBHEADING.search(line.get("class") or "") and _is_subheading(line):
            line.tag = "h3"
    sizes = Sizes(tree)
    strip(tree, _invisible(tree, classes, sizes), sizes)
    _plain_code(tree)
    return sizes


def prune_frame(tree: etree._Element) -> None:
    """Takes out, in place, what stands around the text on every page of a site."""
    etree.strip_elements(tree, *FRAME, with_tail=False)


def prune_promotion(tree: etree._Element, sizes: Sizes) -> None:
    """Takes out, in place, paragraphs that send the reader elsewhere, and lists of links that end an article."""
    found = []
    for element in _candidates(tree, sizes):
        text = words(element)
        if heads_other_pages(text) and (box := box_of(element, tree, sizes)):
            found += box
        elif _promotes(element, text, sizes):
            below = element.getnext()
            if below is not None and below.tag in ("ul", "ol") and _is_of_links(below, 0.3, sizes):
                found.append(below)
            found.append(element)
    strip(tree, found, sizes)
    strip(tree, [element for element in tree.iter("ul", "ol") if _ends_in_links(element, sizes) or is_pager(element, sizes)], sizes)


def _candidates(tree: etree._Element, sizes: Sizes) -> Iterator[etree._Element]:
    """Elements that may be a paragraph of promotion: a link only where it stands between paragraphs."""
    between = {paragraph.getparent() for paragraph in tree.iter("p")}
    for element in tree.iterdescendants(*_PARAGRAPHS):
        if not 0 < sizes.text(element) <= MOST:
            continue
        if element.tag == "a" and ((parent := element.getparent()) not in between or parent.tag not in _AROUND):
            continue
        if not any(child.tag in _HOLDING for child in element):
            yield element


def mark_repeated(tree: etree._Element) -> None:
    """Numbers, in place, paragraphs that say what one before them said: trafilatura leaves out what it has seen."""
    seen: Counter[str] = Counter()
    for paragraph in tree.iter("p", "h2", "h3"):
        text = words(paragraph)
        if text and seen[text]:
            last = next(paragraph.iterchildren(reversed=True), None)
            mark = "".join(MARKS[int(digit)] for digit in f"{seen[text]:b}")
            if last is None:
                paragraph.text = (paragraph.text or "") + mark
            else:
                last.tail = (last.tail or "") + mark
        seen[text] += 1


def remove(element: etree._Element) -> None:
    """Takes an element out of its tree and leaves the text behind it in place."""
    parent, before = element.getparent(), element.getprevious()
    if parent is None:
        return
    if element.tail:
        if before is not None:
            before.tail = (before.tail or "") + element.tail
        else:
            parent.text = (parent.text or "") + element.tail
    parent.remove(element)


def strip(root: etree._Element, elements: Iterable[etree._Element], sizes: Sizes) -> None:
    """Takes many elements out from below another, in place, and leaves the text behind them; the time is linear."""
    found = 0
    for element in elements:
        if element is root or next(element.iterancestors(GONE), None) is not None:
            continue
        element.tag = GONE
        sizes.forget(element)
        found += 1
    if found:
        etree.strip_elements(root, GONE, with_tail=False)


def words(element: etree._Element) -> str:
    """The text of an element with single spaces."""
    return " ".join("".join(element.itertext()).split())


def link_length(element: etree._Element) -> int:
    """Characters of an element's text that lie in links."""
    return sum(len(words(link)) for link in element.iter("a"))


def is_prose(element: etree._Element) -> bool:
    """Whether a paragraph says something: long enough, and mostly outside links."""
    text = words(element)
    return extent(text) >= PROSE and link_length(element) < len(text) / 2


def _invisible(tree: etree._Element, classes: str, sizes: Sizes) -> list[etree._Element]:
    """Elements that are not shown; one around most of the page only waits for its script, and by class it must be smaller still."""
    popups, hidden = any(word in classes for word in POPUPS), not HIDDEN.isdisjoint(classes.split())
    whole = sizes.text(tree)
    return [
        element
        for element in sizes
        if (is_invisible(element, named=popups) and sizes.text(element) < whole / 2)
        or (hidden and is_hidden_by_class(element) and sizes.text(element) < MOST_HIDDEN * whole)
    ]


def _plain_code(tree: etree._Element) -> None:
    """Blocks of code without the elements that colour them, so that indentation and language survive the extraction."""
    for block in tree.iter("pre"):
        for line_break in block.iter("br"):
            line_break.tail = "\n" + (line_break.tail or "")
        text, language = "".join(block.itertext()), code_language(block)
        for child in list(block):
            block.remove(child)
        block.text = None
        code = etree.SubElement(block, "code")
        code.text = text
        if language:
            code.set("class", f"language-{language}")


def _is_subheading(line: etree._Element) -> bool:
    """Whether a line between paragraphs is short enough for a heading."""
    beside = (*islice(line.itersiblings(), NEAR), *islice(line.itersiblings(preceding=True), NEAR))
    return not _has_blocks(line) and 0 < len(words(line)) < 120 and any(element.tag == "p" for element in beside)


def _has_blocks(element: etree._Element) -> bool:
    return next(element.iterdescendants(*BLOCKS), None) is not None


def _promotes(element: etree._Element, text: str, sizes: Sizes) -> bool:
    if not (may_be_promotion(text) or text.isupper() or leads_on(text)) or _has_blocks(element):
        return False
    linked = 1.0 if element.tag == "a" else sizes.share(element)
    if element.tag not in _TITLES and is_furniture_line(text) and (element.tag != "li" or linked > 0.5):
        return True
    if linked > 0.7 and leads_on(text):
        return True
    return is_promotion(text, linked) or (linked >= 0.9 and _is_shouted(element, text))


def _is_shouted(link: etree._Element, text: str) -> bool:
    """A headline in capitals that is one link, between paragraphs of prose: it names another article."""
    if link.tag != "p" or not text.isupper() or len(text.split()) < 5:
        return False
    return any(is_prose(paragraph) for paragraph in _before(link))


def _before(element: etree._Element) -> list[etree._Element]:
    """The paragraphs among the neighbours before an element."""
    return [sibling for sibling in islice(element.itersiblings(preceding=True), NEAR) if sibling.tag == "p"]


def _is_of_links(listed: etree._Element, share: float, sizes: Sizes) -> bool:
    """Whether nearly every item of a list holds a link, and links hold this share of its words."""
    if sizes.share(listed) < share:
        return False
    items = listed.findall("li")
    linked = sum(1 for item in items if next(item.iter("a"), None) is not None)
    return len(items) > 1 and linked >= 0.8 * len(items)


def _ends_in_links(listed: etree._Element, sizes: Sizes) -> bool:
    """Whether a list behind prose holds little but the titles of other pages, and an article has ended with it."""
    if not _is_of_links(listed, 0.6, sizes) or sizes.text(listed) < 25 * len(listed.findall("li")):
        return False
    before = sum(1 for paragraph in _before(listed) if is_prose(paragraph))
    after = sum(1 for sibling in islice(listed.itersiblings(), NEAR) for paragraph in sibling.iter("p") if is_prose(paragraph))
    return before >= 3 and (after == 0 or (after == 1 and sizes.share(listed) >= 0.95))
