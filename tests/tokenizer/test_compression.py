"""Compression is counted per domain, source and split on raw bytes, each document once."""

from pathlib import Path

import numpy as np
from small_corpus import Made

from tokenizer.encode import Encoder
from tokenizer.evaluate import evaluate_vocabulary, never_used
from tokenizer.shards import TokenShard, shard_paths
from warehouse.tables import read_table


def test_compression_counts_each_document_once_without_its_end_of_text_token(made: Made, tmp_path: Path) -> None:
    evaluate_vocabulary(made.corpus, made.vocabulary.path, made.folder, tmp_path)
    encoder = Encoder.load(made.vocabulary.path)
    texts = {row["doc_id"]: row["text"] for row in read_table(list(made.corpus.documents)).to_pylist()}
    rows = read_table(made.corpus.snapshot).to_pylist()
    for found in read_table(tmp_path / "compression.parquet").to_pylist():
        held = [texts[row["doc_id"]] for row in rows if all(row[key] == found[key] for key in ("domain", "source", "split"))]
        assert found["documents"] == len(held)
        assert found["characters"] == sum(map(len, held))
        assert found["bytes"] == sum(len(text.encode()) for text in held)
        assert found["tokens"] == sum(len(ids) for ids in encoder.encode_batch(held))
    assert read_table(tmp_path / "compression.parquet").num_rows == 15


def test_the_tokenizer_row_names_vocabulary_snapshot_and_unused_entries(made: Made, tmp_path: Path) -> None:
    evaluate_vocabulary(made.corpus, made.vocabulary.path, made.folder, tmp_path)
    seen = np.unique(np.concatenate([TokenShard.open(path).tokens for path in shard_paths(made.folder, "train")]))
    assert read_table(tmp_path / "tokenizers.parquet").to_pylist() == [
        {
            "tokenizer_id": made.vocabulary.digest,
            "snapshot_id": "snapshot-1",
            "entries": 400,
            "pattern": "o200k",
            "trained_characters": made.vocabulary.trained_characters,
            "never_used": 400 - len(seen),
        }
    ]


def test_bytes_that_no_document_has_are_never_used(made: Made) -> None:
    assert never_used(Encoder.load(made.vocabulary.path), made.folder) > 100
