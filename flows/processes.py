"""Processes of this machine, as Linux shows them in /proc. Elsewhere none is seen, and nothing is concluded from that."""

import os
import signal
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

PROC = Path("/proc")

RUN_ID = b"PREFECT__FLOW_RUN_ID="
"""How Prefect tells a process which flow run it is; the process's own children inherit it."""


@dataclass(frozen=True)
class Process:
    """One process. `started`, in clock ticks since boot, tells it from a later one with the same number."""

    pid: int
    parent: int
    group: int
    started: str
    ended: bool  # it only waits for its parent to take note


def process(pid: int) -> Process | None:
    """A process by its number, if there is one."""
    try:
        stat = (PROC / str(pid) / "stat").read_text()
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()  # the name before it may hold spaces and brackets
    return Process(pid, int(fields[1]), int(fields[2]), fields[19], fields[0] in "ZX")


def processes() -> Iterator[Process]:
    """Every process that is alive."""
    for folder in PROC.glob("[0-9]*"):
        found = process(int(folder.name))
        if found is not None and not found.ended:
            yield found


def flow_runs() -> Iterator[tuple[str, Process]]:
    """Every process that works on a flow run, with the run's id: its own process and those it started."""
    for each in processes():
        for variable in _environment(each.pid):
            if variable.startswith(RUN_ID):
                yield variable.removeprefix(RUN_ID).decode(), each


def resident_bytes(pid: int) -> int:
    """Memory that a process holds; 0 where it cannot be seen."""
    try:
        return int((PROC / str(pid) / "statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except OSError:
        return 0


def can_be_seen() -> bool:
    """Whether processes can be seen here at all."""
    return (PROC / "self" / "stat").exists()


def end_with_parent(end: Callable[[], object]) -> None:
    """Calls `end` once the process that holds the other end of standard input is gone, however it went."""

    def wait() -> None:
        while os.read(0, 4096):  # not through sys.stdin, whose lock would be in the way when the interpreter ends
            pass
        end()

    threading.Thread(target=wait, name="end-with-parent", daemon=True).start()


RUNNER = "BERRY_RUNNER"
"""Environment variable: the process of the runner that starts flow runs. They end with it; those of a Prefect worker do not."""

LOOK_SECONDS = 1.0


@cache
def end_with_runner() -> None:
    """Has this process, and its group with it, end once the runner that started it is gone without having ended it.

    A supervisor ends what a dead runner leaves, and a runner ends with its supervisor; nobody is left where both are killed.
    """
    runner = os.environ.get(RUNNER)
    if runner is None or os.getppid() != int(runner):
        return

    def watch() -> None:
        while os.getppid() == int(runner):
            time.sleep(LOOK_SECONDS)
        os.killpg(0, signal.SIGKILL)

    threading.Thread(target=watch, name="end-with-runner", daemon=True).start()


def _environment(pid: int) -> list[bytes]:
    try:
        return (PROC / str(pid) / "environ").read_bytes().split(b"\0")
    except OSError:
        return []  # of another user, or gone
