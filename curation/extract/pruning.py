"""What leaves an HTML page before its text is looked for: what no reader sees, and promotion within the article."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice

from lxml import etree

from curation.extract.blocks import code_language
from curation.extract.elements import names
from curation.extract.powers import is_power
from curation.extract.promotion import MOST, is_promotion, may_be_promotion
from curation.extract.sizes import Sizes

UNSEEN = names("style svg noscript template iframe object embed audio video canvas button select textarea input")
FRAME = names("head nav aside footer menu map")
POPUP_ROLES = names("tooltip dialog alertdialog")
BLOCKS = names("p div ul ol dl table section article aside header footer main figure blockquote pre h1 h2 h3 h4 h5 h6 form nav")

_POPUP = re.compile(
    r"(?:^|[\s_-])(?:tool-?tip|pop-?over|rollover|hover-?card|flyout)(?:[_-]{0,2}(?:block|content|text|body|inner|box|panel|card))?(?=\s|$)",
    re.I,
)
_MAY_POP_UP = ("div", "span", "section", "aside")
_POPUPS = ("tooltip", "tool-tip", "popover", "pop-over", "popup", "pop-up", "rollover", "hovercard", "hover-card", "flyout")
"""Words without which no class matches; they are looked for in all of a page's at once."""

_PARAGRAPHS = ("p", "div", "h2", "h3", "h4", "h5", "h6", "blockquote", "li", "section", "a")
_HOLDING = names("p div ul section article table h2 h3 figure")
_AROUND = names("div section article main body")
"""Where a link between paragraphs stands that may itself be one."""

GONE = "berry-gone"
"""The name that elements get before they are taken out together."""

_SUBHEADING = re.compile(
    r"(?:^|[\s_-])(?:sub-?head(?:line|ing|er)?|inter-?title|cross-?head(?:ing)?|heading-h[2-5])(?=\s|$)", re.IGNORECASE
)
_INVISIBLE = re.compile(r"(?:^|;)\s*(?:display\s*:\s*none|visibility\s*:\s*hidden)", re.IGNORECASE)
MARKS = "\ue000\ue001"
"""Two letters that no script uses: they number, at its end, a paragraph that the page has said before."""

UNMARKED = dict.fromkeys(map(ord, MARKS))

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
    for raised in list(tree.iter("sup")):
        _write_power(raised)
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
        if _promotes(element, sizes):
            below = element.getnext()
            if below is not None and below.tag in ("ul", "ol") and _is_of_links(below, 0.3, sizes):
                found.append(below)
            found.append(element)
    strip(tree, found, sizes)
    strip(tree, [element for element in tree.iter("ul", "ol") if _ends_in_links(element, sizes)], sizes)


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
    return len(text) >= PROSE and link_length(element) < len(text) / 2


def _invisible(tree: etree._Element, classes: str, sizes: Sizes) -> list[etree._Element]:
    """Elements that say themselves that they are not shown; one around most of the page only waits for its script."""
    named = any(word in classes for word in _POPUPS)
    return [element for element in sizes if is_invisible(element, named=named) and sizes.text(element) < sizes.text(tree) / 2]


def is_invisible(element: etree._Element, *, named: bool = True) -> bool:
    """Whether an element says itself that it is not shown, or, where names count, is named like what is shown on demand."""
    keys = element.keys()
    if "style" in keys and _INVISIBLE.search(element.get("style")):
        return True
    if "role" in keys and element.get("role") in POPUP_ROLES:
        return True
    if "hidden" in keys or ("aria-hidden" in keys and element.get("aria-hidden") == "true"):
        return True
    if not named or "class" not in keys or element.tag not in _MAY_POP_UP or not _POPUP.search(element.get("class")):
        return False
    return next(element.iter("a"), None) is not None or next(element.iterancestors("p"), None) is not None


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


def _write_power(raised: etree._Element) -> None:
    """Writes a raised number as a power, 10^7, where only its place on the line told it from the digits before it."""
    parent, before = raised.getparent(), raised.getprevious()
    base = (parent.text if before is None else before.tail or words(before)) or ""
    if is_power("".join(raised.itertext()), base) and raised.find(".//a") is None:
        raised.text = "^" + (raised.text or "")


def _is_subheading(line: etree._Element) -> bool:
    """Whether a line between paragraphs is short enough for a heading."""
    beside = (*islice(line.itersiblings(), NEAR), *islice(line.itersiblings(preceding=True), NEAR))
    return not _has_blocks(line) and 0 < len(words(line)) < 120 and any(element.tag == "p" for element in beside)


def _has_blocks(element: etree._Element) -> bool:
    return next(element.iterdescendants(*BLOCKS), None) is not None


def _promotes(element: etree._Element, sizes: Sizes) -> bool:
    text = words(element)
    if not (may_be_promotion(text) or text.isupper()) or _has_blocks(element):
        return False
    linked = 1.0 if element.tag == "a" else sizes.share(element)
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
