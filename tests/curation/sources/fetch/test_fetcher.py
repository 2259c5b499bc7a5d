"""What the fetcher gives: pages, redirects, repeats, secrets that stay where they belong, results in the order asked."""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import stamina
from fetching import fetcher
from loopback_site import Answer, Asked, LoopbackSite, moved, open_site

from curation.sources.fetch import client as asking
from curation.sources.fetch.fetcher import FetchError
from curation.sources.receipts import Receipts


def test_a_page_comes_with_its_status_its_headers_and_its_bytes(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a?b=c"] = Answer(b"\xff\x00", headers={"X-Name": "value"})
    with fetcher(tmp_path) as client:
        page = client.fetch(f"{web.address}/a?b=c")
    assert (page.status, page.content, page.headers["x-name"]) == (200, b"\xff\x00", "value")
    assert page.url == page.final_url == f"{web.address}/a?b=c"


@pytest.mark.parametrize("status", [204, 400, 401, 403, 404, 410, 451])
def test_an_answer_below_500_is_a_page_and_is_asked_for_once(tmp_path: Path, web: LoopbackSite, status: int) -> None:
    web.answers["/a"] = Answer(status=status)
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").status == status
    assert web.pages == ["/a"]


@pytest.mark.parametrize("status", [429, 500, 502, 503, 504, 522])
def test_a_page_that_fails_for_now_is_asked_for_again(tmp_path: Path, web: LoopbackSite, status: int) -> None:
    web.answers["/a"] = [Answer(status=status), Answer(status=status), Answer(b"here")]
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/a").content == b"here"
    assert web.pages == ["/a"] * 3


def test_a_page_that_fails_for_good_is_an_error_after_four_tries(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a"] = Answer(b"broken", 500)
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match="HTTP status 500") as caught:
        client.fetch(f"{web.address}/a")
    assert (caught.value.status, caught.value.transient) == (500, True)
    assert web.pages == ["/a"] * 4


def test_a_status_that_trying_again_will_not_change_is_asked_for_once(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a"] = Answer(status=501)
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match="HTTP status 501"):
        client.fetch(f"{web.address}/a")
    assert web.pages == ["/a"]


def test_an_answer_that_pleads_for_patience_is_asked_for_again_and_not_kept(tmp_path: Path, web: LoopbackSite) -> None:
    stamina.set_testing(False)
    web.answers["/api"] = [*[Answer(b"lag")] * 6, Answer(b"here")]
    with fetcher(tmp_path) as client:
        page = client.fetch(f"{web.address}/api", not_yet=lambda page: 0.01 if page.content == b"lag" else None)
    assert page.content == b"here"
    with fetcher(tmp_path) as client:
        assert client.fetch(f"{web.address}/api").content == b"here"
    assert len(web.pages) == 7


def test_a_dead_host_is_an_error_that_may_pass(tmp_path: Path) -> None:
    with fetcher(tmp_path, robots=False) as client, pytest.raises(FetchError, match="could not be had: ConnectError") as caught:
        client.fetch("http://127.0.0.1:1/")
    assert caught.value.transient


@pytest.mark.parametrize(
    "url", ["ftp://a/b", "http://", "http://[broken", "http://a:b:c/", "mailto:a@b", "", "http://127.0.0.1/" + "x" * 70_000]
)
def test_what_is_no_address_is_an_error(tmp_path: Path, url: str) -> None:
    with fetcher(tmp_path) as client, pytest.raises(FetchError):
        client.fetch(url)


def test_an_address_with_a_password_is_an_error_that_does_not_repeat_it(tmp_path: Path, web: LoopbackSite) -> None:
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match="holds a name or a password") as caught:
        client.fetch(web.address.replace("://", "://berry:jam@"))
    assert "jam" not in str(caught.value)
    assert web.log == []


def test_redirects_are_followed_and_the_last_address_is_told(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/a": moved("b"), "/b": moved("/c#part", 302), "/c": Answer(b"here")}
    with fetcher(tmp_path) as client:
        page = client.fetch(f"{web.address}/a")
    assert (page.url, page.final_url, page.content) == (f"{web.address}/a", f"{web.address}/c", b"here")


@pytest.mark.parametrize("paths", [["/a"], ["/a", "/b"]], ids=["to itself", "by another"])
def test_a_circle_of_redirects_ends(tmp_path: Path, web: LoopbackSite, paths: list[str]) -> None:
    web.answers |= {path: moved(paths[(number + 1) % len(paths)]) for number, path in enumerate(paths)}
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match="moved in a circle"):
        client.fetch(f"{web.address}/a")
    assert web.pages == paths


def test_a_chain_of_redirects_ends_after_five(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {f"/{number}": moved(f"/{number + 1}") for number in range(20)}
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match="too often"):
        client.fetch(f"{web.address}/0")
    assert len(web.pages) == 6


def test_a_redirect_to_a_host_that_is_not_of_the_source_is_not_followed(tmp_path: Path, web: LoopbackSite, other: LoopbackSite) -> None:
    web.answers["/a"] = moved(f"{other.address}/b")
    with fetcher(tmp_path) as client:
        with pytest.raises(FetchError, match=f"moved to {other.address}/b, which is not on a host of the source"):
            client.fetch(f"{web.address}/a", hosts=frozenset({web.host}))
        assert other.log == []
        assert client.fetch(f"{web.address}/a").final_url == f"{other.address}/b"


def test_the_rules_of_the_host_that_a_redirect_leads_to_are_asked_first(tmp_path: Path, web: LoopbackSite, other: LoopbackSite) -> None:
    web.answers["/a"] = moved(f"{other.address}/b")
    other.robots("User-agent: *", "Disallow: /")
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match=r"robots.txt does not allow this page"):
        client.fetch(f"{web.address}/a")
    assert [asked.path for asked in other.log] == ["/robots.txt"]


@pytest.mark.parametrize("target", ["http://[broken", "mailto:a@b.example", "http://a:b/"])
def test_a_redirect_to_no_address_is_an_error(tmp_path: Path, web: LoopbackSite, target: str) -> None:
    web.answers["/a"] = moved(target)
    with fetcher(tmp_path) as client, pytest.raises(FetchError):
        client.fetch(f"{web.address}/a")


def test_cookies_are_neither_kept_nor_sent(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers["/a"] = Answer(headers={"Set-Cookie": "crumb=1"})
    with fetcher(tmp_path) as client:
        page = client.fetch(f"{web.address}/a")
        client.fetch(f"{web.address}/b")
    assert "set-cookie" not in page.headers
    assert all("cookie" not in asked.headers for asked in web.log)


def test_one_connection_serves_many_requests(tmp_path: Path, web: LoopbackSite) -> None:
    with fetcher(tmp_path) as client:
        for number in range(5):
            client.fetch(f"{web.address}/{number}")
    assert len({asked.peer for asked in web.log}) == 1


def test_a_secret_goes_to_its_origin_alone(tmp_path: Path, web: LoopbackSite, other: LoopbackSite) -> None:
    web.answers["/a"] = moved(f"{other.address}/b")
    with fetcher(tmp_path, authorization={web.address: "Bearer raspberry"}) as client:
        client.fetch(f"{web.address}/a")
        assert "raspberry" not in repr(client)
    assert {asked.headers.get("authorization") for asked in web.log} == {"Bearer raspberry"}
    assert {asked.headers.get("authorization") for asked in other.log} == {None}


def test_a_secret_that_a_site_sends_back_is_written_nowhere(tmp_path: Path, web: LoopbackSite, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    web.answers |= {
        "/a": Answer(b"you sent raspberry"),
        "/b": moved("/c?token=raspberry"),
        "/d": moved("http://a:raspberry/"),
        "/e": moved("http://other.test/raspberry"),
    }
    with fetcher(tmp_path, authorization={web.address: "Bearer raspberry"}) as client:
        assert client.repeats_secret(client.fetch(f"{web.address}/a"))
        for path in "bd":
            with pytest.raises(FetchError) as caught:
                client.fetch(f"{web.address}/{path}")
            assert "raspberry" not in str(caught.value)
        with pytest.raises(FetchError) as caught:
            client.fetch(f"{web.address}/e", hosts=frozenset({web.address.removeprefix("http://")}))
        assert "raspberry" not in str(caught.value)
    assert all(b"raspberry" not in path.read_bytes() for path in tmp_path.rglob("*") if path.is_file())


def test_a_stand_in_is_asked_under_the_hosts_own_name_without_delay_and_by_nobody(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {"/a": Answer(b"stood in"), "/b": [Answer(status=503, headers={"Retry-After": "50"}), Answer(b"too")]}
    settings = {"private_addresses": False, "delay_seconds": 60.0, "contact": ""}
    with fetcher(tmp_path, stand_in={"w.example": web.host}, **settings) as client:
        pages = [client.fetch(f"https://w.example/{path}") for path in "ab"]
    assert [(page.url, page.content) for page in pages] == [("https://w.example/a", b"stood in"), ("https://w.example/b", b"too")]
    assert {asked.headers["host"] for asked in web.log} == {"w.example"}


@pytest.fixture
def proxy() -> Iterator[LoopbackSite]:
    """A proxy for http, as far as it is one that everything is asked of."""
    with open_site() as opened:
        yield opened


def test_the_proxy_of_the_environment_is_asked_for_other_hosts(
    tmp_path: Path, proxy: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    proxy.answers["http://far.example/a"] = Answer(b"by proxy")
    with fetcher(tmp_path) as client:
        assert client.fetch("http://far.example/a").content == b"by proxy"


def test_the_proxy_is_not_asked_for_this_machine_nor_for_what_it_is_not_meant_for(
    tmp_path: Path, web: LoopbackSite, proxy: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    monkeypatch.setenv("NO_PROXY", "near.invalid")
    with fetcher(tmp_path, stand_in={"w.example": web.host}) as client:
        assert client.fetch(f"{web.address}/a").status == 404
        assert client.fetch("http://w.example/a").status == 404
        with pytest.raises(FetchError):
            client.fetch("http://near.invalid/")
    assert proxy.log == []


def test_a_proxy_is_not_asked_for_a_private_address(tmp_path: Path, proxy: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", proxy.address)
    with fetcher(tmp_path, private_addresses=False) as client, pytest.raises(FetchError, match="private network"):
        client.fetch("http://10.0.0.1/")
    assert proxy.log == []


def test_a_kind_of_proxy_that_is_not_supported_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "socks5://127.0.0.1:1")
    with fetcher(tmp_path) as client, pytest.raises(FetchError, match="'socks5'; http and https are supported"):
        client.fetch("http://far.example/")


def test_many_pages_come_in_the_order_asked_with_their_failures(tmp_path: Path, web: LoopbackSite) -> None:
    web.answers |= {f"/{number}": Answer(b"%d" % number, thinks=(5 - number % 5) / 100) for number in range(20)}
    web.answers["/7"] = Answer(status=503)
    urls = [f"{web.address}/{number}" for number in range(20)]
    with fetcher(tmp_path, concurrency=5) as client:
        found = list(client.fetch_all(urls))
    assert [url for url, _ in found] == urls
    assert [isinstance(page, FetchError) for _, page in found].index(True) == 7
    assert [page.content for _, page in found if not isinstance(page, FetchError)] == [b"%d" % n for n in range(20) if n != 7]


class Crowd:
    """Counts how many requests are with a site at a time."""

    def __init__(self) -> None:
        self.lock, self.now, self.most = threading.Lock(), 0, 0

    def __call__(self, asked: Asked) -> Answer:
        with self.lock:
            self.now += 1
            self.most = max(self.most, self.now)
        threading.Event().wait(0.03)
        with self.lock:
            self.now -= 1
        return Answer(asked.path.encode())


@pytest.mark.parametrize("concurrency", [1, 3])
def test_no_more_requests_are_with_a_host_than_the_source_allows(tmp_path: Path, web: LoopbackSite, concurrency: int) -> None:
    crowd = Crowd()
    web.answers |= {f"/{number}": crowd for number in range(12)}
    with fetcher(tmp_path, concurrency=concurrency) as client:
        assert len(list(client.fetch_all(f"{web.address}/{number}" for number in range(12)))) == 12
    assert crowd.most == concurrency
    if concurrency == 1:
        assert web.pages == [f"/{number}" for number in range(12)]


def test_two_hosts_are_asked_at_the_same_time(tmp_path: Path, web: LoopbackSite, other: LoopbackSite) -> None:
    crowd = Crowd()
    for site in (web, other):
        site.answers |= {f"/{number}": crowd for number in range(6)}
    with fetcher(tmp_path) as client:
        assert len(list(client.fetch_all(f"{site.address}/{number}" for number in range(6) for site in (web, other)))) == 12
    assert crowd.most == 2


def test_a_pause_before_a_request_takes_nothing_of_the_time_for_its_response(
    tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(asking, "LONGEST_RESPONSE", 0.5)
    with fetcher(tmp_path, delay_seconds=0.8, max_page_megabytes=0.001) as client:
        assert [client.fetch(f"{web.address}/{name}").status for name in "ab"] == [404, 404]


def test_addresses_are_read_only_a_few_ahead(tmp_path: Path, web: LoopbackSite) -> None:
    taken = []

    def endless() -> Iterator[str]:
        for number in range(10_000):
            taken.append(number)
            yield f"{web.address}/{number}"

    with fetcher(tmp_path) as client:
        pages = client.fetch_all(endless())
        for _ in range(3):
            next(pages)
        pages.close()  # type: ignore[attr-defined]
    assert len(taken) <= 12
    assert len(web.pages) <= 12


def test_a_receipt_says_what_each_host_was_asked(tmp_path: Path, web: LoopbackSite) -> None:
    web.robots("User-agent: *", "Disallow: /private")
    web.answers["/a"] = [Answer(status=503), Answer(b"x" * 5000)]
    receipts = Receipts()
    with fetcher(tmp_path, receipts=receipts) as client:
        client.fetch(f"{web.address}/a")
    receipt = receipts.by_host[web.host]
    assert (receipt.requests, receipt.errors, receipt.unchanged) == (3, 1, 0)
    assert receipt.bytes == web.sent
    assert len(receipt.robots) == 64
