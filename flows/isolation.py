"""A document that kills the process that reads it: found by halves, recorded as failed, and no other document is lost.

Exceptions are met document by document below. What remains is a crash in a library's native code, or memory beyond what the
machine has; then the operating system ends the process, and nobody is left to say which document it was.
"""

from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import cast

import pyarrow as pa
import pyarrow.parquet as pq

from flows.job import Job, entry_of
from flows.run_log import Entry
from flows.runners import in_worker
from warehouse.layout import Workspace
from warehouse.store import commit
from warehouse.tables import read_table, write_table

ATTEMPTS = 2
"""Times that a document is read alone before it is taken for the one that kills."""

DETAIL = "the process that read it was killed, alone with it (out of memory, or a crash in a library)"

Step = Callable[[Path, Path], object]
"""A stage's function over one partition: from one file to another, row for row or fewer."""


def compute_by_halves(workspace: Workspace, stage: str, job: Job, key: str) -> Entry:
    """Computes a job whose process was killed more than once; documents that kill it when alone are recorded as failed."""
    call, failed = cast("partial[object]", job.call), job.lost
    assert failed is not None
    started = datetime.now(UTC)

    def produce(scratch: Path) -> None:
        parts = _halves(call.func, failed, call.args[0], scratch / "half")
        schema = pq.read_schema(parts[0])
        write_table(job.target(scratch), pa.concat_tables([read_table(part) for part in parts]), schema)
        for leftover in scratch.glob("half*"):
            leftover.unlink()

    output = commit(workspace, stage, key, produce)
    return entry_of(stage, job.part, output, started, (datetime.now(UTC) - started).total_seconds())


def _halves(step: Step, failed: Callable[[Path, str, Path], object], rows: Path, name: Path) -> list[Path]:
    """The outputs of a step over a file of rows, in their order."""
    out = name.with_name(f"{name.name}.out.parquet")
    table = pq.read_table(rows)
    for _ in range(ATTEMPTS if table.num_rows == 1 else 1):
        try:
            in_worker(step, rows, out)
            return [out]
        except BrokenProcessPool:
            continue
    if table.num_rows == 1:
        failed(rows, DETAIL, out)
        return [out]
    middle, made = table.num_rows // 2, []
    for label, part in (("a", table.slice(0, middle)), ("b", table.slice(middle))):
        half = name.with_name(f"{name.name}{label}.parquet")
        write_table(half, part, table.schema)
        made += _halves(step, failed, half, name.with_name(f"{name.name}{label}"))
    return made
