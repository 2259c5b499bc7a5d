"""Prefect's API without a server to set up: a private process on the loopback interface that ends with its parent.

Prefect starts such a process by itself where no server is configured, but that one outlives a parent that is killed, and
dies of the Ctrl-C that its parent should handle. This one is in a session of its own and watches a pipe instead.
"""

import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx2

from flows.processes import end_with_parent
from warehouse.errors import WorkspaceError

STARTUP_SECONDS = 120
"""The first start on a machine creates Prefect's database, which takes a while on a slow disk."""


_QUIET = {"PREFECT_SERVER_LOGGING_LEVEL": "CRITICAL"}
"""One that is told to end while it starts logs a traceback, which would stand before the reason."""


@dataclass(frozen=True)
class EmbeddedApi:
    """A Prefect API that is starting."""

    address: str
    process: subprocess.Popen[bytes]

    def wait(self) -> None:
        """Returns once the API answers. Raises WorkspaceError where it does not come up."""
        deadline = time.monotonic() + STARTUP_SECONDS
        with httpx2.Client(trust_env=False, timeout=STARTUP_SECONDS) as client:
            while time.monotonic() < deadline and self.process.poll() is None:
                try:
                    if client.get(f"{self.address}/health").status_code == 200:
                        return
                except httpx2.TransportError:
                    time.sleep(0.1)
        raise WorkspaceError(
            "Prefect's API did not start. Run `prefect server start` to see why, or `prefect server database reset` to begin anew."
        )


@contextmanager
def embedded_api() -> Iterator[EmbeddedApi]:
    """A Prefect API for the length of a block, which has seconds of other work to do before it needs to wait for it."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        listening.listen()
        address = f"http://127.0.0.1:{listening.getsockname()[1]}/api"
        process = subprocess.Popen(
            [sys.executable, "-m", "flows.embedded", str(listening.fileno())],
            stdin=subprocess.PIPE,  # its end tells the child that we are gone, however we went
            pass_fds=[listening.fileno()],
            start_new_session=True,
            env={**_QUIET, **os.environ, "PREFECT_UI_ENABLED": "0", "PREFECT__SERVER_EPHEMERAL": "1", "PREFECT__SERVER_FINAL": "1"},
        )
    try:
        yield EmbeddedApi(address, process)
    finally:
        process.terminate()
        try:
            process.wait(5)
        except subprocess.TimeoutExpired:
            process.kill()


def _serve(descriptor: int) -> None:
    import uvicorn

    end_with_parent(lambda: os._exit(0))
    config = uvicorn.Config("prefect.server.api.server:create_app", factory=True, log_level="critical", lifespan="on")
    uvicorn.Server(config).run(sockets=[socket.socket(fileno=descriptor)])


if __name__ == "__main__":
    _serve(int(sys.argv[1]))
