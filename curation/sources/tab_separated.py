"""Rows of tab-separated values: quotation marks belong to the text, unless they quote a whole cell.

The media type text/tab-separated-values (IANA) knows no quoting, yet spreadsheets quote cells with tabs and line ends in them. So
a cell is quoted where it begins with a mark and ends with one, also some lines further down, and its row is as wide as the header.
"""

import csv
import re
from collections import deque
from collections.abc import Iterator

MOST_QUOTED = 10_000_000
"""Characters of a quoted cell over several lines."""

_WITHIN = re.compile(r'[^"]*+(?:""[^"]*+)*+')


class TabReader:
    """An iterator over rows as lists of cells. What `lines` raises it raises in its place, and goes on after it if `lines` does."""

    def __init__(self, lines: Iterator[str], width: int) -> None:
        self._lines = lines
        self._width = width
        self._held = deque[str | Exception]()

    def __iter__(self) -> "TabReader":
        return self

    def __next__(self) -> list[str]:
        line = self._line()
        if '"' in line and (cells := self._quoted(line)) is not None:
            return cells
        words = line.rstrip("\r\n")
        return words.split("\t") if words else []

    def _line(self) -> str:
        held = self._held.popleft() if self._held else next(self._lines)
        if isinstance(held, Exception):
            raise held
        return held

    def _quoted(self, first: str) -> list[str] | None:
        """The cells of a row that begins with a line and has quoted cells; None, and no further line used up, where it has none."""
        lines, length = [first], len(first)
        within = _ends_within(first, within=False)
        fault: Exception | None = None
        while within and length < MOST_QUOTED:
            try:
                lines.append(self._line())
            except Exception as error:  # noqa: BLE001 (the end, or a line that cannot be read: met again in its place)
                fault = error
                break
            length += len(lines[-1])
            within = _ends_within(lines[-1], within=True)
        if within is False:
            try:
                cells = next(csv.reader(lines, delimiter="\t", strict=True))
            except csv.Error:
                cells = []
            if len(cells) == self._width:
                return cells
        if fault is not None and not isinstance(fault, StopIteration):
            self._held.appendleft(fault)
        self._held.extendleft(reversed(lines[1:]))
        return None


def _ends_within(line: str, *, within: bool) -> bool | None:
    """Whether a line ends within a quoted cell, where it begins so or not; None where more follows upon a closing mark."""
    place = 0
    while True:
        if within or line[place : place + 1] == '"':
            found = _WITHIN.match(line, place if within else place + 1)
            place, within = found.end() if found else len(line), False
            if place == len(line):
                return True
            place += 1
            if line[place : place + 1] not in ("\t", "\r", "\n", ""):
                return None
        tab = line.find("\t", place)
        if tab < 0:
            return False
        place = tab + 1
