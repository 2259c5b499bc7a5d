"""The conventional way: the deployments of prefect.yaml, run by Prefect workers; and a run that several of them share."""

import os
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from importlib import import_module
from pathlib import Path
from typing import Any

import httpx2
import pytest
import yaml
from prefect import Flow
from prefect.events import DeploymentTriggerTypes
from pydantic import TypeAdapter

from flows.deployments import DESCRIPTIONS, deployments
from tests.flows.artifacts import digests
from tests.flows.conftest import ROOT, Berry
from tests.flows.services import Service, environment, wait_for
from tests.flows.small import Row, ended, runs_of, small

CONVENTIONAL: dict[str, dict[str, Any]] = {
    each["name"]: each for each in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]
}
SERVED = {each.name: each for each in deployments()}
TRIGGER: TypeAdapter[DeploymentTriggerTypes] = TypeAdapter(DeploymentTriggerTypes)


def test_prefect_yaml_names_the_deployments_that_berry_up_serves() -> None:
    assert list(CONVENTIONAL) == list(SERVED)


@pytest.mark.parametrize("name", CONVENTIONAL)
def test_a_deployment_is_the_same_in_prefect_yaml_as_where_berry_up_serves_it(name: str) -> None:
    ours, theirs = SERVED[name], CONVENTIONAL[name]
    assert theirs["description"] == DESCRIPTIONS[name]
    assert theirs["tags"] == ours.tags
    assert theirs["version"] == ours.version
    assert ours.concurrency_options is not None
    assert theirs["concurrency_limit"] == {
        "limit": ours.concurrency_limit,
        "collision_strategy": ours.concurrency_options.collision_strategy.value,
    }
    mine = [trigger.model_dump(mode="json", exclude={"id"}) for trigger in ours.triggers]
    assert [TRIGGER.validate_python(each).model_dump(mode="json", exclude={"id"}) for each in theirs.get("triggers", [])] == mine


@pytest.mark.parametrize("name", CONVENTIONAL)
def test_an_entrypoint_of_prefect_yaml_is_the_flow_that_its_deployment_is_named_after(name: str) -> None:
    module, _, function = CONVENTIONAL[name]["entrypoint"].rpartition(".")
    flow = getattr(import_module(module), function)
    assert isinstance(flow, Flow)
    assert flow.name == name == SERVED[name].flow_name


SECOND = """
[[sources]]
kind = "files"
id = "talks"
domain = "lore"
path = "talks"
"""


@contextmanager
def running(command: list[str], log: Path, variables: dict[str, str]) -> Iterator[None]:
    """A Prefect command for the length of a block, told to end as by Ctrl-C."""
    with log.open("w") as output:
        process = subprocess.Popen([sys.executable, "-m", "prefect", *command], cwd=ROOT, env=variables, stdout=output, stderr=output)
    try:
        yield
    finally:
        process.terminate()
        process.wait(60)


@contextmanager
def workers(folder: Path, count: int, **more: str) -> Iterator[Service]:
    """A Prefect server with the deployments of prefect.yaml and so many workers, as the documentation says."""
    home, port = folder / "home", free_port()
    address = f"http://127.0.0.1:{port}"
    variables = environment(
        PREFECT_HOME=str(folder / "prefect"),
        PREFECT_API_URL=f"{address}/api",
        PREFECT_SERVER_ANALYTICS_ENABLED="false",
        PREFECT_WORKER_QUERY_SECONDS="1",
        BERRY_HOME=str(home),
        BERRY_RECIPES=str(folder / "recipes"),
        **more,
    )
    with ExitStack() as stack:
        stack.enter_context(running(["server", "start", "--port", str(port)], folder / "server.log", variables))
        http = stack.enter_context(httpx2.Client(base_url=address, timeout=60, trust_env=False))
        wait_for(lambda: is_healthy(http), "the server")
        for command in (["work-pool", "create", "--type", "process", "berrypatch"], ["--no-prompt", "deploy", "--all"]):
            subprocess.run([sys.executable, "-m", "prefect", *command], cwd=ROOT, env=variables, check=True, timeout=120)
        for number in range(count):
            stack.enter_context(running(["worker", "start", "--pool", "berrypatch"], folder / f"worker-{number}.log", variables))
        yield Service(home, os.getpid(), address, http)


def free_port() -> int:
    """A port that nobody listens at now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_healthy(http: httpx2.Client) -> bool:
    """Whether the server answers."""
    try:
        return http.get("/api/health").status_code == 200
    except httpx2.TransportError:
        return False


def trained(up: Service) -> Row:
    """The training that a build has triggered, once it is over."""
    (run,) = wait_for(lambda: runs_of(up, "train-strawberry"), "the training to be started")
    return ended(up, run["id"])


@pytest.mark.slow
def test_workers_share_a_build_and_make_the_same_bytes_as_one_process(tmp_path: Path, berry: Berry) -> None:
    texts = small(tmp_path / "recipes", more=SECOND)
    (tmp_path / "recipes" / "talks").mkdir()
    for text in sorted(texts.iterdir())[::2]:
        text.rename(tmp_path / "recipes" / "talks" / text.name)
    assert berry("build", tmp_path / "recipes" / "small.toml", "--home", tmp_path / "alone").returncode == 0
    with workers(tmp_path, 2, BERRY_ENGINE="workers", BERRY_WORKERS="2") as up:
        build = ended(up, up.start("build", recipe="small"))
        assert build["state_type"] == "COMPLETED", build["state"]
        parts = runs_of(up, "compute-partitions")
        assert {run["state_type"] for run in parts} == {"COMPLETED"}
        assert {run["parent_task_run_id"] is not None for run in parts} == {True}
        assert len(parts) == 10
        assert trained(up)["state_type"] == "COMPLETED"
    assert ["Beginning subflow run" in log.read_text() for log in tmp_path.glob("worker-*.log")] == [True, True]
    assert digests(up.home) == digests(tmp_path / "alone")


@pytest.mark.slow
def test_a_worker_runs_a_build_and_the_training_that_it_triggers(tmp_path: Path) -> None:
    small(tmp_path / "recipes")
    with workers(tmp_path, 1) as up:
        build = ended(up, up.start("build", recipe="small"))
        assert build["state_type"] == "COMPLETED", build["state"]
        assert trained(up)["state_type"] == "COMPLETED"
    assert (up.home / "reports" / "small.html").is_file()
