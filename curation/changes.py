"""What a new capture brought: items that changed, came and went, and how many of them made it into the corpus."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from curation.engine import open_engine


@dataclass(frozen=True)
class Changes:
    """Counts of items. One that could not be had is failed and none of the others.

    One that is gone and kept is gone once, and new when it is back.
    """

    changed: int
    new: int
    gone: int
    survived: int  # of the changed and the new, how many are in the snapshot
    failed: int = 0

    def __str__(self) -> str:
        """As a run says it."""
        said = f"{self.changed:,} changed, {self.new:,} new, {self.gone:,} gone, {self.survived:,} survived"
        return f"{said}, {self.failed:,} failed" if self.failed else said


def changes(before: Sequence[Path], after: Sequence[Path], snapshot: Path, scratch: Path) -> Changes:
    """Compares partitions of table captures. `before` is empty where there was no capture; `snapshot` holds what was kept."""
    with open_engine(Path(__file__).parent, scratch) as engine:
        (row,) = engine.table(
            "changes.sql",
            before=list(before or after),
            has_before=int(bool(before)),
            after=list(after),
            snapshot=snapshot,
        ).to_pylist()
    return Changes(**row)
