"""Cleaners of what a printed page did to words: letters that were cast as one, words that a line end parts."""

import re
from collections.abc import Iterator

from curation.clean.edits import Edit

_LIGATURES = {"ﬀ": "ff", "ﬁ": "fi", "ﬂ": "fl", "ﬃ": "ffi", "ﬄ": "ffl", "ﬅ": "st", "ﬆ": "st"}
_IN_WORD = re.compile(r"[ﬀ-ﬆ](?:(?<=[^\W\d_].)|(?=[^\W\d_]))")
_PARTED = re.compile(r"(?<![\w'’-])([^\W\d_]{2,40})-\n[ \t]{0,40}([^\W\d_]{2,40})(?![\w'’-])")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")


def ligatures(text: str) -> Iterator[Edit]:
    """Ligatures of Latin letters within words become the letters; one that stands alone is spoken of, and stays."""
    if not text.isascii():
        yield from ((found.start(), found.end(), _LIGATURES[found.group()]) for found in _IN_WORD.finditer(text))


def parted_words(text: str) -> Iterator[Edit]:
    """A word that a hyphen and a line end part is whole again where the text has it whole elsewhere, and nowhere with the hyphen."""
    if "-\n" not in text or not (parted := list(_PARTED.finditer(text))):
        return
    words = {found.group().lower() for found in _WORD.finditer(text)}
    for found in parted:
        first, second = found.group(1), found.group(2)
        if second.islower() and f"{first}{second}".lower() in words and f"{first}-{second}".lower() not in words:
            yield found.end(1), found.start(2), ""
