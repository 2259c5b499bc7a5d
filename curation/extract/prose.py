"""The paragraphs of prose on a page, and which of them an extracted text holds."""

from collections import Counter
from dataclasses import dataclass

from lxml import etree

from curation.extract.beside import is_beside, own_names
from curation.extract.pruning import PROSE, words
from curation.extract.sizes import Sizes

LEAST_PROSE = 0.15
"""Share of an extracted text that paragraphs of prose make up where the page has any structure to go by."""

MOST_LOOKS = 500_000_000
"""Paragraphs times characters that are compared; past it a page is so long that its text is taken as it was found."""

LEAST_OF_ALL = 1 / 3
"""Share of a page's prose that is left at least when what names set apart is left out."""

START = 80
"""Characters by which a paragraph is known again."""

OUTSIDE = ("aside", "footer", "nav", "form", "header", "figure", "table", "li")
INLINE = ("span", "font", "a", "b", "i", "em", "strong", "u", "code", "sup", "sub", "q", "cite", "small", "mark", "abbr", "time")
NAMED = ("div", "section", "article", "ul", "ol", "dl", "table", "td")
HOLDERS = ("p", "div", "section", "article", "main", "td", "blockquote")


@dataclass(frozen=True)
class Paragraph:
    """A paragraph of prose, its text with single spaces, and how much it says (extent.py)."""

    element: etree._Element
    text: str
    extent: int


@dataclass(frozen=True)
class Coverage:
    """Which paragraphs of prose an extracted text holds; one that the page repeats must be there as often."""

    kept: list[Paragraph]
    lost: list[Paragraph]
    found: int  # characters of the extracted text outside tables

    @property
    def missing(self) -> int:
        """Characters of prose that the text lacks."""
        return _length(self.lost)

    @property
    def is_doubtful(self) -> bool:
        """Whether the text is mostly something else than prose, or lacks more of the page's prose than it holds."""
        held = _length(self.kept)
        return held < LEAST_PROSE * self.found or self.missing > held


def prose_of(tree: etree._Element, sizes: Sizes) -> list[Paragraph]:
    """The paragraphs of prose on a page that are not part of its frame, also those that are no `p`.

    What holds most of the page's text is no frame, such as the form around a whole page or the table that lays it out. Names
    are believed as long as what they set apart is not most of the prose: a thread may be called comments from end to end.
    """
    found, most = [], sizes.text(tree) / 2
    for element in tree.iter(*HOLDERS):
        if sizes.text(element) < PROSE:
            continue
        text = _said(element, sizes)
        said = sizes.measure(text)
        if said >= PROSE and all(sizes.text(around) > most for around in element.iterancestors(*OUTSIDE)):
            found.append(Paragraph(element, text, said))
    return _of_article(found, sizes, most)


def _of_article(found: list[Paragraph], sizes: Sizes, most: float) -> list[Paragraph]:
    """Paragraphs that no element around them sets apart by its name; all of them where those would be few."""
    apart: dict[etree._Element, bool] = {}
    for paragraph in found:
        above = []
        for element in (paragraph.element, *paragraph.element.iterancestors()):
            if element in apart:
                break
            above.append(element)
        for element in reversed(above):
            around = element.getparent()
            named = element.tag in NAMED and sizes.text(element) <= most and is_beside(own_names(element))
            apart[element] = named or (around is not None and apart.get(around, False))
    kept = [paragraph for paragraph in found if not apart[paragraph.element]]
    return kept if _length(kept) >= LEAST_OF_ALL * _length(found) else found


def coverage(prose: list[Paragraph], text: str, found: int) -> Coverage:
    """Compares the prose of a page with a text whose white space is single spaces, `found` of it outside tables."""
    if len(prose) * len(text) > MOST_LOOKS:
        return Coverage(prose, [], found)
    seen: Counter[str] = Counter()
    kept: list[Paragraph] = []
    lost: list[Paragraph] = []
    for paragraph in prose:
        start = paragraph.text[:START]
        seen[start] += 1
        (kept if text.count(start) >= seen[start] else lost).append(paragraph)
    return Coverage(kept, lost, found)


def _said(element: etree._Element, sizes: Sizes) -> str:
    """The text of a paragraph that is mostly outside links; of another element, its longest text between its children."""
    if element.tag == "p":
        return words(element) if sizes.share(element) < 0.5 else ""
    own = [element.text, *(child.tail for child in element)]
    longest = max((" ".join(text.split()) for text in own if text), key=len, default="")
    if sizes.measure(longest) < PROSE and len(element) and sizes.share(element) < 0.5 and all(child.tag in INLINE for child in element):
        return words(element)
    return longest


def _length(paragraphs: list[Paragraph]) -> int:
    return sum(paragraph.extent for paragraph in paragraphs)
