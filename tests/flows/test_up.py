"""The service as a person meets it: `berry up`, `berry status`, `berry down`, and what happens when a part of it dies."""

import json
import os
import signal
import socket
import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from websockets.exceptions import InvalidStatus
from websockets.sync.client import connect
from websockets.typing import Origin

from tests.flows.one_service import Service, answers, berry, lines_until, service_at, states_on_disk, up, wait_for

SECRET = "berry:a secret with spaces and a : colon"

REPORT = "<!doctype html><title>tiny</title>"

FOREIGN = "http://saltmarrow.test"


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """One service for all tests that leave it as it was."""
    home = tmp_path_factory.mktemp("service") / "home"
    (home / "reports").mkdir(parents=True)
    (home / "reports" / "tiny.html").write_text(REPORT)
    (home / "secret.html").write_text("not a report")
    (home / "reports" / "link.html").symlink_to(home / "secret.html")
    with up(home, PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS="1") as running:
        yield running


@pytest.fixture
def workspace(service: Service, tmp_path: Path) -> Iterator[Path]:
    """A workspace of its own whose service has been up before, so that it starts sooner."""
    prefect = tmp_path / "home" / "service" / "prefect"
    prefect.mkdir(parents=True)
    with sqlite3.connect(service.home / "service" / "prefect" / "prefect.db") as source, sqlite3.connect(prefect / "prefect.db") as target:
        source.backup(target)
    yield tmp_path / "home"
    berry("down", "--home", tmp_path / "home")


def test_the_ui_and_the_api_answer_at_one_address(service: Service) -> None:
    assert "<html" in service.http.get("/", follow_redirects=True, headers={"Accept": "text/html"}).text
    assert service.http.get("/api/health").json() is True
    names = {row["name"] for row in service.http.post("/api/deployments/filter", json={}).json()}
    assert {"build", "curate", "train-tokenizer", "write-shards", "train-strawberry"} <= names


def test_the_ui_finds_its_api_under_every_name_and_port(service: Service) -> None:
    assert service.http.get("/ui-settings").json()["api_url"] == "/api"


def test_a_report_is_served_so_that_nothing_in_it_can_run_or_be_fetched(service: Service) -> None:
    answer = service.http.get("/reports/tiny.html")
    assert answer.text == REPORT
    assert answer.headers["content-type"].startswith("text/html")
    assert answer.headers["content-security-policy"].startswith("default-src 'none'; style-src 'unsafe-inline'; img-src data:;")
    assert answer.headers["x-content-type-options"] == "nosniff"
    assert answer.headers["x-frame-options"] == "DENY"


OTHER_FILES = ["", "none.html", "link.html", "../secret.html", "..%2fsecret.html", "%2e%2e/secret.html", "/etc/hostname", "tiny.html/"]


@pytest.mark.parametrize("name", OTHER_FILES)
def test_nothing_but_reports_can_be_read(service: Service, name: str) -> None:
    host, port = service.address.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port))) as plain:  # a client would tidy the path up
        plain.sendall(f"GET /reports/{name} HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n".encode())
        answer = b"".join(iter(lambda: plain.recv(65536), b"")).decode()
    assert " 404 " in answer.splitlines()[0]
    assert "not a report" not in answer


@pytest.mark.parametrize(
    ("method", "headers"),
    [
        ("POST", {"Content-Type": "application/json"}),
        ("POST", {}),  # what a page may send without asking first, and Prefect takes for JSON
        ("OPTIONS", {"Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "content-type"}),
        ("GET", {}),
    ],
)
@pytest.mark.parametrize("origin", [FOREIGN, "null", "http://127.0.0.1:1"])
def test_pages_of_other_sites_cannot_use_the_api(service: Service, method: str, headers: dict[str, str], origin: str) -> None:
    before = service.http.post("/api/variables/count").json()
    body = json.dumps({"name": f"made_by_{method.lower()}", "value": 1}).encode()
    answer = service.http.request(method, "/api/variables/", content=body, headers={"Origin": origin, **headers})
    assert answer.status_code == 403
    assert "access-control-allow-origin" not in answer.headers
    assert service.http.post("/api/variables/count").json() == before


def test_pages_of_the_service_itself_can_use_the_api(service: Service) -> None:
    assert service.http.post("/api/flows/filter", json={}, headers={"Origin": service.address}).status_code == 200


def test_pages_of_other_sites_cannot_listen_to_events(service: Service) -> None:
    with (
        pytest.raises(InvalidStatus, match="403"),
        connect(f"ws{service.address.removeprefix('http')}/api/events/out", origin=Origin(FOREIGN)),
    ):
        pass


def test_a_page_that_gives_its_own_name_our_address_is_refused(service: Service) -> None:
    answer = service.http.get("/api/health", headers={"Host": f"saltmarrow.test:{service.address.rpartition(':')[2]}"})
    assert answer.status_code == 403
    assert "localhost" in answer.text


def test_old_runs_and_events_are_deleted_and_nothing_is_sent_home(service: Service) -> None:
    settings = service.http.get("/api/admin/settings").json()["server"]
    assert set(settings["services"]["db_vacuum"]["enabled"]) == {"events", "flow_runs"}
    assert settings["services"]["db_vacuum"]["retention_period"] == "P90D"
    assert settings["analytics_enabled"] is False
    assert settings["ui"]["show_promotional_content"] is False


def test_schedules_make_runs(service: Service) -> None:
    deployment = service.http.get("/api/deployments/name/curate/curate").json()["id"]
    schedule = {"active": True, "schedule": {"cron": "0 3 1 1 *", "timezone": "Europe/Vienna"}}
    (made,) = service.http.post(f"/api/deployments/{deployment}/schedules", json=[schedule]).json()
    try:
        wanted = {"deployments": {"id": {"any_": [deployment]}}, "flow_runs": {"state": {"type": {"any_": ["SCHEDULED"]}}}}
        assert wait_for(lambda: service.http.post("/api/flow_runs/filter", json=wanted).json())
        shown = berry("status", "--home", service.home).stdout
        assert "cron 0 3 1 1 * Europe/Vienna, active" in shown
        assert "next: " in shown
    finally:
        service.http.delete(f"/api/deployments/{deployment}/schedules/{made['id']}")


def test_a_second_service_in_the_workspace_is_refused_with_the_address_of_the_first(service: Service) -> None:
    done = berry("up", "--home", service.home, "--port", "0")
    assert done.returncode == 1
    assert f"is already up at {service.address} (process {service.pid})" in done.stderr


def test_a_port_in_use_is_named_with_the_option_that_takes_another(service: Service, tmp_path: Path) -> None:
    port = service.address.rpartition(":")[2]
    done = berry("up", "--home", tmp_path, "--port", port)
    assert done.returncode == 1
    assert f"another program listens at port {port} " in done.stderr
    assert f"--port {int(port) + 1}" in done.stderr


def test_listening_to_other_machines_demands_a_password(tmp_path: Path) -> None:
    done = berry("up", "--home", tmp_path, "--port", "0", "--host", "0.0.0.0")
    assert done.returncode == 1
    assert "export PREFECT_SERVER_API_AUTH_STRING=somebody:a-long-password" in done.stderr


def test_a_server_that_is_there_already_is_used(service: Service, workspace: Path) -> None:
    there = {"PREFECT_API_URL": f"{service.address}/api"}
    done = berry("up", "--home", workspace, "--detach", **there)
    assert f"is up at {service.address}" in done.stdout, done.stderr
    other = service_at(workspace)
    assert "runner is alive" in " ".join(berry("status", "--home", workspace).stdout.split())
    assert not [words for words in other.processes().values() if "flows.server" in words]
    assert "has ended" in berry("down", "--home", workspace).stdout
    assert not other.processes()


def test_what_is_killed_comes_back_at_the_same_address(service: Service) -> None:
    run = service.run_build()
    runner, server = service.child("flows.service_runner"), service.child("flows.server")

    os.kill(server, signal.SIGKILL)
    wait_for(lambda: answers(service.http))
    assert service.child("flows.server") != server
    assert service.child("flows.service_runner") == runner
    assert service.state(run)["type"] == "RUNNING"  # it did not notice

    os.kill(runner, signal.SIGKILL)
    state = wait_for(lambda: (state := service.state(run))["type"] == "CRASHED" and state)
    # said by the runner that came after, or by the run itself as it ended with its own
    assert "its process is gone" in state["message"] or "aborted" in state["message"]
    assert service.child("flows.service_runner") != runner
    assert len(service.zombie_automations()) == 1


@pytest.mark.slow
def test_a_server_that_has_grown_too_large_is_started_anew_and_nobody_notices(workspace: Path) -> None:
    with up(workspace, BERRY_SERVER_MEGABYTES="1") as grown:
        assert grown.terminal is not None
        assert "the server had grown to" in lines_until("it is started again", grown.terminal)
        wait_for(lambda: answers(grown.http))


def test_a_service_in_the_background_with_a_password(workspace: Path) -> None:
    (workspace / "reports").mkdir()
    (workspace / "reports" / "tiny.html").write_text(REPORT)
    password = {"PREFECT_SERVER_API_AUTH_STRING": SECRET}
    assert "No service of" in berry("down", "--home", workspace).stdout
    assert berry("status", "--home", workspace).returncode == 3
    said = berry("up", "--home", workspace, "--port", "0", "--host", "0.0.0.0", "--detach", **password)
    service = service_at(workspace, auth=tuple(SECRET.split(":", 1)))  # type: ignore[arg-type]
    nobody = service_at(workspace)
    shown = berry("status", "--home", workspace, **password).stdout

    assert nobody.http.get("/reports/tiny.html").status_code == 401
    assert nobody.http.get("/reports/tiny.html").headers["www-authenticate"].startswith("Basic")
    assert nobody.http.get("/reports/tiny.html", auth=("berry", "guessed")).status_code == 401
    assert service.http.get("/reports/tiny.html").text == REPORT
    assert nobody.http.post("/api/flows/filter", json={}).status_code == 401
    assert "wants a password" in berry("status", "--home", workspace).stdout
    assert "runner is alive" in " ".join(shown.split())
    written = "".join(path.read_text() for path in (workspace / "service").glob("service*"))
    assert SECRET.split(":", 1)[1] not in said.stdout + said.stderr + shown + written

    run = service.run_build()
    os.kill(service.pid, signal.SIGKILL)
    wait_for(lambda: not service.processes(), 5)
    assert ("RUNNING", "None") in states_on_disk(workspace)
    assert berry("status", "--home", workspace).returncode == 3

    assert berry("up", "--home", workspace, "--port", "0", "--detach").returncode == 0
    again = service_at(workspace)
    assert "the service or its machine was stopped" in again.state(run)["message"]
    assert len(again.zombie_automations()) == 1
    assert "has ended" in berry("down", "--home", workspace).stdout
    assert not again.processes()


def test_ctrl_c_ends_the_runs_the_runner_and_the_server(service: Service) -> None:
    """Stands last: it ends the service that the others use."""
    assert service.terminal
    service.run_build()
    assert len(service.processes()) >= 4
    service.terminal.send_signal(signal.SIGINT)
    assert "goes on when it is retried" in lines_until("has ended", service.terminal)
    assert service.terminal.wait(30) == 0
    assert not service.processes()
    states = states_on_disk(service.home)
    assert ("CRASHED", "the service was stopped. Retry to go on.") in states
    assert not {kind for kind, _ in states} & {"RUNNING", "PENDING", "CANCELLING"}
