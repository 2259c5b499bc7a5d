"""Flow `build`: everything from raw sources to a trained model and a report."""

import os
from pathlib import Path
from typing import Any, cast

from prefect import flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import DeploymentStatus, FlowRun
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound

from curation.recipe import find_recipe, load_recipe
from flows.curate import curate
from flows.session import fails_plainly, opened, outcome, run_name
from flows.shards import write_token_shards
from flows.stages import CURATION_TO_SHARDS, EVERYTHING
from flows.train import train_strawberry
from flows.vocabulary import train_tokenizer

TRAINING_DEPLOYMENT = "train-strawberry/train-strawberry"


@flow(name="build", flow_run_name=run_name, persist_result=False)
@fails_plainly
def build(recipe: str, home: str, workers: int = 0, refresh: str = "") -> dict[str, Any]:
    """Makes a corpus, its vocabulary and its shards, and triggers the training of Strawberry on them.

    On a server that serves the deployment train-strawberry, training is a run of its own; elsewhere it follows here.

    Args:
        recipe: Path of a recipe file, or the name of a built-in one.
        home: The workspace to work in.
        workers: Processes; 0 for one per core.
        refresh: A new word captures network sources again.
    """
    where = {"recipe": recipe, "home": home}
    served = _training_is_served()
    with opened(load_recipe(find_recipe(recipe)), home, CURATION_TO_SHARDS if served else EVERYTHING):
        made = outcome(curate, **where, workers=workers, refresh=refresh)
        made |= outcome(train_tokenizer, **where)
        made |= {"shards": outcome(write_token_shards, **where)["folder"]}
        if not served:
            return {**made, **outcome(train_strawberry, **where)}
    name = f"{train_strawberry.name} {Path(recipe).stem}"
    run = cast(FlowRun, run_deployment(TRAINING_DEPLOYMENT, parameters=where, flow_run_name=name, timeout=0, as_subflow=False))
    return {**made, "training_run": str(run.id)}


def _training_is_served() -> bool:
    """Whether a server is there with somebody who runs its trainings."""
    if not os.environ.get("PREFECT_API_URL"):
        return False
    with get_client(sync_client=True) as client:
        try:
            return client.read_deployment_by_name(TRAINING_DEPLOYMENT).status is DeploymentStatus.READY
        except ObjectNotFound:
            return False
