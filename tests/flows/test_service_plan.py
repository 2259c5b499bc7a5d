"""How the processes of a service are set up."""

from pathlib import Path

import pytest

from flows.service_plan import Plan, plan, runner_environment, server_environment
from warehouse.errors import WorkspaceError


@pytest.fixture(autouse=True)
def nothing_set(monkeypatch: pytest.MonkeyPatch) -> None:
    """The environment of somebody who has set nothing."""
    for name in ("PREFECT_API_URL", "PREFECT_HOME", "PREFECT_SERVER_API_AUTH_STRING", "BERRY_RECIPES"):
        monkeypatch.delenv(name, raising=False)


def planned(home: Path, recipes: Path | None = None, host: str = "127.0.0.1") -> Plan:
    """A service at a port of no importance."""
    return plan(home, recipes, host, 4300)


def test_two_services_never_share_a_database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_HOME", str(tmp_path / "everybodys"))
    homes = {name: planned(tmp_path / name) for name in ("one", "other")}
    for name, service in homes.items():
        own = str((tmp_path / name / "service" / "prefect").resolve())
        assert server_environment(service)["PREFECT_HOME"] == runner_environment(service)["PREFECT_HOME"] == own


def test_a_setting_of_prefects_that_somebody_made_is_kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PREFECT_SERVER_LOGGING_LEVEL", "DEBUG")
    assert server_environment(planned(tmp_path))["PREFECT_SERVER_LOGGING_LEVEL"] == "DEBUG"


def test_the_runner_is_told_the_address_of_a_server_that_is_there_already_and_a_server_of_ours_is_not(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_API_URL", "http://prefect.test:4200/api")
    assert runner_environment(planned(tmp_path))["PREFECT_API_URL"] == "http://prefect.test:4200/api"
    assert "PREFECT_API_URL" not in server_environment(planned(tmp_path))


def test_a_server_that_everybody_may_reach_is_opened_in_a_browser_by_a_name_of_this_machine(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", "somebody:secret")
    assert planned(tmp_path, host="0.0.0.0").address == "http://127.0.0.1:4300"
    assert planned(tmp_path, host="::").address == "http://[::1]:4300"


@pytest.mark.parametrize("secret", ["", "somebody", "somebody:", ":secret"])
def test_a_server_that_everybody_may_reach_wants_a_name_and_a_password(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, secret: str
) -> None:
    monkeypatch.setenv("PREFECT_SERVER_API_AUTH_STRING", secret)
    with pytest.raises(WorkspaceError, match=r"password"):
        planned(tmp_path, host="0.0.0.0")


def test_a_folder_of_recipes_that_is_not_there_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="no such folder of recipes"):
        planned(tmp_path, tmp_path / "nowhere")


@pytest.mark.parametrize("asked", ["0", "1GB", "-5", ""])
def test_a_limit_of_the_servers_memory_is_a_whole_number(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, asked: str) -> None:
    monkeypatch.setenv("BERRY_SERVER_MEGABYTES", asked)
    with pytest.raises(WorkspaceError, match=r"BERRY_SERVER_MEGABYTES is '.*'; it is a whole number of megabytes"):
        planned(tmp_path)
