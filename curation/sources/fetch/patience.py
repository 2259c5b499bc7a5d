"""Patience: whether and when one request that failed is tried again."""

import time
from collections.abc import Callable, Iterator

import stamina
import stamina.instrumentation

from curation.sources.fetch.pace import LONGEST_PAUSE
from curation.sources.fetch.transport import Broken, Unresolved

# what is tried again stands in the receipts; on a terminal it would be lines that nobody asked for
stamina.instrumentation.set_on_retry_hooks(())

ATTEMPTS = 4
"""Tries of one request that fails."""

LOOK_UPS = 2
"""Tries where the host has no address: mostly there is no network, or no such host."""

REPEATS = 10
"""Tries of one that is answered by a plea to ask again."""

FIRST_PAUSE, LONGEST_BACK_OFF, JITTER = 1.0, 30.0, 1.0
"""Seconds between tries: 1, 2, 4 and so on up to 30, and up to one more by chance."""

LOOK_UP_PAUSE = 0.5
"""Seconds between two looks at a name."""


class TryAgain(Exception):
    """An answer that may not be the last word. `seconds`: after which to ask again; None for the usual back-off."""

    def __init__(self, status: int, seconds: float | None) -> None:
        super().__init__(f"HTTP status {status}" if status >= 400 else "asks to be asked again later, each time")
        self.status = status
        self.seconds = seconds


def tries(repeated: bool, say: Callable[[float, str, float], None]) -> Iterator[stamina.Attempt]:
    """The tries of one request, each a block that may raise TryAgain or Broken; the last one lets it through.

    `repeated`: an answer may be a plea to ask again. `say` is told of a pause in seconds, why it is, and for how many seconds
    there was none before it.
    """
    yield from stamina.retry_context(
        on=_Patience(say),
        attempts=REPEATS if repeated else ATTEMPTS,
        timeout=None,
        wait_initial=FIRST_PAUSE,
        wait_max=LONGEST_BACK_OFF,
        wait_jitter=JITTER,
    )


class _Patience:
    """What is done about the errors of one request."""

    def __init__(self, say: Callable[[float, str, float], None]) -> None:
        self._failures = 0
        self._begun = time.monotonic()
        self._say = say

    def __call__(self, error: Exception) -> bool | float:
        """Seconds to wait before the next try, True for the usual back-off, False for no further try."""
        if isinstance(error, TryAgain) and error.seconds is not None:
            self._failures += error.status >= 400
            # the host as a whole is left alone for so long, which its pace sees to
            return 0.0 if error.seconds <= LONGEST_PAUSE and self._failures < ATTEMPTS else False
        self._failures += 1
        if isinstance(error, Unresolved):
            return LOOK_UP_PAUSE if self._failures < LOOK_UPS else False
        if not isinstance(error, TryAgain | Broken) or self._failures >= ATTEMPTS:
            return False
        pause = min(FIRST_PAUSE * 2 ** (self._failures - 1), LONGEST_BACK_OFF)
        self._say(pause, f"which failed {self._failures} of {ATTEMPTS} times ({error})", time.monotonic() - self._begun)
        return True
