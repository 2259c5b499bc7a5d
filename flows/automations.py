"""Automations that the service registers with the server."""

from datetime import timedelta

from prefect.client.orchestration import SyncPrefectClient
from prefect.client.schemas.objects import StateType
from prefect.events.actions import ChangeFlowRunState
from prefect.events.schemas.automations import Automation, AutomationCore, EventTrigger, Posture
from prefect.events.schemas.events import ResourceSpecification

from flows.service_plan import HEARTBEAT_SECONDS

NAME = "Berrypatch: end runs that have died"
SILENCE = timedelta(seconds=3 * HEARTBEAT_SECONDS)
"""How long a run may be silent before it counts as dead: three heartbeats."""

MESSAGE = f"not heard of for {SILENCE.seconds} seconds: its process is gone, or was suspended. Retry to go on."


def ensure_zombie_automation(client: SyncPrefectClient) -> None:
    """Has the server mark a run as Crashed when its heartbeat stops: its machine is gone, and nobody else would say so.

    Registers the automation once and brings an older one up to date. One that somebody has switched off stays off.
    """
    wanted = _zombie_automation()
    present = client.read_automations_by_name(NAME)
    if not present:
        client.create_automation(wanted)
        return
    kept, *others = present
    for other in others:
        client.delete_automation(other.id)
    if _essence(kept) != _essence(wanted):
        client.update_automation(kept.id, wanted.model_copy(update={"enabled": kept.enabled}))


def _zombie_automation() -> AutomationCore:
    return AutomationCore(
        name=NAME,
        description=f"Marks a flow run as Crashed that has not been heard of for {SILENCE.seconds} seconds, so that it can be retried.",
        enabled=True,
        trigger=EventTrigger(
            after={"prefect.flow-run.heartbeat"},
            expect={"prefect.flow-run.*"},
            match=ResourceSpecification({"prefect.resource.id": ["prefect.flow-run.*"]}),
            for_each={"prefect.resource.id"},
            posture=Posture.Proactive,
            threshold=1,
            within=SILENCE,
        ),
        actions=[ChangeFlowRunState(state=StateType.CRASHED, message=MESSAGE)],
    )


def _essence(automation: AutomationCore | Automation) -> object:
    return automation.model_dump(mode="json", include={"description", "trigger", "actions"}, exclude={"trigger": {"id"}})
