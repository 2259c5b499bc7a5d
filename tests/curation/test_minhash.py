"""MinHash: signatures estimate Jaccard similarity, and only kept documents are signed."""

from pathlib import Path

import numpy as np
import pytest
from duplicate_texts import decision, document, edited, prose, write_partition

from curation.domains import Domain
from curation.duplicates.minhash import MinHasher, Signer, sign_partition
from curation.duplicates.similarity import compare
from curation.settings import DuplicateSettings
from warehouse.tables import DECISIONS, DOCUMENTS, read_table, write_table

SETTINGS = DuplicateSettings()


@pytest.mark.parametrize("changed", [2, 20, 60])
def test_signatures_agree_as_often_as_the_sets_do(changed: int) -> None:
    text = prose("page", 600)
    one, other = (Signer(SETTINGS).sign(version, Domain.WIKI).shingles for version in (text, edited(text, changed)))
    hasher = MinHasher(DuplicateSettings(permutations=1024))
    agreement = float(np.mean(hasher.signature(one) == hasher.signature(other)))
    assert agreement == pytest.approx(compare(one, other).jaccard, abs=0.06)  # four standard errors at 1,024


def test_a_long_set_is_hashed_in_chunks_without_a_change() -> None:
    shingles = Signer(SETTINGS).sign(prose("book", 12_000), Domain.WIKI).shingles
    halves = np.array_split(shingles, 2)
    hasher = MinHasher(SETTINGS)
    assert np.array_equal(hasher.signature(shingles), np.minimum(*(hasher.signature(half) for half in halves)))


def test_the_same_rows_give_different_bands_different_hashes() -> None:
    assert len(set(Signer(SETTINGS).sign("one two three", Domain.WIKI).bands.tolist())) == SETTINGS.bands


def test_a_text_shorter_than_a_shingle_has_no_bands_but_a_digest(tmp_path: Path) -> None:
    documents, decisions = write_partition(tmp_path, {"a": "one two"})
    sign_partition(documents, decisions, SETTINGS, tmp_path / "out")
    (row,) = read_table(tmp_path / "out").to_pylist()
    assert (row["shingles"], row["bands"], row["shingle_hashes"]) == (0, [], [])
    assert len(row["exact"]) == 64


def test_only_documents_that_every_stage_kept_are_signed(tmp_path: Path) -> None:
    rows = [
        decision("kept", "extract"),
        decision("kept"),
        decision("poor", "extract"),
        decision("poor", verdict="dropped"),
        decision("second-thoughts"),
        decision("second-thoughts", verdict="dropped", decisive=False),
    ]
    write_table(
        tmp_path / "documents", [document(name, "one two three") for name in ("kept", "poor", "second-thoughts", "lost")], DOCUMENTS
    )
    write_table(tmp_path / "decisions", rows, DECISIONS)
    assert sign_partition(tmp_path / "documents", tmp_path / "decisions", SETTINGS, tmp_path / "out") == 2
    assert read_table(tmp_path / "out").column("doc_id").to_pylist() == ["kept", "second-thoughts"]


def test_an_empty_partition_gives_an_empty_table(tmp_path: Path) -> None:
    documents, decisions = write_partition(tmp_path, {})
    assert sign_partition(documents, decisions, SETTINGS, tmp_path / "out") == 0


def test_the_order_of_documents_changes_no_byte(tmp_path: Path) -> None:
    texts = {str(number): prose(str(number), 50) for number in range(20)}
    for name, order in (("up", sorted(texts)), ("down", sorted(texts, reverse=True))):
        documents, decisions = write_partition(tmp_path, {key: texts[key] for key in order}, name=name)
        sign_partition(documents, decisions, SETTINGS, tmp_path / name)
    assert (tmp_path / "up").read_bytes() == (tmp_path / "down").read_bytes()
