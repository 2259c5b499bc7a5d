"""What the measurements share: the recipe, a run with the time it took, and what the log of a run says about its stages."""

import os
import resource
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path

import pyarrow.parquet as pq

ROOT = Path(__file__).resolve().parents[2]
RECIPE = ROOT / "tests" / "recipes" / "shared.toml"
PACKAGES = ROOT / ".cache" / "shared-code"
SHARED = ROOT.parent / "shared"
BENCH = ROOT / ".cache" / "bench"
"""Where workspaces of measurements lie, inside the repository's own cache: on one disk, so that files can be linked."""

QUIET = 0.2
"""Processors that others may keep busy before the machine counts as noisy."""

Interval = tuple[float, float]
"""Start and end, in seconds since 1970."""


@dataclass(frozen=True)
class Run:
    """A command that ended: when it began, how long it took, and how many processors others kept busy meanwhile."""

    started: float
    seconds: float
    others: float
    output: str

    @property
    def noise(self) -> str:
        """How much others were at work, in words."""
        return f"{self.others:.1f} processors busy with other work" + (" (noisy)" if self.others > QUIET else "")


def require_sources() -> None:
    """Ends the process with a message where the sources of the shared recipe are not on this machine."""
    if not (SHARED / "corpus").is_dir():
        sys.exit(f"{SHARED / 'corpus'} is not there: this measurement needs the shared corpus beside the repository.")
    if not (PACKAGES / "manifest.json").is_file():
        subprocess.run([sys.executable, SHARED / "tools" / "get-code", PACKAGES], check=True)


def berry(*arguments: str | Path, **variables: str) -> Run:
    """Runs `berry` in a process of its own, and ends this one with its words where it fails."""
    command = [sys.executable, "-m", "flows", *map(str, arguments)]
    environment = {name: value for name, value in os.environ.items() if name != "PREFECT_API_URL"} | variables
    busy, own, started, clock = _busy(), _own(), time.time(), time.monotonic()
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    seconds = time.monotonic() - clock
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    others = max(0.0, (_busy() - busy - (_own() - own)) / seconds)
    return Run(started, seconds, others, done.stdout)


def wait_for_quiet(patience: float = 30.0) -> None:
    """Returns once others leave the processors alone for two seconds, or when patience (seconds) is at its end."""
    deadline = time.monotonic() + patience
    while time.monotonic() < deadline:
        before, clock = _busy(), time.monotonic()
        time.sleep(2)
        if (_busy() - before) / (time.monotonic() - clock) < QUIET:
            return


def stage_intervals(home: Path, recipe: str = RECIPE.stem) -> dict[str, list[Interval]]:
    """When each stage's partitions were at work in a recipe's latest run; what was skipped is left out."""
    latest = max((home / "tables" / "runs").glob(f"recipe={recipe}/*.parquet"), key=lambda path: path.stem)
    found: dict[str, list[Interval]] = {}
    for row in pq.read_table(latest).to_pylist():
        if row["status"] != "skipped":
            start = row["started"].timestamp()
            found.setdefault(row["stage"], []).append((start, start + row["seconds"]))
    return found


def wall(intervals: Sequence[Interval]) -> float:
    """Seconds from the first start to the last end."""
    return max(end for _, end in intervals) - min(start for start, _ in intervals)


def covered(intervals: Iterable[Interval]) -> float:
    """Seconds in which at least one of the intervals was under way."""
    total, reached = 0.0, float("-inf")
    for start, end in sorted(intervals):
        total += max(0.0, end - max(start, reached))
        reached = max(reached, end)
    return total


def _busy() -> float:
    """Processor seconds that the whole machine has spent at work since it started; 0 where it does not tell."""
    stat = Path("/proc/stat")
    if not stat.is_file():
        return 0.0
    user, nice, system, _idle, _waiting, *rest = map(int, stat.read_text().splitlines()[0].split()[1:9])
    ticks = int(os.sysconf("SC_CLK_TCK"))
    return (user + nice + system + sum(rest)) / ticks


def _own() -> float:
    """Processor seconds of this process and of the children that it has waited for."""
    used = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(each.ru_utime + each.ru_stime for each in used)
