"""The peer's run of the same task: `python web_pipeline_peer.py INPUT.jsonl FOLDER`. Prints what it took.

datatrove's pipeline for web pages as FineWeb's authors publish it: trafilatura, Gopher's repetition and quality filters, ftfy,
personal data. To the peer's advantage its language filter is left out, as it needs a model that is fetched from a network, and
pages are extracted in this process, without the process beside it and the limit of a second that lose pages on a busy machine.
"""

import json
import resource
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from datatrove.executor import LocalPipelineExecutor
from datatrove.pipeline.base import PipelineStep
from datatrove.pipeline.extractors import Trafilatura
from datatrove.pipeline.filters import GopherQualityFilter, GopherRepetitionFilter
from datatrove.pipeline.formatters import FTFYFormatter, PIIFormatter
from datatrove.pipeline.readers import JsonlReader
from datatrove.pipeline.writers import JsonlWriter


class Extracted(Trafilatura):  # type: ignore[misc]
    """Its extractor without its sandbox."""

    def run(self, data: Iterator[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:  # noqa: ARG002 (the base class's)
        """Every page that has a text."""
        for document in data:
            document.text = self.extract(document.text)
            if document.text:
                yield document


class Noted(PipelineStep):  # type: ignore[misc]
    """Writes down the texts as they pass."""

    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path

    def run(self, data: Iterator[Any], rank: int = 0, world_size: int = 1) -> Iterator[Any]:  # noqa: ARG002 (the base class's)
        """Every document as it came."""
        with Path(self.path).open("w") as texts:
            for document in data:
                texts.write(json.dumps({"id": document.id, "text": document.text}) + "\n")
                yield document


def main(pages: str, folder: str) -> None:
    """Runs the pipeline, and prints the seconds by the clock and of the processor from its first page to its last."""
    source = Path(pages)
    steps = [
        JsonlReader(str(source.parent), glob_pattern=source.name),
        Extracted(),
        Noted(f"{folder}/extracted.jsonl"),
        GopherRepetitionFilter(),
        GopherQualityFilter(),
        FTFYFormatter(),
        PIIFormatter(),
        JsonlWriter(f"{folder}/kept", compression=None),
    ]
    clock, used = time.monotonic(), _processor()
    LocalPipelineExecutor(steps, tasks=1, workers=1, logging_dir=f"{folder}/logs").run()
    print(json.dumps({"seconds": time.monotonic() - clock, "processor": _processor() - used}))


def _processor() -> float:
    """Seconds of the processor that this process and its ended children took."""
    usages = [resource.getrusage(who) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)]
    return sum(usage.ru_utime + usage.ru_stime for usage in usages)


if __name__ == "__main__":
    main(*sys.argv[1:])
