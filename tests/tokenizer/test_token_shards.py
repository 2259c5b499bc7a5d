"""Shards are llm.c's format to the byte, hold every document exactly, and say what they were written with."""

import pickle
from collections import Counter
from pathlib import Path

import numpy as np
import pytest
from small_corpus import Made, document_row, prose, silent, snapshot_row, write_corpus

from curation.settings import ShardSettings, TokenizerSettings
from tokenizer.corpus import Corpus, training_texts
from tokenizer.encode import Encoder
from tokenizer.pack import write_shards
from tokenizer.shards import SPLITS, TokenShard, shard_paths
from tokenizer.train import train_vocabulary
from warehouse.digests import sha256_file
from warehouse.errors import ShardError
from warehouse.tables import DOCUMENTS, SNAPSHOTS, read_table, write_table

SETTINGS = ShardSettings(tokens_per_shard=10_000)


def spans_of(made: Made) -> list[dict[str, object]]:
    rows: list[dict[str, object]] = read_table(made.packed.spans).to_pylist()
    return rows


def stream(folder: Path, split: str) -> np.ndarray:
    return np.concatenate([TokenShard.open(path).tokens for path in shard_paths(folder, split)])


def test_a_shard_is_what_readers_of_llm_c_expect(made: Made) -> None:
    for path in made.packed.shards:
        content = path.read_bytes()
        header = np.frombuffer(content, dtype="<i4", count=256)
        assert header[:2].tolist() == [20240520, 1]
        assert len(content) == 1024 + 2 * header[2]
        assert np.frombuffer(content, dtype="<u2", offset=1024).max() < made.vocabulary.entries


def test_tokens_are_spread_evenly_so_that_no_shard_is_tiny(made: Made) -> None:
    counts = [TokenShard.open(path).count for path in shard_paths(made.folder, "train")]
    assert len(counts) == -(-sum(counts) // SETTINGS.tokens_per_shard) > 1
    assert max(counts) - min(counts) <= 1


def test_the_stream_of_a_split_is_its_documents_each_after_an_end_of_text_token(made: Made) -> None:
    encoder = Encoder.load(made.vocabulary.path)
    text_of = {row["doc_id"]: row["text"] for row in read_table(list(made.corpus.documents)).to_pylist()}
    rows = read_table(made.corpus.snapshot).to_pylist()
    for split in SPLITS:
        tokens = stream(made.folder, split)
        starts = np.flatnonzero(tokens == encoder.end_of_text)
        found = Counter(encoder.decode(part) for part in np.split(tokens, starts)[1:])
        assert found == Counter({text_of[row["doc_id"]]: row["repetitions"] for row in rows if row["split"] == split})


def test_held_out_documents_are_ordered_by_domain_and_training_documents_are_not(made: Made) -> None:
    order = {split: [(row["domain"], row["doc_id"]) for row in spans_of(made) if row["split"] == split] for split in SPLITS}
    assert order["val"] == sorted(order["val"])
    assert order["test"] == sorted(order["test"])
    assert order["train"] != sorted(order["train"])


def test_every_token_of_a_shard_lies_in_exactly_one_span(made: Made) -> None:
    for path in made.packed.shards:
        spans = [row for row in spans_of(made) if row["shard"] == path.name]
        covered = [place for row in spans for place in range(int(row["first_token"]), int(row["last_token"]) + 1)]
        assert covered == list(range(TokenShard.open(path).count))


def test_a_document_over_the_end_of_a_shard_goes_on_in_the_next_without_an_end_of_text_token(made: Made) -> None:
    first, second = (TokenShard.open(path) for path in shard_paths(made.folder, "train")[:2])
    head = [row for row in spans_of(made) if row["shard"] == first.path.name][-1]
    tail = next(row for row in spans_of(made) if row["shard"] == second.path.name)
    assert (head["doc_id"], head["repetition"]) == (tail["doc_id"], tail["repetition"])
    assert first.tokens[head["first_token"]] == 0
    assert second.tokens[0] != 0
    size = {row["doc_id"]: (row["characters"], row["bytes"]) for row in read_table(made.corpus.snapshot).to_pylist()}
    assert (head["characters"] + tail["characters"], head["bytes"] + tail["bytes"]) == size[head["doc_id"]]


def test_a_document_may_be_longer_than_several_shards(made: Made, tmp_path: Path) -> None:
    document = document_row("long", "paper", prose("long", 40_000))
    write_table(tmp_path / "documents.parquet", [document], DOCUMENTS)
    write_table(tmp_path / "snapshot.parquet", [snapshot_row(document, "train", 1)], SNAPSHOTS)
    corpus = Corpus(tmp_path / "snapshot.parquet", [tmp_path / "documents.parquet"])
    packed = write_shards(corpus, made.vocabulary.path, SETTINGS, tmp_path, silent)
    assert len(packed.shards) > 3
    assert Encoder.load(made.vocabulary.path).decode(stream(tmp_path, "train")) == document["text"]
    assert sum(read_table(packed.spans)["bytes"].to_pylist()) == document["bytes"]


def test_partitions_and_their_order_change_no_byte(made: Made, tmp_path: Path) -> None:
    corpus = write_corpus(tmp_path, partitions=5)
    again = write_shards(Corpus(corpus.snapshot, corpus.documents[::-1]), made.vocabulary.path, SETTINGS, tmp_path, silent)
    written = {path.name: sha256_file(path) for path in [*again.shards, again.spans]}
    assert written == {path.name: sha256_file(path) for path in [*made.packed.shards, made.packed.spans]}
    assert not list(tmp_path.glob(".tokens-*"))


def test_progress_counts_documents(made: Made, tmp_path: Path) -> None:
    seen: list[tuple[int, int]] = []
    write_shards(made.corpus, made.vocabulary.path, SETTINGS, tmp_path, lambda done, total: seen.append((done, total)))
    assert seen[-1] == (55, 55)


def test_a_corpus_without_training_text_is_refused(made: Made, tmp_path: Path) -> None:
    document = document_row("only", "wiki", "held out")
    write_table(tmp_path / "documents.parquet", [document], DOCUMENTS)
    write_table(tmp_path / "snapshot.parquet", [snapshot_row(document, "val", 1)], SNAPSHOTS)
    with pytest.raises(ShardError, match="holds no training document"):
        corpus = Corpus(tmp_path / "snapshot.parquet", [tmp_path / "documents.parquet"])
        write_shards(corpus, made.vocabulary.path, SETTINGS, tmp_path, silent)


def test_an_empty_document_is_one_end_of_text_token(made: Made, tmp_path: Path) -> None:
    documents = [document_row("empty", "wiki", ""), document_row("full", "wiki", "some text")]
    write_table(tmp_path / "documents.parquet", documents, DOCUMENTS)
    write_table(tmp_path / "snapshot.parquet", [snapshot_row(row, "train", 1) for row in documents], SNAPSHOTS)
    corpus = Corpus(tmp_path / "snapshot.parquet", [tmp_path / "documents.parquet"])
    packed = write_shards(corpus, made.vocabulary.path, SETTINGS, tmp_path, silent)
    assert {(row["last_token"] - row["first_token"] > 0, row["bytes"]) for row in read_table(packed.spans).to_pylist()} == {
        (False, 0),
        (True, 9),
    }


def test_a_shard_is_read_only_and_names_its_vocabulary_and_snapshot(made: Made) -> None:
    shard = TokenShard.open(made.packed.shards[0])
    assert shard.vocabulary_digest == made.vocabulary.digest
    assert shard.snapshot_digest == sha256_file(made.corpus.snapshot)
    with pytest.raises(ValueError, match="read-only"):
        shard.tokens[0] = 1


def test_a_shard_sent_to_another_process_is_mapped_there_not_copied(made: Made) -> None:
    shard = TokenShard.open(made.packed.shards[0])
    sent = pickle.dumps(shard)
    assert len(sent) < 1000
    assert np.array_equal(pickle.loads(sent).tokens, shard.tokens)


def test_a_shard_of_another_vocabulary_is_refused(made: Made, tmp_path: Path) -> None:
    other = train_vocabulary(training_texts(made.corpus), TokenizerSettings(entries=350), tmp_path)
    with pytest.raises(ShardError, match=f"was written with the vocabulary {made.vocabulary.digest[:12]}, not with {other.digest[:12]}"):
        TokenShard.open(made.packed.shards[0], other.digest)


@pytest.mark.parametrize(
    ("damage", "fault"),
    [
        (lambda content: content[:-2], "is truncated"),
        (lambda content: content + b"\0", "is longer than its header says"),
        (lambda content: content[:500], "less than the 1024 of a shard's header"),
        (lambda content: content[:0], "has 0 bytes"),
        (lambda content: b"\0" * len(content), "is not a token shard"),
        (lambda content: content[:8] + b"\0\0\0\0" + content[12:1024], "is empty"),
    ],
)
def test_a_damaged_shard_is_refused_by_the_name_of_its_fault(made: Made, tmp_path: Path, damage, fault: str) -> None:
    path = tmp_path / "corpus_train_000000.bin"
    path.write_bytes(damage(made.packed.shards[0].read_bytes()))
    with pytest.raises(ShardError, match=fault):
        TokenShard.open(path)


def test_a_missing_shard_says_what_to_build(tmp_path: Path) -> None:
    with pytest.raises(ShardError, match="build the recipe up to its shards"):
        TokenShard.open(tmp_path / "corpus_train_000000.bin")
