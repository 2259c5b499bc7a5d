"""The hosts that a capture asks: the pace of each, which all captures of the workspace keep together, and its receipt."""

import threading
import time
from dataclasses import replace
from functools import partial
from pathlib import Path

from curation.sources.context import Context
from curation.sources.fetch.journal import HostState, Journal
from curation.sources.fetch.pace import SHARED, Pace
from curation.sources.fetch.waits import note_if_long

PACES = "paces"
"""Folder of the files by which processes share the pace of a host."""


def paces(context: Context) -> Path | None:
    """The folder by which the captures of a workspace share the pace of each host; None where each has its own."""
    return context.cache / PACES if context.cache else None


def pace_of(host: str, context: Context) -> Pace:
    """The pace of a host."""
    return SHARED.of(host, paces(context))


def saying(host: str, context: Context) -> partial[None]:
    """Leaves word of a long wait for a host, where people look for it."""
    return partial(note_if_long, context.state, host)


class Hosts:
    """Those that one capture asks, as they stand after a restart too; for any number of threads.

    `together` is the name under which all of them are asked as if they were one; empty where each goes by its own.
    """

    def __init__(self, context: Context, journal: Journal, together: str = "") -> None:
        self._context, self._journal, self._together = context, journal, together
        self._lock = threading.Lock()
        for host in journal.hosts():
            self.pace(host.receipt.host).resume(host.asked, host.closed_until, host.written)
            context.receipts.by_host.setdefault(host.receipt.host, host.receipt)

    def pace(self, host: str) -> Pace:
        """The pace by which a host is asked."""
        return pace_of(self._together or host, self._context)

    def saying(self, host: str) -> partial[None]:
        """Leaves word of a long wait for a host."""
        return saying(host, self._context)

    def wait_turn(self, host: str, interval: float) -> float:
        """Waits until a host may be asked, and gives the seconds that it took. Raises TooLong."""
        return self.pace(host).wait_turn(interval, self.saying(host))

    def add(self, host: str, **amounts: float) -> None:
        """Adds to a host's receipt, and puts it on disk."""
        with self._lock:
            receipt, pace = self._context.receipts.of(host), self.pace(host)
            for name, amount in amounts.items():
                setattr(receipt, name, getattr(receipt, name) + amount)
            self._journal.note(HostState(replace(receipt), pace.last, pace.closed_until, time.time()))
