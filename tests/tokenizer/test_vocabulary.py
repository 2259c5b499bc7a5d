"""A vocabulary is exact in size, the same for the same text, and learnt from the training split alone."""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from small_corpus import Made, document_row, snapshot_row, write_corpus

from curation.settings import Pattern, TokenizerSettings
from tokenizer.corpus import Corpus, training_texts
from tokenizer.encode import Encoder
from tokenizer.train import END_OF_TEXT, train_vocabulary
from warehouse.errors import RecipeError, ShardError
from warehouse.tables import DOCUMENTS, SNAPSHOTS, read_table, write_table


def test_a_vocabulary_has_exactly_the_entries_that_were_asked_for(made: Made) -> None:
    definition = json.loads(made.vocabulary.path.read_text())
    assert len(definition["model"]["vocab"]) == made.vocabulary.entries == 400
    assert definition["model"]["vocab"][END_OF_TEXT] == 0


@pytest.mark.parametrize("pattern", Pattern)
def test_every_pattern_can_be_trained_and_is_remembered(pattern: Pattern, made: Made, tmp_path: Path) -> None:
    vocabulary = train_vocabulary(training_texts(made.corpus), TokenizerSettings(entries=350, pattern=pattern), tmp_path)
    assert Encoder.load(vocabulary.path).pattern is pattern


def test_text_that_is_too_small_is_refused_with_the_number_of_entries_that_are_possible(tmp_path: Path) -> None:
    with pytest.raises(RecipeError, match=r"only 258 entries are possible.*Set tokenizer.entries to 258 or less"):
        train_vocabulary(iter(["aa aa"]), TokenizerSettings(entries=300), tmp_path)


def test_the_order_of_the_texts_changes_no_byte(made: Made, tmp_path: Path) -> None:
    backwards = reversed(list(training_texts(made.corpus)))
    assert train_vocabulary(backwards, TokenizerSettings(entries=400), tmp_path).digest == made.vocabulary.digest


TRAIN_ELSEWHERE = """
import sys
from pathlib import Path
from curation.settings import TokenizerSettings
from tokenizer.corpus import Corpus, training_texts
from tokenizer.train import train_vocabulary
folder, out = Path(sys.argv[1]), Path(sys.argv[2])
corpus = Corpus(folder / "snapshot.parquet", sorted(folder.glob("documents-*.parquet")))
print(train_vocabulary(training_texts(corpus), TokenizerSettings(entries=400), out).digest)
"""


@pytest.mark.parametrize("threads", ["1", "4"])
def test_threads_and_hash_seeds_change_no_byte(threads: str, made: Made, tmp_path: Path) -> None:
    environment = os.environ | {
        "RAYON_NUM_THREADS": threads,
        "TOKENIZERS_PARALLELISM": "false" if threads == "1" else "true",
        "PYTHONHASHSEED": threads,
        "PYTHONPATH": str(Path(__file__).parents[2]),
    }
    command = [sys.executable, "-c", TRAIN_ELSEWHERE, str(made.folder), str(tmp_path)]
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    assert printed.strip() == made.vocabulary.digest


def test_training_texts_are_the_training_documents_once_each_in_order_of_their_ids(made: Made) -> None:
    rows = read_table(made.corpus.snapshot).to_pylist()
    text_of = {row["doc_id"]: row["text"] for row in read_table(list(made.corpus.documents)).to_pylist()}
    expected = [text_of[doc_id] for doc_id in sorted(row["doc_id"] for row in rows if row["split"] == "train")]
    assert list(training_texts(made.corpus)) == expected


def test_a_document_without_its_text_is_named(tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path)
    with pytest.raises(ShardError, match=r"the text of document [0-9a-f]{64} is missing"):
        list(training_texts(Corpus(corpus.snapshot, corpus.documents[:1])))


def test_a_text_that_changed_after_the_snapshot_is_not_used(tmp_path: Path) -> None:
    before, after = document_row("page", "wiki", "as it was"), document_row("page", "wiki", "as it is")
    write_table(tmp_path / "snapshot.parquet", [snapshot_row(before, "train", 1)], SNAPSHOTS)
    write_table(tmp_path / "documents.parquet", [after], DOCUMENTS)
    with pytest.raises(ShardError, match="has changed since"):
        list(training_texts(Corpus(tmp_path / "snapshot.parquet", [tmp_path / "documents.parquet"])))


def test_a_million_letters_without_a_space_are_learnt_in_seconds(tmp_path: Path) -> None:
    def genome() -> Iterator[str]:
        state = 1
        letters = []
        for _ in range(1_000_000):
            state = state * 1_103_515_245 + 12_345 & 0x7FFFFFFF
            letters.append("acgt"[state >> 16 & 3])
        yield "".join(letters)

    started = time.monotonic()
    train_vocabulary(genome(), TokenizerSettings(entries=2000), tmp_path)
    assert time.monotonic() - started < 20
