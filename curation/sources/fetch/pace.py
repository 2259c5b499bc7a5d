"""The pace at which a host is asked: a least time between two requests, and pauses that it asks for itself.

It holds for the host as a whole: one for all captures of this process, and of all processes that share a folder. Those take
turns by a file for each host, which is locked while a turn is taken and not while it is waited for.
"""

import fcntl
import math
import os
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from pathlib import Path

from warehouse.digests import sha256_bytes

LONGEST_PAUSE = 600.0
"""Seconds. A host that wants to be left alone for longer is not waited for."""

LONGEST_REMEMBERED = 86_400.0
"""Seconds. What a host asks for beyond is taken for this: a typing error must not close it for years."""

Say = Callable[[float, str], None]
"""Told the seconds of a wait, and why it is."""


class TooLong(Exception):
    """A host wants to be left alone for longer than anybody waits."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asks to be left alone for {seconds:.0f} s more")
        self.seconds = seconds


@dataclass(frozen=True)
class Times:
    """When a host was and may be asked, in seconds since the epoch, so that it outlives the process."""

    last: float = 0.0  # the last turn that was taken, which may be still to come; 0: none was
    closed_until: float = 0.0  # when a pause ends that the host asked for
    status: int = 0  # of the answer by which it asked for that; 0: not known
    written: float = 0.0

    def at(self, now: float) -> "Times":
        """The same, where the clock was set back since it was written: nobody waits for it to come round again."""
        back = max(self.written - now, 0.0)
        return Times(self.last - back, min(self.closed_until - back, now + LONGEST_REMEMBERED), self.status, now)

    def joined(self, other: "Times") -> "Times":
        """The later of each."""
        closed = max(self, other, key=lambda times: times.closed_until)
        return replace(closed, last=max(self.last, other.last), written=max(self.written, other.written))

    def line(self) -> bytes:
        """As it is written: always of one length, so that a process that is killed leaves no half of one."""
        return f"{self.last:020.6f} {self.closed_until:020.6f} {self.status:03} {self.written:020.6f}\n".encode()

    @classmethod
    def of(cls, line: bytes) -> "Times":
        """What a line says; nothing is known by one that is damaged."""
        with suppress(ValueError):
            last, closed_until, status, written = line.split()
            found = cls(float(last), float(closed_until), int(status), float(written))
            if len(line) == len(_NOTHING.line()) and math.isfinite(found.last + found.closed_until + found.written):
                return found
        return _NOTHING


_NOTHING = Times()

_YOUNG = 50_000_000
"""Nanoseconds that the clock of a file system may go in one step."""


class Pace:
    """When one host may be asked next. `file`: where other processes see it, and this one sees theirs.

    A file that cannot be read or written is done without: the pace then holds for this process alone.
    """

    def __init__(self, file: Path | None = None) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._times = _NOTHING
        self._seen = 0  # when the file was changed that was read last, in its own nanoseconds

    @property
    def last(self) -> float:
        """The last turn that was taken, which may be still to come; 0 where there was none."""
        return self._times.last

    @property
    def closed_until(self) -> float:
        """When the pause ends that the host asked for; in the past where there is none."""
        return self._times.closed_until

    def resume(self, last: float, closed_until: float) -> None:
        """Takes up what an earlier process knew. Times that lie too far ahead are those of a clock that was set."""
        now = time.time()
        with self._lock:
            self._times = self._times.at(now).joined(Times(min(last, now), closed_until).at(now))

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
        Raises TooLong.
        """
        begun = time.monotonic()
        while True:
            turn, now = self._taken(interval)
            if turn > now:
                closed = self._times.closed_until > now
                asked = f" (HTTP {self._times.status})" if self._times.status >= 400 else ""
                say(turn - now, f"which asked for it{asked}" if closed else f"which is asked once in {interval:g} s")
                time.sleep(turn - now)
                with self._known(shared=False) as known:
                    if known.closed_until > max(turn, known.written):
                        continue  # it asked for a pause in the meantime
            return time.monotonic() - begun

    @contextmanager
    def alone(self) -> Iterator[None]:
        """For the length of a block no other process is in such a block of this host."""
        with _locked(self._file and self._file.with_suffix(".alone")):
            yield

    def _taken(self, interval: float) -> tuple[float, float]:
        """Takes the next turn, and gives when it is and what time it is now. Raises TooLong."""
        with self._known(shared=interval > 0) as known:
            now = known.written
            turn = max(now, known.closed_until, known.last + interval if interval else 0.0)
            alone = max(known.closed_until - now, min(turn - now, interval))
            if alone > LONGEST_PAUSE:
                raise TooLong(alone)
            self._times = replace(known, last=max(known.last, turn))
            return turn, now

    @contextmanager
    def _known(self, shared: bool) -> Iterator[Times]:
        """What is known by now, for one thread, and with `shared` one process, at a time; what the block makes of it is then shared."""
        with self._lock, _locked(self._file if shared else None) as descriptor:
            now = time.time()
            theirs = self._news() if descriptor is None else Times.of(os.pread(descriptor, 200, 0))
            self._times = self._times.at(now).joined(theirs.at(now))
            yield self._times
            if descriptor is not None:
                with suppress(OSError):
                    os.pwrite(descriptor, self._times.line(), 0)

    def _news(self) -> Times:
        """What is in the file, where it has changed since it was last looked at."""
        try:
            if self._file is None or (changed := self._file.stat().st_mtime_ns) == self._seen:
                return _NOTHING
            # what is as young may be written again under the same time
            self._seen = changed if time.time_ns() - changed > _YOUNG else 0
            return Times.of(self._file.read_bytes())
        except OSError:
            return _NOTHING


@contextmanager
def _locked(file: Path | None) -> Iterator[int | None]:
    """A file to read and write, which no other process has at the same time; None where there is none to be had."""
    descriptor = None
    try:
        if file is not None:
            with suppress(OSError):
                file.parent.mkdir(parents=True, exist_ok=True)
                descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
                fcntl.flock(descriptor, fcntl.LOCK_EX)
        yield descriptor
    finally:
        if descriptor is not None:
            os.close(descriptor)


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
