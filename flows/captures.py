"""Capture as a stage: one job per source, and what becomes of a source that cannot be captured."""

import os
from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import cast

from prefect import get_run_logger
from prefect.blocks.system import Secret

from curation.capture import capture_failure, capture_source, fingerprint
from curation.recipe import Recipe
from curation.secrets import variable
from curation.sources.kinds import AnySource, OnFailure, WebSource
from flows import current, stages
from flows.job import Job
from flows.pipeline import Pipeline, key_of
from warehouse.errors import RecipeError, SourceError
from warehouse.layout import Workspace
from warehouse.store import Artifact, Output, find, write_atomic

WEIGHT = 4_000_000
"""What one source counts for when captures are batched: their sizes are not known before."""

NOT_THERE = "not there"
"""Stands for the bytes of a source that cannot be had; the error beside it makes the key."""


@dataclass(frozen=True)
class Part:
    """One partition on its way through the stages."""

    name: str
    artifact: Artifact


def capture(pipeline: Pipeline, recipe: Recipe, folder: Path, refresh: str) -> list[Part]:
    """The captures of a recipe's sources. `refresh`, where it is a new word, captures those of the network again.

    A source that cannot be captured raises SourceError, or leaves its last capture standing, as the recipe says; where it
    has none yet, one failed item stands for it.
    """
    absent = recipe.not_captured()
    if absent:
        raise RecipeError(f"recipe {recipe.name}: this version does not capture {', '.join(absent)} yet. Take them out to build the rest.")
    sources = sorted(recipe.sources, key=lambda source: source.id)
    _load_secrets(sources)
    jobs = [_job(pipeline, recipe.name, source, folder, refresh) for source in sources]
    outputs = pipeline.run(stages.CAPTURE, jobs)
    outputs = [_standing(pipeline, recipe.name, job, output) for job, output in zip(jobs, outputs, strict=True)]
    captures = current.Captures(tuple(source.id for source in sources), tuple(output.key for output in outputs))
    return _parts(current.save(pipeline.workspace, recipe.name, captures), outputs)


def captured(workspace: Workspace, recipe: str) -> list[Part]:
    """The captures of a recipe's last curation, which may be under way. Raises WorkspaceError where there are none."""
    captures = current.load(workspace, recipe, current.Captures)
    outputs = [find(workspace, stages.CAPTURE.name, key) for key in captures.keys]
    return _parts(captures, [output for output in outputs if output is not None])


def _parts(captures: current.Captures, outputs: list[Output]) -> list[Part]:
    return [
        Part(f"{source}-{Path(name).stem}", artifact)
        for source, output in zip(captures.sources, outputs, strict=True)
        for name, artifact in sorted(output.artifacts.items())
    ]


def _job(pipeline: Pipeline, recipe: str, source: AnySource, folder: Path, refresh: str) -> Job:
    otherwise = partial(capture_failure, source) if source.on_failure is OnFailure.CONTINUE else None
    again = _pass(pipeline, recipe, source.id, refresh) if source.kind == "web" else ""
    try:
        inputs, call = (fingerprint(source, folder), again), partial(capture_source, source, folder)
    except SourceError as error:
        if otherwise is None:
            raise
        inputs, call = (NOT_THERE, str(error)), partial(otherwise, str(error))
    return Job(source.id, inputs, source.capture_settings(), call, folder=True, weight=WEIGHT, otherwise=otherwise)


def _standing(pipeline: Pipeline, recipe: str, job: Job, output: Output) -> Output:
    """A capture, where it is good; otherwise the last good one of the source, or the failure where there is none."""
    path = pipeline.workspace.current(recipe) / f"{job.part}.capture"
    if job.inputs[0] != NOT_THERE and output.key == key_of(stages.CAPTURE, job):
        write_atomic(path, output.key)
        return output
    last = find(pipeline.workspace, stages.CAPTURE.name, path.read_text()) if path.exists() else None
    if last is None:
        get_run_logger().warning("source %s could not be captured and has no earlier capture; the run goes on without it", job.part)
        return output
    get_run_logger().warning("source %s could not be captured; its last capture stands", job.part)
    pipeline.expose_output(stages.CAPTURE, job, last)
    return last


def _pass(pipeline: Pipeline, recipe: str, source: str, refresh: str) -> str:
    """The word that names the latest capture of a source of the network; a new one captures it again."""
    path = pipeline.workspace.current(recipe) / f"{source}.pass"
    if refresh:
        write_atomic(path, refresh)
    return path.read_text() if path.exists() else ""


def _load_secrets(sources: Sequence[AnySource]) -> None:
    """Puts the Prefect Secret blocks that sources refer to where workers, which do not know Prefect, find them."""
    for source in sources:
        reference = source.authorization if isinstance(source, WebSource) else ""
        if reference.startswith("block:") and variable(reference) not in os.environ:
            try:
                os.environ[variable(reference)] = str(cast(Secret[str], Secret.load(reference.removeprefix("block:"))).get())
            except ValueError as error:
                raise SourceError(
                    f"source {source.id}: there is no Prefect Secret block {reference.removeprefix('block:')!r}. "
                    "Make it in the UI under Blocks, or name a variable with env:NAME."
                ) from error
