"""The warehouse's tables: one Arrow schema each, and the only way to write one.

Every table is a set of immutable Parquet files. Written bytes depend on the rows alone: same rows, same file.
"""

from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

_TEXT = pa.string()
_COUNT = pa.int64()
_NUMBER = pa.float64()

CAPTURES = pa.schema(
    [
        ("capture_id", _TEXT),  # stable hash of source and native id
        ("source", _TEXT),
        ("domain", _TEXT),
        ("uri", _TEXT),
        ("native_id", _TEXT),  # the source's own name of the item: a member's path, a page id, a URL
        ("title", _TEXT),
        ("revision", _TEXT),  # the source's own revision, else the digest of the content
        ("media_type", _TEXT),
        ("charset", _TEXT),  # as declared by the transport, null where nothing declared it
        ("licence", _TEXT),
        ("modified", _TEXT),  # ISO 8601, as the source states it
        ("etag", _TEXT),
        ("bytes", _COUNT),
        ("sha256", _TEXT),
        ("content", pa.large_binary()),
        ("error", _TEXT),  # why the item could not be read; then content is null
    ]
)

DOCUMENTS = pa.schema(
    [
        ("doc_id", _TEXT),  # equals the capture_id: one capture is one document
        ("source", _TEXT),
        ("domain", _TEXT),
        ("uri", _TEXT),
        ("native_id", _TEXT),
        ("revision", _TEXT),
        ("title", _TEXT),
        ("licence", _TEXT),
        ("extractor", _TEXT),
        ("cleaners", pa.list_(_TEXT)),  # the cleaners that changed the text, in order
        ("text", pa.large_string()),
        ("text_sha256", _TEXT),
        ("characters", _COUNT),
        ("bytes", _COUNT),  # of the text in UTF-8
        ("verdict", _TEXT),  # extracted, dropped or failed
        ("reason", _TEXT),
        ("detail", _TEXT),
    ]
)

SIGNALS = pa.schema(
    [
        ("doc_id", _TEXT),
        ("source", _TEXT),
        ("domain", _TEXT),
        ("language", _TEXT),
        ("programming_language", _TEXT),
        ("language_confidence", _NUMBER),
        ("characters", _NUMBER),
        ("words", _NUMBER),
        ("lines", _NUMBER),
        ("mean_word_length", _NUMBER),
        ("symbol_ratio", _NUMBER),  # "#" and ellipses per word
        ("alphabetic_words", _NUMBER),  # share of words with a letter
        ("alphanumeric", _NUMBER),  # share of characters that are letters or digits
        ("stop_words", _NUMBER),  # different stop words that occur
        ("bullet_lines", _NUMBER),
        ("ellipsis_lines", _NUMBER),
        ("duplicate_lines", _NUMBER),  # share of lines that occurred before
        ("duplicate_line_characters", _NUMBER),
        ("top_2gram", _NUMBER),  # share of characters in the commonest word 2-gram
        ("top_3gram", _NUMBER),
        ("top_4gram", _NUMBER),
        ("duplicate_5grams", _NUMBER),  # share of characters in word 5-grams that occur twice or more
        ("duplicate_10grams", _NUMBER),
        ("longest_line", _NUMBER),
        ("mean_line", _NUMBER),
        ("comment_ratio", _NUMBER),  # code only: share of lines that are comments
        ("replacement_characters", _NUMBER),  # share of U+FFFD
    ]
)

DECISIONS = pa.schema(
    [
        ("doc_id", _TEXT),
        ("source", _TEXT),
        ("domain", _TEXT),
        ("stage", _TEXT),  # extract, quality, duplicates, balance
        ("verdict", _TEXT),  # kept, dropped or failed
        ("reason", _TEXT),  # one of curation.decisions.Reason; null where kept
        ("value", _NUMBER),
        ("threshold", _NUMBER),
        ("detail", _TEXT),
        ("decisive", pa.bool_()),  # exactly one row per document and stage is decisive
    ]
)

SIGNATURES = pa.schema(
    [
        ("doc_id", _TEXT),
        ("source", _TEXT),
        ("domain", _TEXT),
        ("exact", _TEXT),  # digest of the normalised text
        ("characters", _COUNT),
        ("shingles", _COUNT),  # distinct shingles; 0 where the text is shorter than one
        ("bands", pa.list_(pa.uint64())),  # one hash per band
        ("shingle_hashes", pa.list_(pa.uint64())),  # the distinct shingles, sorted
    ]
)

DUPLICATES = pa.schema(
    [
        ("doc_id", _TEXT),
        ("other_id", _TEXT),  # the document it was compared with; the kept one where one was dropped
        ("cluster_id", _TEXT),  # doc_id of the cluster's kept document
        ("domain", _TEXT),
        ("source", _TEXT),
        ("kind", _TEXT),  # exact, near, contained, or related: too alike to be split, too different to drop
        ("jaccard", _NUMBER),
        ("containment", _NUMBER),  # intersection over the smaller set
        ("dropped", pa.bool_()),
        ("why", _TEXT),  # why the other one was kept
    ]
)

SPLITS = pa.schema(
    [
        ("doc_id", _TEXT),
        ("source", _TEXT),
        ("domain", _TEXT),
        ("group_id", _TEXT),  # smallest doc_id among all documents that must share a split
        ("split", _TEXT),  # train, val or test
        ("characters", _COUNT),
        ("bytes", _COUNT),
    ]
)

MIX = pa.schema(
    [
        ("domain", _TEXT),
        ("asked_share", _NUMBER),
        ("asked_characters", _COUNT),
        ("available_characters", _COUNT),
        ("available_documents", _COUNT),
        ("repetitions", _NUMBER),  # mean number of times a character is taken
        ("taken_characters", _COUNT),
        ("taken_documents", _COUNT),  # distinct
        ("taken_share", _NUMBER),
        ("shortfall_characters", _COUNT),
        ("why", _TEXT),
    ]
)

SNAPSHOTS = pa.schema(
    [
        ("snapshot_id", _TEXT),
        ("doc_id", _TEXT),
        ("source", _TEXT),
        ("domain", _TEXT),
        ("uri", _TEXT),
        ("revision", _TEXT),
        ("text_sha256", _TEXT),
        ("split", _TEXT),
        ("repetitions", _COUNT),
        ("characters", _COUNT),
        ("bytes", _COUNT),
    ]
)

LINEAGE = pa.schema(
    [
        ("sequence", _COUNT),  # 1 for a recipe's first snapshot; the highest is the current one
        ("snapshot_id", _TEXT),
        ("parent_id", _TEXT),
        ("recipe_digest", _TEXT),
        ("documents", _COUNT),
        ("characters", _COUNT),
    ]
)

TOKENIZERS = pa.schema(
    [
        ("tokenizer_id", _TEXT),  # digest of the vocabulary file
        ("snapshot_id", _TEXT),
        ("entries", _COUNT),
        ("pattern", _TEXT),
        ("trained_characters", _COUNT),
        ("never_used", _COUNT),  # entries that do not occur in the training shards
    ]
)

COMPRESSION = pa.schema(
    [
        ("tokenizer_id", _TEXT),
        ("snapshot_id", _TEXT),
        ("domain", _TEXT),
        ("source", _TEXT),
        ("split", _TEXT),
        ("documents", _COUNT),
        ("characters", _COUNT),
        ("bytes", _COUNT),
        ("tokens", _COUNT),
    ]
)

SPANS = pa.schema(
    [
        ("shard", _TEXT),  # file name
        ("split", _TEXT),
        ("first_token", _COUNT),  # offset of the end-of-text token that opens the document
        ("last_token", _COUNT),  # inclusive
        ("doc_id", _TEXT),
        ("source", _TEXT),
        ("domain", _TEXT),
        ("uri", _TEXT),
        ("revision", _TEXT),
        ("repetition", _COUNT),  # 0 for the first time the document is taken
        ("characters", _COUNT),  # of the part of the document that lies here
        ("bytes", _COUNT),
    ]
)

METRICS = pa.schema(
    [
        ("step", _COUNT),
        ("split", _TEXT),
        ("domain", _TEXT),  # "all" for the whole split
        ("tokens_seen", _COUNT),
        ("name", _TEXT),  # loss (nats per token), gradient_norm, learning_rate
        ("value", _NUMBER),
    ]
)

BASELINES = pa.schema(
    [
        ("model", _TEXT),  # strawberry, strawberry with shuffled retention, unigram, bigram
        ("split", _TEXT),
        ("domain", _TEXT),
        ("documents", _COUNT),
        ("tokens", _COUNT),
        ("bytes", _COUNT),
        ("nats_per_token", _NUMBER),
        ("bits_per_byte", _NUMBER),
    ]
)

SAMPLES = pa.schema([("domain", _TEXT), ("doc_id", _TEXT), ("prompt", _TEXT), ("continuation", _TEXT)])

RUNS = pa.schema(
    [
        ("run_id", _TEXT),
        ("stage", _TEXT),
        ("partition", _TEXT),
        ("status", _TEXT),  # done, skipped or failed
        ("started", pa.timestamp("us", tz="UTC")),
        ("seconds", _NUMBER),
        ("rows", _COUNT),
        ("bytes", _COUNT),
        ("key", _TEXT),
        ("error", _TEXT),
    ]
)

SCHEMAS: Mapping[str, pa.Schema] = {
    "captures": CAPTURES,
    "documents": DOCUMENTS,
    "signals": SIGNALS,
    "decisions": DECISIONS,
    "duplicates": DUPLICATES,
    "splits": SPLITS,
    "mix": MIX,
    "snapshots": SNAPSHOTS,
    "lineage": LINEAGE,
    "tokenizers": TOKENIZERS,
    "compression": COMPRESSION,
    "spans": SPANS,
    "metrics": METRICS,
    "baselines": BASELINES,
    "samples": SAMPLES,
    "runs": RUNS,
}
"""The tables that SQL sees, by name."""


def write_table(path: Path, rows: pa.Table | Iterable[Mapping[str, Any]], schema: pa.Schema) -> int:
    """Writes rows as zstd-compressed Parquet and returns how many there were.

    A column that is missing or not in the schema is a ValueError, a value that does not fit its type without loss is
    a pyarrow.ArrowInvalid or ArrowTypeError, since a table that quietly changes its shape breaks every reader.
    """
    table = rows if isinstance(rows, pa.Table) else _table(list(rows), schema)
    if set(table.column_names) != set(schema.names):
        raise ValueError(f"{path.name}: columns {sorted(table.column_names)} are not those of its table {schema.names}")
    # the writer ends pages where chunks end, so rows that came in other chunks would give another file
    table = table.select(schema.names).cast(schema).combine_chunks()
    pq.write_table(table, path, compression="zstd", row_group_size=16_384)
    return int(table.num_rows)


def read_table(paths: Path | Sequence[Path], columns: list[str] | None = None) -> pa.Table:
    """Reads one or more partitions of one table, in the order given, optionally only some columns."""
    several = [paths] if isinstance(paths, Path) else list(paths)
    return pa.concat_tables([pq.read_table(path, columns=columns) for path in several])


def _table(rows: list[Mapping[str, Any]], schema: pa.Schema) -> pa.Table:
    names = set(schema.names)
    for row in rows:
        if set(row) != names:
            raise ValueError(f"a row has {sorted(set(row) ^ names)} too many or too few")
    for field in schema:
        # pyarrow cuts 1.5 down to 1 without a word
        if pa.types.is_integer(field.type) and any(isinstance(row[field.name], float) for row in rows):
            raise ValueError(f"column {field.name} counts something and cannot hold a fraction")
    return pa.Table.from_pylist([dict(row) for row in rows], schema=schema)
