"""The element that holds an article, where the page leaves no doubt about it, freed of what else stands in it.

Nearly all paragraphs of prose of a page lie in one element, or the page is not understood here. What is left of the element
is told by length, by the share of links, and by the names that pages give to what is no part of an article.
"""

from collections import Counter

from lxml import etree

from curation.extract.beside import is_beside, is_tool, own_names
from curation.extract.prose import Paragraph
from curation.extract.pruning import BLOCKS, strip, words
from curation.extract.sizes import Sizes
from curation.extract.tables import is_layout
from curation.extract.visible import is_invisible

LEAST_PROSE = 300
"""Characters of prose from which its place on a page is telling."""

WITHIN = 0.85
"""Share of the page's prose that the element holds at least."""

MOST_OF_ARTICLE = 0.3
"""Share of the article's text up to which a part of it may be something else: its name is no proof against more."""

MOST_NAMED = 400
"""Characters up to which an element named like a picture or a row of buttons is one."""

LINE = 80
"""Characters below which text outside paragraphs is a label, where paragraphs are marked as such."""

CAPTION = 40
"""Characters from which a caption can be a sentence that tells something."""

LEAST_SHARE = 0.25
"""Share of its text that the prose of a container makes up; below it the page is rather a table or a list."""

MOST_LINKED = 0.1
"""Share of links up to which a page of little prose has no menus and lists of other pages in it."""

_NAMED = ("div", "section", "ul", "ol", "p", "table", "dl", "article", "li")
_PICTURES = ("figure", "figcaption", "form")
_OF_LINKS = {"div": 0.5, "section": 0.5, "table": 0.5, "dl": 0.5, "ul": 0.8, "ol": 0.8}
"""Share of links from which an element leads elsewhere; lists and tables of an article often link what they name."""

_WHOLE = ("li", "td", "th", "blockquote")


def container_of(tree: etree._Element, prose: list[Paragraph]) -> etree._Element | None:
    """The deepest element that holds nearly all prose of a page; None where the page has too little."""
    held: Counter[etree._Element] = Counter()
    for paragraph in prose:
        said = paragraph.extent
        for element in (paragraph.element, *paragraph.element.iterancestors()):
            held[element] += said
    if held[tree] < LEAST_PROSE:
        return None
    element = tree
    while True:
        inner = max(element, key=held.__getitem__, default=None)
        if inner is None or inner.tag == "p" or held[inner] < WITHIN * held[tree]:
            return _around_tables(element)
        element = inner


def bare_page(tree: etree._Element, prose: list[Paragraph], sizes: Sizes) -> etree._Element | None:
    """The body of a page that says little and has hardly a link, so that nothing but its text can be in it; None for any other."""
    if not prose or sizes.share(tree) > MOST_LINKED:
        return None
    body = tree.find("body")
    return tree if body is None else body


def _around_tables(element: etree._Element) -> etree._Element:
    """An element, or what is around the table of facts in which it lies: rows and cells are read together."""
    within = [around for around in (element, *element.iterancestors("table")) if around.tag == "table" and not is_layout(around)]
    return within[-1].getparent() if within else element


def clean(container: etree._Element, sizes: Sizes) -> None:
    """Takes out of a container, in place, what is no part of the article."""
    most = MOST_OF_ARTICLE * sizes.text(container)
    beside = [element for element in container.iterdescendants(*_NAMED) if sizes.text(element) < most and _is_beside(element, sizes)]
    labels = _labels_among_others(container, beside, sizes)
    strip(container, [element for element in beside if element not in labels], sizes)
    for figure in list(container.iterdescendants("figure")):
        _keep_caption(figure, sizes)
    strip(container, [element for element in container.iterdescendants(*_PICTURES) if sizes.text(element) < most], sizes)
    marked = sum(sizes.text(paragraph) for paragraph in container.iter("p")) > 0.8 * sizes.text(container)
    if marked:
        strip(container, [element for element in container.iterdescendants("div", "section") if _is_label(element, sizes)], sizes)


def _labels_among_others(container: etree._Element, beside: list[etree._Element], sizes: Sizes) -> set[etree._Element]:
    """Links that are labels as others of their class are, most of which are none: the one author of a thread who says nothing more."""
    short = [element for element in beside if element.get("class") and 0 < sizes.text(element) < LINE and not _is_named(element, sizes)]
    if not short:
        return set()
    alike: dict[tuple[str, str], list[etree._Element]] = {(element.tag, element.get("class")): [] for element in short}
    for element in container.iterdescendants(*_NAMED):
        if (known := alike.get((element.tag, element.get("class")))) is not None:
            known.append(element)
    chosen, dropped = set(short), set(beside)
    for known in alike.values():
        kept = [element for element in known if element not in dropped]
        if 2 * len(kept) <= len(known) or any(sizes.text(element) >= LINE for element in kept):
            chosen.difference_update(known)
    return chosen


def _keep_caption(figure: etree._Element, sizes: Sizes) -> None:
    """Puts a caption that is a sentence before its picture, as a paragraph of the article; a name or a credit is none."""
    for caption in figure.iterdescendants("figcaption"):
        text = words(caption)
        if len(text) >= CAPTION and text.endswith((".", "!", "?", "…", "”")) and sizes.share(caption) < 0.5:
            paragraph = etree.Element("p")
            paragraph.text = text
            figure.addprevious(paragraph)
        return


def is_doubtful(container: etree._Element, prose: list[Paragraph], sizes: Sizes) -> bool:
    """Whether a container holds more of something else than of prose, or what the page does not show."""
    said = sum(paragraph.extent for paragraph in prose)
    return not said or said < LEAST_SHARE * sizes.text(container) or any(map(is_invisible, container.iterdescendants(etree.Element)))


def _is_beside(element: etree._Element, sizes: Sizes) -> bool:
    text = sizes.text(element)
    return (text > 0 and sizes.share(element) > _OF_LINKS.get(element.tag, 1.0)) or _is_named(element, sizes)


def _is_named(element: etree._Element, sizes: Sizes) -> bool:
    names = own_names(element)
    return is_beside(names) or (sizes.text(element) < MOST_NAMED and is_tool(names))


def _is_label(element: etree._Element, sizes: Sizes) -> bool:
    """Whether an element without paragraphs holds only a few words between an article's paragraphs."""
    if sizes.text(element) >= LINE or next(element.iterdescendants(*BLOCKS), None) is not None:
        return False
    return next(element.iterancestors(*_WHOLE), None) is None
