"""Retention: weights that rewrite themselves between passes, W' = N(T * silu(W) + W), then (T, W) <- (W, W').

T is generated from the text read so far, so every chunk of every sequence has weights of its own: at the default size
about 9 million numbers per block and update for a batch of 16 x 256. Taken all at once they are dragged through main
memory a dozen times, and every intermediate is kept for the gradient. `generated_chain` takes a few matrices at a time,
which stay in the processor's cache, and its gradient is written out by hand, which keeps nothing but the weights.
(One matrix at a time is faster on idle cores, and many times slower on busy ones: threads meet after every operation.)
"""

from typing import Any

import torch
from torch import Tensor
from torch.nn import functional

EPSILON = 1e-12

GROUP = 16
"""Matrices taken at a time."""


def normalised(matrices: Tensor) -> Tensor:
    """N(M) = M n^-1/2 / std(M): matrices (..., out, in) at the scale of fresh weights, n = in.

    The standard deviation is that of each whole matrix, with divisor out * in.
    """
    return matrices * _scale(matrices)[0]


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
    chain: tuple[Tensor, ...] = _Chain.apply(weights, produced, gain, updates)  # type: ignore[no-untyped-call]
    return list(chain)


class _Chain(torch.autograd.Function):
    """`generated_chain`, one group of matrices after the other."""

    @staticmethod
    def forward(ctx: Any, weights: Tensor, produced: Tensor, gain: Tensor, updates: int) -> tuple[Tensor, ...]:
        chain = tuple(torch.empty_like(produced) for _ in range(updates))
        for group in _groups(len(produced)):
            before, now = normalised(produced[group]).mul_(gain), weights
            for update in chain:
                mixed = torch.addcmul(now, before, functional.silu(now))
                before, now = now, torch.mul(mixed, _scale(mixed)[0], out=update[group])
        ctx.save_for_backward(weights, produced, gain, *chain)
        return chain

    @staticmethod
    def backward(ctx: Any, *arriving: Tensor) -> tuple[Tensor, Tensor, Tensor, None]:
        weights, produced, gain, *chain = ctx.saved_tensors
        to_weights, to_produced, to_gain = torch.zeros_like(weights), torch.empty_like(produced), torch.zeros_like(gain)
        for group in _groups(len(produced)):
            unit = normalised(produced[group])
            states = [unit * gain, weights, *(update[group] for update in chain)]
            to_generated, to_static = _unwind(states, [gradient[group] for gradient in arriving])
            to_weights += to_static.sum(dim=0)
            to_gain += _products(to_generated, unit).sum()
            to_produced[group] = _through_norm(produced[group], to_generated).mul_(gain)
        return to_weights, to_produced, to_gain, None


def _groups(count: int) -> list[slice]:
    return [slice(start, start + GROUP) for start in range(0, count, GROUP)]


def _unwind(states: list[Tensor], arriving: list[Tensor]) -> tuple[Tensor, Tensor]:
    """Gradients of T and of the static W, from those of every W'. states: T, W, W', W'', ..."""
    to_now, to_before = arriving[-1], torch.zeros_like(arriving[-1])
    for index in range(len(arriving) - 1, -1, -1):
        before, now = states[index], states[index + 1].expand_as(to_now)
        silu = functional.silu(now)
        to_mixed = _through_norm(torch.addcmul(now, before, silu), to_now)
        to_now = torch.ops.aten.silu_backward(to_mixed * before, now).add_(to_mixed).add_(to_before)
        to_before = silu * to_mixed
        if index:
            to_now += arriving[index - 1]
    return to_before, to_now


def _through_norm(matrices: Tensor, arriving: Tensor) -> Tensor:
    """Gradient of `normalised`: s (g - (g . M) s^2 / out (M - mean))."""
    scale, mean = _scale(matrices)
    share = _products(arriving, matrices) * scale.square() / matrices.shape[-2]
    return torch.addcmul(arriving, matrices, share, value=-1).add_(share * mean).mul_(scale)


def _products(left: Tensor, right: Tensor) -> Tensor:
    """Inner product of each pair of matrices, (matrices, 1, 1)."""
    products: Tensor = torch.linalg.vecdot(left.flatten(-2), right.flatten(-2))
    return products[..., None, None]


def _scale(matrices: Tensor) -> tuple[Tensor, Tensor]:
    """n^-1/2 / std(M) and mean of each matrix, (..., 1, 1); torch.var is many times slower than these two sums."""
    count = matrices.shape[-2] * matrices.shape[-1]
    mean = matrices.sum(dim=(-2, -1), keepdim=True) / count
    square = torch.linalg.vector_norm(matrices, dim=(-2, -1), keepdim=True).square() / count
    return torch.rsqrt((square - mean.square()) * matrices.shape[-1] + EPSILON), mean
