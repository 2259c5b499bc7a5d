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

_MEANING = b"meaning"


def _schema(columns: Mapping[str, tuple[pa.DataType, str]]) -> pa.Schema:
    """A table's columns, each with its type and its meaning, which `meanings` reads."""
    return pa.schema([pa.field(name, kind, metadata={_MEANING: meaning.encode()}) for name, (kind, meaning) in columns.items()])


CAPTURES = _schema(
    {
        "capture_id": (_TEXT, "stable hash of source and native id"),
        "source": (_TEXT, "the source's id in the recipe"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "uri": (_TEXT, "address of the document"),
        "native_id": (_TEXT, "the source's own name of the item: a member's path, a page id, a URL"),
        "title": (_TEXT, "as the source gives it"),
        "revision": (_TEXT, "the source's own revision, else the digest of the content"),
        "media_type": (_TEXT, "of the content"),
        "charset": (_TEXT, "as declared by the transport, null where nothing declared it"),
        "licence": (_TEXT, "as the item or the source states it, else as the recipe does"),
        "attribution": (_TEXT, "whom to name, and where they are listed; null where the source does not say"),
        "modified": (_TEXT, "ISO 8601, as the source states it"),
        "etag": (_TEXT, "as the server sent it, null elsewhere"),
        "bytes": (_COUNT, "of the content"),
        "sha256": (_TEXT, "of the content"),
        "content": (pa.large_binary(), "the bytes as the source gave them"),
        "error": (_TEXT, "why the item could not be read; then content is null"),
        "gone": (
            _TEXT,
            "how the source said that it no longer has the item; then content is its last version where the recipe keeps that, else null",
        ),
    }
)

DOCUMENTS = _schema(
    {
        "doc_id": (_TEXT, "equals the capture_id: one capture is one document"),
        "source": (_TEXT, "the source's id in the recipe"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "uri": (_TEXT, "address of the document"),
        "native_id": (_TEXT, "the source's own name of the item: a member's path, a page id, a URL"),
        "revision": (_TEXT, "the source's own revision, else the digest of the content"),
        "title": (_TEXT, "as the source gives it"),
        "licence": (_TEXT, "as the file's own header names it, else as the item, the source or the recipe states it"),
        "extractor": (_TEXT, "what made text of the content"),
        "templates": (
            pa.list_(
                pa.struct(
                    [
                        ("name", _TEXT),
                        ("calls", pa.int32()),
                        ("given", pa.int32()),
                        ("kept", pa.int32()),
                        ("on_purpose", pa.bool_()),
                    ]
                )
            ),
            "of wikitext, what became of each template: its calls, the visible characters of their arguments, those that came into "
            "the text, and whether it is left out on purpose",
        ),
        "cleaners": (pa.list_(_TEXT), "the cleaners that changed the text, in order"),
        "edits": (
            pa.list_(
                pa.struct(
                    [
                        ("cleaner", _TEXT),
                        ("skip", pa.list_(pa.int32())),
                        ("cut", pa.list_(pa.int32())),
                        ("put", pa.list_(_TEXT)),
                    ]
                )
            ),
            "what each of them did, step by step: characters passed over, characters cut, and what was put there",
        ),
        "text": (pa.large_string(), "after extraction and cleaning, null where there is none"),
        "text_sha256": (_TEXT, "of the text"),
        "characters": (_COUNT, "of the text after cleaning"),
        "bytes": (_COUNT, "of the text in UTF-8"),
        "verdict": (_TEXT, "extracted, dropped or failed"),
        "reason": (_TEXT, "why it is no document, null where it is one"),
        "value": (_NUMBER, "what was measured of it, where the reason is a measure"),
        "threshold": (_NUMBER, "what the measure was compared with"),
        "detail": (_TEXT, "the reason in a sentence"),
    }
)

BOILERPLATE = _schema(
    {
        "source": (_TEXT, "the source's id in the recipe"),
        "domain": (_TEXT, "wiki, lore, transcript or paper"),
        "line": (_TEXT, "a line that recurs, or a sentence in transcripts; personal data replaced as in the documents"),
        "documents": (_COUNT, "that hold it"),
        "of_documents": (_COUNT, "of the source that have a text"),
    }
)

SIGNALS = _schema(
    {
        "doc_id": (_TEXT, "identity of the document; equals its capture_id"),
        "source": (_TEXT, "the source's id in the recipe"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "language": (_TEXT, "most likely natural language, ISO 639-1"),
        "programming_language": (_TEXT, "code only"),
        "language_confidence": (_NUMBER, "of language, from 0 to 1"),
        "characters": (_NUMBER, "of the text after cleaning"),
        "words": (_NUMBER, "of the text"),
        "lines": (_NUMBER, "of the text that are not empty"),
        "mean_word_length": (_NUMBER, "characters"),
        "symbol_ratio": (_NUMBER, '"#" and ellipses per word'),
        "alphabetic_words": (_NUMBER, "share of words with a letter"),
        "alphanumeric": (_NUMBER, "share of characters that are letters or digits"),
        "stop_words": (_NUMBER, "different ones of the 37 commonest words of English that occur"),
        "bullet_lines": (
            _NUMBER,
            "share of lines that begin with a bullet; no rule of its own, since items may be sentences: short_items has one",
        ),
        "ellipsis_lines": (_NUMBER, "share of lines that end in an ellipsis"),
        "duplicate_lines": (_NUMBER, "share of lines that occurred before"),
        "duplicate_line_characters": (_NUMBER, "share of characters in lines that occurred before"),
        "duplicate_paragraphs": (_NUMBER, "share of paragraphs that occurred before"),
        "duplicate_paragraph_characters": (_NUMBER, "share of characters in paragraphs that occurred before"),
        "top_2gram": (_NUMBER, "share of characters in the word 2-gram that covers most, among those that occur three times or more"),
        "top_3gram": (_NUMBER, "the same for 3-grams"),
        "top_4gram": (_NUMBER, "the same for 4-grams"),
        "duplicate_5grams": (_NUMBER, "share of characters in word 5-grams that occur twice or more"),
        "duplicate_6grams": (_NUMBER, "the same for 6-grams; no rule of its own, since it lies between those for 5 and 10"),
        "duplicate_7grams": (_NUMBER, "the same for 7-grams"),
        "duplicate_8grams": (_NUMBER, "the same for 8-grams"),
        "duplicate_9grams": (_NUMBER, "the same for 9-grams"),
        "duplicate_10grams": (_NUMBER, "the same for 10-grams"),
        "longest_line": (_NUMBER, "characters"),
        "mean_line": (_NUMBER, "characters per line, empty lines included"),
        "lost_words": (_NUMBER, "share of words that are a stand-in for a lost one, such as <unk>"),
        "markup": (_NUMBER, "prose only: share of characters in markup that was left"),
        "short_lines": (_NUMBER, "prose only: share of words in lines of 3 words at most; headings, tables and code left out"),
        "short_items": (_NUMBER, "prose only: share of words in items of lists of 5 words at most; code left out"),
        "short_cells": (
            _NUMBER,
            "prose only: share of words in table cells of 7 words at most; 0 where 150 words are in none",
        ),
        "data_lines": (_NUMBER, "prose only: share of lines outside of fences that are keys with values, tags or quoted names"),
        "fenced_code": (_NUMBER, "prose only: share of characters between fences of code"),
        "turns": (_NUMBER, "prose only: lines that begin with the name of a speaker, or another label that recurs"),
        "words_per_turn": (_NUMBER, "words per turn, null where no label recurs"),
        "sentence_marks": (_NUMBER, "prose only: ends of sentences per word; near 0 in speech that a program wrote down"),
        "sounds": (_NUMBER, "prose only: words in brackets, such as [Music], per word"),
        "timing_marks": (_NUMBER, "prose only: times and tags of captions per word"),
        "literals": (_NUMBER, "code only: share of characters in numbers and in strings of one line"),
        "numbers": (_NUMBER, "code only: numbers as a share of numbers and words; documentation left out"),
        "mean_identifier": (_NUMBER, "code only: mean length of the different names, in characters"),
        "comment_ratio": (_NUMBER, "code only: share of lines that are comments"),
        "replacement_characters": (_NUMBER, "share of characters that are U+FFFD, which stands for a lost one"),
    }
)

DECISIONS = _schema(
    {
        "doc_id": (_TEXT, "identity of the document; equals its capture_id"),
        "source": (_TEXT, "the source's id in the recipe"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "stage": (_TEXT, "extract, quality, duplicates, balance"),
        "verdict": (_TEXT, "kept, dropped or failed"),
        "reason": (_TEXT, "one of curation.decisions.Reason; null where kept"),
        "value": (_NUMBER, "the signal that the rule looked at"),
        "threshold": (_NUMBER, "what the rule compared it with"),
        "detail": (_TEXT, "the decision in a sentence"),
        "decisive": (pa.bool_(), "exactly one row per document and stage is decisive"),
    }
)

SIGNATURES = _schema(
    {
        "doc_id": (_TEXT, "identity of the document; equals its capture_id"),
        "source": (_TEXT, "the source's id in the recipe"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "exact": (_TEXT, "digest of the normalised text"),
        "characters": (_COUNT, "of the text after cleaning"),
        "shingles": (_COUNT, "distinct shingles; 0 where the text is shorter than one"),
        "bands": (pa.list_(pa.uint64()), "one hash per band"),
        "shingle_hashes": (pa.list_(pa.uint64()), "the distinct shingles, sorted"),
    }
)

DUPLICATES = _schema(
    {
        "doc_id": (_TEXT, "one of the pair; the dropped one where one was dropped"),
        "other_id": (_TEXT, "the document it was compared with; the kept one where one was dropped"),
        "cluster_id": (_TEXT, "doc_id of the cluster's kept document"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "source": (_TEXT, "the source's id in the recipe"),
        "kind": (_TEXT, "exact, near, contained, or related: too alike to be split, too different to drop"),
        "jaccard": (_NUMBER, "exact Jaccard similarity of the shingles"),
        "containment": (_NUMBER, "intersection over the smaller set"),
        "dropped": (pa.bool_(), "whether doc_id was dropped for other_id"),
        "why": (_TEXT, "why the other one was kept"),
    }
)

SPLITS = _schema(
    {
        "doc_id": (_TEXT, "identity of the document; equals its capture_id"),
        "source": (_TEXT, "the source's id in the recipe"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "group_id": (_TEXT, "smallest doc_id among all documents that must share a split"),
        "split": (_TEXT, "train, val or test"),
        "characters": (_COUNT, "of the text after cleaning"),
        "bytes": (_COUNT, "of the text in UTF-8"),
    }
)

MIX = _schema(
    {
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "asked_share": (_NUMBER, "of the training text, as the recipe's shares or temperature have it"),
        "asked_characters": (_COUNT, "what that share comes to"),
        "available_characters": (_COUNT, "in the training split before the mix"),
        "available_documents": (_COUNT, "in the training split before the mix"),
        "repetitions": (_NUMBER, "mean number of times a character is taken"),
        "taken_characters": (_COUNT, "repetitions included"),
        "taken_documents": (_COUNT, "distinct"),
        "taken_share": (_NUMBER, "of the training text"),
        "shortfall_characters": (_COUNT, "asked for and not there"),
        "why": (_TEXT, "what stood in the way"),
    }
)

SNAPSHOTS = _schema(
    {
        "snapshot_id": (_TEXT, "identity of the snapshot"),
        "doc_id": (_TEXT, "identity of the document; equals its capture_id"),
        "source": (_TEXT, "the source's id in the recipe"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "uri": (_TEXT, "address of the document"),
        "revision": (_TEXT, "the source's own revision, else the digest of the content"),
        "text_sha256": (_TEXT, "of the text"),
        "split": (_TEXT, "train, val or test"),
        "repetitions": (_COUNT, "times the document is taken, at least 1"),
        "characters": (_COUNT, "of the text after cleaning"),
        "bytes": (_COUNT, "of the text in UTF-8"),
    }
)

LINEAGE = _schema(
    {
        "sequence": (_COUNT, "1 for a recipe's first snapshot; the highest is the current one"),
        "snapshot_id": (_TEXT, "identity of the snapshot"),
        "parent_id": (_TEXT, "the snapshot before it, null for the first"),
        "recipe_digest": (_TEXT, "of the recipe that made it"),
        "documents": (_COUNT, "in the snapshot"),
        "characters": (_COUNT, "of their texts"),
    }
)

TOKENIZERS = _schema(
    {
        "tokenizer_id": (_TEXT, "digest of the vocabulary file"),
        "snapshot_id": (_TEXT, "the snapshot it was trained on"),
        "entries": (_COUNT, "size of the vocabulary, special tokens included"),
        "pattern": (_TEXT, "how text is cut before pairs are merged"),
        "trained_characters": (_COUNT, "of the text it was trained on"),
        "never_used": (_COUNT, "entries that do not occur in the training shards"),
    }
)

COMPRESSION = _schema(
    {
        "tokenizer_id": (_TEXT, "digest of the vocabulary file"),
        "snapshot_id": (_TEXT, "identity of the snapshot"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "source": (_TEXT, "the source's id in the recipe"),
        "split": (_TEXT, "train, val or test"),
        "documents": (_COUNT, "each counted once"),
        "characters": (_COUNT, "of their texts"),
        "bytes": (_COUNT, "of their texts in UTF-8"),
        "tokens": (_COUNT, "without end-of-text tokens"),
    }
)

SPANS = _schema(
    {
        "shard": (_TEXT, "file name"),
        "split": (_TEXT, "train, val or test"),
        "first_token": (_COUNT, "offset of the end-of-text token that opens the document"),
        "last_token": (_COUNT, "inclusive"),
        "doc_id": (_TEXT, "identity of the document; equals its capture_id"),
        "source": (_TEXT, "the source's id in the recipe"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "uri": (_TEXT, "address of the document"),
        "revision": (_TEXT, "the source's own revision, else the digest of the content"),
        "repetition": (_COUNT, "0 for the first time the document is taken"),
        "characters": (_COUNT, "of the part of the document that lies here"),
        "bytes": (_COUNT, "of that part in UTF-8"),
    }
)

METRICS = _schema(
    {
        "step": (_COUNT, "updates of the weights so far"),
        "split": (_TEXT, "train, val or test"),
        "domain": (_TEXT, '"all" for the whole split'),
        "tokens_seen": (_COUNT, "tokens trained on so far"),
        "name": (_TEXT, "loss (nats per token), gradient_norm, learning_rate"),
        "value": (_NUMBER, "of the figure"),
    }
)

BASELINES = _schema(
    {
        "model": (_TEXT, "strawberry, strawberry with shuffled retention, unigram, bigram"),
        "split": (_TEXT, "the held-out split"),
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "documents": (_COUNT, "looked at"),
        "tokens": (_COUNT, "predicted"),
        "bytes": (_COUNT, "of the predicted text in UTF-8"),
        "nats_per_token": (_NUMBER, "mean loss"),
        "bits_per_byte": (_NUMBER, "mean loss, whatever the vocabulary"),
    }
)

MODELS = _schema(
    {
        "model_id": (_TEXT, "digest of the trained model's files"),
        "snapshot_id": (_TEXT, "the snapshot whose text it was trained on"),
        "tokenizer_id": (_TEXT, "the vocabulary of its shards"),
        "shards_id": (_TEXT, "digest of the shards it was trained on"),
        "steps": (_COUNT, "updates of its weights"),
        "seed": (_COUNT, "of its first weights and batches"),
        "tokens": (_COUNT, "held-out tokens that it was measured on"),
        "nats_per_token": (_NUMBER, "its loss on held-out text of all domains"),
        "bits_per_byte": (_NUMBER, "the same, whatever the vocabulary"),
        "bigram_bits_per_byte": (_NUMBER, "of a bigram model on the same text"),
    }
)

SAMPLES = _schema(
    {
        "domain": (_TEXT, "wiki, lore, transcript, code or paper"),
        "doc_id": (_TEXT, "the held-out document that the prompt opens"),
        "prompt": (_TEXT, "what the model was given"),
        "continuation": (_TEXT, "what it wrote"),
    }
)

RUNS = _schema(
    {
        "run_id": (_TEXT, "when the build began, in UTC"),
        "stage": (_TEXT, "of the pipeline"),
        "partition": (_TEXT, "what the stage worked on"),
        "status": (_TEXT, "done, skipped or failed"),
        "started": (pa.timestamp("us", tz="UTC"), "in UTC"),
        "seconds": (_NUMBER, "of wall time"),
        "rows": (_COUNT, "written"),
        "bytes": (_COUNT, "written"),
        "key": (_TEXT, "digest of everything that decides the output"),
        "error": (_TEXT, "null where it did not fail"),
    }
)

RECEIPTS = _schema(
    {
        "run_id": (_TEXT, "when the run began, as in runs"),
        "source": (_TEXT, "the source's id in the recipe"),
        "host": (_TEXT, "whom was asked"),
        "requests": (_COUNT, "sent"),
        "unchanged": (_COUNT, "answers that said: as it was (HTTP status 304)"),
        "bytes": (_COUNT, "received, as they came over the wire"),
        "waited": (_NUMBER, "seconds of politeness: delays, Retry-After, back-off"),
        "errors": (_COUNT, "requests without an answer, or with an error for one"),
        "robots": (_TEXT, "digest of its robots.txt; empty where it has none"),
    }
)

SCHEMAS: Mapping[str, pa.Schema] = {
    "captures": CAPTURES,
    "documents": DOCUMENTS,
    "boilerplate": BOILERPLATE,
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
    "models": MODELS,
    "samples": SAMPLES,
    "runs": RUNS,
    "receipts": RECEIPTS,
}
"""The tables that SQL sees, by name."""


def meanings(schema: pa.Schema) -> dict[str, str]:
    """What each column of a table holds, in words."""
    return {field.name: field.metadata[_MEANING].decode() for field in schema}


def write_table(path: Path, rows: pa.Table | Iterable[Mapping[str, Any]], schema: pa.Schema) -> int:
    """Writes rows as zstd-compressed Parquet and returns how many there were.

    A column that is missing or not in the schema is a ValueError, a value that does not fit its type without loss is
    a pyarrow.ArrowInvalid or ArrowTypeError, since a table that quietly changes its shape breaks every reader.
    """
    table = rows if isinstance(rows, pa.Table) else _table(list(rows), schema)
    if set(table.column_names) != set(schema.names):
        raise ValueError(f"{path.name}: columns {sorted(table.column_names)} are not those of its table {schema.names}")
    # without meanings: a table's bytes depend on its rows alone, not on how we put its columns into words
    plain = pa.schema([pa.field(field.name, field.type) for field in schema])
    # the writer ends pages where chunks end, so rows that came in other chunks would give another file
    table = table.select(schema.names).cast(plain).combine_chunks()
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
