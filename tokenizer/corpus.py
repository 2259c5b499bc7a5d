"""A snapshot's text, streamed: what the vocabulary is trained on and what the shards hold."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryFile

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from warehouse.errors import ShardError
from warehouse.tables import read_table

ROWS_AT_ONCE = 64
"""Documents read from a partition at a time."""


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

    The texts wait in a temporary file while the partitions are read, so memory holds one of them at a time. Raises
    ShardError where one is missing, held twice, or there with another text than the snapshot was made from.
    """
    rows = corpus.rows(splits)
    doc_ids, digests = rows["doc_id"].to_pylist(), rows["text_sha256"].to_pylist()
    wanted = dict(zip(doc_ids, digests, strict=True))
    with TemporaryFile(prefix="berry-texts-") as spool:
        places: dict[str, tuple[int, int]] = {}
        for doc_id, digest, text in _stored_texts(corpus.documents):
            if doc_id in places or digest is None or wanted.get(doc_id) != digest:
                _require(doc_id not in places, doc_id, "is held twice", corpus)
                continue
            content = text.encode()
            places[doc_id] = (spool.tell(), len(content))
            spool.write(content)
        for doc_id in doc_ids:
            _require(doc_id in places, doc_id, "is missing or has changed since", corpus)
            start, length = places[doc_id]
            spool.seek(start)
            yield doc_id, spool.read(length).decode()


def _stored_texts(documents: Sequence[Path]) -> Iterator[tuple[str, str, str]]:
    for path in documents:
        with pq.ParquetFile(path, pre_buffer=False) as partition:
            for batch in partition.iter_batches(ROWS_AT_ONCE, columns=["doc_id", "text_sha256", "text"]):
                yield from zip(*(batch[name].to_pylist() for name in ("doc_id", "text_sha256", "text")), strict=True)


def _require(held: bool, doc_id: str, fault: str, corpus: Corpus) -> None:
    if not held:
        raise ShardError(
            f"the text of document {doc_id} {fault}: the snapshot {corpus.snapshot} does not fit the "
            f"{len(corpus.documents)} document partitions given with it; build the recipe again to make it anew"
        )
