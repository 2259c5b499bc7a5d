"""Schedules on a real service: those of recipes, those that people make, and starts that were missed."""

import os
import signal
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from flows.events import TRIGGERS
from flows.service_state import running
from tests.flows.services import Service, send, service, wait_for
from tests.flows.small import QUICK, Row, deployment, ended, runs_of, small
from warehouse.layout import Workspace

pytestmark = pytest.mark.slow


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe that asks for no schedule, and two that ask for starts far apart."""
    folder = tmp_path_factory.mktemp("schedules") / "recipes"
    small(folder)
    small(folder, "zoned", '\n[schedule]\ncron = "30 2 * * *"\ntimezone = "Asia/Kathmandu"\n')
    small(folder, "kept", "\n[schedule]\nevery_minutes = 600\n")
    return folder


@pytest.fixture(scope="module")
def up(recipes: Path) -> Iterator[Service]:
    """A service with these recipes."""
    with service(recipes.parent / "home", recipes, **QUICK) as made:
        yield made


def schedule(up: Service, slug: str) -> Row | None:
    """A schedule of deployment `curate`, by its slug."""
    return next((each for each in deployment(up, "curate")["schedules"] if each["slug"] == slug), None)


def becomes(up: Service, slug: str, **settings: Any) -> Row:
    """A schedule once it is set so."""

    def found() -> Row | None:
        row = schedule(up, slug)
        return row if row is not None and settings.items() <= row["schedule"].items() else None

    return wait_for(found, f"schedule {slug} to be {settings}")


def coming(up: Service, recipe: str) -> list[Row]:
    """Runs of a recipe that are to start, the next first."""
    rows = runs_of(up, "curate", state={"type": {"any_": ["SCHEDULED"]}})
    return [row for row in rows if row["parameters"].get("recipe") == recipe]


def moment(text: str) -> datetime:
    """A moment as the API gives it."""
    return datetime.fromisoformat(text)


def test_a_recipe_sets_its_schedule_and_a_change_of_its_file_is_seen_without_a_restart(up: Service, recipes: Path) -> None:
    small(recipes, "weekly", '\n[schedule]\ncron = "0 3 * * 1"\nrefresh = false\n')
    made = becomes(up, "recipe-weekly", cron="0 3 * * 1", timezone="UTC")
    assert made["active"]
    assert made["parameters"] == {"recipe": "weekly", "refresh": False, "then_train": True}

    up.ask("PATCH", f"/deployments/{deployment(up, 'curate')['id']}/schedules/{made['id']}", {"active": False})
    small(recipes, "weekly", "\n[schedule]\nevery_minutes = 600\n")
    assert not becomes(up, "recipe-weekly", interval=36_000)["active"]  # a pause is kept

    (recipes / "weekly.toml").unlink()
    wait_for(lambda: schedule(up, "recipe-weekly") is None, "the schedule to be gone")


def test_a_recipe_with_a_mistake_in_it_keeps_its_schedule_and_its_pause_until_it_is_mended(up: Service, recipes: Path) -> None:
    small(recipes, "mistaken", "\n[schedule]\nevery_minutes = 600\n")
    made = becomes(up, "recipe-mistaken", interval=36_000)
    up.ask("PATCH", f"/deployments/{deployment(up, 'curate')['id']}/schedules/{made['id']}", {"active": False})
    (recipes / "mistaken.toml").write_text("name = ")
    small(recipes, "later", "\n[schedule]\nevery_minutes = 300\n")
    becomes(up, "recipe-later", interval=18_000)  # so the mistake has been met
    kept_one = schedule(up, "recipe-mistaken")
    assert kept_one is not None
    assert (kept_one["id"], kept_one["active"]) == (made["id"], False)
    for name in ("mistaken", "later"):
        (recipes / f"{name}.toml").unlink()
    wait_for(lambda: schedule(up, "recipe-mistaken") is None, "the schedule to be gone")


def test_a_trigger_that_somebody_switched_off_stays_off_when_the_deployments_are_registered_again(up: Service, recipes: Path) -> None:
    for enabled, name in ((False, "first"), (True, "second")):
        for trigger in triggers(up):
            up.ask("PATCH", f"/automations/{trigger['id']}", {"enabled": enabled})
        known = {trigger["id"] for trigger in triggers(up)}
        small(recipes, name)
        wait_for(lambda known=known: len(known ^ {trigger["id"] for trigger in triggers(up)}) == 4, "both to be made anew")  # type: ignore[misc]
        assert [trigger["enabled"] for trigger in triggers(up)] == [enabled] * 2


def triggers(up: Service) -> list[Row]:
    """The automations that answer our events."""
    rows: list[Row] = up.ask("POST", "/automations/filter", {})
    return [row for row in rows if row["name"] in TRIGGERS.values()]


def test_the_time_zone_of_a_recipe_decides_when_it_starts(up: Service) -> None:
    first = wait_for(lambda: coming(up, "zoned"), "a start")[0]
    assert f"{moment(first['next_scheduled_start_time']).astimezone(ZoneInfo('Asia/Kathmandu')):%H:%M}" == "02:30"


@pytest.mark.slow
def test_runs_that_overlap_wait_in_line(up: Service) -> None:
    runs = [ended(up, run) for run in [up.start("curate", recipe="small") for _ in range(2)]]
    assert [run["state_type"] for run in runs] == ["COMPLETED"] * 2, [(run["state"], up.log(run["id"])) for run in runs]
    first, second = sorted(runs, key=lambda run: str(run["start_time"]))
    assert moment(second["start_time"]) >= moment(first["end_time"])


def test_starts_that_were_missed_are_made_up_for_by_one_run(up: Service, recipes: Path) -> None:
    small(recipes, "often", "\n[schedule]\nevery_minutes = 0.05\n")
    becomes(up, "recipe-often", interval=3)
    send(signal.SIGSTOP, up.child("runner"))
    stopped = datetime.now(UTC)

    def overdue() -> list[Row]:
        rows = [run for run in coming(up, "often") if stopped < moment(run["next_scheduled_start_time"]) < datetime.now(UTC)]
        return rows if len(rows) >= 3 else []

    missed = [run["id"] for run in wait_for(overdue, "three starts to fall due")]
    send(signal.SIGCONT, up.child("runner"))
    runs = [ended(up, run) for run in missed]
    (recipes / "often.toml").unlink()
    assert sorted(run["state_type"] for run in runs) == ["CANCELLED"] * (len(runs) - 1) + ["COMPLETED"]
    (one,) = [run["name"] for run in runs if run["state_type"] == "COMPLETED"]
    assert {run["state"]["message"] for run in runs if run["state_type"] == "CANCELLED"} == {f"missed; run {one} stands for it"}


def test_schedules_and_pauses_that_people_set_outlast_a_restart_of_the_service(up: Service, recipes: Path) -> None:
    """Stands last: it ends the service that the others use."""
    curate, build = (f"/deployments/{deployment(up, name)['id']}" for name in ("curate", "build"))
    mine = {"active": True, "schedule": {"cron": "15 4 * * 2", "timezone": "Europe/Vienna"}, "parameters": {"recipe": "small"}}
    other = {"active": False, "schedule": {"interval": 7200}}
    up.ask("POST", f"{curate}/schedules", [mine, other])
    up.ask("POST", f"{build}/pause_deployment")
    before = deployment(up, "curate")["schedules"]
    os.kill(up.pid, signal.SIGTERM)
    wait_for(lambda: running(Workspace(up.home)) is None, "the service to end")
    with service(up.home, recipes, **QUICK) as again:
        after = deployment(again, "curate")["schedules"]
        assert kept(after) == kept(before)
        assert {each["schedule"].get("cron"): each["active"] for each in after if not each["slug"]} == {"15 4 * * 2": True, None: False}
        assert deployment(again, "build")["paused"]
        assert not deployment(again, "curate")["paused"]


def kept(schedules: list[Row]) -> set[str]:
    """Schedules of people and of one recipe, by what tells them apart from others and from later versions of themselves."""
    return {each["id"] for each in schedules if each["slug"] in (None, "recipe-kept")}
