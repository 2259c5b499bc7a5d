"""One partition of a stage as a call that any process can make: worker processes import this and nothing of Prefect."""

import time
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from flows.run_log import Entry
from warehouse.digests import digest
from warehouse.errors import SourceError
from warehouse.layout import Workspace
from warehouse.store import Output, commit


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
    line: str = ""  # jobs of one word go one after another
    lost: Callable[[Path, str, Path], object] | None = None  # writes the output of documents that kill every process, from a word why
    otherwise: Callable[[str, Path], object] | None = None  # writes the folder of a source that cannot be had, from the error

    def target(self, scratch: Path) -> Path:
        """Where its call writes, below a scratch folder."""
        return scratch if self.folder else scratch / "part.parquet"


def run_job(workspace: Workspace, stage: str, job: Job, key: str) -> Entry:
    """Computes and publishes one job's output; runs in a worker process."""
    started, clock, error = datetime.now(UTC), time.monotonic(), ""
    try:
        output = commit(workspace, stage, key, lambda scratch: job.call(job.target(scratch)))
    except SourceError as failure:
        if job.otherwise is None:
            raise
        error = str(failure)
        # under a key of its own: under the job's, the failure of today would be the capture of tomorrow
        output = commit(workspace, stage, digest([key, error])[:32], partial(job.otherwise, error))
    entry = entry_of(stage, job.part, output, started, time.monotonic() - clock)
    return replace(entry, status="failed", error=error) if error else entry


def entry_of(stage: str, part: str, output: Output, started: datetime, seconds: float, status: str = "done") -> Entry:
    """The log entry of an output that was made, or found."""
    files = output.artifacts.values()
    return Entry(stage, part, status, started, round(seconds, 3), sum(f.rows for f in files), sum(f.bytes for f in files), output.key)
