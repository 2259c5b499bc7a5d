"""Deployments: the flows as a Prefect server shows them, to be started from its UI, by schedules and by one another.

They are defined once, for the runner of `berry up` and for `prefect.yaml` alike.
"""

import asyncio
import logging
from collections.abc import Collection, Sequence
from importlib.metadata import version
from typing import Any, cast
from uuid import UUID

from prefect import Flow
from prefect.client.orchestration import get_client
from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
from prefect.deployments.runner import RunnerDeployment
from prefect.events import DeploymentEventTrigger
from prefect.runner import Runner
from prefect.types.entrypoint import EntrypointType
from prefect.utilities.callables import ParameterSchema

from curation.recipe import named_recipes
from curation.schedule import ScheduleSettings
from flows.build import build
from flows.curate import curate
from flows.events import RESOURCE, SHARDS_PUBLISHED, SNAPSHOT_CHANGED, TRIGGERS
from flows.query import query_warehouse
from flows.schedules import Fault, asked_schedules, reconcile
from flows.shards import write_token_shards
from flows.spread import compute_partitions
from flows.train import train_strawberry
from flows.vocabulary import train_tokenizer

WATCH_SECONDS = 5.0
"""Between two looks at the recipes: a new one, or another schedule, is registered without a restart."""

Asked = tuple[list[str], dict[str, ScheduleSettings | Fault]]
"""What recipes ask of the deployments: their names, and their schedules."""

_LOG = logging.getLogger(__name__)

DESCRIPTIONS: dict[str, str] = {
    build.name: "Everything: captures the sources of a recipe, curates them, trains the vocabulary, writes the token shards. "
    "The training of Strawberry follows as a run of `train-strawberry`.",
    curate.name: "Captures the sources of a recipe and makes a snapshot of what is worth keeping. With *then train*, shards and a "
    "training follow where the snapshot differs from what the model was trained on by more than the recipe's tolerance.",
    train_tokenizer.name: "Trains the vocabulary of a recipe on its current snapshot.",
    write_token_shards.name: "Writes the current snapshot as memory-mapped token shards. Started by the event "
    f"`{SNAPSHOT_CHANGED}` as well.",
    train_strawberry.name: "Trains Strawberry on the current shards, compares it with n-grams and writes the report. Started by the "
    f"event `{SHARDS_PUBLISHED}` as well.",
    query_warehouse.name: "Answers a question in SQL over the warehouse, as a table on the page of the run. It can read the corpus and "
    "nothing else. Begin with `show tables`.",
    compute_partitions.name: "A part of one stage, for a run that shares its work out over several workers; nobody starts it by hand.",
}
TRIGGERED = {
    SNAPSHOT_CHANGED: "curate emits it with then_train, where the snapshot differs enough from what was trained on.",
    SHARDS_PUBLISHED: "build emits it, and write-shards with then_train.",
}
"""When the events come, as the page of automations says it."""

FIRST = ("recipe", "save_as", "refresh", "offline", "then_train", "again", "statement", "limit")
LAST = ("workers", "home")
"""Parameters at the head and at the foot of a form; what differs from the recipe stands between them."""

_READING = "\n\nWhat earlier runs left: [artifacts](/v2/artifacts)."


class _Form(ParameterSchema):
    """The parameters of a deployment, and no others: the server would take an unknown one and the run would crash of it."""

    additionalProperties: bool


def deployments(switched_off: Collection[str] = ()) -> list[RunnerDeployment]:
    """One deployment per flow, named as the flow is, with the recipes that can be named now in its form.

    `switched_off` are the names of triggers that somebody has switched off.
    """
    where = {key: f"{{{{ event.payload.{key} }}}}" for key in ("recipe", "home", "save_as")}
    snapshot = _trigger(SNAPSHOT_CHANGED, {**where, "then_train": True})
    training = _from_json("{{ event.payload.training | tojson }}")
    shards = _trigger(SHARDS_PUBLISHED, {**where, "training": training})
    for trigger in (snapshot, shards):
        trigger.enabled = trigger.name not in switched_off
    return [
        _deployment(build),
        _deployment(curate),
        _deployment(train_tokenizer),
        _deployment(write_token_shards, [snapshot]),
        _deployment(train_strawberry, [shards]),
        _deployment(query_warehouse, limit=4),
        _deployment(compute_partitions, limit=256),
    ]


def serve_deployments() -> None:
    """Registers the deployments with the server at PREFECT_API_URL and runs what it asks for, until Ctrl-C."""
    try:
        asyncio.run(_serve())
    except KeyboardInterrupt:
        return


async def _serve() -> None:
    runner = Runner(name="berrypatch", pause_on_shutdown=False)
    ids = {deployment.name: await runner.aadd_deployment(deployment) for deployment in await asyncio.to_thread(_current)}
    asked = _asked()
    await asyncio.to_thread(_reconcile, ids[curate.name], asked[1])
    watching = asyncio.create_task(_watch(asked))
    try:
        await runner.start()
    finally:
        watching.cancel()


async def _watch(registered: Asked) -> None:
    """Registers the deployments again when the recipes that can be named, or their schedules, have changed.

    Two looks in a row must agree: an editor that saves a recipe takes it away for a moment, and with it would go the pause
    that somebody set.
    """
    before = registered
    while True:
        await asyncio.sleep(WATCH_SECONDS)
        try:
            asked = await asyncio.to_thread(_asked)
            if asked == before != registered:
                ids = {deployment.name: await deployment.aapply() for deployment in await asyncio.to_thread(_current)}
                await asyncio.to_thread(_reconcile, ids[curate.name], asked[1])
                registered = asked
            before = asked
        except Exception as error:  # noqa: BLE001 (the server is being started again, a disk is away: the next look may do better)
            _LOG.warning("recipes could not be looked at: %s: %s", type(error).__name__, error)


def _current() -> list[RunnerDeployment]:
    """The deployments, their triggers switched off where somebody has switched them off: registering makes them anew."""
    with get_client(sync_client=True) as client:
        found = [each for name in TRIGGERS.values() for each in client.read_automations_by_name(name)]
    return deployments([each.name for each in found if not each.enabled])


def _asked() -> Asked:
    return named_recipes(), asked_schedules()


def _reconcile(deployment_id: UUID, schedules: dict[str, ScheduleSettings | Fault]) -> None:
    for name, fault in schedules.items():
        if isinstance(fault, Fault):
            _LOG.warning("recipe %s cannot be read, and its schedule stays as it is: %s", name, fault.message)
    with get_client(sync_client=True) as client:
        reconcile(client, deployment_id, schedules)


def _deployment(flow: Flow[..., Any], triggers: Sequence[DeploymentEventTrigger] = (), limit: int = 1) -> RunnerDeployment:
    made = flow.to_deployment(
        name=flow.name,
        description=DESCRIPTIONS[flow.name] + _READING,
        tags=["berrypatch"],
        version=version("berrypatch"),
        triggers=list(triggers),
        entrypoint_type=EntrypointType.MODULE_PATH,  # a file's path would depend on the folder that the service is started in
        concurrency_limit=ConcurrencyLimitConfig(limit=limit, collision_strategy=ConcurrencyLimitStrategy.ENQUEUE),
    )
    deployment = cast(RunnerDeployment, made)
    # registered again, they would wipe out the schedules and end the pauses that people set in the UI (prefect/server/api/deployments.py)
    deployment.model_fields_set.difference_update({"schedules", "paused"})
    form = _Form(**deployment._parameter_openapi_schema.model_dump(exclude_unset=True), additionalProperties=False)
    if "recipe" in form.properties:
        form.properties["recipe"]["enum"] = named_recipes()
    for place, parameter in enumerate(sorted(form.properties, key=_place)):
        form.properties[parameter]["position"] = place
    deployment._parameter_openapi_schema = form
    return deployment


def _place(parameter: str) -> int:
    """Where a parameter stands in a form; those with the same place stay as the flow has them."""
    if parameter in FIRST:
        return FIRST.index(parameter)
    return len(FIRST) + (LAST.index(parameter) + 1 if parameter in LAST else 0)


def _trigger(event: str, parameters: dict[str, Any]) -> DeploymentEventTrigger:
    match = {"prefect.resource.id": f"{RESOURCE}.*"}
    words = f"On the event {event}: {TRIGGERED[event]}"
    return DeploymentEventTrigger(name=TRIGGERS[event], description=words, expect={event}, match=match, parameters=parameters)


def _from_json(template: str) -> dict[str, Any]:
    """A template whose text is read as JSON: other values of a trigger arrive as strings."""
    return {"__prefect_kind": "json", "value": {"__prefect_kind": "jinja", "template": template}}
