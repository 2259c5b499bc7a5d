"""The classes and ids of a page, read once: by them a page is known for what it is."""

from lxml import etree

_CLASSES = etree.XPath("//@class", smart_strings=False)
_IDS = etree.XPath("//@id", smart_strings=False)


class PageNames:
    """Every class as often as the page bears it, and every id."""

    def __init__(self, tree: etree._Element) -> None:
        self.joined = " ".join(_CLASSES(tree))
        self.classes = self.joined.split()
        self.ids = frozenset(_IDS(tree))
        self._distinct = frozenset(self.classes)

    def __contains__(self, name: str) -> bool:
        return name in self._distinct

    def has(self, names: frozenset[str]) -> bool:
        """Whether an element bears one of some classes."""
        return not self._distinct.isdisjoint(names)

    def count(self, names: frozenset[str]) -> int:
        """How often elements bear one of some classes."""
        return sum(map(self.classes.count, names & self._distinct))
