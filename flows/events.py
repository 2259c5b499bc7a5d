"""Events by which one flow has another started: emitted after the atomic publish, answered by the triggers of deployments.

Without a server nobody listens, and the flow calls the next one itself.
"""

import time
from typing import Any
from uuid import UUID

from prefect import get_run_logger
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.filters import FlowRunFilter, FlowRunFilterCreatedBy
from prefect.client.schemas.sorting import FlowRunSort
from prefect.events.clients import get_events_client
from prefect.events.schemas.events import Event, Resource
from prefect.utilities.asyncutils import run_coro_as_sync

SNAPSHOT_CHANGED = "berrypatch.snapshot.changed"
SHARDS_PUBLISHED = "berrypatch.shards.published"
RESOURCE = "berrypatch.recipe"

TRIGGERS = {
    SNAPSHOT_CHANGED: "Berrypatch: write shards for a changed snapshot",
    SHARDS_PUBLISHED: "Berrypatch: train on new shards",
}
"""The names of the triggers that answer the events, under Automations."""

ANSWER_SECONDS = 30.0
"""How long a server may take to act on an event; then it was killed in between, and has forgotten it."""

ATTEMPTS = 3
RECENT = 50
"""Runs among which the answer to an event is looked for."""


def announce(event: str, parameters: dict[str, str], facts: dict[str, Any]) -> bool:
    """Emits an event about a recipe and waits until the server has made the run that is to follow; whether it has.

    `parameters` are those of the flow that is to follow: recipe, home and save_as. A server acts on an event from memory; one
    that was killed before it did is told again. Where nothing listens, since the trigger is switched off or the server has
    none, nothing is waited for.
    """
    name = parameters["save_as"] or parameters["recipe"]
    resource = Resource({"prefect.resource.id": f"{RESOURCE}.{name}", "prefect.resource.name": name})
    with get_client(sync_client=True) as client:
        before = _answers(client, event, parameters)
        for _ in range(ATTEMPTS):
            run_coro_as_sync(_send(Event(event=event, resource=resource, payload={**parameters, **facts})))
            if not _listening(client, event):
                get_run_logger().warning("nothing follows: the trigger %r is switched off, or this server has none", TRIGGERS[event])
                return False
            if _is_answered(client, event, parameters, before):
                return True
    get_run_logger().warning("the server made no run for event %s; start what follows by hand", event)
    return False


async def _send(event: Event) -> None:
    async with get_events_client() as client:
        await client.emit(event)


def _is_answered(client: SyncPrefectClient, event: str, parameters: dict[str, str], before: set[UUID]) -> bool:
    """Waits for a run that was not there before."""
    deadline = time.monotonic() + ANSWER_SECONDS
    while time.monotonic() < deadline:
        if _answers(client, event, parameters) - before:
            return True
        time.sleep(0.2)
    return False


def _listening(client: SyncPrefectClient, event: str) -> list[UUID]:
    """The triggers that answer an event and are switched on."""
    return [automation.id for automation in client.read_automations_by_name(TRIGGERS[event]) if automation.enabled]


def _answers(client: SyncPrefectClient, event: str, parameters: dict[str, str]) -> set[UUID]:
    """The runs that the triggers of an event have made for a recipe."""
    triggers = _listening(client, event)
    if not triggers:
        return set()
    made = FlowRunFilter(created_by=FlowRunFilterCreatedBy(id_=triggers))
    runs = client.read_flow_runs(flow_run_filter=made, sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=RECENT)
    return {run.id for run in runs if parameters.items() <= run.parameters.items()}
