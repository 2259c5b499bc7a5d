"""Signals of words: Gopher's quality rules (arXiv 2112.11446, A.1). Words are what white space parts."""

import re
from typing import Any

STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})

_SYMBOL = re.compile(r"(?<=[^\n#])#+|^#+(?![# ])|\.{3,}|…", re.MULTILINE)  # runs count once, marks of headings do not
_LETTER = re.compile(r"[^\W\d_]")
_ASCII_LETTER = re.compile(r"[A-Za-z]")


def word_signals(text: str, words: list[str]) -> dict[str, Any]:
    """Number and mean length of words, symbols per word, share with a letter, stop words that occur."""
    count = len(words)
    distinct = set(words)
    symbols = len(_SYMBOL.findall(text))
    return {
        "words": float(count),
        "mean_word_length": sum(map(len, words)) / count if count else 0.0,
        "symbol_ratio": symbols / count if count else 0.0,
        "alphabetic_words": _alphabetic(words, distinct) / count if count else 0.0,
        "stop_words": float(len(STOP_WORDS & {word.strip(".,;:!?\"'()").lower() for word in distinct if len(word) < 9})),
    }


def _alphabetic(words: list[str], distinct: set[str]) -> int:
    """How many words have a letter; looked up once for each distinct word."""
    without = {word for word in distinct if not (_ASCII_LETTER.search(word) or _LETTER.search(word))}
    return len(words) - sum(word in without for word in words) if without else len(words)
