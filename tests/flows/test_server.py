"""The flows on a real Prefect server, started as its UI starts them: by a deployment's form."""

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from tests.flows.conftest import ROOT

FINAL = {"COMPLETED", "FAILED", "CRASHED", "CANCELLED"}


@contextmanager
def running(command: list[str], environment: dict[str, str], log: Path) -> Iterator[None]:
    """A process in a group of its own, ended with everything it started."""
    with log.open("w") as output:
        process = subprocess.Popen(command, cwd=ROOT, env=environment, stdout=output, stderr=output, start_new_session=True)
    try:
        yield
    finally:
        process.send_signal(signal.SIGINT)
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


@pytest.fixture(scope="module")
def api(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx2.Client]:
    """A client of a server that serves our deployments."""
    folder = tmp_path_factory.mktemp("server")
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}/api"
    environment = os.environ | {
        "PREFECT_HOME": str(folder / "prefect"),
        "PREFECT_API_URL": address,
        "PREFECT_SERVER_API_PORT": str(port),
        "PREFECT_SERVER_ANALYTICS_ENABLED": "false",
        "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    }
    server = [sys.executable, "-m", "prefect", "server", "start", "--host", "127.0.0.1", "--port", str(port)]
    with running(server, environment, folder / "server.log"), httpx2.Client(base_url=address, timeout=30) as client:
        wait_for(lambda: is_healthy(client), 120)
        with running([sys.executable, "-m", "flows", "serve"], environment, folder / "serve.log"):
            wait_for(lambda: client.get("/deployments/name/train-strawberry/train-strawberry").status_code == 200, 60)
            yield client


def is_healthy(client: httpx2.Client) -> bool:
    """Whether the server answers."""
    try:
        return client.get("/health").status_code == 200
    except httpx2.TransportError:
        return False


def wait_for(condition: Any, seconds: float) -> Any:
    """The first true value of a condition, asked for twice a second. Fails the test where none comes in time."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if value := condition():
            return value
        time.sleep(0.5)
    pytest.fail(f"nothing came of it in {seconds} seconds")


def finished(client: httpx2.Client, run_id: str) -> dict[str, Any] | None:
    """A flow run once it is over."""
    run: dict[str, Any] = client.get(f"/flow_runs/{run_id}").json()
    return run if run["state_type"] in FINAL else None


def start(client: httpx2.Client, deployment: str, parameters: dict[str, Any]) -> dict[str, Any]:
    """Runs a deployment to its end, as the button in the UI does."""
    deployment_id = client.get(f"/deployments/name/{deployment}").json()["id"]
    run = client.post(f"/deployments/{deployment_id}/create_flow_run", json={"parameters": parameters}).json()
    over: dict[str, Any] = wait_for(lambda: finished(client, run["id"]), 240)
    return over


def test_a_build_started_on_a_server_triggers_the_training_as_a_run_of_its_own(api: httpx2.Client, tiny: Path, tmp_path: Path) -> None:
    home = tmp_path / "home"
    build = start(api, "build/build", {"recipe": str(tiny), "home": str(home)})
    assert build["state_type"] == "COMPLETED", build["state"]
    runs = api.post("/flow_runs/filter", json={"flows": {"name": {"any_": ["train-strawberry"]}}}).json()
    assert len(runs) == 1
    assert runs[0]["name"] == "train-strawberry tiny"
    training = wait_for(lambda: finished(api, runs[0]["id"]), 240)
    assert training["state_type"] == "COMPLETED", training["state"]
    assert (home / "reports" / "tiny.html").is_file()
    progress = api.post("/artifacts/filter", json={"artifacts": {"type": {"any_": ["progress"]}}}).json()
    assert {"extract-progress", "training-progress"} <= {artifact["key"] for artifact in progress}
    assert {float(artifact["data"]) for artifact in progress} == {100.0}


def test_a_fault_of_the_recipe_shows_as_its_message_on_the_run(api: httpx2.Client, tmp_path: Path) -> None:
    recipe = tmp_path / "bad.toml"
    recipe.write_text('name = "bad"\n[[sources]]\nkind = "files"\nid = "x"\ndomain = "lore"\npath = "nowhere"\n')
    run = start(api, "curate/curate", {"recipe": str(recipe), "home": str(tmp_path / "home")})
    assert run["state_type"] == "FAILED"
    assert "nowhere does not exist" in run["state"]["message"]
