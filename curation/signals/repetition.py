"""Repeated runs of words (Gopher, arXiv 2112.11446, A.1.1), counted on word numbers instead of strings.

A run that occurs twice begins with a shorter run that does. So each size looks only at the places where the size below
found a repetition: all eight sizes cost little more than the first.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

from curation.signals.words import Words

MOST_WORDS = 400_000  # only the first so many are looked at: a bound on memory, far above any article

TOP = (2, 3, 4)
REPEATED = (5, 6, 7, 8, 9, 10)
PATTERN = 3  # times that a short run occurs before it counts: a name that a short text says twice is no pattern

_MULTIPLIER = np.uint64(0x9E3779B97F4A7C15)

_Numbers = npt.NDArray[np.uint64]
_Places = npt.NDArray[np.int64]


def repetition_signals(words: Words) -> dict[str, Any]:
    """Shares of characters (white space not counted) in the commonest short runs and in repeated long runs."""
    ids = words.ids[:MOST_WORDS]
    found = {**{f"top_{size}gram": 0.0 for size in TOP}, **{f"duplicate_{size}grams": 0.0 for size in REPEATED}}
    if not len(ids):
        return found
    lengths = np.fromiter(map(len, words.numbers), np.int64, len(words.numbers))
    starts = np.concatenate([[0], np.cumsum(lengths[ids])])
    places = np.flatnonzero(np.bincount(ids)[ids] > 1)
    hashes = _hashed(np.zeros(len(places), dtype=np.uint64), ids[places])
    for size in range(2, REPEATED[-1] + 1):
        places, hashes = _longer(places, hashes, ids, size)
        if not len(places):
            break
        order = np.argsort(hashes)
        places, hashes = places[order], hashes[order]
        first = np.flatnonzero(np.concatenate([[True], hashes[1:] != hashes[:-1]]))
        counts = np.diff(np.append(first, len(hashes)))
        if size in TOP:
            found[f"top_{size}gram"] = _top(places[first], counts, starts, size)
        again = np.repeat(counts > 1, counts)
        places, hashes = places[again], hashes[again]
        if size in REPEATED:
            found[f"duplicate_{size}grams"] = _covered(places, starts, size)
    return found


def _hashed(hashes: _Numbers, ids: _Places) -> _Numbers:
    """The hashes of runs that are one word longer; the same run has the same hash in every process."""
    mixed = ids.astype(np.uint64)
    mixed += np.uint64(1)
    mixed ^= hashes
    mixed *= _MULTIPLIER
    mixed ^= mixed >> np.uint64(29)
    return mixed


def _longer(places: _Places, hashes: _Numbers, ids: _Places, size: int) -> tuple[_Places, _Numbers]:
    """The runs at the same places with one more word, where the text has one."""
    fits = places <= len(ids) - size
    places = places[fits]
    return places, _hashed(hashes[fits], ids[places + size - 1])


def _top(first: _Places, counts: _Places, starts: _Places, size: int) -> float:
    """Share of characters in the run that covers most of them, among runs that occur often enough."""
    covered = (starts[first + size] - starts[first]) * np.where(counts >= PATTERN, counts, 0)
    return min(1.0, float(covered.max() / starts[-1]))


def _covered(places: _Places, starts: _Places, size: int) -> float:
    """Share of characters in the runs at these places, each character counted once."""
    edges = np.bincount(places, minlength=len(starts)) - np.bincount(places + size, minlength=len(starts))
    inside = np.cumsum(edges[:-1]) > 0
    return float(np.diff(starts)[inside].sum() / starts[-1])
