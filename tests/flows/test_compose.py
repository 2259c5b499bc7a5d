"""compose.yaml, as far as it can be held against facts without Docker: names, settings and command lines that exist."""

import re
import shlex
import tomllib
from importlib import import_module
from typing import Any

import pytest
import yaml
from prefect.cli._app import _app as prefect_cli
from prefect.settings.legacy import _get_settings_fields
from prefect.settings.models.root import Settings

from tests.flows.conftest import ROOT

TEXT = (ROOT / "compose.yaml").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load(TEXT)
SERVICES: dict[str, dict[str, Any]] = COMPOSE["services"]
OURS = {name: service for name, service in SERVICES.items() if "build" in service}
EXAMPLE = (ROOT / "deploy" / "env.example").read_text()


def commands(program: str) -> list[list[str]]:
    """The arguments of every command of a program that some service runs."""
    found = []
    for service in OURS.values():
        command = service["command"]
        lines = command[2].split("&&") if command[:2] == ["sh", "-c"] else [shlex.join(command)]
        words = [shlex.split(line) for line in lines]
        found += [[word for word in line[1:] if word != "--no-prompt"] for line in words if line[0] == program]
    return found


def test_a_secret_has_no_default_and_its_absence_is_an_error() -> None:
    required = set(re.findall(r"\$\{(\w+):\?", TEXT))
    assert required == set(re.findall(r"^(\w+)=$", EXAMPLE, re.MULTILINE))
    for line in re.findall(r".*(?:PASSWORD|AUTH_STRING).*:.*", TEXT):
        assert re.search(r"\$\{BERRY_\w+:\?", line), line


def test_ports_are_published_to_this_machine_alone() -> None:
    assert [port for service in SERVICES.values() for port in service.get("ports", []) if not port.startswith("127.0.0.1:")] == []


def test_the_port_by_which_code_can_be_run_is_published_nowhere() -> None:
    assert not any(port.endswith(":8786") for service in SERVICES.values() for port in service.get("ports", []))


def test_images_are_pinned_to_a_full_version() -> None:
    base = re.findall(r"^FROM (\S+)", (ROOT / "deploy" / "Dockerfile").read_text(), re.MULTILINE)
    images = [service["image"] for service in SERVICES.values()] + base
    assert [image for image in images if not re.search(r":\d+\.\d+(\.\d+)?(-[\w-]+)?$", image)] == []


def test_our_image_has_the_version_of_the_product() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    assert {service["image"] for service in OURS.values()} == {f"berrypatch:{project['version']}"}


def test_what_is_waited_for_exists_and_can_say_that_it_is_ready() -> None:
    for name, service in SERVICES.items():
        for other, how in service.get("depends_on", {}).items():
            assert other in SERVICES, f"{name} waits for {other}"
            assert how["condition"] != "service_healthy" or "healthcheck" in SERVICES[other], f"{other} has no health check"


def test_named_volumes_are_declared() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", []) if isinstance(mount, str)]
    named = {mount.split(":")[0] for mount in mounts if not mount.startswith(".")}
    assert named == set(COMPOSE["volumes"])


def test_files_that_are_named_are_there() -> None:
    mounts = [mount for service in SERVICES.values() for mount in service.get("volumes", []) if isinstance(mount, str)]
    named = [mount.split(":")[0] for mount in mounts if mount.startswith(".")]
    scripts = [arguments[0] for arguments in commands("python")]
    dockerfiles = [service["build"]["dockerfile"] for service in OURS.values()]
    assert [name for name in [*named, *scripts, *dockerfiles] if not (ROOT / name).is_file()] == []


def test_the_image_holds_every_floor_and_the_deployments() -> None:
    kept = re.findall(r"^!(\S+)", (ROOT / "deploy" / "Dockerfile.dockerignore").read_text(), re.MULTILINE)
    floors = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests"}
    assert floors | {"prefect.yaml", *(arguments[0] for arguments in commands("python"))} <= set(kept)


def test_every_prefect_variable_is_a_setting_of_the_installed_prefect() -> None:
    known = {name.upper() for name in _get_settings_fields(Settings)}
    named = {name for service in OURS.values() for name in service.get("environment", {}) if name.startswith("PREFECT_")}
    assert named - known == set()


@pytest.mark.parametrize("arguments", commands("prefect"), ids=" ".join)
def test_a_prefect_command_is_one_that_the_installed_prefect_takes(arguments: list[str]) -> None:
    prefect_cli.parse_args(arguments, exit_on_error=False, print_error=False)


@pytest.mark.parametrize("arguments", commands("dask"), ids=" ".join)
def test_a_dask_command_is_one_that_the_installed_dask_takes(arguments: list[str]) -> None:
    pytest.importorskip("distributed")
    command = import_module(f"distributed.cli.dask_{arguments[0]}").main
    command.make_context(arguments[0], arguments[1:])


def test_the_worker_polls_the_pool_that_is_made_and_deployed_to() -> None:
    pools = {arguments[2] for arguments in commands("prefect") if arguments[:2] == ["work-pool", "create"]}
    polled = {arguments[arguments.index("--pool") + 1] for arguments in commands("prefect") if "--pool" in arguments}
    deployed = {each["work_pool"]["name"] for each in yaml.safe_load((ROOT / "prefect.yaml").read_text())["deployments"]}
    assert pools == polled == deployed


def test_as_many_dask_workers_are_announced_as_there_are() -> None:
    workers = [name for name in SERVICES if name.startswith("dask-worker")]
    assert SERVICES["worker"]["environment"]["BERRY_WORKERS"] == len(workers)
