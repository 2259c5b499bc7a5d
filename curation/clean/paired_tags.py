"""Tags in pairs that stand in running text: those of emphasis, and those by which a game colours its own help."""

import re
from collections import Counter
from collections.abc import Iterator

from curation.clean.edits import Edit

EMPHASIS = frozenset(["b", "i", "em", "strong", "s", "small", "big", "tt"])

LEAST_PAIRS = 10
"""Pairs of one name from which a text has tags of its own, which mean how it looks: one that only speaks of tags has fewer."""

_TAG = re.compile(r"```.*?```|~~~.*?~~~|`[^`\n]+`|<(?P<end>/?)(?P<name>[A-Za-z][A-Za-z0-9_-]{0,30})>", re.DOTALL)
_MARKUP = re.compile(r"<(?:[?!]|[A-Za-z][\w:-]{0,30}(?:\s+[\w:-]{1,40}\s?=|\s?/>))")


def paired_tags(text: str) -> Iterator[Edit]:
    """Tags without attributes go that a text opens and closes: those of emphasis, and all of them where it is full of its own.

    A name that is never closed is a placeholder, as in `<planet>`. A text with attributes or elements closed at once is about
    markup, and so is what stands between fences and backquotes.
    """
    if "</" not in text:
        return
    tags = [found for found in _TAG.finditer(text) if found["name"]]
    opened = Counter(tag["name"] for tag in tags if not tag["end"])
    closed = Counter(tag["name"] for tag in tags if tag["end"])
    pairs = opened & closed
    if max(pairs.values(), default=0) < LEAST_PAIRS or _MARKUP.search(text):
        pairs = Counter({name: count for name, count in pairs.items() if name.lower() in EMPHASIS})
    yield from ((tag.start(), tag.end(), "") for tag in tags if tag["name"] in pairs)
