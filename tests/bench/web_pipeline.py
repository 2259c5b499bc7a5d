"""Extraction, cleaning and scoring of web pages beside datatrove's pipeline, on the same pages and the same single processor.

Run it by `.venv/bin/python -m tests.bench.web_pipeline --peer PYTHON`, where PYTHON is the interpreter of a virtual environment
with `datatrove[processing]`, which is no part of the product; without it only ours is measured. The pages are the gold pages of
extraction, by which both texts are marked, and the HTML of the shared corpus. Each run is a process of its own on one processor;
of its runs the one that took least of it counts, and they take turns, so that a noisy machine hurts both alike.
"""

import argparse
import json
import os
import shutil
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from curation.clean.encoding import decode
from curation.document import Dropped, Failed
from tests.bench.overhead_timings import BENCH, ROOT
from tests.curation.gold_pages import GOLD, SETS, gold_pages, mean, score
from warehouse.tables import CAPTURES, read_table, write_table

CORPUS = GOLD.parents[1] / "corpus"
FOLDER = BENCH / "web_pipeline"
PEER = Path(__file__).with_name("web_pipeline_peer.py")
DOMAINS = {"wiki": "wiki", "game": "lore", "papers": "paper", "noise": "wiki"}
WANTED = 3.0
LONGEST = 1_800
"""Seconds after which a run is given up."""


@dataclass(frozen=True)
class Page:
    """A page to be read; `name` tells it apart from all others."""

    name: str
    html: bytes
    domain: str


@dataclass(frozen=True)
class Run:
    """Seconds that a run took, by the clock and of the processor, and those of its stages where it tells them."""

    seconds: float
    processor: float
    stages: dict[str, float]


def main() -> None:
    """Measures both, and prints what came of it."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--peer", type=Path, help="the Python interpreter that has datatrove")
    options.add_argument("--repeats", type=int, default=3, help="runs of each, of which the one that took least counts")
    given = options.parse_args()
    if not GOLD.exists() or not CORPUS.exists():
        raise SystemExit(f"The pages are not there: {GOLD}, {CORPUS}")
    gold = list(_gold())
    start = measured(gold[:1], given.peer, given.repeats)
    print("for one page: " + ", ".join(f"{who} {run.processor:.2f} s of the processor" for who, run in start.items()), flush=True)
    compare("gold pages", gold, start, given.peer, given.repeats)
    compare("gold pages and corpus", [*gold, *_corpus()], start, given.peer, given.repeats)


def measured(pages: list[Page], peer: Path | None, repeats: int) -> dict[str, Run]:
    """The best run of each on some pages."""
    shutil.rmtree(FOLDER, ignore_errors=True)
    prepare(FOLDER, pages)
    commands = {"ours": [sys.executable, "-m", "tests.bench.web_pipeline_ours", str(FOLDER)]}
    if peer:
        commands["datatrove"] = [str(peer), str(PEER), str(FOLDER / "pages" / "pages.jsonl"), str(FOLDER / "peer")]
    best: dict[str, Run] = {}
    for _ in range(repeats):
        for who, command in commands.items():
            run = _pinned(command)
            best[who] = min(best.get(who, run), run, key=lambda each: each.processor)
    return best


def compare(label: str, pages: list[Page], start: dict[str, Run], peer: Path | None, repeats: int) -> None:
    """Measures both on some pages, and prints the best of each with the marks of what it extracted."""
    print(f"\n{label}: {len(pages)} pages, {sum(len(page.html) for page in pages) / 1e6:.1f} MB", flush=True)
    best = measured(pages, peer, repeats)
    for who, run in best.items():
        print(_line(who, run, pages))
        print("".join(f"    {name}: F1 {f1:.4f}\n" for name, f1 in _marks(_texts(who)).items()), end="")
    print("    paths of ours: " + ", ".join(f"{path} {count}" for path, count in _paths()))
    if "datatrove" in best:
        whole, without = (
            (best["datatrove"].processor - less["datatrove"]) / (best["ours"].processor - less["ours"])
            for less in (dict.fromkeys(best, 0.0), {who: run.processor for who, run in start.items()})
        )
        reached = "reached" if without >= WANTED else "MISSED"
        print(f"ours is {whole:.2f} times as fast, {without:.2f} times without what one page takes; wanted {WANTED}: {reached}")


def prepare(folder: Path, pages: list[Page]) -> None:
    """Writes the pages as a partition of captures, and as the lines that the peer reads."""
    (folder / "pages").mkdir(parents=True)
    (folder / "peer").mkdir()
    write_table(folder / "captures.parquet", map(_capture, pages), CAPTURES)
    with (folder / "pages" / "pages.jsonl").open("w") as lines:
        for page in pages:
            try:
                text = decode(page.html, None)
            except (Dropped, Failed):
                continue
            lines.write(json.dumps({"id": page.name, "text": text.encode("utf-8", "replace").decode()}) + "\n")


def _capture(page: Page) -> dict[str, Any]:
    named = {"capture_id": page.name, "source": "bench", "domain": page.domain, "uri": f"bench:{page.name}", "native_id": page.name}
    return {
        **dict.fromkeys(CAPTURES.names), **named, "revision": "1", "media_type": "text/html", "content": page.html, "bytes": len(page.html),
    }  # fmt: skip


def _gold() -> Iterator[Page]:
    for name in SETS:
        for page in gold_pages(name):
            yield Page(f"{name}/{page.name}", page.html, "wiki")


def _corpus() -> Iterator[Page]:
    for source in json.loads((CORPUS / "manifest.json").read_text())["sources"]:
        if source["kind"] == "html" and source["container"] == "zip":
            yield from _zipped(source)


def _zipped(source: dict[str, Any]) -> Iterator[Page]:
    with zipfile.ZipFile(CORPUS / source["path"]) as archive:
        for name in sorted(archive.namelist()):
            if not name.endswith("/"):
                yield Page(f"{source['id']}/{name}", archive.read(name), DOMAINS[source["domain"]])


def _pinned(command: list[str]) -> Run:
    """Runs a command on one processor."""
    processors = os.sched_getaffinity(0)
    os.sched_setaffinity(0, {max(processors)})
    try:
        shutil.rmtree(FOLDER / "peer")
        (FOLDER / "peer").mkdir()
        done = subprocess.run(command, cwd=ROOT, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, timeout=LONGEST, text=True)
    finally:
        os.sched_setaffinity(0, processors)
    took = json.loads(done.stdout.splitlines()[-1])
    return Run(took["seconds"], took["processor"], took.get("stages", {}))


def _line(who: str, run: Run, pages: list[Page]) -> str:
    megabytes = sum(len(page.html) for page in pages) / 1e6
    stages = ", ".join(f"{stage} {seconds:.1f}" for stage, seconds in run.stages.items())
    speed = f"{len(pages) / run.processor:.0f} pages/s, {megabytes / run.processor:.1f} MB/s of one processor"
    return f"{who:<10} {run.processor:.1f} s of the processor, {run.seconds:.1f} s by the clock: {speed}" + (
        f" ({stages})" if stages else ""
    )


def _texts(who: str) -> dict[str, str]:
    """What was extracted from each page, before anything was cleaned or filtered."""
    if who == "ours":
        return {row["doc_id"]: row["text"] or "" for row in read_table(FOLDER / "extracted.parquet").to_pylist()}
    lines = (FOLDER / "peer" / "extracted.jsonl").read_text().splitlines()
    return {row["id"]: row["text"] for row in map(json.loads, lines)}


def _marks(texts: dict[str, str]) -> dict[str, float]:
    return {name: mean(score(page.text, texts.get(f"{name}/{page.name}", "")) for page in gold_pages(name)).f1 for name in SETS}


def _paths() -> list[tuple[str, int]]:
    return Counter(row["extractor"] or row["reason"] for row in read_table(FOLDER / "extracted.parquet").to_pylist()).most_common()


if __name__ == "__main__":
    main()
