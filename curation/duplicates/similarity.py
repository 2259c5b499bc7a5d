"""Exact similarity of candidate pairs, with the shingles of a bounded part of the corpus in memory at a time."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from curation.duplicates.shingles import Hashes

BLOCK_SHINGLES = 16_000_000
"""Shingles per block: 128 MB. Two blocks are in memory at a time."""

Indices = npt.NDArray[np.int64]


@dataclass(frozen=True)
class Similarity:
    """How alike two shingle sets are.

    Jaccard: intersection over union. Containment: intersection over the smaller set (Broder 1997).
    """

    jaccard: float
    containment: float


def compare(larger: Hashes, smaller: Hashes) -> Similarity:
    """Exact similarity of two sorted shingle sets, neither of them empty."""
    positions = np.minimum(np.searchsorted(larger, smaller), len(larger) - 1)
    common = int(np.count_nonzero(larger[positions] == smaller))
    return Similarity(common / (len(larger) + len(smaller) - common), common / min(len(larger), len(smaller)))


class ShingleReader:
    """Reads the shingle sets of chosen documents from the signatures, one row group at a time."""

    def __init__(self, signatures: list[Path], sizes: dict[str, int]) -> None:
        self._signatures = signatures
        self._sizes = sizes

    def blocks(self, documents: list[str]) -> Iterator[list[str]]:
        """Cuts documents into runs of at most BLOCK_SHINGLES shingles, or one document where that alone has more."""
        block: list[str] = []
        filled = 0
        for doc_id in documents:
            if block and filled + self._sizes[doc_id] > BLOCK_SHINGLES:
                yield block
                block, filled = [], 0
            block.append(doc_id)
            filled += self._sizes[doc_id]
        if block:
            yield block

    def read(self, documents: list[str]) -> dict[str, Hashes]:
        """The shingle sets of some documents."""
        wanted = pa.array(documents, pa.string())
        found: dict[str, Hashes] = {}
        for path in self._signatures:
            for batch in pq.ParquetFile(path).iter_batches(batch_size=512, columns=["doc_id", "shingle_hashes"]):
                chosen = batch.filter(pc.is_in(batch.column("doc_id"), value_set=wanted))
                lists = chosen.column("shingle_hashes")
                offsets, values = lists.offsets.to_numpy(), lists.values.to_numpy()
                for row, doc_id in enumerate(chosen.column("doc_id").to_pylist()):
                    found[doc_id] = values[offsets[row] : offsets[row + 1]]
        return found


def compare_all(reader: ShingleReader, order: list[str], pairs: Indices) -> Iterator[tuple[int, int, Similarity]]:
    """Similarity of every pair (longer, shorter) of places in `order`; int64, shape (pairs, 2).

    Documents are read in blocks, and each block is compared with itself and with every later one, so that memory does
    not grow with the corpus.
    """
    used = np.unique(pairs)
    names = [order[place] for place in used]
    blocks = list(reader.blocks(names))
    block_of_name = np.repeat(np.arange(len(blocks)), np.array([len(block) for block in blocks], np.int64))
    located = block_of_name[np.searchsorted(used, pairs)]
    for first, block in enumerate(blocks):
        longer = reader.read(block)
        for second in np.unique(located[located[:, 0] == first, 1]).tolist():
            shorter = longer if second == first else reader.read(blocks[second])
            for one, other in pairs[(located[:, 0] == first) & (located[:, 1] == second)].tolist():
                yield one, other, compare(longer[order[one]], shorter[order[other]])
