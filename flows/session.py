"""What every flow opens before it works: the workspace, locked; the pool; the display; the log."""

import shutil
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import wraps
from pathlib import Path
from typing import Any, cast

from prefect import Flow
from prefect.client.schemas.objects import State
from prefect.runtime import flow_run
from prefect.states import Failed

from curation.recipe import Recipe, find_recipe, load_recipe
from flows.pipeline import Pipeline, Stage
from flows.progress import Display, display
from flows.run_log import RunLog
from flows.runners import cores, process_pool
from warehouse.catalog import publish
from warehouse.errors import BerryError
from warehouse.layout import Workspace
from warehouse.locks import exclusive


@dataclass(frozen=True)
class Opened:
    """A workspace that a flow holds, with the display and the log that its subflows share."""

    workspace: Workspace
    display: Display
    log: RunLog


_OPENED: ContextVar[Opened | None] = ContextVar("opened", default=None)


@contextmanager
def opened(recipe: Recipe, home: str, stages: Sequence[Stage]) -> Iterator[Opened]:
    """Holds a workspace for one recipe's stages, so that other builds are refused; within a flow that holds it, shares it."""
    held = _OPENED.get()
    if held is not None:
        yield held
        return
    workspace = Workspace(Path(home).resolve())
    with exclusive(workspace.lock), display([stage.name for stage in stages]) as shown:
        _sweep(workspace)
        publish(workspace)
        made = Opened(workspace, shown, RunLog(workspace, recipe.name))
        token = _OPENED.set(made)
        try:
            yield made
        finally:
            _OPENED.reset(token)


@contextmanager
def session(recipe_path: str, home: str, workers: int, stages: Sequence[Stage]) -> Iterator[tuple[Pipeline, Recipe]]:
    """Opens what the stages of one flow run need: the recipe, the workspace, and a process pool."""
    recipe = load_recipe(find_recipe(recipe_path))
    with opened(recipe, home, stages) as place, process_pool(workers) as pool:
        yield Pipeline(place.workspace, recipe.name, place.log, place.display, pool, workers or cores()), recipe


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
    workspace.scratch.mkdir(parents=True, exist_ok=True)
