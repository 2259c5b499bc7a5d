"""Token-by-token reading: the state that makes the next token cheap, and gives the logits of a full forward pass.

Per block: the summary O^T A so far (C x C), the triples of the present chunk, the running sums of each AFT pass, and
the keys and values of attention. Nothing else grows with the text.
"""

import torch
from torch import Tensor
from torch.nn import functional

from training.strawberry import Block, Strawberry, Weights, angles, rms, rotate


class TokenByToken:
    """One block's memory of what it has read. Meets x of shape (1, rows, 1, C)."""

    def __init__(self, block: Block) -> None:
        self._position = 0
        self._read: Tensor | None = None
        self._present = [Weights(triple, None) for triple in (block.static, *block.first_triples())]
        self._sums: list[tuple[Tensor, Tensor]] = []
        self._past: tuple[Tensor, Tensor] | None = None

    def weights(self, block: Block, x: Tensor) -> list[Weights]:
        """The weights of the present chunk, generated anew where a chunk begins."""
        if self._read is not None and self._position % block.config.chunk == 0:
            later = block.later_triples(self._read / self._position)
            self._present = [self._present[0], *(Weights(None, triple) for triple in later)]
        evidence = block.evidence(x)[0]
        self._read = evidence if self._read is None else self._read + evidence
        self._position += 1
        self._pass = 0
        return self._present

    def sums(self, numerator: Tensor, denominator: Tensor) -> tuple[Tensor, Tensor]:
        """Adds to the running sums of this pass."""
        if self._pass == len(self._sums):
            self._sums.append((numerator, denominator))
        else:
            before = self._sums[self._pass]
            self._sums[self._pass] = (before[0] + numerator, before[1] + denominator)
        self._pass += 1
        return self._sums[self._pass - 1]

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Attends from one token to itself and to the cached ones."""
        here = angles(query.shape[-1], self._position - 1, self._position)
        query, key = rms(rotate(query, here)), rms(rotate(key, here))
        if self._past is not None:
            key, value = torch.cat((self._past[0], key), dim=2), torch.cat((self._past[1], value), dim=2)
        self._past = (key, value)
        return functional.scaled_dot_product_attention(query, key, value)


class Decoder:
    """Reads rows of text in step, one token of each at a time."""

    def __init__(self, model: Strawberry) -> None:
        self._model = model
        self._memories = [TokenByToken(block) for block in model.layers]

    @torch.no_grad()
    def step(self, ids: Tensor) -> Tensor:
        """Reads one token per row, ids (rows,), and returns the logits of the next, (rows, vocabulary)."""
        x = rms(functional.embedding(ids, self._model.embedding))[None, :, None]
        for block, memory in zip(self._model.layers, self._memories, strict=True):
            x = block(x, memory)
        return functional.linear(rms(x)[0, :, 0], self._model.embedding)
