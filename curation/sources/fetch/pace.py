"""The pace at which a host is asked: a least time between two requests, and pauses that it asks for itself.

It holds for the host as a whole: one for all captures of this process, and of all processes that share a folder. Those take
turns by a file for each host, which is locked while a turn is taken and not while it is waited for. A turn that a process waits for
is nobody's when that has ended.
"""

import fcntl
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from itertools import count
from pathlib import Path
from typing import cast

from curation.sources.fetch.alive import is_alive, number_in
from curation.sources.fetch.times import LONGEST_REMEMBERED, NOTHING, Booking, Times, read, write
from curation.sources.fetch.waits import LEAST
from warehouse.digests import sha256_bytes
from warehouse.errors import SourceError

LONGEST_PAUSE = 600.0
"""Seconds. A host that wants to be left alone for longer is not waited for."""

Say = Callable[[float, str], None]
"""Told the seconds of a wait, and why it is."""


class TooLong(Exception):
    """A host wants to be left alone for longer than anybody waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asks to be left alone for {seconds:.0f} s more")
        self.seconds = seconds


_NUMBERS = count(1)
"""Of the turns that this process waits for."""

LONGEST_LATE = 60.0
"""Seconds. A process that lets its turn go by for so long was stopped."""

LOOK_SECONDS = 0.05
"""Between two tries of a lock that another process may hold for long."""

_YOUNG = 50_000_000
"""Nanoseconds that the clock of a file system may go in one step."""


class Pace:
    """When one host may be asked next. `file`: where other processes see it, and this one sees theirs.

    A file that cannot be read or written is done without: the pace then holds for this process alone.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._times = NOTHING
        self._booked: list[Booking] = []
        self._own: set[int] = set()  # the numbers of those that are waited for here
        self._process = 0  # the number by which others know that this one is alive; 0: not asked for yet
        self._seen = 0  # when the file was changed that was read last, in its own nanoseconds

    @property
    def last(self) -> float:
        """The last turn that was taken; 0 where there was none."""
        return self._times.last

    @property
    def closed_until(self) -> float:
        """When the pause ends that the host asked for; in the past where there is none."""
        return self._times.closed_until

    def resume(self, last: float, closed_until: float, written: float) -> None:
        """Takes up what an earlier process knew and wrote down then."""
        now = time.time()
        with self._lock:
            self._times = self._times.at(now).joined(Times(last, closed_until, written=written).at(now))

    def sent(self, moment: float, interval: float) -> None:
        """A request went out later than its turn was, since its connection had to be made first."""
        with self._known(shared=interval > 0) as known:
            self._times = replace(known, last=max(known.last, min(moment, known.written)))

    def leave_alone(self, seconds: float, status: int) -> None:
        """Nothing is asked of this host for so long."""
        with self._known(shared=True) as known:
            until = known.written + min(seconds, LONGEST_REMEMBERED)
            self._times = known.joined(Times(closed_until=until, status=status))

    def wait_turn(self, interval: float, say: Say) -> float:
        """Waits until the host may be asked, `interval` seconds or more after the last request.

        Turns are given in the order in which they are asked for, whichever process asks. Gives the seconds that it took.
        Raises TooLong where the host itself wants to be left alone; an interval is waited for, however long.
        """
        begun = time.monotonic()
        while True:
            turn, now, booking = self._taken(interval)
            if turn > now:
                closed = self._times.closed_until > now
                asked = f" (HTTP {self._times.status})" if self._times.status >= 400 else ""
                say(turn - now, f"which asked for it{asked}" if closed else f"which is asked once in {interval:g} s")
                try:
                    time.sleep(turn - now)
                finally:
                    has_come = self._has_come(turn, booking)
                if not has_come:
                    continue  # it asked for a pause in the meantime
            return time.monotonic() - begun

    @contextmanager
    def alone(self, most: float, say: Say) -> Iterator[float]:
        """For the length of a block no other process is in such a block of this host. Gives the seconds that it was waited for.

        Raises SourceError where it was waited for as long as `most`: a process that was stopped, and not ended, holds it for ever.
        """
        line = _Line(time.monotonic(), most, say)
        with ExitStack() as stack:
            if self._file is not None:
                # who leaves and comes again at once stands behind who waits
                with _locked(self._file.with_suffix(".next"), line.wait):
                    stack.enter_context(_locked(self._file.with_suffix(".alone"), line.wait))
            yield time.monotonic() - line.begun

    def _taken(self, interval: float) -> tuple[float, float, Booking | None]:
        """Takes the next turn: when it is, what time it is now, and its booking where it is still to come. Raises TooLong."""
        with self._known(shared=interval > 0) as known:
            now = known.written
            if (pause := known.closed_until - now) > LONGEST_PAUSE:
                raise TooLong(pause)
            before = max([known.last, *(booking.turn for booking in self._booked)])
            turn = max(now, known.closed_until, before + interval if interval else 0.0)
            if not (interval and turn > now):
                self._times = replace(known, last=max(known.last, turn))
                return turn, now, None
            booking = Booking(turn, self._process, next(_NUMBERS))
            self._own.add(booking.number)
            self._booked.append(booking)
            return turn, now, booking

    def _has_come(self, turn: float, booking: Booking | None) -> bool:
        """Ends the wait for a turn, and gives whether the host may be asked now."""
        with self._known(shared=booking is not None) as known:
            if booking is not None:
                self._own.discard(booking.number)
                self._booked = [other for other in self._booked if (other.process, other.number) != (booking.process, booking.number)]
            if known.closed_until > max(turn, known.written):
                return False
            self._times = replace(known, last=max(known.last, known.written))
            return True

    @contextmanager
    def _known(self, shared: bool) -> Iterator[Times]:
        """What is known by now, for one thread, and with `shared` one process, at a time; what the block makes of it is then shared."""
        with self._lock, _locked(self._file if shared else None) as descriptor:
            now = time.time()
            self._booked = _set_back(self._booked, self._times, now)
            theirs = self._news() if descriptor is None else self._shared(descriptor, now)
            self._times = self._times.at(now).joined(theirs.at(now))
            yield self._times
            if descriptor is not None:
                with suppress(OSError):
                    write(descriptor, self._times, self._booked)

    def _shared(self, descriptor: int, now: float) -> Times:
        """What is in the file. Turns that were booked by processes that have ended since are nobody's."""
        folder = cast(Path, self._file).parent
        self._process = number_in(folder)
        theirs, booked = read(descriptor)
        ours = [booking for booking in self._booked if booking.process == self._process and booking.number in self._own]
        known = {(booking.process, booking.number) for booking in ours}
        others = [booking for booking in _set_back(booked, theirs, now) if (booking.process, booking.number) not in known]
        ahead = [booking for booking in others if booking.turn > now - LONGEST_LATE and is_alive(folder, booking.process)]
        self._booked = ours + ahead
        return theirs

    def _news(self) -> Times:
        """What is in the file, where it has changed since it was last looked at."""
        try:
            if self._file is None or (changed := self._file.stat().st_mtime_ns) == self._seen:
                return NOTHING
            # what is as young may be written again under the same time
            self._seen = changed if time.time_ns() - changed > _YOUNG else 0
            return Times.of(self._file.read_bytes()[: len(NOTHING.line())])
        except OSError:
            return NOTHING


def _set_back(booked: list[Booking], times: Times, now: float) -> list[Booking]:
    """Turns to come, where the clock was set back since they were written down with some times."""
    back = max(times.written - now, 0.0)
    return [replace(booking, turn=booking.turn - back) for booking in booked] if back else booked


@dataclass
class _Line:
    """Whoever waits for a lock."""

    begun: float  # by a clock that only goes forward
    most: float
    say: Say
    has_said: bool = False

    def wait(self) -> None:
        """Waits a moment. Raises SourceError where it has been long enough."""
        waited = time.monotonic() - self.begun
        if waited > self.most:
            raise SourceError(f"another capture has asked the same hosts for {self.most:g} s and does not end. End it, and try again.")
        if waited >= LEAST and not self.has_said:
            self.has_said = True
            self.say(self.most - waited, "at most, since another capture asks it and it wants one request at a time")
        time.sleep(LOOK_SECONDS)


@contextmanager
def _locked(file: Path | None, wait: Callable[[], None] | None = None) -> Iterator[int | None]:
    """A file to read and write, which no other process has at the same time; None where there is none to be had.

    `wait` is called again and again while another has it; without it, that is a moment.
    """
    descriptor = None
    try:
        if file is not None:
            with suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
                while not _has_locked(descriptor, at_once=wait is not None):
                    cast(Callable[[], None], wait)()
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


def _has_locked(descriptor: int, at_once: bool) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | (fcntl.LOCK_NB if at_once else 0))
    except BlockingIOError:
        return False
    return True


class Paces:
    """The pace of every host that this process asks."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._by_host: dict[tuple[str, Path | None], Pace] = {}

    def of(self, host: str, folder: Path | None) -> Pace:
        """A host's, by its name and port; `folder` is that of the files by which processes share it, None for this one alone."""
        with self._lock:
            found = self._by_host.get((host, folder))
            if found is None:
                file = folder / f"{sha256_bytes(host.encode('utf-8', 'surrogatepass'))[:32]}.pace" if folder else None
                found = self._by_host[host, folder] = Pace(file)
            return found


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
