"""Learning a vocabulary: byte-level byte-pair encoding (Sennrich et al., arXiv 1508.07909, section 3.2).

The whole byte alphabet is in it from the start, so that no character can vanish; nothing is normalised, so that
decoding gives back the very bytes that went in.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tokenizers import Tokenizer
from tokenizers.decoders import ByteLevel as ByteLevelDecoder
from tokenizers.models import BPE
from tokenizers.pre_tokenizers import ByteLevel
from tokenizers.trainers import BpeTrainer

from curation.settings import TokenizerSettings
from tokenizer.pretokenize import pre_tokenizer, training_pre_tokenizer
from warehouse.digests import sha256_file
from warehouse.errors import RecipeError

END_OF_TEXT = "<|endoftext|>"
"""The one special token, id 0. It opens every document in a shard."""

VOCABULARY_FILE = "tokenizer.json"

FEWEST_OCCURRENCES = 2
"""A pair that occurs once in the whole training text is learnt by heart, not compressed."""


@dataclass(frozen=True)
class Vocabulary:
    """What a training left behind. `digest` is the SHA-256 of the file and the identity of the tokenizer."""

    path: Path
    digest: str
    entries: int
    pattern: str
    trained_characters: int


class _Counted:
    """Passes texts on and counts their characters."""

    def __init__(self, texts: Iterator[str]) -> None:
        self.characters = 0
        self._texts = texts

    def __iter__(self) -> Iterator[str]:
        for text in self._texts:
            self.characters += len(text)
            yield text


def train_vocabulary(texts: Iterator[str], settings: TokenizerSettings, out: Path) -> Vocabulary:
    """Learns exactly `settings.entries` entries from texts and writes `out/tokenizer.json`.

    The file's bytes depend on the texts and the settings alone, not on the order of the texts or on threads. Memory
    grows with the number of different pieces, not with the text. Raises RecipeError where the text is too small for so
    many entries, and says how many are possible.
    """
    tokenizer = Tokenizer(BPE())
    tokenizer.pre_tokenizer = training_pre_tokenizer(settings.pattern)
    counted = _Counted(texts)
    tokenizer.train_from_iterator(iter(counted), _trainer(settings.entries))
    possible = tokenizer.get_vocab_size()
    if possible != settings.entries:
        raise RecipeError(
            f"a vocabulary of {settings.entries:,} entries cannot be learnt from {counted.characters:,} characters of "
            f"training text: only {possible:,} entries are possible (bytes and pairs that occur at least "
            f"{FEWEST_OCCURRENCES} times). Set tokenizer.entries to {possible} or less, or add text"
        )
    tokenizer.pre_tokenizer = pre_tokenizer(settings.pattern)
    tokenizer.decoder = ByteLevelDecoder()
    path = out / VOCABULARY_FILE
    path.write_text(tokenizer.to_str(pretty=True) + "\n", encoding="utf-8")
    return Vocabulary(path, sha256_file(path), possible, settings.pattern.value, counted.characters)


def _trainer(entries: int) -> BpeTrainer:
    return BpeTrainer(
        vocab_size=entries,
        min_frequency=FEWEST_OCCURRENCES,
        special_tokens=[END_OF_TEXT],
        initial_alphabet=sorted(ByteLevel.alphabet()),
        show_progress=False,
    )
