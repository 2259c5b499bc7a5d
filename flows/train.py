"""Flow `train-strawberry`: from token shards to a trained model, its losses beside baselines, and the report."""

from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State

from curation.recipe import Recipe
from flows import current, stages
from flows.events import SHARDS_PUBLISHED, announce
from flows.forms import TrainingChanges, changed
from flows.reports import make_report
from flows.runners import task_runner
from flows.service import on_a_server
from flows.session import Work, completed, fails_plainly, holding, read_recipe, run_name, session, show_outcome


@flow(name="train-strawberry", task_runner=task_runner(), flow_run_name=run_name, persist_result=False)
@fails_plainly
def train_strawberry(
    recipe: str = "quickstart", home: str = "", save_as: str = "", training: TrainingChanges = TrainingChanges(), again: bool = False
) -> State[dict[str, Any]]:
    """Trains Strawberry on the current shards of a recipe, evaluates it, and writes the report.

    Args:
        recipe: Name or path of a recipe.
        home: Folder of the workspace; empty for the service's own.
        save_as: The name under which the results are kept, where it is not the recipe's.
        training: The model and how it is trained; empty boxes are as the recipe says.
        again: Train even where the same shards were trained on with the same settings before.
    """
    made = train_and_report(changed(read_recipe(recipe)[0], save_as=save_as, training=training), home, again)
    return completed(made, f"strawberry: {made['strawberry']}", f"bigram: {made['bigram']}")


def train_and_report(recipe: Recipe, home: str, again: bool = False) -> dict[str, Any]:
    """Trains on a recipe's current shards and writes its report; the losses in words, and where the report is."""
    from flows.model import make_model  # torch: seconds and 300 MB that no other flow needs

    with session(recipe, home, 1, stages.AFTER_SHARDS, Work.MODEL) as pipeline:
        losses = make_model(pipeline, recipe, again)
        with holding(pipeline.workspace, recipe.name, Work.CORPUS):
            report = make_report(pipeline, recipe)
        show_outcome(pipeline)
        return {**losses, "report": report}


def train_next(
    recipe: Recipe, made: current.Shards, parameters: dict[str, str], training: TrainingChanges = TrainingChanges()
) -> dict[str, Any]:
    """Has a model trained on shards that were just published: by an event where a server runs, here where none does.

    `parameters` are recipe, home and save_as, of the flow that is to follow; `recipe` holds the changes already.
    """
    if not on_a_server():
        return train_and_report(recipe, parameters["home"])
    facts = {"snapshot_id": made.snapshot_id, "shards": made.digest, "training": training.model_dump(mode="json")}
    if not announce(SHARDS_PUBLISHED, parameters, facts):
        return {"training": f"was not started; start {train_strawberry.name} by hand"}
    get_run_logger().info("the shards are published, and a run of %s is to train on them", train_strawberry.name)
    return {"training": "asked for"}
