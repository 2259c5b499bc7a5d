"""The one way that a stage runs: look its keys up, skip what is finished, compute the rest, record both.

Partitions are handed out in batches of some seconds of work, one Prefect task each, to one process pool. A stage that is
finished as a whole is a single task whose state says Skipped.
"""

import os
import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from datetime import UTC, datetime
from itertools import count
from pathlib import Path
from typing import Any

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from flows.progress import Display
from flows.run_log import Entry, RunLog
from warehouse.code_version import code_version
from warehouse.errors import BerryError, WorkspaceError
from warehouse.layout import Workspace
from warehouse.store import Artifact, Output, commit, expose, find, stage_key

BATCH_BYTES = 12_000_000
"""Input of one task: about ten seconds of work."""


@dataclass(frozen=True)
class Stage:
    """A step of the build: its name, the modules whose code decides what it makes, and what its units are called."""

    name: str
    code: tuple[str, ...]
    unit: str = "partitions"
    table: str | None = None  # the table that its output is a partition of


@dataclass(frozen=True)
class Job:
    """One partition of a stage: what it reads, and the call that makes it.

    `call` takes the path to write: a file `part.parquet`, or the folder itself where `folder` is set.
    """

    part: str
    inputs: tuple[str, ...]  # digests
    settings: Any
    call: Callable[..., object]
    folder: bool = False
    weight: int = 0  # bytes read, for batching

    def target(self, scratch: Path) -> Path:
        """Where its call writes, below a scratch folder."""
        return scratch if self.folder else scratch / "part.parquet"


@dataclass
class Pipeline:
    """A build under way: where it works, who shows it, what has run."""

    workspace: Workspace
    recipe: str
    log: RunLog
    display: Display
    pool: ProcessPoolExecutor
    workers: int
    exposed: dict[str, set[Path]] = field(default_factory=dict)

    def run(self, stage: Stage, jobs: Sequence[Job]) -> list[Output]:
        """The outputs of a stage's jobs in their order, computed in the pool where they are not there yet."""
        keys = [key_of(stage, job) for job in jobs]
        found = [find(self.workspace, stage.name, key) for key in keys]
        waiting = [(job, key) for job, key, output in zip(jobs, keys, found, strict=True) if output is None]
        self.display.begin(stage.name, len(jobs), len(jobs) - len(waiting), stage.unit)
        self._log_skipped(stage, jobs, found)
        if waiting:
            self._compute(stage, waiting, len(jobs))
        else:
            _skipped(stage.name, f"{len(jobs)} {stage.unit} unchanged")
        outputs = [output or self._finished(stage, key) for output, key in zip(found, keys, strict=True)]
        for job, output in zip(jobs, outputs, strict=True):
            self._expose(stage, job, output)
        self.display.end(stage.name, skipped=not waiting)
        return outputs

    def run_here(self, stage: Stage, job: Job, total: int) -> Output:
        """The output of a stage with one job that reports progress itself, computed in this process.

        `job.call` takes the path and a callback `(done, detail)`; `total` is the number of units.
        """
        key = key_of(stage, job)
        output = find(self.workspace, stage.name, key)
        self.display.begin(stage.name, total, total if output else 0, stage.unit)
        self._log_skipped(stage, [job], [output])
        skipped = output is not None
        if output is None:
            output = self._compute_here(stage, job, key)
        else:
            _skipped(stage.name, "unchanged")
        self._expose(stage, job, output)
        self.display.end(stage.name, skipped=skipped)
        return output

    def expose(self, table: str, part: str, artifact: Artifact) -> None:
        """Makes a finished file a partition of a table of this recipe."""
        target = self.workspace.partition(table, self.recipe, part)
        expose(artifact, target)
        self.exposed.setdefault(table, set()).add(target)

    def prune(self, tables: Iterable[str]) -> None:
        """Takes partitions out of tables that this build did not make: sources that left the recipe."""
        for table in tables:
            current = self.exposed.get(table, set())
            for path in self.workspace.table(table).glob(f"recipe={self.recipe}/*.parquet"):
                if path not in current:
                    path.unlink()

    def _compute(self, stage: Stage, waiting: list[tuple[Job, str]], total: int) -> None:
        counter, errors = count(total - len(waiting) + 1), list[BerryError]()

        def advance(part: str) -> None:
            self.display.advance(stage.name, next(counter), part)

        futures = []
        batches = _batches(waiting, self.workers)
        for number, batch in enumerate(batches, 1):
            run_name = f"{stage.name} {number}/{len(batches)}: {_names(batch)}"
            futures.append(_as_task(stage.name, run_name, self._batch(stage, batch, advance, errors)).submit())
        for future in futures:
            future.wait()
        if errors:
            raise errors[0]
        for future in futures:
            future.result()

    def _batch(
        self, stage: Stage, batch: list[tuple[Job, str]], advance: Callable[[str], None], errors: list[BerryError]
    ) -> Callable[[], State[Any]]:
        def work() -> State[Any]:
            entries, failure = list[Entry](), None
            started = datetime.now(UTC)
            try:
                futures = [self.pool.submit(run_job, self.workspace, stage.name, job, key) for job, key in batch]
                for future in as_completed(futures):
                    entries.append(future.result())
                    advance(entries[-1].partition)
            except BrokenProcessPool:
                failure = BerryError(f"stage {stage.name}: a worker process was killed (out of memory?). Run the same command again.")
            except BerryError as error:
                failure = error
            if failure is not None:
                errors.append(failure)
                entries.append(_failed(stage, _names(batch), started, failure))
            self.log.add(entries)
            if failure is not None:
                return Failed(message=str(failure))
            return Completed(message=f"{len(entries)} {stage.unit}, {sum(entry.rows for entry in entries)} rows")

        return work

    def _compute_here(self, stage: Stage, job: Job, key: str) -> Output:
        made: list[Output] = []

        def work() -> State[Any]:
            started, clock = datetime.now(UTC), time.monotonic()
            try:
                made.append(
                    commit(self.workspace, stage.name, key, lambda scratch: job.call(job.target(scratch), self._advance(stage.name)))
                )
            except BerryError as error:
                self.log.add([_failed(stage, job.part, started, error)])
                raise
            self.log.add([_entry(stage.name, job.part, made[0], started, time.monotonic() - clock)])
            return Completed(message="made")

        _as_task(stage.name, f"{stage.name}: {job.part}", work)()
        return made[0]

    def _advance(self, stage: str) -> Callable[[int, str], None]:
        def advance(done: int, detail: str = "") -> None:
            self.display.advance(stage, done, detail)

        return advance

    def _finished(self, stage: Stage, key: str) -> Output:
        output = find(self.workspace, stage.name, key)
        if output is None:
            raise WorkspaceError(
                f"stage {stage.name}: output {key} was made and is gone; does something else clean {self.workspace.store}?"
            )
        return output

    def _log_skipped(self, stage: Stage, jobs: Sequence[Job], found: Sequence[Output | None]) -> None:
        now = datetime.now(UTC)
        entries = [_entry(stage.name, job.part, output, now, 0.0, "skipped") for job, output in zip(jobs, found, strict=True) if output]
        if entries:
            self.log.add(entries)

    def _expose(self, stage: Stage, job: Job, output: Output) -> None:
        if stage.table is None:
            return
        for name, artifact in output.artifacts.items():
            stem = Path(name).stem
            self.expose(stage.table, job.part if stem == "part" else f"{job.part}-{stem}", artifact)


def run_job(workspace: Workspace, stage: str, job: Job, key: str) -> Entry:
    """Computes and publishes one job's output; runs in a worker process."""
    started, clock = datetime.now(UTC), time.monotonic()
    output = commit(workspace, stage, key, lambda scratch: job.call(job.target(scratch)))
    return _entry(stage, job.part, output, started, time.monotonic() - clock)


def _entry(stage: str, part: str, output: Output, started: datetime, seconds: float, status: str = "done") -> Entry:
    files = output.artifacts.values()
    return Entry(stage, part, status, started, round(seconds, 3), sum(f.rows for f in files), sum(f.bytes for f in files), output.key)


def _failed(stage: Stage, part: str, started: datetime, error: BerryError) -> Entry:
    seconds = (datetime.now(UTC) - started).total_seconds()
    return Entry(stage.name, part, "failed", started, round(seconds, 3), 0, 0, "", str(error))


def key_of(stage: Stage, job: Job) -> str:
    """The key under which the output of a job is kept."""
    return stage_key(stage.name, job.inputs, job.settings, code_version(*stage.code))


def _batches(waiting: list[tuple[Job, str]], workers: int) -> list[list[tuple[Job, str]]]:
    total = sum(job.weight for job, _ in waiting)
    target = max(1, min(BATCH_BYTES, total // (2 * workers)))
    batches: list[list[tuple[Job, str]]] = [[]]
    size = 0
    for job, key in waiting:
        if batches[-1] and size + job.weight > target:
            batches.append([])
            size = 0
        batches[-1].append((job, key))
        size += job.weight
    return batches


def _names(batch: list[tuple[Job, str]]) -> str:
    first = batch[0][0].part
    return first if len(batch) == 1 else f"{first} and {len(batch) - 1} more"


def _skipped(stage: str, message: str) -> None:
    def work() -> State[Any]:
        return Completed(name="Skipped", message=message)

    _as_task(stage, f"{stage}: skipped", work)()


def _as_task(name: str, run_name: str, work: Callable[[], State[Any]]) -> Any:
    safe = run_name.replace("{", "(").replace("}", ")").replace(os.sep, "/")
    return task(name=name, task_run_name=safe, cache_policy=NO_CACHE, persist_result=False)(work)
