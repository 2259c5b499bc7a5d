"""The service as a person with a browser meets it: forms, runs that move, the report, schedules, cancelling, SQL."""

import re
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect, sync_playwright

from tests.flows import services
from tests.flows.conftest import SAMPLE, TINY
from tests.flows.services import FINAL, PATIENCE, Service, wait_for
from warehouse.console import query
from warehouse.layout import Workspace

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or ""

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not CHROMIUM, reason="there is no Chromium here; `sh tests/setup.sh` installs it, as root on Debian"),
]

STATEMENT = "select source, captured, kept from ledger where recipe = 'tiny' order by source"
HEADINGS = {"tiny", "From captured to kept", "Domains before and after balance", "Compression", "Training", "Samples", "Provenance"}


def recipe(name: str, delay_seconds: float) -> str:
    """The tiny recipe under another name, with a pause between two pages of its site."""
    facts = TINY.replace("SAMPLE", str(SAMPLE)).replace('name = "tiny"', f'name = "{name}"')
    return facts.replace("delay_seconds = 0", f"delay_seconds = {delay_seconds}")


@pytest.fixture(scope="module")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service with two recipes: `tiny`, and `slow`, which takes minutes to capture."""
    folder = tmp_path_factory.mktemp("browser")
    recipes = folder / "recipes"
    recipes.mkdir()
    (recipes / "tiny.toml").write_text(recipe("tiny", 0.5))
    (recipes / "slow.toml").write_text(recipe("slow", 10))
    with services.service(folder / "home", recipes) as running:
        yield running


@pytest.fixture(scope="module")
def asked() -> list[str]:
    """Every address that the browser sent a request to."""
    return []


@pytest.fixture(scope="module")
def page(service: Service, asked: list[str]) -> Iterator[Page]:
    """One tab of one browser, for all tests."""
    expect.set_options(timeout=PATIENCE * 1000)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        tab = browser.new_page(base_url=service.address, viewport={"width": 1400, "height": 900})
        tab.set_default_timeout(PATIENCE * 1000)
        tab.on("request", lambda request: asked.append(request.url))
        yield tab
        browser.close()


def open_deployment(page: Page, name: str) -> None:
    """Goes to a deployment's page as a person does: from the start page, by the sidebar."""
    page.goto("/")
    page.get_by_role("link", name="Deployments").click()
    page.get_by_role("main").get_by_role("link", name=name, exact=True).first.click()


def open_form(page: Page, deployment: str) -> None:
    """Opens the form in which a run's parameters are given."""
    open_deployment(page, deployment)
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("menuitem", name="Custom run").click()


def choose_recipe(page: Page, name: str) -> None:
    """Picks a recipe from the list in a form."""
    page.get_by_label("Select recipe").click()
    page.get_by_role("option", name=name, exact=True).click()


def box(page: Page, title: str) -> Locator:
    """A box of a form by its title."""
    return page.get_by_label(f"{title} (Optional)", exact=True)


def submit(page: Page) -> str:
    """Sends a form and returns the id of the run that it made."""
    with page.expect_response("**/create_flow_run") as answer:
        page.get_by_role("button", name="Submit").click()
    assert answer.value.status == 201, answer.value.text()
    run_id: str = answer.value.json()["id"]
    return run_id


def open_artifact(page: Page, service: Service, run_id: str, key: str) -> None:
    """Goes from a run's page to the newest version of one of its artifacts: a page shows those that were there when it was loaded."""
    wait_for(lambda: key in artifacts(service, run_id), f"artifact {key}")
    page.goto(f"/v2/runs/flow-run/{run_id}")
    page.get_by_role("tab", name="Artifacts").click()
    page.get_by_role("link", name=key).click()
    page.get_by_role("main").locator("a[href*='/artifacts/artifact/']").first.click()
    expect(page.get_by_role("tab", name="Artifact", exact=True)).to_be_visible()


def percent(page: Page) -> float:
    """Where the bar stands on a progress artifact's page."""
    return float(page.get_by_text("Progress: ").inner_text().removeprefix("Progress: ").removesuffix("%"))


def artifacts(service: Service, run_id: str) -> set[str]:
    """The keys of a run's artifacts."""
    return {artifact["key"] for artifact in service.ask("POST", "/artifacts/filter", {"flow_runs": {"id": {"any_": [run_id]}}})}


def completed(service: Service, run_id: str) -> None:
    """Waits for a run to end well."""
    state = service.reaches(run_id, *FINAL)
    assert state["type"] == "COMPLETED", state["message"]


def named(service: Service, what: str) -> list[dict[str, Any]]:
    """The runs whose names begin with what they do."""
    return [run for run in service.runs() if run["name"].startswith(what)]


def schedules(service: Service) -> list[dict[str, Any]]:
    """The schedules of `curate`."""
    found: list[dict[str, Any]] = service.ask("GET", "/deployments/name/curate/curate")["schedules"]
    return found


@pytest.fixture(scope="module")
def build(page: Page) -> str:
    """A build that was started from its form with two fields changed."""
    open_form(page, "build")
    choose_recipe(page, "tiny")
    box(page, "Validation").fill("0.2")
    box(page, "Steps").fill("12")
    return submit(page)


def test_a_number_out_of_range_is_refused_in_the_form(page: Page) -> None:
    open_form(page, "build")
    expect(page.get_by_text("Updates of the weights. At least 1.")).to_be_visible()
    box(page, "Steps").fill("0")
    page.get_by_role("button", name="Submit").click()
    expect(box(page, "Steps")).to_be_focused()  # the browser points at what it refuses, and says why
    assert box(page, "Steps").evaluate("box => box.validationMessage") == "Value must be greater than or equal to 1."
    assert page.url.partition("?")[0].endswith("/run")


def test_a_run_gets_what_the_form_says_and_nothing_more(service: Service, build: str) -> None:
    (run,) = service.runs()  # the refused form made none
    assert run["id"] == build
    given = {name: value for name, value in run["parameters"].items() if value not in ({}, [], "", 0, False)}
    assert given == {"recipe": "tiny", "splits": {"validation": 0.2}, "training": {"steps": 12}}


def test_the_bar_of_a_run_moves(page: Page, service: Service, build: str) -> None:
    open_artifact(page, service, build, "progress-tiny")
    first = percent(page)
    assert first < 100

    def has_moved() -> bool:
        page.reload()
        return percent(page) > first

    wait_for(has_moved, "the bar to move")


def test_a_run_is_named_for_what_it_does(page: Page, service: Service, build: str) -> None:
    completed(service, build)
    page.goto(f"/v2/runs/flow-run/{build}")
    expect(page.get_by_text(re.compile(r"^build tiny \d{4}-\d\d-\d\d #1$"))).to_be_visible()
    expect(page.get_by_text("Completed", exact=True)).to_be_visible()
    expect(page.get_by_text(re.compile(r"^source lore: \d+ captured = \d+ kept \+ \d+ dropped \+ 0 failed$"))).to_be_visible()


def test_a_schedule_is_set_and_paused(page: Page, service: Service) -> None:
    open_deployment(page, "curate")
    page.get_by_role("button", name="Schedule", exact=True).click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Value").fill("6")
    dialog.get_by_role("combobox").click()
    page.get_by_role("option", name="Hours").click()
    choose_recipe(page, "tiny")
    box(page, "then_train").click()
    dialog.get_by_role("button", name="Save").click()
    expect(page.get_by_text("Every 6 hours")).to_be_visible()
    (schedule,) = schedules(service)
    assert (schedule["schedule"]["interval"], schedule["active"]) == (6 * 3600, True)
    assert schedule["parameters"] == {"recipe": "tiny", "then_train": True}

    page.get_by_role("switch", name="toggle Every 6 hours").click()
    wait_for(lambda: not schedules(service)[0]["active"], "the schedule to be paused")


def test_a_run_is_cancelled_and_leaves_no_process(page: Page, service: Service) -> None:
    open_form(page, "build")
    choose_recipe(page, "slow")
    run_id = submit(page)
    wait_for(lambda: services.workers(run_id), "the run's worker processes")
    page.goto(f"/v2/runs/flow-run/{run_id}")
    page.get_by_role("button", name="Open menu").click()
    page.get_by_role("menuitem", name="Cancel").click()
    page.get_by_role("button", name="Cancel Flow Run").click()
    service.reaches(run_id, "CANCELLED")
    wait_for(lambda: not services.of_run(run_id), "the run's processes to be gone")
    page.reload()
    expect(page.get_by_text("Cancelled", exact=True)).to_be_visible()


def test_a_statement_is_answered_as_a_table(page: Page, service: Service, build: str) -> None:
    completed(service, build)
    open_form(page, "query-warehouse")
    box(page, "statement").fill(STATEMENT)
    run_id = submit(page)
    completed(service, run_id)
    open_artifact(page, service, run_id, "answer")
    answer = query(Workspace(service.home), STATEMENT, limit=100)
    rows = page.get_by_role("row")
    expect(rows).to_have_count(len(answer.rows) + 1)
    assert rows.nth(0).get_by_role("columnheader").all_inner_texts() == list(answer.columns)
    shown = [row.get_by_role("cell").all_inner_texts() for row in rows.all()[1:]]
    assert shown == [[str(value) for value in row] for row in answer.rows]


def test_the_report_opens_from_the_page_of_the_run_that_wrote_it(page: Page, service: Service, build: str, asked: list[str]) -> None:
    completed(service, build)
    (training,) = wait_for(lambda: named(service, "train-strawberry tiny"), "the training that the build asked for")
    assert training["parameters"]["training"] == {"steps": 12}
    completed(service, training["id"])
    open_artifact(page, service, training["id"], "produced-tiny")
    page.get_by_role("link", name="read the report").click()
    expect(page.get_by_role("heading", name="tiny", exact=True)).to_be_visible()
    assert set(page.get_by_role("heading").all_inner_texts()) >= HEADINGS
    page.wait_for_load_state("networkidle")
    assert asked[-1] == page.url == f"{service.address}/reports/tiny.html"  # it is one file, and asks for nothing


def test_the_browser_is_sent_to_no_other_machine(service: Service, asked: list[str]) -> None:
    """Stands last: it looks at all that the others did."""
    assert {address for address in asked if not address.startswith((service.address, "data:", "blob:"))} == set()
