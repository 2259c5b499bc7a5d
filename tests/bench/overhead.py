"""What orchestration costs: a whole embedded build beside the time in which its stages were at work, and how `berry` starts.

Run it by `.venv/bin/python -m tests.bench.overhead`. The build is of the shared corpus, from nothing, with the training cut
to 40 steps; for the recipe's own steps the time of one step is multiplied. Orchestration is all time in which no partition
of any stage was at work: starting, keys, tasks, tables, ending.
"""

import argparse
import shutil
import subprocess
import sys
import time
import tomllib
from pathlib import Path

from tests.bench.overhead_timings import (
    BENCH,
    RECIPE,
    Interval,
    Run,
    berry,
    covered,
    require_sources,
    stage_intervals,
    wait_for_quiet,
    wall,
)
from tests.flows.conftest import SAMPLE, TINY

STEPS = 40
HELP_SECONDS, START_SECONDS, SHARE = 0.3, 5.0, 0.05
"""What is wanted: `berry --help`, start to first stage, and the part of a build that is orchestration."""


def main() -> None:
    """Measures the three, and prints them beside what is wanted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3, help="runs of `berry curate` to time the start, of which the best counts")
    repeats = options.parse_args().repeats
    require_sources()
    shutil.rmtree(BENCH / "prefect", ignore_errors=True)
    lines = [judged("berry --help", help_seconds(), HELP_SECONDS)]
    starts = [start_seconds() for _ in range(repeats + 1)]
    lines += [f"{'start to first stage, database new':<44}{starts[0]:>8.2f} s"]
    lines += [judged("start to first stage", min(starts[1:]), START_SECONDS)]
    print("\n".join([*lines, "", *build_lines()]))


def judged(what: str, seconds: float, wanted: float) -> str:
    """A line of the table: a time, what is wanted, and their ratio."""
    return f"{what:<44}{seconds:>8.2f} s   wanted under {wanted:g} s: {seconds / wanted:.2f} of it"


def help_seconds() -> float:
    """Seconds that `berry --help` takes, at best."""
    command = [str(Path(sys.executable).with_name("berry")), "--help"]
    return min(_seconds(command) for _ in range(5))


def start_seconds() -> float:
    """Seconds from the start of `berry curate` to that of its first stage."""
    home, recipe = BENCH / "start", BENCH / "tiny.toml"
    shutil.rmtree(home, ignore_errors=True)
    home.mkdir(parents=True)
    recipe.write_text(TINY.replace("SAMPLE", str(SAMPLE)))
    wait_for_quiet()
    run = _berry("curate", recipe, "--home", home)
    first = min(start for intervals in stage_intervals(home, "tiny").values() for start, _ in intervals)
    shutil.rmtree(home)
    print(f"start: {first - run.started:.2f} s to the first stage; {run.noise}", flush=True)
    return first - run.started


def build_lines() -> list[str]:
    """Builds the shared recipe from nothing; what took the time that no stage was at work, in lines."""
    home = BENCH / "overhead"
    shutil.rmtree(home, ignore_errors=True)
    wait_for_quiet()
    run = _berry("build", RECIPE, "--home", home, "--set", f"training.steps={STEPS}")
    stages = stage_intervals(home)
    shutil.rmtree(home)
    idle = run.seconds - covered(interval for intervals in stages.values() for interval in intervals)
    steps = tomllib.loads(RECIPE.read_text())["training"]["steps"]
    whole = run.seconds + wall(stages["training"]) * (steps / STEPS - 1)
    gaps = sorted(idle_before(run, stages).items(), key=lambda item: -item[1])
    return [
        f"build from nothing, {STEPS} steps of training: {run.seconds:.1f} s; {run.noise}",
        f"{'orchestration':<44}{idle:>8.2f} s   {idle / run.seconds:.1%} of it, wanted under {SHARE:.0%}",
        f"{f'the same in {steps} steps, reckoned':<44}{whole:>8.1f} s   {idle / whole:.1%} of it",
        *(f"    {name:<40}{seconds:>8.2f} s" for name, seconds in gaps),
    ]


def idle_before(run: Run, stages: dict[str, list[Interval]]) -> dict[str, float]:
    """Seconds in which nothing was at work, by the stage that came after; within a stage, they are its own."""
    found: dict[str, float] = {}
    reached, last = run.started, "the start"
    for start, end, stage in sorted((start, end, stage) for stage, intervals in stages.items() for start, end in intervals):
        if start > reached:
            name = f"within {stage}" if stage == last else f"{last} to {stage}"
            found[name] = found.get(name, 0.0) + start - reached
        reached, last = max(reached, end), stage
    found[f"{last} to the end"] = run.started + run.seconds - reached
    return found


def _berry(*arguments: str | Path) -> Run:
    return berry(*arguments, PREFECT_HOME=str(BENCH / "prefect"), BERRY_ENGINE="embedded")


def _seconds(command: list[str]) -> float:
    clock = time.monotonic()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)
    return time.monotonic() - clock


if __name__ == "__main__":
    main()
