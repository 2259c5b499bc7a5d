"""Signals of what is no running text: lists of names, data, programs between the paragraphs, markup that was left."""

import re
from typing import Any

SHORT = 3
"""Words that a line of a list of names has at most."""

SHORT_ITEM = 5
"""Words that an item has at most where it is a name or a figure; a longer one says something."""

SHORT_CELL = 7
"""The same for the cell of a table."""

PROSE = 150
"""Words beside the short cells of its tables with which a page is an article, however long they are."""

_SENTENCE_ENDS = (".", "?", "!", "…", '."', '?"', '!"', ".”", "?”", "!”", "。", "？", "！")
_FENCES = ("```", "~~~")
_FENCE = re.compile(r"^[ \t]*(?:```|~~~)", re.MULTILINE)
_ITEM = re.compile(r"[-*•‣▪●◦–·] |\d{1,3}[.)] ")
_DATA = re.compile(
    r"[\[{<][^\]}>]{0,80}[\]}>]$|"  # a tag alone
    r"(?:[a-z_\d][\w-]*|\"[^\"]{1,60}\"|`[^`]{1,60}`)(?:[ \t]+(?:-?[\d.]+|\"[^\"]{0,80}\"|`[^`]{0,80}`))+$|"  # a key with numbers and names
    r"\"[^\"]{1,60}\"$|`[^`]{1,60}`$"  # a quoted name alone
)
_KEY_AND_VALUE = re.compile(r"[\"'`]?[\w./-]{1,40}(?: [\w./-]{1,40}){0,3}[\"'`]?[ \t]*(?:[+*/-]?=|==|[<>]=?(?=[ \t]))[ \t]*[^\s=]")
_LAYOUT = frozenset("-:")
_MARKUP = re.compile(r"\{\{|\}\}|\[\[|\]\]|'''|</?[a-z][^<>\n]{0,60}>|&(?:[a-z]{2,8}|#\d{2,5});|__[A-Z]{3,}__|\{\||\|\}")


def list_signals(text: str, lines: list[str], labels: frozenset[str], words: int) -> dict[str, Any]:
    """Shares of lines and words that are not running text. A short turn of a speaker who has another is no line of a list."""
    fenced = _fenced(text)
    lines = _outside_fences(lines) if fenced else lines
    count = len(lines)
    silent = [line for line in lines if not _is_turn(line, labels)] if labels else lines
    short = sum(size for line in silent if (size := line.count(" ") + 1) <= SHORT + 1 and (size := _size(line, size)) <= SHORT)
    data = sum(1 for line in lines if _DATA.match(line) or (_may_assign(line) and _KEY_AND_VALUE.match(line)))
    marked = sum(map(len, _MARKUP.findall(text)))
    items = sum(size for line in lines if (size := line.count(" ") + 1) <= SHORT_ITEM + 1 and _ITEM.match(line))
    cells = sum(_in_short_cells(line) for line in lines if line.startswith("|"))
    return {
        "short_lines": min(1.0, short / words) if words else 0.0,
        "short_items": min(1.0, items / words) if words else 0.0,
        "short_cells": min(1.0, cells / words) if words and words - cells < PROSE else 0.0,
        "data_lines": data / count if count else 0.0,
        "fenced_code": fenced / len(text) if text else 0.0,
        "markup": marked / len(text) if text else 0.0,
    }


def _is_turn(line: str, labels: frozenset[str]) -> bool:
    """Whether a line is a sentence after the name of a speaker; after a key of a list stands none."""
    return line.endswith(_SENTENCE_ENDS) and line.partition(": ")[0] in labels


def _may_assign(line: str) -> bool:
    return "=" in line or "<" in line or ">" in line


def _size(line: str, size: int) -> int:
    """Words of a line without the mark of an item; a heading has none, and neither has a row of a table."""
    if line.startswith(("#", "|")):
        return 0
    return size - 1 if _ITEM.match(line) else size


def _in_short_cells(row: str) -> int:
    """Words of a table's row that stand in cells of few words; bars and rules are none."""
    sizes = (sum(not _LAYOUT.issuperset(word) for word in cell.split()) for cell in row.split("|"))
    return sum(size for size in sizes if size <= SHORT_CELL)


def _fenced(text: str) -> int:
    """Characters between fences of code."""
    if not any(map(text.__contains__, _FENCES)):
        return 0
    marks = [found.start() for found in _FENCE.finditer(text)]
    return sum(end - start for start, end in zip(marks[::2], marks[1::2], strict=False))


def _outside_fences(lines: list[str]) -> list[str]:
    outside: list[str] = []
    inside = False
    for line in lines:
        if line.startswith(_FENCES):
            inside = not inside
        elif not inside:
            outside.append(line)
    return outside
