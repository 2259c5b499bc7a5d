"""Schedules: when recipes are curated again, and what becomes of starts that were missed.

Every recipe of the service's folder may say when; the server keeps that as a schedule of deployment `curate`, named after
the recipe. Schedules that people make in the UI, and the pauses they set, are theirs and stay.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from prefect import get_run_logger
from prefect.client.orchestration import SyncPrefectClient, get_client
from prefect.client.schemas.actions import DeploymentScheduleCreate
from prefect.client.schemas.filters import (
    FlowRunFilter,
    FlowRunFilterDeploymentId,
    FlowRunFilterExpectedStartTime,
    FlowRunFilterState,
    FlowRunFilterStateType,
)
from prefect.client.schemas.objects import StateType
from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule
from prefect.context import FlowRunContext
from prefect.states import Cancelled

from curation.recipe import find_recipe, load_recipe, named_recipes
from curation.schedule import ScheduleSettings
from warehouse.errors import RecipeError

SLUG = "recipe-"
"""How the names of our schedules on a deployment begin."""

ANCHOR = datetime(2020, 1, 1, tzinfo=UTC)
"""From which intervals count, so that a restart of the service moves no start."""


@dataclass(frozen=True)
class Fault:
    """Why a recipe cannot be read now, so that it asks for nothing new."""

    message: str


def asked_schedules() -> dict[str, ScheduleSettings | Fault]:
    """The schedules that recipes ask for, by the recipe's name."""
    found: dict[str, ScheduleSettings | Fault] = {}
    for name in named_recipes():
        try:
            schedule = load_recipe(find_recipe(name)).schedule
        except RecipeError as error:
            found[name] = Fault(str(error))
            continue
        if schedule.cron or schedule.every_minutes:
            found[name] = schedule
    return found


def reconcile(client: SyncPrefectClient, deployment_id: UUID, asked: dict[str, ScheduleSettings | Fault]) -> None:
    """Gives a deployment the schedules that recipes ask for, and takes away those that none asks for any more."""
    known = {schedule.slug: schedule for schedule in client.read_deployment_schedules(deployment_id) if schedule.slug}
    for name, settings in asked.items():
        if isinstance(settings, Fault):
            known.pop(SLUG + name, None)
            continue
        parameters = {"recipe": name, "refresh": settings.refresh, "then_train": True}
        wanted = DeploymentScheduleCreate(schedule=_timing(settings), parameters=parameters, slug=SLUG + name)
        present = known.pop(SLUG + name, None)
        if present is not None and present.schedule == wanted.schedule and present.parameters == parameters:
            continue
        if present is not None:
            client.delete_deployment_schedule(deployment_id, present.id)
            wanted.active = present.active
        client.create_deployment_schedules(deployment_id, [wanted])
    for slug, schedule in known.items():
        if slug.startswith(SLUG):
            client.delete_deployment_schedule(deployment_id, schedule.id)


def stand_for_missed_runs() -> None:
    """Lets a run that a schedule started stand for all earlier starts that were missed: they are cancelled and say so.

    A service that was down for a day begins one run when it comes back, and not one for every hour.
    """
    context = FlowRunContext.get()
    run = context.flow_run if context else None
    if run is None or run.deployment_id is None or not run.auto_scheduled:
        return
    overdue = FlowRunFilter(
        deployment_id=FlowRunFilterDeploymentId(any_=[run.deployment_id]),
        state=FlowRunFilterState(type=FlowRunFilterStateType(any_=[StateType.SCHEDULED])),
        # not the next start: that of a run that waits for another to end is put off again and again
        expected_start_time=FlowRunFilterExpectedStartTime(before_=datetime.now(UTC)),
    )
    with get_client(sync_client=True) as client:
        missed = [
            other
            for other in client.read_flow_runs(flow_run_filter=overdue)
            if other.id != run.id and other.auto_scheduled and other.parameters == run.parameters
        ]
        for other in missed:
            client.set_flow_run_state(other.id, Cancelled(message=f"missed; run {run.name} stands for it"), force=True)
    if missed:
        get_run_logger().info("%d starts of this schedule were missed; this run stands for them", len(missed))


def _timing(settings: ScheduleSettings) -> CronSchedule | IntervalSchedule:
    if settings.cron:
        return CronSchedule(cron=settings.cron, timezone=settings.timezone)
    return IntervalSchedule(interval=timedelta(minutes=settings.every_minutes), anchor_date=ANCHOR, timezone=settings.timezone)
