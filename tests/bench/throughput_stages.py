"""One source of `throughput` through extraction, cleaning and scoring as a build takes it, in one process."""

import shutil
import time
from collections.abc import Callable, Sequence
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path

import pyarrow.compute as pc

from curation.clean.recurring import LINES, find_recurring
from curation.domains import Domain
from curation.partitions import Cleaning, extract_partition, score_partition
from curation.switches import ALL_ON
from tests.bench.sampling import Profile, sampled
from warehouse.tables import read_table

STAGES = ("extract", "boilerplate", "clean", "score")


@dataclass(frozen=True)
class Taken:
    """What a source's stages took in, and the seconds of the processor that each needed."""

    read: dict[str, int]  # bytes that a stage is given: what was captured, or text as UTF-8
    seconds: dict[str, float]
    profiles: dict[str, Profile]  # empty where none was asked for


def run_source(domain: Domain, captures: Sequence[Path], folder: Path, profiled: bool) -> Taken:
    """Takes a source through the stages one after another, in an empty folder; in a worker process, whose processor is its clock."""
    shutil.rmtree(folder, ignore_errors=True)
    extracted, documents, signals = ([folder / stage / path.name for path in captures] for stage in ("extract", "clean", "score"))
    for made in (extracted, documents, signals):
        made[0].parent.mkdir(parents=True)
    counted = domain is not Domain.CODE
    cleaning = Cleaning(domain, recurring=folder / LINES if counted else None)
    stages: dict[str, Callable[[], object]] = {
        "extract": lambda: [*map(extract_partition, captures, extracted)],
        "boilerplate": lambda: find_recurring(extracted, domain, ALL_ON, folder) if counted else None,
        "clean": lambda: [*map(cleaning, extracted, documents)],
        "score": lambda: [*map(score_partition, documents, signals)],
    }
    seconds, profiles = dict[str, float](), dict[str, Profile]()
    for name, stage in stages.items():
        begun = time.process_time()
        with sampled(profiles.setdefault(name, {})) if profiled else nullcontext():
            stage()
        seconds[name] = time.process_time() - begun
    text = _bytes(extracted)
    return Taken(
        {"extract": _bytes(captures), "boilerplate": text if counted else 0, "clean": text, "score": _bytes(documents)}, seconds, profiles
    )


def _bytes(tables: Sequence[Path]) -> int:
    return sum(pc.sum(read_table(path, ["bytes"])["bytes"]).as_py() or 0 for path in tables)
