"""Numbers of lines that a page sets beside its code: a column of their own, or a number in each line. They are no code."""

import re

from lxml import etree

from curation.extract.elements import names
from curation.extract.pruning import GONE

FEWEST = 2
"""Numbers one after another that make a column of an unnamed cell."""

_NAMES = names(
    "linenos lineno linenodiv gutter rouge-gutter line-numbers line-number linenumbers linenumber line_numbers lnum ln lnt blob-num "
    "hljs-ln-numbers hljs-ln-line-number"
)
_DIGITS = re.compile(r"[\d\s]*")


def drop_line_numbers(tree: etree._Element) -> None:
    """Takes the numbers of lines out of a page, in place; what holds anything but digits stays."""
    for row in tree.iter("tr"):
        cells = row.findall("td")
        if len(cells) > 1 and row.find(".//pre") is not None:
            for cell in cells[:-1]:
                if _is_number_column(cell):
                    cell.tag = GONE
    for number in tree.iter("span", "a", "i"):
        if _is_named(number) and next(number.iterancestors("pre", "code"), None) is not None and _is_digits(number):
            number.tag = GONE
    etree.strip_elements(tree, GONE, with_tail=False)


def _is_number_column(cell: etree._Element) -> bool:
    if not _is_digits(cell):
        return False
    numbers = [int(number) for number in "".join(cell.itertext()).split() if len(number) < 8]
    follow = len(numbers) >= FEWEST and numbers == list(range(numbers[0], numbers[0] + len(numbers)))
    return _is_named(cell) or (follow and cell.find(".//pre") is not None)


def _is_named(element: etree._Element) -> bool:
    return not _NAMES.isdisjoint((element.get("class") or "").split())


def _is_digits(element: etree._Element) -> bool:
    return all(map(_DIGITS.fullmatch, element.itertext()))
