"""The calls of stages, as a job makes them: what is bound first, then input files, then the path to write.

Worker processes import them, and nothing of Prefect.
"""

import json
from dataclasses import dataclass
from pathlib import Path

from curation import balance, partitions, snapshot, splits
from curation.duplicates import candidates, clusters, minhash
from curation.policies import Policies
from curation.settings import DuplicateSettings, MixSettings, SplitSettings, TokenizerSettings
from tokenizer import corpus, train

NOMINATE_MEGABYTES = 1024
"""Memory of the join that nominates pairs; beyond it DuckDB spills to disk."""


def judge(policies: Policies, documents: Path, signals: Path, out: Path) -> int:
    """Decides on the documents of a partition by their signals."""
    return partitions.judge_partition(documents, signals, policies, out)


def sign(settings: DuplicateSettings, documents: Path, decisions: Path, out: Path) -> int:
    """Signs the documents of a partition that are kept so far."""
    return minhash.sign_partition(documents, decisions, settings, out)


@dataclass(frozen=True)
class Choice:
    """What was decided about documents after their quality."""

    splits: Path
    taken: Path
    duplicates: Path


def nominate(signatures: list[Path], settings: DuplicateSettings, out: Path) -> int:
    """Nominates pairs of documents that may be alike."""
    return candidates.nominate(signatures, settings, out / "part.parquet", NOMINATE_MEGABYTES, out.parent)


def resolve(signatures: list[Path], pairs: Path, settings: DuplicateSettings, out: Path) -> int:
    """Compares nominated pairs exactly and forms clusters."""
    return clusters.resolve(signatures, pairs, settings, out / "part.parquet")


def assign_splits(inputs: splits.Inputs, settings: SplitSettings, out: Path) -> int:
    """Assigns documents to train, validation and test."""
    return splits.assign(inputs, settings, out / "part.parquet")


def balance_domains(split: Path, settings: MixSettings, out: Path) -> None:
    """Balances the domains of the training text."""
    balance.balance(split, settings, out / "mix.parquet", out / "taken.parquet")


def make_snapshot(documents: list[Path], decisions: list[Path], choice: Choice, settings: DuplicateSettings, out: Path) -> None:
    """Writes a snapshot, and the decisions that were taken after quality."""
    snapshot.write_snapshot(documents, choice.splits, choice.taken, out / "snapshot.parquet")
    snapshot.late_decisions(decisions, choice.duplicates, choice.taken, settings, out / "decisions.parquet")


def train_vocabulary(texts: corpus.Corpus, settings: TokenizerSettings, out: Path) -> None:
    """Trains a vocabulary and writes what it is made of beside it."""
    made = train.train_vocabulary(corpus.training_texts(texts), settings, out)
    facts = {"entries": made.entries, "pattern": made.pattern, "trained_characters": made.trained_characters}
    (out / "facts.json").write_text(json.dumps(facts, sort_keys=True))
