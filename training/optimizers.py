"""Muon for the matrices, Adam for the embedding and the gains, each with its own learning rate.

The learning rate of the tied embedding matters most at this size, then Muon, then the batch.
"""

import torch
from torch import Tensor, nn

from training.settings import TrainingSettings

MOMENTUM = 0.95
NEWTON_SCHULZ = (3.4445, -4.7750, 2.0315)
NEWTON_SCHULZ_STEPS = 5
BETAS = (0.9, 0.95)
EPSILON = 1e-8

State = dict[str, Tensor]


class Optimizer:
    """Updates every parameter of a model by exactly one of the two rules."""

    def __init__(self, model: nn.Module, settings: TrainingSettings) -> None:
        self._settings = settings
        self.matrices, self.others = parameter_groups(model)
        self._states: dict[str, State] = {name: {} for name in (*self.matrices, *self.others)}

    @torch.no_grad()
    def step(self, factor: float) -> float:
        """Clips the gradient and updates, with the learning rates times `factor`; returns the norm before clipping."""
        parameters = [*self.matrices.values(), *self.others.values()]
        norm = torch.nn.utils.clip_grad_norm_(parameters, self._settings.clip).item()
        for name, matrix in self.matrices.items():
            rate = self._settings.matrix_learning_rate * factor
            muon(matrix, self._states[name], rate, self._settings.weight_decay)
        for name, parameter in self.others.items():
            adam(parameter, self._states[name], self._settings.embedding_learning_rate * factor)
        for parameter in parameters:
            parameter.grad = None
        return norm

    def state(self) -> State:
        """Everything that a later step depends on, as "parameter/quantity" to tensor."""
        return {f"{name}/{kind}": value for name, state in self._states.items() for kind, value in state.items()}

    def restore(self, state: State) -> None:
        """Takes up what `state` gave."""
        for name, value in state.items():
            parameter, kind = name.rsplit("/", 1)
            self._states[parameter][kind] = value


def parameter_groups(model: nn.Module) -> tuple[dict[str, nn.Parameter], dict[str, nn.Parameter]]:
    """The matrices of the blocks, and all others (the embedding and whatever is no matrix), by name."""
    matrices: dict[str, nn.Parameter] = {}
    others: dict[str, nn.Parameter] = {}
    for name, parameter in model.named_parameters():
        (matrices if parameter.ndim == 2 and name != "embedding" else others)[name] = parameter
    return matrices, others


def muon(matrix: nn.Parameter, state: State, rate: float, weight_decay: float) -> None:
    """One step along the orthogonalised Nesterov momentum (Jordan et al. 2024, kellerjordan.github.io/posts/muon)."""
    gradient = _gradient(matrix)
    momentum = state.setdefault("momentum", torch.zeros_like(matrix))
    momentum.lerp_(gradient, 1 - MOMENTUM)
    direction = orthogonalised(gradient.lerp(momentum, MOMENTUM))
    matrix.mul_(1 - rate * weight_decay)
    matrix.add_(direction, alpha=-rate * max(1.0, matrix.shape[0] / matrix.shape[1]) ** 0.5)


def orthogonalised(matrix: Tensor) -> Tensor:
    """A matrix with the same singular vectors and singular values near 1, by a quintic Newton-Schulz iteration.

    Coefficients: Jordan et al. 2024. In float32, since bfloat16 is slow on many processors.
    """
    a, b, c = NEWTON_SCHULZ
    tall = matrix.shape[0] > matrix.shape[1]
    x: Tensor = matrix.T if tall else matrix
    x = x / (x.norm() + 1e-7)
    for _ in range(NEWTON_SCHULZ_STEPS):
        square = x @ x.T
        x = a * x + (b * square + c * square @ square) @ x
    return x.T if tall else x


def adam(parameter: nn.Parameter, state: State, rate: float) -> None:
    """One step of Adam with bias correction (Kingma and Ba 2014, arXiv 1412.6980, algorithm 1)."""
    gradient = _gradient(parameter)
    mean = state.setdefault("mean", torch.zeros_like(parameter))
    square = state.setdefault("square", torch.zeros_like(parameter))
    count = state.setdefault("count", torch.zeros((), dtype=torch.int64)).add_(1).item()
    mean.lerp_(gradient, 1 - BETAS[0])
    square.mul_(BETAS[1]).addcmul_(gradient, gradient, value=1 - BETAS[1])
    deviation = (square / (1 - BETAS[1] ** count)).sqrt_().add_(EPSILON)
    parameter.addcdiv_(mean, deviation, value=-rate / (1 - BETAS[0] ** count))


def _gradient(parameter: nn.Parameter) -> Tensor:
    assert parameter.grad is not None
    return parameter.grad
