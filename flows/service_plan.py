"""What a service is to be: where it works, where it listens, and how its processes are set up.

What somebody has set in the environment stays as it is, except for what the service must decide itself: its address, its
workspace, and the heartbeat that the automation for dead runs counts on.
"""

import ipaddress
import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace

HEARTBEAT_SECONDS = 30
"""How often a flow run says that it is alive; the shortest that Prefect allows."""

POLL_SECONDS = 2
"""How often the runner asks for work: what a person waits, at most, for a run to begin."""

MOST_RUNS = 16
"""Runs side by side: each deployment has its own limit, and those together must not be cut short by the runner's."""

KEEP_DAYS = 90
"""Flow runs older than this are deleted from the server's database."""

SERVER_MEGABYTES = "BERRY_SERVER_MEGABYTES"
"""Environment variable: memory at which the server is started anew. Prefect's grows slowly, the faster the more runs it keeps."""

PASSWORD = "PREFECT_SERVER_API_AUTH_STRING"


@dataclass(frozen=True)
class Plan:
    """A service that is about to be started."""

    workspace: Workspace
    recipes: Path | None  # folder of the user's recipes
    host: str  # to listen at
    port: int
    server: str  # address of a Prefect server that is there already; empty: one of our own
    server_bytes: int  # memory at which our own is started anew

    @property
    def api(self) -> str:
        """Address of Prefect's API."""
        return self.server or f"{self.address}/api"

    @property
    def address(self) -> str:
        """Address of the UI."""
        if self.server:
            return self.server.rstrip("/").removesuffix("/api")
        everywhere = {"0.0.0.0": "127.0.0.1", "::": "::1"}  # nobody connects to these
        host = everywhere.get(self.host, self.host)
        return f"http://{f'[{host}]' if ':' in host else host}:{self.port}"


def plan(home: Path, recipes: Path | None, host: str, port: int) -> Plan:
    """A service for a workspace. Raises WorkspaceError where others could reach it without a password."""
    server = os.environ.get("PREFECT_API_URL", "")
    secret = os.environ.get(PASSWORD, "")
    if not server and not is_loopback(host) and not secret:
        raise WorkspaceError(
            f"--host {host} lets other machines reach the service, and whoever reaches it can run code on this one. Set a name and a "
            f"password that they must give, and try again: export {PASSWORD}=somebody:a-long-password"
        )
    if secret and not all(secret.partition(":")):
        raise WorkspaceError(f"{PASSWORD} is not a name and a password with a colon between them, as in somebody:a-long-password.")
    folder = recipes or (Path(named) if (named := os.environ.get("BERRY_RECIPES")) else None)
    if folder is not None and not folder.is_dir():
        raise WorkspaceError(f"{folder}: there is no such folder of recipes. Make it, or name another with --recipes.")
    return Plan(Workspace(home.resolve()), folder.resolve() if folder else None, host, port, server, _server_bytes())


def _server_bytes() -> int:
    asked = os.environ.get(SERVER_MEGABYTES, "1000")
    if not asked.isdecimal() or not int(asked):
        raise WorkspaceError(f"{SERVER_MEGABYTES} is {asked!r}; it is a whole number of megabytes, such as 1000.")
    return int(asked) * 1_000_000


def is_loopback(host: str) -> bool:
    """Whether only this machine can reach an address."""
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def server_environment(chosen: Plan) -> dict[str, str]:
    """The environment of our Prefect server."""
    here = f"http://127.0.0.1:{chosen.port},http://localhost:{chosen.port}"
    defaults = {
        "PREFECT_UI_API_URL": "/api",  # relative: right under every name and behind a proxy
        "PREFECT_UI_URL": chosen.address,
        "PREFECT_SERVER_UI_SHOW_PROMOTIONAL_CONTENT": "false",
        "PREFECT_SERVER_CORS_ALLOWED_ORIGINS": here,
        "PREFECT_SERVER_SERVICES_DB_VACUUM_ENABLED": "events,flow_runs",
        "PREFECT_SERVER_SERVICES_DB_VACUUM_RETENTION_PERIOD": str(KEEP_DAYS * 24 * 3600),
        "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "5",  # how often a queued run asks whether it may begin
        "PREFECT_SERVER_LOGGING_LEVEL": "WARNING",
        # in memory, which is the default, they are gone with a killed server, and Prefect then ends the runs that hold them
        "PREFECT_SERVER_CONCURRENCY_LEASE_STORAGE": "prefect.server.concurrency.lease_storage.filesystem",
    }
    own = {"PREFECT_SERVER_API_HOST": chosen.host, "PREFECT_SERVER_API_PORT": str(chosen.port)}
    return {**defaults, **_common(chosen), **own}


def runner_environment(chosen: Plan) -> dict[str, str]:
    """The environment of the runner and, through it, of every flow run."""
    own = {
        "PREFECT_API_URL": chosen.api,
        "PREFECT_FLOWS_HEARTBEAT_FREQUENCY": str(HEARTBEAT_SECONDS),
        "TMPDIR": str(temporary(chosen.workspace)),  # Prefect leaves a folder there each time a runner ends
    }
    if not chosen.server:
        own["BERRY_REPORTS_URL"] = "/reports"  # relative: right under every name and behind a proxy
        own |= {name: f"{os.environ.get(name, '')},127.0.0.1,localhost,::1".lstrip(",") for name in ("NO_PROXY", "no_proxy")}
        if secret := os.environ.get(PASSWORD):
            own["PREFECT_API_AUTH_STRING"] = secret
    defaults = {"PREFECT_RUNNER_POLL_FREQUENCY": str(POLL_SECONDS), "PREFECT_RUNNER_PROCESS_LIMIT": str(MOST_RUNS)}
    return {**defaults, **_common(chosen), **own}


def temporary(workspace: Workspace) -> Path:
    """Temporary files of the service's processes; cleared when it starts."""
    return workspace.service / "tmp"


def _common(chosen: Plan) -> dict[str, str]:
    defaults = {
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "DO_NOT_TRACK": "1",
    }
    # two services with one database would run each other's flows, each in its own workspace
    own = {"PREFECT_HOME": str(chosen.workspace.service / "prefect"), "BERRY_HOME": str(chosen.workspace.root), "PYTHONUNBUFFERED": "1"}
    if chosen.recipes:
        own["BERRY_RECIPES"] = str(chosen.recipes)
    return {**defaults, **_inherited(os.environ), **own}


def _inherited(environment: Mapping[str, str]) -> dict[str, str]:
    """Everything but the address of a server: our server has its own, and the runner is told which."""
    return {name: value for name, value in environment.items() if name != "PREFECT_API_URL"}
