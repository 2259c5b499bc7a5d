"""What every flow opens before it works: the workspace, locked; the pool; the display; the log."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import wraps
from pathlib import Path
from typing import Any, cast

from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Failed

from curation.recipe import Recipe, find_recipe, load_recipe
from flows.pipeline import Pipeline, Stage
from flows.progress import display
from flows.run_log import RunLog
from flows.runners import cores, process_pool
from warehouse.catalog import publish
from warehouse.errors import BerryError
from warehouse.layout import Workspace
from warehouse.locks import exclusive


@contextmanager
def session(recipe_path: str, home: str, workers: int, stages: Sequence[Stage]) -> Iterator[tuple[Pipeline, Recipe]]:
    """Opens a workspace for the stages of one flow run; other builds are refused until it closes."""
    recipe = load_recipe(find_recipe(recipe_path))
    workspace = Workspace(Path(home).resolve())
    workspace.root.mkdir(parents=True, exist_ok=True)
    with exclusive(workspace.lock), process_pool(workers) as pool, display([stage.name for stage in stages]) as shown:
        _sweep(workspace)
        publish(workspace)
        yield Pipeline(workspace, recipe.name, RunLog(workspace, recipe.name), shown, pool, workers or cores()), recipe


def fails_plainly(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turns an error meant for a person into a failed state with that message, in place of a traceback."""

    @wraps(function)
    def flow_body(*arguments: Any, **named: Any) -> Any:
        try:
            return function(*arguments, **named)
        except BerryError as error:
            return Failed(message=str(error))

    return flow_body


def run_name() -> str:
    """What a flow run is called: what it does, and for which recipe."""
    return f"{flow_run.get_flow_name()} {Path(str(flow_run.get_parameters()['recipe'])).stem}"


def outcome(subflow: Flow[..., Any], **parameters: Any) -> dict[str, Any]:
    """Runs a flow within this one and returns its result. Raises BerryError with its message where it failed."""
    state = cast(State[dict[str, Any]], subflow(**parameters, return_state=True))
    if state.is_completed():
        return state.result()
    raise BerryError(state.message or f"the flow ended as {state.name}")


def _sweep(workspace: Workspace) -> None:
    """Clears what a killed build left half-written; the lock says that no other build is at it."""
    shutil.rmtree(workspace.scratch, ignore_errors=True)
    workspace.scratch.mkdir(parents=True)
