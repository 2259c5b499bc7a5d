"""Schedules: what a recipe may ask for means one thing, and the scheduler reads it the same way."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from cronsim import CronSim
from pydantic import ValidationError

from curation.schedule import RetrainSettings, ScheduleSettings

WELL_FORMED = [
    "0 3 * * 1",
    "*/15 * * * *",
    "0-30/10,45 9-17 * * mon-fri",
    "5,35 */6 1,15 * *",
    "0 0 31 1-12/2 *",
    "59 23 * FEB,jul *",
    "0 0 29 2 *",
    "  0  4 * * 7 ",
]


def complaint(**settings: Any) -> str:
    with pytest.raises(ValidationError) as raised:
        ScheduleSettings(**settings)
    (detail,) = raised.value.errors()
    return str(detail["msg"]).removeprefix("Value error, ")


def test_a_recipe_without_a_schedule_is_never_started() -> None:
    schedule = ScheduleSettings()
    assert (schedule.cron, schedule.every_minutes, schedule.timezone, schedule.refresh) == ("", 0, "UTC", True)


@pytest.mark.parametrize("cron", WELL_FORMED)
def test_a_cron_schedule_is_kept_with_single_spaces(cron: str) -> None:
    assert ScheduleSettings(cron=cron).cron == " ".join(cron.split())


@pytest.mark.parametrize(
    ("cron", "why"),
    [
        ("0 3 * *", "it has 4 fields, and 5 are needed: minute, hour, day of month, month, day of week"),
        ("0 0 3 * * 1", "it has 6 fields"),
        ("@daily", "it has 1 fields"),
        ("0 25 * * *", "is no cron schedule (bad hour)"),
        ("60 3 * * *", "is no cron schedule (bad minute)"),
        ("0 3 * * 8", "is no cron schedule (bad day-of-week)"),
        ("0 3 * foo *", "is no cron schedule (bad month)"),
        ("0 3 * * fri-mon", "is no cron schedule (bad day-of-week)"),
        ("*/0 * * * *", "is no cron schedule (bad minute)"),
        ("0 0 30 2 *", "is no cron schedule (bad day-of-month)"),
        ("0 0 L * *", "'L' is no *, number"),
        ("0 0 * * 5#2", "'5#2' is no *, number"),
        ("5/15 * * * *", "'5/15' is no *, number"),
        ("0 3 * * sat-6", "'sat-6' is no *, number"),
        ("0 8-8 * * *", "'8-8' is a range of one; name '8' alone"),
        ("0 3 13 * 5", "with a day of month and a day of week, readers of cron differ"),
    ],
)
def test_a_cron_schedule_that_readers_of_cron_refuse_or_read_differently_is_refused(cron: str, why: str) -> None:
    assert why in complaint(cron=cron)


@pytest.mark.parametrize("cron", WELL_FORMED)
def test_the_scheduler_starts_when_cron_says(cron: str) -> None:
    from prefect._vendor.croniter import croniter  # a second of imports, for these tests alone

    schedule = ScheduleSettings(cron=cron).cron
    start = datetime(2026, 1, 1)
    ours, theirs = CronSim(schedule, start), croniter(schedule, start)
    assert [theirs.get_next(datetime) for _ in range(50)] == [next(ours) for _ in range(50)]


@pytest.mark.parametrize("zone", ["UTC", "Europe/Paris", "America/Argentina/Ushuaia", "Asia/Kathmandu"])
def test_the_scheduler_takes_every_schedule_that_a_recipe_takes(zone: str) -> None:
    from prefect.client.schemas.schedules import CronSchedule, IntervalSchedule

    cron = ScheduleSettings(cron="0 3 * * mon", timezone=zone)
    assert CronSchedule(cron=cron.cron, timezone=cron.timezone).timezone == zone
    often = ScheduleSettings(every_minutes=0.333, timezone=zone)
    anchor = datetime(2026, 1, 1, tzinfo=UTC)
    assert IntervalSchedule(interval=timedelta(minutes=often.every_minutes), anchor_date=anchor, timezone=zone).timezone == zone


@pytest.mark.parametrize(
    ("zone", "why"),
    [
        ("Europe/Pariss", "is no time zone; did you mean 'Europe/Paris'?"),
        ("europe/paris", "did you mean 'Europe/Paris'?"),
        ("Paris", "did you mean 'Europe/Paris'?"),
        ("", "is no time zone; names look like Europe/Paris or UTC"),
        ("../../etc/passwd", "is no time zone"),
        ("localtime", "is no time zone"),
    ],
)
def test_an_unknown_time_zone_is_refused_with_the_nearest_one(zone: str, why: str) -> None:
    assert why in complaint(timezone=zone)


@pytest.mark.parametrize("minutes", [0.05, 0.333, 1, 525_600])
def test_an_interval_lasts_from_seconds_to_a_year(minutes: float) -> None:
    assert ScheduleSettings(every_minutes=minutes).every_minutes == minutes


@pytest.mark.parametrize("minutes", [0.01, -1, 525_601, float("nan"), float("inf")])
def test_an_interval_out_of_reason_is_refused(minutes: float) -> None:
    assert complaint(every_minutes=minutes)


def test_cron_and_an_interval_exclude_each_other() -> None:
    assert complaint(cron="0 3 * * *", every_minutes=5) == "names both cron and every_minutes; leave one of them out"


@pytest.mark.parametrize("tolerance", [-0.1, 1.1])
def test_a_tolerance_is_a_share(tolerance: float) -> None:
    assert RetrainSettings().tolerance == 0.01
    with pytest.raises(ValidationError):
        RetrainSettings(tolerance=tolerance)
