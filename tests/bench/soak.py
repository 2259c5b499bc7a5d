"""The service under a schedule for minutes on end: is every change of a site caught, and does anything grow?

    python -m tests.bench.soak [--minutes 10] [--seed 0]

A loopback site of a few pages changes at random moments, a recipe captures it every twenty seconds and trains a tiny model
where enough has changed. Ends with exit status 1 where something was missed, failed or left behind.
"""

import argparse
import random
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Event, Thread
from typing import Any

import numpy as np

from tests.flows.conftest import SAMPLE
from tests.flows.services import FINAL, Service, service, wait_for
from warehouse.console import query
from warehouse.digests import sha256_bytes
from warehouse.layout import Workspace

PERIOD = 20.0
"""Seconds between two starts."""

PAUSE = 30.0
"""Mean seconds between two changes of the site."""

SAMPLE_SECONDS = 10.0

PARTS = ("supervisor", "server", "runner")
"""The processes of a service that has no run under way."""

RECIPE = """
name = "site"

[[sources]]
kind = "web"
id = "site"
domain = "lore"
start = ["ADDRESS/"]
private_addresses = true
delay_seconds = 0

[splits]
validation = 0.2

[tokenizer]
entries = 400

[training]
steps = 4
batch = 2
block = 32
evaluate_every = 4
checkpoint_every = 4
evaluate_windows = 1
evaluate_tokens = 1000

[retrain]
tolerance = 0.3

[schedule]
every_minutes = 0.3333333333333333
"""


@dataclass
class Version:
    """A page as it was for a while."""

    path: str
    revision: str  # as the warehouse names it
    since: float
    until: float = float("inf")


@dataclass
class Site:
    """Pages that change; `/` links to all of them."""

    chance: random.Random
    texts: list[str]
    pages: dict[str, bytes] = field(default_factory=dict)
    versions: list[Version] = field(default_factory=list)

    def publish(self, path: str, text: str) -> None:
        """Puts a page up in place of its older version."""
        paragraphs = "".join(f"<p>{part}</p>" for part in text.split("\n\n"))
        content = f"<!doctype html><title>{path}</title><article><h1>{path}</h1>{paragraphs}</article>".encode()
        now = time.monotonic()
        for version in self.versions:
            if version.path == path and version.until > now:
                version.until = now
        self.pages[path] = content
        self.versions.append(Version(path, sha256_bytes(content)[:16], now))

    def change(self) -> None:
        """Changes a page, or adds one."""
        number = len(self.versions)
        if self.texts and self.chance.random() < 0.3:
            self.publish(f"page-{len(self.pages)}", self.texts.pop())
            return
        path = self.chance.choice(sorted(self.pages))
        before = (
            self.pages[path].decode().partition("</h1><p>")[2].partition("</article>")[0].replace("</p><p>", "\n\n").removesuffix("</p>")
        )
        bells = " ".join(self.chance.choices(("harbour", "bell", "eel", "lamp", "tide", "reef", "salt", "goat"), k=12))
        self.publish(path, f"{before}\n\nOn the {number}th morning the watch wrote this into its book: {bells}.")

    def front(self) -> bytes:
        """The page that links to the others; it holds no text of its own."""
        return "".join(f'<a href="/{path}">{path}</a> ' for path in sorted(self.pages)).encode()


@contextmanager
def online(site: Site) -> Iterator[str]:
    """Serves a site for the length of a block and gives its address."""

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            content = site.front() if self.path == "/" else site.pages.get(self.path.removeprefix("/"))
            self.send_response(200 if content is not None else 404)
            self.send_header("Content-Type", "text/html; charset=utf-8")
            self.send_header("Content-Length", str(len(content or b"")))
            self.end_headers()
            self.wfile.write(content or b"")

        def log_message(self, format: str, *arguments: Any) -> None:
            """Says nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield f"http://127.0.0.1:{server.server_port}"
    finally:
        server.shutdown()


@dataclass(frozen=True)
class Size:
    """How large a service is at a moment."""

    seconds: float
    memory: dict[str, float]  # MB, by process
    handles: dict[str, int]  # open files, by process
    processes: int
    database: float  # MB
    workspace: float  # MB, without the database and the logs


def measured(up: Service, seconds: float) -> Size:
    """The service now."""
    pids = {part: up.pid if part == "supervisor" else up.child(part) for part in PARTS}
    memory = {part: _resident(pid) for part, pid in pids.items()}
    handles = {part: len(list(Path(f"/proc/{pid}/fd").iterdir())) for part, pid in pids.items()}
    database = _megabytes((up.home / "service" / "prefect").glob("prefect.db*"))
    made = _megabytes(path for folder in up.home.iterdir() if folder.name != "service" for path in folder.rglob("*"))
    return Size(seconds, memory, handles, len(up.processes()), database, made)


def _megabytes(paths: Iterable[Path]) -> float:
    """Size of files, of which one with several names counts once."""
    sizes = {}
    for path in paths:
        with suppress(FileNotFoundError):  # a run is at work
            found = path.stat()
            sizes[found.st_ino] = found.st_size
    return sum(sizes.values()) / 1e6


def _resident(pid: int) -> float:
    (line,) = [line for line in Path(f"/proc/{pid}/status").read_text().splitlines() if line.startswith("VmRSS")]
    return int(line.split()[1]) / 1e3


def soak(up: Service, site: Site, minutes: float) -> list[Size]:
    """Lets the site change for so long and measures the service meanwhile."""
    began, ending = time.monotonic(), Event()

    def live() -> None:
        while not ending.wait(site.chance.expovariate(1 / PAUSE)):
            site.change()

    Thread(target=live, daemon=True).start()
    sizes = [measured(up, 0)]
    while time.monotonic() - began < 60 * minutes:
        time.sleep(SAMPLE_SECONDS)
        sizes.append(measured(up, time.monotonic() - began))
    ending.set()
    return sizes


def settle(up: Service, recipe: Path) -> None:
    """Takes the schedule away and waits for what is under way, and for its processes to be gone."""
    recipe.write_text(recipe.read_text().partition("[schedule]")[0])
    deployment = up.ask("GET", "/deployments/name/curate/curate")["id"]
    wait_for(lambda: not up.ask("GET", f"/deployments/{deployment}")["schedules"], "the schedule to be gone")
    wait_for(lambda: all(run["state_type"] in FINAL for run in every_run(up)), "the runs to end")
    wait_for(lambda: len(up.processes()) == len(PARTS), "the processes of runs to be gone")


def every_run(up: Service) -> list[dict[str, Any]]:
    """All flow runs, the oldest first."""
    rows: list[dict[str, Any]] = []
    while page := up.ask("POST", "/flow_runs/filter", {"sort": "EXPECTED_START_TIME_ASC", "limit": 200, "offset": len(rows)}):
        rows += page
    return rows


def missed(home: Path, versions: list[Version], ended: float) -> list[str]:
    """Versions that were up for longer than two periods and are in no snapshot."""
    rows = query(Workspace(home), "select distinct revision from snapshots where recipe = 'site'").rows
    known = {revision for (revision,) in rows}
    long = [version for version in versions if min(version.until, ended) - version.since > 2 * PERIOD]
    print(f"versions of pages: {len(versions)}, of them up for more than {2 * PERIOD:.0f} s: {len(long)}; in snapshots: {len(known)}")
    return [f"{v.path} {v.revision}, up for {min(v.until, ended) - v.since:.0f} s" for v in long if v.revision not in known]


def show_runs(runs: list[dict[str, Any]]) -> list[str]:
    """Prints what became of the runs, and gives those that went wrong."""
    for flow in ("curate", "write-shards", "train-strawberry"):
        begun = [run for run in runs if run["name"].startswith(f"{flow} ")]
        seconds = sorted(run["total_run_time"] for run in begun) or [0.0]
        states = dict(Counter(run["state_name"] for run in begun))
        print(f"{flow:<17} {states}, {seconds[len(seconds) // 2]:.1f} s each (median), {seconds[-1]:.1f} s at most")
    print(f"{'never begun':<17} {dict(Counter(run['state_name'] for run in runs if not run['start_time'] or not run['total_run_time']))}")
    return [f"{run['name']}: {run['state_name']}, {run['state']['message']}" for run in runs if run["state_type"] in ("FAILED", "CRASHED")]


def show_sizes(sizes: list[Size]) -> None:
    """Prints how large the service was over time, and the slope of the second half, when all is warm."""
    heads = "".join(f"{f'{part} MB':>15}{'files':>6}" for part in PARTS)
    print(f"\n   min  {heads}{'processes':>11}{'database MB':>13}{'workspace MB':>14}")
    for size in sizes[:: max(1, len(sizes) // 12)]:
        columns = "".join(f"{size.memory[part]:>15.1f}{size.handles[part]:>6}" for part in PARTS)
        print(f"{size.seconds / 60:6.1f}  {columns}{size.processes:>11}{size.database:>13.2f}{size.workspace:>14.2f}")
    half = sizes[len(sizes) // 2 :]
    growing = {f"{part} MB": [size.memory[part] for size in half] for part in PARTS}
    growing |= {f"{part} files": [float(size.handles[part]) for size in half] for part in PARTS}
    growing |= {"database MB": [size.database for size in half], "workspace MB": [size.workspace for size in half]}
    hours = [size.seconds / 3600 for size in half]
    slopes = {name: float(np.polyfit(hours, values, 1)[0]) for name, values in growing.items()}
    print("per hour, second half: " + ", ".join(f"{name} {slope:+.1f}" for name, slope in slopes.items()))
    print(f"the database would grow by {24 * slopes['database MB']:.0f} MB in a day of such a schedule")


def main() -> int:
    """Runs the soak; returns the exit status."""
    parser = argparse.ArgumentParser(prog="python -m tests.bench.soak", description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--minutes", type=float, default=10.0)
    parser.add_argument("--seed", type=int, default=0)
    asked = parser.parse_args()
    texts = [path.read_text() for path in sorted(SAMPLE.glob("lore/*.md"))]
    site = Site(random.Random(asked.seed), texts[12:])
    for number, text in enumerate(texts[:12]):
        site.publish(f"page-{number}", text)
    with tempfile.TemporaryDirectory(prefix="berry-soak-") as folder, online(site) as address:
        home, recipes = Path(folder) / "home", Path(folder) / "recipes"
        recipes.mkdir()
        (recipes / "site.toml").write_text(RECIPE.replace("ADDRESS", address))
        with service(home, recipes) as up:
            print(f"{asked.minutes:g} minutes, a start every {PERIOD:.0f} s, a change every {PAUSE:.0f} s on average, seed {asked.seed}")
            sizes = soak(up, site, asked.minutes)
            ended = time.monotonic()
            settle(up, recipes / "site.toml")
            faults = show_runs(every_run(up))
            sizes.append(measured(up, sizes[-1].seconds + time.monotonic() - ended))
        faults += [f"missed: {each}" for each in missed(home, site.versions, ended)]
        faults += [f"left in scratch: {path.name}" for path in (home / "scratch").iterdir()]
        faults += [f"process {pid} is still there" for pid in up.processes()]
        show_sizes(sizes)
        print(f"processes: {sizes[0].processes} before the runs, {sizes[-1].processes} after them, {len(up.processes())} after the service")
        logs = "".join(log.read_text() for log in (home / "service").glob("*.log*"))
        print(f"'database is locked' in the logs: {logs.count('database is locked')}, tracebacks: {logs.count('Traceback')}")
    print("\n".join(["", "FAULTS", *faults] if faults else ["", "nothing was missed, failed or left behind"]))
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main())
