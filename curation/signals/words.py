"""Signals of words, after Gopher's quality rules (arXiv 2112.11446, A.1). Words are what white space parts."""

import re
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import count
from operator import mul
from typing import Any

import numpy as np
import numpy.typing as npt

from curation.signals.unspaced import wide_letters
from curation.stand_ins import STAND_INS

STOP_WORDS = frozenset(
    [
        "the",
        "be",
        "to",
        "of",
        "and",
        "that",
        "have",
        "with",
        "a",
        "an",
        "in",
        "is",
        "was",
        "are",
        "were",
        "it",
        "its",
        "he",
        "she",
        "they",
        "his",
        "her",
        "i",
        "you",
        "we",
        "this",
        "for",
        "on",
        "at",
        "by",
        "from",
        "as",
        "or",
        "not",
        "but",
        "has",
        "had",
    ]
)
"""Gopher's eight, and more of the commonest: a short note may well say something without any of the eight."""

_HASHES = re.compile(r"##*")  # written so, the first sign is found at the speed of memory
_DOTS = re.compile(r"\.{3,}")
_LETTER = re.compile(r"[^\W\d_]")
_LAYOUT = frozenset("|-:")


@dataclass(frozen=True)
class Words:
    """The words of a text as numbers."""

    numbers: Mapping[str, int]  # of each different word, in the order in which they first occur
    ids: npt.NDArray[np.int64]  # the number of each word

    @property
    def counts(self) -> list[int]:
        """How often each different word occurs."""
        return np.bincount(self.ids, minlength=len(self.numbers)).tolist()  # type: ignore[no-any-return]


def numbered(words: list[str]) -> Words:
    """Words as numbers, each looked up once."""
    numbers = defaultdict[str, int](count().__next__)
    ids = np.fromiter(map(numbers.__getitem__, words), np.int64, len(words))
    return Words(numbers, ids)


def words_of(text: str) -> list[str]:
    """What white space parts, without the bars and rules of tables, which are layout."""
    words = text.split()
    if "|" not in text:
        return words
    layout = {word for word in set(words) if "|" in word and _LAYOUT.issuperset(word)}
    return [word for word in words if word not in layout] if layout else words


def word_signals(text: str, words: Words) -> dict[str, Any]:
    """Number and mean length of words, symbols per word, share with a letter, stop words that occur, share of stand-ins."""
    count, counts = len(words.ids), words.counts
    symbols = _hashes(text) + text.count("…") + (len(_DOTS.findall(text)) if "..." in text else 0)
    letterless = sum(times for word, times in zip(words.numbers, counts, strict=True) if not word[0].isalpha() and not _LETTER.search(word))
    lost = sum(map(text.count, STAND_INS))
    return {
        "words": float(count),
        "mean_word_length": (sum(map(mul, map(len, words.numbers), counts)) + wide_letters(text)) / count if count else 0.0,
        "symbol_ratio": symbols / count if count else 0.0,
        "alphabetic_words": (count - letterless) / count if count else 0.0,
        "stop_words": float(_stop_words(words.numbers)),
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
