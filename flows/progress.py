"""Progress: one live display in the terminal for all stages, or plain lines where there is no terminal.

In a Prefect run the same figures go to progress artifacts, which the run's page shows while it runs.
"""

import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, cast
from uuid import UUID

from prefect.artifacts import create_progress_artifact, update_progress_artifact
from prefect.context import FlowRunContext
from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

ARTIFACT_SECONDS = 2.0
"""Least time between two updates of one artifact: each is a request to the server."""


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


class Lines:
    """One line per finished stage: for logs and pipes."""

    def __init__(self) -> None:
        self._started: dict[str, float] = {}
        self._totals: dict[str, str] = {}
        self._told = 0.0

    def begin(self, stage: str, total: int, done: int, unit: str) -> None:
        self._started[stage] = time.monotonic()
        self._totals[stage] = f"{total} {unit}" + (f", {done} of them unchanged" if 0 < done < total else "")

        self._told = self._started[stage]

    def advance(self, stage: str, done: int, detail: str = "") -> None:
        """Says every half minute where a long stage is."""
        if time.monotonic() - self._told > LINE_SECONDS:
            self._told = time.monotonic()
            print(f"  {stage:<12} {done:>9}  of {self._totals[stage]}{'; ' + detail if detail else ''}", flush=True)

    def end(self, stage: str, skipped: bool, detail: str = "") -> None:
        seconds = time.monotonic() - self._started[stage]
        state = "skipped" if skipped else f"{seconds:7.1f} s"
        print(f"  {stage:<12} {state:>9}  {self._totals[stage]}{'; ' + detail if detail else ''}", flush=True)


class Live:
    """A live table of bars on a terminal."""

    def __init__(self, progress: Progress, stages: Sequence[str]) -> None:
        self._progress = progress
        self._rows: dict[str, TaskID] = {
            stage: progress.add_task(stage, total=None, start=False, state="[dim]waiting", detail="") for stage in stages
        }

    def begin(self, stage: str, total: int, done: int, unit: str) -> None:
        row = self._rows[stage]
        self._progress.start_task(row)
        self._progress.update(row, total=total, completed=done, state=f"of {total} {unit}")

    def advance(self, stage: str, done: int, detail: str = "") -> None:
        self._progress.update(self._rows[stage], completed=done, detail=f"[dim]{detail[:48]}")

    def end(self, stage: str, skipped: bool, detail: str = "") -> None:
        row = self._rows[stage]
        total = next(task.total for task in self._progress.tasks if task.id == row)
        self._progress.update(row, completed=total, state="[dim]skipped" if skipped else "[green]done", detail=f"[dim]{detail[:48]}")
        self._progress.stop_task(row)


class Artifacts:
    """Progress artifacts of the Prefect run, beside another display."""

    def __init__(self, other: Display) -> None:
        self._other = other
        self._running: dict[str, tuple[UUID, int]] = {}
        self._updated = 0.0

    def begin(self, stage: str, total: int, done: int, unit: str) -> None:
        self._other.begin(stage, total, done, unit)
        if done < total and FlowRunContext.get() is not None:
            what = f"{stage}: {total} {unit}"
            artifact = cast(UUID, create_progress_artifact(100.0 * done / total, f"{stage}-progress", what))
            self._running[stage] = (artifact, total)

    def advance(self, stage: str, done: int, detail: str = "") -> None:
        self._other.advance(stage, done, detail)
        if stage in self._running and time.monotonic() - self._updated > ARTIFACT_SECONDS:
            self._updated = time.monotonic()
            artifact, total = self._running[stage]
            update_progress_artifact(artifact, 100.0 * done / total, f"{stage}: {done} of {total}. {detail}")

    def end(self, stage: str, skipped: bool, detail: str = "") -> None:
        self._other.end(stage, skipped, detail)
        if stage in self._running:
            artifact, total = self._running.pop(stage)
            update_progress_artifact(artifact, 100.0, f"{stage}: {total} of {total}. {detail}")


@contextmanager
def display(stages: Sequence[str]) -> Iterator[Display]:
    """The display that fits where the output goes: live on a terminal, lines elsewhere; artifacts in either case."""
    if not sys.stdout.isatty():
        yield Artifacts(Lines())
        return
    columns = (
        TextColumn("{task.description:<12}"),
        BarColumn(30),
        TextColumn("{task.completed:>7.0f}"),
        TextColumn("{task.fields[state]}"),
    )
    with Progress(*columns, TimeElapsedColumn(), TextColumn("{task.fields[detail]}"), console=Console()) as progress:
        yield Artifacts(Live(progress, stages))
