"""The baselines are proper distributions, count what they say, and the bigram uses what precedes."""

from pathlib import Path

import numpy as np
import pytest

from tests.training.conftest import VOCABULARY, sentences, write_shard
from training import ngram
from training.ngram import Bigram, Unigram, count_tokens
from warehouse.errors import TrainingError


def test_tokens_are_counted_by_hand(tmp_path: Path) -> None:
    counts = count_tokens([write_shard(tmp_path / "a_train_000000.bin", [0, 1, 2, 1, 2, 0, 1, 1])], vocabulary=3)
    assert counts.single.tolist() == [0, 4, 2]
    pairs = zip(counts.pairs.tolist(), counts.times.tolist(), strict=True)
    assert {divmod(pair, 3): times for pair, times in pairs} == {(0, 1): 2, (1, 1): 1, (1, 2): 2, (2, 1): 1}
    assert Unigram(counts).nats(np.array([0, 1]))[0] == pytest.approx(-np.log(5 / 9))


def test_counting_in_blocks_changes_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    shard = write_shard(tmp_path / "a_train_000000.bin", sentences(500, seed=1))
    whole = count_tokens([shard], VOCABULARY)
    monkeypatch.setattr(ngram, "BLOCK", 7)
    pieces = count_tokens([shard], VOCABULARY)
    assert np.array_equal(whole.pairs, pieces.pairs)
    assert np.array_equal(whole.times, pieces.times)
    assert np.array_equal(whole.single, pieces.single)


@pytest.mark.parametrize("former", [0, 1, 5, 29])
def test_chances_sum_to_one(tmp_path: Path, former: int) -> None:
    text = [token for token in sentences(300, seed=2) if token != 29]
    counts = count_tokens([write_shard(tmp_path / "a_train_000000.bin", text)], VOCABULARY)
    for model in (Unigram(counts), Bigram(counts)):
        chances = [np.exp(-model.nats(np.array([former, latter]))[0]) for latter in range(VOCABULARY)]
        assert sum(chances) == pytest.approx(1)


def test_the_bigram_beats_the_unigram_where_text_has_structure(tmp_path: Path) -> None:
    counts = count_tokens([write_shard(tmp_path / "a_train_000000.bin", sentences(5000, seed=1))], VOCABULARY)
    held_out = np.array(sentences(1000, seed=2))
    unigram, bigram = (model(counts).nats(held_out).mean() for model in (Unigram, Bigram))
    assert bigram == pytest.approx(np.log(2), abs=0.05)
    assert unigram > 3


def test_a_foreign_token_and_an_empty_text_are_errors(tmp_path: Path) -> None:
    shard = write_shard(tmp_path / "a_train_000000.bin", [0, 40, 1])
    with pytest.raises(TrainingError, match="token 40, and the vocabulary has 32"):
        count_tokens([shard], VOCABULARY)
    with pytest.raises(TrainingError, match="no text"):
        count_tokens([], VOCABULARY)
