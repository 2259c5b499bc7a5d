"""Strawberry, honest: a small causal language model whose weights rewrite themselves with what it reads.

One triple of weights per block serves R + 1 passes: R of attention-free mixing (AFT), one of softmax attention.
Between passes the triple is updated by Retention, W' = N(T * silu(W) + W), (T, W) <- (W, W'), where the first T is
generated from a summary of the text. The original (SrijanSriv211's Strawberry) sums that summary over the whole batch,
so it sees the future and its neighbours. Here a sequence is cut in chunks, and the triple of a chunk comes from the
*mean* of O^T A over the same sequence's earlier chunks; a first chunk, which has read nothing, starts from T = 0.

Decisions:
- The weights of every chunk are materialised and applied by batched products: exact, with Retention as it stands.
- A chunk is 128 tokens: forward and backward take 0.43 s of one core per 1,000 tokens, and 0.58 s with chunks of 64.
- The summary's logits are mean(O^T A) * sqrt(C), where the original has sum(O^T A) / sqrt(C): the same for C tokens,
  and as sharp at any distance into the text.
- A learned gain per matrix scales the generated T, `GAIN` at first.
- No output projection starts at zero: Retention multiplies weights, and a zero would stay zero.
- Embeddings start small, so that the first predictions are nearly uniform.
"""

import math
from dataclasses import dataclass
from typing import NamedTuple, Protocol

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
    block: int = 256  # tokens of a training window
    layers: int = 2
    passes: int = 3  # R: AFT passes and Retention updates per block; attention is one pass more
    heads: int = 6
    width: int = 96  # C
    qkv: int = 384  # D
    ffn: int = 384  # F
    chunk: int = 128  # tokens that share one generated triple

    def __post_init__(self) -> None:
        for name, value in vars(self).items():
            if value < 1:
                raise TrainingError(f"model: {name} is {value}; it must be at least 1")
        if self.chunk >= self.block:
            raise TrainingError(
                f"model: a chunk of {self.chunk} tokens fills the block of {self.block}, so no weights are ever generated; "
                "make it at most half the block"
            )
        if self.qkv % (2 * self.heads):
            raise TrainingError(
                f"model: qkv = {self.qkv} cannot be shared among {self.heads} heads of even width; make it a multiple of {2 * self.heads}"
            )


class Triple(NamedTuple):
    """Weights of one pass: qkv (3D, C), gate (2C, D), out (C, C), or one such set per chunk in front."""

    qkv: Tensor
    gate: Tensor
    out: Tensor


class Weights(NamedTuple):
    """What one pass applies to x (chunks, rows, c, C): a triple to the first chunk, one per row and chunk to the rest.

    Where one of the two is missing, the other serves all chunks.
    """

    first: Triple | None
    later: Triple | None


class Reading(Protocol):
    """How a block meets text: all of it at once (`WholeText`), or token by token (`decoding.TokenByToken`)."""

    def weights(self, block: "Block", x: Tensor) -> list[Weights]:
        """The weights of the R + 1 passes over x (chunks, rows, c, C)."""

    def sums(self, numerator: Tensor, denominator: Tensor) -> tuple[Tensor, Tensor]:
        """Sums over all tokens so far, of two tensors (chunks, rows, c, D)."""

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Causal attention with rotary positions over tensors (rows, heads, tokens, d)."""


def rms(x: Tensor) -> Tensor:
    """x / sqrt(mean(x^2) + eps) over the last dimension, without a gain."""
    return functional.rms_norm(x, (x.shape[-1],), eps=EPSILON)


def rotate(x: Tensor, angles: Tensor) -> Tensor:
    """Rotary positions (arXiv 2104.09864), halves: x (..., tokens, d), angles (tokens, d / 2)."""
    left, right = x.chunk(2, dim=-1)
    cosine, sine = angles.cos(), angles.sin()
    return torch.cat((left * cosine - right * sine, left * sine + right * cosine), dim=-1)


def angles(head_width: int, start: int, stop: int) -> Tensor:
    """Rotary angles of positions start..stop - 1, (tokens, d / 2)."""
    half = head_width // 2
    frequencies = ROTARY_BASE ** (-torch.arange(half, dtype=torch.float32) / half)
    return torch.outer(torch.arange(start, stop, dtype=torch.float32), frequencies)


def chunked_linear(x: Tensor, first: Tensor | None, later: Tensor | None) -> Tensor:
    """Applies a weight per chunk: x (chunks, rows, c, in), first (out, in), later (later chunks * rows, out, in)."""
    if later is None:
        assert first is not None
        return functional.linear(x, first)
    opening, rest = torch.split(x, [0, len(x)] if first is None else [1, len(x) - 1])
    products = torch.bmm(rest.flatten(0, 1), later.mT).view(*rest.shape[:-1], -1)
    return products if first is None else torch.cat((functional.linear(opening, first), products))


class Block(nn.Module):
    """R passes of AFT and one of attention over one triple of weights, then an FFN."""

    def __init__(self, config: StrawberryConfig) -> None:
        super().__init__()
        self.config = config
        width, qkv, ffn = config.width, config.qkv, config.ffn
        self.summary = fresh(2 * width, width)
        self.generator = fresh(5 * qkv + width, width)
        self.qkv = fresh(3 * qkv, width)
        self.gate = fresh(2 * width, qkv)
        self.out = fresh(width, width)
        self.gains = nn.Parameter(torch.full((3,), GAIN))
        self.up = fresh(2 * ffn, width)
        self.down = fresh(width, ffn)

    @property
    def static(self) -> Triple:
        """The triple of the first pass, from which every chunk's Retention starts."""
        return Triple(self.qkv, self.gate, self.out)

    def evidence(self, x: Tensor) -> Tensor:
        """O^T A summed over the tokens of x (..., tokens, C): (..., C, C)."""
        subject, aspect = functional.linear(rms(x), self.summary).chunk(2, dim=-1)
        return torch.matmul(rms(subject).mT, rms(aspect))

    def first_triples(self) -> list[Triple]:
        """The triples of a first chunk after each update."""
        matrices = [static_chain(weights, self.config.passes) for weights in self.static]
        return [Triple(*update) for update in zip(*matrices, strict=True)]

    def later_triples(self, mean: Tensor) -> list[Triple]:
        """The triples of later chunks after each update, from mean(O^T A) (chunks, C, C) by way of G P^T."""
        width, qkv = self.config.width, self.config.qkv
        summary = torch.softmax(mean * math.sqrt(width), dim=-1)
        parts = torch.split(torch.matmul(self.generator, summary.mT), [3 * qkv, 2 * qkv, width], dim=-2)
        shaped = (parts[0], parts[1].reshape(-1, 2 * width, qkv), parts[2])
        sources = zip(self.static, shaped, self.gains, strict=True)
        matrices = [generated_chain(*source, self.config.passes) for source in sources]
        return [Triple(*update) for update in zip(*matrices, strict=True)]

    def forward(self, x: Tensor, reading: Reading) -> Tensor:
        """x: (chunks, rows, c, C), to the same shape."""
        *mixing, last = reading.weights(self, x)
        for weights in mixing:
            x = self.aft(x, weights, reading)
        return self.feed_forward(self.attention(x, weights=last, reading=reading))

    def aft(self, x: Tensor, weights: Weights, reading: Reading) -> Tensor:
        """AFT-simple (arXiv 2105.14103), causal: sigmoid(q_t) * sum exp(k_s) v_s / sum exp(k_s), s <= t.

        k has unit rms over its D channels, so |k| <= sqrt(D): exp cannot overflow below D = 7,000, and no running
        maximum is needed.
        """
        query, key, value = self.project(x, weights).chunk(3, dim=-1)
        share = torch.exp(rms(key))
        numerator, denominator = reading.sums(share * value, share)
        return self.mini_ffn(x, torch.sigmoid(rms(query)) * (numerator / denominator), weights)

    def attention(self, x: Tensor, weights: Weights, reading: Reading) -> Tensor:
        """Causal softmax attention: H heads of [q|k|v], rotary, then rms on q and k."""
        chunks, _, size, _ = x.shape
        heads = torch.unflatten(self.project(x, weights), -1, (self.config.heads, -1))
        query, key, value = heads.permute(1, 3, 0, 2, 4).flatten(2, 3).chunk(3, dim=-1)
        y = torch.unflatten(reading.attend(query, key, value), 2, (chunks, size))
        return self.mini_ffn(x, y.permute(2, 0, 3, 1, 4).flatten(3), weights)

    def project(self, x: Tensor, weights: Weights) -> Tensor:
        """[q|k|v] of x: (chunks, rows, c, 3D)."""
        return chunked_linear(rms(x), *(triple and triple.qkv for triple in weights))

    def mini_ffn(self, x: Tensor, y: Tensor, weights: Weights) -> Tensor:
        """x + (u * silu(w)) Wo^T with [u|w] = y Ws^T."""
        value, gate = chunked_linear(y, *(triple and triple.gate for triple in weights)).chunk(2, dim=-1)
        return x + chunked_linear(value * functional.silu(gate), *(triple and triple.out for triple in weights))

    def feed_forward(self, x: Tensor) -> Tensor:
        """x + Down(u * silu(v)), [u|v] = Up(rms(x))."""
        value, gate = functional.linear(rms(x), self.up).chunk(2, dim=-1)
        return x + functional.linear(value * functional.silu(gate), self.down)


@dataclass(frozen=True)
class WholeText:
    """Reads whole windows at once, as in training. Shuffled: each row takes weights that its neighbour generated."""

    angles: Tensor
    shuffled: bool

    def weights(self, block: Block, x: Tensor) -> list[Weights]:
        """First chunks share one triple per pass; what later chunks take depends on the chunks before them."""
        first = block.first_triples()
        if len(x) == 1:
            return [Weights(triple, None) for triple in (block.static, *first)]
        counts = torch.arange(1, len(x)) * x.shape[2]
        means = block.evidence(x[:-1]).cumsum(dim=0) / counts.view(-1, 1, 1, 1)
        means = means.roll(1, dims=1) if self.shuffled else means
        later = block.later_triples(means.flatten(0, 1))
        return [Weights(block.static, None), *(Weights(*pair) for pair in zip(first, later, strict=True))]

    def sums(self, numerator: Tensor, denominator: Tensor) -> tuple[Tensor, Tensor]:
        """A triangular product per chunk, and what earlier chunks carry over."""
        return _prefix_sums(numerator), _prefix_sums(denominator)

    def attend(self, query: Tensor, key: Tensor, value: Tensor) -> Tensor:
        """Softmax attention over each row's own past."""
        query, key = rms(rotate(query, self.angles)), rms(rotate(key, self.angles))
        return functional.scaled_dot_product_attention(query, key, value, is_causal=True)


def _prefix_sums(x: Tensor) -> Tensor:
    within = torch.matmul(torch.ones(x.shape[2], x.shape[2], dtype=x.dtype).tril_(), x)
    totals = within[:, :, -1:]
    return within + (totals.cumsum(dim=0) - totals)


def fresh(rows: int, columns: int) -> nn.Parameter:
    """A matrix (out, in), uniform with standard deviation in^-1/2."""
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

    @property
    def layers(self) -> list[Block]:
        """The blocks in their order."""
        return [block for block in self.blocks if isinstance(block, Block)]

    def hidden(self, ids: Tensor, shuffled: bool = False) -> Tensor:
        """Final states, (rows, tokens, C). Of any length: the last chunk is filled up, where no token can see it."""
        rows, tokens = ids.shape
        chunk = self.config.chunk
        padded = functional.pad(ids, (0, -tokens % chunk))
        x = rms(functional.embedding(padded.view(rows, -1, chunk).transpose(0, 1), self.embedding))
        reading = WholeText(angles(self.config.qkv // self.config.heads, 0, padded.shape[1]), shuffled)
        for block in self.layers:
            x = block(x, reading)
        return rms(x).transpose(0, 1).flatten(1, 2)[:, :tokens]

    def forward(self, ids: Tensor, shuffled: bool = False) -> Tensor:
        """Logits of the next token, (rows, tokens, vocabulary)."""
        return functional.linear(self.hidden(ids, shuffled), self.embedding)

    def loss(self, ids: Tensor) -> Tensor:
        """Mean nats per token over windows of ids (rows, tokens + 1)."""
        return tied_loss(self.hidden(ids[:, :-1]).flatten(0, 1), self.embedding, ids[:, 1:].flatten())
