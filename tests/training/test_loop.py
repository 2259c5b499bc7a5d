"""Training learns, survives SIGKILL without a trace, and stops where the loss is no number."""

import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch
from safetensors.torch import load_file

from tests.training.conftest import VOCABULARY, tiny_settings, write_shard
from tokenizer.shards import TokenShard
from training.batches import Windows
from training.loop import Progress, TrainingData, load_model, train, window_loss
from training.ngram import Unigram, count_tokens
from warehouse.digests import sha256_file
from warehouse.errors import TrainingError
from warehouse.tables import read_table

VICTIM = """
import sys
from pathlib import Path
from tests.training.conftest import tiny_settings
from training.loop import TrainingData, train

corpus, out = map(Path, sys.argv[1:])
data = TrainingData((corpus / "corpus_train_000000.bin",), (corpus / "corpus_val_000000.bin",))
train(tiny_settings(), data, out, lambda progress: print(progress.step, flush=True))
"""


@pytest.fixture
def data(corpus: Path) -> TrainingData:
    return TrainingData((corpus / "corpus_train_000000.bin",), (corpus / "corpus_val_000000.bin",))


def ignore(_: Progress) -> None:
    """Nobody watches."""


def read_ids(shard: Path) -> np.ndarray:
    """All tokens of a shard."""
    return TokenShard.open(shard).tokens.astype(np.int64)


def test_a_run_killed_and_resumed_ends_with_the_bytes_of_an_undisturbed_one(corpus: Path, data: TrainingData, tmp_path: Path) -> None:
    undisturbed = train(tiny_settings(), data, tmp_path / "undisturbed", ignore)
    command = [sys.executable, "-c", VICTIM, str(corpus), str(tmp_path / "killed")]
    root = Path(__file__).parents[2]
    with subprocess.Popen(command, cwd=root, stdout=subprocess.PIPE, text=True) as victim:
        assert victim.stdout is not None
        next(line for line in victim.stdout if int(line) == 23)
        victim.send_signal(signal.SIGKILL)
    assert victim.returncode == -signal.SIGKILL
    resumed = train(tiny_settings(), data, tmp_path / "killed", ignore)
    assert 20 <= resumed.resumed_from < 40
    assert sha256_file(resumed.weights) == sha256_file(undisturbed.weights)
    assert sha256_file(resumed.metrics) == sha256_file(undisturbed.metrics)
    last = "checkpoints/step-00000040/optimizer.safetensors"
    assert sha256_file(tmp_path / "killed" / last) == sha256_file(tmp_path / "undisturbed" / last)


def test_the_model_beats_the_unigram(data: TrainingData, tmp_path: Path) -> None:
    result = train(tiny_settings(steps=150), data, tmp_path / "out", ignore)
    assert result.validation_loss is not None
    counts = count_tokens(data.train, VOCABULARY)
    unigram = Unigram(counts).nats(read_ids(data.validation[0])).mean()
    assert result.validation_loss < unigram - 0.5


def test_losses_are_recorded_and_belong_to_the_weights_that_were_written(data: TrainingData, tmp_path: Path) -> None:
    result = train(tiny_settings(), data, tmp_path, ignore)
    rows = read_table(result.metrics).to_pylist()
    train_losses = [row for row in rows if row["split"] == "train" and row["name"] == "loss"]
    assert [row["step"] for row in train_losses] == list(range(1, 41))
    assert train_losses[-1]["tokens_seen"] == 40 * 8 * 16
    assert [row["step"] for row in rows if row["split"] == "val"] == [20, 40]
    watched = torch.from_numpy(Windows(data.validation, block=16).spread(8))
    assert window_loss(load_model(tmp_path), watched, rows=8) == pytest.approx(result.validation_loss)


def test_a_seed_gives_the_same_bytes_and_another_seed_others(data: TrainingData, tmp_path: Path) -> None:
    digests = [
        sha256_file(train(tiny_settings(steps=5, seed=seed), data, tmp_path / name, ignore).weights)
        for name, seed in (("a", 1), ("b", 1), ("c", 2))
    ]
    assert digests[0] == digests[1] != digests[2]


def test_a_loss_that_is_no_number_stops_the_run_and_names_the_last_good_checkpoint(data: TrainingData, tmp_path: Path) -> None:
    wild = tiny_settings(matrix_learning_rate=1e30, checkpoint_every=1)
    with pytest.raises(TrainingError, match=r"after 1 steps: the loss is nan.*step-00000001\. Lower training.matrix_l"):
        train(wild, data, tmp_path, ignore)
    kept = load_file(tmp_path / "checkpoints" / "step-00000001" / "weights.safetensors")
    assert all(torch.isfinite(tensor).all() for tensor in kept.values())


@pytest.mark.parametrize(
    ("change", "message"),
    [({"seed": 1}, r"settings.seed was 0 and is 1"), ({"clip": 2.0}, r"settings.clip was 1.0 and is 2.0")],
)
def test_a_checkpoint_of_other_settings_is_refused(data: TrainingData, tmp_path: Path, change: dict[str, object], message: str) -> None:
    train(tiny_settings(steps=10), data, tmp_path, ignore)
    with pytest.raises(TrainingError, match=message):
        train(tiny_settings(steps=10, **change), data, tmp_path, ignore)


def test_a_checkpoint_of_other_shards_is_refused(data: TrainingData, tmp_path: Path) -> None:
    train(tiny_settings(steps=10), data, tmp_path / "out", ignore)
    write_shard(data.train[0], [*read_ids(data.train[0])[:-1], 7])
    with pytest.raises(TrainingError, match=r"shards\.corpus_train_000000\.bin was"):
        train(tiny_settings(steps=10), data, tmp_path / "out", ignore)


def test_a_damaged_checkpoint_is_refused(data: TrainingData, tmp_path: Path) -> None:
    train(tiny_settings(steps=10), data, tmp_path, ignore)
    weights = tmp_path / "checkpoints" / "step-00000010" / "weights.safetensors"
    weights.write_bytes(weights.read_bytes()[:-4] + b"spam")
    with pytest.raises(TrainingError, match=r"damaged: weights\.safetensors is not what was written"):
        train(tiny_settings(steps=10), data, tmp_path, ignore)


def test_a_draft_that_a_kill_left_behind_is_no_checkpoint(data: TrainingData, tmp_path: Path) -> None:
    draft = tmp_path / "checkpoints" / ".step-00000010"
    draft.mkdir(parents=True)
    (draft / "weights.safetensors").write_bytes(b"half")
    assert train(tiny_settings(steps=10), data, tmp_path, ignore).resumed_from == 0


def test_only_the_last_checkpoints_stay(data: TrainingData, tmp_path: Path) -> None:
    train(tiny_settings(), data, tmp_path, ignore)
    assert sorted(path.name for path in tmp_path.glob("checkpoints/*")) == ["step-00000030", "step-00000040"]


def test_a_run_without_validation_text_trains(data: TrainingData, tmp_path: Path) -> None:
    assert train(tiny_settings(steps=5), TrainingData(data.train), tmp_path, ignore).validation_loss is None


def test_tokens_outside_the_vocabulary_are_an_error(tmp_path: Path) -> None:
    shard = write_shard(tmp_path / "corpus_train_000000.bin", [0, *[40] * 200])
    with pytest.raises(TrainingError, match="token 40, and the model knows 32"):
        train(tiny_settings(), TrainingData((shard,)), tmp_path / "out", ignore)


@pytest.mark.parametrize("change", [{"steps": 0}, {"clip": float("nan")}, {"decay": 1.5}])
def test_settings_that_cannot_be_are_refused(change: dict[str, object]) -> None:
    with pytest.raises(TrainingError, match=next(iter(change))):
        tiny_settings(**change)


def test_no_file_of_a_run_holds_a_time_or_a_speed(data: TrainingData, tmp_path: Path) -> None:
    result = train(tiny_settings(steps=5), data, tmp_path, ignore)
    assert {row["name"] for row in read_table(result.metrics).to_pylist()} == {
        "loss",
        "gradient_norm",
        "learning_rate",
    }
