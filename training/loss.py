"""The loss of the tied embedding, in pieces that fit the processor's cache.

Logits of 16 x 256 tokens over 8,192 entries are 134 MB, and cross-entropy reads and writes them six times. Here a few
hundred tokens at a time go through product, softmax and gradient, and the logits are never kept.
"""

from typing import Any

import torch
from torch import Tensor

PIECE = 512
"""Tokens whose logits are held at once."""

IGNORED = -1
"""Target of a position that is not predicted."""


def tied_loss(hidden: Tensor, embedding: Tensor, targets: Tensor) -> Tensor:
    """Mean nats per token of targets (tokens,) under logits hidden (tokens, C) times embedding (vocabulary, C)^T."""
    loss: Tensor = _TiedLoss.apply(hidden, embedding, targets)  # type: ignore[no-untyped-call]
    return loss


def token_losses(hidden: Tensor, embedding: Tensor, targets: Tensor) -> Tensor:
    """Nats of each target (tokens,), without a gradient; 0 where the target is `IGNORED`."""
    losses = []
    for states, wanted in zip(torch.split(hidden, PIECE), torch.split(targets, PIECE), strict=True):
        logits = states @ embedding.T
        found = logits.gather(1, wanted.clamp(min=0)[:, None])[:, 0]
        losses.append((torch.logsumexp(logits, dim=1) - found) * (wanted != IGNORED))
    return torch.cat(losses)


class _TiedLoss(torch.autograd.Function):
    """Takes the gradient while the logits are at hand: softmax minus one-hot, over the number of tokens."""

    @staticmethod
    def forward(ctx: Any, hidden: Tensor, embedding: Tensor, targets: Tensor) -> Tensor:
        to_hidden, to_embedding = torch.empty_like(hidden), torch.zeros_like(embedding)
        losses = hidden.new_zeros(())
        for start in range(0, len(targets), PIECE):
            states, wanted = hidden[start : start + PIECE], targets[start : start + PIECE, None]
            share = torch.softmax(states @ embedding.T, dim=1)
            chance = share.gather(1, wanted)
            losses -= chance.clamp(min=torch.finfo(chance.dtype).tiny).log().sum()
            share.scatter_(1, wanted, chance - 1)
            to_hidden[start : start + PIECE] = share @ embedding
            to_embedding.addmm_(share.T, states)
        ctx.save_for_backward(to_hidden, to_embedding)
        ctx.count = len(targets)
        return losses / len(targets)

    @staticmethod
    def backward(ctx: Any, arriving: Tensor) -> tuple[Tensor, Tensor, None]:
        to_hidden, to_embedding = ctx.saved_tensors
        share = arriving / ctx.count
        return to_hidden * share, to_embedding * share, None
