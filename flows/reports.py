"""The stage `report`: the page about all that a recipe has so far, be it only a corpus."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

from curation.recipe import Recipe
from flows import current, stages
from flows.job import Job
from flows.pipeline import Pipeline
from flows.report.page import write_report
from warehouse.store import expose


def make_report(pipeline: Pipeline, recipe: Recipe) -> str:
    """Writes the report of all that the recipe has so far; where it is."""
    workspace = pipeline.workspace
    corpus, vocabulary = current.latest(workspace, recipe.name, current.Corpus), current.latest(workspace, recipe.name, current.Vocabulary)
    shards, model = current.latest(workspace, recipe.name, current.Shards), current.latest(workspace, recipe.name, current.Model)
    shown = tuple(map(repr, (corpus, vocabulary, shards, model)))
    job = Job(recipe.name, shown, recipe.digest, partial(_report, pipeline, recipe), folder=True)
    made = pipeline.run_here(stages.REPORT, job, 1)
    report = workspace.report(recipe.name)
    expose(made["report.html"], report)
    return str(report)


def _report(pipeline: Pipeline, recipe: Recipe, out: Path, advance: Callable[[int, str], None]) -> None:
    write_report(pipeline.workspace, recipe.name, out / "report.html")
    advance(1, "")
