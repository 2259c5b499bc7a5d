"""Settings of the stages that follow curation of single documents: duplicates, splits, mix, vocabulary, shards, training.

The Prefect UI draws these models as a form: titles and descriptions are for the person who fills it in.
"""

from enum import StrEnum
from typing import Self

from pydantic import BaseModel, Field, model_validator


class DuplicateSettings(BaseModel):
    """MinHash nominates pairs, an exact comparison decides."""

    permutations: int = Field(128, ge=16, le=1024, title="Permutations", description="Length of a MinHash signature.")
    bands: int = Field(32, ge=1, le=256, title="Bands", description="Must divide the permutations; more bands nominate more pairs.")
    shingle_words: int = Field(3, ge=1, le=20, title="Shingle", description="Words per shingle in prose.")
    code_shingle_tokens: int = Field(5, ge=1, le=40, title="Code shingle", description="Tokens per shingle in code.")
    jaccard: float = Field(0.7, gt=0, le=1, title="Jaccard", description="Exact similarity from which a document is a near-duplicate.")
    containment: float = Field(
        0.8,
        gt=0,
        le=1,
        title="Containment",
        description="Share of the smaller document found in the kept one, from which it is dropped.",
    )
    related: float = Field(
        0.5, gt=0, le=1, title="Related", description="Jaccard or containment from which two kept documents must share a split."
    )

    @model_validator(mode="after")
    def _bands_divide(self) -> Self:
        if self.permutations % self.bands:
            raise ValueError(f"bands ({self.bands}) must divide permutations ({self.permutations})")
        return self


class SplitSettings(BaseModel):
    """Held-out text. Splits follow groups of alike documents, never single ones."""

    validation: float = Field(0.05, ge=0, le=0.4, title="Validation", description="Share of documents held out for validation.")
    test: float = Field(0.05, ge=0, le=0.4, title="Test", description="Share of documents held out and never looked at in training.")
    seed: str = Field("berrypatch", title="Seed", description="Change it to draw other held-out documents.")
    largest_group: float = Field(
        0.05, gt=0, le=1, title="Largest group", description="A group with more than this share of its domain's text goes to train."
    )


class Shares(BaseModel):
    """Asked share of each domain. All 0: as much of each as there is. They need not add up to 1."""

    wiki: float = Field(0.0, ge=0, title="Wiki", description="Encyclopedia articles.")
    lore: float = Field(0.0, ge=0, title="Lore", description="Game text.")
    transcript: float = Field(0.0, ge=0, title="Transcripts", description="Speech.")
    code: float = Field(0.0, ge=0, title="Code", description="Source files.")
    paper: float = Field(0.0, ge=0, title="Papers", description="Papers and textbooks.")


class MixSettings(BaseModel):
    """How much of each domain the training text holds."""

    shares: Shares = Field(Shares(), title="Shares", description="Asked share of each domain.")
    temperature: float = Field(
        1.0, gt=0, le=1, title="Temperature", description="Without shares: available text to this power. Below 1 lifts small domains."
    )
    max_repetitions: float = Field(4.0, ge=1, le=100, title="Repetitions", description="Most times a document may be taken.")
    characters: int = Field(0, ge=0, title="Characters", description="Size of the training text; 0: as large as the shares allow.")


class Pattern(StrEnum):
    """How text is cut before byte pairs are merged; no merge crosses a cut."""

    GPT2 = "gpt2"
    GPT4 = "gpt4"
    O200K = "o200k"


class TokenizerSettings(BaseModel):
    """A byte-level BPE vocabulary, trained on the training split alone."""

    entries: int = Field(8192, ge=300, le=65_535, title="Entries", description="Size of the vocabulary, special tokens included.")
    pattern: Pattern = Field(Pattern.O200K, title="Pattern", description="How text is cut before pairs are merged.")


class ShardSettings(BaseModel):
    """Memory-mapped files of token ids."""

    tokens_per_shard: int = Field(10_000_000, ge=10_000, lt=2**31, title="Tokens per shard", description="In one file.")


class TrainingSettings(BaseModel):
    """Strawberry, and how it is trained. Every field belongs to the identity of a training run."""

    steps: int = Field(10_000, ge=1, title="Steps", description="Updates of the weights.")
    batch: int = Field(16, ge=1, le=1024, title="Batch", description="Sequences per step.")
    block: int = Field(256, ge=16, le=4096, title="Block", description="Tokens per sequence.")
    matrix_learning_rate: float = Field(0.01, gt=0, le=1, title="Learning rate of the matrices", description="Of Muon.")
    embedding_learning_rate: float = Field(0.01, gt=0, le=1, title="Learning rate of the embedding", description="Of AdamW.")
    warmup: int = Field(20, ge=0, title="Warm-up", description="Steps from 0 to the full learning rate.")
    decay: float = Field(0.5, ge=0, le=1, title="Decay", description="Share of the steps, at the end, that fall to 0.")
    weight_decay: float = Field(0.001, ge=0, le=1, title="Weight decay", description="Pull of the matrices towards 0.")
    clip: float = Field(1.0, gt=0, title="Clip", description="Largest norm of the gradient.")
    seed: int = Field(0, ge=0, title="Seed", description="Change it to draw other first weights and batches.")
    threads: int = Field(2, ge=1, le=64, title="Threads", description="Part of the result: float sums depend on it.")
    evaluate_every: int = Field(250, ge=1, title="Evaluate every", description="Steps between two validation losses.")
    evaluate_windows: int = Field(32, ge=1, title="Windows", description="Sequences of held-out text that each of these losses looks at.")
    evaluate_tokens: int = Field(
        50_000, ge=1_000, title="Held-out tokens", description="Per domain, for the final figures in nats per token and bits per byte."
    )
    checkpoint_every: int = Field(50, ge=1, title="Checkpoint every", description="Steps that a kill, or Ctrl-C, may cost at most.")
