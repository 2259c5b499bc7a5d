"""How many pages a second the fetcher gets from a loopback site without delay, and what memory it takes.

Run it by `.venv/bin/python -m tests.bench.fetching`. The site is a process of its own on the same machine and serves pages of
8 KB. Wanted: 300 pages/s and more with every answer on disk, and memory as flat after 20,000 pages as after 1,000.
"""

import argparse
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Literal

import psutil

from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.fetch.fetcher import FetchError, open_fetcher
from curation.sources.source import NetworkSource

WANTED = 300
TESTS = Path(__file__).parents[1] / "curation" / "sources"
SITE = """
import sys
sys.path.insert(0, sys.argv[1])
from loopback_site import Answer, open_site
page = Answer(b"berries " * 1000)
with open_site() as site:
    site.answer = lambda asked: page if asked.path != "/robots.txt" else Answer(status=404)
    print(site.address, flush=True)
    sys.stdin.read()
"""


class Pages(NetworkSource):
    """A source of nothing but pages."""

    kind: Literal["pages"] = "pages"


def main() -> None:
    """Measures one request after another, and several at a time."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--pages", type=int, default=20_000)
    pages = options.parse_args().pages
    with site() as address:
        for concurrency in (1, 4):
            measure(address, concurrency, pages)


def measure(address: str, concurrency: int, pages: int) -> None:
    """Prints pages per second, and the megabytes that the process holds after the first 1,000 pages and at the end."""
    source = Pages(id="bench", domain=Domain.WIKI, delay_seconds=0, private_addresses=True, concurrency=concurrency)
    process, held = psutil.Process(), list[int]()
    with tempfile.TemporaryDirectory() as folder:
        context = Context(Path(folder), Path(folder))
        with open_fetcher(source, context) as fetcher:
            begun = time.monotonic()
            for number, (url, page) in enumerate(fetcher.fetch_all(f"{address}/{number}" for number in range(pages)), 1):
                if isinstance(page, FetchError):
                    raise page
                assert page.content, url
                if number in (1_000, pages):
                    held.append(process.memory_info().rss // 1_000_000)
            rate = pages / (time.monotonic() - begun)
    first, last = held[0], held[-1]
    print(f"{concurrency} at a time: {rate:.0f} pages/s (wanted {WANTED}), {first} MB after 1,000 pages, {last} MB after {pages:,}")


@contextmanager
def site() -> Iterator[str]:
    """The address of a site in a process of its own."""
    process = subprocess.Popen([sys.executable, "-c", SITE, str(TESTS)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate()


if __name__ == "__main__":
    main()
