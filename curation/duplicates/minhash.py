"""MinHash signatures (Broder 1997), cut into bands (Leskovec, Rajaraman, Ullman, Mining of Massive Datasets, 3.4).

Two documents with Jaccard similarity s share at least one of b bands of r rows with probability 1 - (1 - s^r)^b:
with the default 32 bands of 4 rows .87 at s = .5, .9998 at s = .7.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from curation.domains import Domain
from curation.duplicates.shingles import Hashes, Shingler, exact_digest, fold, tokens
from curation.ledger import kept_documents
from curation.settings import DuplicateSettings
from warehouse.tables import SIGNATURES, read_table, write_table

_CHUNK = 4096
_SEED = 1
_COLUMNS = ["doc_id", "source", "domain", "characters", "text"]


class MinHasher:
    """Band hashes of shingle sets under one fixed family of permutations.

    The permutations are h -> a h + b modulo 2^32 with odd a, so that each is a bijection (datasketch's "affine32").
    """

    def __init__(self, settings: DuplicateSettings) -> None:
        draw = np.random.RandomState(_SEED)
        count = settings.permutations
        self._factors = draw.randint(0, 2**31, (count, 1), dtype=np.uint32) * np.uint32(2) + np.uint32(1)
        self._offsets = draw.randint(0, 2**32, (count, 1), dtype=np.uint32)
        self._product = np.empty((count, _CHUNK), np.uint32)
        self._bands = settings.bands

    def signature(self, shingles: Hashes) -> npt.NDArray[np.uint32]:
        """Least permuted hash of the set under each permutation; shape (permutations,)."""
        low = shingles.astype(np.uint32)
        least = np.full(len(self._factors), 2**32 - 1, np.uint32)
        for start in range(0, len(low), _CHUNK):  # the whole matrix of a book would be gigabytes
            chunk = low[start : start + _CHUNK]
            product = self._product[:, : len(chunk)]
            np.multiply(self._factors, chunk, out=product)
            np.add(product, self._offsets, out=product)
            np.minimum(least, product.min(axis=1), out=least)
        return least

    def bands(self, shingles: Hashes) -> Hashes:
        """One hash per band; empty for an empty set."""
        if not len(shingles):
            return np.empty(0, np.uint64)
        rows = self.signature(shingles).reshape(self._bands, -1).astype(np.uint64)
        return fold(list(rows.T))


@dataclass(frozen=True)
class Signature:
    """What duplicate detection keeps of one document's text."""

    exact: str
    bands: Hashes
    shingles: Hashes


class Signer:
    """Signs texts of all domains under one set of settings."""

    def __init__(self, settings: DuplicateSettings) -> None:
        self._shingler = Shingler(settings)
        self._hasher = MinHasher(settings)

    def sign(self, text: str, domain: Domain) -> Signature:
        """Signature of one text. A text shorter than a shingle has a digest only: exact copies of it are still found."""
        words = tokens(text, domain)
        shingles = self._shingler.shingles(words, domain)
        return Signature(exact_digest(text, domain, words), self._hasher.bands(shingles), shingles)


def sign_partition(documents: Path, decisions: Path, settings: DuplicateSettings, out: Path) -> int:
    """Writes SIGNATURES of the documents of one partition that every stage so far has kept, and returns their number."""
    kept = kept_documents([decisions])
    signer = Signer(settings)
    rows = sorted((row for row in _rows(documents) if row["doc_id"] in kept), key=lambda row: str(row["doc_id"]))
    signatures = [signer.sign(row["text"], Domain(row["domain"])) for row in rows]
    columns: dict[str, Any] = {name: [row[name] for row in rows] for name in ("doc_id", "source", "domain", "characters")}
    columns["exact"] = [signature.exact for signature in signatures]
    columns["shingles"] = [len(signature.shingles) for signature in signatures]
    columns["bands"] = _lists([signature.bands for signature in signatures])
    columns["shingle_hashes"] = _lists([signature.shingles for signature in signatures])
    return write_table(out, pa.table(columns).select(SIGNATURES.names).cast(SIGNATURES), SIGNATURES)


def _rows(documents: Path) -> Iterator[dict[str, Any]]:
    for batch in read_table(documents, columns=_COLUMNS).to_batches(max_chunksize=256):
        yield from batch.to_pylist()


def _lists(arrays: list[Hashes]) -> pa.ListArray:
    offsets = np.concatenate([[0], np.cumsum([len(array) for array in arrays], dtype=np.int64)])
    values = np.concatenate([np.empty(0, np.uint64), *arrays])
    return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), pa.array(values, pa.uint64()))
