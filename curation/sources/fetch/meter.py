"""Time and bytes of one request: how long it may take as a whole, how slow it may be, and what came over the wire.

The timeout of a socket alone lets a host drip one byte after another for ever.
"""

import ssl
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from httpcore2 import SOCKET_OPTION as SocketOption
from httpcore2 import NetworkBackend, NetworkStream, ReadTimeout

LEAST_SPEED = 500.0
"""Bytes in a second, on average since the first one."""

PATIENCE = 20.0
"""Seconds in which a response may be slower than that."""


class TooSlow(Exception):
    """A response that takes too long as a whole, or drips."""


@dataclass
class Meter:
    """One request's time and bytes. `seconds`: for all of it."""

    seconds: float
    received: int = 0  # bytes, headers included and content codings not undone, within TLS
    sent: float = 0.0  # when the request went out, in seconds since the epoch; 0 where it did not
    _begun: float = field(default_factory=time.monotonic)
    _first: float | None = None

    def left(self, timeout: float | None) -> float:
        """Seconds for the next step. Raises TooSlow where there are none."""
        left = self._begun + self.seconds - time.monotonic()
        if left <= 0:
            raise TooSlow(f"no end after {self.seconds:g} s")
        return left if timeout is None else min(left, timeout)

    def count(self, amount: int) -> None:
        """Adds bytes that came. Raises TooSlow where they were too few."""
        now = time.monotonic()
        self.received += amount
        if self._first is None:
            self._first = now
        elapsed = now - self._first
        if elapsed > PATIENCE and self.received < LEAST_SPEED * elapsed:
            raise TooSlow(f"slower than {LEAST_SPEED:g} bytes/s over {elapsed:.0f} s")

    def rest(self, seconds: float) -> None:
        """Leaves out time in which nobody read: who takes a response in parts works in between."""
        self._begun += seconds
        if self._first is not None:
            self._first += seconds


_CURRENT = threading.local()


@contextmanager
def metered(meter: Meter) -> Iterator[None]:
    """What this thread sends and receives within the block is counted by a meter, and held to its time."""
    _CURRENT.meter = meter
    try:
        yield
    finally:
        _CURRENT.meter = None


class MeteredBackend(NetworkBackend):
    """Connections whose streams are held to the meter of the thread that uses them."""

    def __init__(self, inner: NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SocketOption] | None = None,
    ) -> NetworkStream:
        """As the inner one does."""
        return _Stream(self._inner.connect_tcp(host, port, _left(timeout), local_address, socket_options))


class _Stream(NetworkStream):
    def __init__(self, inner: NetworkStream) -> None:
        self._inner = inner

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        try:
            data = self._inner.read(max_bytes, _left(timeout))
        except ReadTimeout:
            _left(timeout)  # says so where it is the time of the whole that is over
            raise
        if meter := _meter():
            meter.count(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._inner.write(buffer, _left(timeout))
        if (meter := _meter()) and not meter.received:
            meter.sent = time.time()

    def close(self) -> None:
        self._inner.close()

    def start_tls(self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None) -> NetworkStream:
        return _Stream(self._inner.start_tls(ssl_context, server_hostname, _left(timeout)))

    def get_extra_info(self, info: str) -> Any:
        return self._inner.get_extra_info(info)


def _meter() -> Meter | None:
    meter: Meter | None = getattr(_CURRENT, "meter", None)
    return meter


def _left(timeout: float | None) -> float | None:
    meter = _meter()
    return meter.left(timeout) if meter else timeout
