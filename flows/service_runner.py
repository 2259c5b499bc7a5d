"""The service's runner process: registers the deployments and runs what the server schedules, in processes of its own.

They all share its process group, so that they end with it.
"""

import logging
import os
import signal
import sys
import threading
import time

import click
import httpx2

from flows.processes import RUNNER, end_with_parent
from flows.service_api import Api
from warehouse.errors import BerryError, WorkspaceError

STARTUP_SECONDS = 120

LOOK_SECONDS = 5.0
"""Between two looks for runs that nobody ends."""


def main(api_address: str, all_here: bool) -> None:
    """Serves until it is killed or its parent process is gone. `all_here`: nothing but this machine reaches the server."""
    end_with_parent(lambda: os.killpg(0, signal.SIGKILL))
    os.environ[RUNNER] = str(os.getpid())
    from prefect.client.orchestration import get_client

    from flows.automations import ensure_zombie_automation
    from flows.deployments import serve_deployments
    from flows.lost_runs import end_lost_runs

    with Api(api_address) as api:
        _wait_for(api, api_address)
        with get_client(sync_client=True) as client:
            ensure_zombie_automation(client)
        for name in end_lost_runs(api, "its process is gone: the service or its machine was stopped. Retry to go on.", all_here=all_here):
            click.echo(f"run {name} was left by a process that is gone; marked as Crashed")
    # it would say of every run that waits in line, every two seconds, that it waits
    logging.getLogger("prefect.runner.state_proposer").setLevel(logging.WARNING)
    if all_here:
        threading.Thread(target=_end_cancelled_runs, args=(api_address,), name="end-cancelled-runs", daemon=True).start()
    serve_deployments()


def _end_cancelled_runs(api_address: str) -> None:
    """Looks for runs that stay Cancelling, or are Cancelled although they were complete, as long as this process lives."""
    from flows.lost_runs import end_cancelled_runs, restore_completed_runs

    seen: set[str] = set()
    with Api(api_address) as api:
        while True:
            time.sleep(LOOK_SECONDS)
            try:
                seen = end_cancelled_runs(api, seen)
                restore_completed_runs(api)
            except (WorkspaceError, httpx2.HTTPError):  # the server is being started again
                seen = set()


def _wait_for(api: Api, address: str) -> None:
    deadline = time.monotonic() + STARTUP_SECONDS
    while not api.is_healthy():
        if time.monotonic() > deadline:
            raise WorkspaceError(f"{address} did not answer in {STARTUP_SECONDS} seconds.")
        time.sleep(0.2)


if __name__ == "__main__":
    try:
        main(sys.argv[1], sys.argv[2] == "all-here")
    except BerryError as error:
        sys.exit(f"error: {error}")
