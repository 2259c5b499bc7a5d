"""The engine of several Prefect workers on a shared workspace: a batch of partitions is a flow run of its own, on any of them.

What to compute is not sent but worked out again: the run is given the recipe, the stage and the names of partitions, and
walks through the stages before, which are finished, to the jobs it is to do. So nothing but names crosses the server.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from threading import Event
from typing import Any, cast
from uuid import UUID

from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import FlowRun, State
from prefect.deployments import run_deployment
from prefect.exceptions import ObjectNotFound
from prefect.runtime import flow_run
from prefect.states import Cancelled, Cancelling, Completed, Failed

from flows.job import Job, entry_of
from flows.run_log import Entry
from flows.runners import EngineKind
from flows.stage import Stage
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace
from warehouse.store import find

DEPLOYMENT = "compute-partitions/compute-partitions"
POLL_SECONDS = 1.0
PASSED_ON = ("recipe", "home", "save_as", "quality", "duplicates", "splits", "mix")
"""Parameters of the waiting run that decide what a partition is made of."""


@dataclass(frozen=True)
class Elsewhere:
    """How a run has its partitions computed by others: what they are to know, and the runs it has started."""

    parameters: dict[str, Any]  # of compute-partitions, but for the stage and the names
    started: set[UUID] = field(default_factory=set)
    ending: Event = field(default_factory=Event)

    def compute(self, workspace: Workspace, stage: Stage, jobs: list[tuple[Job, str]], interrupted: str) -> State[list[Entry]]:
        """Has jobs computed by a run of its own and waits for it; `interrupted` names the state of one that may do better."""
        begun = datetime.now(UTC)
        asked = {**self.parameters, "stage": stage.name, "parts": [job.part for job, _ in jobs]}
        try:
            run = cast(FlowRun, run_deployment(DEPLOYMENT, parameters=asked, timeout=0, as_subflow=True))
        except ObjectNotFound as error:
            raise WorkspaceError(
                f"BERRY_ENGINE is workers, and no deployment {DEPLOYMENT} is there. Run `prefect deploy --all`."
            ) from error
        self.started.add(run.id)
        state = self._end_of(run.id)
        self.started.discard(run.id)
        if not state.is_completed():
            name = interrupted if state.is_crashed() else None
            return Failed(name=name or "Failed", message=f"stage {stage.name}: {state.message or state.name}")
        seconds = (datetime.now(UTC) - begun).total_seconds() / len(jobs)
        made = [(job, find(workspace, stage.name, key)) for job, key in jobs]
        entries = [entry_of(stage.name, job.part, output, begun, seconds) for job, output in made if output is not None]
        return Completed(message=f"{len(entries)} {stage.unit}", data=entries)

    def _end_of(self, run: UUID) -> State[Any]:
        with get_client(sync_client=True) as client:
            while not self.ending.wait(POLL_SECONDS):
                state = client.read_flow_run(run).state
                if state is not None and state.is_final():
                    return state
        return Cancelled(message="the run is ending")

    def cancel(self) -> None:
        """Cancels what is still computed for a run that ends early."""
        self.ending.set()
        with get_client(sync_client=True) as client:
            for run in list(self.started):
                client.set_flow_run_state(run, Cancelling(message="the run that asked for it has ended"))


@contextmanager
def spread(kind: EngineKind) -> Iterator[Elsewhere | None]:
    """For the length of a block, the means to have partitions computed by other workers, where the engine is that."""
    if kind is not EngineKind.WORKERS:
        yield None
        return
    given = flow_run.get_parameters()
    elsewhere = Elsewhere({name: given[name] for name in PASSED_ON if name in given})
    try:
        yield elsewhere
    except BaseException:
        elsewhere.cancel()
        raise
