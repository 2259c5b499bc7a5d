"""Verse that a page sets as it sets code, to keep its lines: it is no code, and no fence stands around it."""

import re
import textwrap
from collections.abc import Iterator

from curation.extract.elements import names

LEAST_LINES = 3
LEAST_WORDS = 3.0  # of a line, on average
LEAST_CAPITALS = 0.6  # of lines, which begin with one
MOST_STATEMENTS = 0.5  # of lines, which end with a semicolon as those of programs do
LEAST_COMMON = 0.15  # of words, which are common ones, where lines begin small

_FENCE = re.compile(r"^(`{3,}|~{3,})(.*)$")
_SIGNS = re.compile(r"[{}\[\]<>=$#|\\_@^~*/+%`0-9]|\w\(|[a-z][.;][a-z]")
"""What hardly stands in verse, and in nearly every line of a program, a table or a log."""

_COMMON = names("the a an of and to in i my me you thy thee we our he his she her it that with for but not is was be on at by from")


def without_fences_of_verse(text: str) -> str:
    """Light Markdown whose fences without a language hold no verse."""
    return "\n".join(_lines(text.split("\n"))) if "```" in text or "~~~" in text else text


def _lines(lines: list[str]) -> Iterator[str]:
    opened: str | None = None
    held: list[str] = []
    for line in lines:
        fence = _FENCE.match(line)
        if opened is None and fence:
            opened, held = fence.group(1), [line]
        elif opened is not None and fence and fence.group(1).startswith(opened) and not fence.group(2).strip():
            is_named = held[0].strip() != opened
            yield from [*held, line] if is_named or not is_verse(held[1:]) else textwrap.dedent("\n".join(held[1:])).split("\n")
            opened, held = None, []
        elif opened is not None:
            held.append(line)
        else:
            yield line
    yield from held


def is_verse(lines: list[str]) -> bool:
    """Whether lines are in words and begin as verse does, or say something in a sentence's words."""
    said = [line for line in lines if line.strip()]
    words = [word for line in said for word in line.split()]
    if len(said) < LEAST_LINES or len(words) < LEAST_WORDS * len(said) or any(map(_SIGNS.search, said)):
        return False
    if sum(line.rstrip().endswith(";") for line in said) > MOST_STATEMENTS * len(said):
        return False
    capitals = sum(line.lstrip(" \t\"'“‘«—–-¿¡(")[:1].isupper() for line in said)
    common = sum(word.strip(",.;:!?\"'").lower() in _COMMON for word in words)
    return capitals >= LEAST_CAPITALS * len(said) or common >= LEAST_COMMON * len(words)
