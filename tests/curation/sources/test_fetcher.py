"""The HTTP client: polite, patient, and bounded in time and size."""

import gzip
import socket
import time
import tracemalloc
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from typing import Any

import httpx2
import pytest
import stamina
from small_site import Answer, Site

from curation.sources import fetcher as fetching
from curation.sources.fetcher import Fetcher
from warehouse.errors import SourceError


@contextmanager
def fetcher(**settings: Any) -> Iterator[Fetcher]:
    with Fetcher(**{"user_agent": "berrypatch-test", "delay_seconds": 0.0, "largest": 100_000, **settings}) as client:
        yield client


def test_a_page_comes_with_its_status_its_headers_and_its_bytes(site: Site) -> None:
    site.pages["/a?b=c"] = Answer(b"\xff\x00", headers={"X-Name": "value"})
    with fetcher() as client:
        page = client.get(f"{site.address}/a?b=c")
    assert (page.status, page.content, page.headers["x-name"]) == (200, b"\xff\x00", "value")
    assert site.agents == {"berrypatch-test"}


def test_a_missing_page_is_asked_for_once(site: Site) -> None:
    with fetcher() as client:
        assert client.get(f"{site.address}/absent").status == 404
    assert site.asked == ["/absent"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504])
def test_a_page_that_fails_for_now_is_asked_for_again(site: Site, status: int) -> None:
    site.pages["/a"] = [Answer("busy", status), Answer("busy", status), Answer("here")]
    with fetcher() as client:
        assert client.get(f"{site.address}/a").content == b"here"
    assert site.asked == ["/a"] * 3


def test_a_page_that_fails_for_good_is_given_as_it_is_after_four_tries(site: Site) -> None:
    site.pages["/a"] = Answer("broken", 500)
    with fetcher() as client:
        page = client.get(f"{site.address}/a")
    assert (page.status, page.content, page.transient) == (500, b"broken", True)
    assert site.asked == ["/a"] * 4


def test_a_connection_that_breaks_off_is_tried_again(site: Site) -> None:
    site.pages["/a"] = [Answer("sho", headers={"Content-Length": "5"}), Answer("short", headers={"Content-Length": "5"})]
    with fetcher() as client:
        assert client.get(f"{site.address}/a").content == b"short"


def test_a_dead_host_is_an_error_after_several_tries() -> None:
    with fetcher() as client, pytest.raises(httpx2.ConnectError):
        client.get("http://127.0.0.1:1/")


def test_the_pause_that_a_host_asks_for_is_kept(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    stamina.set_testing(False)
    pauses: list[float] = []
    monkeypatch.setattr(time, "sleep", pauses.append)
    later = format_datetime(datetime.now(UTC) + timedelta(seconds=40), usegmt=True)
    site.pages["/a"] = [Answer("", 503, {"Retry-After": "7"}), Answer("", 429, {"Retry-After": later}), Answer("here")]
    with fetcher() as client:
        assert client.get(f"{site.address}/a").content == b"here"
    assert pauses[0] == 7
    assert 30 < pauses[1] <= 40


def test_a_host_that_asks_for_too_long_a_pause_is_not_asked_again(site: Site) -> None:
    site.pages["/a"] = Answer("", 503, {"Retry-After": "3600"})
    with fetcher() as client:
        assert client.get(f"{site.address}/a").status == 503
    assert site.asked == ["/a"]


@pytest.mark.parametrize("value", ["soon", "-5", "Mon, 99 Jan 2020", ""])
def test_a_pause_that_makes_no_sense_is_no_reason_to_give_up(site: Site, value: str) -> None:
    site.pages["/a"] = [Answer("", 503, {"Retry-After": value}), Answer("here")]
    with fetcher() as client:
        assert client.get(f"{site.address}/a").content == b"here"


def test_two_requests_to_one_host_are_apart_by_the_delay(site: Site) -> None:
    pauses: list[float] = []
    with fetcher(delay_seconds=5.0, sleep=pauses.append) as client:
        client.get(f"{site.address}/a")
        client.get(f"{site.address}/b")
    assert len(pauses) == 1
    assert 4.5 < pauses[0] <= 5


def test_a_delay_that_robots_txt_asks_for_is_kept(site: Site) -> None:
    site.pages["/robots.txt"] = Answer("User-agent: *\nCrawl-delay: 9")
    pauses: list[float] = []
    with fetcher(sleep=pauses.append) as client:
        assert client.allowed(f"{site.address}/a")
        client.get(f"{site.address}/a")
    assert 8 < pauses[-1] <= 9


def test_robots_txt_is_obeyed_and_asked_for_once(site: Site) -> None:
    site.pages["/robots.txt"] = Answer("User-agent: berrypatch-test\nDisallow: /private\n\nUser-agent: *\nDisallow: /")
    with fetcher() as client:
        allowed = [client.allowed(f"{site.address}{path}") for path in ("/", "/private/a", "/public")]
    assert allowed == [True, False, True]
    assert site.asked == ["/robots.txt"]


def test_without_a_robots_txt_everything_is_allowed(site: Site) -> None:
    with fetcher() as client:
        assert client.allowed(f"{site.address}/a")


def test_a_robots_txt_that_has_moved_is_followed(site: Site) -> None:
    site.pages["/robots.txt"] = Answer("", 301, {"Location": "/elsewhere/robots.txt"})
    site.pages["/elsewhere/robots.txt"] = Answer("User-agent: *\nDisallow: /")
    with fetcher() as client:
        assert not client.allowed(f"{site.address}/a")


def test_a_robots_txt_that_moves_in_a_circle_is_none(site: Site) -> None:
    site.pages["/robots.txt"] = Answer("", 301, {"Location": "/robots.txt"})
    with fetcher() as client:
        assert client.allowed(f"{site.address}/a")
    assert len(site.asked) == 6


def test_a_robots_txt_is_read_beyond_the_limit_for_pages(site: Site) -> None:
    site.pages["/robots.txt"] = Answer("# much talk\n" * 2000 + "User-agent: *\nDisallow: /")
    with fetcher(largest=1000) as client:
        assert not client.allowed(f"{site.address}/a")


@pytest.mark.parametrize("status", [500, 503, 429, 507])
def test_a_robots_txt_that_cannot_be_had_closes_the_host_and_is_not_asked_for_again(site: Site, status: int) -> None:
    site.pages["/robots.txt"] = Answer("", status)
    with fetcher() as client:
        for _ in range(3):
            with pytest.raises(SourceError, match=f"robots.txt cannot be had .HTTP status {status}"):
                client.allowed(f"{site.address}/a")
    assert len(site.asked) in (1, 4)


def test_a_response_is_read_up_to_the_limit_and_a_little_beyond(site: Site) -> None:
    site.pages["/a"] = Answer(b"x" * 5_000_000)
    with fetcher() as client:
        size = len(client.get(f"{site.address}/a").content)
    assert 100_000 < size < 1_000_000


def test_the_limit_counts_what_a_response_unpacks_to(site: Site) -> None:
    bomb = gzip.compress(bytes(50_000_000), compresslevel=1)
    site.pages["/a"] = Answer(bomb, headers={"Content-Encoding": "gzip"})
    tracemalloc.start()
    with fetcher() as client:
        size = len(client.get(f"{site.address}/a").content)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert 100_000 < size < 3_000_000
    assert peak < 10_000_000


def test_a_host_that_drips_is_left(monkeypatch: pytest.MonkeyPatch, site: Site) -> None:
    monkeypatch.setattr(fetching, "LONGEST_RESPONSE", -1.0)
    site.pages["/a"] = Answer("drop by drop")
    with fetcher() as client, pytest.raises(httpx2.ReadTimeout, match="no end after"):
        client.get(f"{site.address}/a")


def test_a_stand_in_is_asked_under_the_hosts_own_name_and_without_delay(site: Site) -> None:
    site.pages["/a"] = Answer("stood in")
    stand_in = {"w.example": site.address.removeprefix("http://")}
    pauses: list[float] = []
    with fetcher(stand_in=stand_in, delay_seconds=9.0, sleep=pauses.append) as client:
        pages = [client.get("https://w.example/a") for _ in range(2)]
    assert {(page.url, page.content) for page in pages} == {("https://w.example/a", b"stood in")}
    assert pauses == []


def test_a_secret_is_sent_to_its_origin_alone(site: Site) -> None:
    stand_in = dict.fromkeys(("w.example", "other.example"), site.address.removeprefix("http://"))
    sent = []
    with fetcher(stand_in=stand_in, authorization={"https://w.example": "Bearer raspberry"}) as client:
        for url in ("https://w.example/a", "http://w.example/a", "https://other.example/a"):
            site.authorizations.clear()
            client.get(url)
            sent += site.authorizations
    assert sent == ["Bearer raspberry", None, None]
    assert "raspberry" not in repr(client)


def test_a_stand_in_is_reached_although_the_machine_has_a_proxy(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as closed:
        closed.bind(("127.0.0.1", 0))
        monkeypatch.setenv("HTTP_PROXY", f"http://127.0.0.1:{closed.getsockname()[1]}")
        site.pages["/a"] = Answer("stood in")
        with fetcher(stand_in={"w.example": site.address.removeprefix("http://")}) as client:
            assert client.get("http://w.example/a").content == b"stood in"
