"""What a build made, by digest: everything but the files that say when it happened."""

import signal
import subprocess
import sys
import time
from pathlib import Path

from tests.flows.conftest import ROOT
from warehouse.digests import sha256_file

NOT_ARTIFACTS = (
    "store/report/",
    "tables/runs/",
    "tables/receipts/",
    "reports/",
    "service/",
    *("scratch/", "crawls/", "cache/", "checkpoints/"),
)
"""The log of runs, receipts, the report and the service hold times; the last four are for work that is not finished."""


def digests(home: Path) -> dict[str, str]:
    """SHA-256 of every artifact of a workspace, by its path."""
    found = {}
    for path in sorted(p for p in home.rglob("*") if p.is_file()):
        name = path.relative_to(home).as_posix()
        if (
            not name.startswith(NOT_ARTIFACTS)
            and path.name != "asked.json"
            and path.suffix in (".parquet", ".json", ".bin", ".safetensors")
        ):
            found[name] = sha256_file(path)
    return found


def start_build(home: Path, recipe: Path) -> subprocess.Popen[bytes]:
    """A build in a process group of its own."""
    return start("build", recipe, home)


def start(command_name: str, recipe: Path, home: Path) -> subprocess.Popen[bytes]:
    """A command on a recipe in a process group of its own."""
    command = [sys.executable, "-m", "flows", command_name, str(recipe), "--home", str(home)]
    return subprocess.Popen(
        command,
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
        preexec_fn=lambda: signal.signal(signal.SIGINT, signal.SIG_DFL),  # tests that run in the background inherit that it is ignored
    )


def reaches(build: subprocess.Popen[bytes], home: Path, stage: str, count: int = 1) -> bool:
    """Waits until a stage has so many outputs (checkpoints, of training). False where the build ends before."""
    deadline = time.monotonic() + 600
    while build.poll() is None and time.monotonic() < deadline:
        if _reached(home, stage, count):
            return True
        time.sleep(0.01)
    return False


def kill_when(home: Path, recipe: Path, stage: str, count: int = 1) -> bool:
    """Starts a build and kills its process, and it alone, with SIGKILL at a stage. False where it ended before."""
    build = start_build(home, recipe)
    reached = reaches(build, home, stage, count)
    build.kill()
    build.wait()
    return reached


def running_in_group(group: int) -> list[str]:
    """Command lines of the living processes of a process group."""
    listing = subprocess.run(["ps", "-eo", "pgid=,stat=,args="], capture_output=True, text=True, check=True).stdout
    fields = [line.split(None, 2) for line in listing.splitlines()]
    return [args for pgid, state, args in fields if int(pgid) == group and not state.startswith("Z")]


def _reached(home: Path, stage: str, count: int) -> bool:
    if stage == "training":
        return len(list((home / "checkpoints").glob("*/step-*"))) >= count
    return len(list((home / "store" / stage).glob("*/manifest.json"))) >= count
