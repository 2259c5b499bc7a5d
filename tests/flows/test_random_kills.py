"""Kills at random and at bad moments: the build and its training end as if nothing had happened. Long tests."""

import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from tests.flows.artifacts import digests, start_build
from tests.flows.conftest import ROOT, SAMPLE, TINY
from tests.flows.services import FINAL, PATIENCE, Service, environment, of_run, own_process, send, service, wait_for

KILLS = 10
STEPS, EVERY = 120, 4
STAGES = 20
"""Outputs that the build makes before the training, at the least."""

SEED = int(os.environ.get("BERRY_TEST_SEED", time.time_ns() % 1_000_000))

pytestmark = pytest.mark.slow


TELL = """
import os, signal, sys
from prefect import flow
from prefect.events.clients import PrefectEventsClient
from flows.events import SHARDS_PUBLISHED, announce

leave = PrefectEventsClient.__aexit__

async def leave_and_kill(*arguments):
    await leave(*arguments)
    PrefectEventsClient.__aexit__ = leave
    os.kill(int(sys.argv[1]), signal.SIGKILL)

@flow
def tell():
    PrefectEventsClient.__aexit__ = leave_and_kill
    announce(SHARDS_PUBLISHED, {"recipe": "tiny", "home": sys.argv[2], "save_as": ""}, {"training": {}})

tell()
"""
"""Tells the server that shards are there, and kills it in the moment in which it has heard."""


@pytest.fixture(scope="module")
def recipes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the tiny recipe, whose training takes a while."""
    folder = tmp_path_factory.mktemp("recipes")
    longer = TINY.replace("steps = 24", f"steps = {STEPS}").replace("checkpoint_every = 4", f"checkpoint_every = {EVERY}")
    (folder / "tiny.toml").write_text(longer.replace("SAMPLE", str(SAMPLE)))
    return folder


@pytest.fixture(scope="module")
def undisturbed(recipes: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of an undisturbed build."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    assert start_build(home, recipes / "tiny.toml").wait(600) == 0
    return home


@pytest.fixture(scope="module")
def running(recipes: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    """A service for the tests that need no more than one."""
    with service(tmp_path_factory.mktemp("service") / "home", recipes) as started:
        yield started


def written(path: Path) -> int | None:
    """When a file was written, to tell it from a later one of the same name; None while there is none."""
    return path.stat().st_mtime_ns if path.exists() else None


def moments(chance: random.Random) -> list[int]:
    """When to kill, as progress: before, between and within the stages, and during the training."""
    return sorted(chance.sample(range(STAGES + STEPS // EVERY - 2), KILLS))


def progress(home: Path) -> int:
    """How far a build and its training are: finished outputs, and checkpoints."""
    steps = [int(path.name.removeprefix("step-")) for path in home.glob("checkpoints/*/step-*")]
    trained = list(home.glob("store/training/*/manifest.json"))
    return len(list(home.glob("store/*/*/manifest.json"))) + (STEPS if trained else max(steps, default=0)) // EVERY


def undertaken(running: Service, home: Path) -> list[dict[str, Any]]:
    """The runs of the build and the training."""
    return running.runs(home=str(home))


def flows(running: Service, home: Path) -> list[int]:
    """The processes of the runs of a workspace."""
    return [pid for row in undertaken(running, home) if (pid := own_process(row["id"]))]


def kill_one(running: Service, home: Path, chance: random.Random) -> str:
    """Kills the process of a run, the runner or the server. Says which."""
    victim = chance.choice(["flow", "runner", "server"])
    found = wait_for(lambda: flows(running, home), "a run to kill") if victim == "flow" else [running.child(victim)]
    send(signal.SIGKILL, *found)
    return victim


def keep_going(running: Service, home: Path) -> bool:
    """Retries what ended badly, as a person does. Whether a build and a training are complete."""
    rows = undertaken(running, home)
    for row in rows:
        if row["state_type"] in ("CRASHED", "FAILED", "CANCELLED"):
            print(f"{time.monotonic():.1f} retry of {row['name']}: {row['state_name']}: {row['state']['message']}")
            running.retry(row["id"])
    trained = list(home.glob("models/*/model.json"))
    return len(rows) > 1 and bool(trained) and all(row["state_type"] == "COMPLETED" for row in rows)


def reached(running: Service, home: Path, moment: int) -> bool:
    """Whether work is under way that has come so far."""
    return keep_going(running, home) or (progress(home) >= moment and bool(flows(running, home)))


def test_ten_random_kills_change_no_byte(recipes: Path, undisturbed: Path, tmp_path: Path) -> None:
    print(f"BERRY_TEST_SEED={SEED}")
    chance = random.Random(SEED)
    with service(tmp_path / "home", recipes) as running:
        home = running.home / "killed"
        running.start("build", recipe="tiny", home=str(home))
        for moment in moments(chance):
            wait_for(partial(reached, running, home, moment), f"progress {moment}", 600)
            time.sleep(chance.random())  # within a stage, not only at its end
            print(f"{time.monotonic():.1f} {kill_one(running, home, chance)} killed at {progress(home)}, due at {moment}")
        wait_for(partial(keep_going, running, home), "the build and its training to be complete", 900)
    assert not running.processes()
    assert digests(home) == digests(undisturbed)


def test_a_retry_of_a_training_that_was_asked_for_again_trains_no_third_time(running: Service, undisturbed: Path) -> None:
    home = running.home / "again"
    shutil.copytree(undisturbed, home)
    (old,) = home.glob("store/training/*/manifest.json")
    before = written(old)
    run = running.start("train-strawberry", recipe="tiny", home=str(home), again=True)
    trained = wait_for(lambda: (now := written(old)) != before and now, "the training to be done")
    send(signal.SIGKILL, *of_run(run))
    assert running.reaches(run, *FINAL)["type"] == "CRASHED"
    running.retry(run)
    assert running.reaches(run, *FINAL)["type"] == "COMPLETED"
    assert written(old) == trained


def test_an_event_that_a_killed_server_forgot_is_sent_again(running: Service) -> None:
    home = str(running.home / "told")
    command = [sys.executable, "-c", TELL, str(running.child("server")), home]
    told = environment(PREFECT_API_URL=f"{running.address}/api", PREFECT_HOME=str(running.home.parent / "prefect"))
    subprocess.run(command, cwd=ROOT, env=told, check=True, timeout=PATIENCE)
    assert [row["parameters"]["recipe"] for row in running.runs(home=home)] == ["tiny"]


def test_a_run_that_falls_silent_is_marked_as_crashed_and_can_be_retried(running: Service, undisturbed: Path) -> None:
    home = running.home / "silent"
    shutil.copytree(undisturbed, home)
    run = running.start("train-strawberry", recipe="tiny", home=str(home), again=True)
    wait_for(lambda: list(home.glob("checkpoints/*/step-*")), "a checkpoint")
    silent = of_run(run)
    send(signal.SIGSTOP, *silent)  # alive for the runner, which sees no end of it
    assert "not heard of for 90 seconds" in running.reaches(run, *FINAL)["message"]
    send(signal.SIGKILL, *silent)
    wait_for(lambda: not of_run(run), "its processes to be gone")
    wait_for(partial(complete_when_retried, running, run), "the retry to be complete")
    assert digests(home) == digests(undisturbed)


def complete_when_retried(running: Service, run: str) -> bool:
    """Retries a run that has crashed. The runner may call it crashed once more when it takes note of the old process's end."""
    kind = running.state(run)["type"]
    if kind == "CRASHED":
        running.retry(run)
    return bool(kind == "COMPLETED")
