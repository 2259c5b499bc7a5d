"""How much faster two Dask workers are than one, on the extraction, cleaning and signatures of the shared corpus.

Run it by `.venv/bin/python -m tests.bench.dask_speed`. Captures, and the stages in between, are there before each run; the
three stages are not. A stage takes from its first partition's start to its last one's end, and of its runs the fastest counts.
"""

import argparse
import os
import shutil
from collections.abc import Sequence
from pathlib import Path

from tests.bench.overhead_timings import BENCH, RECIPE, berry, require_sources, stage_intervals, wait_for_quiet, wall

STAGES = ("extract", "clean", "signatures")
WANTED = 1.7

Configuration = tuple[str, int]
"""An engine and its number of workers."""

CONFIGURATIONS: tuple[Configuration, ...] = (("dask", 1), ("dask", 2), ("embedded", 1), ("embedded", 2))


def main() -> None:
    """Measures every configuration in turn, and prints the best of each with the ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3, help="runs of each configuration, of which each stage's fastest counts")
    repeats = options.parse_args().repeats
    require_sources()
    curated = BENCH / "shared"
    print(f"curating {RECIPE.name} into {curated}, where it is not there yet", flush=True)
    berry("curate", RECIPE, "--home", curated)
    runs: dict[Configuration, list[dict[str, float]]] = {each: [] for each in CONFIGURATIONS}
    for number in range(1, repeats + 1):
        for engine, workers in CONFIGURATIONS:
            print(f"run {number}, {named(engine, workers)}: ", end="", flush=True)
            runs[engine, workers].append(measure(curated, engine, workers))
    print_table({each: {stage: min(run[stage] for run in found) for stage in STAGES} for each, found in runs.items()})


def measure(curated: Path, engine: str, workers: int, stages: Sequence[str] = STAGES) -> dict[str, float]:
    """Seconds of each of some stages, of one run in a workspace that holds everything else."""
    home = BENCH / "run"
    shutil.rmtree(home, ignore_errors=True)
    wait_for_quiet()
    try:
        shutil.copytree(curated / "store", home / "store", copy_function=os.link, ignore=shutil.ignore_patterns(*stages))
        run = berry("curate", RECIPE, "--home", home, BERRY_ENGINE=engine, BERRY_WORKERS=str(workers), BERRY_DASK_ADDRESS="")
        intervals = stage_intervals(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    seconds = {stage: wall(intervals[stage]) for stage in stages}
    print(f"{sum(seconds.values()):.1f} s; {run.noise}", flush=True)
    return seconds


def print_table(best: dict[Configuration, dict[str, float]]) -> None:
    """Prints the best of each configuration, and how they compare."""
    print(f"\n{'':<22}" + "".join(f"{stage:>12}" for stage in (*STAGES, "together")))
    together = {each: sum(stages.values()) for each, stages in best.items()}
    for each, stages in best.items():
        print(f"{named(*each):<22}" + "".join(f"{seconds:>10.1f} s" for seconds in (*stages.values(), together[each])))
    print()
    for slow, fast, wanted in (
        (("dask", 1), ("dask", 2), f", wanted at least {WANTED}"),
        (("embedded", 1), ("embedded", 2), ""),
        (("embedded", 2), ("dask", 2), ""),
    ):
        print(f"{named(*fast)} against {named(*slow)}: {together[slow] / together[fast]:.2f} times as fast{wanted}")


def named(engine: str, workers: int) -> str:
    """A configuration in words."""
    return f"{engine}, {workers} worker{'s' if workers > 1 else ''}"


if __name__ == "__main__":
    main()
