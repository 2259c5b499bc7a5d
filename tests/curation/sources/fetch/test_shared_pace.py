"""The pace of a host holds over all processes that share a folder, as the access log of the host shows it."""

import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from loopback_site import Answer, LoopbackSite, busy

from curation.sources.fetch.pace import LONGEST_PAUSE, Pace, TooLong
from curation.sources.fetch.times import Times
from warehouse.errors import SourceError

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


def test_turns_that_killed_processes_waited_for_are_given_to_others(tmp_path: Path, web: LoopbackSite) -> None:
    with capturing(tmp_path, "first", 0.6, web, "/first") as first:
        go(first)
        assert said(first) == "404"
        with ExitStack() as waiting:
            names = [f"wait-{number}" for number in range(3)]
            others = [waiting.enter_context(capturing(tmp_path, name, 0.6, web, f"/{name}")) for name in names]
            begun = time.monotonic()
            Pace(shared_file(tmp_path)).sent(time.time(), 0.6)  # whatever it took to begin these
            for other in others:
                go(other)
            time.sleep(0.2)
    with capturing(tmp_path, "last", 0.6, web, "/last") as last:
        go(last)
        assert said(last) == "404"
    assert web.pages == ["/first", "/last"]
    assert web.asked("/last")[0].at - begun < 2.4 - LITTLE


def shared_file(folder: Path) -> Path:
    (file,) = (folder / "cache" / "paces").glob("*.pace")
    return file


def test_a_delay_of_the_recipe_is_waited_for_however_long(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    slept: list[float] = []
    monkeypatch.setattr("curation.sources.fetch.pace.time.sleep", slept.append)
    pace = Pace(tmp_path / "host.pace")
    for _ in range(2):
        pace.wait_turn(3 * LONGEST_PAUSE, quiet)
    assert [round(seconds) for seconds in slept] == [3 * LONGEST_PAUSE]


def test_a_pause_from_before_a_kill_is_as_long_as_it_was_though_the_clock_was_set_back(tmp_path: Path) -> None:
    pace, later = Pace(tmp_path / "host.pace"), time.time() + 7200
    pace.resume(later, later + 0.5, written=later)
    assert 0.3 < pace.wait_turn(0.0, quiet) < 2.0


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
    with pace.alone(9.0, quiet):
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
with Pace(pathlib.Path(sys.argv[1])).alone(9.0, print) as waited:
    print(time.time(), waited)
"""
    with subprocess.Popen([sys.executable, "-c", script, file], stdout=subprocess.PIPE, text=True) as other:
        with Pace(file).alone(9.0, quiet):
            assert said(other) == "ready"
            time.sleep(0.3)
            left = time.time()
        entered, waited = map(float, said(other).split())
        assert entered >= left
        assert 0.2 < waited < 5.0


def test_one_who_waits_for_hosts_that_go_together_comes_before_one_who_has_just_left_them(tmp_path: Path) -> None:
    file, came = tmp_path / "host.pace", threading.Event()

    def wait() -> None:
        with Pace(file).alone(9.0, quiet):
            came.set()

    first = Pace(file)
    with first.alone(9.0, quiet):
        other = threading.Thread(target=wait)
        other.start()
        time.sleep(0.2)
    with first.alone(9.0, quiet):
        assert came.is_set()
    other.join()


def test_a_process_that_holds_hosts_for_ever_is_told_of_and_not_waited_for_without_end(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.sources.fetch.pace.LEAST", 0.2)
    told: list[tuple[float, str]] = []
    with (
        Pace(tmp_path / "host.pace").alone(9.0, quiet),
        pytest.raises(SourceError, match=r"another capture has asked the same hosts for 0.6 s and does not end"),
        Pace(tmp_path / "host.pace").alone(0.6, lambda seconds, why: told.append((round(seconds, 1), why))),
    ):
        pytest.fail("nobody else was there")
    assert told == [(0.4, "at most, since another capture asks it and it wants one request at a time")]


def quiet(seconds: float, why: str) -> None:
    """Says nothing."""


def test_two_paces_of_one_process_with_one_file_take_turns(tmp_path: Path) -> None:
    begun = time.monotonic()
    paces = [Pace(tmp_path / "host.pace") for _ in range(4)]
    with ThreadPoolExecutor(4) as together:
        ends = sorted(together.map(lambda pace: (pace.wait_turn(0.2, quiet), time.monotonic() - begun)[1], paces))
    assert [round(end / 0.2) for end in ends] == [0, 1, 2, 3]


def test_a_clock_that_is_set_back_while_a_turn_is_waited_for_keeps_nobody_from_the_next(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pace, real, back = Pace(tmp_path / "host.pace"), time.time, [0.0]
    monkeypatch.setattr("curation.sources.fetch.pace.time.time", lambda: real() - back[0])
    pace.wait_turn(0.3, quiet)
    with ThreadPoolExecutor(1) as together:
        other = together.submit(pace.wait_turn, 0.3, quiet)
        time.sleep(0.1)
        back[0] = 7200.0
        assert pace.wait_turn(0.3, quiet) < 2.0
        assert other.result() < 2.0
