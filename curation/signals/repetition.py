"""Repeated runs of words (Gopher, arXiv 2112.11446, A.1.1), counted on word numbers instead of strings."""

from typing import Any

import numpy as np
import numpy.typing as npt

MOST_WORDS = 400_000  # only the first so many are looked at: a bound on memory, far above any article

TOP = (2, 3, 4)
REPEATED = (5, 10)

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)


def repetition_signals(words: list[str]) -> dict[str, Any]:
    """Shares of characters (white space not counted) in the commonest short runs and in repeated long runs."""
    words = words[:MOST_WORDS]
    numbers: dict[str, int] = {}
    ids = np.array([numbers.setdefault(word, len(numbers) + 1) for word in words], dtype=np.uint64)
    lengths = np.array([len(word) for word in words], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(lengths)])
    return {
        **{f"top_{size}gram": _top(ids, starts, size) for size in TOP},
        **{f"duplicate_{size}grams": _repeated(ids, lengths, size) for size in REPEATED},
    }


def _runs(ids: npt.NDArray[np.uint64], size: int) -> npt.NDArray[np.uint64]:
    """A 64-bit hash of each run of so many words; the same run has the same hash in every process."""
    count = len(ids) - size + 1
    hashes = np.zeros(count, dtype=np.uint64)
    for offset in range(size):
        hashes = (hashes ^ ids[offset : offset + count]) * _MULTIPLIER
        hashes ^= hashes >> np.uint64(29)
    return hashes


def _top(ids: npt.NDArray[np.uint64], starts: npt.NDArray[np.int64], size: int) -> float:
    """Share of characters in the run that covers most of them, among runs that occur at least twice."""
    if len(ids) < size:
        return 0.0
    _, first, counts = np.unique(_runs(ids, size), return_index=True, return_counts=True)
    covered = (starts[first + size] - starts[first]) * np.where(counts > 1, counts, 0)
    return min(1.0, float(covered.max() / starts[-1]))


def _repeated(ids: npt.NDArray[np.uint64], lengths: npt.NDArray[np.int64], size: int) -> float:
    """Share of characters in runs that occur twice or more, each character counted once."""
    if len(ids) < size:
        return 0.0
    _, inverse, counts = np.unique(_runs(ids, size), return_inverse=True, return_counts=True)
    again = (counts > 1)[inverse]
    edges = np.zeros(len(ids) + 1, dtype=np.int64)
    edges[: len(again)] += again
    edges[size : size + len(again)] -= again
    return float(lengths[np.cumsum(edges[:-1]) > 0].sum() / lengths.sum())
