"""A wiki captured again and again, and what is asked of its rows."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
from small_wiki import SmallWiki

from curation.capture import capture_source, read_memory
from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.mediawiki import MediaWikiSource

Row = dict[str, Any]

WHOLE: dict[str, Any] = {"whole_wiki": True}

SELECTIONS: dict[str, dict[str, Any]] = {
    "whole wiki": WHOLE,
    "category": {"categories": ["Birds"]},
    "titles": {"titles": ["Heron", "Stilt", "Stint", "Rook"]},
}


@dataclass
class Passes:
    """Captures a wiki again and again, each pass with what the one before left."""

    wiki: SmallWiki
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def run(self, fresh: bool = False, **changed: Any) -> dict[str, Row]:
        """The rows of a pass by native id; a fresh one knows of none before it."""
        before = self.folder / str(self.number)
        self.number += 1
        out, state = self.folder / str(self.number), self.folder / f"state-{self.number}"
        out.mkdir()
        state.mkdir()
        common = {"delay_seconds": 0.0, "private_addresses": True, "wiki": self.wiki.address}
        source = MediaWikiSource(kind="mediawiki", id="w", domain=Domain.WIKI, **{**common, **self.settings, **changed})
        memory = {} if fresh else read_memory(before)
        earlier = Earlier() if fresh else Earlier(sorted(before.glob("*.parquet")))
        self.wiki.log.clear()
        capture_source(source, Context(self.folder, state, earlier, memory, "me@a.example"), out)
        return {row["native_id"]: row for path in sorted(out.glob("*.parquet")) for row in pq.read_table(path).to_pylist()}

    @property
    def used_recent_changes(self) -> bool:
        return bool(self.wiki.asked(list="recentchanges")) and not self.wiki.asked(generator="allpages")


def texts(rows: dict[str, Row]) -> dict[str, str]:
    """Texts by title, without the frame of the page."""
    return {row["title"]: row["content"].decode() for row in rows.values() if row["content"] is not None}


def gone(rows: dict[str, Row]) -> dict[str, str]:
    return {name: row["gone"] for name, row in rows.items() if row["gone"] is not None}
