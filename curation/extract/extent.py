"""How much a text says, in letters: a character of some scripts is a syllable or a word."""

import re

_DENSE = re.compile("[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7a3\uf900-\ufaff\U00020000-\U0003ffff]+")
"""Kana, Han and Hangul: a text in them has about half the characters of its translation into a language of letters."""


def is_dense(text: str) -> bool:
    """Whether a text has a character of a dense script at all."""
    return not text.isascii() and _DENSE.search(text) is not None


def extent(text: str) -> int:
    """Characters of a text, those of dense scripts counted twice, so that one threshold holds for all languages."""
    return len(text) if text.isascii() else len(text) + sum(map(len, _DENSE.findall(text)))
