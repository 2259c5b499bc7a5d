"""A real service for tests: `berry up` in a process of its own, used through the API as the UI in a browser uses it."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import httpx2
import pytest

from flows.processes import Process, flow_runs, processes
from tests.flows.conftest import ROOT

T = TypeVar("T")

FINAL = ("COMPLETED", "FAILED", "CRASHED", "CANCELLED")
PATIENCE = 240.0
"""Seconds that a test waits for what it expects, on a machine that does much else."""

MODULES = {"server": b"flows.server", "runner": b"flows.service_runner"}


def wait_for(condition: Callable[[], T | None], what: str, seconds: float = PATIENCE, pause: float = 0.1) -> T:
    """The first true value of a condition. Fails the test where none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(pause)
    pytest.fail(f"waited {seconds:.0f} seconds in vain for {what}")


def environment(**more: str) -> dict[str, str]:
    """The environment of somebody who has set nothing but `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "BERRY_"))}
    return {**kept, "NO_PROXY": "*", **more}


@dataclass
class Service:
    """A service that a test has started, and its API."""

    home: Path
    pid: int
    address: str
    http: httpx2.Client

    def ask(self, method: str, path: str, body: Any = None) -> Any:
        """The answer of the API to a request; asked again while a killed server is being started."""
        deadline = time.monotonic() + PATIENCE
        while True:
            try:
                answer = self.http.request(method, f"/api{path}", json=body)
                assert answer.is_success, f"{path}: {answer.status_code} {answer.text[:500]}"
                return answer.json() if answer.content else None
            except httpx2.TransportError:
                if time.monotonic() > deadline:
                    raise
                time.sleep(0.2)

    def start(self, deployment: str, **parameters: Any) -> str:
        """Has a run made as the form in the UI does, and gives its id."""
        found = self.ask("GET", f"/deployments/name/{deployment}/{deployment}")
        return str(self.ask("POST", f"/deployments/{found['id']}/create_flow_run", {"parameters": parameters})["id"])

    def cancel(self, run: str) -> None:
        """Cancels a run as the button in the UI does."""
        self._set_state(run, {"type": "CANCELLING", "name": "Cancelling"})

    def retry(self, run: str) -> None:
        """Retries a run as the button in the UI does."""
        self._set_state(run, {"type": "SCHEDULED", "name": "AwaitingRetry", "message": "Retry from the UI"})

    def state(self, run: str) -> dict[str, Any]:
        """The state of a flow run: type, name, message."""
        state: dict[str, Any] = self.ask("GET", f"/flow_runs/{run}")["state"]
        return state

    def reaches(self, run: str, *kinds: str) -> dict[str, Any]:
        """Waits until a run is in a state of one of some types, and gives the state."""

        def reached() -> dict[str, Any] | None:
            state = self.state(run)
            return state if state["type"] in kinds else None

        return wait_for(reached, f"run {run} to be {' or '.join(kinds)}")

    def runs(self, **parameters: Any) -> list[dict[str, Any]]:
        """Every flow run with these parameters, the oldest first."""
        rows = self.ask("POST", "/flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC", "limit": 200})
        return [row for row in rows if parameters.items() <= row["parameters"].items()]

    def tasks(self, run: str) -> list[dict[str, Any]]:
        """The task runs of a flow run."""
        rows: list[dict[str, Any]] = self.ask("POST", "/task_runs/filter", {"flow_runs": {"id": {"any_": [run]}}, "limit": 200})
        return rows

    def log(self, run: str) -> str:
        """What a person reads under Logs on the page of a run."""
        rows = self.ask("POST", "/logs/filter", {"logs": {"flow_run_id": {"any_": [run]}}, "limit": 200, "sort": "TIMESTAMP_ASC"})
        return "\n".join(row["message"] for row in rows)

    def says(self, run: str, words: str) -> None:
        """Waits until words are in the log of a run, which reaches the server a little later than the run's state."""
        wait_for(lambda: words in self.log(run), f"{words!r} in the log of run {run}")

    def child(self, name: str) -> int:
        """The process of the server or the runner, waited for while one that was killed is being started again."""
        return wait_for(lambda: next((each.pid for each in processes() if self._is(name, each)), None), f"the {name}")

    def processes(self) -> set[int]:
        """Every process of the service: itself, its server and runner, and all that they started."""
        mark = f"BERRY_HOME={self.home}".encode()
        return {each.pid for each in processes() if each.pid == self.pid or mark in _environment(each.pid)}

    def kill(self) -> None:
        """What a power cut does: every process is gone at once, and none could say a word."""
        victims: set[int] = set()
        while found := self.processes() - victims:  # stopped first, so that none starts another meanwhile
            victims |= found
            send(signal.SIGSTOP, *found)
        send(signal.SIGKILL, *victims)
        wait_for(lambda: not self.processes(), "the killed processes to be gone")

    def _is(self, name: str, each: Process) -> bool:
        return each.parent == self.pid and MODULES[name] in _command(each.pid)

    def _set_state(self, run: str, state: dict[str, str]) -> None:
        self.ask("POST", f"/flow_runs/{run}/set_state", {"state": state, "force": True})


@contextmanager
def service(home: Path, recipes: Path, **more: str) -> Iterator[Service]:
    """`berry up` at a free port until the end of a block, with `more` in its environment. `berry down` ends it."""
    command = [sys.executable, "-m", "flows", "up", "--home", str(home), "--recipes", str(recipes), "--port", "0"]
    home.mkdir(exist_ok=True)
    log = home.parent / f"{home.name}.log"
    settings = environment(PYTHONUNBUFFERED="1", **more)
    with log.open("wb") as output:
        # from a folder of its own: what a run needs must not hang on where the service was started
        process = subprocess.Popen(command, cwd=home.parent, env=settings, stdout=output, stderr=output, start_new_session=True)
    try:
        wait_for(lambda: process.poll() is not None or "is up at" in log.read_text(), "the service to be up")
        assert process.poll() is None, log.read_text()
        facts = json.loads((home / "service" / "service.json").read_text())
        with httpx2.Client(base_url=facts["address"], timeout=60, trust_env=False) as http:
            yield Service(home.resolve(), process.pid, facts["address"], http)
    finally:
        end = [sys.executable, "-m", "flows", "down", "--home", str(home)]
        subprocess.run(end, cwd=ROOT, env=environment(), capture_output=True, check=False, timeout=PATIENCE)
        process.kill()
        process.wait()


def of_run(run: str) -> set[int]:
    """The processes of a flow run: its own and those that it started."""
    return {each.pid for run_id, each in flow_runs() if run_id == run}


def own_process(run: str) -> int | None:
    """The process of a flow run itself, which started the others; None where there is none now."""
    found = {each.pid: each for run_id, each in flow_runs() if run_id == run}
    return next((pid for pid, each in found.items() if each.parent not in found), None)


def workers(run: str) -> set[int]:
    """The worker processes of a flow run."""
    return {pid for pid in of_run(run) if b"spawn_main" in _command(pid)}


def send(number: signal.Signals, *pids: int) -> None:
    """Sends a signal to processes, where they are still there."""
    for pid in pids:
        with suppress(ProcessLookupError):
            os.kill(pid, number)


def _environment(pid: int) -> list[bytes]:
    try:
        return Path(f"/proc/{pid}/environ").read_bytes().split(b"\0")
    except OSError:
        return []


def _command(pid: int) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""
