"""Starts and ends the service of a workspace: `berry up` and `berry down`."""

import errno
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import click

from flows.processes import processes
from flows.service_plan import Plan, plan, temporary
from flows.service_state import ServiceState, describe, lock_of, running
from flows.supervisor import Supervisor
from warehouse.errors import BerryError, WorkspaceError
from warehouse.layout import Workspace
from warehouse.locks import exclusive, is_held

HOST, PORT = "127.0.0.1", 4200
END_SECONDS = 30
"""How long `down` waits before it kills; a service that is told to end takes half of it at most."""

BACKLOG = 2048
"""Requests that may wait while a killed server is being started again."""

_STARTING = "Starting the service of {}. This takes ten seconds, the first time half a minute."
_UP, _ERROR = "up", "error"


def up(home: Path, recipes: Path | None = None, host: str = HOST, port: int = PORT, detach: bool = False) -> None:
    """Starts the service of a workspace: a Prefect server with its UI, and the runner of the deployments.

    Where PREFECT_API_URL is set, that server is used and none is started. Returns when the service has ended, or, with
    `detach`, when it is up. Port 0 is any free one. Raises WorkspaceError where the service cannot start, is up already,
    or would be open to other machines without a password.
    """
    chosen = plan(home, recipes, host, port)
    if detach:
        _in_background(chosen)
    else:
        _here(chosen, _say)


def down(home: Path) -> None:
    """Ends the service of a workspace and waits for it; says so where none is up.

    Raises WorkspaceError for one that runs on another machine.
    """
    workspace = Workspace(home.resolve())
    state = running(workspace)
    if state is None:
        _say(f"No service of {workspace.root} is up.")
        return
    if not state.is_here:
        raise WorkspaceError(f"the service of {workspace.root} runs on {state.machine.split()[0]}. Run `berry down` there.")
    with suppress(ProcessLookupError):  # it ended just now
        os.kill(state.pid, signal.SIGTERM)
    if not _freed(workspace, END_SECONDS):
        _kill(workspace, state)
        if not _freed(workspace, END_SECONDS):
            raise WorkspaceError(f"process {state.pid} of the service does not end. See {workspace.service}/service.log.")
    _say(f"The service of {workspace.root} has ended.")


def _kill(workspace: Workspace, state: ServiceState) -> None:
    with suppress(ProcessLookupError):
        if running(workspace) == state:
            for child in processes():
                if child.parent == state.pid:
                    os.killpg(child.group, signal.SIGKILL)
            os.kill(state.pid, signal.SIGKILL)


def _here(chosen: Plan, ready: Callable[[str], object]) -> None:
    """Runs the service in this process until it is told to end; `ready` is given the words for a person once it is up."""
    with _alone(chosen.workspace), _listening(chosen) as (final, sock):
        state = describe(final.workspace, os.getpid(), final.address, final.api, own_server=not final.server)
        shutil.rmtree(temporary(final.workspace), ignore_errors=True)
        temporary(final.workspace).mkdir(parents=True)
        if final.server:
            _say(f"Using the Prefect server at {final.address}, since PREFECT_API_URL names it.")
        _say(_STARTING.format(final.workspace.root))
        Supervisor(final, sock, _say).run(lambda: ready(_welcome(final, state)))
        _say("The service has ended.")


@contextmanager
def _alone(workspace: Workspace) -> Iterator[None]:
    """Holds the workspace's service lock. Raises WorkspaceError naming the service that does."""
    for _ in range(10):  # `berry status` holds it for an instant
        if not is_held(lock_of(workspace)):
            break
        time.sleep(0.1)
    else:
        state = running(workspace)
        where = f" at {state.address} (process {state.pid})" if state else ""
        raise WorkspaceError(f"the service of {workspace.root} is already up{where}. `berry status` shows it, `berry down` ends it.")
    with exclusive(lock_of(workspace)):
        yield


@contextmanager
def _listening(chosen: Plan) -> Iterator[tuple[Plan, socket.socket | None]]:
    """The server's socket, open, and the plan with its port; none where the server is not ours."""
    if chosen.server:
        yield chosen, None
        return
    try:
        family, _, _, _, address = socket.getaddrinfo(chosen.host, chosen.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
    except socket.gaierror as error:
        raise WorkspaceError(f"--host {chosen.host} is no address of this machine ({error.strerror}).") from error
    with socket.socket(family, socket.SOCK_STREAM) as sock:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            sock.bind(address)
        except OSError as error:
            raise WorkspaceError(_why_not(chosen, error)) from error
        sock.listen(BACKLOG)
        yield replace(chosen, port=sock.getsockname()[1]), sock


def _why_not(chosen: Plan, error: OSError) -> str:
    if error.errno == errno.EADDRINUSE:
        why = f"another program listens at port {chosen.port} of {chosen.host}"
        return f"{why}. End it, or take another port: berry up --port {chosen.port + 1}"
    if error.errno == errno.EACCES:
        return f"port {chosen.port} is for the administrator alone. Take one above 1023: berry up --port {PORT}"
    return f"--host {chosen.host} is no address of this machine ({error.strerror})."


def _welcome(chosen: Plan, state: ServiceState) -> str:
    reports = chosen.workspace.root / "reports"
    address = f"{state.address}/reports/RECIPE.html, from {reports}" if state.own_server else str(reports)
    return "\n".join(
        [
            f"Berrypatch is up at {state.address}",
            f"  reports  {address}",
            f"  logs     {chosen.workspace.service}",
            "Open the address in a browser, choose Deployments, then `build`, then Run.",
            f"`berry status --home {chosen.workspace.root}` shows what runs, `berry down --home {chosen.workspace.root}` ends it.",
        ]
    )


def _in_background(chosen: Plan) -> None:
    """Starts the service in a session of its own and returns when it is up. Raises WorkspaceError with what it says instead."""
    log = chosen.workspace.service / "service.log"
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise WorkspaceError(f"{log.parent}: cannot be made ({error.strerror}). Name another folder with --home.") from error
    _say(_STARTING.format(chosen.workspace.root))
    settings = {"home": str(chosen.workspace.root), "recipes": str(chosen.recipes or ""), "host": chosen.host, "port": chosen.port}
    reading, writing = os.pipe()
    with log.open("ab") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.up", str(writing), json.dumps(settings)],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            pass_fds=[writing],
            start_new_session=True,
        )
    os.close(writing)
    with os.fdopen(reading) as report:
        try:
            outcome, _, words = report.read().partition("\n")
        except KeyboardInterrupt:
            process.terminate()
            process.wait()
            raise
    if outcome != _UP:
        raise WorkspaceError(words or f"the service ended before it was up. {log} may tell why.")
    _say(words)


def _background(descriptor: int, settings: dict[str, str]) -> None:
    """The process that `--detach` starts: reports once to the one that started it, and to the log."""
    told = False

    def tell(outcome: str, words: str) -> None:
        nonlocal told
        _say(words)
        if not told:
            told = True
            with suppress(OSError), os.fdopen(descriptor, "w") as report:  # nobody may be waiting any more
                report.write(f"{outcome}\n{words}")

    try:
        recipes = Path(settings["recipes"]) if settings["recipes"] else None
        _here(plan(Path(settings["home"]), recipes, settings["host"], int(settings["port"])), lambda words: tell(_UP, words))
    except BerryError as error:
        tell(_ERROR, str(error))
        sys.exit(1)


def _freed(workspace: Workspace, seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while is_held(lock_of(workspace)):
        if time.monotonic() > deadline:
            return False
        time.sleep(0.1)
    return True


def _say(line: str) -> None:
    with suppress(OSError):  # the terminal may be gone, and the service must end properly all the same
        click.echo(line)


if __name__ == "__main__":
    _background(int(sys.argv[1]), json.loads(sys.argv[2]))
