"""Strawberry is causal, keeps rows apart, and speaks one token at a time as it reads whole texts."""

import pytest
import torch

from training.decoding import Decoder
from training.retention import generated_chain, normalised, retain, static_chain
from training.strawberry import Strawberry, StrawberryConfig
from warehouse.errors import TrainingError

SMALL = StrawberryConfig(vocabulary=61, block=32, layers=2, passes=3, heads=2, width=12, qkv=16, ffn=20, chunk=8)


def small_model() -> Strawberry:
    model = Strawberry(SMALL, seed=5)
    with torch.no_grad():
        for block in model.blocks:
            block.gains.fill_(20.0)  # so that a leak through Retention would be seen
    return model


def some_ids(rows: int, tokens: int) -> torch.Tensor:
    return torch.randint(0, SMALL.vocabulary, (rows, tokens), generator=torch.Generator().manual_seed(1))


def test_the_default_has_the_parameters_of_the_original_and_six_gains() -> None:
    model = Strawberry(StrawberryConfig(), seed=0)
    assert sum(parameter.numel() for parameter in model.parameters()) == 1_818_624 + 6


@pytest.mark.parametrize("position", [1, 7, 8, 9, 13, 16, 23, 24, 30])
def test_tokens_from_a_position_on_do_not_reach_logits_before_it(position: int) -> None:
    model, ids = small_model(), some_ids(3, 32)
    changed = ids.clone()
    changed[:, position:] = (changed[:, position:] + 17) % SMALL.vocabulary
    before, after = model(ids), model(changed)
    torch.testing.assert_close(before[:, :position], after[:, :position], rtol=0, atol=1e-6)
    assert not torch.allclose(before[:, position:], after[:, position:], atol=1e-3)


def test_rows_do_not_influence_each_other() -> None:
    model, ids = small_model(), some_ids(3, 32)
    changed = ids.clone()
    changed[1:] = (changed[1:] + 5) % SMALL.vocabulary
    torch.testing.assert_close(model(ids)[0], model(changed)[0], rtol=0, atol=1e-6)


def test_what_was_read_changes_the_weights_of_later_chunks() -> None:
    model, ids = small_model(), some_ids(3, 32)
    honest, shuffled = model(ids), model(ids, shuffled=True)
    torch.testing.assert_close(honest[:, : SMALL.chunk], shuffled[:, : SMALL.chunk])
    assert (honest - shuffled)[:, SMALL.chunk :].abs().max() > 1e-3


@pytest.mark.parametrize("tokens", [5, 8, 27, 32])
def test_cached_generation_gives_the_logits_of_the_full_forward_pass(tokens: int) -> None:
    model, ids = small_model(), some_ids(2, tokens)
    decoder = Decoder(model)
    stepwise = torch.stack([decoder.step(column) for column in ids.T], dim=1)
    torch.testing.assert_close(stepwise, model(ids), rtol=1e-3, atol=1e-4)


def test_the_loss_is_cross_entropy_and_so_is_its_gradient() -> None:
    model, ids = small_model(), some_ids(4, 33)
    model.loss(ids).backward()
    ours = {name: parameter.grad.clone() for name, parameter in model.named_parameters()}
    model.zero_grad()
    plain = torch.nn.functional.cross_entropy(model(ids[:, :-1]).flatten(0, 1), ids[:, 1:].flatten())
    plain.backward()
    torch.testing.assert_close(model.loss(ids), plain)
    for name, parameter in model.named_parameters():
        torch.testing.assert_close(ours[name], parameter.grad, rtol=1e-3, atol=1e-6)


def test_every_parameter_receives_gradient() -> None:
    model = small_model()
    model.loss(some_ids(2, 33)).backward()
    still = [name for name, parameter in model.named_parameters() if not parameter.grad.abs().max() > 0]
    assert still == []


def test_retention_by_groups_is_the_plain_rule_with_its_gradient() -> None:
    generator = torch.Generator().manual_seed(3)
    weights, produced = (torch.randn(shape, generator=generator, dtype=torch.double).requires_grad_() for shape in ((6, 5), (19, 6, 5)))
    gain = torch.tensor(0.7, dtype=torch.double, requires_grad=True)
    first = retain(gain * normalised(produced), weights.expand_as(produced))
    second = retain(weights.expand_as(produced), first)
    for ours, plain in zip(generated_chain(weights, produced, gain, 2), (first, second), strict=True):
        torch.testing.assert_close(ours, plain)
    assert torch.autograd.gradcheck(lambda *given: tuple(generated_chain(*given, 2)), (weights, produced[:3], gain))


def test_a_gain_of_zero_is_a_first_chunk() -> None:
    weights, produced = torch.randn(4, 3), torch.randn(2, 4, 3)
    later = generated_chain(weights, produced, torch.tensor(0.0), 3)
    for ours, static in zip(later, static_chain(weights, 3), strict=True):
        torch.testing.assert_close(ours[1], static)


def test_a_shape_that_cannot_be_is_refused_with_the_remedy() -> None:
    with pytest.raises(TrainingError, match="multiple of 14"):
        StrawberryConfig(heads=7)
    with pytest.raises(TrainingError, match="layers is 0"):
        StrawberryConfig(layers=0)
