"""Retention: weights that rewrite themselves between passes, W' = N(T * silu(W) + W), then (T, W) <- (W, W').

T is generated from the text read so far, so every chunk of every sequence has weights of its own: at the default size
about 9 million numbers per block and update for a batch of 16 x 256. Taken all at once they are dragged through main
memory a dozen times, and every intermediate is kept for the gradient. `generated_chain` goes matrix by matrix instead,
which stays in the processor's cache, and its gradient is written out by hand, which keeps nothing but the weights.
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

EPSILON = 1e-12


def normalised(matrix: Tensor) -> Tensor:
    """N(M) = M n^-1/2 / std(M): a matrix (out, in) at the scale of fresh weights, n = in.

    The standard deviation is that of the whole matrix, with divisor out * in.
    """
    return matrix * torch.rsqrt(torch.var(matrix, correction=0) * matrix.shape[-1] + EPSILON)


def retain(generated: Tensor, weights: Tensor) -> Tensor:
    """One update of weights (out, in): N(T * silu(W) + W)."""
    return normalised(torch.addcmul(weights, generated, functional.silu(weights)))


def static_chain(weights: Tensor, updates: int) -> list[Tensor]:
    """The weights of a first chunk, which has read nothing and starts from T = 0: W after each update."""
    generated, chain = torch.zeros_like(weights), []
    for _ in range(updates):
        generated, weights = weights, retain(generated, weights)
        chain.append(weights)
    return chain


def generated_chain(weights: Tensor, produced: Tensor, gain: Tensor, updates: int) -> list[Tensor]:
    """The weights of later chunks, which start from T = gain * N(produced): W after each update.

    weights: (out, in); produced and each result: (chunks, out, in); gain: scalar.
    """
    chain: tuple[Tensor, ...] = _Chain.apply(weights, produced, gain, updates)
    return list(chain)


class _Chain(torch.autograd.Function):
    """`generated_chain`, one matrix after the other."""

    @staticmethod
    def forward(ctx: Any, weights: Tensor, produced: Tensor, gain: Tensor, updates: int) -> tuple[Tensor, ...]:
        chain = tuple(torch.empty_like(produced) for _ in range(updates))
        for chunk, source in enumerate(produced):
            before, now = source * (gain.item() * _scale(source)[0]), weights
            for update in chain:
                mixed = torch.addcmul(now, before, functional.silu(now))
                before, now = now, torch.mul(mixed, _scale(mixed)[0], out=update[chunk])
        ctx.save_for_backward(weights, produced, gain, *chain)
        return chain

    @staticmethod
    def backward(ctx: Any, *arriving: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        weights, produced, gain, *chain = ctx.saved_tensors
        to_weights, to_produced, to_gain = torch.zeros_like(weights), torch.empty_like(produced), 0.0
        for chunk, source in enumerate(produced):
            first = source * (gain.item() * _scale(source)[0])
            states = [first, weights, *(update[chunk] for update in chain)]
            to_generated, to_static = _unwind(states, [gradient[chunk] for gradient in arriving])
            to_weights += to_static
            to_gain += torch.dot(to_generated.view(-1), first.view(-1)).item()
            to_produced[chunk] = _through_norm(source, to_generated).mul_(gain.item())
        return to_weights, to_produced, torch.full_like(gain, to_gain / gain.item()), None


def _unwind(states: list[Tensor], arriving: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Gradients of T and of the static W, from those of every W'. states: T, W, W', W'', ..."""
    to_now, to_before = arriving[-1], torch.zeros_like(arriving[-1])
    for index in range(len(arriving) - 1, -1, -1):
        before, now = states[index], states[index + 1]
        silu = functional.silu(now)
        to_mixed = _through_norm(torch.addcmul(now, before, silu), to_now)
        to_now = torch.ops.aten.silu_backward(to_mixed * before, now).add_(to_mixed).add_(to_before)
        to_before = silu.mul_(to_mixed)
        if index:
            to_now += arriving[index - 1]
    return to_before, to_now


def _through_norm(matrix: Tensor, arriving: Tensor) -> Tensor:
    """Gradient of `normalised`."""
    scale, mean = _scale(matrix)
    share = torch.dot(arriving.reshape(-1), matrix.reshape(-1)).item() * scale**2 / matrix.shape[0]
    return torch.add(arriving, matrix, alpha=-share).add_(share * mean).mul_(scale)


def _scale(matrix: Tensor) -> tuple[float, float]:
    """n^-1/2 / std(M), and the mean; by a dot product, since torch.var is several times slower."""
    flat = matrix.reshape(-1)
    mean = flat.sum().item() / flat.numel()
    variance = torch.dot(flat, flat).item() / flat.numel() - mean**2
    return (variance * matrix.shape[-1] + EPSILON) ** -0.5, mean
