"""Signals of lines: bullets and ellipses (Gopher, A.1), repeated lines (A.1.1), lengths (BigCode)."""

from typing import Any

BULLETS = ("- ", "* ", "• ", "‣ ", "▪ ", "● ", "◦ ", "– ", "·")


def line_signals(text: str) -> dict[str, Any]:
    """Number, lengths and kinds of the lines that are not blank; lengths in characters.

    A repeated line counts only if it has a letter or digit: code fences and lone braces say nothing about a text.
    """
    every = text.split("\n")
    lines = [stripped for line in every if (stripped := line.strip())]
    count = len(lines)
    seen: set[str] = set()
    repeated = repeated_characters = 0
    for line in lines:
        if line in seen and any(map(str.isalnum, line)):
            repeated += 1
            repeated_characters += len(line)
        seen.add(line)
    total = sum(map(len, lines))
    return {
        "lines": float(count),
        "bullet_lines": sum(line.startswith(BULLETS) for line in lines) / count if count else 0.0,
        "ellipsis_lines": sum(line.endswith(("...", "…")) for line in lines) / count if count else 0.0,
        "duplicate_lines": repeated / count if count else 0.0,
        "duplicate_line_characters": repeated_characters / total if total else 0.0,
        "longest_line": float(max(map(len, every))),
        "mean_line": len(text) / len(every),
    }
