"""An article in several elements: its lead, and parts of one kind, are taken into the one that holds most of it."""

import re

from lxml import etree

from curation.extract.beside import is_beside, own_names
from curation.extract.prose import Paragraph
from curation.extract.pruning import words
from curation.extract.sizes import Sizes

MOST_TAKEN = 0.5
"""Share of the container's text that other parts hold at most; more would be another article."""

LEAST_IN_PARAGRAPHS = 0.7
"""Share of a part's text that stands in paragraphs with whole sentences."""

_SENTENCE = (".", "!", "?", ":", "…", "。", "！", "？", "।", "؟", '"', "”", "»", "’")


def take_in_parts(container: etree._Element, sizes: Sizes) -> None:
    """Moves into a container, in place, elements beside it that bear its very class and hold paragraphs as it does."""
    level, top = container, container
    while level is not None and level.tag not in ("body", "html"):
        if level.get("class"):
            before = [element for element in level.itersiblings(preceding=True) if _is_part(element, level, sizes)]
            behind = [element for element in level.itersiblings() if _is_part(element, level, sizes)]
            if 0 < sum(map(sizes.text, before + behind)) <= MOST_TAKEN * sizes.text(top):
                for element in before:
                    _move(element, container, 0, sizes)
                for element in behind:
                    _move(element, container, len(container), sizes)
                return
        level = level.getparent()


def _is_part(element: etree._Element, like: etree._Element, sizes: Sizes) -> bool:
    if element.tag != like.tag or element.get("class") != like.get("class") or sizes.share(element) > 1 - LEAST_IN_PARAGRAPHS:
        return False
    if is_beside(own_names(element)):
        return False
    said = sum(sizes.text(paragraph) for paragraph in element.iter("p") if words(paragraph).endswith(_SENTENCE))
    return 0 < LEAST_IN_PARAGRAPHS * sizes.text(element) <= said


def _move(element: etree._Element, into: etree._Element, at: int, sizes: Sizes) -> None:
    text, linked = sizes.text(element), sizes.linked(element)
    sizes.forget(element)
    if at == 0 and into.text:
        head = etree.Element("p")
        head.text, into.text = into.text, None
        into.insert(0, head)
    element.tail = None  # between two parts there is only space
    into.insert(at, element)
    sizes.learn(element, text, linked)


_LEAD = re.compile(
    r"(?:^|[\s_-])(?:lead|lede|intro(?:duction|text)?|standfirst|vorspann|perex|chap[oô]|chapeau|entradilla|ingress|manchet|excerpt)(?=[\s_-]|$)"
)


def take_in_lead(container: etree._Element, prose: list[Paragraph], sizes: Sizes) -> None:
    """Moves to the beginning of a container, in place, the paragraph before it that the page calls its lead."""
    around = set(container.iterancestors())
    within = set(container.iter(etree.Element))
    leads = []
    for paragraph in prose:
        if paragraph.element in within:
            break
        named = (paragraph.element, *(above for above in paragraph.element.iterancestors() if above not in around))
        if paragraph.text.endswith(_SENTENCE) and any(_LEAD.search(own_names(element)) for element in named):
            leads.append(paragraph.element)
    for element in reversed(leads[-1:]):
        if element not in around and sizes.text(element) <= MOST_TAKEN * sizes.text(container):
            _move(element, container, 0, sizes)
