"""Text to token ids and back, without loss.

`decode(encode(text)) == text` for every text, because each of the 256 bytes is an entry of its own. A document is text
and nothing but text: "<|endoftext|>" written inside one is encoded letter by letter, never read as the control token.
"""

import json
from collections.abc import Sequence
from pathlib import Path
from typing import Self

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from curation.settings import Pattern
from tokenizer.pretokenize import pattern_of
from tokenizer.train import END_OF_TEXT
from warehouse.digests import sha256_bytes
from warehouse.errors import ShardError, WorkspaceError

MOST_ENTRIES = 65_535
"""Ids are stored as uint16; 65,535 itself is reserved by the shard format."""


class Encoder:
    """A vocabulary at work. Made by `Encoder.load`; safe to share between threads.

    entries: size of the vocabulary. pattern: how it cuts text. digest: SHA-256 of its file. end_of_text: the id that opens a document.
    byte_lengths: int64, shape (entries,), bytes that each entry stands for, 0 for end_of_text.
    character_counts: int64, shape (entries,), characters that begin within each entry. Summed over whole documents both
    give exact figures; use the documents' own byte counts as the divisor of a loss.
    """

    def __init__(self, tokenizer: Tokenizer, pattern: Pattern, digest: str) -> None:
        self._tokenizer = tokenizer
        self.pattern = pattern
        self._tokenizer.encode_special_tokens = True
        self._bytes = _entry_bytes(tokenizer)
        self.digest = digest
        self.entries = len(self._bytes)
        self.end_of_text = 0
        self.byte_lengths = np.array([len(entry) for entry in self._bytes], dtype=np.int64)
        self.character_counts = np.array([_characters_begun(entry) for entry in self._bytes], dtype=np.int64)

    @classmethod
    def load(cls, path: Path) -> Self:
        """Reads a vocabulary from its `tokenizer.json`. Raises WorkspaceError where it is missing or of another kind."""
        if not path.is_file():
            raise WorkspaceError(f"there is no vocabulary at {path}: build the recipe up to its vocabulary first")
        content = path.read_bytes()
        try:
            pattern = pattern_of(json.loads(content))
            tokenizer = Tokenizer.from_buffer(content)
        except Exception as fault:  # for every fault of its own the library raises plain Exception
            raise WorkspaceError(f"{path} is not a vocabulary: {fault}. Delete it and build the recipe again") from fault
        if pattern is None or not _byte_level(tokenizer):
            raise WorkspaceError(
                f"{path} is not a byte-level vocabulary of this program: it needs one of its patterns, all 256 bytes, "
                f"{END_OF_TEXT} at id 0 and at most {MOST_ENTRIES:,} entries; build the vocabulary again"
            )
        return cls(tokenizer, pattern, sha256_bytes(content))

    def encode(self, text: str) -> NDArray[np.uint16]:
        """Token ids of one text, shape (tokens,)."""
        return self.encode_batch([text])[0]

    def encode_batch(self, texts: Sequence[str]) -> list[NDArray[np.uint16]]:
        """Token ids of several texts, one array of shape (tokens,) each, on all cores; results depend on the text alone."""
        encoded = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [np.array(encoding.ids, dtype=np.uint16) for encoding in encoded]

    def decode_bytes(self, ids: NDArray[np.uint16] | Sequence[int]) -> bytes:
        """The bytes that ids stand for; end_of_text stands for none. Raises ShardError for an id not in the vocabulary."""
        entries = self._bytes
        try:
            return b"".join([entries[number] for number in np.asarray(ids, dtype=np.int64).tolist()])
        except IndexError:
            highest = int(np.max(ids))
            raise ShardError(
                f"token id {highest} is not in the vocabulary of {self.entries} entries ({self.digest[:12]}): "
                "the ids were written with another one; build the shards again"
            ) from None

    def decode(self, ids: NDArray[np.uint16] | Sequence[int]) -> str:
        """The text that ids stand for. Ids cut out of the middle of a character show as U+FFFD."""
        return self.decode_bytes(ids).decode("utf-8", errors="replace")


def _entry_bytes(tokenizer: Tokenizer) -> list[bytes]:
    names = {number: name for name, number in tokenizer.get_vocab().items()}
    byte_of = _byte_of_character()
    return [
        b"" if names[number] == END_OF_TEXT else bytes(byte_of[character] for character in names[number]) for number in range(len(names))
    ]


def _byte_of_character() -> dict[str, int]:
    """GPT-2's printable alphabet (its encoder.py): visible Latin-1 stands for itself, the rest follows from U+0100 on."""
    visible = [*range(0x21, 0x7F), *range(0xA1, 0xAD), *range(0xAE, 0x100)]
    hidden = [byte for byte in range(256) if byte not in set(visible)]
    alphabet = {chr(byte): byte for byte in visible}
    return alphabet | {chr(0x100 + place): byte for place, byte in enumerate(hidden)}


def _characters_begun(entry: bytes) -> int:
    """Bytes that are no UTF-8 continuation: each begins a character (RFC 3629, section 3)."""
    return sum(byte & 0xC0 != 0x80 for byte in entry)


def _byte_level(tokenizer: Tokenizer) -> bool:
    vocabulary = tokenizer.get_vocab()
    return (
        all(character in vocabulary for character in _byte_of_character())
        and sorted(vocabulary.values()) == list(range(len(vocabulary)))
        and vocabulary.get(END_OF_TEXT) == 0
        and len(vocabulary) <= MOST_ENTRIES
    )
