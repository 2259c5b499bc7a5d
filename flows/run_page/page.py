"""Artifacts on the page of a Prefect run: made once, then kept up to date, and never a reason for the run to fail."""

import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import dataclass
from threading import Lock
from uuid import UUID

import httpx
from prefect import get_run_logger
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import ArtifactCreate
from prefect.context import FlowRunContext
from prefect.exceptions import PrefectException
from prefect.settings import PREFECT_CLIENT_MAX_RETRIES, temporary_settings

from flows.run_page.words import Page, inert
from warehouse.errors import BerryError

UPDATE_SECONDS = 2.0
"""Least time between two updates of one artifact: each is a request to the server."""

REST_SECONDS = 60.0
"""Time without updates after one that failed, so that a server that is down does not hold up the work."""

REQUEST_SECONDS = 10.0
"""Longest wait for one update."""

_FAULTS = (httpx.HTTPError, PrefectException, ValueError)
"""What a request may end in; a ValueError where something other than Prefect answers at its address."""


@dataclass
class _Shown:
    """One artifact as it stands on the server."""

    content: tuple[str | float, str]
    told: float
    artifact: UUID


class RunPage:
    """The artifacts of a run about one recipe. Outside of a flow run it does nothing; within a subflow they are the subflow's."""

    def __init__(self, recipe: str) -> None:
        self._recipe = recipe
        self._shown: dict[tuple[UUID, str], _Shown] = {}
        self._resting_until = 0.0
        self._warned: set[str] = set()
        self._lock = Lock()

    def show(self, key: str, draw: Callable[[], Page], final: bool = False) -> None:
        """Shows what `draw` gives under KEY-RECIPE (lower case, digits, dashes), whose history holds one version per run.

        Draws and sends at most every two seconds per key; with `final` always, so that the last state is not missed.
        What cannot be drawn or sent is a warning in the run's log.
        """
        self._tell(key, "markdown", lambda: _parts(draw()), final)

    def progress(self, percent: float, words: str) -> None:
        """Moves the run's bar, of which there is one, and says in plain words what the run is at. 100 is always sent."""
        self._tell("progress", "progress", lambda: (round(percent, 1), inert(words)), percent >= 100)

    def _tell(self, key: str, kind: str, content: Callable[[], tuple[str | float, str]], final: bool) -> None:
        run = FlowRunContext.get()
        # what another thread is sending now is as new as this
        if run is None or run.flow_run is None or not self._lock.acquire(blocking=final):
            return
        try:
            if final or self._is_due(run.flow_run.id, key):
                self._try(run.flow_run.id, key, kind, content(), final)
        except BerryError as error:
            self._warn("drawing", f"{key} could not be drawn: {error}")
        finally:
            self._lock.release()

    def _is_due(self, run: UUID, key: str) -> bool:
        now, shown = time.monotonic(), self._shown.get((run, key))
        return now >= self._resting_until and (shown is None or now - shown.told >= UPDATE_SECONDS)

    def _try(self, run: UUID, key: str, kind: str, content: tuple[str | float, str], final: bool) -> None:
        try:
            self._put(run, key, kind, content, final)
        except _FAULTS as fault:
            self._resting_until = time.monotonic() + REST_SECONDS
            self._warn("server", f"Prefect's server did not take {key} ({fault!r}). The run goes on; its page may lag behind.")

    def _put(self, run: UUID, key: str, kind: str, content: tuple[str | float, str], final: bool) -> None:
        shown = self._shown.get((run, key))
        if shown is not None and shown.content == content:
            return
        data, description = content
        client = get_client(sync_client=True)
        patient = final and time.monotonic() >= self._resting_until
        with nullcontext() if patient else temporary_settings({PREFECT_CLIENT_MAX_RETRIES: 0}):
            if shown is None:
                wanted = ArtifactCreate(key=f"{key}-{self._recipe}", type=kind, data=data, description=description, flow_run_id=run)
                artifact = client.create_artifact(wanted).id
            else:
                artifact = shown.artifact
                _update(client, artifact, data, description)
        self._shown[run, key] = _Shown(content, time.monotonic(), artifact)

    def _warn(self, about: str, what: str) -> None:
        if about not in self._warned:
            self._warned.add(about)
            get_run_logger().warning("%s", what)


def _parts(page: Page) -> tuple[str | float, str]:
    return page.markdown, page.words


def _update(client: SyncPrefectClient, artifact: UUID, data: str | float, description: str) -> None:
    """Not by `client.update_artifact`, which also emits an event with the whole body, hundreds of them for a training."""
    client.request(
        "PATCH",
        "/artifacts/{id}",
        path_params={"id": artifact},
        json={"data": data, "description": description},
        timeout=REQUEST_SECONDS,
    )
