"""Code in running text: what stands between backquotes is an example, and no cleaner of markup may read it as markup.

A fence that is never closed is none, and a run of backquotes closes in its own line (CommonMark 0.31, 4.5 and 6.1).
"""

import re
from collections.abc import Callable, Iterator

from curation.clean.edits import Edit, Pass

Span = tuple[int, int]
"""Start and end in a text."""

_FENCE = re.compile(r"^[ \t]{0,20}(`{3,}|~{3,})([^\n]*)$", re.MULTILINE)
_PRIVATE = re.compile("[\ue000\ue001]")
_STAND_IN = re.compile("\ue000(\\d+)\ue001")
_TICKS = re.compile(r"(?<!\\)`+|\n")


def code_spans(text: str) -> Iterator[Span]:
    """Where there is code in light Markdown, in order and none within another; in time linear in the length."""
    if "`" not in text and "~~~" not in text:
        return
    last = 0
    for start, end in _fenced(text):
        yield from _inline(text, last, start)
        yield start, end
        last = end
    yield from _inline(text, last, len(text))


def outside_code(edits: Pass) -> Pass:
    """The same pass for light Markdown, without what it would do to code."""

    def outside(text: str) -> Iterator[Edit]:
        return _outside(text, iter(edits(text)))

    return outside


def map_outside_code(change: Callable[[str], str], text: str) -> str:
    """Light Markdown with its text changed and its code as it is. To what changes it, code is a number between private characters."""
    parts, code, last = list[str](), list[str](), 0
    for start, end in code_spans(text):
        parts += (_PRIVATE.sub("", text[last:start]), f"\ue000{len(code)}\ue001")
        code.append(text[start:end])
        last = end
    if not code:
        return change(text)
    changed = change("".join((*parts, _PRIVATE.sub("", text[last:]))))
    return _STAND_IN.sub(lambda found: code[int(found.group(1))], changed)


def _outside(text: str, proposed: Iterator[Edit]) -> Iterator[Edit]:
    first = next(proposed, None)
    if first is None:
        return
    spans = code_spans(text)
    nowhere = len(text) + 1, len(text) + 1
    begin, end = next(spans, nowhere)
    for edit in (first, *proposed):
        while end <= edit[0]:
            begin, end = next(spans, nowhere)
        if edit[1] <= begin:
            yield edit


def _fenced(text: str) -> Iterator[Span]:
    opened: re.Match[str] | None = None
    for fence in _FENCE.finditer(text):
        if opened is None:
            opened = fence
        elif fence.group(1).startswith(opened.group(1)) and not fence.group(2).strip():
            yield opened.start(), fence.end()
            opened = None


def _inline(text: str, start: int, end: int) -> Iterator[Span]:
    runs: list[Span] = []
    for found in _TICKS.finditer(text, start, end):
        if found.group() != "\n":
            runs.append(found.span())
        elif runs:
            yield from _paired(runs)
            runs = []
    yield from _paired(runs)


def _paired(runs: list[Span]) -> Iterator[Span]:
    """Code between the runs of backquotes of one line: a run is closed by the next of its length."""
    next_of: dict[int, int] = {}
    closing: list[int | None] = [None] * len(runs)
    for place in range(len(runs) - 1, -1, -1):
        length = runs[place][1] - runs[place][0]
        closing[place] = next_of.get(length)
        next_of[length] = place
    place = 0
    while place < len(runs):
        if (closed := closing[place]) is not None:
            yield runs[place][0], runs[closed][1]
            place = closed
        place += 1
