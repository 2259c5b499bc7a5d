"""Blocks of a page that were written one by one, joined: what belongs together on lines of its own, all else a blank line apart."""

from collections.abc import Sequence
from enum import Enum, auto
from itertools import pairwise
from typing import NamedTuple

from lxml import etree

from curation.extract.elements import names

BREAK = "* * *"
"""What stands for a line across the page between two paragraphs: a change of scene."""

LINES = names("line verse verse-line verseline poem-line poemline poetry-line")
"""Classes of lines of a poem that are elements of their own."""

MAX_NUMBER = 9_999_999
"""The largest number of an item that is read; a larger one is a mistake of the page."""


class Kind(Enum):
    """What a block is, as far as it matters to the one beside it."""

    PLAIN = auto()
    SET = auto()  # a heading, a table, code
    ITEM = auto()
    TERM = auto()
    DEFINITION = auto()
    LINE = auto()
    BREAK = auto()


class Block(NamedTuple):
    """A block of text; of a line of verse also the element that holds its stanza."""

    text: str
    kind: Kind = Kind.PLAIN
    within: etree._Element | None = None


class Numbers:
    """The numbers of an ordered list: from 1, or as it says."""

    def __init__(self, listed: etree._Element) -> None:
        self._step = 1 if listed.get("reversed") is None else -1
        first = 1 if self._step > 0 else len(listed.findall("li"))
        self._next = _number(listed.get("start"), first)

    def take(self, item: etree._Element) -> int:
        """The number of an item, which is the next one unless it bears its own."""
        number = _number(item.get("value"), self._next)
        self._next = number + self._step
        return number


def _number(said: str | None, otherwise: int) -> int:
    said = (said or "").strip()
    return int(said) if said.isascii() and said.isdigit() and int(said[:9]) <= MAX_NUMBER and len(said) < 9 else otherwise


def is_line(element: etree._Element) -> bool:
    """Whether an element is a line of a poem."""
    return element.tag in ("p", "div") and not LINES.isdisjoint((element.get("class") or "").split())


def joined(blocks: Sequence[Block]) -> str:
    """The text of blocks; a break stays where paragraphs or verses stand on both sides of it."""
    kept = [block for at, block in enumerate(blocks) if block.kind is not Kind.BREAK or _parts(blocks, at)]
    parts = [kept[0].text] if kept else []
    for before, block in pairwise(kept):
        parts += ["\n" if _belong_together(before, block) else "\n\n", block.text]
    return "".join(parts)


def _parts(blocks: Sequence[Block], at: int) -> bool:
    text = (Kind.PLAIN, Kind.LINE)
    return 0 < at < len(blocks) - 1 and blocks[at - 1].kind in text and blocks[at + 1].kind in text


def _belong_together(before: Block, block: Block) -> bool:
    if block.kind is Kind.LINE:
        return before.kind is Kind.LINE and before.within is block.within
    if block.kind is Kind.DEFINITION:
        return before.kind in (Kind.TERM, Kind.DEFINITION)
    return before.kind is Kind.ITEM and block.kind is Kind.ITEM
