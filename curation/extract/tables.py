"""Tables as Markdown rows: a rule under the header, empty cells kept so that no cell slips under another heading."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field

from lxml import etree

BAR = "\ue005"
"""What stands for a bar of a table while wikitext is read, so that nothing around it takes it for one of its own."""

MAX_SPAN = 40
"""Columns or rows that one cell may span; more is a mistake of the page, and would only multiply empty cells."""

MAX_EMPTY = 50_000
"""Empty cells that spans and short rows may add to one table, so that a small page makes no huge text."""

_BLOCKS_OF_LAYOUT = ("table", "h1", "h2", "h3", "h4", "pre")


def is_layout(table: etree._Element) -> bool:
    """Whether a table only places its content: it says so, holds headings, code or tables, or has one column."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants(*_BLOCKS_OF_LAYOUT), None) is not None:
        return True
    widest = 0
    for row in table.iterdescendants("tr"):
        cells = [cell for cell in row if cell.tag in ("td", "th")]
        widest = max(widest, len(cells))
        if any(sum(1 for _ in cell.iterdescendants("p")) > 1 for cell in cells):
            return True
    return widest < 2


@dataclass
class Table:
    """The rows of one table as they are read."""

    rows: list[list[str]] = field(default_factory=list)
    headed: bool = False
    open: bool = False
    _below: dict[int, int] = field(default_factory=dict)  # column -> rows that a cell above still covers
    _heads: list[bool] = field(default_factory=list)  # of the row that is open
    _empty: int = 0  # cells that spans have added

    def begin_row(self) -> None:
        """Opens a row, closing the one that was left open."""
        self.end_row()
        self.rows.append([])
        self._heads.clear()
        self.open = True

    def add(self, text: str, span: tuple[int, int], *, head: bool) -> None:
        """Adds a cell, with empty ones where a cell above or this one itself covers more than one place: `span` columns and rows."""
        self._cover()
        width, height = span if self._empty < MAX_EMPTY else (1, 1)
        self._empty += width - 1
        at = len(self.rows[-1])
        if height > 1:
            self._below |= dict.fromkeys(range(at, at + width), height)
        self.rows[-1] += [text.replace("|", "\\|"), *[""] * (width - 1)]
        self._heads.append(head or not text)

    def end_row(self) -> None:
        """Closes the row; the first one with words is the header if all its cells say so."""
        if not self.open:
            return
        self._cover()
        self._below = {column: rows - 1 for column, rows in self._below.items() if rows > 1}
        self.open = False
        if not any(self.rows[-1]):
            self.rows.pop()
        elif len(self.rows) == 1:
            self.headed = all(self._heads)

    def markdown(self, bar: str = "|") -> str:
        """The rows between bars, or what stands for them; columns without a word are left out."""
        self.end_row()
        used = sorted({column for row in self.rows for column, text in enumerate(row) if text})
        rows = [[row[column] for column in used[: bisect_left(used, len(row))]] for row in self.rows]
        if sum(len(used) - len(row) for row in rows) <= MAX_EMPTY:
            rows = [row + [""] * (len(used) - len(row)) for row in rows]
        lines = [row_of(row, bar) for row in rows]
        if self.headed and len(lines) > 1:
            lines.insert(1, bar + f"---{bar}" * len(used))
        return "\n".join(lines)

    def _cover(self) -> None:
        row = self.rows[-1]
        while len(row) in self._below:
            row.append("")
            self._empty += 1
        if self._empty >= MAX_EMPTY:
            self._below.clear()


def row_of(cells: Iterable[str], bar: str = "|") -> str:
    """A row without its table."""
    return bar + "".join(f" {cell} {bar}" if cell else f" {bar}" for cell in cells)


def span_of(cell: etree._Element) -> tuple[int, int]:
    """Columns and rows that a cell of HTML covers."""
    return spanned(cell.get("colspan")), spanned(cell.get("rowspan"))


def spanned(value: str | None) -> int:
    """A span as it is written; 1 where it is none."""
    value = (value or "1").strip()
    return max(1, min(int(value), MAX_SPAN)) if value.isascii() and value.isdigit() and len(value) < 6 else 1
