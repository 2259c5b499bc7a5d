"""What a service is doing: `berry status`."""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx2

from flows.service_api import TAG, UNDER_WAY, Api, Row
from flows.service_state import ServiceState, running
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace

FRESH = timedelta(seconds=30)
"""A runner asks for work every two seconds; one that has been silent for so long is not there."""


@dataclass(frozen=True)
class Deployment:
    """One deployment as a person thinks of it."""

    name: str
    schedules: tuple[str, ...]
    next_run: datetime | None
    last_run: str  # name and state of its newest run, empty where there was none


@dataclass(frozen=True)
class Status:
    """A service and what it does. `service` is None for a server that PREFECT_API_URL names and no service here uses."""

    address: str
    service: ServiceState | None
    answers: bool
    runner_is_alive: bool
    under_way: tuple[str, ...]
    deployments: tuple[Deployment, ...]
    trouble: str = ""  # why the server could not be asked

    def __str__(self) -> str:
        """A page for a person."""
        return "\n".join(self._lines())

    def _lines(self) -> Iterator[str]:
        yield f"Berrypatch at {self.address}"
        if self.service is not None:
            yield f"  up       since {_time(self.service.started)}, process {self.service.pid}"
        yield f"  server   {'answers' if self.answers else 'does not answer'}"
        if self.trouble:
            yield f"  {self.trouble}"
            return
        yield f"  runner   {'is alive' if self.runner_is_alive else 'is not there: nothing that is started will run'}"
        yield f"  runs     {len(self.under_way)} under way"
        yield from (f"           {run}" for run in self.under_way)
        if self.deployments:
            yield "  deployments"
        width = max((len(each.name) for each in self.deployments), default=0)
        for each in self.deployments:
            yield f"    {each.name:<{width}}  last: {each.last_run or 'never run'}"
            yield from (f"    {'':<{width}}  {schedule}" for schedule in each.schedules)
            if each.next_run:
                yield f"    {'':<{width}}  next: {_time(each.next_run.isoformat())}"


def status(home: Path) -> Status | None:
    """What the service of a workspace does, or the server that PREFECT_API_URL names; None where there is neither."""
    workspace = Workspace(home.resolve())
    service = running(workspace)
    url = service.api if service else os.environ.get("PREFECT_API_URL", "")
    if not url:
        return None
    address = service.address if service else url.rstrip("/").removesuffix("/api")
    try:
        with Api(url, timeout=5) as api:
            if not api.is_healthy():
                return Status(address, service, False, False, (), (), "It may be starting; if it stays so, see its log.")
            found = api.deployments()
            runs = api.runs({"deployments": _OURS, "flow_runs": {"state": {"type": {"any_": UNDER_WAY}}}})
            deployments = tuple(_deployment(api, each) for each in found)
    except (WorkspaceError, httpx2.HTTPError) as error:
        return Status(address, service, not isinstance(error, httpx2.TransportError), False, (), (), str(error))
    under_way = tuple(f"{run['name']}: {run['state_name']}{_since(run)}" for run in runs)
    return Status(address, service, True, any(_is_polled(each) for each in found), under_way, deployments)


_OURS: Row = {"tags": {"all_": [TAG]}}


def _deployment(api: Api, row: Row) -> Deployment:
    def newest(kinds: Row, sort: str) -> Row | None:
        filters = {"deployments": {"id": {"any_": [row["id"]]}}, "flow_runs": {"state": {"type": kinds}}}
        return next(iter(api.runs(filters, sort, limit=1)), None)

    last = newest({"not_any_": ["SCHEDULED"]}, "START_TIME_DESC")
    coming = newest({"any_": ["SCHEDULED"]}, "NEXT_SCHEDULED_START_TIME_ASC")
    schedules = tuple(_schedule(each, row["paused"]) for each in row["schedules"])
    words = f"{last['name']}: {last['state_name']}, {_time(last['start_time'] or last['created'])}" if last else ""
    return Deployment(row["name"], schedules, _moment(coming["next_scheduled_start_time"]) if coming else None, words)


def _schedule(row: Row, all_paused: bool) -> str:
    schedule = row["schedule"]
    if "cron" in schedule:
        when = f"cron {schedule['cron']}"
    elif "interval" in schedule:
        when = f"every {timedelta(seconds=schedule['interval'])}"
    else:
        when = str(schedule.get("rrule", schedule))
    zone = f" {schedule['timezone']}" if schedule.get("timezone") else ""
    return f"schedule {row['slug'] or ''} {when}{zone}, {'active' if row['active'] and not all_paused else 'paused'}".replace("  ", " ")


def _is_polled(row: Row) -> bool:
    return bool(row["last_polled"]) and datetime.now(UTC) - _moment(row["last_polled"]) < FRESH


def _since(run: Row) -> str:
    return f" since {_time(run['start_time'])}" if run["start_time"] else ""


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)


def _time(text: str) -> str:
    """A moment as the clock on the wall shows it."""
    return f"{_moment(text).astimezone():%Y-%m-%d %H:%M:%S}"
