"""What a capture waits for, in a note in its state folder: it runs in a process of its own, and people look elsewhere."""

import json
import time
from contextlib import suppress
from dataclasses import asdict, dataclass
from pathlib import Path

FILE = "waits.json"

LEAST = 5.0
"""Seconds of silence that call for a word."""


@dataclass(frozen=True)
class Wait:
    """One wait. `until`: in seconds since the epoch. `why`: a clause that follows the name of the host."""

    host: str
    until: float
    why: str


def note(state: Path, wait: Wait) -> None:
    """Leaves a note in a capture's state folder, in place of the last one. No capture fails for want of it."""
    with suppress(OSError):
        # in place: others who look through the folder must not meet a file that is gone a moment later
        (state / FILE).write_text(json.dumps(asdict(wait)))


def note_if_long(state: Path, host: str, seconds: float, why: str, silent: float = 0.0) -> None:
    """Leaves word of a wait that is long, after so many seconds without a word."""
    if silent + seconds >= LEAST:
        note(state, Wait(host, time.time() + seconds, why))


def noted(state: Path) -> Wait | None:
    """The note in a state folder; None where there is none, or one that is just being written."""
    try:
        return Wait(**json.loads((state / FILE).read_text()))
    except (OSError, ValueError, TypeError):
        return None
