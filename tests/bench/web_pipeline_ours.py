"""Our run of the task of `web_pipeline`: `python -m tests.bench.web_pipeline_ours FOLDER`. Prints what it took.

From a table of captures to decisions: extraction, cleaning, signals and judgement, each on its whole partition as a build does it.
"""

import json
import resource
import sys
import time
from pathlib import Path

from curation.partitions import clean_partition, extract_partition, judge_partition, score_partition
from curation.policies import Policies


def main(folder: Path) -> None:
    """Runs the stages, and prints the seconds by the clock and of the processor from the first page to the last decision."""
    clock, used = time.monotonic(), _processor()
    seconds = {}
    for stage, run in (("extract", _extract), ("clean", _clean), ("score", _score), ("judge", _judge)):
        begun = _processor()
        run(folder)
        seconds[stage] = _processor() - begun
    print(json.dumps({"seconds": time.monotonic() - clock, "processor": _processor() - used, "stages": seconds}))


def _extract(folder: Path) -> None:
    extract_partition(folder / "captures.parquet", folder / "extracted.parquet")


def _clean(folder: Path) -> None:
    clean_partition(folder / "extracted.parquet", folder / "documents.parquet")


def _score(folder: Path) -> None:
    score_partition(folder / "documents.parquet", folder / "signals.parquet")


def _judge(folder: Path) -> None:
    judge_partition(folder / "documents.parquet", folder / "signals.parquet", Policies(), folder / "decisions.parquet")


def _processor() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime


if __name__ == "__main__":
    main(Path(sys.argv[1]))
