"""Flow `train-tokenizer`: from a snapshot to a vocabulary."""

import json
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow

from curation.recipe import Recipe
from curation.settings import TokenizerSettings
from flows import current, stages
from flows.pipeline import Job, Pipeline
from flows.session import fails_plainly, run_name, session
from tokenizer import corpus, train


@flow(name="train-tokenizer", flow_run_name=run_name, persist_result=False)
@fails_plainly
def train_tokenizer(recipe: str, home: str) -> dict[str, Any]:
    """Trains the vocabulary of a recipe on its current snapshot.

    Args:
        recipe: Path of a recipe file.
        home: The workspace to work in.
    """
    with session(recipe, home, 1, [stages.TOKENIZER]) as (pipeline, settings):
        return {"tokenizer_id": make_vocabulary(pipeline, settings).tokenizer_id}


def make_vocabulary(pipeline: Pipeline, recipe: Recipe) -> current.Vocabulary:
    """Runs the stage and points the recipe at the vocabulary."""
    source = current.load(pipeline.workspace, recipe.name, current.Corpus)
    texts = corpus.Corpus(*source.paths(pipeline.workspace))
    job = Job(
        source.snapshot_id,
        (source.digest,),
        recipe.tokenizer.model_dump(mode="json"),
        partial(_train, texts, recipe.tokenizer),
        folder=True,
    )
    made = pipeline.run(stages.TOKENIZER, [job])[0]
    vocabulary = made["tokenizer.json"]
    return current.save(
        pipeline.workspace,
        recipe.name,
        current.Vocabulary(vocabulary.sha256, source.snapshot_id, str(vocabulary.path.relative_to(pipeline.workspace.root))),
    )


def _train(texts: corpus.Corpus, settings: TokenizerSettings, out: Path) -> None:
    made = train.train_vocabulary(corpus.training_texts(texts), settings, out)
    facts = {"entries": made.entries, "pattern": made.pattern, "trained_characters": made.trained_characters}
    (out / "facts.json").write_text(json.dumps(facts, sort_keys=True))
