"""Flow `train-strawberry`: from token shards to a trained model, its losses beside baselines, and the report."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

from prefect import flow

from curation.recipe import Recipe
from curation.settings import TrainingSettings as RecipeTraining
from flows import current, stages
from flows.pipeline import Job, Pipeline, key_of
from flows.report.page import write_report
from flows.session import fails_plainly, run_name, session
from tokenizer.encode import Encoder
from tokenizer.shards import shard_paths
from training import assessment, loop
from training.settings import TrainingSettings
from training.strawberry import StrawberryConfig
from warehouse.store import Output, expose
from warehouse.tables import read_table


@flow(name="train-strawberry", flow_run_name=run_name, persist_result=False)
@fails_plainly
def train_strawberry(recipe: str, home: str) -> dict[str, Any]:
    """Trains Strawberry on the current shards of a recipe, evaluates it, and writes the report.

    Args:
        recipe: Path of a recipe file, or the name of a built-in one.
        home: The workspace to work in.
    """
    with session(recipe, home, 1, [stages.TRAINING, stages.EVALUATION, stages.REPORT]) as (pipeline, settings):
        losses = make_model(pipeline, settings)
        make_report(pipeline, settings)
        return {**losses, "report": str(pipeline.workspace.report(settings.name))}


def make_model(pipeline: Pipeline, recipe: Recipe) -> dict[str, str]:
    """Trains and evaluates, points the recipe at the model, and returns its losses in words."""
    workspace = pipeline.workspace
    shards = current.load(workspace, recipe.name, current.Shards)
    snapshot = current.load(workspace, recipe.name, current.Corpus)
    vocabulary = current.load(workspace, recipe.name, current.Vocabulary)
    current.require_same("the shards' text", shards.snapshot_id, "the snapshot", snapshot.snapshot_id, "write-shards")
    current.require_same("the shards' tokens", shards.tokenizer_id, "the vocabulary", vocabulary.tokenizer_id, "write-shards")
    encoder = Encoder.load(workspace.root / vocabulary.path)
    folder = workspace.root / shards.folder
    settings = _settings(recipe.training, encoder.entries)
    trained = _train(pipeline, recipe, folder, settings)
    model_folder = workspace.model(recipe.name)
    for name, artifact in trained.artifacts.items():
        expose(artifact, model_folder / name)
    pipeline.expose("metrics", "all", trained[loop.METRICS_FILE])
    asked = assessment.Assessment(folder, trained.folder, encoder, recipe.training.evaluate_tokens, recipe.training.threads)
    held_out = {"tokens": asked.tokens_per_domain, "threads": asked.threads}
    call = partial(assessment.assess, asked)
    job = Job(recipe.name, (trained.digest, shards.digest), held_out, call, folder=True)
    evaluated = pipeline.run_here(stages.EVALUATION, job, assessment.STEPS)
    for table in ("baselines", "samples"):
        pipeline.expose(table, "all", evaluated[f"{table}.parquet"])
    current.save(
        workspace,
        recipe.name,
        current.Model(
            shards.snapshot_id, shards.digest, *(str(output.folder.relative_to(workspace.root)) for output in (trained, evaluated))
        ),
    )
    return _words(evaluated)


def make_report(pipeline: Pipeline, recipe: Recipe) -> None:
    """Writes the report of all that the recipe has so far."""
    workspace = pipeline.workspace
    pointers = sorted(workspace.current(recipe.name).glob("*.json"))
    job = Job(recipe.name, tuple(path.read_text() for path in pointers), recipe.digest, partial(_report, pipeline, recipe), folder=True)
    made = pipeline.run_here(stages.REPORT, job, 1)
    expose(made["report.html"], workspace.report(recipe.name))


def _train(pipeline: Pipeline, recipe: Recipe, folder: Path, settings: TrainingSettings) -> Output:
    data = loop.TrainingData(tuple(shard_paths(folder, "train")), tuple(shard_paths(folder, "val")))
    shards = current.load(pipeline.workspace, recipe.name, current.Shards)
    job = Job(recipe.name, (shards.digest,), settings.record(), loop.train, folder=True)
    # outside the scratch folder, which a new build clears: this is what a killed run goes on from
    checkpoints = pipeline.workspace.checkpoints(key_of(stages.TRAINING, job))
    trained = pipeline.run_here(stages.TRAINING, replace(job, call=partial(_loop, settings, data, checkpoints)), settings.steps)
    shutil.rmtree(checkpoints, ignore_errors=True)
    return trained


def _loop(settings: TrainingSettings, data: loop.TrainingData, checkpoints: Path, out: Path, advance: Callable[[int, str], None]) -> None:
    def progress(at: loop.Progress) -> None:
        held_out = f", held out {at.validation_loss:.3f}" if at.validation_loss is not None else ""
        advance(at.step, f"loss {at.loss:.3f}{held_out}, {at.tokens_per_second:,.0f} tokens/s")

    loop.train(settings, data, out, progress, checkpoints)


def _report(pipeline: Pipeline, recipe: Recipe, out: Path, advance: Callable[[int, str], None]) -> None:
    write_report(pipeline.workspace, recipe.name, out / "report.html")
    advance(1, "")


def _settings(asked: RecipeTraining, entries: int) -> TrainingSettings:
    """The recipe's word in the terms of the training floor."""
    facts = asked.model_dump(exclude={"block", "evaluate_tokens"})
    model = StrawberryConfig(vocabulary=entries, block=asked.block, chunk=min(StrawberryConfig.chunk, asked.block // 2))
    return TrainingSettings(model=model, **facts)


def _words(evaluated: Output) -> dict[str, str]:
    rows = read_table(evaluated["baselines.parquet"].path).to_pylist()
    total = {
        row["model"]: f"{row['nats_per_token']:.3f} nats/token, {row['bits_per_byte']:.3f} bits/byte"
        for row in rows
        if row["domain"] == "all"
    }
    return {name: total[name] for name in ("strawberry", "bigram", "unigram") if name in total}
