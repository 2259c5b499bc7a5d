"""Every parameter has one rule; both rules are what their papers say."""

import pytest
import torch
from torch import nn

from tests.training.conftest import TINY, tiny_settings
from training.optimizers import adam, orthogonalised, parameter_groups
from training.settings import schedule
from training.strawberry import Strawberry


def test_every_parameter_is_in_exactly_one_group() -> None:
    model = Strawberry(TINY, seed=0)
    matrices, others = parameter_groups(model)
    assert not matrices.keys() & others.keys()
    assert matrices.keys() | others.keys() == {name for name, _ in model.named_parameters()}
    assert set(others) == {"embedding", "blocks.0.gains"}


def test_adam_is_that_of_torch() -> None:
    ours, theirs = (nn.Parameter(torch.linspace(-1, 1, 5)) for _ in range(2))
    reference = torch.optim.Adam([theirs], lr=0.1, betas=(0.9, 0.95))
    state: dict[str, torch.Tensor] = {}
    for step in range(5):
        for parameter in (ours, theirs):
            parameter.grad = torch.cos(parameter.detach() * (step + 1))
        reference.step()
        with torch.no_grad():
            adam(ours, state, rate=0.1)
    torch.testing.assert_close(ours, theirs)


@pytest.mark.parametrize("shape", [(24, 8), (8, 24), (16, 16)])
def test_muon_steps_along_directions_of_equal_length(shape: tuple[int, int]) -> None:
    matrix = torch.randn(shape, generator=torch.Generator().manual_seed(0))
    values = torch.linalg.svdvals(orthogonalised(matrix))
    assert values.min() > 0.3
    assert values.max() < 1.3


def test_the_learning_rate_rises_stays_and_falls_to_nearly_zero() -> None:
    settings = tiny_settings(steps=100, warmup=10, decay=0.4)
    factors = [schedule(settings, step) for step in range(100)]
    assert factors[0] == pytest.approx(0.1)
    assert factors[9:61] == [1.0] * 52
    assert factors[80] == pytest.approx(0.5)
    assert factors[99] == pytest.approx(1 / 40)
