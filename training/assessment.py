"""The assessment of a finished training: losses beside baselines, and samples, on held-out text."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from tokenizer.encode import Encoder
from tokenizer.shards import SPANS_FILE, shard_paths
from training.evaluate import evaluate, write_evaluation
from training.generate import SamplingSettings, domain_samples
from training.heldout import HeldOutSettings, held_out_documents
from training.loop import load_model, reproducible
from training.ngram import Bigram, Unigram, count_tokens
from warehouse.tables import SAMPLES, write_table

STEPS = 4
"""Steps that progress is told in: held-out documents, baselines, losses, samples."""


@dataclass(frozen=True)
class Assessment:
    """What is assessed: a model's folder, the folder of the shards it learned from, and their vocabulary."""

    shards: Path
    model: Path
    vocabulary: Encoder
    tokens_per_domain: int  # of held-out text
    threads: int


def assess(asked: Assessment, out: Path, advance: Callable[[int, str], None]) -> None:
    """Writes `baselines.parquet` (losses of the model and of n-grams per domain) and `samples.parquet` into a folder.

    Raises TrainingError where there is no held-out text.
    """
    spans, end_of_text = asked.shards / SPANS_FILE, asked.vocabulary.end_of_text
    documents = held_out_documents(HeldOutSettings(asked.shards, spans, tokens_per_domain=asked.tokens_per_domain, end_of_text=end_of_text))
    advance(1, "counting pairs of tokens for the baselines")
    counts = count_tokens(shard_paths(asked.shards, "train"), asked.vocabulary.entries, end_of_text)
    advance(2, "losses on held-out text")
    with reproducible(asked.threads):
        model = load_model(asked.model)
        write_evaluation(evaluate(model, [Unigram(counts), Bigram(counts)], documents, "val"), out / "baselines.parquet")
        advance(3, "samples")
        samples = domain_samples(model, documents, asked.vocabulary.decode, SamplingSettings(end_of_text=end_of_text))
    write_table(out / "samples.parquet", samples, SAMPLES)
