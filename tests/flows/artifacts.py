"""What a build made, by digest: everything but the files that say when it happened."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.flows.conftest import ROOT

NOT_ARTIFACTS = ("store/report/", "tables/runs/", "runs/", "reports/", "scratch/", "checkpoints/")
"""The log of runs and the report hold times of day; scratch and checkpoints are for work that is not finished."""


def digests(home: Path) -> dict[str, str]:
    """SHA-256 of every artifact of a workspace, by its path."""
    from warehouse.digests import sha256_file

    found = {}
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        name = path.relative_to(home).as_posix()
        if not name.startswith(NOT_ARTIFACTS) and path.suffix in (".parquet", ".json", ".bin", ".safetensors"):
            found[name] = sha256_file(path)
    return found


def stages_done(home: Path) -> dict[str, str]:
    """Stages that have a finished output in the store, with one key each."""
    return {path.parent.name: path.name for path in sorted((home / "store").glob("*/*"))}


def kill_when(home: Path, recipe: Path, stage: str, count: int = 1) -> bool:
    """Starts a build in a process group of its own and kills it, and it alone, with SIGKILL at a stage.

    The moment is when the stage before is finished and `count` outputs of the stage itself are there. Returns whether
    the build was still running then.
    """
    command = [sys.executable, "-m", "flows", "build", str(recipe), "--home", str(home)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)
    deadline = time.monotonic() + 300
    while process.poll() is None and time.monotonic() < deadline:
        if _reached(home, stage, count):
            os.kill(process.pid, signal.SIGKILL)
            process.wait()
            return True
        time.sleep(0.01)
    process.kill()
    return False


def _reached(home: Path, stage: str, count: int) -> bool:
    if stage == "training":
        return len(list((home / "checkpoints").glob("*/step-*"))) >= count
    return len(list((home / "store" / stage).glob("*/manifest.json"))) >= count


def read_pointer(home: Path, recipe: str, name: str) -> dict[str, str]:
    """A pointer to what a recipe's flow made last."""
    facts: dict[str, str] = json.loads((home / "current" / recipe / f"{name}.json").read_text())
    return facts
