"""Loss per domain on held-out documents, of the model and of its baselines, on exactly the same tokens.

nats/token is the mean over predicted tokens. bits/byte is the sum of nats over ln 2, divided by the raw bytes of the
documents: the one figure that survives a change of tokenizer.
"""

import math
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import torch

from training.heldout import HeldOut
from training.loss import IGNORED, token_losses
from training.ngram import Bigram, Unigram
from training.strawberry import Strawberry
from warehouse.tables import BASELINES, write_table

MODEL, SHUFFLED, ALL = "strawberry", "strawberry with shuffled retention", "all"
ROWS = 16
"""Windows read at once."""


def evaluate(model: Strawberry, baselines: Iterable[Unigram | Bigram], documents: Sequence[HeldOut], split: str) -> list[dict[str, Any]]:
    """Rows of BASELINES: each model on each domain and on "all".

    "Shuffled retention" gives every window the weights that another one's text generated: where that loses nothing,
    Retention does nothing.
    """
    rows = loss_rows(MODEL, split, documents, document_nats(model, documents))
    rows += loss_rows(SHUFFLED, split, documents, document_nats(model, documents, shuffled=True))
    for baseline in baselines:
        nats = [float(baseline.nats(document.ids).sum()) for document in documents]
        rows += loss_rows(baseline.name, split, documents, nats)
    return rows


def write_evaluation(rows: Sequence[dict[str, Any]], path: Path) -> int:
    """Writes rows of BASELINES and returns how many there were."""
    return write_table(path, rows, BASELINES)


def loss_rows(model: str, split: str, documents: Sequence[HeldOut], nats: Sequence[float]) -> list[dict[str, Any]]:
    """Rows of BASELINES for one model, from the total nats of each document; "all" comes last."""
    domains = [*sorted({document.domain for document in documents}), ALL]
    chosen = {domain: [index for index, document in enumerate(documents) if domain in (document.domain, ALL)] for domain in domains}
    return [_loss_row(model, split, domain, [(documents[i], nats[i]) for i in chosen[domain]]) for domain in domains]


def _loss_row(model: str, split: str, domain: str, scored: Sequence[tuple[HeldOut, float]]) -> dict[str, Any]:
    total = math.fsum(nats for _, nats in scored)
    tokens, size = (sum(values) for values in zip(*((item.tokens, item.bytes) for item, _ in scored), strict=True))
    return {
        "model": model,
        "split": split,
        "domain": domain,
        "documents": len({document.doc_id for document, _ in scored}),
        "tokens": tokens,
        "bytes": size,
        "nats_per_token": total / tokens,
        "bits_per_byte": total / math.log(2) / size,
    }


def document_nats(model: Strawberry, documents: Sequence[HeldOut], shuffled: bool = False) -> list[float]:
    """Total nats of each document, read in windows of the model's block that share no context."""
    block = model.config.block
    places = [(start, index) for index, item in enumerate(documents) for start in range(0, item.tokens, block)]
    places.sort(key=lambda place: (-min(block, documents[place[1]].tokens - place[0]), place))
    totals = np.zeros(len(documents))
    for first in range(0, len(places), ROWS):
        batch = places[first : first + ROWS]
        windows = [documents[index].ids[start : start + block + 1] for start, index in batch]
        np.add.at(totals, [index for _, index in batch], _window_nats(model, windows, shuffled))
    return totals.tolist()


@torch.no_grad()
def _window_nats(model: Strawberry, windows: Sequence[np.ndarray[Any, Any]], shuffled: bool) -> np.ndarray[Any, Any]:
    """Total nats of windows of ids of up to block + 1, filled up to the longest."""
    longest = max(len(window) for window in windows)
    ids = torch.full((len(windows), longest), IGNORED)
    for row, window in zip(ids, windows, strict=True):
        row[: len(window)] = torch.from_numpy(window)
    hidden = model.hidden(ids[:, :-1].clamp(min=0), shuffled)
    nats = token_losses(hidden.flatten(0, 1), model.embedding, ids[:, 1:].flatten())
    return nats.view(len(windows), -1).double().sum(dim=1).numpy()
