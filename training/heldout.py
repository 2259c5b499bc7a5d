"""Held-out documents: which ones a model is scored on and prompted with, and where their tokens lie."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from tokenizer.shards import TokenShard
from warehouse.digests import sha256_bytes
from warehouse.errors import TrainingError
from warehouse.tables import read_table


@dataclass(frozen=True)
class HeldOut:
    """One document, or the part of it that lies in one shard.

    ids: int64, the end-of-text token and then the document's tokens; bytes: of its text in UTF-8.
    """

    doc_id: str
    domain: str
    ids: npt.NDArray[np.int64]
    bytes: int

    @property
    def tokens(self) -> int:
        """How many tokens there are to predict."""
        return len(self.ids) - 1


@dataclass(frozen=True)
class HeldOutSettings:
    """What to take: a split of the shards in `folder`, by the spans beside them."""

    folder: Path
    spans: Path
    split: str = "val"
    tokens_per_domain: int = 30_000
    end_of_text: int = 0


def held_out_documents(settings: HeldOutSettings) -> list[HeldOut]:
    """Whole documents of every domain, up to a budget of tokens each: chosen by a hash of their id.

    Walks a domain's documents in the order of their hashes and takes each that the budget still has room for; where
    none fits, the shortest. Raises TrainingError where the split is empty.
    """
    domains: dict[str, list[dict[str, object]]] = defaultdict(list)
    for row in read_table(settings.spans).to_pylist():
        if row["split"] == settings.split and row["repetition"] == 0 and row["last_token"] > row["first_token"]:
            domains[row["domain"]].append(row)
    if not domains:
        raise TrainingError(
            f"{settings.spans} names no document of the split {settings.split}; add text, or raise the share that is held out"
        )
    chosen = [row for domain in sorted(domains) for row in _within(domains[domain], settings.tokens_per_domain)]
    return [_load(row, settings) for row in chosen]


def _within(rows: Sequence[dict[str, object]], budget: int) -> list[dict[str, object]]:
    ordered = sorted(rows, key=_lot)
    taken, left = [], budget
    for row in ordered:
        if _length(row) <= left:
            taken.append(row)
            left -= _length(row)
    return taken or [min(ordered, key=_length)]


def _lot(row: dict[str, object]) -> tuple[str, str, object]:
    return sha256_bytes(f"held out {row['doc_id']}".encode()), str(row["shard"]), row["first_token"]


def _length(row: dict[str, object]) -> int:
    return int(str(row["last_token"])) - int(str(row["first_token"]))


def _load(row: dict[str, object], settings: HeldOutSettings) -> HeldOut:
    tokens = TokenShard.open(settings.folder / str(row["shard"])).tokens
    first = int(str(row["first_token"]))
    ids = tokens[first : first + _length(row) + 1].astype(np.int64)
    if ids[0] != settings.end_of_text:  # a document's later part, which opens another shard
        ids = np.concatenate(([settings.end_of_text], ids))
    return HeldOut(str(row["doc_id"]), str(row["domain"]), ids, int(str(row["bytes"])))
