"""Flow `write-shards`: from a snapshot and a vocabulary to memory-mapped token shards."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow

from curation.recipe import Recipe
from curation.settings import ShardSettings
from flows import current, stages
from flows.pipeline import Job, Pipeline
from flows.session import fails_plainly, run_name, session
from tokenizer import corpus, evaluate, pack
from warehouse.store import Output, expose


@flow(name="write-shards", flow_run_name=run_name, persist_result=False)
@fails_plainly
def write_token_shards(recipe: str, home: str) -> dict[str, Any]:
    """Writes the current snapshot of a recipe as token shards in its current vocabulary.

    Args:
        recipe: Path of a recipe file.
        home: The workspace to work in.
    """
    with session(recipe, home, 1, [stages.SHARDS]) as (pipeline, settings):
        make_shards(pipeline, settings)
        return {"folder": str(pipeline.workspace.shards(settings.name))}


def make_shards(pipeline: Pipeline, recipe: Recipe) -> current.Shards:
    """Runs the stage, fills the tables that describe the shards, and points the recipe at them."""
    workspace = pipeline.workspace
    source = current.load(workspace, recipe.name, current.Corpus)
    vocabulary = current.load(workspace, recipe.name, current.Vocabulary)
    current.require_same("the vocabulary", vocabulary.snapshot_id, "the snapshot", source.snapshot_id, "train-tokenizer")
    texts = corpus.Corpus(*source.paths(workspace))
    call = partial(_write, _Input(texts, workspace.root / vocabulary.path, source.snapshot_id), recipe.shards)
    job = Job(source.snapshot_id, (source.digest, vocabulary.tokenizer_id), recipe.shards.model_dump(mode="json"), call, folder=True)
    made = pipeline.run_here(stages.SHARDS, job, texts.rows().num_rows)
    _publish(pipeline, recipe.name, made)
    folder = str(made.folder.relative_to(workspace.root))
    return current.save(workspace, recipe.name, current.Shards(source.snapshot_id, vocabulary.tokenizer_id, folder, made.digest))


@dataclass(frozen=True)
class _Input:
    texts: corpus.Corpus
    vocabulary: Path
    snapshot_id: str


def _write(source: _Input, settings: ShardSettings, out: Path, advance: Callable[[int, str], None]) -> None:
    pack.write_shards(source.texts, source.vocabulary, settings, out, lambda done, _: advance(done, ""))
    evaluate.evaluate_vocabulary(source.texts, source.vocabulary, out, out)


def _publish(pipeline: Pipeline, recipe: str, made: Output) -> None:
    for table in ("spans", "compression", "tokenizers"):
        pipeline.expose(table, "all", made[f"{table}.parquet"])
    folder = pipeline.workspace.shards(recipe)
    files = {folder / name: artifact for name, artifact in made.artifacts.items() if name.endswith(".bin")}
    for path, artifact in files.items():
        expose(artifact, path)
    for path in folder.glob("*.bin"):
        if path not in files:
            path.unlink()
