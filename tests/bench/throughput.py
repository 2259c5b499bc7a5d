"""How much a processor extracts, cleans and scores of the shared corpus in a second, where its time goes, what a second one brings.

Run it by `.venv/bin/python -m tests.bench.throughput`. Speeds are of one worker process as the embedded engine starts it, by
the time of its processor, per domain; of a source's runs the fastest counts for each stage. The profile is of a run of its own.
The second process is measured by the clock, on the same stages of `berry curate`.
"""

import argparse
import shutil
from dataclasses import dataclass
from pathlib import Path

from curation.domains import Domain
from flows.runners import Workers
from tests.bench.dask_speed import measure
from tests.bench.overhead_timings import BENCH, RECIPE, berry, require_sources, wait_for_quiet
from tests.bench.sampling import Profile
from tests.bench.throughput_stages import STAGES, Taken, run_source
from warehouse.tables import read_table

OF_THE_BUILD = ("extract", "boilerplate", "clean", "signals")
"""The same stages by their names in a build."""

HOTTEST = 10
WANTED = 1.8
"""Times as fast that two processes are to be."""

FOLDER = BENCH / "throughput"


@dataclass(frozen=True)
class Source:
    """The captured partitions of a source."""

    name: str
    domain: Domain
    captures: tuple[Path, ...]


def main() -> None:
    """Measures the three, and prints a table of each."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--repeats", type=int, default=3, help="runs of each kind, of which the fastest counts")
    repeats = options.parse_args().repeats
    require_sources()
    curated = BENCH / "shared"
    print(f"curating {RECIPE.name} into {curated}, where it is not there yet", flush=True)
    berry("curate", RECIPE, "--home", curated)
    sources = captured(curated)
    worker = Workers(1)
    try:
        print_speeds(sources, fastest(worker, sources, repeats))
        print_profile([run(worker, source, profiled=True) for source in sources])
    finally:
        worker.close(at_once=False)
        shutil.rmtree(FOLDER, ignore_errors=True)
    print_processes(curated, repeats)


def captured(home: Path) -> list[Source]:
    """The sources of the recipe, in the order of their names."""
    found: dict[tuple[str, Domain], list[Path]] = {}
    for path in sorted((home / "tables" / "captures" / f"recipe={RECIPE.stem}").glob("*.parquet")):
        for row in read_table(path, ["source", "domain"]).slice(0, 1).to_pylist():
            found.setdefault((row["source"], Domain(row["domain"])), []).append(path)
    return [Source(name, domain, tuple(paths)) for (name, domain), paths in found.items()]


def run(worker: Workers, source: Source, profiled: bool = False) -> Taken:
    """One run of the stages of a source."""
    return worker.call(run_source, source.domain, source.captures, FOLDER, profiled)


def fastest(worker: Workers, sources: list[Source], repeats: int) -> list[dict[str, tuple[int, float]]]:
    """For each source and stage the bytes that it reads, and the fewest seconds of its runs."""
    best: list[dict[str, tuple[int, float]]] = [{} for _ in sources]
    for _ in range(repeats):
        wait_for_quiet()
        for source, known in zip(sources, best, strict=True):
            taken = run(worker, source)
            for stage, seconds in taken.seconds.items():
                known[stage] = (taken.read[stage], min(seconds, known.get(stage, (0, seconds))[1]))
    return best


def print_speeds(sources: list[Source], best: list[dict[str, tuple[int, float]]]) -> None:
    """Prints the speed of each stage per domain; of all together, on the bytes that were captured."""
    print(f"\n{'MB/s of one processor':<22}{'captured':>10}{'text':>10}" + "".join(f"{stage:>13}" for stage in (*STAGES, "together")))
    for label in (*Domain, "all"):
        chosen = [stages for source, stages in zip(sources, best, strict=True) if label in (source.domain, "all")]
        read = {stage: sum(stages[stage][0] for stages in chosen) / 1e6 for stage in STAGES}
        seconds = {stage: sum(stages[stage][1] for stages in chosen) for stage in STAGES}
        speeds = [read[stage] / seconds[stage] if read[stage] else 0.0 for stage in STAGES]
        shown = "".join(f"{speed:>13.1f}" if speed else f"{'-':>13}" for speed in (*speeds, read["extract"] / sum(seconds.values())))
        print(f"{label:<22}{read['extract']:>7.1f} MB{read['clean']:>7.1f} MB{shown}")


def print_profile(runs: list[Taken]) -> None:
    """Prints the functions that take most of the time themselves, with what they call of C."""
    whole: dict[str, Profile] = {stage: {} for stage in STAGES}
    for taken in runs:
        for stage, profile in taken.profiles.items():
            for name, seconds in profile.items():
                whole[stage][name] = whole[stage].get(name, 0.0) + seconds
    together: Profile = {}
    for profile in whole.values():
        for name, seconds in profile.items():
            together[name] = together.get(name, 0.0) + seconds
    print(f"\n{'the hottest functions, seconds of their own':<60}{'share':>8}" + "".join(f"{stage:>13}" for stage in STAGES))
    for name, seconds in sorted(together.items(), key=lambda item: -item[1])[:HOTTEST]:
        shown = "".join(f"{whole[stage].get(name, 0.0):>13.2f}" for stage in STAGES)
        print(f"{name:<60}{seconds / sum(together.values()):>8.1%}{shown}")


def print_processes(curated: Path, repeats: int) -> None:
    """Prints what two processes of the embedded engine take beside one."""
    best = dict[int, dict[str, float]]()
    for number in range(1, repeats + 1):
        for workers in (1, 2):
            print(f"{'' if number > 1 or workers > 1 else chr(10)}run {number}, processes: {workers}: ", end="", flush=True)
            seconds = measure(curated, "embedded", workers, OF_THE_BUILD)
            best[workers] = {stage: min(took, best.get(workers, seconds)[stage]) for stage, took in seconds.items()}
    one, two = best[1], best[2]
    print(f"\n{'':<22}" + "".join(f"{stage:>13}" for stage in (*OF_THE_BUILD, "together")))
    for label, found in (("one process", one), ("two processes", two)):
        print(f"{label:<22}" + "".join(f"{seconds:>11.1f} s" for seconds in (*found.values(), sum(found.values()))))
    ratio = sum(one.values()) / sum(two.values())
    print(f"two processes are {ratio:.2f} times as fast as one; wanted {WANTED}: {'reached' if ratio >= WANTED else 'MISSED'}")


if __name__ == "__main__":
    main()
