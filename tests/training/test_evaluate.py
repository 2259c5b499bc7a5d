"""Held-out losses: bits per byte by hand, the same documents for all, whole documents by lot."""

import math
from pathlib import Path

import numpy as np
import pytest
import torch

from tests.training.conftest import TINY, VOCABULARY, span, write_shard
from training.evaluate import document_nats, evaluate, loss_rows, write_evaluation
from training.heldout import HeldOut, HeldOutSettings, held_out_documents
from training.ngram import Bigram, Unigram, count_tokens
from training.strawberry import Strawberry
from warehouse.errors import TrainingError
from warehouse.tables import SPANS, read_table, write_table


def document(doc_id: str, domain: str, tokens: int, size: int) -> HeldOut:
    ids = np.arange(tokens + 1) % (VOCABULARY - 1) + 1
    ids[0] = 0
    return HeldOut(doc_id, domain, ids.astype(np.int64), size)


def test_bits_per_byte_by_hand() -> None:
    documents = [document("a", "code", 2, 8), document("b", "wiki", 3, 10), document("c", "wiki", 1, 6)]
    nats = [4 * math.log(2), 6 * math.log(2), 2 * math.log(2)]
    rows = {row["domain"]: row for row in loss_rows("x", "val", documents, nats)}
    assert rows["code"]["bits_per_byte"] == pytest.approx(4 / 8)
    assert rows["wiki"]["bits_per_byte"] == pytest.approx((6 + 2) / (10 + 6))
    assert rows["all"]["bits_per_byte"] == pytest.approx(12 / 24)
    assert rows["all"]["nats_per_token"] == pytest.approx(12 * math.log(2) / 6)
    assert (rows["all"]["documents"], rows["all"]["tokens"], rows["all"]["bytes"]) == (3, 6, 24)


def test_document_losses_are_those_of_windows_read_alone() -> None:
    model = Strawberry(TINY, seed=1)
    documents = [document("a", "code", 37, 1), document("b", "code", 5, 1), document("c", "code", 16, 1)]
    expected = []
    for item in documents:
        total = 0.0
        for start in range(0, item.tokens, TINY.block):
            ids = torch.from_numpy(item.ids[start : start + TINY.block + 1])
            logits = model(ids[None, :-1])[0]
            total += torch.nn.functional.cross_entropy(logits, ids[1:], reduction="sum").item()
        expected.append(total)
    assert document_nats(model, documents) == pytest.approx(expected, rel=1e-5)


def test_shuffled_retention_reads_with_weights_of_other_texts() -> None:
    model = Strawberry(TINY, seed=1)
    with torch.no_grad():
        model.layers[0].gains.fill_(20.0)
    documents = [document("a", "code", 16, 1), document("b", "code", 16, 1)]
    documents[1].ids[1:] = documents[1].ids[:0:-1].copy()
    honest, shuffled = document_nats(model, documents), document_nats(model, documents, shuffled=True)
    assert honest != pytest.approx(shuffled, rel=1e-6)


def test_all_models_are_scored_on_the_same_documents(corpus: Path, tmp_path: Path) -> None:
    held_out = held_out_documents(HeldOutSettings(corpus, corpus / "spans.parquet", tokens_per_domain=200))
    counts = count_tokens([corpus / "corpus_train_000000.bin"], VOCABULARY)
    rows = evaluate(Strawberry(TINY, seed=0), [Unigram(counts), Bigram(counts)], held_out, "val")
    assert len({(row["tokens"], row["bytes"]) for row in rows if row["domain"] == "all"}) == 1
    assert [row["model"] for row in rows if row["domain"] == "all"] == [
        "strawberry",
        "strawberry with shuffled retention",
        "unigram",
        "bigram",
    ]
    assert {row["domain"] for row in rows} == {"code", "wiki", "all"}
    write_evaluation(rows, tmp_path / "baselines.parquet")
    assert read_table(tmp_path / "baselines.parquet").to_pylist() == rows


def test_documents_are_whole_and_within_the_budget(corpus: Path) -> None:
    held_out = held_out_documents(HeldOutSettings(corpus, corpus / "spans.parquet", tokens_per_domain=200))
    assert [item.domain for item in held_out] == ["code"] * 3 + ["wiki"] * 3
    assert all(item.tokens == 59 and item.ids[0] == 0 and item.bytes == 118 for item in held_out)


def test_the_choice_does_not_depend_on_the_order_of_the_spans(corpus: Path) -> None:
    settings = HeldOutSettings(corpus, corpus / "spans.parquet", tokens_per_domain=200)
    before = [item.doc_id for item in held_out_documents(settings)]
    rows = read_table(settings.spans).to_pylist()
    write_table(settings.spans, rows[::-1], SPANS)
    assert [item.doc_id for item in held_out_documents(settings)] == before


def test_a_domain_of_long_documents_gives_its_shortest(corpus: Path) -> None:
    settings = HeldOutSettings(corpus, corpus / "spans.parquet", tokens_per_domain=10)
    assert len(held_out_documents(settings)) == 2


def test_a_later_part_of_a_document_is_scored_from_its_first_token(tmp_path: Path) -> None:
    write_shard(tmp_path / "corpus_val_000001.bin", [5, 6, 7])
    write_table(tmp_path / "spans.parquet", [span("corpus_val_000001.bin", "val", "a", "wiki", (0, 2))], SPANS)
    [part] = held_out_documents(HeldOutSettings(tmp_path, tmp_path / "spans.parquet"))
    assert part.ids.tolist() == [0, 5, 6, 7]


def test_a_split_without_documents_is_an_error(corpus: Path) -> None:
    with pytest.raises(TrainingError, match="no document of the split test"):
        held_out_documents(HeldOutSettings(corpus, corpus / "spans.parquet", split="test"))
