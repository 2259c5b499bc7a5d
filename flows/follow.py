"""What follows a snapshot: shards and a training, where it differs enough from what the model was trained on."""

from typing import Any

from prefect import get_run_logger

from curation.difference import difference
from curation.recipe import Recipe
from flows import current
from flows.events import SNAPSHOT_CHANGED, announce
from flows.pipeline import Pipeline
from flows.service import on_a_server
from flows.shards import make_shards, write_token_shards
from flows.train import train_next
from flows.vocabulary import make_vocabulary
from warehouse.layout import Workspace


def follow(pipeline: Pipeline, recipe: Recipe, parameters: dict[str, str]) -> dict[str, Any]:
    """Has shards written and a model trained for the current snapshot, unless it is too like the trained one, or was asked for.

    `parameters` are recipe, home and save_as. By an event where a server runs, here where none does. Returns what happened.
    """
    workspace = pipeline.workspace
    snapshot = current.load(workspace, recipe.name, current.Corpus)
    said, enough = _differs(workspace, recipe, snapshot)
    if not enough:
        return _said(f"{said}: nothing is trained")
    asking = current.Asked(snapshot.snapshot_id, recipe.digest)
    if current.latest(workspace, recipe.name, current.Asked) == asking:
        return _said(
            f"{said}, and its training was asked for before: nothing more is started. If it failed, retry its run, "
            f"or start {write_token_shards.name} with then_train"
        )
    if on_a_server():
        # told first, noted after: a kill between the two has it asked for again, which trains nothing twice
        if not announce(SNAPSHOT_CHANGED, parameters, {"snapshot_id": snapshot.snapshot_id}):
            return _said(f"{said}, and nothing was started that would train on it")
        current.save(workspace, recipe.name, asking)
        return _said(f"{said}: shards and training follow")
    told = _said(f"{said}: shards and training follow")
    make_vocabulary(pipeline, recipe)
    return told | train_next(recipe, make_shards(pipeline, recipe), parameters)


def _differs(workspace: Workspace, recipe: Recipe, snapshot: current.Corpus) -> tuple[str, bool]:
    """How much of the training text the recipe's model was not trained on, in words, and whether that is enough to train again."""
    model = current.latest(workspace, recipe.name, current.Model)
    trained = workspace.partition("snapshots", recipe.name, model.snapshot_id) if model is not None else None
    if trained is None or not trained.is_file():
        return "there is no model yet", True
    share, tolerance = difference(trained, snapshot.paths(workspace)[0], workspace.scratch).share, recipe.retrain.tolerance
    return f"{share:.1%} of the training text differs from what the model was trained on (tolerance {tolerance:.1%})", share > tolerance


def _said(sentence: str) -> dict[str, Any]:
    get_run_logger().info(sentence)
    return {"training": sentence}
