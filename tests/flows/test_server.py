"""The flows on a real service, started as its UI starts them: what follows what, what is refused, what a run says."""

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import pytest

from flows.events import SHARDS_PUBLISHED, SNAPSHOT_CHANGED, TRIGGERS
from flows.service_api import Api
from flows.stages import CURATION
from tests.flows.conftest import SAMPLE
from tests.flows.services import FINAL, Service, service, wait_for
from tests.flows.small import QUICK, Row, deployment, ended, runs_of, small
from warehouse.console import query
from warehouse.digests import sha256_file
from warehouse.layout import Workspace

MISSING = """
name = "missing"
[[sources]]
kind = "files"
id = "x"
domain = "lore"
path = "nowhere"
"""

TOLERANT = "\n[retrain]\ntolerance = 0.5\n"

REFUSED = [
    "copy (select 1) to '/tmp/berrypatch-test.csv'",
    "attach '/tmp/berrypatch-test.duckdb'",
    "select * from read_csv('/etc/passwd')",
    "create table mine as select 1",
]


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe that is trained again only after large changes, and one of a source that is not there."""
    folder = tmp_path_factory.mktemp("server") / "recipes"
    small(folder, more=TOLERANT)
    (folder / "missing.toml").write_text(MISSING)
    return folder


@pytest.fixture(scope="module")
def up(recipes: Path) -> Iterator[Service]:
    """A service with these recipes."""
    with service(recipes.parent / "home", recipes, **QUICK) as made:
        yield made


@dataclass(frozen=True)
class Chain:
    """A curation and what it has started."""

    curation: Row
    shards: list[Row]
    trainings: list[Row]


def curated(up: Service) -> Row:
    """Curates the recipe, as one that is to train afterwards."""
    return ended(up, up.start("curate", recipe="small", then_train=True))


def all_ended(up: Service, flow: str, count: int) -> list[Row]:
    """The runs of a flow, once there are so many and all of them are over."""

    def found() -> list[Row]:
        rows = runs_of(up, flow)
        return rows if len(rows) == count and all(row["state_type"] in FINAL for row in rows) else []

    return wait_for(found, f"{count} runs of {flow} to end")


def events(up: Service, name: str) -> list[Row]:
    """The events of a name, the latest first."""
    wanted = {"filter": {"event": {"name": [name]}, "occurred": {"since": "2020-01-01T00:00:00Z"}}}
    rows: list[Row] = up.ask("POST", "/events/filter", wanted)["events"]
    return rows


def asked_for(up: Service) -> int:
    """How often shards or a training were asked for by an event, once the server knows all that finished runs have sent."""
    name, now = f"test.{uuid4()}", f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}"
    up.ask("POST", "/events", [{"event": name, "id": str(uuid4()), "occurred": now, "resource": {"prefect.resource.id": "test"}}])
    wait_for(lambda: events(up, name), "an event that was sent after all others")
    return len(events(up, SNAPSHOT_CHANGED)) + len(events(up, SHARDS_PUBLISHED))


@pytest.fixture(scope="module")
def first(up: Service) -> Chain:
    """The first curation of the recipe, and what follows it."""
    curation = curated(up)
    return Chain(curation, all_ended(up, "write-shards", 1), all_ended(up, "train-strawberry", 1))


def test_a_first_snapshot_starts_shards_and_the_training_by_their_triggers(up: Service, first: Chain) -> None:
    runs = [first.curation, *first.shards, *first.trainings]
    assert [run["state_type"] for run in runs] == ["COMPLETED"] * 3, [run["state"] for run in runs]
    assert [run["created_by"]["type"] for run in runs[1:]] == ["AUTOMATION"] * 2
    assert up.http.get("/reports/small.html").status_code == 200


def test_a_run_is_named_after_what_it_does_the_recipe_the_day_and_its_number(first: Chain) -> None:
    for run, flow in ((first.curation, "curate"), (first.shards[0], "write-shards"), (first.trainings[0], "train-strawberry")):
        assert re.fullmatch(rf"{flow} small \d{{4}}-\d\d-\d\d #1", run["name"]), run["name"]


def test_a_run_can_be_read_from_its_log(up: Service, first: Chain) -> None:
    up.says(first.curation["id"], "shards and training follow")
    lines = up.log(first.curation["id"]).splitlines()
    stages = [stage.name for stage in CURATION]
    assert [word for line in lines if (word := line.partition(":")[0]) in stages] == stages
    assert "source texts: 17 captured = 17 kept + 0 dropped + 0 failed" in lines
    assert "there is no model yet: shards and training follow" in lines


@pytest.fixture(scope="module")
def unchanged(up: Service, first: Chain) -> Row:  # noqa: ARG001 (it goes before)
    """A curation of the same texts."""
    return curated(up)


def test_a_curation_with_nothing_new_ends_as_such_and_starts_nothing(up: Service, unchanged: Row) -> None:
    assert (unchanged["state_type"], unchanged["state_name"]) == ("COMPLETED", "Unchanged"), (unchanged["state"], up.log(unchanged["id"]))
    assert asked_for(up) == 2


def test_a_run_that_is_cancelled_when_it_has_just_completed_is_shown_as_completed(up: Service, unchanged: Row) -> None:
    up.cancel(unchanged["id"])
    assert up.reaches(unchanged["id"], "COMPLETED")["name"] == "Unchanged"


def test_a_run_whose_process_was_still_there_when_it_was_cancelled_is_shown_as_completed(up: Service, unchanged: Row) -> None:
    """As Prefect's runner leaves it: it ends the process, and says Cancelled."""
    with Api(f"{up.address}/api") as api:
        api.set_state(unchanged["id"], "Cancelling", "")
        api.set_state(unchanged["id"], "Cancelled", "")
    assert up.reaches(unchanged["id"], "COMPLETED")["name"] == "Unchanged"


@pytest.fixture(scope="module")
def within(up: Service, recipes: Path, unchanged: Row) -> Row:  # noqa: ARG001 (it goes before)
    """A curation after a small change."""
    for text in sorted((recipes / "texts").iterdir())[:2]:
        text.write_text(text.read_text() + "\nThe harbour bell was rung twice for the eel boats, and nobody came.\n")
    return curated(up)


def test_a_change_within_the_tolerance_makes_a_snapshot_and_starts_nothing(up: Service, within: Row) -> None:
    assert within["state_name"] == "Completed"
    up.says(within["id"], "nothing is trained")
    said = re.search(r"^(.*)% of the training text differs .* \(tolerance 50.0%\): nothing is trained$", up.log(within["id"]), re.MULTILINE)
    assert said
    assert 0 < float(said[1]) < 50
    assert asked_for(up) == 2


@pytest.mark.slow
@pytest.mark.usefixtures("within")
def test_a_change_beyond_the_tolerance_trains_and_the_same_snapshot_never_trains_twice(up: Service, recipes: Path) -> None:
    for text in (recipes / "texts").iterdir():
        text.unlink()
    for text in SAMPLE.glob("lore/[h-jm-z]*.md"):
        (recipes / "texts" / text.name).write_bytes(text.read_bytes())
    assert curated(up)["state_name"] == "Completed"
    event = events(up, SNAPSHOT_CHANGED)[0]
    again = {name: event[name] for name in ("event", "resource", "payload", "occurred")}
    up.ask("POST", "/events", [{**again, "id": str(uuid4())}])
    assert [run["state_type"] for run in all_ended(up, "write-shards", 3)] == ["COMPLETED"] * 3
    assert [run["state_type"] for run in all_ended(up, "train-strawberry", 3)] == ["COMPLETED"] * 3
    assert trainings(up) == ["done", "done", "skipped"]

    model = up.home / "models" / "small" / "model.safetensors"
    before = sha256_file(model)
    assert ended(up, up.start("train-strawberry", recipe="small", again=True))["state_type"] == "COMPLETED"
    assert trainings(up) == ["done", "done", "skipped", "done"]
    assert sha256_file(model) == before


@pytest.mark.slow
def test_with_the_trigger_switched_off_a_training_is_not_noted_as_asked_for(up: Service, recipes: Path) -> None:
    switch(up, on=False)
    small(recipes, "off")
    form = "parameter_openapi_schema"
    wait_for(lambda: "off" in deployment(up, "train-strawberry")[form]["properties"]["recipe"]["enum"], "the recipe to be offered")
    first = ended(up, up.start("curate", recipe="off", then_train=True))
    up.says(first["id"], "nothing was started that would train on it")
    switch(up, on=True)
    second = ended(up, up.start("curate", recipe="off", then_train=True))
    up.says(second["id"], "shards and training follow")


def switch(up: Service, on: bool) -> None:
    """Switches the trigger on or off that has shards written for a changed snapshot, as its page in the UI does."""
    (trigger,) = [row for row in up.ask("POST", "/automations/filter", {}) if row["name"] == TRIGGERS[SNAPSHOT_CHANGED]]
    up.ask("PATCH", f"/automations/{trigger['id']}", {"enabled": on})


def trainings(up: Service) -> list[str]:
    """What became of the stage in each training of the recipe."""
    rows = query(Workspace(up.home), "select status from runs where recipe = 'small' and stage = 'training' order by started").rows
    return [str(status) for (status,) in rows]


@pytest.mark.usefixtures("first")
def test_a_variant_leaves_the_tables_of_the_recipe_as_they_are(up: Service) -> None:
    def tables(recipe: str) -> dict[str, str]:
        files = (up.home / "tables").glob(f"*/recipe={recipe}/*.parquet")
        return {str(path): sha256_file(path) for path in files if path.parts[-3] != "runs"}

    before = tables("small")
    threshold = {"domain": "lore", "rule": "min_words", "value": 500}
    run = ended(up, up.start("curate", recipe="small", save_as="variant", quality=[threshold]))
    assert run["state_type"] == "COMPLETED", run["state"]
    assert run["name"].startswith("curate variant ")
    assert tables("small") == before
    assert len(tables("variant")) > 5


def test_a_fault_of_the_recipe_shows_as_its_message_without_a_traceback(up: Service) -> None:
    run = ended(up, up.start("curate", recipe="missing"))
    assert run["state_type"] == "FAILED"
    assert "nowhere does not exist" in run["state"]["message"]
    up.says(run["id"], "nowhere does not exist")
    assert "Traceback" not in up.log(run["id"])


@pytest.mark.usefixtures("first")
def test_a_question_is_answered_as_a_table(up: Service) -> None:
    run = ended(up, up.start("query-warehouse", statement="select source, captured, kept from ledger where recipe = 'small'"))
    assert run["state_type"] == "COMPLETED", run["state"]
    (answer,) = up.ask("POST", "/artifacts/filter", {"artifacts": {"flow_run_id": {"any_": [run["id"]]}}})
    assert (answer["key"], answer["type"]) == ("answer", "table")
    assert '"source": "texts"' in answer["data"]


@pytest.mark.usefixtures("first")
def test_a_question_can_only_read_and_only_the_warehouse(up: Service) -> None:
    runs = [ended(up, run) for run in [up.start("query-warehouse", statement=statement) for statement in REFUSED]]
    assert [run["state_type"] for run in runs] == ["FAILED"] * len(REFUSED)
    messages = [run["state"]["message"] for run in runs]
    assert not [message for message in messages if "Error" in message or "Traceback" in message]
    assert not [run for run in runs if "Traceback" in up.log(run["id"])]
    assert not list(Path("/tmp").glob("berrypatch-test.*"))


def test_a_workspace_outside_of_what_the_service_may_use_is_refused(up: Service) -> None:
    run = ended(up, up.start("curate", recipe="small", home="/etc"))
    assert run["state_type"] == "FAILED"
    assert "is outside of what this service may use" in run["state"]["message"]


@pytest.mark.parametrize(
    ("flow", "parameters", "field"),
    [
        ("curate", {"recipe": "/etc/passwd"}, "recipe"),
        ("curate", {"quality": [{"domain": "lore", "rule": "min_words", "value": -1}]}, "value"),
        ("curate", {"splits": {"validation": 2}}, "validation"),
        ("train-strawberry", {"training": {"steps": 0}}, "steps"),
        ("train-strawberry", {"training": {"stops": 5}}, "stops"),
        ("train-tokenizer", {"tokenizer": {"pattern": "gpt9"}}, "pattern"),
        ("curate", {"recepi": "small"}, "recepi"),
        ("build", {"recipe": "small", "workers": -3}, "workers"),
    ],
)
def test_a_parameter_that_breaks_a_rule_is_refused_on_submit_by_its_name(up: Service, flow: str, parameters: Row, field: str) -> None:
    address = f"/api/deployments/{deployment(up, flow)['id']}/create_flow_run"
    answer = up.http.post(address, json={"parameters": parameters})
    assert answer.status_code == 409, answer.text
    assert field in answer.json()["detail"]


def test_runs_that_are_submitted_side_by_side_are_all_taken(up: Service) -> None:
    """SQLite is asked for its lock at once; asked in the middle of a transaction it refuses most of these."""

    def submit(_: int) -> int:
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": "2100-01-01T00:00:00Z"}}
        answer = up.http.post(address, json={"state": state})
        up.http.post(f"/api/flow_runs/{answer.json().get('id')}/set_state", json={"state": {"type": "CANCELLED"}, "force": True})
        return answer.status_code

    address = f"/api/deployments/{deployment(up, 'query-warehouse')['id']}/create_flow_run"
    with ThreadPoolExecutor(4) as threads:
        assert set(threads.map(submit, range(60))) == {201}
    assert "database is locked" not in (up.home / "service" / "server.log").read_text()
