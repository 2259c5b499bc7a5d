"""Artifacts of a run: made once, kept up to date, and never a reason for the run to fail."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from typing import Any

import httpx2
import pytest
from prefect import flow
from prefect.context import SyncClientContext
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)

from flows.embedded import embedded_api
from flows.run_page import page as run_page
from flows.run_page import pages
from flows.run_page.page import RunPage
from flows.run_page.pages import Page
from flows.run_page.words import inert
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace


@pytest.fixture(scope="module")
def api() -> Iterator[httpx2.Client]:
    """A Prefect API that flows of this test run on, and a client of it."""
    with embedded_api() as server, httpx2.Client(base_url=server.address, timeout=30) as client:
        server.wait()
        settings = {PREFECT_API_URL: server.address, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, PREFECT_LOGGING_TO_API_ENABLED: False}
        with temporary_settings(settings):
            yield client


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the least time between two updates."""
    return lambda value: monkeypatch.setattr(run_page, "UPDATE_SECONDS", value)


def said(words: str) -> Page:
    return Page(words, f"# {words}")


def artifacts(api: httpx2.Client, key: str) -> list[dict[str, Any]]:
    """All artifacts of a key, the oldest first."""
    found = api.post("/artifacts/filter", json={"artifacts": {"key": {"any_": [key]}}}).json()
    return sorted(found, key=lambda artifact: artifact["created"])


def run(steps: Callable[[], None]) -> None:
    """A flow run that does these steps. Fails where the run does."""
    flow(name="steps")(steps)()


def test_an_artifact_is_made_once_and_then_kept_up_to_date(api: httpx2.Client, seconds: Callable[[float], None]) -> None:
    def steps() -> None:
        page = RunPage("once")
        for words in ("first", "second", "third"):
            page.show("ledger", lambda words=words: said(words))  # type: ignore[misc]

    seconds(0)
    run(steps)
    (artifact,) = artifacts(api, "ledger-once")
    assert (artifact["type"], artifact["description"], artifact["data"]) == ("markdown", "third", "# third")
    assert artifact["flow_run_id"]


def test_updates_that_come_too_soon_are_left_out_but_the_final_one_is_not(api: httpx2.Client, seconds: Callable[[float], None]) -> None:
    drawn: list[str] = []

    def draw(words: str) -> Page:
        drawn.append(words)
        return said(words)

    def steps() -> None:
        page = RunPage("soon")
        for words in ("first", "second", "third"):
            page.show("curve", partial(draw, words), final=words == "third")
        page.show("other", partial(draw, "of another key"))

    seconds(1_000)
    run(steps)
    assert drawn == ["first", "third", "of another key"]
    assert [artifact["description"] for artifact in artifacts(api, "curve-soon")] == ["third"]


def test_what_did_not_change_is_not_sent(api: httpx2.Client) -> None:
    changes: list[str] = []

    def steps() -> None:
        page = RunPage("same")
        for words in ("same", "same", "different"):
            page.show("ledger", partial(said, words), final=True)
            changes.append(artifacts(api, "ledger-same")[0]["updated"])

    run(steps)
    assert changes[0] == changes[1] < changes[2]


def test_a_key_keeps_one_version_of_every_run(api: httpx2.Client) -> None:
    for words in ("Monday", "Tuesday"):
        run(lambda words=words: RunPage("history").show("ledger", partial(said, words)))  # type: ignore[misc]
    assert [artifact["description"] for artifact in artifacts(api, "ledger-history")] == ["Monday", "Tuesday"]
    assert api.get("/artifacts/ledger-history/latest").json()["description"] == "Tuesday"


def test_a_page_that_a_subflow_shares_shows_on_the_subflow(api: httpx2.Client) -> None:
    page = RunPage("shared")

    def steps() -> None:
        page.show("ledger", partial(said, "outer"))
        run(lambda: page.show("ledger", partial(said, "inner")))

    run(steps)
    outer, inner = artifacts(api, "ledger-shared")
    assert outer["flow_run_id"] != inner["flow_run_id"]


def test_the_bar_moves_and_ends_at_the_end(api: httpx2.Client, seconds: Callable[[float], None]) -> None:
    told: list[dict[str, Any]] = []

    def steps() -> None:
        page = RunPage("bar")
        page.progress(12.34, "capture: 1 of 8, ![x](y)")
        told.extend(artifacts(api, "progress-bar"))
        page.progress(50, "too soon")
        told.extend(artifacts(api, "progress-bar"))
        page.progress(100, "done")
        told.extend(artifacts(api, "progress-bar"))

    seconds(1_000)
    run(steps)
    assert [(artifact["type"], float(artifact["data"])) for artifact in told] == [("progress", 12.3)] * 2 + [("progress", 100.0)]
    assert told[0]["description"] == inert("capture: 1 of 8, ![x](y)") != "capture: 1 of 8, ![x](y)"


def test_an_update_that_the_server_refuses_is_a_warning(
    api: httpx2.Client, seconds: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    def steps() -> None:
        page = RunPage("lost")
        page.show("ledger", partial(said, "first"))
        api.delete(f"/artifacts/{artifacts(api, 'ledger-lost')[0]['id']}").raise_for_status()
        page.show("ledger", partial(said, "second"))
        page.show("ledger", partial(said, "third"), final=True)

    seconds(0)
    run(steps)
    assert [record.levelname for record in caplog.records if "did not take ledger" in record.message] == ["WARNING"]


@contextmanager
def unreachable() -> Iterator[None]:
    """A block in which nothing answers at the address of Prefect's API."""
    token = SyncClientContext.__var__.set(None)  # type: ignore[arg-type]
    try:
        with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
            yield
    finally:
        SyncClientContext.__var__.reset(token)


def test_a_server_that_is_gone_does_not_fail_the_run_and_is_left_in_peace(
    api: httpx2.Client, seconds: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    drawn: list[str] = []

    def draw(words: str) -> Page:
        drawn.append(words)
        return said(words)

    def steps() -> None:
        page = RunPage("gone")
        with unreachable():
            for words in ("first", "second", "third"):
                page.show("ledger", partial(draw, words), final=words == "third")

    seconds(0)
    run(steps)
    assert drawn == ["first", "third"]
    assert len([record for record in caplog.records if "did not take ledger" in record.message]) == 1
    assert artifacts(api, "ledger-gone") == []


@pytest.mark.usefixtures("api")
def test_a_page_that_cannot_be_drawn_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run(lambda: RunPage("none").show("ledger", partial(pages.ledger, Workspace(tmp_path), "none")))
    assert [record.message for record in caplog.records if record.message.startswith("ledger could not be drawn: there is no warehouse")]


def test_outside_of_a_flow_run_nothing_is_drawn(api: httpx2.Client) -> None:
    def draw() -> Page:
        raise WorkspaceError("drawn")

    RunPage("outside").show("ledger", draw, final=True)
    RunPage("outside").progress(100, "done")
    assert artifacts(api, "progress-outside") == []
