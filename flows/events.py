"""Events by which one flow has another started: emitted after the atomic publish, answered by the triggers of deployments.

Without a server nobody listens, and the flow calls the next one itself.
"""

from typing import Any

from prefect.events.clients import get_events_client
from prefect.events.schemas.events import Event, Resource
from prefect.utilities.asyncutils import run_coro_as_sync

SNAPSHOT_CHANGED = "berrypatch.snapshot.changed"
SHARDS_PUBLISHED = "berrypatch.shards.published"
RESOURCE = "berrypatch.recipe"


def announce(event: str, parameters: dict[str, str], facts: dict[str, Any]) -> None:
    """Emits an event about a recipe and returns once the server has it.

    `parameters` are those of the flow that is to follow: recipe, home and save_as.
    """
    name = parameters["save_as"] or parameters["recipe"]
    resource = Resource({"prefect.resource.id": f"{RESOURCE}.{name}", "prefect.resource.name": name})
    run_coro_as_sync(_send(Event(event=event, resource=resource, payload={**parameters, **facts})))


async def _send(event: Event) -> None:
    async with get_events_client() as client:
        await client.emit(event)
