"""Stop, resume and retry: runs of a real service are cancelled, killed and retried as people and machines do it."""

import os
import shutil
import signal
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import duckdb
import pytest

from flows.isolation import DETAIL
from tests.flows.artifacts import digests, start_build
from tests.flows.conftest import SAMPLE
from tests.flows.services import Service, of_run, own_process, send, service, wait_for, workers
from tests.flows.unruly_recipes import CRASH, LORE, Site, files, recipe, web, write_documents, write_texts

pytestmark = pytest.mark.slow

CANCEL_SECONDS = 10
"""What the product promises."""


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    """A site for the length of this module."""
    with Site() as made:
        threading.Thread(target=made.serve_forever, daemon=True).start()
        yield made
        made.shutdown()


@pytest.fixture(scope="module")
def recipes(site: Site, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of recipes that the service offers."""
    folder = tmp_path_factory.mktemp("recipes")
    recipe(folder, "small", *(files(str(SAMPLE / kind)) | {"id": kind} for kind in ("lore", "talks")))
    write_texts(folder / "large")
    recipe(folder, "large", files("large"))
    recipe(folder, "shelves", *(web(f"shelf-{shelf}", site, LORE[shelf::8], shelf + 1) for shelf in range(8)))
    write_documents(folder / "documents")
    recipe(folder, "documents", files("documents"))
    lenient = {"on_failure": "continue"}
    recipe(folder, "lenient", web("site", site, LORE[:20]) | lenient, files("absent") | lenient)
    recipe(folder, "strict", web("site", site, LORE[:20]), files("absent"))
    return folder


@pytest.fixture(scope="module")
def undisturbed(recipes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of an undisturbed build of the small recipe."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    assert start_build(home, recipes / "small.toml").wait(300) == 0
    return home


@pytest.fixture(scope="module")
def running(recipes: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """The service of this module. Tests give it workspaces of their own inside its own."""
    folder = tmp_path_factory.mktemp("service")
    injected = folder / "injected"
    injected.mkdir()
    (injected / "sitecustomize.py").write_text(CRASH)
    path = os.pathsep.join(filter(None, [str(injected), os.environ.get("PYTHONPATH")]))
    with service(folder / "home", recipes, PYTHONPATH=path, PREFECT_RUNNER_POLL_FREQUENCY="1") as started:
        yield started


@pytest.fixture
def home(running: Service, request: pytest.FixtureRequest) -> Path:
    """A workspace of this test's own, inside the service's."""
    return running.home / request.node.name[:60]


def finished(home: Path, stage: str) -> dict[Path, tuple[int, int]]:
    """The finished outputs of a stage, with what tells a file from one that was written anew."""
    return {path: (path.stat().st_ino, path.stat().st_mtime_ns) for path in (home / "store" / stage).glob("*/manifest.json")}


def checkpoints(home: Path) -> dict[int, int]:
    """The checkpoints of a training under way: their steps and inodes."""
    found = {}
    for path in home.glob("checkpoints/*/step-*"):
        try:
            found[int(path.name.removeprefix("step-"))] = path.stat().st_ino
        except FileNotFoundError:
            continue  # a newer one took its place
    return found


def rows(home: Path, statement: str) -> list[tuple[Any, ...]]:
    """The answer of a workspace to a statement."""
    with duckdb.connect(str(home / "warehouse.duckdb"), read_only=True) as connection:
        return connection.execute(statement).fetchall()


def test_cancelling_ends_a_curation_and_its_workers(running: Service, home: Path) -> None:
    run = running.start("curate", recipe="large", home=str(home))
    wait_for(lambda: finished(home, "extract"), "the workers to be busy")
    assert len(workers(run)) == 2
    running.cancel(run)
    wait_for(lambda: not of_run(run), "its processes to be gone", CANCEL_SECONDS)
    assert running.reaches(run, "CANCELLED", "CRASHED", "FAILED")["type"] == "CANCELLED"


@pytest.mark.slow
def test_cancelling_ends_a_training_and_a_retry_goes_on_from_its_last_checkpoint(running: Service, home: Path, undisturbed: Path) -> None:
    shutil.copytree(undisturbed, home)
    run = running.start("train-strawberry", recipe="small", home=str(home), again=True)
    wait_for(lambda: checkpoints(home), "a checkpoint")
    running.cancel(run)
    wait_for(lambda: not of_run(run), "its process to be gone", CANCEL_SECONDS)
    assert running.reaches(run, "CANCELLED", "CRASHED", "FAILED")["type"] == "CANCELLED"
    before, seen = checkpoints(home), dict[int, int]()

    running.retry(run)
    wait_for(lambda: seen.update(checkpoints(home)) or running.state(run)["type"] == "COMPLETED", "the retry to end", pause=0.02)
    assert max(seen) > max(before)
    assert {step: inode for step, inode in seen.items() if step <= max(before)} == before
    assert digests(home) == digests(undisturbed)


def test_a_killed_flow_takes_its_workers_along_and_a_retry_does_the_rest(running: Service, home: Path, undisturbed: Path) -> None:
    run = running.start("curate", recipe="small", home=str(home))
    wait_for(lambda: finished(home, "clean"), "a few finished partitions")
    flow = own_process(run)
    assert flow
    send(signal.SIGKILL, flow)
    wait_for(lambda: not of_run(run), "its workers to be gone")
    assert running.reaches(run, "CRASHED", "FAILED", "COMPLETED")["type"] == "CRASHED"
    kept = {stage: finished(home, stage) for stage in ("capture", "extract", "clean")}

    running.retry(run)
    assert running.reaches(run, "COMPLETED", "FAILED")["type"] == "COMPLETED"
    assert all(kept[stage].items() <= finished(home, stage).items() for stage in kept)
    assert digests(home).items() <= digests(undisturbed).items()
    assert rows(home, "select count(*) from corpus") == rows(undisturbed, "select count(*) from corpus")


def test_a_killed_worker_costs_its_batch_an_attempt_and_the_others_nothing(running: Service, home: Path, site: Site) -> None:
    site.seconds = 0.25
    run = running.start("curate", recipe="shelves", home=str(home), workers=2)
    wait_for(lambda: len(finished(home, "capture")) >= 4, "the first source of each batch")
    send(signal.SIGKILL, min(workers(run)))
    before = finished(home, "capture")
    assert running.reaches(run, "COMPLETED", "FAILED")["type"] == "COMPLETED"
    assert len(before) < 8
    assert before.items() <= finished(home, "capture").items()
    attempts = sorted(task["run_count"] for task in running.tasks(run) if task["name"].startswith("capture "))
    assert attempts == [*[1] * 7, 2]
    done = rows(home, "select partition, status, count(*) from runs where stage = 'capture' group by all order by all")
    assert done == [(f"shelf-{shelf}", "done", 1) for shelf in range(8)]


@pytest.mark.slow
def test_a_killed_server_comes_back_and_the_run_goes_on(running: Service, home: Path, site: Site) -> None:
    site.seconds = 0.5
    run = running.start("curate", recipe="shelves", home=str(home), workers=2)
    wait_for(lambda: finished(home, "capture"), "a captured source")
    send(signal.SIGKILL, running.child("server"))
    lease = running.state(run)["state_details"]["deployment_concurrency_lease_id"]
    running.ask("POST", f"/v2/concurrency_limits/leases/{lease}/renew", {"lease_duration": 300})  # as the run does now and then
    assert running.reaches(run, "COMPLETED", "FAILED", "CRASHED")["type"] == "COMPLETED"


@pytest.mark.slow
def test_documents_that_fail_for_good_fail_alone(running: Service, home: Path) -> None:
    run = running.start("curate", recipe="documents", home=str(home))
    assert running.reaches(run, "COMPLETED", "FAILED")["type"] == "COMPLETED"
    ((captured, failed),) = rows(home, "select captured, failed from ledger")
    assert captured == 5 + 3
    causes = dict(rows(home, "select regexp_extract(uri, '[^/]*$'), detail from verdicts where verdict = 'failed'"))
    assert causes["crashing.md"] == DETAIL
    assert failed == len(causes) == 2
    running.says(run, f"{failed} failed")


@pytest.mark.slow
def test_a_failing_source_fails_the_run_unless_the_recipe_says_otherwise(running: Service, home: Path, site: Site) -> None:
    site.seconds = 0
    strict = running.start("curate", recipe="strict", home=str(home))
    assert "absent" in running.reaches(strict, "FAILED", "COMPLETED")["message"]
    running.says(strict, "absent")

    first = running.start("curate", recipe="lenient", home=str(home))
    assert running.reaches(first, "COMPLETED", "FAILED")["type"] == "COMPLETED"
    running.says(first, "source absent could not be captured and has no earlier capture")
    assert rows(home, "select captured, failed from ledger where source = 'absent'") == [(1, 1)]
    assert rows(home, "select error from captures where source = 'absent'")[0][0]

    site.down = True
    again = running.start("curate", recipe="lenient", home=str(home), refresh=True)
    assert running.reaches(again, "COMPLETED", "FAILED")["type"] == "COMPLETED"
    running.says(again, "source site could not be captured; its last capture stands")
    assert rows(home, "select captured, failed from ledger where source = 'site'") == [(20, 0)]
    latest = "run_id = (select max(run_id) from runs)"
    assert rows(home, f"select status from runs where {latest} and stage = 'capture' and partition = 'site'") == [("failed",)]


def test_a_run_whose_supervisor_and_runner_are_killed_together_ends_too(recipes: Path, tmp_path: Path) -> None:
    with service(tmp_path / "home", recipes, PREFECT_RUNNER_POLL_FREQUENCY="1") as alone:
        run = alone.start("curate", recipe="large")
        wait_for(lambda: len(workers(run)) == 2, "the workers to be there")
        both = (alone.pid, alone.child("runner"))
        for number in (signal.SIGSTOP, signal.SIGKILL):
            send(number, *both)
        wait_for(lambda: not of_run(run), "its processes to be gone", CANCEL_SECONDS)


def test_a_power_cut_is_noticed_at_the_next_start_and_a_retry_ends_with_the_same_bytes(
    running: Service, recipes: Path, home: Path, undisturbed: Path
) -> None:
    """Stands last: it ends the service that the others use."""
    shutil.copytree(undisturbed, home)
    run = running.start("train-strawberry", recipe="small", home=str(home), again=True)
    wait_for(lambda: checkpoints(home), "a checkpoint")
    running.kill()
    assert not of_run(run)
    with service(running.home, recipes) as again:
        assert again.state(run)["type"] == "CRASHED"
        again.retry(run)
        assert again.reaches(run, "COMPLETED", "FAILED")["type"] == "COMPLETED"
    assert not running.processes()
    assert digests(home) == digests(undisturbed)
