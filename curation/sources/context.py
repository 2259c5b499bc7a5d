"""What a capture is given beside its source's settings."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from curation.sources.earlier import Earlier
from curation.sources.receipts import Receipts


@dataclass(frozen=True)
class Context:
    """One capture of one source.

    `folder` is the recipe's. `state` is a folder that outlives a killed process and is empty at the first try: what is
    written there, a restart finds. `earlier` is the source's capture before this one. `memory` is what that one left for
    this one, as JSON; what is put into it, the next one finds. `contact` is who to write to about our requests. `cache` is
    a folder that outlives captures, for what is dear to fetch and can be fetched again: all of it may be removed at any time
    between captures, and no capture may depend on what is in it. None: a folder in `state`. `validators` are filled by the
    capture itself: ETag and modification time of items whose bytes are as before and whose server calls them otherwise.
    """

    folder: Path
    state: Path
    earlier: Earlier = field(default_factory=Earlier)
    memory: dict[str, Any] = field(default_factory=dict)
    contact: str = ""
    receipts: Receipts = field(default_factory=Receipts)
    cache: Path | None = None
    validators: dict[str, tuple[str | None, str | None]] = field(default_factory=dict)

    @property
    def way_out(self) -> str:
        """What to do about a network that is not there, to end the sentence about it; nothing where nothing was captured before."""
        known = next(iter(self.earlier.facts()), None)
        return " Without a network, `--offline` builds from what was captured before." if known else ""
