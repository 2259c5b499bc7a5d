"""One crawl by this product, in a process of its own: `python -m tests.bench.crawl_ours ADDRESS PAGES FOLDER`. Prints what it took."""

import json
import resource
import sys
import time
from pathlib import Path

import pyarrow.parquet as pq

from curation.capture import capture_source
from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.web import WebSource


def main(address: str, pages: str, folder: str) -> None:
    """Captures the site and prints seconds, those of the processor, pages stored, and the most memory before and after, in MB."""
    settings = {"start": [address], "max_pages": int(pages), "max_depth": 100, "delay_seconds": 0.0, "private_addresses": True}
    site = WebSource.model_validate({"kind": "web", "id": "site", "domain": Domain.WIKI, **settings})
    out, state = Path(folder) / "out", Path(folder) / "state"
    out.mkdir(parents=True)
    state.mkdir()
    before, clock, used = _peak(), time.monotonic(), time.process_time()
    capture_source(site, Context(Path(folder), state), out)
    seconds, processor, peak = time.monotonic() - clock, time.process_time() - used, _peak()
    stored = sum(pq.read_table(path, columns=["sha256"])["sha256"].drop_null().length() for path in out.glob("*.parquet"))
    print(json.dumps({"seconds": seconds, "processor": processor, "pages": stored, "before": before, "peak": peak}))


def _peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main(*sys.argv[1:])
