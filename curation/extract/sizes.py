"""How much text lies below every element of a page, and how much of it in links, counted in one walk.

Characters are counted by their extent (extent.py), here and wherever text is measured against these counts.
"""

from collections.abc import Callable, Iterator

from lxml import etree

from curation.extract.extent import extent, is_dense

_SAID = etree.XPath("string()", smart_strings=False)


class Sizes:
    """Characters of the text and of the links below each element of a tree; `measure` is how it counts those of a text."""

    def __init__(self, root: etree._Element) -> None:
        self.measure: Callable[[str], int] = extent if is_dense(_SAID(root)) else len
        measure = self.measure
        elements = list(root.iter(etree.Element))
        self._text = texts = dict.fromkeys(elements, 0)
        self._linked = linked = dict.fromkeys(elements, 0)
        for element in reversed(elements):  # children come before their parents
            said = texts[element]
            if own := element.text:
                texts[element] = said = said + measure(own.strip())
            if element.tag == "a":
                linked[element] = said
            if element is root:
                break
            around = element.getparent()
            if behind := element.tail:
                said += measure(behind.strip())
            if said:
                texts[around] += said
                linked[around] += linked[element]

    def __iter__(self) -> Iterator[etree._Element]:
        """Every element that was counted, in the order of the page."""
        return iter(self._text)

    def text(self, element: etree._Element) -> int:
        """Characters below an element."""
        return self._text.get(element, 0)

    def linked(self, element: etree._Element) -> int:
        """Characters below an element that lie in links."""
        return self._linked.get(element, 0)

    def forget(self, element: etree._Element) -> None:
        """Takes an element that leaves the tree out of the counts of those around it."""
        text, linked = self.text(element), self.linked(element)
        for around in element.iterancestors() if text else ():
            if around in self._text:
                self._text[around] -= text
                self._linked[around] -= linked

    def learn(self, element: etree._Element, text: int, linked: int) -> None:
        """Adds an element that was moved, with what it holds, to the counts of those around it."""
        for around in element.iterancestors():
            if around in self._text:
                self._text[around] += text
                self._linked[around] += linked

    def share(self, element: etree._Element) -> float:
        """The part of an element's text that lies in links, 0 to 1."""
        text = self.text(element)
        return self.linked(element) / text if text else 0.0
