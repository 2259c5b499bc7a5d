"""The client of the hub's libraries: what a data set's requests say of us, where they may lead, and what they cost."""

import importlib.util
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from fetching import CONTACT, plain_source
from small_site import Answer, Site

from curation.sources.context import Context
from curation.sources.fetch.page import FetchError
from curation.sources.hub_client import Guard, guarded

if importlib.util.find_spec("datasets") is None:
    pytest.skip("needs the extra `datasets`", allow_module_level=True)

from huggingface_hub import set_client_factory
from huggingface_hub.utils import _http, get_session, http_backoff
from huggingface_hub.utils._runtime import is_xet_available


@contextmanager
def asking(folder: Path, hub: str, contact: str = CONTACT, **settings: Any) -> Iterator[tuple[Guard, Context]]:
    context = Context(folder, folder / "state", contact=contact)
    with guarded(plain_source(**settings), context, hub) as guard:
        yield guard, context


@pytest.fixture
def no_waiting(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The library's own pauses take no time, and are told."""
    slept: list[float] = []
    monkeypatch.setattr(_http.time, "sleep", slept.append)
    return slept


def host(site: Site) -> str:
    return site.address.removeprefix("http://")


def test_requests_name_the_product_and_the_contact(tmp_path: Path, site: Site) -> None:
    with asking(tmp_path, site.address):
        get_session().get(f"{site.address}/a", headers={"user-agent": "datasets/5"})
    (agent,) = site.agents
    assert agent.startswith("berrypatch/")
    assert agent.endswith(f" (+{CONTACT})")
    site.agents.clear()
    with asking(tmp_path, site.address, user_agent="own words") as (guard, _):
        get_session().get(f"{site.address}/a")
    assert site.agents == {guard.agent} == {"own words"}


def test_requests_bytes_errors_and_unchanged_answers_are_in_the_receipt_of_each_host(tmp_path: Path, site: Site, other_site: Site) -> None:
    other_site.pages["/rows"] = Answer(b"x" * 3_000_000)
    site.pages["/moved"] = Answer(status=302, headers={"Location": f"{other_site.address}/rows"})
    site.pages["/same"], site.pages["/ill"] = Answer(status=304), Answer(status=500)
    with asking(tmp_path, site.address) as (_, context):
        for path in ("moved", "same", "ill"):
            get_session().get(f"{site.address}/{path}")
    first, second = context.receipts.of(host(site)), context.receipts.of(host(other_site))
    assert (first.requests, first.unchanged, first.errors) == (3, 1, 1)
    assert (second.requests, second.errors) == (1, 0)
    assert 3_000_000 < second.bytes < 3_001_000
    assert 0 < first.bytes < 1_000


def test_a_killed_capture_leaves_its_receipts_to_the_next_try(tmp_path: Path, site: Site) -> None:
    for expected in (1, 2):
        with asking(tmp_path, site.address) as (_, context):
            get_session().get(f"{site.address}/a")
        assert context.receipts.of(host(site)).requests == expected


def test_a_host_that_asks_for_patience_is_left_alone_and_the_wait_is_counted(tmp_path: Path, site: Site) -> None:
    site.pages["/a"] = [Answer(status=429, headers={"Retry-After": "1"}), Answer(b"rows")]
    clock = time.monotonic()
    with asking(tmp_path, site.address) as (_, context):
        assert http_backoff("GET", f"{site.address}/a", base_wait_time=0.1).content == b"rows"
    assert time.monotonic() - clock > 0.9
    assert 0.9 < context.receipts.of(host(site)).waited < 2


@pytest.mark.parametrize(
    "headers", [{"Retry-After": "9999999"}, {"ratelimit": '"api";r=0;t=9999999'}, {"Retry-After": "Fri, 01 Jan 2100 00:00:00 GMT"}]
)
def test_a_host_that_asks_for_too_much_patience_is_not_waited_for(
    tmp_path: Path, site: Site, no_waiting: list[float], headers: dict[str, str]
) -> None:
    site.pages["/a"] = Answer(status=429, headers=headers)
    with asking(tmp_path, site.address) as (guard, _):
        with pytest.raises(FetchError, match="asks to be left alone for"):
            http_backoff("GET", f"{site.address}/a")
        assert guard.refused is not None
    assert site.asked == ["/a"]
    assert max(no_waiting) < 10


def test_nobody_but_this_machine_is_asked_without_a_contact(tmp_path: Path, site: Site) -> None:
    site.pages["/moved"] = Answer(status=302, headers={"Location": "http://hub.example/a"})
    refused = pytest.raises(FetchError, match=r"hub\.example is not asked: set `contact`")
    with asking(tmp_path, site.address, contact="") as (_, context), refused:
        get_session().get(f"{site.address}/moved")
    assert list(context.receipts.by_host) == [host(site)]


def test_a_private_address_is_refused_and_costs_no_request(tmp_path: Path, site: Site) -> None:
    refused = pytest.raises(FetchError, match=r"127\.0\.0\.1.*`private_addresses` in the recipe")
    with asking(tmp_path, site.address, private_addresses=False) as (_, context), refused:
        http_backoff("GET", f"{site.address}/a")
    assert site.asked == []
    assert context.receipts.of(host(site)).requests == 0


def test_a_redirect_to_a_private_address_is_refused(tmp_path: Path, site: Site, other_site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", other_site.address)  # it stands for a hub out there
    other_site.pages["http://hub.example/a"] = Answer(status=302, headers={"Location": f"{site.address}/secret"})
    with asking(tmp_path, "http://hub.example", private_addresses=False), pytest.raises(FetchError, match="in a private network"):
        get_session().get("http://hub.example/a")
    assert (other_site.asked, site.asked) == (["http://hub.example/a"], [])


def test_after_a_refusal_nothing_more_is_asked(tmp_path: Path, site: Site) -> None:
    with asking(tmp_path, site.address, contact=""):
        for url in ("http://hub.example/a", f"{site.address}/a"):
            with pytest.raises(FetchError, match=r"hub\.example is not asked"):
                get_session().get(url)
    assert site.asked == []


def test_the_token_goes_to_the_hub_alone_and_cookies_to_nobody(tmp_path: Path, site: Site, other_site: Site) -> None:
    site.pages["/a"] = Answer(headers={"Set-Cookie": "a=b"})
    with asking(tmp_path, site.address):
        for at in (site, site, other_site):
            answer = get_session().get(f"{at.address}/a", headers={"Authorization": "Bearer hf_secret"})
            assert "set-cookie" not in answer.headers
    assert site.authorizations == {"Bearer hf_secret"}
    assert other_site.authorizations == {None}


def test_nothing_is_downloaded_past_the_client(tmp_path: Path, site: Site) -> None:
    before = is_xet_available()
    with asking(tmp_path, site.address):
        assert not is_xet_available()
    assert is_xet_available() == before


def test_afterwards_the_library_asks_as_it_did_before(tmp_path: Path, site: Site) -> None:
    before = _http._GLOBAL_CLIENT_FACTORY
    own = before()
    set_client_factory(lambda: own)
    try:
        with pytest.raises(RuntimeError), asking(tmp_path, site.address):
            assert get_session() is not own
            raise RuntimeError
        assert get_session() is own
    finally:
        set_client_factory(before)


def test_two_captures_of_one_process_go_one_after_the_other(tmp_path: Path, site: Site) -> None:
    ended: list[str] = []

    def second() -> None:
        with asking(tmp_path / "b", site.address, user_agent="second"):
            ended.append("first" if site.agents == {"first"} else "too early")
            get_session().get(f"{site.address}/b")

    with asking(tmp_path / "a", site.address, user_agent="first"):
        thread = threading.Thread(target=second)
        thread.start()
        time.sleep(0.1)
        get_session().get(f"{site.address}/a")
    thread.join()
    assert ended == ["first"]
    assert site.agents == {"first", "second"}
