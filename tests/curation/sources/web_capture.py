"""Captures of a site for the tests: in memory as items, or on disk as partitions, one after the other."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation.capture import capture_source, read_memory
from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.item import Item
from curation.sources.web import WebSource
from warehouse.tables import read_table


def source(*start: str, **settings: Any) -> WebSource:
    kind = {"kind": "web", "id": "site", "domain": Domain.WIKI, "delay_seconds": 0.0, "private_addresses": True}
    return WebSource.model_validate({**kind, "start": list(start), **settings})


@dataclass(frozen=True)
class Pass:
    """A capture on disk."""

    folder: Path

    @property
    def partitions(self) -> list[Path]:
        return sorted(self.folder.glob("*.parquet"))

    @property
    def files(self) -> dict[str, bytes]:
        return {path.name: path.read_bytes() for path in sorted(self.folder.iterdir())}

    def rows(self) -> list[dict[str, Any]]:
        return [row for path in self.partitions for row in read_table(path).to_pylist()]


@dataclass
class Passes:
    """The captures of a source, one after the other, below a folder."""

    folder: Path
    number: int = 0

    def run(self, of: WebSource, after: Pass | None = None) -> Pass:
        self.number += 1
        out, state = self.folder / f"pass{self.number}", self.folder / f"state{self.number}"
        out.mkdir()
        state.mkdir()
        earlier, memory = (Earlier(after.partitions), read_memory(after.folder)) if after else (Earlier(), {})
        capture_source(of, Context(self.folder, state, earlier, memory), out)
        return Pass(out)

    def items(self, of: WebSource) -> list[Item]:
        """What a source gives without a capture before it."""
        self.number += 1
        state = self.folder / f"state{self.number}"
        state.mkdir()
        return list(of.items(Context(self.folder, state)))
