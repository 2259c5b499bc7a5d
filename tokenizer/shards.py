"""Token shards: the format of llm.c, which modded-nanogpt and parameter-golf read too (little-endian).

    byte 0      int32[256]   header: [0] 20240520, [1] 1, [2] N tokens,
                             [8..15] SHA-256 of the vocabulary file, [16..23] SHA-256 of the snapshot file, the rest 0
    byte 1024   uint16[N]    token ids; the file ends with the last one

A document is the end-of-text token and then its own tokens. Where it runs over the end of a shard, the next shard begins
in the middle of it: that shard's token 0 is then no end-of-text token. Files sort by name: `corpus_train_000000.bin`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray

from warehouse.errors import ShardError

MAGIC = 20240520
VERSION = 1
HEADER_BYTES = 1024
SPLITS = ("train", "val", "test")
SPANS_FILE = "spans.parquet"

_VOCABULARY = slice(32, 64)  # bytes of the header, int32 8 to 15
_SNAPSHOT = slice(64, 96)


def shard_name(split: str, number: int) -> str:
    """The file name of a split's shard, counted from 0."""
    return f"corpus_{split}_{number:06d}.bin"


def shard_paths(folder: Path, split: str) -> list[Path]:
    """A split's shards in their order; empty where the split holds no document."""
    return sorted(folder.glob(f"corpus_{split}_[0-9]*.bin"))


def header(count: int, vocabulary_digest: str, snapshot_digest: str) -> bytes:
    """The 1,024 bytes before the tokens."""
    fields = bytearray(np.array([MAGIC, VERSION, count] + [0] * 253, dtype="<i4").tobytes())
    fields[_VOCABULARY] = bytes.fromhex(vocabulary_digest)
    fields[_SNAPSHOT] = bytes.fromhex(snapshot_digest)
    return bytes(fields)


@dataclass(frozen=True)
class TokenShard:
    """One shard, memory-mapped and read-only. Made by `TokenShard.open`.

    tokens: uint16, shape (count,). Its pages count as resident memory once read, and the system takes them back at will.
    A shard may be sent to another process: it is mapped anew there, not copied.
    """

    path: Path
    tokens: NDArray[np.uint16]
    vocabulary_digest: str
    snapshot_digest: str

    @classmethod
    def open(cls, path: Path, vocabulary_digest: str = "") -> Self:
        """Maps a shard. With a digest, only one that was written with that vocabulary.

        Raises ShardError where the file is missing, of another format, truncated, or written with another vocabulary.
        """
        fields = _read_header(path)
        magic, version, count = np.frombuffer(fields, dtype="<i4", count=3).tolist()
        if magic != MAGIC or version != VERSION:
            raise ShardError(
                f"{path} is not a token shard: it begins with {magic}, {version} instead of {MAGIC}, {VERSION}; build the shards again"
            )
        _require_size(path, count)
        written_with = fields[_VOCABULARY].hex()
        if vocabulary_digest and written_with != vocabulary_digest:
            raise ShardError(
                f"{path} was written with the vocabulary {written_with[:12]}, not with {vocabulary_digest[:12]}: "
                "the ids mean other text; build the shards again"
            )
        tokens = np.memmap(path, dtype="<u2", mode="r", offset=HEADER_BYTES, shape=(count,))
        return cls(path, tokens, written_with, fields[_SNAPSHOT].hex())

    @property
    def count(self) -> int:
        """Tokens in the shard."""
        return len(self.tokens)

    def __reduce__(self) -> tuple[Callable[..., "TokenShard"], tuple[Path, str]]:
        return TokenShard.open, (self.path, self.vocabulary_digest)


def _read_header(path: Path) -> bytes:
    if not path.is_file():
        raise ShardError(f"there is no token shard at {path}: build the recipe up to its shards first")
    with path.open("rb") as handle:
        fields = handle.read(HEADER_BYTES)
    if len(fields) < HEADER_BYTES:
        raise ShardError(f"{path} has {len(fields)} bytes, less than the {HEADER_BYTES} of a shard's header; build the shards again")
    return fields


def _require_size(path: Path, count: int) -> None:
    size, expected = path.stat().st_size, HEADER_BYTES + 2 * count
    if size != expected or count < 1:
        fault = "truncated" if size < expected else "longer than its header says" if size > expected else "empty"
        raise ShardError(f"{path} is {fault}: {count:,} tokens need {expected:,} bytes, the file has {size:,}; build the shards again")
