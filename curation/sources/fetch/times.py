"""When a host was and may be asked, as the processes that share its pace write it down for each other."""

import math
import os
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace

LONGEST_REMEMBERED = 86_400.0
"""Seconds. What a host asks for beyond is taken for this: a typing error must not close it for years."""

_LARGEST = 1 << 16
"""Bytes of a file that are looked at."""


@dataclass(frozen=True)
class Times:
    """When a host was and may be asked, in seconds since the epoch, so that it outlives the process."""

    last: float = 0.0  # the last turn that was taken; 0: none was
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
            if len(line) == len(NOTHING.line()) and math.isfinite(found.last + found.closed_until + found.written):
                return found
        return NOTHING


NOTHING = Times()


@dataclass(frozen=True)
class Booking:
    """A turn to come, in seconds since the epoch, with the number of the process that waits for it, and its own number there."""

    turn: float
    process: int
    number: int

    def line(self) -> bytes:
        """As it is written, of one length."""
        return f"{self.turn:020.6f} {self.process:013} {self.number:09}\n".encode()


def write(descriptor: int, times: Times, booked: Sequence[Booking]) -> None:
    """Writes a file anew. Raises OSError."""
    content = times.line() + b"".join(booking.line() for booking in booked)
    os.pwrite(descriptor, content, 0)
    os.ftruncate(descriptor, len(content))


def read(descriptor: int) -> tuple[Times, list[Booking]]:
    """What is in a file, as far as it is not damaged. A clock that was set back since is allowed for by whoever asks."""
    first, *others = os.pread(descriptor, _LARGEST, 0).splitlines(keepends=True) or [b""]
    return Times.of(first), [booking for line in others if (booking := _booking(line))]


def _booking(line: bytes) -> Booking | None:
    with suppress(ValueError):
        turn, process, number = line.split()
        found = Booking(float(turn), int(process), int(number))
        if len(line) == len(found.line()) and math.isfinite(found.turn):
            return found
    return None
