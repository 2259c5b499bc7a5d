"""Raised numbers: powers and charges, which without a mark would run into what stands before them."""

import re

_POWER = re.compile(r"\s*[+−–-]?\d{1,4}[+−–-]?\s*")
_BASE = re.compile(r"(?:[\d)]|\b\w{1,3})$")
_SEEN = 5  # characters before the number: a base of three, what it must not go on from, and a line end


def is_power(raised: str, before: str) -> bool:
    """Whether a raised number is a power or a charge of what ends the text before it: 10^7, not 107."""
    return bool(_POWER.fullmatch(raised) and _BASE.search(before[-_SEEN:]))
