"""A snapshot's text, streamed: what the vocabulary is trained on and what the shards hold."""

import tempfile
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from warehouse.errors import ShardError
from warehouse.statements import exact_path, statement
from warehouse.tables import read_table

MEMORY_LIMIT = "512MB"
"""Of the sort that puts documents in order; what does not fit is spilled to the folder of temporary files."""

ROWS_AT_ONCE = 256


_COLUMNS = [
    "doc_id",
    "source",
    "domain",
    "uri",
    "revision",
    "text_sha256",
    "split",
    "repetitions",
    "characters",
    "bytes",
]


@dataclass(frozen=True)
class Corpus:
    """A snapshot (a SNAPSHOTS file) and the DOCUMENTS partitions that hold its text.

    The partitions may hold more documents than the snapshot names, in any order.
    """

    snapshot: Path
    documents: Sequence[Path]

    def rows(self, splits: Sequence[str] = ("train", "val", "test")) -> pa.Table:
        """The snapshot's rows of these splits that are taken at least once, ordered by doc_id."""
        rows = read_table(self.snapshot, _COLUMNS)
        taken = pc.and_(pc.greater(rows["repetitions"], 0), pc.is_in(rows["split"], pa.array(splits, pa.string())))
        return rows.filter(taken).sort_by("doc_id").combine_chunks()


def training_texts(corpus: Corpus) -> Iterator[str]:
    """The text of each training document, once whatever its repetitions, ordered by doc_id, in bounded memory.

    Raises ShardError where the snapshot names a document whose text is not among the partitions.
    """
    for _, text in snapshot_texts(corpus, ["train"]):
        yield text


def snapshot_texts(corpus: Corpus, splits: Sequence[str]) -> Iterator[tuple[str, str]]:
    """Pairs (doc_id, text) of the documents in these splits: exactly the snapshot's, each once, ordered by doc_id.

    Raises ShardError where one is missing, or is there with another text than the snapshot was made from.
    """
    wanted = iter(corpus.rows(splits).select(["doc_id", "uri"]).to_pylist())
    for doc_id, text in _stored_texts(corpus, splits):
        expected = next(wanted, None)
        if expected is None or expected["doc_id"] != doc_id:
            raise _missing(expected or {"doc_id": doc_id, "uri": "held twice"}, corpus)
        yield doc_id, text
    for expected in wanted:
        raise _missing(expected, corpus)


def _stored_texts(corpus: Corpus, splits: Sequence[str]) -> Iterator[tuple[str, str]]:
    with tempfile.TemporaryDirectory(prefix="berry-sort-") as spill, duckdb.connect() as connection:
        connection.execute(f"SET memory_limit = '{MEMORY_LIMIT}'; SET enable_progress_bar = false")
        connection.execute("SET temp_directory = $1", [spill])
        parameters = {
            "snapshot": exact_path(corpus.snapshot),
            "documents": [exact_path(path) for path in corpus.documents],
            "splits": list(splits),
        }
        texts = connection.sql(statement("tokenizer", "snapshot_texts.sql"), params=parameters)
        reader = texts.to_arrow_reader(ROWS_AT_ONCE)
        for batch in reader:
            yield from zip(batch.column(0).to_pylist(), batch.column(1).to_pylist(), strict=True)


def _missing(row: dict[str, str], corpus: Corpus) -> ShardError:
    return ShardError(
        f"the snapshot {corpus.snapshot} does not fit its documents at {row['doc_id']} ({row['uri']}): its text is missing, "
        "held twice, or changed since; build the recipe again so that the snapshot is made anew"
    )
