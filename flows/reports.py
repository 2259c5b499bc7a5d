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

_KINDS = (current.Corpus, current.Vocabulary, current.Shards, current.Model)


def make_report(pipeline: Pipeline, recipe: Recipe) -> str:
    """Writes the report of all that the recipe has so far; where it is."""
    workspace = pipeline.workspace
    shown = tuple(repr(current.latest(workspace, recipe.name, kind)) for kind in _KINDS)
    job = Job(recipe.name, shown, recipe.digest, partial(_report, pipeline, recipe), folder=True)
    made = pipeline.run_here(stages.REPORT, job, 1)
    report = workspace.report(recipe.name)
    expose(made["report.html"], report)
    return str(report)


def _report(pipeline: Pipeline, recipe: Recipe, out: Path, advance: Callable[[int, str], None]) -> None:
    write_report(pipeline.workspace, recipe.name, out / "report.html")
    advance(1, "")
