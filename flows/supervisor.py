"""Keeps the processes of a service alive, and ends them together.

The server and the runner are each in a session of their own, so that Ctrl-C reaches this process alone, and watch a pipe
that closes when this process is gone. The server's socket is opened here and outlives the server: while a killed server is
being started again, requests wait instead of failing, and running flows do not notice.
"""

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from types import FrameType

import httpx2

from flows.lost_runs import end_lost_runs, under_way
from flows.processes import flow_runs, process, resident_bytes
from flows.service_api import Api
from flows.service_plan import Plan, is_loopback, runner_environment, server_environment
from flows.service_runner import STARTUP_SECONDS
from warehouse.errors import BerryError, WorkspaceError

SERVER, RUNNER = "server", "runner"
STOPPED = "the service was stopped. Retry to go on."

ANSWER_SECONDS = 30
"""How long a server that should be there already may take to answer."""

LOG_BYTES = 5_000_000
"""Size at which a log is set aside; the one set aside before is lost."""

RUNS_SECONDS = 8
"""How long flow runs may take to end when the service ends."""

SERVER_SECONDS = 5
FULL_GROWN_SECONDS = 20
"""Until then a server is not too large, whatever is asked: it would never be up."""

FIRST_PAUSE, LONGEST_PAUSE = 0.2, 30.0
SETTLED_SECONDS = 60
"""A process that lived so long before it died is started again after the first pause; one that dies sooner, after longer ones."""


class Stopped(Exception):
    """The service was told to end before it was up."""


@dataclass
class Child:
    """A process of the service with all that it starts: a process group."""

    name: str
    command: list[str]
    environment: dict[str, str]
    log: Path
    descriptors: tuple[int, ...] = ()
    began: float = 0
    due: float = 0  # when to start it again
    pause: float = 0
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    def start(self) -> None:
        """Starts it."""
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdin=subprocess.PIPE,  # its end tells the child that we are gone
                stdout=log,
                stderr=subprocess.STDOUT,
                pass_fds=self.descriptors,
                start_new_session=True,
                env=self.environment,
            )
        self.began = time.monotonic()

    @property
    def pid(self) -> int:
        """Its process number, which is its group's too."""
        assert self.process is not None
        return self.process.pid

    def has_ended(self) -> bool:
        """Whether it is gone. Where it can, it leaves it to `clear` to take note, so that the number means nobody else until then."""
        if not hasattr(os, "waitid"):  # macOS
            return self.process is None or self.process.poll() is not None
        return os.waitid(os.P_PID, self.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None

    def clear(self) -> str:
        """Kills what is left of its group. Says how it had ended."""
        if self.process is None:
            return ""
        with suppress(ProcessLookupError, PermissionError):  # nothing is left of it
            os.killpg(self.pid, signal.SIGKILL)
        code = self.process.wait()
        if self.process.stdin:
            self.process.stdin.close()
        self.process = None
        return f"killed by signal {-code}" if code < 0 else f"exit status {code}"

    def schedule(self) -> float:
        """Plans the next start, later each time it dies soon. Returns the pause in seconds."""
        settled = time.monotonic() - self.began > SETTLED_SECONDS
        self.pause = FIRST_PAUSE if settled else min(max(self.pause * 2, FIRST_PAUSE), LONGEST_PAUSE)
        self.due = time.monotonic() + self.pause
        return self.pause

    def last_words(self) -> str:
        """The end of its log."""
        lines = self.log.read_text(errors="replace").splitlines()[-15:] if self.log.exists() else []
        return "\n".join(f"    {line}" for line in lines) or "    (it is empty)"


class Supervisor:
    """A service in this process."""

    def __init__(self, plan: Plan, listening: socket.socket | None, say: Callable[[str], object]) -> None:
        """`listening` is the server's socket, none where the server is not ours; `say` takes lines for a person."""
        self.plan = plan
        self.say = say
        self._stop = threading.Event()
        self._hurry = threading.Event()
        self._is_up = False
        self._all_here = listening is not None and is_loopback(plan.host)
        self._children: list[Child] = []
        if listening is not None:
            command = [sys.executable, "-m", "flows.server", str(listening.fileno()), str(plan.workspace.root)]
            self._children.append(self._child(SERVER, command, server_environment(plan), (listening.fileno(),)))
        command = [sys.executable, "-m", "flows.service_runner", plan.api, "all-here" if self._all_here else "elsewhere"]
        self._children.append(self._child(RUNNER, command, runner_environment(plan)))

    def run(self, ready: Callable[[], object]) -> None:
        """Starts everything, calls `ready`, and keeps it running until a signal says to end.

        Raises WorkspaceError where a process does not come up, with the end of its log.
        """
        before = {each: signal.signal(each, self._signalled) for each in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)}
        try:
            self._start()
            self._is_up = True
            ready()
            while not self._stop.wait(0.5):
                self._look_after()
        except Stopped:
            self.say("Stopped before it was up.")
        finally:
            self._end()
            for each, handler in before.items():
                signal.signal(each, handler)

    def _child(self, name: str, command: list[str], environment: dict[str, str], descriptors: tuple[int, ...] = ()) -> Child:
        return Child(name, command, environment, self.plan.workspace.service / f"{name}.log", descriptors)

    def _signalled(self, _number: int, _frame: FrameType | None) -> None:
        (self._hurry if self._stop.is_set() else self._stop).set()

    def _start(self) -> None:
        """Starts both at once: while the server starts, the runner loads the flows."""
        with Api(self.plan.api, timeout=2) as api:
            since = datetime.now(UTC)
            if self.plan.server:
                self._wait_until(api.is_healthy, f"{self.plan.api}, which PREFECT_API_URL names, did not answer", ANSWER_SECONDS)
                since = api.clock()
            for child in self._children:
                _set_aside(child.log)
                child.start()
            self._wait_until(api.is_healthy, f"{self.plan.api} did not answer")
            self._wait_until(lambda: _is_served(api, since), "the deployments were not registered")

    def _wait_until(self, condition: Callable[[], bool], trouble: str, seconds: float = STARTUP_SECONDS) -> None:
        deadline = time.monotonic() + seconds
        while not condition():
            if self._stop.wait(0.2):
                raise Stopped
            for child in self._children:
                if child.process and child.has_ended():
                    how = child.clear()
                    raise WorkspaceError(f"the {child.name} ended ({how}) before it was up. The end of {child.log}:\n{child.last_words()}")
            if time.monotonic() > deadline:
                words = [f"\nThe end of {child.log}:\n{child.last_words()}" for child in self._children if child.process]
                raise WorkspaceError(f"{trouble} in {seconds} seconds.{''.join(words)}")

    def _look_after(self) -> None:
        for child in self._children:
            if child.process is None:
                if time.monotonic() >= child.due:
                    child.start()
            elif child.has_ended():
                how = child.clear()
                self.say(f"{_now()} the {child.name} ended ({how}); it is started again in {child.schedule():.1f} s. Its log: {child.log}")
            elif child.name == SERVER and time.monotonic() - child.began > FULL_GROWN_SECONDS:
                self._keep_small(child)
        for log in self.plan.workspace.service.glob("*.log"):
            if log.stat().st_size > LOG_BYTES:
                _set_aside(log)

    def _end(self) -> None:
        """Ends the flow runs, the runner and the server, in this order, and tells the server of the runs."""
        self._stop.set()
        runner = self._children[-1]
        with Api(self.plan.api, timeout=3) as api:
            ended = self._end_runs(runner, api) if runner.process else []
            runner.clear()
            if self._is_up and all(child.process for child in self._children[:-1]):
                self._report(api, ended)
        for server in self._children[:-1]:
            self._end_server(server)

    def _keep_small(self, server: Child) -> None:
        held = resident_bytes(server.pid)
        if held > self.plan.server_bytes:
            self._end_server(server)
            self.say(f"{_now()} the server had grown to {held / 1e6:.0f} MB; it is started again in {server.schedule():.1f} s.")

    def _end_server(self, server: Child) -> None:
        if server.process:
            os.kill(server.pid, signal.SIGTERM)
            self._wait_for_end(server.has_ended, SERVER_SECONDS)
        server.clear()

    def _end_runs(self, runner: Child, api: Api) -> list[str]:
        """Has the flow runs end themselves. Returns the ids of those that were under way.

        The runner is stopped first: it would take on new ones meanwhile, and when it is told to end it kills its runs
        without a chance to clean up and leaves them Running.
        """
        os.kill(runner.pid, signal.SIGSTOP)
        runs = {run_id: each for run_id, each in flow_runs() if each.parent == runner.pid}
        if not runs:
            return []
        self.say(f"Ending {len(runs)} flow run{'s' if len(runs) > 1 else ''}; what they finished is kept.")
        try:
            ended = under_way(api, runs)
        except (BerryError, httpx2.HTTPError):
            ended = list(runs)
        for each in runs.values():
            os.kill(each.pid, signal.SIGTERM)
        self._wait_for_end(lambda: all((found := process(each.pid)) is None or found.ended for each in runs.values()), RUNS_SECONDS)
        return ended

    def _report(self, api: Api, ended: list[str]) -> None:
        try:
            for name in end_lost_runs(api, STOPPED, ended, self._all_here):
                self.say(f"Run {name} was under way; it is marked as Crashed and goes on when it is retried.")
        except (BerryError, httpx2.HTTPError) as error:
            if ended:
                self.say(f"The server could not be told which runs were ended ({error}); it finds out by itself.")

    def _wait_for_end(self, condition: Callable[[], bool], seconds: float) -> None:
        """Waits for so long at most, and not at all once somebody is in a hurry."""
        deadline = time.monotonic() + seconds
        while not condition() and not self._hurry.is_set() and time.monotonic() < deadline:
            time.sleep(0.05)


def _is_served(api: Api, since: datetime) -> bool:
    """Whether our deployments were registered since a moment, and a runner has asked for work for them after that."""
    try:
        rows = api.deployments()
    except httpx2.TransportError:
        return False
    registered = max((datetime.fromisoformat(row["updated"]) for row in rows), default=since)
    polled = max((datetime.fromisoformat(row["last_polled"]) for row in rows if row["last_polled"]), default=since)
    return since <= registered < polled


def _set_aside(log: Path) -> None:
    """Empties a log that its process goes on writing to, and keeps a copy of what was in it."""
    if log.exists():
        log.with_suffix(".log.1").write_bytes(log.read_bytes()[-LOG_BYTES:])
        os.truncate(log, 0)


def _now() -> str:
    return time.strftime("%H:%M:%S")
