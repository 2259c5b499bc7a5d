"""How long a host is tried, and what is said of it meanwhile: names without an address, notes of what is waited for."""

import time
from pathlib import Path

import pytest
import stamina
from fetching import fetcher
from loopback_site import Answer, LoopbackSite, busy

from curation.sources.fetch import addresses, client, patience, waits
from curation.sources.fetch.fetcher import FetchError
from curation.sources.fetch.pace import Pace
from curation.sources.fetch.waits import noted
from curation.sources.receipts import Receipts


@pytest.fixture
def looked_up(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names that are looked up; those that begin with `no-` have no address."""
    names = list[str]()
    real = addresses.socket.getaddrinfo

    def look(host: str, *arguments: object, **settings: object) -> object:
        names.append(host)
        if host.startswith("no-"):
            raise addresses.socket.gaierror(-3, "Temporary failure in name resolution")
        return real("127.0.0.1", *arguments, **settings)  # type: ignore[arg-type]

    monkeypatch.setattr(addresses.socket, "getaddrinfo", look)
    return names


def test_a_name_without_an_address_is_looked_up_twice_and_not_again_for_other_pages_and_sources(
    tmp_path: Path, looked_up: list[str]
) -> None:
    stamina.set_testing(False)
    begun = time.monotonic()
    for source in ("one", "two"):
        with fetcher(tmp_path / source, robots=False) as asked:
            for page in ("a", "b"):
                with pytest.raises(FetchError, match=r"the name no-site.example has no address \(Temporary failure") as caught:
                    asked.fetch(f"https://no-site.example/{page}")
                assert caught.value.transient
    assert looked_up == ["no-site.example"] * 2
    assert time.monotonic() - begun < 2.0


def test_a_name_without_an_address_is_looked_up_again_after_a_while(
    tmp_path: Path, looked_up: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    with fetcher(tmp_path, robots=False) as asked:
        for page in ("a", "b"):
            with pytest.raises(FetchError, match="has no address"):
                asked.fetch(f"https://no-luck.example/{page}")
            monkeypatch.setattr(client, "UNRESOLVED_FOR", 0.0)
    assert looked_up == ["no-luck.example"] * 4


def test_a_host_that_has_answered_before_is_given_the_usual_patience(tmp_path: Path, looked_up: list[str]) -> None:
    receipts = Receipts()
    receipts.of("no-more.example").bytes = 1
    with fetcher(tmp_path, robots=False, receipts=receipts) as asked, pytest.raises(FetchError, match="has no address"):
        asked.fetch("http://no-more.example/a")
    assert looked_up == ["no-more.example"] * patience.ATTEMPTS


def test_what_is_waited_for_is_noted_with_the_seconds_and_why(tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "LEAST", 0.5)
    web.answers["/a"] = [busy("1", 429), Answer(b"here")]
    with fetcher(tmp_path, robots=False) as asked:
        asked.fetch(f"{web.address}/a")
        wait = noted(tmp_path / "state")
    assert wait is not None
    assert (wait.host, wait.why) == (web.host, "which asked for it (HTTP 429)")
    assert 0.5 < wait.until - time.time() + 1.0 < 1.5


def test_the_tries_of_a_request_that_fails_are_noted_once_they_take_long(
    tmp_path: Path, web: LoopbackSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    stamina.set_testing(False)
    monkeypatch.setattr(patience, "FIRST_PAUSE", 0.1)
    monkeypatch.setattr(patience, "JITTER", 0.02)
    monkeypatch.setattr(waits, "LEAST", 0.35)
    web.answers["/a"] = [Answer(status=500), Answer(status=500), Answer(status=500), Answer(b"here")]
    with fetcher(tmp_path, robots=False) as asked:
        asked.fetch(f"{web.address}/a")
        wait = noted(tmp_path / "state")
    assert wait is not None
    assert wait.why == "which failed 3 of 4 times (HTTP status 500)"


def test_a_short_wait_is_not_noted(tmp_path: Path, web: LoopbackSite) -> None:
    with fetcher(tmp_path, delay_seconds=0.2, robots=False) as asked:
        asked.fetch(f"{web.address}/a")
        asked.fetch(f"{web.address}/b")
    assert noted(tmp_path / "state") is None


def test_a_delay_says_how_often_the_host_is_asked() -> None:
    said, pace = list[str](), Pace()
    for _ in range(2):
        pace.wait_turn(0.2, lambda _, why: said.append(why))
    assert said == ["which is asked once in 0.2 s"]
