"""Signals of lines: bullets and ellipses (Gopher, A.1), repeated lines and paragraphs (A.1.1), lengths (BigCode)."""

import re
from collections import Counter
from typing import Any

BULLETS = ("- ", "* ", "• ", "‣ ", "▪ ", "● ", "◦ ", "– ", "·")

_PARAGRAPHS = re.compile(r"\n[ \t]*\n\s*")


def line_signals(text: str, lines: list[str]) -> dict[str, Any]:
    """Number, lengths and kinds of lines; `lines` are those that are not blank, stripped. Lengths in characters.

    A repeated line or paragraph counts only if it has a letter or digit: code fences and lone braces say nothing about a text.
    """
    count = len(lines)
    every = text.split("\n")
    repeated, repeated_characters = _repeated(lines)
    paragraphs = [part for part in map(str.strip, _PARAGRAPHS.split(text)) if part]
    again, again_characters = _repeated(paragraphs)
    return {
        "lines": float(count),
        "bullet_lines": sum(line.startswith(BULLETS) for line in lines) / count if count else 0.0,
        "ellipsis_lines": sum(line.endswith(("...", "…")) for line in lines) / count if count else 0.0,
        "duplicate_lines": repeated,
        "duplicate_line_characters": repeated_characters,
        "duplicate_paragraphs": again,
        "duplicate_paragraph_characters": again_characters,
        "longest_line": float(max(map(len, every))),
        "mean_line": len(text) / len(every),
    }


def _repeated(parts: list[str]) -> tuple[float, float]:
    """Share of the parts that occurred before, and share of the characters that lie in them."""
    repeated = characters = 0
    for part, times in Counter(parts).items():
        if times > 1 and any(map(str.isalnum, part)):
            repeated += times - 1
            characters += (times - 1) * len(part)
    return (repeated / len(parts), characters / sum(map(len, parts))) if parts else (0.0, 0.0)
