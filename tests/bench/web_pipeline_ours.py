"""Our run of the task of `web_pipeline`: `python -m tests.bench.web_pipeline_ours FOLDER`. Prints what it took.

From a table of captures to decisions as a build does it, each stage on its whole partition: extraction, the count of the lines
that recur, cleaning, signals and judgement. All pages count as those of one source.
"""

import json
import resource
import sys
import time
from pathlib import Path

from curation.clean.recurring import LINES, find_recurring
from curation.domains import Domain
from curation.partitions import Cleaning, extract_partition, judge_partition, score_partition
from curation.policies import Policies
from curation.switches import ALL_ON


def main(folder: Path) -> None:
    """Runs the stages, and prints the seconds by the clock and of the processor from the first page to the last decision."""
    clock, used = time.monotonic(), _processor()
    seconds = {}
    stages = {"extract": _extract, "boilerplate": _boilerplate, "clean": _clean, "score": _score, "judge": _judge}
    for stage, run in stages.items():
        begun = _processor()
        run(folder)
        seconds[stage] = _processor() - begun
    print(json.dumps({"seconds": time.monotonic() - clock, "processor": _processor() - used, "stages": seconds}))


def _extract(folder: Path) -> None:
    extract_partition(folder / "captures.parquet", folder / "extracted.parquet")


def _boilerplate(folder: Path) -> None:
    (folder / "boilerplate").mkdir(exist_ok=True)
    find_recurring([folder / "extracted.parquet"], Domain.WIKI, ALL_ON, folder / "boilerplate")


def _clean(folder: Path) -> None:
    cleaning = Cleaning(Domain.WIKI, recurring=folder / "boilerplate" / LINES)
    cleaning(folder / "extracted.parquet", folder / "documents.parquet")


def _score(folder: Path) -> None:
    score_partition(folder / "documents.parquet", folder / "signals.parquet")


def _judge(folder: Path) -> None:
    judge_partition(folder / "documents.parquet", folder / "signals.parquet", Policies(), folder / "decisions.parquet")


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(Path(sys.argv[1]))
