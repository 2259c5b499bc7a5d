"""What every flow opens before it works: a room of its own in the workspace, locks, workers, the display, the log."""

import logging
import shutil
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from functools import wraps
from pathlib import Path
from typing import Any

from prefect import get_run_logger
from prefect.client.orchestration import get_client
from prefect.client.schemas.filters import FlowFilter, FlowFilterName, FlowRunFilter, FlowRunFilterState, FlowRunFilterStateType
from prefect.client.schemas.objects import State, StateType
from prefect.exceptions import FailedRun
from prefect.runtime import flow_run
from prefect.states import Completed, Failed

from curation.recipe import Recipe, find_recipe, load_recipe
from flows.elsewhere import spread
from flows.pipeline import Pipeline
from flows.processes import end_with_runner
from flows.progress import Display, display
from flows.run_log import RunLog
from flows.run_page import pages
from flows.run_page.page import RunPage
from flows.runners import configured_engine, open_workers
from flows.service import on_a_server, permitted, report_address, started_by_a_server, workspace_root
from flows.stage import Stage
from warehouse.catalog import publish
from warehouse.errors import BerryError
from warehouse.layout import Workspace
from warehouse.locks import exclusive, is_held


class Work(StrEnum):
    """What one run at a time may do for a recipe: a corpus can be curated anew while a model is trained."""

    CORPUS = "corpus"
    MODEL = "model"


@dataclass(frozen=True)
class Opened:
    """A workspace with the display, the log and the page that the sessions of one flow share."""

    workspace: Workspace
    display: Display
    log: RunLog
    page: RunPage | None


_NO_NEWS = tuple(f"Finished in state {name}(" for name in ("Completed", "Skipped", "Running"))

_OPENED: ContextVar[Opened | None] = ContextVar("opened", default=None)
_HELD: ContextVar[frozenset[Path]] = ContextVar("held", default=frozenset())


@contextmanager
def opened(recipe: Recipe, home: str, stages: Sequence[Stage]) -> Iterator[Opened]:
    """Opens a workspace for one recipe's stages; where the flow has opened it, gives that."""
    held = _OPENED.get()
    if held is not None:
        yield held
        return
    page = RunPage(recipe.name) if on_a_server() else None
    logging.getLogger("prefect.task_runs").addFilter(_is_news)
    with own_room(Workspace(workspace_root(home))) as workspace, display(stages, page) as shown:
        publish(workspace)
        made = Opened(workspace, shown, RunLog(workspace, recipe.name), page)
        token = _OPENED.set(made)
        try:
            yield made
        finally:
            _OPENED.reset(token)


@contextmanager
def holding(workspace: Workspace, recipe: str, work: Work) -> Iterator[None]:
    """Holds one kind of work on a recipe. Another run of it is refused; one that a server started waits in line."""
    path = workspace.lock(recipe, work)
    if path in _HELD.get():
        yield
        return

    def waiting(holder: str) -> None:
        get_run_logger().info("process %s is at work on the %s of recipe %s; this run waits for it to end", holder, work, recipe)

    with exclusive(path, wait=started_by_a_server(), waiting=waiting):
        token = _HELD.set(_HELD.get() | {path})
        try:
            yield
        finally:
            _HELD.reset(token)


@contextmanager
def session(recipe: Recipe, home: str, workers: int, stages: Sequence[Stage], work: Work) -> Iterator[Pipeline]:
    """Opens what the stages of one flow run need: the workspace, its lock, and workers."""
    with (
        opened(recipe, home, stages) as place,
        holding(place.workspace, recipe.name, work),
        open_workers(workers) as count,
        spread(configured_engine().kind) as elsewhere,
    ):
        yield Pipeline(place.workspace, recipe.name, place.log, place.display, place.page, count, elsewhere)


def show_outcome(pipeline: Pipeline, brought: str = "") -> None:
    """Shows on the run's page what was made and what it came from; `brought` is what the sources brought in this run."""
    pipeline.show("lineage", pages.lineage)
    pipeline.show("produced", lambda workspace, recipe: pages.produced(workspace, recipe, report_address(recipe), brought))


def completed(made: dict[str, Any], *said: str) -> State[dict[str, Any]]:
    """The final state of a flow that went well, with what it made in words: the first thing that its page says."""
    return Completed(message=", ".join(said), data=made)


def read_recipe(name: str) -> tuple[Recipe, Path]:
    """A recipe by its name or path, and the folder it lies in. Raises RecipeError, and WorkspaceError where it may not be used."""
    path = permitted(find_recipe(name), "recipe")
    return load_recipe(path), path.parent


def fails_plainly(function: Callable[..., Any]) -> Callable[..., Any]:
    """Turns an error meant for a person into a failed state and a line of the log, in place of a traceback.

    Every flow goes through it, so it is also where a run's process is told to end with the runner.
    """

    @wraps(function)
    def flow_body(*arguments: Any, **named: Any) -> Any:
        end_with_runner()
        try:
            return function(*arguments, **named)
        except BerryError as error:
            get_run_logger().error("%s", error)
            for name in ("prefect.flow_runs", "prefect.engine"):
                logging.getLogger(name).addFilter(_said_already)
            return Failed(message=str(error))

    return flow_body


def _said_already(record: logging.LogRecord) -> bool:
    """Whether to keep a log record: Prefect adds a traceback of its own to a failure that the flow has explained."""
    return not (record.exc_info and isinstance(record.exc_info[1], FailedRun))


def _is_news(record: logging.LogRecord) -> bool:
    """Whether to keep a log record of a task: that it is through, or is skipped, the run says itself, and its graph shows it."""
    return not record.getMessage().startswith(_NO_NEWS)


def this_run() -> str:
    """A word that names this run, and is the same when it is retried."""
    return str(flow_run.get_id())


def run_name() -> str:
    """What a flow run is called: what it does, for which recipe, on which day, for the how-manieth time."""
    called, parameters = str(flow_run.get_name() or ""), flow_run.get_parameters()
    what = f"{flow_run.get_flow_name()} {Path(str(parameters.get('save_as') or parameters.get('recipe', 'quickstart'))).stem} "
    if called.startswith(what):  # a retry
        return called
    begun = FlowRunFilterState(type=FlowRunFilterStateType(not_any_=[StateType.SCHEDULED, StateType.PENDING]))
    with get_client(sync_client=True) as client:
        same = FlowFilter(name=FlowFilterName(any_=[str(flow_run.get_flow_name())]))
        count = client.count_flow_runs(flow_filter=same, flow_run_filter=FlowRunFilter(state=begun))
    return f"{what}{datetime.now().astimezone():%Y-%m-%d} #{count + 1}"


@contextmanager
def own_room(workspace: Workspace) -> Iterator[Workspace]:
    """A folder for one run's temporary files; what killed runs left of theirs is cleared."""
    room = uuid.uuid4().hex[:12]
    workspace.rooms.mkdir(parents=True, exist_ok=True)
    for lock in workspace.rooms.glob("*.lock"):
        if not is_held(lock):
            shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
            lock.unlink(missing_ok=True)
    with exclusive(workspace.rooms / f"{room}.lock"):
        try:
            own = Workspace(workspace.root, room)
            own.scratch.mkdir()
            yield own
        finally:
            shutil.rmtree(workspace.rooms / room, ignore_errors=True)
            (workspace.rooms / f"{room}.lock").unlink(missing_ok=True)
