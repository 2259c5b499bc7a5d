"""Batches are a pure function of seed and step, and an epoch shows every window once."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import write_shard
from training.batches import Batches, Windows, permutation
from warehouse.errors import TrainingError


@pytest.fixture
def windows(tmp_path: Path) -> Windows:
    """22 windows of 5 + 1 tokens in two shards; every token's id is its place in the text."""
    first = write_shard(tmp_path / "a_train_000000.bin", list(range(64)))
    second = write_shard(tmp_path / "a_train_000001.bin", list(range(100, 153)))
    return Windows([first, second], block=5)


def test_windows_follow_each_other_and_share_one_token(windows: Windows) -> None:
    assert len(windows) == 12 + 10
    assert windows.take(np.array([0, 1, 11, 12, 21])).tolist() == [
        [0, 1, 2, 3, 4, 5],
        [5, 6, 7, 8, 9, 10],
        [55, 56, 57, 58, 59, 60],
        [100, 101, 102, 103, 104, 105],
        [145, 146, 147, 148, 149, 150],
    ]


def test_an_epoch_shows_every_window_once(windows: Windows) -> None:
    batches = Batches(windows, rows=11, seed=3)
    first = [int(start) for step in (0, 1) for start in batches.at(step)[:, 0]]
    second = [int(start) for step in (2, 3) for start in batches.at(step)[:, 0]]
    assert sorted(first) == sorted(second) == sorted(windows.take(np.arange(22))[:, 0].tolist())
    assert first != second


def test_a_batch_depends_on_seed_and_step_alone(windows: Windows) -> None:
    forwards, backwards = Batches(windows, rows=4, seed=3), Batches(windows, rows=4, seed=3)
    seen = [forwards.at(step).tolist() for step in range(20)]
    assert [backwards.at(step).tolist() for step in reversed(range(20))] == seen[::-1]
    assert Batches(windows, rows=4, seed=4).at(0).tolist() != seen[0]


def test_the_order_is_the_same_on_every_machine() -> None:
    assert permutation(8, seed=1, epoch=0).tolist() == [3, 5, 2, 4, 1, 0, 6, 7]


def test_less_than_one_batch_is_an_error_that_says_what_to_do(windows: Windows) -> None:
    with pytest.raises(TrainingError, match="22 windows, and one batch takes 23; add text"):
        Batches(windows, rows=23, seed=0)


def test_shards_without_a_whole_window_hold_none(tmp_path: Path) -> None:
    assert len(Windows([write_shard(tmp_path / "a_val_000000.bin", [0, 1, 2])], block=5)) == 0
    assert len(Windows([], block=5)) == 0
