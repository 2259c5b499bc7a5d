"""Signals of source code: how much of a file is data, and whether its names say something."""

import re
from operator import mul
from typing import Any

from curation.signals.words import Words

_DOCSTRING = re.compile(r'"""(?s:.*?)"""|\'\'\'(?s:.*?)\'\'\'')
_LITERAL = re.compile(
    r"[\"'\d]"  # first, so that nothing else is tried
    r"(?:(?<=\")[^\"\n\\]*(?:\\.[^\"\n\\]*)*\"|(?<=')[^'\n\\]*(?:\\.[^'\n\\]*)*'|(?<=\b\d)[\w.]*)"
)
_NAME = re.compile(r"[A-Za-z_]\w*")


def code_signals(text: str, words: Words) -> dict[str, Any]:
    """Share of characters (white space not counted) in numbers and strings of one line, share of numbers among numbers and words,
    and mean length of different names.
    """
    if '"""' in text or "'''" in text:
        code = _DOCSTRING.sub("", text)
        solid = sum(map(len, code.split()))
    else:
        code, solid = text, sum(map(mul, map(len, words.numbers), words.counts))
    literals = _LITERAL.findall(code)
    numbers = sum(literal[0] not in "\"'" for literal in literals)
    named = _NAME.findall(code)
    names = set(named if code is text else _NAME.findall(" ".join(words.numbers)))
    return {
        "literals": min(1.0, sum(map(len, " ".join(literals).split())) / solid) if solid else 0.0,
        "numbers": numbers / (numbers + len(named)) if numbers else 0.0,
        "mean_identifier": sum(map(len, names)) / len(names) if names else None,
    }
