"""When a corpus is curated again, and how much must change before its shards and its model are made again.

Apart from the settings of stages: no stage reads these, so a change here makes none of them run again.
"""

import difflib
import re
from datetime import datetime
from typing import Self
from zoneinfo import available_timezones

from cronsim import CronSim, CronSimError
from pydantic import BaseModel, Field, field_validator, model_validator

LEAST_MINUTES = 0.05
"""Three seconds. A shorter interval leaves the scheduler no time to start what it is asked for."""

_NAMELESS = frozenset({"Factory", "localtime"})
"""Of the time zone database, but no places: what they mean depends on the machine, and schedulers do not know them."""

_FIELDS = "minute, hour, day of month, month, day of week, as in '0 3 * * 1' (Mondays at 3:00)"
_ITEM = r"(\*|\d+-\d+|[a-z]{3}-[a-z]{3})(/\d+)?|\d+|[a-z]{3}"
_FIELD = re.compile(f"({_ITEM})(,({_ITEM}))*", re.IGNORECASE | re.ASCII)
_RANGE_OF_ONE = re.compile(r"\b0*(\w+)-0*\1\b", re.IGNORECASE)


class ScheduleSettings(BaseModel):
    """When the sources are curated again, without anyone asking. Neither cron nor minutes: never."""

    cron: str = Field(
        "",
        title="Cron",
        description=f"Five fields: {_FIELDS}. Day of month and day of week are not named together.",
        examples=["0 3 * * 1"],
    )
    every_minutes: float = Field(
        0.0, ge=0, le=525_600, title="Every", description="Minutes between two starts, in place of cron; 0: no such interval."
    )
    timezone: str = Field("UTC", title="Time zone", description="In which cron is read, by its IANA name, such as Europe/Paris.")
    refresh: bool = Field(True, title="Refresh", description="Capture the sources of the network again at each start.")

    @field_validator("cron")
    @classmethod
    def _means_one_thing(cls, cron: str) -> str:
        """Accepts the part of cron that its readers read alike, the scheduler's among them."""
        fields = cron.split()
        if not fields:
            return ""
        if len(fields) != 5:
            raise ValueError(f"is no cron schedule: it has {len(fields)} fields, and 5 are needed: {_FIELDS}")
        for text in fields:
            if not _FIELD.fullmatch(text):
                raise ValueError(f"cannot be used: {text!r} is no *, number, three-letter name, range like 1-5, step like */15 or 1-9/2")
            if found := _RANGE_OF_ONE.search(text):
                raise ValueError(f"cannot be used: {found[0]!r} is a range of one; name {found[1]!r} alone")
        if "*" not in (fields[2], fields[4]):
            raise ValueError("cannot be used: with a day of month and a day of week, readers of cron differ; leave one of the two *")
        try:
            CronSim(cron, datetime(2000, 1, 1))
        except CronSimError as error:
            raise ValueError(f"is no cron schedule ({str(error).lower()}); its fields are {_FIELDS}") from None
        return " ".join(fields)

    @field_validator("every_minutes")
    @classmethod
    def _leaves_time(cls, minutes: float) -> float:
        if 0 < minutes < LEAST_MINUTES:
            raise ValueError(f"must be 0 (no interval) or at least {LEAST_MINUTES:g}, which is 3 seconds")
        return minutes

    @field_validator("timezone")
    @classmethod
    def _is_known(cls, zone: str) -> str:
        known = available_timezones() - _NAMELESS
        if zone not in known:
            cities = {name.rpartition("/")[2]: name for name in sorted(known)}
            nearest = difflib.get_close_matches(zone, [*sorted(known), *cities], n=1)
            hint = f"did you mean {cities.get(nearest[0], nearest[0])!r}?" if nearest else "names look like Europe/Paris or UTC"
            raise ValueError(f"is no time zone; {hint}")
        return zone

    @model_validator(mode="after")
    def _one_of_them(self) -> Self:
        if self.cron and self.every_minutes:
            raise ValueError("names both cron and every_minutes; leave one of them out")
        return self


class RetrainSettings(BaseModel):
    """What a new snapshot must bring before shards are written and a model is trained on it."""

    tolerance: float = Field(
        0.01,
        ge=0,
        le=1,
        title="Tolerance",
        description="Share of the training text that must differ from what the current model was trained on.",
    )
