"""A tiny corpus with structure, and shards made of it."""

from pathlib import Path

import numpy as np
import pytest

from training.settings import TrainingSettings
from training.strawberry import StrawberryConfig
from warehouse.tables import SPANS, write_table

VOCABULARY = 32
TINY = StrawberryConfig(vocabulary=VOCABULARY, block=16, layers=1, passes=2, heads=2, width=16, qkv=32, ffn=32, chunk=8)


def tiny_settings(**changes: object) -> TrainingSettings:
    """A run of seconds."""
    values: dict[str, object] = {
        "model": TINY,
        "steps": 40,
        "batch": 8,
        "warmup": 4,
        "evaluate_every": 20,
        "evaluate_windows": 8,
        "checkpoint_every": 10,
        "threads": 1,
    }
    return TrainingSettings(**{**values, **changes})  # type: ignore[arg-type]


def write_shard(path: Path, tokens: list[int]) -> Path:
    """A shard as another program would write it."""
    header = np.zeros(256, dtype="<i4")
    header[:3] = (20240520, 1, len(tokens))
    path.write_bytes(header.tobytes() + np.array(tokens, dtype="<u2").tobytes())
    return path


def sentences(count: int, seed: int) -> list[int]:
    """Tokens 1..31 in which each is mostly followed by its double plus one of two numbers."""
    generator = np.random.default_rng(seed)
    tokens = [1]
    for choice in generator.integers(0, 2, size=count - 1):
        tokens.append((tokens[-1] * 2 + int(choice)) % (VOCABULARY - 1) + 1)
    return tokens


@pytest.fixture
def corpus(tmp_path: Path) -> Path:
    """Train and validation shards of documents of 59 tokens, in two domains, with spans."""
    rows = []
    for split, documents in (("train", 120), ("val", 12)):
        tokens: list[int] = []
        name = f"corpus_{split}_000000.bin"
        for number in range(documents):
            first = len(tokens)
            tokens += [0, *sentences(59, seed=number + 1000 * (split == "val"))]
            domain = "code" if number % 2 else "wiki"
            rows.append(span(name, split, f"{split}-{number}", domain, (first, len(tokens) - 1)))
        write_shard(tmp_path / name, tokens)
    write_table(tmp_path / "spans.parquet", rows, SPANS)
    return tmp_path


def span(shard: str, split: str, doc_id: str, domain: str, place: tuple[int, int]) -> dict[str, object]:
    """A row of SPANS for a document of two bytes per token."""
    length = place[1] - place[0]
    return {
        "shard": shard,
        "split": split,
        "first_token": place[0],
        "last_token": place[1],
        "doc_id": doc_id,
        "source": "test",
        "domain": domain,
        "uri": f"test:{doc_id}",
        "revision": "1",
        "repetition": 0,
        "characters": 2 * length,
        "bytes": 2 * length,
    }
