"""Encodings of one byte of a script that has several: told apart by its commonest letters.

The same letters stand at other places in each, so that the wrong ones spell rare letters, capitals or boxes. Ten letters make up
about six tenths of running text in Russian (https://ruscorpora.ru), and in the other languages of these scripts half or more.
"""

from collections import Counter

SCRIPTS = (
    ("оеаинтсрвл", ("cp1251", "koi8_r", "cp866", "iso8859_5")),
    ("اليمونرتبه", ("cp1256", "iso8859_6")),
)
LEAST_SHARE = 0.5  # of the bytes beyond ASCII that are one of the ten
LEAST_BYTES = 20  # beyond ASCII; fewer tell nothing


def frequent_encoding(sample: bytes) -> str | None:
    """The encoding in which most of what is beyond ASCII are the commonest letters of a script; None where that is so in none."""
    counts = Counter(byte for byte in sample if byte >= 0x80)
    if counts.total() < LEAST_BYTES:
        return None
    shares = {encoding: _share(counts, letters, encoding) for letters, encodings in SCRIPTS for encoding in encodings}
    best = max(shares, key=lambda encoding: shares[encoding])
    return best if shares[best] >= LEAST_SHARE else None


def _share(counts: Counter[int], letters: str, encoding: str) -> float:
    return sum(counts[byte] for byte in letters.encode(encoding)) / counts.total()
