"""Packing a snapshot into shards: encode every document once, then lay the tokens out in their final order.

Training documents are shuffled by a hash of (doc_id, repetition), so the order depends on the corpus alone; validation
and test documents are ordered by domain, then doc_id. The tokens of a split are spread evenly over its shards, so no
shard is tiny. Memory stays bounded: tokens wait in a scratch file between the two passes.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from math import ceil
from pathlib import Path
from tempfile import TemporaryFile
from typing import BinaryIO

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from curation.settings import ShardSettings
from tokenizer.corpus import Corpus, snapshot_texts
from tokenizer.encode import Encoder
from tokenizer.shards import SPANS_FILE, SPLITS, TokenShard, header, shard_name
from warehouse.digests import fraction, sha256_file
from warehouse.errors import ShardError
from warehouse.tables import SPANS, write_table

CHARACTERS_AT_ONCE = 4_000_000
TOKENS_AT_ONCE = 1 << 20

Progress = Callable[[int, int], None]
"""Called with (documents encoded, documents in all)."""


@dataclass(frozen=True)
class Packed:
    """What was written: the shards of all splits by name, the SPANS file, and the tokens of each split."""

    shards: list[Path]
    spans: Path
    tokens: dict[str, int]


def write_shards(corpus: Corpus, vocabulary: Path, settings: ShardSettings, out: Path, progress: Progress) -> Packed:
    """Writes `corpus_SPLIT_NNNNNN.bin` for every split that holds documents, and `spans.parquet`, into `out`.

    The bytes depend on the snapshot, its text, the vocabulary and the settings alone. Raises ShardError where decoding
    does not give back a document's exact bytes, where the snapshot and the documents do not fit, or where no document is
    in the training split.
    """
    encoder = Encoder.load(vocabulary)
    packer = _Packer(encoder, header_digests=(encoder.digest, sha256_file(corpus.snapshot)), out=out)
    with TemporaryFile(dir=out, prefix=".tokens-") as scratch:
        encoded = _encode(corpus, encoder, scratch, progress)
        written = {split: packer.write(encoded, split, settings.tokens_per_shard) for split in SPLITS}
    if not written["train"]:
        raise ShardError(f"the snapshot {corpus.snapshot} holds no training document: add sources or lower the held-out shares")
    spans = pa.concat_tables([shard.spans for split in SPLITS for shard in written[split]])
    write_table(out / SPANS_FILE, spans, SPANS)
    return Packed(
        shards=[shard.path for split in SPLITS for shard in written[split]],
        spans=out / SPANS_FILE,
        tokens={split: sum(shard.tokens for shard in written[split]) for split in SPLITS},
    )


@dataclass(frozen=True)
class _Encoded:
    """Every document's tokens, each with its end-of-text token before it, one after the other in `rows` order."""

    rows: pa.Table
    tokens: NDArray[np.uint16]
    ends: NDArray[np.int64]  # shape (documents + 1,): document i lies in tokens[ends[i] : ends[i + 1]]


@dataclass(frozen=True)
class _Written:
    path: Path
    tokens: int
    spans: pa.Table


@dataclass(frozen=True)
class _Piece:
    """The part of a document that lies in one shard."""

    row: int
    repetition: int
    ids: NDArray[np.uint16]
    characters: int
    bytes: int


def _encode(corpus: Corpus, encoder: Encoder, scratch: BinaryIO, progress: Progress) -> _Encoded:
    rows = corpus.rows()
    expected = rows["bytes"].to_pylist()
    lengths: list[int] = []
    for batch in _batches(snapshot_texts(corpus, SPLITS)):
        for (doc_id, text), ids in zip(batch, encoder.encode_batch([text for _, text in batch]), strict=True):
            _require_lossless(doc_id, text.encode(), encoder.decode_bytes(ids), expected[len(lengths)])
            scratch.write(np.concatenate([[encoder.end_of_text], ids]).astype("<u2").tobytes())
            lengths.append(len(ids) + 1)
        progress(len(lengths), rows.num_rows)
    scratch.flush()
    ends = np.concatenate([[0], np.cumsum(lengths, dtype=np.int64)]).astype(np.int64)
    if not lengths:
        return _Encoded(rows, np.zeros(0, np.uint16), ends)
    return _Encoded(rows, np.asarray(np.memmap(scratch, dtype="<u2", mode="r", shape=(int(ends[-1]),))), ends)


def _batches(texts: Iterator[tuple[str, str]]) -> Iterator[list[tuple[str, str]]]:
    batch: list[tuple[str, str]] = []
    characters = 0
    for doc_id, text in texts:
        batch.append((doc_id, text))
        characters += len(text)
        if characters >= CHARACTERS_AT_ONCE:
            yield batch
            batch, characters = [], 0
    if batch:
        yield batch


def _require_lossless(doc_id: str, raw: bytes, decoded: bytes, expected: int) -> None:
    if decoded != raw or len(raw) != expected:
        raise ShardError(
            f"document {doc_id}: {len(raw):,} bytes of text, {expected:,} in the snapshot and {len(decoded):,} after "
            "decoding do not agree; build the vocabulary and the snapshot again"
        )


@dataclass(frozen=True)
class _Packer:
    encoder: Encoder
    header_digests: tuple[str, str]
    out: Path

    def write(self, encoded: _Encoded, split: str, tokens_per_shard: int) -> list[_Written]:
        order = _order(encoded.rows, split)
        total = sum(int(encoded.ends[row + 1] - encoded.ends[row]) for row, _ in order)
        shards = ceil(total / tokens_per_shard)
        sizes = [total * (number + 1) // shards - total * number // shards for number in range(shards)]
        pieces = self._pieces(encoded, order, sizes)
        return [self._shard(encoded.rows, shard_name(split, number), size, pieces) for number, size in enumerate(sizes)]

    def _pieces(self, encoded: _Encoded, order: list[tuple[int, int]], sizes: list[int]) -> Iterator[_Piece]:
        """Documents in order, cut where a shard ends. A cut document's last piece holds what is left of its raw bytes."""
        room_of = iter(sizes)
        room = 0
        characters_of, bytes_of = encoded.rows["characters"].to_numpy(), encoded.rows["bytes"].to_numpy()
        for row, repetition in order:
            ids = encoded.tokens[encoded.ends[row] : encoded.ends[row + 1]]
            characters, raw = int(characters_of[row]), int(bytes_of[row])
            while len(ids):
                room = room or next(room_of)
                head, ids = ids[:room], ids[room:]
                room -= len(head)
                begun = int(self.encoder.character_counts[head].sum()) if len(ids) else characters
                held = int(self.encoder.byte_lengths[head].sum()) if len(ids) else raw
                characters, raw = characters - begun, raw - held
                yield _Piece(row, repetition, head, begun, held)

    def _shard(self, rows: pa.Table, name: str, size: int, pieces: Iterator[_Piece]) -> _Written:
        path = self.out / name
        held: list[tuple[int, int, int, int, int]] = []
        written = 0
        with path.open("wb") as handle:
            handle.write(header(size, *self.header_digests))
            while written < size:
                piece = next(pieces)
                handle.write(piece.ids.tobytes())
                held.append((piece.row, piece.repetition, len(piece.ids), piece.characters, piece.bytes))
                written += len(piece.ids)
        spans = _spans(rows, name, np.array(held, dtype=np.int64).T)
        self._require_raw_bytes(path, spans)
        return _Written(path, size, spans)

    def _require_raw_bytes(self, path: Path, spans: pa.Table) -> None:
        """Reads the shard back: its decoded bytes must add up to the raw bytes of the documents in it."""
        tokens = TokenShard.open(path, self.encoder.digest).tokens
        blocks = (tokens[start : start + TOKENS_AT_ONCE] for start in range(0, len(tokens), TOKENS_AT_ONCE))
        decoded = sum(int(self.encoder.byte_lengths[block].sum()) for block in blocks)
        raw = pc.sum(spans["bytes"]).as_py()
        if decoded != raw:
            raise ShardError(f"{path} decodes to {decoded:,} bytes, its documents have {raw:,}: the disk may be at fault")


def _order(rows: pa.Table, split: str) -> list[tuple[int, int]]:
    """Pairs (row, repetition) in the order of the shards."""
    columns = zip(*(rows[name].to_pylist() for name in ("split", "domain", "doc_id", "repetitions")), strict=True)
    taken = [
        (fraction(doc_id, str(repetition)) if split == "train" else domain, doc_id, repetition, row)
        for row, (of, domain, doc_id, repetitions) in enumerate(columns)
        if of == split
        for repetition in range(repetitions)
    ]
    return [(row, repetition) for _, _, repetition, row in sorted(taken)]


def _spans(rows: pa.Table, name: str, held: NDArray[np.int64]) -> pa.Table:
    row, repetition, length, characters, size = held
    last = np.cumsum(length) - 1
    documents = rows.select(["split", "doc_id", "source", "domain", "uri", "revision"]).take(pa.array(row))
    figures = {
        "shard": pa.array([name] * len(row), pa.string()),
        "first_token": pa.array(last - length + 1),
        "last_token": pa.array(last),
        "repetition": pa.array(repetition),
        "characters": pa.array(characters),
        "bytes": pa.array(size),
    }
    for column, values in figures.items():
        documents = documents.append_column(column, values)
    return documents
