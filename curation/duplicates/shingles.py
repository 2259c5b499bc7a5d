"""Shingles: a document as a set of short runs of words, each a 64-bit number.

Prose is read as lower-case words (`\\w+`), code as tokens with their case: in prose a comma is noise, in code it is text.
Digits stay as they are, since two item pages may differ in nothing but their numbers.
"""

import re

import numpy as np
import numpy.typing as npt
import xxhash

from curation.domains import Domain
from curation.settings import DuplicateSettings
from warehouse.digests import sha256_bytes

Hashes = npt.NDArray[np.uint64]

_WORD = re.compile(r"\w+")
_TOKEN = re.compile(r"\w+|[^\w\s]")
_GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_HALF = np.uint64(33)
_FIRST = np.uint64(0xFF51AFD7ED558CCD)
_SECOND = np.uint64(0xC4CEB9FE1A85EC53)


def tokens(text: str, domain: Domain) -> list[str]:
    """The words of prose in lower case, or the tokens of code as written."""
    return _TOKEN.findall(text) if domain is Domain.CODE else _WORD.findall(text.lower())


def exact_digest(text: str, domain: Domain, words: list[str]) -> str:
    """Digest of the normalised text: equal for documents that differ in layout alone.

    `words` are the text's own `tokens`. Prose is folded in case, punctuation and whitespace, code in whitespace only.
    A text without a single word keeps its punctuation: otherwise all such texts would be copies of one another.
    """
    parts = words if words and domain is not Domain.CODE else text.split()
    return sha256_bytes(" ".join(parts).encode())


def mix(hashes: Hashes) -> Hashes:
    """MurmurHash3's 64-bit finalizer (Appleby): a bijection that spreads every input bit over the output."""
    hashes = (hashes ^ (hashes >> _HALF)) * _FIRST
    hashes = (hashes ^ (hashes >> _HALF)) * _SECOND
    return hashes ^ (hashes >> _HALF)


def fold(columns: list[Hashes]) -> Hashes:
    """One hash for each row of several columns; the order of the columns counts."""
    folded = columns[0]
    for column in columns[1:]:
        folded = mix(folded * _GOLDEN + column)
    return mix(folded)


class _WordHashes(dict[str, int]):
    """Hash of each word, computed when the word is first met: a text repeats its words."""

    def __missing__(self, word: str) -> int:
        hashed = self[word] = xxhash.xxh3_64_intdigest(word.encode())
        return hashed


class Shingler:
    """Turns token lists into shingle sets. Make one per partition: it remembers the partition's vocabulary."""

    def __init__(self, settings: DuplicateSettings) -> None:
        self._settings = settings
        self._hash_of = _WordHashes().__getitem__

    def size(self, domain: Domain) -> int:
        """Tokens in one shingle."""
        return self._settings.code_shingle_tokens if domain is Domain.CODE else self._settings.shingle_words

    def shingles(self, words: list[str], domain: Domain) -> Hashes:
        """The distinct shingles, sorted; none where the document is shorter than one shingle."""
        size = self.size(domain)
        starts = len(words) - size + 1
        if starts < 1:
            return np.empty(0, np.uint64)
        hashes = np.fromiter(map(self._hash_of, words), np.uint64, len(words))
        return np.unique(fold([hashes[offset : offset + starts] for offset in range(size)]))
