"""What a service writes of itself into its workspace, so that `berry status` and `berry down` find it.

The lock says whether it is up, since the kernel frees it when its holder dies; the file says where.
"""

import json
import socket
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path

from flows.processes import process
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace
from warehouse.locks import is_held
from warehouse.store import write_atomic

BOOT = Path("/proc/sys/kernel/random/boot_id")
"""Differs between two boots of a machine, after which process numbers mean other processes."""


@dataclass(frozen=True)
class ServiceState:
    """A service as it describes itself."""

    pid: int
    began: str  # clock ticks between boot and the start of its process
    machine: str
    address: str  # of the UI; the API is at /api below it
    api: str
    own_server: bool  # false: PREFECT_API_URL named a server that is not ours to end
    started: str  # UTC

    @property
    def is_here(self) -> bool:
        """Whether it runs on this machine, so that its number means a process of ours."""
        return self.machine == this_machine()


def lock_of(workspace: Workspace) -> Path:
    """The lock that a service holds while it is up."""
    return workspace.service / "service.lock"


def describe(workspace: Workspace, pid: int, address: str, api: str, own_server: bool) -> ServiceState:
    """Writes down what a service is."""
    found = process(pid)
    began = found.started if found else ""
    state = ServiceState(pid, began, this_machine(), address, api, own_server, datetime.now(UTC).isoformat(timespec="seconds"))
    write_atomic(_path(workspace), json.dumps(asdict(state), indent=1))
    return state


def running(workspace: Workspace) -> ServiceState | None:
    """The service of a workspace, if one is up. Raises WorkspaceError where one is and what it wrote of itself cannot be read."""
    if not is_held(lock_of(workspace)):
        return None
    try:
        facts = json.loads(_path(workspace).read_text())
        state = ServiceState(**{field.name: facts[field.name] for field in fields(ServiceState)})
    except FileNotFoundError:
        return None
    except (ValueError, TypeError, KeyError) as error:
        raise WorkspaceError(
            f"{_path(workspace)} is damaged, or of another version ({error}), and a service of this workspace is up. "
            "End it where it was started, by Ctrl-C or by killing the process `flows up`, and try again."
        ) from error
    if state.is_here and state.began:
        found = process(state.pid)
        if found is None or found.started != state.began:
            return None  # a new service holds the lock and has not described itself yet
    return state


def this_machine() -> str:
    """This machine since it was started."""
    return f"{socket.gethostname()} {BOOT.read_text().strip() if BOOT.exists() else ''}"


def _path(workspace: Workspace) -> Path:
    return workspace.service / "service.json"
