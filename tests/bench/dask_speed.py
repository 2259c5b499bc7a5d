"""How much faster two Dask workers are than one, on the extraction, cleaning and signatures of the shared corpus.

Run it by `.venv/bin/python -m tests.bench.dask_speed`. Captures, and the stages in between, are there before each run; the
three stages are not. A stage takes from its first partition's start to its last one's end.
"""

import argparse
import os
import shutil
from dataclasses import dataclass
from pathlib import Path

from tests.bench.overhead_timings import BENCH, RECIPE, Run, berry, require_sources, stage_intervals, wait_for_quiet, wall

STAGES = ("extract", "clean", "signatures")
WANTED = 1.7
CONFIGURATIONS = (("embedded", 1), ("embedded", 2), ("dask", 1), ("dask", 2))


@dataclass(frozen=True)
class Measured:
    """One run of the three stages: the seconds of each."""

    run: Run
    stages: dict[str, float]

    @property
    def together(self) -> float:
        """Seconds of the three stages."""
        return sum(self.stages.values())


def main() -> None:
    """Measures every configuration, and prints the best run of each with the ratios."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3, help="runs of each configuration, of which the best counts")
    repeats = options.parse_args().repeats
    require_sources()
    curated = BENCH / "shared"
    print(f"curating {RECIPE.name} into {curated}, where it is not there yet", flush=True)
    berry("curate", RECIPE, "--home", curated)
    best = {each: measure_best(curated, *each, repeats) for each in CONFIGURATIONS}
    print_table(best)


def measure_best(curated: Path, engine: str, workers: int, repeats: int) -> Measured:
    """The fastest of some runs of one configuration."""
    runs = []
    for number in range(repeats):
        wait_for_quiet()
        runs.append(measure(curated, engine, workers))
        print(f"{engine}, {workers} workers, run {number + 1}: {runs[-1].together:.1f} s; {runs[-1].run.noise}", flush=True)
    return min(runs, key=lambda measured: measured.together)


def measure(curated: Path, engine: str, workers: int) -> Measured:
    """One run in a workspace that holds everything but the three stages."""
    home = BENCH / "run"
    shutil.rmtree(home, ignore_errors=True)
    try:
        shutil.copytree(curated / "store", home / "store", copy_function=os.link, ignore=shutil.ignore_patterns(*STAGES))
        run = berry("curate", RECIPE, "--home", home, BERRY_ENGINE=engine, BERRY_WORKERS=str(workers), BERRY_DASK_ADDRESS="")
        intervals = stage_intervals(home)
    finally:
        shutil.rmtree(home, ignore_errors=True)
    return Measured(run, {stage: wall(intervals[stage]) for stage in STAGES})


def print_table(best: dict[tuple[str, int], Measured]) -> None:
    """Prints the best run of each configuration, and how they compare."""
    print(f"\n{'engine':<10}{'workers':>8}" + "".join(f"{stage:>12}" for stage in (*STAGES, "together")) + "   others")
    for (engine, workers), measured in best.items():
        columns = [*measured.stages.values(), measured.together]
        print(f"{engine:<10}{workers:>8}" + "".join(f"{seconds:>10.1f} s" for seconds in columns) + f"   {measured.run.noise}")
    print()
    for slow, fast, wanted in (
        (("dask", 1), ("dask", 2), f"   (wanted: at least {WANTED})"),
        (("embedded", 1), ("embedded", 2), ""),
        (("embedded", 1), ("dask", 1), ""),
    ):
        words = f"{fast[0]} with {fast[1]} against {slow[0]} with {slow[1]}"
        print(f"{words:<36}{best[slow].together / best[fast].together:>6.2f} times as fast{wanted}")


if __name__ == "__main__":
    main()
