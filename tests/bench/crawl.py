"""How fast a site is captured and stored, in how much memory, beside a peer.

Run it by `.venv/bin/python -m tests.bench.crawl`. The site answers from the loopback interface without delay, from a process
of its own, so that two processors are at work. The peer is Scrapy, which is no part of the product: install it by
`pip install --target FOLDER scrapy` and name it by `--peer FOLDER`.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.bench.crawl_site import serving
from tests.bench.overhead_timings import BENCH, ROOT, wait_for_quiet

SIZES = (1_000, 5_000, 20_000)
WANTED = 300.0
"""Pages per second that are wanted, captured and stored."""

COMPARED = 2_000
"""Pages of the crawl that is compared with the peer's."""

FLAT = 1.25
"""The most memory of the largest crawl, in that of the smallest, that still counts as flat."""


@dataclass(frozen=True)
class Crawled:
    """What a crawl took. `processor`: seconds that its process was at work, the site's left out. Memory in megabytes."""

    pages: int
    seconds: float
    processor: float
    before: float
    peak: float

    @property
    def speed(self) -> float:
        """Pages per second."""
        return self.pages / self.seconds

    def line(self, who: str) -> str:
        """A line of the table."""
        memory = f"memory {self.peak:>5.0f} MB at most, {self.peak - self.before:>4.0f} more than before the crawl"
        work = f"{self.processor / self.pages * 1000:.2f} ms of a processor per page"
        return f"{who:<12}{self.pages:>6} pages {self.seconds:>6.1f} s {self.speed:>5.0f} pages/s   {work}   {memory}"


def main() -> None:
    """Measures the crawls one after the other, and prints them beside what is wanted."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peer", type=Path, help="folder that Scrapy was installed into by pip --target")
    options.add_argument("--sizes", type=int, nargs="+", default=list(SIZES), help="pages of the sites")
    given = options.parse_args()
    ours = {pages: ours_of(pages) for pages in given.sizes}
    for crawled in ours.values():
        print(crawled.line("berrypatch"), flush=True)
    slowest = min(crawled.speed for crawled in ours.values())
    growth = max(ours.values(), key=lambda crawled: crawled.pages).peak / min(ours.values(), key=lambda crawled: crawled.pages).peak
    print(f"slowest: {slowest:.0f} pages/s, wanted at least {WANTED:g}: {slowest / WANTED:.2f} of it")
    print(f"memory of the largest in that of the smallest: {growth:.2f}, wanted at most {FLAT:g}")
    if given.peer:
        compare(given.peer)


def compare(folder: Path) -> None:
    """Ours and the peer's by turns on the same site, and the ratio of the better of two each."""
    ours, peers = [], []
    for _ in range(2):
        ours.append(ours_of(COMPARED))
        peers.append(peer_of(COMPARED, folder))
        print(ours[-1].line("berrypatch"), peers[-1].line("scrapy"), sep="\n", flush=True)
    ratio = max(crawled.speed for crawled in ours) / max(crawled.speed for crawled in peers)
    work = min(crawled.processor for crawled in peers) / min(crawled.processor for crawled in ours)
    print(f"berrypatch beside scrapy: {ratio:.2f} times its pages per second, {work:.2f} times its pages per second of a processor")


def ours_of(pages: int) -> Crawled:
    """A crawl by this product."""
    return _crawled(["-m", "tests.bench.crawl_ours"], pages, {})


def peer_of(pages: int, folder: Path) -> Crawled:
    """The same crawl by the peer."""
    return _crawled([str(ROOT / "tests" / "bench" / "crawl_peer.py")], pages, {"PYTHONPATH": str(folder)})


def _crawled(program: list[str], pages: int, variables: dict[str, str]) -> Crawled:
    folder = BENCH / "crawl"
    shutil.rmtree(folder, ignore_errors=True)
    wait_for_quiet(10)
    with serving(pages) as address:
        command = [sys.executable, *program, address, str(pages), str(folder)]
        done = subprocess.run(command, cwd=ROOT, env={**os.environ, **variables}, capture_output=True, text=True, check=False)
    shutil.rmtree(folder, ignore_errors=True)
    if done.returncode:
        sys.exit(f"{' '.join(command)} failed:\n{done.stdout}{done.stderr}")
    crawled = Crawled(**json.loads(done.stdout))
    if crawled.pages != pages:
        sys.exit(f"{' '.join(command)}: {crawled.pages} of {pages} pages were stored")
    return crawled


if __name__ == "__main__":
    main()
