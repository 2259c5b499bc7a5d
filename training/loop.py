"""The training loop: steps, validation, checkpoints; a run that was killed goes on as if nothing had happened."""

import json
import math
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from safetensors.torch import load_file
from torch import Tensor

from training.batches import Batches, Windows
from training.checkpoint import Checkpoint, latest_checkpoint, save_checkpoint, save_tensors
from training.loss import token_losses
from training.optimizers import Optimizer
from training.settings import TrainingSettings, schedule
from training.strawberry import Strawberry, StrawberryConfig
from warehouse.digests import sha256_file
from warehouse.errors import TrainingError
from warehouse.tables import METRICS, write_table

WEIGHTS, SHAPE, METRICS_FILE = "model.safetensors", "model.json", "metrics.parquet"


@dataclass(frozen=True)
class TrainingData:
    """Token shards: what is learned from, and what the loss is watched on (which may be empty)."""

    train: tuple[Path, ...]
    validation: tuple[Path, ...] = ()


@dataclass(frozen=True)
class Progress:
    """Where a run stands. Losses in nats per token; the speed is for eyes only and is never stored."""

    step: int
    steps: int
    tokens_seen: int
    loss: float
    validation_loss: float | None
    tokens_per_second: float


@dataclass(frozen=True)
class TrainingResult:
    """What a finished run left: files in its folder, and the last losses in nats per token."""

    weights: Path
    metrics: Path
    steps: int
    resumed_from: int
    loss: float
    validation_loss: float | None


def train(
    settings: TrainingSettings,
    data: TrainingData,
    out: Path,
    progress: Callable[[Progress], None],
    checkpoints: Path | None = None,
) -> TrainingResult:
    """Trains a model into the folder `out`: model.safetensors, model.json and metrics.parquet.

    Goes on from the last checkpoint in `checkpoints` (by default out/checkpoints), and ends with the same bytes as a
    run that was never interrupted. Raises TrainingError where there is too little text, the checkpoint belongs to
    another run, or the loss is no longer a number; then the last good checkpoint stays.
    """
    with reproducible(settings.threads):
        run = Run(settings, data, checkpoints or out / "checkpoints")
        for _ in range(run.step, settings.steps):
            progress(run.advance())
    return run.finish(out)


def load_model(folder: Path) -> Strawberry:
    """The model that `train` wrote into a folder."""
    config = StrawberryConfig(**json.loads((folder / SHAPE).read_text())["model"])
    model = Strawberry(config, seed=0)
    model.load_state_dict(load_file(folder / WEIGHTS))
    return model.eval()


@contextmanager
def reproducible(threads: int) -> Iterator[None]:
    """Fixes what sums of floats depend on: the number of threads, and algorithms without a race."""
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True)
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])


class Run:
    """A run between its first step and its last."""

    def __init__(self, settings: TrainingSettings, data: TrainingData, checkpoints: Path) -> None:
        self._settings, self._checkpoints = settings, checkpoints
        self._batches = Batches(Windows(data.train, settings.model.block), settings.batch, settings.seed)
        validation = Windows(data.validation, settings.model.block)
        self._watched = torch.from_numpy(validation.spread(settings.evaluate_windows)) if len(validation) else None
        _refuse_foreign_ids(settings.model.vocabulary, self._watched)
        self._model = Strawberry(settings.model, settings.seed)
        self._optimizer = Optimizer(self._model, settings)
        self._identity = {
            "settings": settings.record(),
            "shards": {path.name: sha256_file(path) for path in (*data.train, *data.validation)},
        }
        self._metrics: list[dict[str, Any]] = []
        self.step = self._resumed_from = self._resume()
        self._clock = time.monotonic()

    def _resume(self) -> int:
        found = latest_checkpoint(self._checkpoints, self._identity)
        if found is None:
            return 0
        self._model.load_state_dict(found.weights)
        self._optimizer.restore(found.optimizer)
        self._metrics = found.metrics
        return found.step

    def advance(self) -> Progress:
        """One step: a batch, an update, and what is due after it."""
        factor = schedule(self._settings, self.step)
        ids = torch.from_numpy(self._batches.at(self.step))
        _refuse_foreign_ids(self._settings.model.vocabulary, ids)
        loss = self._model.loss(ids)
        self._expect_number("loss", loss.item())
        torch.autograd.backward(loss)
        norm = self._optimizer.step(factor)
        self._expect_number("gradient", norm)
        self.step += 1
        for name, value in (("loss", loss.item()), ("gradient_norm", norm), ("learning_rate", factor)):
            self._record("train", name, value)
        validation = self._validate() if self._due(self._settings.evaluate_every) else None
        if self._due(self._settings.checkpoint_every):
            self._save()
        return self._progress(loss.item(), validation)

    def finish(self, out: Path) -> TrainingResult:
        """Writes the model and the metrics."""
        out.mkdir(parents=True, exist_ok=True)
        save_tensors(out / WEIGHTS, self._model.state_dict())
        (out / SHAPE).write_text(json.dumps(self._settings.record(), sort_keys=True, indent=1))
        write_table(out / METRICS_FILE, self._metrics, METRICS)
        losses = {row["split"]: row["value"] for row in self._metrics if row["name"] == "loss"}
        return TrainingResult(
            weights=out / WEIGHTS,
            metrics=out / METRICS_FILE,
            steps=self.step,
            resumed_from=self._resumed_from,
            loss=losses["train"],
            validation_loss=losses.get("val"),
        )

    def _due(self, every: int) -> bool:
        return self.step % every == 0 or self.step == self._settings.steps

    def _validate(self) -> float | None:
        if self._watched is None:
            return None
        loss = window_loss(self._model, self._watched, self._settings.batch)
        self._record("val", "loss", loss)
        return loss

    def _record(self, split: str, name: str, value: float) -> None:
        seen = self.step * self._settings.tokens_per_step
        row = {"step": self.step, "split": split, "domain": "all", "tokens_seen": seen, "name": name, "value": value}
        self._metrics.append(row)

    def _save(self) -> None:
        weights = self._model.state_dict()
        state = Checkpoint(self.step, self._identity, weights, self._optimizer.state(), self._metrics)
        save_checkpoint(self._checkpoints, state)

    def _expect_number(self, name: str, value: float) -> None:
        if math.isfinite(value):
            return
        kept = sorted(self._checkpoints.glob("step-*"))
        raise TrainingError(
            f"training stopped after {self.step} steps: the {name} is {value}. "
            f"{f'The last good checkpoint is {kept[-1]}' if kept else 'There was no checkpoint yet'}. "
            "Lower training.matrix_learning_rate and training.embedding_learning_rate, or lengthen training.warmup"
        )

    def _progress(self, loss: float, validation: float | None) -> Progress:
        elapsed, self._clock = time.monotonic() - self._clock, time.monotonic()
        tokens = self._settings.tokens_per_step
        return Progress(self.step, self._settings.steps, self.step * tokens, loss, validation, tokens / elapsed)


@torch.no_grad()
def window_loss(model: Strawberry, windows: Tensor, rows: int) -> float:
    """Mean nats per token over windows of ids (windows, block + 1), `rows` at a time."""
    losses = [
        token_losses(model.hidden(ids[:, :-1]).flatten(0, 1), model.embedding, ids[:, 1:].flatten()) for ids in torch.split(windows, rows)
    ]
    return torch.cat(losses).double().mean().item()


def _refuse_foreign_ids(vocabulary: int, ids: Tensor | None) -> None:
    if ids is not None and int(ids.max()) >= vocabulary:
        raise TrainingError(
            f"the shards hold token {int(ids.max())}, and the model knows {vocabulary}; set the model's vocabulary to the tokenizer's"
        )
