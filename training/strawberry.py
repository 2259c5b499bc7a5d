"""Strawberry, honest: a small causal language model whose weights rewrite themselves with what it reads.

One triple of weights per block serves R + 1 passes: R of attention-free mixing (AFT), one of softmax attention.
Between passes the triple is updated by Retention, W' = N(T * silu(W) + W), (T, W) <- (W, W'), where the first T is
generated from a summary of the text. The original (SrijanSriv211's Strawberry) sums that summary over the whole batch,
so it sees the future and its neighbours. Here a sequence is cut in chunks, and the triple of a chunk comes from the
*mean* of O^T A over the same sequence's earlier chunks; a first chunk, which has read nothing, starts from T = 0.

Decisions:
- The weights of every chunk are materialised and applied by batched products. That is exact, needs no approximation of
  Retention, and is fast enough on two cores.
- The summary's logits are mean(O^T A) * sqrt(C), where the original has sum(O^T A) / sqrt(C): the same for C tokens,
  and of the same sharpness at any distance into the text.
- A learned gain per matrix scales the generated T, `GAIN` at first.
- Output projections are not initialised at zero: Retention multiplies weights, and a zero would stay zero.
- Embeddings start small, so that the first predictions are nearly uniform.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from torch import Tensor, nn
from torch.nn import functional

from training.loss import tied_loss
from training.retention import generated_chain, static_chain
from warehouse.errors import TrainingError

GAIN = 0.5
EPSILON = 1e-6
ROTARY_BASE = 10_000.0
EMBEDDING_DEVIATION = 0.02


@dataclass(frozen=True)
class StrawberryConfig:
    """The shape of a model; the default has 1,818,630 parameters: the original's 1,818,624 and six gains."""

    vocabulary: int = 8192
    block: int = 256
    layers: int = 2
    passes: int = 3  # R: AFT passes and Retention updates per block; attention is one pass more
    heads: int = 6
    width: int = 96  # C
    qkv: int = 384  # D
    ffn: int = 384  # F
    chunk: int = 64  # tokens that share one generated triple

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 1:
                raise TrainingError(f"model: {name} is {value}, and must be at least 1")
        if self.qkv % (2 * self.heads):
            raise TrainingError(
                f"model: qkv = {self.qkv} cannot be shared among {self.heads} heads of even width; "
                f"make it a multiple of {2 * self.heads}"
            )


class Triple(NamedTuple):
    """Weights of one pass: qkv (3D, C), gate (2C, D), out (C, C), or one such set per chunk in front."""

    qkv: Tensor
    gate: Tensor
    out: Tensor


def rms(x: Tensor) -> Tensor:
    """x / sqrt(mean(x^2) + eps) over the last dimension, without a gain."""
    return functional.rms_norm(x, (x.shape[-1],), eps=EPSILON)


def chunked_linear(x: Tensor, first: Tensor, later: Tensor | None) -> Tensor:
    """Applies a weight per chunk: x (chunks, rows, c, in), first (out, in), later ((chunks - 1) * rows, out, in).

    Without later weights the first ones serve all chunks.
    """
    if later is None:
        return functional.linear(x, first)
    opening, rest = x.split((1, len(x) - 1))
    products = torch.bmm(rest.flatten(0, 1), later.mT).view(*rest.shape[:-1], -1)
    return torch.cat((functional.linear(opening, first), products))


def prefix_sums(x: Tensor) -> Tensor:
    """Sums over all tokens so far, x (chunks, rows, c, channels): a triangular product per chunk, plus a carry."""
    within = torch.matmul(torch.ones(x.shape[2], x.shape[2]).tril_(), x)
    totals = within[:, :, -1:]
    return within + (totals.cumsum(dim=0) - totals)


def rotate(x: Tensor, angles: Tensor) -> Tensor:
    """Rotary positions (arXiv 2104.09864), halves: x (..., tokens, d), angles (tokens, d / 2)."""
    left, right = x.chunk(2, dim=-1)
    cosine, sine = angles.cos(), angles.sin()
    return torch.cat((left * cosine - right * sine, left * sine + right * cosine), dim=-1)


def head_angles(config: StrawberryConfig, start: int, stop: int) -> Tensor:
    """Rotary angles of positions start..stop - 1, (tokens, d / 2), for heads of width d."""
    half = config.qkv // config.heads // 2
    frequencies = ROTARY_BASE ** (-torch.arange(half, dtype=torch.float32) / half)
    return torch.outer(torch.arange(start, stop, dtype=torch.float32), frequencies)


class Block(nn.Module):
    """R passes of AFT and one of attention over one triple of weights, then an FFN."""

    def __init__(self, config: StrawberryConfig) -> None:
        super().__init__()
        self.config = config
        width, qkv, ffn = config.width, config.qkv, config.ffn
        self.summary = weight(2 * width, width)
        self.generator = weight(5 * qkv + width, width)
        self.qkv = weight(3 * qkv, width)
        self.gate = weight(2 * width, qkv)
        self.out = weight(width, width)
        self.gains = nn.Parameter(torch.full((3,), GAIN))
        self.up = weight(2 * ffn, width)
        self.down = weight(width, ffn)

    @property
    def static(self) -> Triple:
        """The triple of the first pass, and of every pass's start in a first chunk."""
        return Triple(self.qkv, self.gate, self.out)

    def evidence(self, x: Tensor) -> Tensor:
        """O^T A summed over the tokens of x (..., tokens, C): (..., C, C)."""
        subject, aspect = functional.linear(rms(x), self.summary).chunk(2, dim=-1)
        return torch.matmul(rms(subject).mT, rms(aspect))

    def first_chain(self) -> list[Triple]:
        """The triples of a first chunk after each update."""
        return self.chain([static_chain(weights, self.config.passes) for weights in self.static])

    def later_chain(self, mean: Tensor) -> list[Triple]:
        """The triples of later chunks after each update, from mean(O^T A) (chunks, C, C), by way of G P^T."""
        width, qkv = self.config.width, self.config.qkv
        attention = torch.softmax(mean * math.sqrt(width), dim=-1)
        produced = torch.matmul(self.generator, attention.mT)
        parts = produced.split((3 * qkv, 2 * qkv, width), dim=-2)
        shaped = (parts[0], parts[1].reshape(-1, 2 * width, qkv), parts[2])
        sources = zip(self.static, shaped, self.gains, strict=True)
        return self.chain([generated_chain(*source, self.config.passes) for source in sources])

    def chain(self, matrices: list[list[Tensor]]) -> list[Triple]:
        """Three lists of updates to a list of triples."""
        return [Triple(*update) for update in zip(*matrices, strict=True)]

    def later_means(self, x: Tensor) -> Tensor:
        """What each chunk but the first has read: x (chunks, rows, c, C) to (chunks - 1, rows, C, C)."""
        sums = self.evidence(x[:-1]).cumsum(dim=0)
        counts = torch.arange(1, len(x)) * x.shape[2]
        return sums / counts.view(-1, 1, 1, 1)

    def mini_ffn(self, x: Tensor, y: Tensor, first: Triple, later: Triple | None) -> Tensor:
        """x + (u * silu(w)) Wo^T with [u|w] = y Ws^T."""
        value, gate = chunked_linear(y, first.gate, later.gate if later else None).chunk(2, dim=-1)
        return x + chunked_linear(value * functional.silu(gate), first.out, later.out if later else None)

    def aft(self, x: Tensor, first: Triple, later: Triple | None) -> Tensor:
        """AFT-simple (arXiv 2105.14103), causal: sigmoid(q_t) * sum exp(k_s) v_s / sum exp(k_s), s <= t.

        k has unit rms over its D channels, so |k| <= sqrt(D): exp cannot overflow below D = 7,000, and no running
        maximum is needed.
        """
        query, key, value = chunked_linear(rms(x), first.qkv, later.qkv if later else None).chunk(3, dim=-1)
        weights = torch.exp(rms(key))
        mixed = prefix_sums(weights * value) / prefix_sums(weights)
        return self.mini_ffn(x, torch.sigmoid(rms(query)) * mixed, first, later)

    def attention(self, x: Tensor, first: Triple, later: Triple | None, angles: Tensor) -> Tensor:
        """Causal softmax attention: H heads of [q|k|v], rotary, then rms on q and k."""
        chunks, rows, size, _ = x.shape
        mixed = chunked_linear(rms(x), first.qkv, later.qkv if later else None)
        heads = mixed.view(chunks, rows, size, self.config.heads, -1).permute(1, 3, 0, 2, 4).flatten(2, 3)
        query, key, value = heads.chunk(3, dim=-1)
        query, key = rms(rotate(query, angles)), rms(rotate(key, angles))
        y = functional.scaled_dot_product_attention(query, key, value, is_causal=True)
        y = y.unflatten(2, (chunks, size)).permute(2, 0, 3, 1, 4).flatten(3)
        return self.mini_ffn(x, y, first, later)

    def feed_forward(self, x: Tensor) -> Tensor:
        """x + Down(u * silu(v)), [u|v] = Up(rms(x))."""
        value, gate = functional.linear(rms(x), self.up).chunk(2, dim=-1)
        return x + functional.linear(value * functional.silu(gate), self.down)

    def forward(self, x: Tensor, angles: Tensor, shuffled: bool) -> Tensor:
        """x: (chunks, rows, c, C). Shuffled: each row takes the weights that its neighbour's text generated."""
        first, later = self.first_chain(), self.later_triples(x, shuffled)
        x = self.aft(x, self.static, None)
        for opening, rest in zip(first[:-1], later[:-1], strict=True):
            x = self.aft(x, opening, rest)
        return self.feed_forward(self.attention(x, first[-1], later[-1], angles))

    def later_triples(self, x: Tensor, shuffled: bool) -> Sequence[Triple | None]:
        """The triples of all chunks but the first, in one batch of (chunks - 1) * rows; None where there is one."""
        if len(x) == 1:
            return [None] * self.config.passes
        means = self.later_means(x)
        return self.later_chain((means.roll(1, dims=1) if shuffled else means).flatten(0, 1))


def weight(rows: int, columns: int) -> nn.Parameter:
    """A fresh matrix (out, in), uniform with standard deviation in^-1/2."""
    bound = math.sqrt(3 / columns)
    return nn.Parameter(torch.empty(rows, columns).uniform_(-bound, bound))


class Strawberry(nn.Module):
    """The language model: token ids (rows, tokens) to logits (rows, tokens, vocabulary)."""

    def __init__(self, config: StrawberryConfig, seed: int) -> None:
        super().__init__()
        self.config = config
        with torch.random.fork_rng():
            torch.manual_seed(seed)
            self.embedding = nn.Parameter(torch.randn(config.vocabulary, config.width) * EMBEDDING_DEVIATION)
            self.blocks = nn.ModuleList(Block(config) for _ in range(config.layers))

    def hidden(self, ids: Tensor, shuffled: bool = False) -> Tensor:
        """Final states rms(x), (rows, tokens, C). Any length: the last chunk is filled up, which cannot be seen."""
        rows, tokens = ids.shape
        chunk = self.config.chunk
        padded = functional.pad(ids, (0, -tokens % chunk))
        chunked = padded.view(rows, -1, chunk).transpose(0, 1)
        x = rms(functional.embedding(chunked, self.embedding))
        angles = head_angles(self.config, 0, padded.shape[1])
        for block in self.blocks:
            x = block(x, angles, shuffled)
        return rms(x).transpose(0, 1).flatten(1, 2)[:, :tokens]

    def forward(self, ids: Tensor, shuffled: bool = False) -> Tensor:
        """Logits of the next token, (rows, tokens, vocabulary)."""
        return functional.linear(self.hidden(ids, shuffled), self.embedding)

    def loss(self, ids: Tensor) -> Tensor:
        """Mean nats per token of windows of ids (rows, tokens + 1)."""
        return tied_loss(self.hidden(ids[:, :-1]).flatten(0, 1), self.embedding, ids[:, 1:].flatten())
