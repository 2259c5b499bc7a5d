"""What a page bears for programs, read once: classes, ids and what its head says; by them it is known for what it is."""

from lxml import etree

_CLASSES = etree.XPath("//@class", smart_strings=False)
_IDS = etree.XPath("//@id", smart_strings=False)


class PageNames:
    """Every class as often as the page bears it, every id, and the meta elements by their property, name or itemprop."""

    def __init__(self, tree: etree._Element) -> None:
        self.joined = " ".join(_CLASSES(tree))
        self.classes = self.joined.split()
        self.ids = frozenset(_IDS(tree))
        self.metas = [(_meta_name(meta), meta.get("content") or "") for meta in tree.iter("meta")]
        self._distinct = frozenset(self.classes)

    def __contains__(self, name: str) -> bool:
        return name in self._distinct

    def has(self, names: frozenset[str]) -> bool:
        """Whether an element bears one of some classes."""
        return not self._distinct.isdisjoint(names)

    def meta(self, *names: str) -> list[str]:
        """What the meta elements of some names say."""
        return [content for name, content in self.metas if name in names]

    def count(self, names: frozenset[str]) -> int:
        """How often elements bear one of some classes."""
        return sum(map(self.classes.count, names & self._distinct))


def _meta_name(meta: etree._Element) -> str:
    return (meta.get("property") or meta.get("name") or meta.get("itemprop") or "").lower()
