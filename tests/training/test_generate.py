"""Samples are seeded, stop at the end of text, and may outgrow the model's block."""

from pathlib import Path

import pytest
import torch

from tests.training.conftest import TINY
from training.generate import SamplingSettings, domain_samples, sample
from training.heldout import HeldOutSettings, held_out_documents
from training.strawberry import Strawberry
from warehouse.errors import TrainingError
from warehouse.tables import SAMPLES, write_table

NEVER = TINY.vocabulary + 1


@pytest.fixture
def model() -> Strawberry:
    return Strawberry(TINY, seed=2)


def without_end(**changes: object) -> SamplingSettings:
    return SamplingSettings(**{"tokens": 12, "top_k": 5, **changes})  # type: ignore[arg-type]


def test_a_seed_gives_the_same_text_and_another_seed_another(model: Strawberry) -> None:
    first, again, other = (sample(model, [3, 4], without_end(seed=seed)) for seed in (1, 1, 2))
    assert first == again != other


def test_temperature_zero_takes_the_likeliest_token_of_a_full_forward_pass(model: Strawberry) -> None:
    found = sample(model, [3, 4], without_end(temperature=0.0, tokens=10))
    text = [0, 3, 4]
    for token in found:
        assert token == int(model(torch.tensor([text]))[0, -1].argmax())
        text.append(token)


def test_a_text_may_outgrow_the_block(model: Strawberry) -> None:
    with torch.no_grad():
        model.embedding[0] = 0  # keeps the end of text out of the five likeliest
    assert len(sample(model, [3] * 20, without_end(tokens=3 * TINY.block))) == 3 * TINY.block


def test_the_end_of_text_ends_a_sample(model: Strawberry) -> None:
    greedy = without_end(temperature=0.0)
    first = sample(model, [3, 4], greedy)[0]
    same_start = without_end(temperature=0.0, end_of_text=first)
    text = [first, 3, 4]
    if int(model(torch.tensor([text]))[0, -1].argmax()) == first:
        assert sample(model, [3, 4], same_start) == []
    assert first not in sample(model, [3, 4], same_start)


def test_every_domain_gets_a_sample_of_its_own(corpus: Path, model: Strawberry, tmp_path: Path) -> None:
    documents = held_out_documents(HeldOutSettings(corpus, corpus / "spans.parquet"))
    settings = SamplingSettings(tokens=6, prompt_tokens=4)
    rows = domain_samples(model, documents, lambda ids: " ".join(map(str, ids)), settings)
    assert [row["domain"] for row in rows] == ["code", "wiki"]
    assert rows[0]["prompt"] == " ".join(map(str, documents[0].ids[1:5]))
    assert rows == domain_samples(model, documents, lambda ids: " ".join(map(str, ids)), settings)
    assert write_table(tmp_path / "samples.parquet", rows, SAMPLES) == 2


def test_settings_that_cannot_be_are_refused() -> None:
    with pytest.raises(TrainingError, match="top_k 0 must be at least 1"):
        SamplingSettings(top_k=0)
