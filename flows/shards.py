"""Flow `write-shards`: from a snapshot and a vocabulary to memory-mapped token shards."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from curation.recipe import Recipe
from curation.settings import ShardSettings
from flows import current, stages
from flows.forms import ShardChanges, changed
from flows.job import Job
from flows.pipeline import Pipeline
from flows.run_page import pages
from flows.runners import task_runner
from flows.session import Work, completed, fails_plainly, opened, read_recipe, run_name, session, show_outcome
from flows.train import train_next
from flows.vocabulary import make_vocabulary
from tokenizer import corpus, evaluate, pack
from warehouse.store import Output, expose


@flow(name="write-shards", task_runner=task_runner(), flow_run_name=run_name, persist_result=False)
@fails_plainly
def write_token_shards(
    recipe: str = "quickstart", home: str = "", save_as: str = "", shards: ShardChanges = ShardChanges(), then_train: bool = False
) -> State[dict[str, Any]]:
    """Writes the current snapshot of a recipe as token shards in its current vocabulary.

    Args:
        recipe: Name or path of a recipe.
        home: Folder of the workspace; empty for the service's own.
        save_as: The name under which the results are kept, where it is not the recipe's.
        shards: Files of token ids; empty boxes are as the recipe says.
        then_train: Train the vocabulary before, where it is of another snapshot, and the model after.
    """
    settings = changed(read_recipe(recipe)[0], save_as=save_as, shards=shards)
    covered = [stages.TOKENIZER, stages.SHARDS] if then_train else [stages.SHARDS]
    with opened(settings, home, covered):
        with session(settings, home, 1, covered, Work.CORPUS) as pipeline:
            if then_train:
                make_vocabulary(pipeline, settings)
            made = make_shards(pipeline, settings)
            show_outcome(pipeline)
            facts = {"folder": str(pipeline.workspace.shards(settings.name))}
        if then_train:
            facts |= train_next(settings, made, {"recipe": recipe, "home": home, "save_as": save_as})
        return completed(facts, f"shards of snapshot {made.snapshot_id} in {facts['folder']}")


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
    shards = current.save(workspace, recipe.name, current.Shards(source.snapshot_id, vocabulary.tokenizer_id, folder, made.digest))
    pipeline.show("compression", pages.compression)
    return shards


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
