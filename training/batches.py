"""Batches whose place is a pure function of seed and step: nothing to save, nothing repeated or skipped on resuming."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tokenizer.shards import TokenShard
from warehouse.errors import TrainingError

Ids = npt.NDArray[np.int64]


class Windows:
    """All windows of block + 1 tokens of some shards, in order; neighbours share one token.

    The shards are memory-mapped. A rest of a shard that is shorter than a window is left out.
    """

    def __init__(self, shards: Sequence[Path], block: int) -> None:
        self._shards = [TokenShard.open(path).tokens for path in shards]
        self._block = block
        self._ends = np.cumsum([max(len(tokens) - 1, 0) // block for tokens in self._shards], dtype=np.int64)

    def __len__(self) -> int:
        return int(self._ends[-1]) if len(self._ends) else 0

    def take(self, indices: Ids) -> Ids:
        """Windows by their number: int64, (windows, block + 1)."""
        return np.stack([self._window(int(index)) for index in indices])

    def spread(self, count: int) -> Ids:
        """At most `count` windows, evenly spread over all of them: (windows, block + 1)."""
        taken = min(count, len(self))
        return self.take(np.arange(taken) * len(self) // max(taken, 1))

    def _window(self, index: int) -> Ids:
        shard = int(np.searchsorted(self._ends, index, side="right"))
        start = (index - (int(self._ends[shard - 1]) if shard else 0)) * self._block
        return self._shards[shard][start : start + self._block + 1].astype(np.int64)


class Batches:
    """Batches of windows: every window once per epoch, in an order drawn anew from the seed for each epoch.

    Raises TrainingError where the shards hold less than one batch.
    """

    def __init__(self, windows: Windows, rows: int, seed: int) -> None:
        if len(windows) < rows:
            raise TrainingError(
                f"the training shards hold {len(windows)} windows, and one batch takes {rows}; "
                "add text, or lower training.batch or the model's block"
            )
        self._windows, self._rows, self._seed = windows, rows, seed
        self._epoch, self._order = -1, np.empty(0, dtype=np.int64)

    def at(self, step: int) -> Ids:
        """The batch of one step, counted from 0: int64, (rows, block + 1)."""
        places = np.arange(step * self._rows, (step + 1) * self._rows)
        return self._windows.take(np.array([self._draw(int(place)) for place in places]))

    def _draw(self, place: int) -> int:
        epoch, index = divmod(place, len(self._windows))
        if epoch != self._epoch:
            self._epoch, self._order = epoch, permutation(len(self._windows), self._seed, epoch)
        return int(self._order[index])


def permutation(count: int, seed: int, epoch: int) -> Ids:
    """An order of 0..count - 1: by splitmix64 (Steele, Lea and Flood 2014), which no library release will change."""
    start = _mixed(np.array([seed], dtype=np.uint64)) ^ np.array([epoch], dtype=np.uint64)
    return np.argsort(_mixed(np.arange(count, dtype=np.uint64) + _mixed(start)), kind="stable")


def _mixed(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
