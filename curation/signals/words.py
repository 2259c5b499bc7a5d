"""Signals of words: Gopher's quality rules (arXiv 2112.11446, A.1). Words are what white space parts."""

import re
from collections.abc import Mapping
from operator import mul
from typing import Any

from curation.stand_ins import STAND_INS

STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})

_HASHES = re.compile(r"#+")
_DOTS = re.compile(r"\.{3,}")
_LETTER = re.compile(r"[^\W\d_]")
_LAYOUT = frozenset("|-:")


def words_of(text: str) -> list[str]:
    """What white space parts, without the bars and rules of tables, which are layout."""
    words = text.split()
    if "|" not in text:
        return words
    layout = {word for word in set(words) if "|" in word and _LAYOUT.issuperset(word)}
    return [word for word in words if word not in layout] if layout else words


def word_signals(text: str, words: Mapping[str, int]) -> dict[str, Any]:
    """Number and mean length of words, symbols per word, share with a letter, stop words that occur, share of stand-ins.

    `words` says how often each different word occurs.
    """
    count = sum(words.values())
    symbols = _hashes(text) + text.count("…") + (len(_DOTS.findall(text)) if "..." in text else 0)
    letterless = sum(times for word, times in words.items() if not word.isalpha() and not _LETTER.search(word))
    lost = sum(map(text.count, STAND_INS))
    return {
        "words": float(count),
        "mean_word_length": sum(map(mul, map(len, words), words.values())) / count if count else 0.0,
        "symbol_ratio": symbols / count if count else 0.0,
        "alphabetic_words": (count - letterless) / count if count else 0.0,
        "stop_words": float(_stop_words(words)),
        "lost_words": min(1.0, lost / count) if count else 0.0,
    }


def _stop_words(words: Mapping[str, int]) -> int:
    """How many different stop words occur, whatever their case and punctuation."""
    if words.keys() >= STOP_WORDS:
        return len(STOP_WORDS)
    return len(STOP_WORDS & {word.strip(".,;:!?\"'()").lower() for word in words if len(word) < 9})


def _hashes(text: str) -> int:
    """Runs of hash signs; the marks of headings are none."""
    runs = (found.span() for found in _HASHES.finditer(text))
    return sum(1 for start, end in runs if not (text[start - 1 : start] in ("", "\n") and text[end : end + 1] == " "))
