"""Signals of source code: how much of a file is data, and whether its names say something."""

import re
from typing import Any

_DOCSTRING = re.compile(r'"""(?s:.*?)"""|\'\'\'(?s:.*?)\'\'\'')
_LITERAL = re.compile(r'"[^"\n\\]*(?:\\.[^"\n\\]*)*"|\'[^\'\n\\]*(?:\\.[^\'\n\\]*)*\'|\b\d[\w.]*')
_NAME = re.compile(r"[A-Za-z_]\w*")


def code_signals(text: str) -> dict[str, Any]:
    """Share of characters (white space not counted) in numbers and strings of one line, and mean length of different names."""
    code = _DOCSTRING.sub("", text) if '"""' in text or "'''" in text else text
    solid = sum(map(len, code.split()))
    literals = sum(map(len, " ".join(_LITERAL.findall(code)).split()))
    names = set(_NAME.findall(text))
    return {
        "literals": min(1.0, literals / solid) if solid else 0.0,
        "mean_identifier": sum(map(len, names)) / len(names) if names else None,
    }
