"""The pace at which a host is asked: a least time between two requests, and pauses that it asks for itself.

Pauses hold for the host as a whole: one for all captures of this process.
"""

import threading
import time
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

LONGEST_PAUSE = 600.0
"""Seconds. A host that wants to be left alone for longer is not waited for."""

LONGEST_REMEMBERED = 86_400.0
"""Seconds. What a host asks for beyond is taken for this: a typing error must not close it for years."""


class TooLong(Exception):
    """A host wants to be left alone for longer than anybody waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asks to be left alone for {seconds:.0f} s more")
        self.seconds = seconds


class Pace:
    """When one host may be asked next. Times are seconds since the epoch, so that they outlive the process."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._last = 0.0
        self._closed_until = 0.0

    def resume(self, last: float, closed_until: float) -> None:
        """Takes up what an earlier process knew. Times that lie too far ahead are those of a clock that was set."""
        now = time.time()
        with self._lock:
            self._last = max(self._last, min(last, now))
            self._closed_until = max(self._closed_until, min(closed_until, now + LONGEST_REMEMBERED))

    def sent(self, moment: float) -> None:
        """A request went out later than its turn was, since its connection had to be made first."""
        with self._lock:
            self._last = max(self._last, min(moment, time.time()))

    def leave_alone(self, seconds: float) -> None:
        """Nothing is asked of this host for so long."""
        with self._lock:
            self._closed_until = max(self._closed_until, time.time() + min(seconds, LONGEST_REMEMBERED))

    @property
    def last(self) -> float:
        """When it was last asked; 0 where it never was."""
        return self._last

    @property
    def closed_until(self) -> float:
        """When the pause ends that the host asked for; in the past where there is none."""
        return self._closed_until

    def wait_turn(self, interval: float) -> float:
        """Waits until the host may be asked, `interval` seconds or more after the last request.

        Gives the seconds that it took. Raises TooLong.
        """
        begun = time.monotonic()
        while True:
            with self._lock:
                now = time.time()
                # a clock that was set back must not make anybody wait for it to come round again
                wait = min(max(self._last + interval - now, 0.0), interval)
                wait = max(wait, self._closed_until - now)
                if wait > LONGEST_PAUSE:
                    raise TooLong(wait)
                if wait <= 0:
                    self._last = now
                    return time.monotonic() - begun
            time.sleep(wait)


class Paces:
    """The pace of every host that this process asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_host: dict[str, Pace] = {}

    def of(self, host: str) -> Pace:
        """A host's, by its name and port."""
        with self._lock:
            return self._by_host.setdefault(host, Pace())


SHARED = Paces()
"""Two sources of a recipe may have a host in common, and it must not be asked twice as often for that."""


def retry_after(value: str, date: str = "") -> float | None:
    """Seconds of a Retry-After header, a number or an HTTP date (RFC 9110, 10.2.3); None where it is neither.

    `date` is the response's Date header: what a server's clock says is compared with that clock.
    """
    text = value.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:12])
    until = _moment(text)
    if until is None:
        return None
    return max(0.0, (until - (_moment(date) or datetime.now(UTC))).total_seconds())


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
        return moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    except (ValueError, TypeError, OverflowError, IndexError):
        return None
