"""The one way that a stage runs: look its keys up, skip what is finished, compute the rest, record both.

Partitions are handed out in batches of some seconds of work, one Prefect task each. A batch whose worker was killed, or
whose disk or network faltered, is tried again after a while; what it had finished is in the store and is not done again.
A stage that is finished as a whole is a single task whose state says Skipped.
"""

import time
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures.process import BrokenProcessPool
from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, cast

from prefect import task
from prefect.cache_policies import NO_CACHE
from prefect.client.schemas.objects import State
from prefect.exceptions import FailedRun
from prefect.futures import PrefectFuture
from prefect.runtime import task_run
from prefect.states import Completed, Failed
from prefect.tasks import exponential_backoff

from flows.elsewhere import Elsewhere
from flows.isolation import compute_by_halves
from flows.job import Job, entry_of, run_job
from flows.progress import Display
from flows.report.formats import counted
from flows.run_log import Entry, RunLog
from flows.run_page.page import RunPage
from flows.run_page.words import Page
from flows.runners import in_worker
from flows.stage import Stage
from warehouse.code_version import code_version
from warehouse.errors import BerryError, WorkspaceError
from warehouse.layout import Workspace
from warehouse.store import Artifact, Output, commit, expose, find, stage_key

BATCH_BYTES = 12_000_000
"""Input of one task: about ten seconds of work."""

ATTEMPTS = 4
"""Times a batch is begun before its interruption counts as a failure; 2, 4 and 8 seconds lie between them."""

OF_THE_CLUSTER = {
    "KilledWorker": "several workers of the cluster died at the same batch (out of memory?)",
    "FutureCancelledError": "the cluster's scheduler is gone. Start it again and run the same command: it goes on from there.",
}
"""What is said of errors of Dask, which need not be installed and so are known by name."""

INTERRUPTED = "Interrupted"
"""Name of the state of a batch that may do better the next time."""


@dataclass
class Pipeline:
    """A build under way: where it works, who shows it, what has run."""

    workspace: Workspace
    recipe: str
    log: RunLog
    display: Display
    page: RunPage | None = None
    workers: int = 1
    elsewhere: Elsewhere | None = None
    exposed: dict[str, set[Path]] = field(default_factory=dict)

    def run(self, stage: Stage, jobs: Sequence[Job]) -> list[Output]:
        """The outputs of a stage's jobs in their order, computed in the pool where they are not there yet."""
        keys = [key_of(stage, job) for job in jobs]
        found = [find(self.workspace, stage.name, key) for key in keys]
        waiting = [(job, key) for job, key, output in zip(jobs, keys, found, strict=True) if output is None]
        self.display.begin(stage.name, len(jobs), len(jobs) - len(waiting), stage.unit)
        self._log_skipped(stage, jobs, found)
        made = {job.part: key for job, key in zip(jobs, keys, strict=True)}
        if waiting:
            made |= self._compute(stage, waiting, len(jobs))
        else:
            _skipped(stage.name, f"{counted(len(jobs), stage.unit.removesuffix('s'))} unchanged")
        outputs = [output or self.finished(stage, made[job.part]) for job, output in zip(jobs, found, strict=True)]
        for job, output in zip(jobs, outputs, strict=True):
            self.expose_output(stage, job, output)
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
        self.expose_output(stage, job, output)
        self.display.end(stage.name, skipped=skipped)
        return output

    def show(self, key: str, draw: Callable[[Workspace, str], Page], final: bool = True) -> None:
        """Shows a page about the recipe on the run's page, where there is one."""
        if self.page is not None:
            self.page.show(key, lambda: draw(self.workspace, self.recipe), final)

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

    def _compute(self, stage: Stage, waiting: list[tuple[Job, str]], total: int) -> dict[str, str]:
        """Computes jobs and gives the key of each one's output by its part; a source that failed has one of its own."""
        entries: dict[str, Entry] = {}
        done = total - len(waiting)

        def finished(entry: Entry) -> None:
            if entries.setdefault(entry.partition, entry) is entry:
                self.display.advance(stage.name, done + len(entries), entry.partition)

        batches = _batches(waiting, self.workers)
        token = _FINISHED.set(finished)
        try:
            places = [f" {number}/{len(batches)}" if len(batches) > 1 else "" for number in range(1, len(batches) + 1)]
            tasks = [self._submit(stage, batch, f"{stage.name}{place}") for place, batch in zip(places, batches, strict=True)]
        finally:
            _FINISHED.reset(token)
        failures = []
        for batch, future in zip(batches, tasks, strict=True):
            started = datetime.now(UTC)
            try:
                for entry in _entries_of(stage, future):
                    finished(entry)
            except BerryError as error:
                failures.append(error)
                self.log.add([_failed(stage, _names(batch), started, error)])
            self.log.add([entries[job.part] for job, _ in batch if job.part in entries])
        if failures:
            raise failures[0]
        return {part: entry.key for part, entry in entries.items()}

    def _submit(self, stage: Stage, batch: list[tuple[Job, str]], place: str) -> PrefectFuture[list[Entry]]:
        name = _safe(f"{place}: {_names(batch)}")
        named: Any = _BATCH.with_options(name=stage.name, task_run_name=name)
        return cast(
            PrefectFuture[list[Entry]], named.submit(Batch(self.workspace, stage, batch, self.elsewhere if stage.spreads else None))
        )

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
            self.log.add([entry_of(stage.name, job.part, made[0], started, time.monotonic() - clock)])
            return Completed(message="made")

        _as_task(stage.name, f"{stage.name}: {job.part}", work)()
        return made[0]

    def _advance(self, stage: str) -> Callable[[int, str], None]:
        def advance(done: int, detail: str = "") -> None:
            self.display.advance(stage, done, detail)

        return advance

    def finished(self, stage: Stage, key: str) -> Output:
        """An output that must be there. Raises WorkspaceError where it is not."""
        output = find(self.workspace, stage.name, key)
        if output is None:
            raise WorkspaceError(
                f"stage {stage.name}: output {key} was made and is gone; does something else clean {self.workspace.store}?"
            )
        return output

    def _log_skipped(self, stage: Stage, jobs: Sequence[Job], found: Sequence[Output | None]) -> None:
        now = datetime.now(UTC)
        entries = [entry_of(stage.name, job.part, output, now, 0.0, "skipped") for job, output in zip(jobs, found, strict=True) if output]
        if entries:
            self.log.add(entries)

    def expose_output(self, stage: Stage, job: Job, output: Output) -> None:
        """Makes the files of an output partitions of the stage's table, where it has one."""
        if stage.table is None:
            return
        for name, artifact in output.artifacts.items():
            if not name.endswith(".parquet"):
                continue
            stem = Path(name).stem
            self.expose(stage.table, job.part if stem == "part" else f"{job.part}-{stem}", artifact)


class Batch:
    """Partitions that one task computes. No dataclass: Prefect looks for futures in everything that one holds."""

    def __init__(self, workspace: Workspace, stage: Stage, jobs: list[tuple[Job, str]], elsewhere: Elsewhere | None) -> None:
        self.workspace = workspace
        self.elsewhere = elsewhere
        self.stage = stage
        self.jobs = jobs


_FINISHED: ContextVar[Callable[[Entry], None] | None] = ContextVar("finished", default=None)
"""Told of each partition in the process that runs the flow; on a cluster nobody is there to be told."""


def may_do_better(_task: object, _run: object, state: State[Any]) -> bool:
    """Whether a batch that ended so is to be tried again."""
    return state.name == INTERRUPTED


def compute_batch(batch: Batch) -> State[Any]:
    """Computes a batch of partitions; runs in a thread of the flow's process, or on a cluster."""
    if batch.elsewhere is not None:
        return batch.elsewhere.compute(batch.workspace, batch.stage, batch.jobs, INTERRUPTED)
    entries, finished = list[Entry](), _FINISHED.get()
    for job, key in batch.jobs:
        alone = job.lost is not None and task_run.get_run_count() > ATTEMPTS // 2
        try:
            entries.append(in_worker(run_job, batch.workspace, batch.stage.name, job, key))
        except BrokenProcessPool:
            if alone:
                entries.append(compute_by_halves(batch.workspace, batch.stage.name, job, key))
                continue
            return Failed(name=INTERRUPTED, message=f"stage {batch.stage.name}, {job.part}: its process was killed (out of memory?)")
        except BerryError as error:
            return Failed(message=str(error))
        except OSError as error:
            return Failed(name=INTERRUPTED, message=f"stage {batch.stage.name}, {job.part}: {error}")
        if finished is not None:
            finished(entries[-1])
    return Completed(
        message=f"{counted(len(entries), batch.stage.unit.removesuffix('s'))}, {counted(sum(entry.rows for entry in entries), 'row')}",
        data=entries,
    )


_BATCH = task(
    cache_policy=NO_CACHE,
    persist_result=False,
    retries=ATTEMPTS - 1,
    retry_delay_seconds=exponential_backoff(2),
    retry_jitter_factor=0.3,
    retry_condition_fn=may_do_better,
)(compute_batch)  # by a name of its own: a cluster is sent the name of the function, and must find the function there


def _entries_of(stage: Stage, future: PrefectFuture[list[Entry]]) -> list[Entry]:
    """What a batch made. Raises BerryError with the message of one that failed."""
    future.wait()
    try:
        return future.result()
    except FailedRun as failure:  # the state that the task ended with on purpose; what it raised comes as it is
        again = f" It was tried {ATTEMPTS} times; run it again to go on from there." if future.state.name == INTERRUPTED else ""
        raise BerryError(f"{future.state.message or failure}{again}") from None
    except Exception as error:
        if type(error).__name__ in OF_THE_CLUSTER:
            raise BerryError(f"stage {stage.name}: {OF_THE_CLUSTER[type(error).__name__]}") from error
        raise


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
    lines: dict[str, list[tuple[Job, str]]] = {}
    for job, key in waiting:
        if job.line:
            lines.setdefault(job.line, []).append((job, key))
            continue
        if batches[-1] and size + job.weight > target:
            batches.append([])
            size = 0
        batches[-1].append((job, key))
        size += job.weight
    return [batch for batch in (*lines.values(), *batches) if batch]


def _names(batch: list[tuple[Job, str]]) -> str:
    first = batch[0][0].part
    return first if len(batch) == 1 else f"{first} and {len(batch) - 1} more"


def _skipped(stage: str, message: str) -> None:
    def work() -> State[Any]:
        return Completed(name="Skipped", message=message)

    _as_task(stage, f"{stage}: skipped", work)()


def _as_task(name: str, run_name: str, work: Callable[[], State[Any]]) -> Any:
    return task(name=name, task_run_name=_safe(run_name), cache_policy=NO_CACHE, persist_result=False)(work)


def _safe(run_name: str) -> str:
    """A name without what Prefect would take for a template."""
    return run_name.replace("{", "(").replace("}", ")")
