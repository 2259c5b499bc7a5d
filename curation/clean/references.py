"""Character references: the characters that they stand for, and only where they are whole."""

import html
import re
from html.entities import html5

_REFERENCE = re.compile(r"&(#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


def is_reference(name: str) -> bool:
    """Whether something between an ampersand and a semicolon is a number, or a name that HTML knows."""
    return name.startswith("#") or f"{name};" in html5


def unescape(text: str) -> str:
    """A text with its references resolved.

    `html.unescape` takes the beginning of a name for one (HTML 5, 13.2.5.73), as in `&region;`, which is `&reg` and letters to it.
    """
    return _REFERENCE.sub(_resolved, text) if "&" in text else text


def _resolved(found: re.Match[str]) -> str:
    return html.unescape(found.group()) if is_reference(found.group(1)) else found.group()
