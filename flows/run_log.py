"""The log of one build as it happened: what ran, what was skipped, how long it took.

Times live here and in no other table, so that equal inputs give equal bytes everywhere else.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from threading import Lock

from warehouse.layout import Workspace
from warehouse.store import room_in
from warehouse.tables import RUNS, write_table


@dataclass(frozen=True)
class Entry:
    """One partition of one stage in one build."""

    stage: str
    partition: str
    status: str  # done, skipped or failed
    started: datetime
    seconds: float
    rows: int
    bytes: int
    key: str
    error: str | None = None


@dataclass
class RunLog:
    """Collects entries and keeps table `runs` current while a build goes on."""

    workspace: Workspace
    recipe: str
    run_id: str = field(default_factory=lambda: datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ"))
    entries: list[Entry] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)  # batches end in threads of their own

    def add(self, entries: list[Entry]) -> None:
        """Adds entries and writes the log's partition, replaced by rename."""
        with self._lock:
            self.entries += entries
            target = self.workspace.partition("runs", self.recipe, self.run_id)
            aside = Path(f"{target}.part")
            with room_in(self.workspace.root):
                target.parent.mkdir(parents=True, exist_ok=True)
                write_table(aside, [{"run_id": self.run_id, **asdict(entry)} for entry in self.entries], RUNS)
                aside.replace(target)
