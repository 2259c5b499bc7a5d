"""Muon for the matrices, AdamW for the embedding and the gains, each with its own learning rate.

The learning rate of the tied embedding matters most at this size, then Muon, then the batch.
"""

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor, nn

from training.settings import TrainingSettings

MOMENTUM = 0.95
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
NEWTON_SCHULZ_STEPS = 5
BETAS = (0.9, 0.95)


class Muon(torch.optim.Optimizer):
    """Steps along the orthogonalised momentum of each matrix (Jordan et al. 2024, "Muon", kellerjordan.github.io)."""

    def __init__(self, matrices: Iterable[nn.Parameter], lr: float, weight_decay: float) -> None:
        super().__init__(matrices, {"lr": lr, "weight_decay": weight_decay})

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> None:  # type: ignore[override]
        """One update of all matrices; no closure is taken."""
        for group in self.param_groups:
            for matrix in group["params"]:
                state = self.state[matrix]
                momentum = state.setdefault("momentum", torch.zeros_like(matrix))
                momentum.lerp_(matrix.grad, 1 - MOMENTUM)
                direction = orthogonalised(matrix.grad.lerp(momentum, MOMENTUM))
                matrix.mul_(1 - group["lr"] * group["weight_decay"])
                scale = max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5
                matrix.add_(direction, alpha=-group["lr"] * scale)


def orthogonalised(matrix: Tensor) -> Tensor:
    """A matrix with nearly the same singular vectors and singular values near 1, by a quintic Newton-Schulz iteration.

    Coefficients: Jordan et al. 2024. In float32, since bfloat16 has no hardware on many processors.
    """
    a, b, c = NEWTON_SCHULZ
    tall = matrix.shape[0] > matrix.shape[1]
    x = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


class Optimizer:
    """Both optimizers under one schedule; every parameter of the model is in exactly one group."""

    def __init__(self, model: nn.Module, settings: TrainingSettings) -> None:
        self._settings = settings
        self._names = {parameter: name for name, parameter in model.named_parameters()}
        matrices, others = parameter_groups(model)
        self._rates = {"matrix": settings.matrix_learning_rate, "other": settings.embedding_learning_rate}
        self._parts: dict[str, torch.optim.Optimizer] = {
            "matrix": Muon(matrices, settings.matrix_learning_rate, settings.weight_decay),
            "other": torch.optim.AdamW(others, lr=1.0, betas=BETAS, weight_decay=0.0, foreach=False),
        }

    def step(self, factor: float) -> float:
        """Clips the gradient, updates with the learning rates times `factor`; returns the norm before clipping."""
        norm = torch.nn.utils.clip_grad_norm_(list(self._names), self._settings.clip).item()
        for name, part in self._parts.items():
            for group in part.param_groups:
                group["lr"] = self._rates[name] * factor
            part.step()
            part.zero_grad()
        return norm

    def state(self) -> dict[str, Tensor]:
        """Everything that a later step depends on, as "parameter/quantity" to tensor."""
        found = {}
        for part in self._parts.values():
            for parameter, quantities in part.state.items():
                for quantity, value in quantities.items():
                    found[f"{self._names[parameter]}/{quantity}"] = value
        return found

    def restore(self, state: dict[str, Tensor]) -> None:
        """Takes up what `state` gave."""
        owners: dict[str, tuple[torch.optim.Optimizer, Any]] = {
            self._names[parameter]: (part, parameter)
            for part in self._parts.values()
            for group in part.param_groups
            for parameter in group["params"]
        }
        for name, value in state.items():
            owner, quantity = name.rsplit("/", 1)
            part, parameter = owners[owner]
            part.state[parameter][quantity] = value


def parameter_groups(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """The matrices of the blocks, and all others: the embedding and what is not a matrix."""
    matrices, others = [], []
    for name, parameter in model.named_parameters():
        (matrices if parameter.ndim == 2 and name != "embedding" else others).append(parameter)
    return matrices, others
