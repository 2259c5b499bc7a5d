"""Progress: a live display of all stages in the terminal, plain lines where there is no terminal, and on a server the log
and the page of the run.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol

from prefect import get_run_logger
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from flows.report.formats import counted, duration
from flows.run_page.page import RunPage
from flows.stage import Stage

LINE_SECONDS = 30.0
"""Least time between two lines about one stage where there is no terminal."""


class Display(Protocol):
    """What a build tells about its stages."""

    def begin(self, stage: str, total: int, done: int, unit: str) -> None:
        """A stage starts, of which `done` of `total` units were finished before."""

    def advance(self, stage: str, done: int, detail: str = "") -> None:
        """A stage has `done` units finished; `detail` says what it is at."""

    def end(self, stage: str, skipped: bool, detail: str = "") -> None:
        """A stage is finished, or was found finished."""

    def say(self, stage: str, words: str) -> None:
        """A word on what a stage is at, of a sentence's length."""


@dataclass
class _Going:
    """A stage under way."""

    total: int
    units: str
    started: float
    told: float


class Lines:
    """One line per finished stage, and one every half minute about a long one."""

    def __init__(self) -> None:
        self._going: dict[str, _Going] = {}

    def begin(self, stage: str, total: int, done: int, unit: str) -> None:
        now = time.monotonic()
        units = counted(total, unit.removesuffix("s")) + (f", {done:,} of them unchanged" if 0 < done < total else "")
        self._going[stage] = _Going(total, units, now, now)

    def advance(self, stage: str, done: int, detail: str = "") -> None:
        going = self._going[stage]
        if time.monotonic() - going.told > LINE_SECONDS:
            going.told = time.monotonic()
            self._say(stage, "", f"{done:,} of {going.units}{'; ' + detail if detail else ''}")

    def end(self, stage: str, skipped: bool, detail: str = "") -> None:
        going = self._going.pop(stage)
        state = "skipped" if skipped else f"{time.monotonic() - going.started:7.1f} s"
        self._say(stage, state, f"{going.units}{'; ' + detail if detail else ''}")

    def say(self, stage: str, words: str) -> None:
        self._say(stage, "", words)

    def _say(self, stage: str, state: str, rest: str) -> None:
        print(f"  {stage:<12} {state:>9}  {rest}", flush=True)


class Logged(Lines):
    """The same lines in the log of a Prefect run."""

    def _say(self, stage: str, state: str, rest: str) -> None:
        get_run_logger().info("%s: %s", stage, ", ".join(part for part in (state.strip(), rest) if part))


class Live:
    """A live table of bars on a terminal."""

    def __init__(self, progress: Progress, stages: Sequence[Stage]) -> None:
        self._progress = progress
        self._rows: dict[str, TaskID] = {}
        for stage in stages:
            self._row(stage.name)

    def begin(self, stage: str, total: int, done: int, unit: str) -> None:
        row = self._row(stage)
        self._progress.start_task(row)
        self._progress.update(row, total=total, completed=done, state=f"of {total} {unit}")

    def advance(self, stage: str, done: int, detail: str = "") -> None:
        self._progress.update(self._rows[stage], completed=done, detail=f"[dim]{detail[:48]}")

    def end(self, stage: str, skipped: bool, detail: str = "") -> None:
        row = self._rows[stage]
        total = next(task.total for task in self._progress.tasks if task.id == row)
        self._progress.update(row, completed=total, state="[dim]skipped" if skipped else "[green]done", detail=f"[dim]{detail[:48]}")
        self._progress.stop_task(row)

    def say(self, stage: str, words: str) -> None:
        self._progress.console.print(f"{stage:<12} {words}", markup=False, highlight=False)

    def _row(self, stage: str) -> TaskID:
        if stage not in self._rows:
            self._rows[stage] = self._progress.add_task(stage, total=None, start=False, state="[dim]waiting", detail="")
        return self._rows[stage]


class OnPage:
    """The bar on a Prefect run's page, over all stages of the run by their weight, beside another display."""

    def __init__(self, other: Display, page: RunPage, stages: Sequence[Stage]) -> None:
        self._other = other
        self._page = page
        self._weights = {stage.name: stage.weight for stage in stages}
        self._done: dict[str, float] = dict.fromkeys(self._weights, 0.0)
        self._totals: dict[str, tuple[int, str]] = {}
        self._started = time.monotonic()

    def begin(self, stage: str, total: int, done: int, unit: str) -> None:
        self._other.begin(stage, total, done, unit)
        self._totals[stage] = (total, unit)
        self._tell(stage, done, "")

    def advance(self, stage: str, done: int, detail: str = "") -> None:
        self._other.advance(stage, done, detail)
        self._tell(stage, done, detail)

    def end(self, stage: str, skipped: bool, detail: str = "") -> None:
        self._other.end(stage, skipped, detail)
        self._tell(stage, self._totals[stage][0], "skipped, as it was finished before" if skipped else detail)

    def say(self, stage: str, words: str) -> None:
        self._other.say(stage, words)

    def finish(self) -> None:
        """The run has done all that it was to do."""
        self._page.progress(100, f"finished in {duration(time.monotonic() - self._started)}")

    def stop(self) -> None:
        """The run ends before it has done all."""
        self._page.progress(self._percent(), f"stopped after {duration(time.monotonic() - self._started)}")

    def _percent(self) -> float:
        whole = sum(self._weights.values())
        return min(100.0 * sum(self._done.get(name, 0.0) * weight for name, weight in self._weights.items()) / whole, 99.9)

    def _tell(self, stage: str, done: int, detail: str) -> None:
        total, unit = self._totals[stage]
        self._weights.setdefault(stage, 1)
        self._done[stage] = done / total if total else 1.0
        at = ", ".join(part for part in (f"{done:,} of {total:,} {unit}" if total > 1 else "", detail) if part)
        taken = duration(time.monotonic() - self._started)
        self._page.progress(self._percent(), f"{stage}{': ' + at if at else ''} ({taken} so far)")


@contextmanager
def display(stages: Sequence[Stage], page: RunPage | None) -> Iterator[Display]:
    """The display that fits where the run is looked at: its log and its page, where it has one, else live or as lines."""
    if page is not None:
        shown = OnPage(Logged(), page, stages)
        try:
            yield shown
        except BaseException:
            shown.stop()
            raise
        shown.finish()
        return
    if not sys.stdout.isatty():
        yield Lines()
        return
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(30),
        TextColumn("{task.completed:>7.0f}"),
        TextColumn("{task.fields[state]}"),
    )
    with Progress(*columns, TimeElapsedColumn(), TextColumn("{task.fields[detail]}"), console=Console()) as progress:
        yield Live(progress, stages)
