"""Sampling: text from a model, token by token, with the decoder's memory in place of rereading."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

from training.decoding import Decoder
from training.heldout import HeldOut
from training.strawberry import Strawberry
from warehouse.digests import sha256_bytes
from warehouse.errors import TrainingError


@dataclass(frozen=True)
class SamplingSettings:
    """How to sample. The same seed, model and prompt give the same tokens."""

    tokens: int = 120
    temperature: float = 0.8  # 0 always takes the likeliest token
    top_k: int = 40
    seed: int = 0
    prompt_tokens: int = 24  # of a held-out document, where samples per domain are made
    end_of_text: int = 0

    def __post_init__(self) -> None:
        if self.temperature < 0 or self.top_k < 1 or self.tokens < 0:
            raise TrainingError(
                f"sampling: temperature {self.temperature} must not be negative, top_k {self.top_k} must be at least 1 "
                f"and tokens {self.tokens} must not be negative"
            )


def sample(model: Strawberry, prompt: Sequence[int], settings: SamplingSettings) -> list[int]:
    """Continues a prompt of token ids until the end of text, or for `settings.tokens` tokens; returns only new ones.

    A text that outgrows the model's block is read anew from its latter half, since the model never saw longer ones.
    """
    generator = torch.Generator().manual_seed(settings.seed)
    text = [settings.end_of_text, *prompt]
    start = len(text)
    decoder, logits, held = _reread(model, text)
    while len(text) - start < settings.tokens:
        token = _draw(logits, settings, generator)
        if token == settings.end_of_text:
            break
        text.append(token)
        if held == model.config.block:
            decoder, logits, held = _reread(model, text)
        else:
            logits, held = decoder.step(torch.tensor([token])), held + 1
    return text[start:]


def domain_samples(
    model: Strawberry, documents: Sequence[HeldOut], decode: Callable[[list[int]], str], settings: SamplingSettings
) -> list[dict[str, Any]]:
    """Rows of SAMPLES: one per domain, prompted by the opening of the domain's first document.

    decode: from token ids to text.
    """
    rows = []
    for domain in sorted({document.domain for document in documents}):
        document = next(item for item in documents if item.domain == domain)
        prompt = document.ids[1 : settings.prompt_tokens + 1].tolist()
        continuation = sample(model, prompt, _seeded(settings, document.doc_id))
        rows.append(
            {
                "domain": domain,
                "doc_id": document.doc_id,
                "prompt": decode(prompt),
                "continuation": decode(continuation),
            }
        )
    return rows


def _reread(model: Strawberry, text: list[int]) -> tuple[Decoder, Tensor, int]:
    """A decoder that has read the text, or its last half block where it is longer than a block."""
    block = model.config.block
    kept = text if len(text) <= block else text[-max(block // 2, 1) :]
    decoder = Decoder(model)
    for token in kept:
        logits = decoder.step(torch.tensor([token]))
    return decoder, logits, len(kept)


def _draw(logits: Tensor, settings: SamplingSettings, generator: torch.Generator) -> int:
    best, ids = logits[0].topk(min(settings.top_k, logits.shape[-1]))
    if settings.temperature == 0:
        return int(ids[0])
    shares = torch.softmax(best / settings.temperature, dim=0)
    return int(ids[torch.multinomial(shares, 1, generator=generator)])


def _seeded(settings: SamplingSettings, doc_id: str) -> SamplingSettings:
    seed = int(sha256_bytes(f"{settings.seed} {doc_id}".encode())[:12], 16)
    return SamplingSettings(**{**vars(settings), "seed": seed})
