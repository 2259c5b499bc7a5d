"""What a vocabulary does to a corpus: tokens per domain, source and split, and entries that are never used."""

from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow.compute as pc

from tokenizer.corpus import Corpus
from tokenizer.encode import Encoder
from tokenizer.shards import SPANS_FILE, TokenShard, shard_paths
from warehouse.errors import ShardError
from warehouse.statements import exact_path, statement
from warehouse.tables import COMPRESSION, TOKENIZERS, read_table, write_table

TOKENS_AT_ONCE = 1 << 20


def evaluate_vocabulary(corpus: Corpus, vocabulary: Path, shards: Path, out: Path) -> None:
    """Writes `compression.parquet` and `tokenizers.parquet` into `out`, from the shards of a folder and their spans.

    Bytes per token of a row: bytes / tokens; characters per token likewise. Both count a document once and leave
    end-of-text tokens out. Raises ShardError where the shards were written with another vocabulary.
    """
    encoder = Encoder.load(vocabulary)
    snapshot_id = _snapshot_id(corpus.snapshot)
    identity = {"tokenizer_id": encoder.digest, "snapshot_id": snapshot_id}
    rows = [identity | row for row in _compression(shards / SPANS_FILE)]
    write_table(out / "compression.parquet", rows, COMPRESSION)
    figures = {
        "entries": encoder.entries,
        "pattern": encoder.pattern.value,
        "trained_characters": pc.sum(corpus.rows(["train"])["characters"]).as_py(),
        "never_used": never_used(encoder, shards),
    }
    write_table(out / "tokenizers.parquet", [identity | figures], TOKENIZERS)


def never_used(encoder: Encoder, shards: Path) -> int:
    """Entries that occur nowhere in the training shards of a folder: parameters that training never reaches."""
    seen = np.zeros(encoder.entries, dtype=bool)
    for path in shard_paths(shards, "train"):
        tokens = TokenShard.open(path, encoder.digest).tokens
        for start in range(0, len(tokens), TOKENS_AT_ONCE):
            seen[np.unique(tokens[start : start + TOKENS_AT_ONCE])] = True
    return int(np.count_nonzero(~seen))


def _compression(spans: Path) -> list[dict[str, Any]]:
    with duckdb.connect() as connection:
        found = connection.sql(statement("tokenizer", "compression.sql"), params={"spans": exact_path(spans)})
        rows: list[dict[str, Any]] = found.to_arrow_table().to_pylist()
    return rows


def _snapshot_id(snapshot: Path) -> str:
    identities = set(read_table(snapshot, ["snapshot_id"])["snapshot_id"].to_pylist())
    if len(identities) != 1:
        raise ShardError(f"{snapshot} should hold exactly one snapshot, it holds {len(identities)}: build it again")
    return str(identities.pop())
