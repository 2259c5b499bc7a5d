"""Politeness, as the owner of a site sees it in the access log: rate, rules, names, pauses, no request for nothing."""

import socket
import time
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

import pytest
import stamina
from fetching import fetcher, known
from loopback_site import Answer, Asked, LoopbackSite, busy, moved

from curation.sources.fetch import pace, patience, robots
from curation.sources.fetch.fetcher import FetchError
from curation.sources.receipts import Receipts

LITTLE = 0.1
"""Seconds by which a busy machine may write a request into its log too late."""


def apart(web: LoopbackSite, seconds: float) -> bool:
    """Whether the requests of a site came with so many seconds between them."""
    span = web.log[-1].at - web.log[0].at
    return min(web.gaps()) > seconds - LITTLE and span > seconds * (len(web.log) - 1) - LITTLE


def test_a_host_is_told_who_asks_and_how_to_reach_them(tmp_path: Path, web: LoopbackSite) -> None:
    with fetcher(tmp_path, contact="https://example.org/crawl") as client:
        client.fetch(f"{web.address}/a")
    name = f"berrypatch/{version('berrypatch')} (+https://example.org/crawl)"
    assert [asked.headers["user-agent"] for asked in web.log] == [name, name]


def test_a_recipe_may_give_another_name(tmp_path: Path, web: LoopbackSite) -> None:
    with fetcher(tmp_path, contact="", user_agent="jambot/2 (jam@example.org)") as client:
        client.fetch(f"{web.address}/a")
    assert {asked.headers["user-agent"] for asked in web.log} == {"jambot/2 (jam@example.org)"}


def test_without_a_contact_only_this_machine_is_asked(tmp_path: Path, web: LoopbackSite) -> None:
    with fetcher(tmp_path, contact="") as client:
        assert client.fetch(f"{web.address}/a").status == 404
        for url in ("https://berries.example/", "http://10.0.0.1/"):
            with pytest.raises(FetchError, match=r"^is not asked: set `contact` in the recipe to an address or page by which the owners"):
                client.fetch(url)


def test_requests_to_one_host_are_apart_by_the_delay(tmp_path: Path, web: LoopbackSite) -> None:
    with fetcher(tmp_path, delay_seconds=0.2) as client:
        for name in "abc":
            client.fetch(f"{web.address}/{name}")
    assert len(web.log) == 4
    assert apart(web, 0.2)


def test_the_delay_holds_for_many_pages_at_a_time_too(tmp_path: Path, web: LoopbackSite) -> None:
    receipts = Receipts()
    with fetcher(tmp_path, delay_seconds=0.2, concurrency=4, receipts=receipts) as client:
        list(client.fetch_all(f"{web.address}/{number}" for number in range(5)))
    assert len(web.log) == 6
    assert apart(web, 0.2)
    assert receipts.by_host[web.host].waited > 0.7


def test_the_delay_holds_for_two_sources_with_one_host(tmp_path: Path, web: LoopbackSite) -> None:
    with fetcher(tmp_path / "1", delay_seconds=0.2) as one, fetcher(tmp_path / "2", delay_seconds=0.2) as two:
        for number in range(2):
            for client in (one, two):
                client.fetch(f"{web.address}/{number}")
    assert apart(web, 0.2)


def test_the_delay_counts_from_when_a_request_went_out_and_not_from_when_its_connection_was_begun(
    tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    connect = socket.create_connection

    def slowly(*arguments: Any, **settings: Any) -> socket.socket:
        time.sleep(0.4)
        return connect(*arguments, **settings)

    monkeypatch.setattr(socket, "create_connection", slowly)
    with fetcher(tmp_path, delay_seconds=0.4) as client:
        client.fetch(f"{web.address}/a")
    assert apart(web, 0.4)


@pytest.mark.parametrize("line", ["Crawl-delay: 0.3", "Request-rate: 10/3s"])
def test_the_delay_that_a_robots_txt_asks_for_is_kept(tmp_path: Path, web: LoopbackSite, line: str) -> None:
    web.robots("User-agent: *", line)
    with fetcher(tmp_path) as client:
        for name in "ab":
            client.fetch(f"{web.address}/{name}")
    assert apart(web, 0.3)


def test_a_delay_that_nobody_can_wait_for_is_an_error_that_names_it(tmp_path: Path, web: LoopbackSite) -> None:
    web.robots("User-agent: *", "Crawl-delay: 700")
    with (
        fetcher(tmp_path) as client,
        pytest.raises(FetchError, match=r"the host wants 700 s between two requests; more than 600 s .* `delay_seconds`") as caught,
    ):
        client.fetch(f"{web.address}/a")
    assert caught.value.transient
    assert web.pages == []


def test_a_long_delay_of_a_host_is_waited_for_where_the_recipe_says_as_much(
    tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    web.robots("User-agent: *", "Crawl-delay: 700")
    slept: list[float] = []
    monkeypatch.setattr("curation.sources.fetch.pace.time.sleep", slept.append)
    with fetcher(tmp_path, delay_seconds=700) as client:
        assert client.fetch(f"{web.address}/a").status == 404
    assert 700 in map(round, slept)


def test_robots_txt_is_obeyed_and_asked_for_once(tmp_path: Path, web: LoopbackSite) -> None:
    web.robots("User-agent: berrypatch", "Disallow: /private", "", "User-agent: *", "Disallow: /")
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/public").status == 404
        for path in ("/private/a", "/private"):
            with pytest.raises(FetchError, match=r"^robots.txt does not allow this page$"):
                client.fetch(f"{web.address}{path}")
    assert [asked.path for asked in web.log] == ["/robots.txt", "/public"]


def test_rules_for_the_host_of_the_contact_are_not_ours(tmp_path: Path, web: LoopbackSite) -> None:
    web.robots("User-agent: evilbot", "Disallow: /")
    with fetcher(tmp_path, contact="https://evilbot.example/evilbot") as client:
        assert client.fetch(f"{web.address}/a").status == 404


def test_an_interface_whose_etiquette_says_so_is_used_without_its_robots_txt(tmp_path: Path, web: LoopbackSite) -> None:
    web.robots("User-agent: *", "Disallow: /")
    with fetcher(tmp_path, robots=False) as client:
        assert client.fetch(f"{web.address}/w/api.php").status == 404
    assert [asked.path for asked in web.log] == ["/w/api.php"]


@pytest.mark.parametrize("status", [400, 401, 403, 404, 410])
def test_without_a_robots_txt_everything_is_allowed(tmp_path: Path, web: LoopbackSite, status: int) -> None:
    web.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /", status)
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").status == 404


@pytest.mark.parametrize("status", [429, 500, 503, 507])
def test_a_robots_txt_that_cannot_be_had_closes_the_host(tmp_path: Path, web: LoopbackSite, status: int) -> None:
    web.answers["/robots.txt"] = Answer(status=status)
    with fetcher(tmp_path) as client:
        for name in "abc":
            with pytest.raises(
                FetchError, match=rf"robots.txt cannot be had \(HTTP status {status}\); without it no page may be asked for"
            ):
                client.fetch(f"{web.address}/{name}")
    assert [asked.path for asked in web.log] == ["/robots.txt"] * 4


def test_a_host_that_does_not_answer_is_closed(tmp_path: Path) -> None:
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match=r"127.0.0.1:1: robots.txt cannot be had .*ConnectError"):
        client.fetch("http://127.0.0.1:1/")


def test_a_robots_txt_that_has_moved_is_followed_also_to_another_host(tmp_path: Path, web: LoopbackSite, other: LoopbackSite) -> None:
    web.answers |= {f"/{number}": moved(f"/{number + 1}") for number in range(1, 4)}
    web.answers |= {"/robots.txt": moved("/1"), "/4": moved(f"{other.address}/rules")}
    other.answers["/rules"] = Answer(b"User-agent: *\nDisallow: /")
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match="does not allow"):
        client.fetch(f"{web.address}/a")
    assert web.pages == ["/1", "/2", "/3", "/4"]


def test_a_robots_txt_that_moves_without_end_is_none(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/robots.txt"] = moved("/r0")
    web.answers |= {f"/r{number}": moved(f"/r{number + 1}") for number in range(20)}
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").status == 404
    assert [asked.path for asked in web.log] == ["/robots.txt", *(f"/r{number}" for number in range(5)), "/a"]


def test_a_robots_txt_is_read_beyond_the_limit_for_pages_and_cut_at_500_kib(tmp_path: Path, web: LoopbackSite) -> None:
    talk = b"# much talk\n" * 42_000
    web.answers["/robots.txt"] = Answer(b"User-agent: *\nDisallow: /early\n" + talk + b"\nUser-agent: *\nDisallow: /late\n" + talk)
    with fetcher(tmp_path, max_page_megabytes=0.001) as client:
        with pytest.raises(FetchError, match="does not allow"):
            client.fetch(f"{web.address}/early")
        with pytest.raises(FetchError, match="does not allow"):
            client.fetch(f"{web.address}/late")
    assert robots.LARGEST > 500 * 1024 - 1


def test_a_rule_that_is_cut_in_two_is_none() -> None:
    head, rule = b"User-agent: *\n", b"Disallow: /private\n"
    talk = b"#" * (robots.LARGEST - len(head) - len(b"Disallow: /") - 1) + b"\n"
    assert robots.rules_of(head + talk + rule, "berrypatch", 0.0).allow("http://w.example/public")
    assert not robots.rules_of(head + b"#\n" + rule, "berrypatch", 0.0).allow("http://w.example/private")


def test_rules_are_read_again_when_they_are_old(tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "OLDEST", 0.2)
    web.answers["/robots.txt"] = [Answer(b""), Answer(b"User-agent: *\nDisallow: /")]
    with fetcher(tmp_path) as client:
        client.fetch(f"{web.address}/a")
        client.fetch(f"{web.address}/b")
        time.sleep(0.3)
        with pytest.raises(FetchError, match="does not allow"):
            client.fetch(f"{web.address}/c")
    assert [asked.path for asked in web.log] == ["/robots.txt", "/a", "/b", "/robots.txt"]


def test_old_rules_hold_while_new_ones_cannot_be_had(tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(robots, "OLDEST", 0.2)
    monkeypatch.setattr(robots, "CLOSED_FOR", 0.15)
    web.answers["/robots.txt"] = [Answer(b"User-agent: *\nDisallow: /private"), Answer(status=500)]
    with fetcher(tmp_path) as client:
        client.fetch(f"{web.address}/a")
        time.sleep(0.3)
        assert client.fetch(f"{web.address}/b").status == 404
        with pytest.raises(FetchError, match="does not allow"):
            client.fetch(f"{web.address}/private")
    assert len(web.asked("/robots.txt")) == 5


def test_a_host_that_was_closed_is_asked_for_its_rules_again_later(
    tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(robots, "CLOSED_FOR", 0.2)
    web.answers["/robots.txt"] = [*[Answer(status=503)] * 4, Answer(b"")]
    with fetcher(tmp_path) as client:
        with pytest.raises(FetchError, match="cannot be had"):
            client.fetch(f"{web.address}/a")
        time.sleep(0.3)
        assert client.fetch(f"{web.address}/a").status == 404


@pytest.mark.parametrize("status", [429, 503])
@pytest.mark.parametrize("form", ["seconds", "date"])
def test_a_pause_that_a_host_asks_for_holds_for_all_its_pages(tmp_path: Path, web: LoopbackSite, status: int, form: str) -> None:
    def first(_: Asked) -> Answer:
        if len(web.asked("/a")) > 1:
            return Answer(b"here")
        until = datetime.now(UTC) + timedelta(seconds=2)
        return busy("1" if form == "seconds" else format_datetime(until, usegmt=True), status)

    web.answers |= {"/a": first, "/b": Answer(b"there", thinks=0.3), "/c": Answer(b"there", thinks=0.3)}
    receipts = Receipts()
    with fetcher(tmp_path, concurrency=2, receipts=receipts) as client:
        pages = list(client.fetch_all([f"{web.address}/{name}" for name in "abc"]))
    assert [getattr(page, "content", page) for _, page in pages] == [b"here", b"there", b"there"]
    times = [asked.at for asked in web.log if asked.path != "/robots.txt"]
    assert len(times) == 4
    # the second may have been on its way already
    assert times[2] - times[0] > 1.0 - LITTLE
    assert receipts.by_host[web.host].waited > 0.9


def test_a_date_is_compared_with_the_clock_of_the_host() -> None:
    date, later = "Wed, 21 Oct 2015 07:28:00 GMT", "Wed, 21 Oct 2015 07:30:00 GMT"
    assert pace.retry_after(later, date) == 120
    assert pace.retry_after(later) == 0


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        *(("0", 0.0), ("7", 7.0), (" 120 ", 120.0), ("99999999999999999999", 999999999999.0)),
        *(("-5", None), ("1.5", None), ("soon", None), ("", None), ("Mon, 99 Jan 2020", None), ("١٢", None), ("0x10", None)),
        ("Sunday, 06-Nov-94 08:49:37 GMT", 0.0),
    ],
)
def test_a_pause_is_a_number_or_a_date_and_nothing_else(value: str, seconds: float | None) -> None:
    assert pace.retry_after(value) == seconds


@pytest.mark.parametrize("value", ["soon", "-5", "Mon, 99 Jan 2020", ""])
def test_a_pause_that_makes_no_sense_is_no_reason_to_give_up(tmp_path: Path, web: LoopbackSite, value: str) -> None:
    web.answers["/a"] = [busy(value), Answer(b"here")]
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").content == b"here"


def test_a_host_that_asks_for_too_long_a_pause_is_left_alone_with_all_its_pages(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a"] = busy("3600")
    with fetcher(tmp_path) as client:
        with pytest.raises(FetchError, match="HTTP status 503"):
            client.fetch(f"{web.address}/a")
        with pytest.raises(FetchError, match=r"the host asks to be left alone for 3[56]\d\d s more") as caught:
            client.fetch(f"{web.address}/b")
    assert caught.value.transient
    assert web.pages == ["/a"]


def test_tries_are_apart_by_growing_pauses(tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    stamina.set_testing(False)
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(patience, "JITTER", 0.02)
    web.answers["/a"] = Answer(status=500)
    receipts = Receipts()
    with fetcher(tmp_path, robots=False, receipts=receipts) as client, pytest.raises(FetchError):
        client.fetch(f"{web.address}/a")
    assert [round(gap, 1) for gap in web.gaps()] == [0.1, 0.2, 0.4]
    assert 0.65 < receipts.by_host[web.host].waited < 1.0


MODIFIED = datetime(2020, 5, 17, 12, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("fact", "sent"),
    [
        (known(etag='"v1"'), {"if-none-match": '"v1"'}),
        (known(etag='W/"v1"'), {"if-none-match": 'W/"v1"'}),
        (known(modified="2020-05-17T14:30:00+02:00"), {"if-modified-since": "Sun, 17 May 2020 12:30:00 GMT"}),
        (known(modified="2020-05-17T12:30:00"), {"if-modified-since": "Sun, 17 May 2020 12:30:00 GMT"}),
        (known('"v1"', "2020-05-17"), {"if-none-match": '"v1"', "if-modified-since": "Sun, 17 May 2020 00:00:00 GMT"}),
        (known(modified="yesterday"), {}),
        (known(etag='"v\r\nX-Evil: 1"'), {}),
        (known('"v1"', "2020-05-17", sha256=None), {}),
        (None, {}),
    ],
)
def test_what_is_known_of_a_page_goes_out_with_the_request(tmp_path: Path, web: LoopbackSite, fact: object, sent: dict[str, str]) -> None:
    with fetcher(tmp_path) as client:
        client.fetch(f"{web.address}/a", fact=fact)  # type: ignore[arg-type]
    headers = web.asked("/a")[0].headers
    assert {name: value for name, value in headers.items() if name.startswith(("if-", "x-"))} == sent


def test_a_page_that_has_not_changed_costs_no_body(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/tag": Answer(b"x" * 9000, etag='"v1"'), "/date": Answer(b"x" * 9000, modified=MODIFIED)}
    receipts = Receipts()
    with fetcher(tmp_path, receipts=receipts) as client:
        by_tag = client.fetch(f"{web.address}/tag", fact=known(etag='"v1"'))
        by_date = client.fetch(f"{web.address}/date", fact=known(modified=MODIFIED.isoformat()))
        changed = client.fetch(f"{web.address}/tag", fact=known(etag='"v0"'))
    assert [(page.unchanged, len(page.content)) for page in (by_tag, by_date, changed)] == [(True, 0), (True, 0), (False, 9000)]
    assert receipts.by_host[web.host].unchanged == 2
    assert receipts.by_host[web.host].bytes < 11_000


def test_a_304_that_was_not_asked_for_is_no_unchanged_page(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a"] = Answer(status=304)
    with fetcher(tmp_path) as client:
        page = client.fetch(f"{web.address}/a")
    assert (page.status, page.unchanged) == (304, False)


def test_the_date_of_a_page_is_not_compared_with_another_that_a_redirect_leads_to(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/a": moved("/b"), "/b": Answer(b"older, and another page", modified=MODIFIED - timedelta(days=9))}
    with fetcher(tmp_path) as client:
        page = client.fetch(f"{web.address}/a", fact=known(modified=MODIFIED.isoformat()))
    assert page.content == b"older, and another page"


def test_the_tag_of_a_page_is_sent_where_a_redirect_leads(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/a": moved("/b"), "/b": Answer(b"the same", etag='"v1"')}
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a", fact=known('"v1"')).unchanged


def test_a_page_is_asked_for_once_in_a_capture(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/a": Answer(b"here"), "/b": Answer(status=503), "/old": moved("/a")}
    for _ in range(2):
        with fetcher(tmp_path) as client:
            for _ in range(2):
                assert client.fetch(f"{web.address}/a").content == b"here"
                assert client.fetch(f"{web.address}/old").content == b"here"
                with pytest.raises(FetchError, match="HTTP status 503"):
                    client.fetch(f"{web.address}/b")
    assert web.pages == ["/a", "/old", "/b", "/b", "/b", "/b"]
    assert len(web.asked("/robots.txt")) == 1
