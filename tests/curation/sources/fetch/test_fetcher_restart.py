"""What a killed capture leaves to the next one: every answer that anybody has seen, what the hosts asked for, the receipts."""

import hashlib
import json
import random
import signal
import sqlite3
import subprocess
import sys
import time
from collections import Counter
from contextlib import closing
from pathlib import Path

import pytest
from fetching import fetcher, known
from loopback_site import Answer, LoopbackSite, busy, moved

from curation.sources.fetch.fetcher import FetchError
from curation.sources.fetch.journal import FILE, HostState, Journal
from curation.sources.fetch.page import Answer as Kept
from curation.sources.receipts import Receipt, Receipts
from warehouse.errors import SourceError

PAGES = 150

CRAWL = """
import sys, pathlib
here, folder, address, concurrency, pages = sys.argv[1:]
sys.path.insert(0, here)
import stamina
from fetching import fetcher
from curation.sources.fetch.fetcher import FetchError
stamina.set_testing(True, attempts=4)
folder = pathlib.Path(folder)
with fetcher(folder, concurrency=int(concurrency)) as client:
    for url, page in client.fetch_all(f"{address}/{number}" for number in range(int(pages))):
        said = f"error {page}" if isinstance(page, FetchError) else f"{page.status} {page.final_url} {page.content.hex()}"
        with (folder / "seen").open("a") as seen:
            seen.write(f"{url.removeprefix(address)} {said.replace(address, '')}\\n")
"""


@pytest.fixture
def big_web(web: LoopbackSite) -> LoopbackSite:
    """Pages, and among them some that are missing, have moved, are larger, and fail."""
    for number in range(PAGES):
        text = hashlib.sha256(b"%d" % number).digest()
        web.answers[f"/{number}"] = Answer(text, thinks=0.002)
    web.answers |= {"/10": moved("/moved"), "/moved": Answer(b"moved"), "/20": Answer(status=404), "/30": Answer(status=501)}
    return web


def crawl(folder: Path, web: LoopbackSite, concurrency: int) -> subprocess.Popen[bytes]:
    folder.mkdir(exist_ok=True)
    arguments = [str(Path(__file__).parents[1]), str(folder), web.address, str(concurrency), str(PAGES)]
    return subprocess.Popen([sys.executable, "-c", CRAWL, *arguments])


def seen(folder: Path) -> list[str]:
    file = folder / "seen"
    return file.read_text().splitlines() if file.exists() else []


@pytest.mark.parametrize(("concurrency", "kills"), [(4, 4), pytest.param(1, 20, marks=pytest.mark.slow)])
def test_a_capture_that_is_killed_again_and_again_asks_for_no_page_more_than_twice(
    tmp_path: Path, big_web: LoopbackSite, concurrency: int, kills: int
) -> None:
    assert crawl(tmp_path / "whole", big_web, concurrency).wait(60) == 0
    undisturbed = seen(tmp_path / "whole")
    big_web.log.clear()
    moments, killed = random.Random(concurrency), 0
    while True:
        (tmp_path / "seen").unlink(missing_ok=True)
        before = len(big_web.log)
        process = crawl(tmp_path, big_web, concurrency)
        # each life gets beyond what the one before it left on its way, and ends at any moment of a request
        least = 2 * concurrency + 4
        target = before + moments.randrange(least, max(least + 10, 2 * PAGES // (kills + 1)))
        while len(big_web.log) < target and process.poll() is None:
            time.sleep(0.001)
        if killed < kills and process.poll() is None:
            time.sleep(moments.random() * 0.004)
            process.send_signal(signal.SIGKILL)
            killed += process.wait(60) == -signal.SIGKILL
            # what anybody has seen is what a whole capture sees
            assert undisturbed[: len(seen(tmp_path))] == seen(tmp_path)
            continue
        if process.wait(60) == 0:
            break
    assert killed >= kills // 2
    assert seen(tmp_path) == undisturbed
    times = Counter(asked.path for asked in big_web.log)
    assert max(times.values()) <= 2
    assert sum(times.values()) - len(times) <= killed * concurrency


def test_a_restart_knows_what_was_seen_and_asks_for_the_rest_alone(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/a": Answer(b"a", etag='"1"'), "/b": Answer(b"b"), "/c": Answer(status=404), "/d": Answer(b"x" * 2_000_000)}
    for _ in range(2):
        with fetcher(tmp_path) as client:
            pages = [client.fetch(f"{web.address}/{name}") for name in "abcd"]
            assert [page.status for page in pages] == [200, 200, 404, 200]
            assert pages[0].headers["etag"] == '"1"'
            assert pages[3].content == b"x" * 2_000_000
    assert web.pages == ["/a", "/b", "/c", "/d"]


def test_the_same_address_asked_otherwise_is_another_request(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a"] = Answer(b"a", etag='"1"')
    with fetcher(tmp_path) as client:
        client.fetch(f"{web.address}/a")
        client.fetch(f"{web.address}/a", accept="text/plain")
        assert client.fetch(f"{web.address}/a", fact=known(etag='"1"')).unchanged
        client.fetch(f"{web.address}/a", largest=5)
    assert web.pages == ["/a"] * 4
    assert [asked.headers["accept"] for asked in web.asked("/a")] == ["*/*", "text/plain", "*/*", "*/*"]


def test_another_try_after_an_error_asks_again_for_what_failed(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/a": [*[Answer(status=503)] * 4, Answer(b"here")], "/large": Answer(b"x" * 2000)}
    with pytest.raises(SourceError, match="nothing"), fetcher(tmp_path, max_page_megabytes=0.001) as client:
        for path in ("/a", "/large"):
            with pytest.raises(FetchError):
                client.fetch(f"{web.address}{path}")
        raise SourceError("nothing could be had")
    with fetcher(tmp_path, max_page_megabytes=0.001) as client:
        assert client.fetch(f"{web.address}/a").content == b"here"
        with pytest.raises(FetchError, match="larger than"):
            client.fetch(f"{web.address}/large")
    assert web.pages == [*["/a"] * 4, "/large", "/a", "/large"]


def test_a_host_that_asked_for_a_pause_is_left_alone_by_the_restart_too(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a"] = busy("3000")
    script = f"""
import sys, pathlib, os
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from fetching import fetcher
with fetcher(pathlib.Path({str(tmp_path)!r})) as client:
    try:
        client.fetch("{web.address}/a")
    finally:
        os.kill(os.getpid(), 9)
"""
    assert subprocess.run([sys.executable, "-c", script], check=False, timeout=60).returncode == -signal.SIGKILL
    receipts = Receipts()
    with fetcher(tmp_path, receipts=receipts) as client, pytest.raises(FetchError, match="asks to be left alone for"):
        client.fetch(f"{web.address}/b")
    assert web.pages == ["/a"]
    assert receipts.by_host[web.host].requests == 2
    assert json.loads(receipts.to_json())[0]["errors"] == 1


def test_the_delay_holds_across_a_restart(tmp_path: Path, web: LoopbackSite) -> None:
    script = f"""
import sys, pathlib, os
sys.path.insert(0, {str(Path(__file__).parents[1])!r})
from fetching import fetcher
with fetcher(pathlib.Path({str(tmp_path)!r}), delay_seconds=2.0, robots=False) as client:
    client.fetch("{web.address}/" + sys.argv[1])
    os.kill(os.getpid(), 9)
"""
    for name in "ab":
        subprocess.run([sys.executable, "-c", script, name], check=False, timeout=60)
    assert web.gaps()[0] > 1.98


def test_a_journal_that_is_damaged_is_begun_anew(tmp_path: Path, web: LoopbackSite) -> None:
    (tmp_path / "state").mkdir()
    (tmp_path / "state" / FILE).write_bytes(b"no database" * 1000)
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").status == 404


def test_a_journal_that_cannot_be_written_is_an_error_in_words(tmp_path: Path) -> None:
    (tmp_path / "state").write_text("a file where a folder should be")
    with pytest.raises(SourceError, match=r"what was fetched cannot be kept in .*state: .* See that the disk has room"), fetcher(tmp_path):
        pass


def test_a_large_body_that_is_gone_is_asked_for_again(tmp_path: Path) -> None:
    journal = Journal(tmp_path)
    journal.keep(b"key", Kept(200, {}, b"x" * 2_000_000))
    found = journal.find(b"key")
    assert found is not None
    assert len(found.answer.content) == 2_000_000
    for path in (tmp_path / "bodies").iterdir():
        path.unlink()
    assert journal.find(b"key") is None
    journal.close()


def test_the_journal_is_one_that_others_may_read_while_it_is_written(tmp_path: Path, web: LoopbackSite) -> None:
    with fetcher(tmp_path) as client:
        client.fetch(f"{web.address}/a")
        with sqlite3.connect(tmp_path / "state" / FILE) as other:
            assert other.execute("SELECT count(*) FROM answers").fetchone() == (2,)
        client.fetch(f"{web.address}/b")


def test_a_journal_of_an_older_version_is_begun_anew(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / FILE)) as older:
        older.execute("CREATE TABLE hosts (host TEXT PRIMARY KEY, asked REAL, closed_until REAL)")
    with closing(Journal(tmp_path)) as journal:
        journal.note(HostState(Receipt("h"), 1.0, 2.0, 3.0))
        assert journal.hosts() == [HostState(Receipt("h"), 1.0, 2.0, 3.0)]
