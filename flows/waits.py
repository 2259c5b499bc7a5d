"""What captures wait for, said while they wait: they run in processes of their own, and leave notes of it."""

import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import copy_context
from pathlib import Path

from curation.sources.fetch.waits import LEAST, noted
from flows.progress import Display

LOOK_SECONDS = 1.0

AGAIN_SECONDS = 300.0
"""After so long a word on the same host and for the same reason is said again, and before where the wait is longer than was said: a
host that is asked once a minute is no news."""


@contextmanager
def told_waits(display: Display, stage: str, states: Mapping[str, Path]) -> Iterator[None]:
    """For the length of a block, says what sources wait for; `states` are the state folders of their captures."""
    ended = threading.Event()
    said: dict[tuple[str, str, str], tuple[float, float]] = {}  # when, and of how many seconds

    def look() -> None:
        for source, state in states.items():
            wait, now = noted(state), time.time()
            if wait is None or wait.until <= now:
                continue
            word, seconds = (source, wait.host, wait.why), wait.until - now
            when, longest = said.get(word, (0.0, 0.0))
            if now - when >= AGAIN_SECONDS or seconds >= longest + LEAST:
                said[word] = (now, seconds)
                display.say(stage, f"{source}: waits {seconds:.0f} s for {wait.host}, {wait.why}")

    def watch() -> None:
        while not ended.wait(LOOK_SECONDS):
            look()

    # with the context of the run, by which its log is found
    watcher = threading.Thread(target=copy_context().run, args=(watch,), name="waits", daemon=True)
    watcher.start()
    try:
        yield
    finally:
        ended.set()
        watcher.join()
