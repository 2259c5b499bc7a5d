"""Explanations: what cleaning did to a text, step by step, so that anyone can do it again.

A step is what one cleaner did: a list of edits, each of which passes over so many characters of the step's input, cuts so
many, and puts others in their place. What was cut is not stored: it may be what nobody should keep.
"""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Edit = tuple[int, int, str]
"""Start and end in a text, and what stands there instead."""

Pass = Callable[[str], Iterable[Edit]]
"""Proposes edits of a text: in order, none overlapping another."""

MOST_EDITS = 20_000
"""Edits that the explanation of one document holds; of a document with more, the whole cleaned text is the explanation."""

WHOLE_TEXT = "whole_text"
"""The cleaner that stands for all of them in an explanation that would be too long, or would tell what was cut."""


@dataclass(frozen=True)
class Step:
    """What one cleaner did. The three sequences are of one length, an edit in each place; lengths in characters."""

    cleaner: str
    skip: Sequence[int]
    cut: Sequence[int]
    put: Sequence[str]

    def cuts(self, text: str) -> list[str]:
        """What the step cut from its input."""
        found, last = list[str](), 0
        for skip, cut in zip(self.skip, self.cut, strict=True):
            found.append(text[last + skip : last + skip + cut])
            last += skip + cut
        return found

    def row(self) -> dict[str, Any]:
        """The step as the documents table holds it."""
        return {"cleaner": self.cleaner, "skip": list(self.skip), "cut": list(self.cut), "put": list(self.put)}


def apply(text: str, cleaner: str, edits: Iterable[Edit]) -> tuple[str, Step | None]:
    """The text after some edits, and the step that they make; None where there were none."""
    skip, cut, put, parts, last = list[int](), list[int](), list[str](), list[str](), 0
    for start, end, instead in edits:
        skip.append(start - last)
        cut.append(end - start)
        put.append(instead)
        parts.append(text[last:start])
        parts.append(instead)
        last = end
    if not skip:
        return text, None
    parts.append(text[last:])
    return "".join(parts), Step(cleaner, skip, cut, put)


def replay(text: str, steps: Iterable[Mapping[str, Any]]) -> str:
    """The cleaned text, from the extracted one and the `edits` of its document."""
    for step in steps:
        parts, last = list[str](), 0
        for skip, cut, put in zip(step["skip"], step["cut"], step["put"], strict=True):
            parts += (text[last : last + skip], put)
            last += skip + cut
        text = "".join((*parts, text[last:]))
    return text


def whole(before: str, after: str) -> Step:
    """The explanation that fits every cleaning: the one text was put in the place of the other."""
    return Step(WHOLE_TEXT, [0], [len(before)], [after])


def substitution(pattern: re.Pattern[str], instead: str | Callable[[re.Match[str]], str]) -> Pass:
    """A pass that replaces what a pattern finds."""

    def edits(text: str) -> Iterator[Edit]:
        for found in pattern.finditer(text):
            put = instead if isinstance(instead, str) else instead(found)
            if put != found.group():
                yield found.start(), found.end(), put

    return edits


def merged(edits: Iterable[Edit]) -> Iterator[Edit]:
    """The same edits, with those that touch each other made one."""
    held: Edit | None = None
    for start, end, put in edits:
        if held is not None and held[1] == start:
            held = (held[0], end, held[2] + put)
        else:
            if held is not None:
                yield held
            held = (start, end, put)
    if held is not None:
        yield held


_FOREIGN_RUN = re.compile(r"([^\x00-\x7f]+)")


def differences(old: str, new: str, offset: int) -> Iterator[Edit]:
    """Edits that turn one short text into another, in linear time: runs beyond ASCII where the rest is the same, else one."""
    before, after = _FOREIGN_RUN.split(old), _FOREIGN_RUN.split(new)
    if before[::2] == after[::2]:
        for was, now in zip(before, after, strict=True):
            if was != now:
                yield offset, offset + len(was), now
            offset += len(was)
        return
    shorter = min(len(old), len(new))
    front = next((place for place in range(shorter) if old[place] != new[place]), shorter)
    back = next((place for place in range(shorter - front) if old[-1 - place] != new[-1 - place]), shorter - front)
    yield offset + front, offset + len(old) - back, new[front : len(new) - back]
