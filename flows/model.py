"""The stages of training and evaluation. The one module here that needs torch, which is imported when a model is trained."""

import shutil
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from prefect import get_run_logger

from curation.recipe import Recipe
from curation.settings import TrainingSettings as RecipeTraining
from flows import current, stages
from flows.job import Job
from flows.pipeline import Pipeline, key_of
from flows.run_page import pages
from flows.run_page.curves import Reading
from flows.session import this_run
from tokenizer.encode import Encoder
from tokenizer.shards import shard_paths
from training import assessment, loop
from training.settings import TrainingSettings
from training.strawberry import StrawberryConfig
from warehouse.store import Output, expose, forget, write_atomic
from warehouse.tables import MODELS, read_table, write_table


def make_model(pipeline: Pipeline, recipe: Recipe, again: bool = False) -> dict[str, str]:
    """Trains (`again`: even what was trained before) and evaluates, points the recipe at the model, and returns its losses in words."""
    workspace = pipeline.workspace
    shards = current.load(workspace, recipe.name, current.Shards)
    snapshot = current.load(workspace, recipe.name, current.Corpus)
    vocabulary = current.load(workspace, recipe.name, current.Vocabulary)
    current.require_same("the shards' text", shards.snapshot_id, "the snapshot", snapshot.snapshot_id, "write-shards")
    current.require_same("the shards' tokens", shards.tokenizer_id, "the vocabulary", vocabulary.tokenizer_id, "write-shards")
    encoder = Encoder.load(workspace.root / vocabulary.path)
    folder = workspace.root / shards.folder
    settings = _settings(recipe.training, encoder.entries)
    trained = _train(pipeline, recipe, folder, settings, again)
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
    _record(pipeline, shards, settings, trained.digest, evaluated)
    words = _words(evaluated)
    get_run_logger().info("; ".join(f"{name}: {loss}" for name, loss in words.items()))
    for key, page in (("curve", pages.trained_curve), ("losses", pages.losses), ("samples", pages.samples)):
        pipeline.show(key, page)
    return words


def _record(pipeline: Pipeline, shards: current.Shards, settings: TrainingSettings, model_id: str, evaluated: Output) -> None:
    """Adds the model to the recipe's history; the same model once."""
    overall = {row["model"]: row for row in read_table(evaluated["baselines.parquet"].path).to_pylist() if row["domain"] == "all"}
    ours = overall["strawberry"]
    row = {
        "model_id": model_id,
        "snapshot_id": shards.snapshot_id,
        "tokenizer_id": shards.tokenizer_id,
        "shards_id": shards.digest,
        "steps": settings.steps,
        "seed": settings.seed,
        **{name: ours[name] for name in ("tokens", "nats_per_token", "bits_per_byte")},
        "bigram_bits_per_byte": overall["bigram"]["bits_per_byte"],
    }
    target = pipeline.workspace.partition("models", pipeline.recipe, model_id[:16])
    if target.exists() and read_table(target).to_pylist() == [row]:
        return
    aside = pipeline.workspace.scratch / f"model-{model_id}.parquet"
    write_table(aside, [row], MODELS)
    target.parent.mkdir(parents=True, exist_ok=True)
    aside.replace(target)


def _train(pipeline: Pipeline, recipe: Recipe, folder: Path, settings: TrainingSettings, again: bool) -> Output:
    data = loop.TrainingData(tuple(shard_paths(folder, "train")), tuple(shard_paths(folder, "val")))
    shards = current.load(pipeline.workspace, recipe.name, current.Shards)
    job = Job(recipe.name, (shards.digest,), settings.record(), loop.train, folder=True)
    # outside the scratch folder, which a new build clears: this is what a killed run goes on from
    key = key_of(stages.TRAINING, job)
    checkpoints = pipeline.workspace.checkpoints(key)
    if again:
        _forget_once(pipeline, key)
    if steps := [int(path.name.removeprefix("step-")) for path in checkpoints.glob("step-*")]:
        get_run_logger().info("the training goes on from step %d", max(steps))
    watch = _watch(pipeline, recipe.name, settings.steps)
    trained = pipeline.run_here(stages.TRAINING, replace(job, call=partial(_loop, settings, data, checkpoints, watch)), settings.steps)
    shutil.rmtree(checkpoints, ignore_errors=True)
    return trained


def _forget_once(pipeline: Pipeline, key: str) -> None:
    """Takes a finished training out of the store, once in a run: a retry goes on with what the run has trained since."""
    path = pipeline.workspace.current(pipeline.recipe) / "again"
    if not path.exists() or path.read_text() != this_run():
        forget(pipeline.workspace, stages.TRAINING.name, key)
        write_atomic(path, this_run())


Watch = Callable[[loop.Progress], None]


def _watch(pipeline: Pipeline, recipe: str, steps: int) -> Watch:
    """Draws the loss curve on the run's page while the model is trained."""
    readings, levels = list[Reading](), pages.known_levels(pipeline.workspace, recipe) if pipeline.page else {}

    def watch(at: loop.Progress) -> None:
        readings.append(Reading(at.step, at.loss, at.validation_loss))
        pipeline.show("curve", lambda _, name: pages.curve(name, readings, steps, levels), final=False)

    return watch


def _loop(
    settings: TrainingSettings,
    data: loop.TrainingData,
    checkpoints: Path,
    watch: Watch,
    out: Path,
    advance: Callable[[int, str], None],
) -> None:
    def progress(at: loop.Progress) -> None:
        held_out = f", held out {at.validation_loss:.3f}" if at.validation_loss is not None else ""
        advance(at.step, f"loss {at.loss:.3f}{held_out}, {at.tokens_per_second:,.0f} tokens/s")
        watch(at)

    loop.train(settings, data, out, progress, checkpoints)


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
