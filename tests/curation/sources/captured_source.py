"""One source captured again and again as the product does it: each capture has the one before it, and a state of its own."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curation.capture import capture_source, read_memory
from curation.document import Captured, Dropped, Extracted
from curation.domains import Domain
from curation.extract.registry import extract
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.source import Source
from warehouse.tables import read_table

Row = dict[str, Any]


@dataclass
class Captures:
    """Captures into numbered folders below one."""

    folder: Path
    number: int = 0
    contact: str = ""
    rows: list[Row] = field(default_factory=list)
    memory: dict[str, Any] = field(default_factory=dict)
    contexts: list[Context] = field(default_factory=list)

    def again(self, source: Source) -> dict[str, Row]:
        """Captures a source; gives its rows by native id."""
        before = self.folder / str(self.number)
        self.number += 1
        out, state = self.folder / str(self.number), self.folder / f"state-{self.number}"
        out.mkdir(parents=True)
        state.mkdir()
        earlier = Earlier(sorted(before.glob("*.parquet")) if before.is_dir() else [])
        context = Context(self.folder, state, earlier, read_memory(before), self.contact, cache=self.folder / "cache")
        self.contexts.append(context)
        capture_source(source, context, out)
        self.rows = [row for path in sorted(out.glob("*.parquet")) for row in read_table(path).to_pylist()]
        self.memory = read_memory(out)
        return {row["native_id"]: row for row in self.rows}


def extracted(row: Row) -> Extracted:
    """What extraction makes of a captured row."""
    return extract(
        Captured(row["content"], row["media_type"], row["charset"], row["native_id"], row["uri"], row["title"], Domain(row["domain"]))
    )


def reason(row: Row) -> str:
    """Why extraction drops a captured row; empty where it does not."""
    try:
        extracted(row)
    except Dropped as dropped:
        return str(dropped.reason)
    return ""
