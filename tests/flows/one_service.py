"""`berry up` in a workspace of its own, as a person starts and stops it."""

import json
import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx2
import pytest

from flows.automations import NAME
from tests.flows.conftest import ROOT


def environment(**more: str) -> dict[str, str]:
    """The environment of somebody who has set nothing but `more`."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("PREFECT_", "BERRY_"))}
    return {**kept, "NO_PROXY": "*", **more}


def berry(*arguments: str | Path, **more: str) -> subprocess.CompletedProcess[str]:
    """Runs a command to its end."""
    command = [sys.executable, "-m", "flows", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, env=environment(**more), capture_output=True, text=True, timeout=150, check=False)


@dataclass
class Service:
    """A service that a test has started."""

    home: Path
    address: str
    pid: int
    http: httpx2.Client
    terminal: subprocess.Popen[str] | None = None

    def processes(self) -> dict[int, str]:
        """Its processes and all that they started, with their command lines."""
        found = {}
        for folder in Path("/proc").glob("[0-9]*"):
            try:
                words = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
                marked = f"BERRY_HOME={self.home}".encode() in (folder / "environ").read_bytes().split(b"\0")
            except OSError:
                continue
            if marked or (f"{self.home}" in words and "flows" in words):
                found[int(folder.name)] = words
        return found

    def child(self, module: str) -> int:
        """The process of one of its modules."""
        return next(pid for pid, words in self.processes().items() if f"-m {module}" in words)

    def zombie_automations(self) -> list[Any]:
        """The automations that end runs which have died."""
        rows: list[Any] = self.http.post("/api/automations/filter", json={"automations": {"name": {"any_": [NAME]}}}).json()
        return rows

    def run_build(self) -> str:
        """Starts a build as the button in the UI does, and returns its id once it is at work."""
        deployment = self.http.get("/api/deployments/name/build/build").json()["id"]
        parameters = {"recipe": "quickstart", "home": str(self.home)}
        run: str = self.http.post(f"/api/deployments/{deployment}/create_flow_run", json={"parameters": parameters}).json()["id"]
        wait_for(lambda: self.state(run)["type"] == "RUNNING")
        return run

    def state(self, run: str) -> dict[str, Any]:
        """The state of a flow run."""
        state: dict[str, Any] = self.http.get(f"/api/flow_runs/{run}").json()["state"]
        return state


def states_on_disk(home: Path) -> list[tuple[str, str]]:
    """Type and message of the states that flow runs are in, as the database of a service that is down has them."""
    with sqlite3.connect(home / "service" / "prefect" / "prefect.db") as database:
        query = "select state.type, state.message from flow_run join flow_run_state state on state.id = flow_run.state_id"
        return [(str(kind), str(message)) for kind, message in database.execute(query)]


def wait_for(condition: Callable[[], Any], seconds: float = 90) -> Any:
    """The first true value of a condition. Fails the test where none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.1)
    pytest.fail(f"nothing came of it in {seconds} seconds")


def answers(http: httpx2.Client) -> bool:
    """Whether the server answers."""
    try:
        return http.get("/api/health").status_code == 200
    except httpx2.TransportError:
        return False


def service_at(home: Path, auth: tuple[str, str] | None = None) -> Service:
    """The service that says of itself that it works in a workspace."""
    facts = json.loads((home / "service" / "service.json").read_text())
    return Service(home, facts["address"], facts["pid"], httpx2.Client(base_url=facts["address"], timeout=60, auth=auth, trust_env=False))


@contextmanager
def up(home: Path, **more: str) -> Iterator[Service]:
    """A service in the foreground, as somebody at a terminal starts it."""
    command = [sys.executable, "-m", "flows", "up", "--home", str(home), "--port", "0"]
    with subprocess.Popen(command, cwd=ROOT, env=environment(PYTHONUNBUFFERED="1", **more), stdout=subprocess.PIPE, text=True) as process:
        try:
            lines_until("is up at", process)
            yield replace(service_at(home), terminal=process)
        finally:
            process.kill()


def lines_until(last: str, process: subprocess.Popen[str]) -> str:
    """What a process says up to a line that holds some words."""
    said = ""
    for line in process.stdout or ():
        said += line
        if last in line:
            return said
    pytest.fail(f"it ended without a word of {last!r}: {said}")
