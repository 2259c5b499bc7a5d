"""A small corpus in the five domains, with its vocabulary and its shards."""

from dataclasses import dataclass
from pathlib import Path

from curation.settings import ShardSettings, TokenizerSettings
from tokenizer.corpus import Corpus, training_texts
from tokenizer.pack import Packed, write_shards
from tokenizer.train import Vocabulary, train_vocabulary
from warehouse.digests import fraction, sha256_bytes
from warehouse.tables import DOCUMENTS, SNAPSHOTS, write_table

DOMAINS = ("wiki", "lore", "transcript", "code", "paper")
_ROOTS = (
    "the",
    "berry",
    "patch",
    "grow",
    "under",
    "red",
    "moon",
    "while",
    "seven",
    "fox",
    "read",
    "old",
    "map",
    "def",
    "café",
    "数学",
    "Straße",
)
WORDS = [root + ending for root in _ROOTS for ending in ("", "s", "ing", "ed", "er", "ly", "ness", "_id", "123")]


@dataclass(frozen=True)
class Made:
    corpus: Corpus
    vocabulary: Vocabulary
    packed: Packed
    folder: Path


def prose(name: str, words: int) -> str:
    """Text that depends on its name alone, and differs between names."""
    chosen = [WORDS[int(fraction(name, str(place)) * len(WORDS))] for place in range(words)]
    return f"{name}: " + " ".join(chosen) + ".\n"


def document_row(name: str, domain: str, text: str) -> dict[str, object]:
    """A DOCUMENTS row."""
    empty = dict.fromkeys(("native_id", "title", "licence", "extractor", "reason", "value", "threshold", "detail"))
    return empty | {
        "doc_id": sha256_bytes(name.encode()),
        "source": f"{domain}-source",
        "domain": domain,
        "uri": f"https://example.org/{name}",
        "revision": "1",
        "cleaners": [],
        "edits": [],
        "templates": [],
        "text": text,
        "text_sha256": sha256_bytes(text.encode()),
        "characters": len(text),
        "bytes": len(text.encode()),
        "verdict": "extracted",
    }


def snapshot_row(document: dict[str, object], split: str, repetitions: int) -> dict[str, object]:
    """The SNAPSHOTS row of a document."""
    shared = {name: document[name] for name in SNAPSHOTS.names if name in document}
    return shared | {"snapshot_id": "snapshot-1", "split": split, "repetitions": repetitions}


def write_corpus(folder: Path, partitions: int = 2) -> Corpus:
    """Sixty documents: most in train, every seventh of them taken twice, some held out, some not in the snapshot."""
    documents = [
        document_row(f"{domain}-{number}", domain, prose(f"{domain}-{number}", 150 + 40 * number))
        for domain in DOMAINS
        for number in range(12)
    ]
    splits = ["train"] * 8 + ["val", "test", "train", None]
    rows = [
        snapshot_row(document, split, 2 if place % 7 == 0 and split == "train" else 1)
        for place, document in enumerate(documents)
        if (split := splits[place % 12])
    ]
    paths = [folder / f"documents-{part}.parquet" for part in range(partitions)]
    for part, path in enumerate(paths):
        write_table(path, documents[part::partitions], DOCUMENTS)
    write_table(folder / "snapshot.parquet", rows, SNAPSHOTS)
    return Corpus(folder / "snapshot.parquet", paths)


def make(folder: Path) -> Made:
    """The corpus, a vocabulary of 400 entries and shards of at most 10,000 tokens, all in one folder."""
    corpus = write_corpus(folder)
    vocabulary = train_vocabulary(training_texts(corpus), TokenizerSettings(entries=400), folder)
    packed = write_shards(corpus, vocabulary.path, ShardSettings(tokens_per_shard=10_000), folder, silent)
    return Made(corpus, vocabulary, packed, folder)


def silent(_done: int, _total: int) -> None:
    """Progress that nobody watches."""
