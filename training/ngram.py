"""What a model must beat: how often tokens occur, and how often they follow each other.

Both baselines predict the tokens of documents, never the end-of-text token, which is exactly what the model is
scored on. Unigram: counts plus one (Laplace). Bigram: interpolated Kneser-Ney (Kneser and Ney 1995, in the interpolated
form of Chen and Goodman 1999, section 2.7), with the discount n1 / (n1 + 2 n2) of Ney, Essen and Kneser 1994.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tokenizer.shards import TokenShard
from warehouse.errors import TrainingError

Ids = npt.NDArray[np.int64]
Nats = npt.NDArray[np.float64]

BLOCK = 1 << 22
"""Tokens counted at a time; bounds the memory that sorting takes."""


@dataclass(frozen=True)
class Counts:
    """Token counts of training shards.

    single: int64, (vocabulary,); pairs: int64, sorted, former * vocabulary + latter; times: how often each pair occurs.
    """

    single: Ids
    pairs: Ids
    times: Ids


def count_tokens(shards: Sequence[Path], vocabulary: int, end_of_text: int = 0) -> Counts:
    """Counts tokens and pairs in the shards, in blocks. The end-of-text token counts as what precedes, not follows.

    Raises TrainingError where a shard holds a token outside the vocabulary, or there is no text at all.
    """
    single, pairs, times = np.zeros(vocabulary, np.int64), np.empty(0, np.int64), np.empty(0, np.int64)
    for path in shards:
        tokens = TokenShard.open(path).tokens
        for start in range(0, len(tokens) - 1, BLOCK):
            piece = tokens[start : start + BLOCK + 1].astype(np.int64)
            if piece.max() >= vocabulary:
                raise TrainingError(f"{path} holds token {piece.max()}, and the vocabulary has {vocabulary} entries")
            former, latter = piece[:-1], piece[1:]
            inside = latter != end_of_text
            single += np.bincount(latter[inside], minlength=vocabulary)
            found, often = np.unique(former[inside] * vocabulary + latter[inside], return_counts=True)
            pairs, times = _merged(pairs, times, found, often)
    if not len(pairs):
        raise TrainingError("the training shards hold no text to count; add sources to the recipe")
    return Counts(single, pairs, times)


class Unigram:
    """Each token by how often it occurs."""

    name = "unigram"

    def __init__(self, counts: Counts) -> None:
        self._nats = np.log(counts.single.sum() + len(counts.single)) - np.log(counts.single + 1.0)

    def nats(self, ids: Ids) -> Nats:
        """Nats of ids[1:]: (tokens - 1,)."""
        return np.asarray(self._nats[ids[1:]])


class Bigram:
    """Each token by how often it follows the one before, and by how many different tokens it follows."""

    name = "bigram"

    def __init__(self, counts: Counts) -> None:
        self._counts, size = counts, len(counts.single)
        once, twice = int((counts.times == 1).sum()), int((counts.times == 2).sum())
        self._discount = once / (once + 2 * twice) if once else 0.5
        former, latter = np.divmod(counts.pairs, size)
        self._followed = np.bincount(former, weights=counts.times, minlength=size)
        self._kinds = np.bincount(former, minlength=size)
        followers = np.bincount(latter, minlength=size) + 1.0
        self._continuation = followers / followers.sum()

    def nats(self, ids: Ids) -> Nats:
        """Nats of ids[1:], each given the token before it: (tokens - 1,)."""
        former, latter = ids[:-1], ids[1:]
        wanted = former * len(self._counts.single) + latter
        place = np.minimum(np.searchsorted(self._counts.pairs, wanted), len(self._counts.pairs) - 1)
        times = np.where(self._counts.pairs[place] == wanted, self._counts.times[place], 0)
        followed = self._followed[former]
        known = np.maximum(followed, 1.0)
        direct = np.maximum(times - self._discount, 0) / known
        left = np.where(followed > 0, self._discount * self._kinds[former] / known, 1.0)
        return np.asarray(-np.log(direct + left * self._continuation[latter]))


def _merged(pairs: Ids, times: Ids, more: Ids, often: Ids) -> tuple[Ids, Ids]:
    together, place = np.unique(np.concatenate((pairs, more)), return_inverse=True)
    weights = np.concatenate((times, often))
    return together, np.bincount(place, weights=weights).astype(np.int64)
