"""Checkpoints that are whole or absent, belong to one run only, and have the same bytes for the same state.

A checkpoint is a folder `step-00000300` with weights, the optimizer's state and the metrics so far. It is written
under another name, synced and renamed; the folder is proof that it is whole.
"""

import json
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
from safetensors import SafetensorError
from safetensors.torch import load_file, save_file
from torch import Tensor

from warehouse.digests import sha256_file
from warehouse.errors import TrainingError
from warehouse.tables import METRICS, read_table, write_table

KEPT = 2
"""Checkpoints that stay: the last one, and one more in case its disk sectors do not."""

_FILES = ("weights.safetensors", "optimizer.safetensors", "metrics.parquet")


@dataclass(frozen=True)
class Checkpoint:
    """A run after some step. identity: what the run was made from, JSON-like; metrics: rows of METRICS."""

    step: int
    identity: dict[str, Any]
    weights: dict[str, Tensor]
    optimizer: dict[str, Tensor]
    metrics: list[dict[str, Any]]


def save_checkpoint(folder: Path, checkpoint: Checkpoint) -> Path:
    """Writes a checkpoint into a folder of checkpoints and removes all but the last `KEPT`."""
    target = folder / f"step-{checkpoint.step:08}"
    draft = folder / f".{target.name}"
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    save_tensors(draft / _FILES[0], checkpoint.weights)
    save_tensors(draft / _FILES[1], checkpoint.optimizer)
    write_table(draft / _FILES[2], pa.Table.from_pylist(checkpoint.metrics, schema=METRICS), METRICS)
    digests = {name: sha256_file(draft / name) for name in _FILES}
    record = {"step": checkpoint.step, "identity": checkpoint.identity, "sha256": digests}
    (draft / "state.json").write_text(json.dumps(record, sort_keys=True, indent=1))
    for path in (*draft.iterdir(), draft):
        _sync(path)
    shutil.rmtree(target, ignore_errors=True)
    draft.rename(target)
    _sync(folder)
    for old in _steps(folder)[:-KEPT]:
        shutil.rmtree(old)
    return target


def latest_checkpoint(folder: Path, identity: dict[str, Any]) -> Checkpoint | None:
    """The last checkpoint of this run, or None where there is none.

    Raises TrainingError where the folder belongs to a run of other settings or shards, or is damaged.
    """
    found = _steps(folder)
    if not found:
        return None
    path = found[-1]
    try:
        record = json.loads((path / "state.json").read_text())
        _refuse_another_run(path, record["identity"], identity)
        for name, expected in record["sha256"].items():
            if sha256_file(path / name) != expected:
                raise _damaged(path, f"{name} is not what was written")
        tensors = [load_file(path / name) for name in _FILES[:2]]
    except (OSError, ValueError, KeyError, SafetensorError) as error:
        raise _damaged(path, str(error)) from error
    return Checkpoint(record["step"], identity, tensors[0], tensors[1], read_table(path / _FILES[2]).to_pylist())


def save_tensors(path: Path, tensors: dict[str, Tensor]) -> None:
    """Writes tensors as safetensors: bytes depend on names and values alone."""
    save_file({name: tensors[name].detach().contiguous() for name in sorted(tensors)}, path)


def _refuse_another_run(path: Path, theirs: dict[str, Any], ours: dict[str, Any]) -> None:
    ours = json.loads(json.dumps(ours))
    differing = sorted(_differences(theirs, ours))
    if differing:
        raise TrainingError(
            f"the checkpoint {path} belongs to another run: {'; '.join(differing)}. "
            "Train into another folder, or remove the checkpoints to start afresh"
        )


def _differences(theirs: dict[str, Any], ours: dict[str, Any], prefix: str = "") -> list[str]:
    found = []
    for key in theirs.keys() | ours.keys():
        here, there = ours.get(key), theirs.get(key)
        if isinstance(here, dict) and isinstance(there, dict):
            found += _differences(there, here, f"{prefix}{key}.")
        elif here != there:
            found.append(f"{prefix}{key} was {there} and is {here}")
    return found


def _damaged(path: Path, detail: str) -> TrainingError:
    return TrainingError(f"the checkpoint {path} is damaged: {detail}. Remove that folder to go on from the one before")


def _steps(folder: Path) -> list[Path]:
    return sorted(folder.glob("step-*"))


def _sync(path: Path) -> None:
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
