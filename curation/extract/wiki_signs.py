"""Raised and lowered signs of wikitext, written so that they read without their place on the line."""

import html
import re

from curation.extract.powers import is_power
from curation.extract.raised import lowered

_RAISED = re.compile(r"<sup>\s*((?:&minus;|[+−–-])?\d{1,4}[+−–-]?)\s*</sup>", re.IGNORECASE)
_LOWERED = re.compile(r"<sub\b[^<>]{0,100}>([^<>\n]{1,40})</sub>", re.IGNORECASE)
_TAG = re.compile(r"<[^<>]*>")
_LONGEST = 20  # characters of a lowered sign; what is longer is a note
_SEEN = 200  # characters of the line before a lowered sign, tags and all


def with_signs(text: str) -> str:
    """10<sup>7</sup> is 10^7, which must not become 107, log<sub>10</sub> is log_10; other signs stay in their tags."""
    return _RAISED.sub(_power, _with_indices(text) if "<sub" in text.lower() else text)


def _with_indices(text: str) -> str:
    parts: list[str] = []
    before, position = "", 0
    for found in _LOWERED.finditer(text):
        between, said = text[position : found.start()], html.unescape(found.group(1)).strip()
        before = f"{before}{between}"[-_SEEN:].rpartition("\n")[2]
        seen = html.unescape(_TAG.sub("", before))
        sign = lowered(said, seen) if 0 < len(said) <= _LONGEST else ""
        before += sign + found.group(1)
        parts += (between, sign, found.group(1))
        position = found.end()
    return "".join(parts) + text[position:]


def _power(raised: re.Match[str]) -> str:
    start = raised.start()
    is_one = is_power(html.unescape(raised.group(1)), raised.string[max(0, start - 4) : start])
    return f"^{raised.group(1)}" if is_one else raised.group()
