"""The pace of a host holds over all processes that share a folder, as the access log of the host shows it."""

import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from loopback_site import Answer, LoopbackSite, busy

from curation.sources.fetch.pace import LONGEST_PAUSE, Pace, Times, TooLong

LITTLE = 0.1
"""Seconds by which a busy machine may write a request into its log too late."""

CAPTURE = """
import sys, pathlib
here, folder, name, delay, address, *paths = sys.argv[1:]
sys.path.insert(0, here)
from fetching import plain_source
from curation.sources.context import Context
from curation.sources.fetch.fetcher import FetchError, open_fetcher
folder = pathlib.Path(folder)
context = Context(folder, folder / name, contact="mailto:crawl@example.org", cache=folder / "cache")
with open_fetcher(plain_source(delay_seconds=float(delay)), context, robots=False) as client:
    print("ready", flush=True)
    for path in paths:
        sys.stdin.readline()
        try:
            print(client.fetch(address + path).status, flush=True)
        except FetchError as error:
            print(error, flush=True)
"""


@contextmanager
def capturing(folder: Path, name: str, delay: float, web: LoopbackSite, *paths: str) -> Iterator[subprocess.Popen[str]]:
    """A process that captures some pages, each when it is told to go."""
    words = [sys.executable, "-c", CAPTURE, str(Path(__file__).parents[1]), str(folder), name, str(delay), web.address, *paths]
    with subprocess.Popen(words, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert said(process) == "ready"
            yield process
        finally:
            process.kill()


def said(process: subprocess.Popen[str]) -> str:
    assert process.stdout is not None
    return process.stdout.readline().strip()


def go(process: subprocess.Popen[str], pages: int = 1) -> None:
    assert process.stdin is not None
    process.stdin.write("\n" * pages)
    process.stdin.flush()


def test_two_processes_keep_the_delay_together(tmp_path: Path, web: LoopbackSite) -> None:
    paths = ("/1", "/2", "/3")
    with capturing(tmp_path, "one", 0.3, web, *paths) as one, capturing(tmp_path, "two", 0.3, web, *paths) as two:
        go(one, 3)
        go(two, 3)
        assert [said(process) for process in (one, two) for _ in paths] == ["404"] * 6
    assert len({asked.peer for asked in web.log}) == 2
    assert min(web.gaps()) > 0.3 - LITTLE
    assert web.log[-1].at - web.log[0].at > 5 * 0.3 - LITTLE


def test_a_slow_capture_is_not_kept_from_its_turn_by_a_fast_one(tmp_path: Path, web: LoopbackSite) -> None:
    fast = [f"/fast-{number}" for number in range(200)]
    with capturing(tmp_path, "one", 0.05, web, *fast) as one, capturing(tmp_path, "two", 0.4, web, "/slow") as two:
        go(one, 200)
        assert said(one) == "404"
        go(two)
        assert said(two) == "404"
    assert len(web.pages) < 100


@pytest.mark.parametrize("delay", [0.0, 0.1])
def test_a_pause_that_a_host_asks_one_process_for_holds_for_the_other(tmp_path: Path, web: LoopbackSite, delay: float) -> None:
    web.answers["/busy"] = [busy("1"), Answer(b"here")]
    with capturing(tmp_path, "one", delay, web, "/busy") as one, capturing(tmp_path, "two", delay, web, "/first", "/second") as two:
        go(two)
        assert said(two) == "404"
        go(one)
        while not web.asked("/busy"):
            time.sleep(0.01)
        time.sleep(0.2)  # for the answer to arrive
        go(two)
        assert said(two) == "404"
    assert web.asked("/second")[0].at - web.asked("/busy")[0].at > 1.0 - LITTLE


def test_a_process_that_is_killed_while_it_waits_keeps_nobody_from_asking(tmp_path: Path, web: LoopbackSite) -> None:
    with capturing(tmp_path, "one", 0.4, web, "/1", "/2") as one:
        go(one, 2)
        assert said(one) == "404"
        time.sleep(0.1)  # it waits for its second turn
    with capturing(tmp_path, "two", 0.4, web, "/3") as two:
        go(two)
        assert said(two) == "404"
    assert 0.4 - LITTLE < web.asked("/3")[0].at - web.asked("/1")[0].at < 5.0


def test_a_clock_that_is_set_back_makes_nobody_wait_for_it(tmp_path: Path) -> None:
    later = time.time() + 7200
    file = tmp_path / "host.pace"
    file.write_bytes(Times(last=later, written=later).line())
    assert Pace(file).wait_turn(0.2, quiet) < 1.0
    file.write_bytes(Times(last=0, closed_until=later + 1.0, status=503, written=later).line())
    assert 0.5 < Pace(file).wait_turn(0.2, quiet) < 2.0


def test_a_site_without_a_delay_leaves_nothing_on_disk(tmp_path: Path) -> None:
    pace = Pace(tmp_path / "paces" / "host.pace")
    for _ in range(3):
        pace.wait_turn(0.0, quiet)
        pace.sent(time.time(), 0.0)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("content", [b"", b"x", b"nan " * 20, b"\0" * 68, Times(last=1e11, written=1.0).line()[:-9]])
def test_a_file_that_is_damaged_is_written_anew(tmp_path: Path, content: bytes) -> None:
    file = tmp_path / "host.pace"
    file.write_bytes(content)
    assert Pace(file).wait_turn(0.1, quiet) < 0.1
    assert 0.0 < Pace(file).wait_turn(0.1, quiet) < 1.0


def test_a_folder_that_cannot_be_written_leaves_the_pace_of_this_process(tmp_path: Path) -> None:
    (tmp_path / "paces").write_text("a file where a folder should be")
    pace = Pace(tmp_path / "paces" / "host.pace")
    pace.wait_turn(0.2, quiet)
    with pace.alone():
        assert pace.wait_turn(0.2, quiet) > 0.1
    pace.leave_alone(2 * LONGEST_PAUSE, 503)
    with pytest.raises(TooLong, match="asks to be left alone for 1200 s more"):
        pace.wait_turn(0.0, quiet)


def test_two_processes_ask_hosts_that_go_together_one_at_a_time(tmp_path: Path) -> None:
    file = tmp_path / "host.pace"
    script = """
import sys, pathlib, time
from curation.sources.fetch.pace import Pace
print("ready", flush=True)
with Pace(pathlib.Path(sys.argv[1])).alone():
    print(time.time())
"""
    with subprocess.Popen([sys.executable, "-c", script, file], stdout=subprocess.PIPE, text=True) as other:
        with Pace(file).alone():
            assert said(other) == "ready"
            time.sleep(0.3)
            left = time.time()
        assert float(said(other)) >= left


def quiet(seconds: float, why: str) -> None:
    """Says nothing."""
