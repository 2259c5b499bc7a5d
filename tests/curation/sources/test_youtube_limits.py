"""What YouTube may send and how fast it is asked: sizes, times, delays, and the signs by which it wants to be left alone."""

import gzip
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from youtube_site import Film, Reply, Tube

from curation.sources.captions import CaptionsSource
from curation.sources.context import Context
from curation.sources.item import Item

pytest.importorskip("youtube_transcript_api", reason="needs the extra `captions`")
pytest.importorskip("yt_dlp", reason="needs the extra `captions`")

A, LIST = "aaaaaaaaaaa", "PLabcdefghijklmnop"
MANY = [f"{number:011}" for number in range(9)]
WORDS = ["Hello and welcome.", "Today we talk."]
LISTED = f"https://www.youtube.com/playlist?list={LIST}"

Capture = Callable[..., dict[str, Item]]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(tmp_path, tmp_path / "state", contact="me@example.org")


@pytest.fixture
def captured(context: Context) -> Capture:
    def capture(**settings: Any) -> dict[str, Item]:
        facts = {"kind": "captions", "id": "talks", "domain": "transcript", "delay_seconds": 0, **settings}
        return {item.native_id: item for item in CaptionsSource.model_validate(facts).items(context)}

    return capture


ENDLESS = [b"x" * 100_000] * 30
BOMB = [gzip.compress(b"x" * 50_000_000)]


@pytest.mark.parametrize(
    "reply", [Reply(pieces=ENDLESS), Reply(500, pieces=ENDLESS), Reply(pieces=BOMB, headers={"Content-Encoding": "gzip"})]
)
@pytest.mark.parametrize(("path", "native"), [("/watch", f"youtube:{A}"), ("/api/timedtext", f"youtube:{A}"), ("/playlist", LISTED)])
def test_an_answer_beyond_the_limit_is_a_failed_item(tube: Tube, captured: Capture, reply: Reply, path: str, native: str) -> None:
    tube.films[A] = Film(tracks={"en": WORDS})
    tube.instead[path] = reply
    items = captured(videos=[A], playlists=[LIST], max_page_megabytes=2)
    assert "larger than max_page_megabytes (2)" in (items[native].error or "")


@pytest.mark.parametrize(("path", "native"), [("/watch", f"youtube:{A}"), ("/playlist", LISTED)])
def test_an_answer_that_drips_for_ever_is_a_failed_item(
    tube: Tube, captured: Capture, monkeypatch: pytest.MonkeyPatch, path: str, native: str
) -> None:
    monkeypatch.setattr("curation.sources.youtube_transport.SECONDS", 0.05)
    tube.films[A] = Film(tracks={"en": WORDS})
    tube.instead[path] = Reply(pieces=[b"x"] * 100, pause=0.05)
    items = captured(videos=[A], playlists=[LIST], max_page_megabytes=0.25)
    assert "has no end after 0.3 s" in (items[native].error or "")


@pytest.mark.parametrize(("path", "native"), [("/watch", f"youtube:{A}"), ("/playlist", LISTED)])
def test_an_answer_that_breaks_off_may_be_whole_the_next_time(tube: Tube, captured: Capture, path: str, native: str) -> None:
    tube.films[A] = Film(tracks={"en": WORDS})
    tube.instead[path] = Reply(pieces=[b"x"], headers={"Content-Length": "100", "Connection": "close"})
    assert captured(videos=[A], playlists=[LIST])[native].error
    del tube.instead[path]
    assert captured(videos=[A])[f"youtube:{A}"].content


@pytest.mark.parametrize("reply", [Reply(429, {"Retry-After": "3600"}), Reply(503, {"Retry-After": "3600"}), Reply(429)])
@pytest.mark.parametrize("path", ["/watch", "/youtubei/v1/player", "/api/timedtext", "/playlist"])
def test_a_host_that_asks_for_fewer_requests_is_asked_nothing_more(tube: Tube, captured: Capture, reply: Reply, path: str) -> None:
    tube.films = {name: Film(tracks={"en": WORDS}) for name in MANY}
    tube.lists[LIST] = []
    tube.instead[path] = reply
    items = captured(videos=MANY, playlists=[LIST])
    assert f"HTTP status {reply.status}" in (items["youtube:(blocked)"].error or "")
    assert ("Retry-After: 3600" in (items["youtube:(blocked)"].error or "")) == bool(reply.headers)
    assert path in tube.asked[-1]
    assert len([line for line in tube.asked if path in line]) == 1


def test_a_host_that_fails_again_and_again_is_asked_nothing_more(tube: Tube, captured: Capture) -> None:
    tube.films = {name: Film(page_status=500) for name in MANY}
    items = captured(videos=MANY)
    assert len(tube.asked) == 5
    assert "5 requests failed one after the other" in (items["youtube:(blocked)"].error or "")
    assert all(items[f"youtube:{name}"].transient for name in MANY)


def test_videos_without_captions_are_no_failures_of_the_host(tube: Tube, captured: Capture) -> None:
    tube.films = {name: Film() for name in MANY}
    assert len([item for item in captured(videos=MANY).values() if "disabled" in (item.error or "")]) == len(MANY)


def test_requests_keep_the_delay_and_leave_a_receipt(tube: Tube, captured: Capture, context: Context) -> None:
    tube.films[A] = Film(tracks={"en": WORDS})
    captured(videos=[A], delay_seconds=0.2)
    receipt = context.receipts.by_host["www.youtube.com"]
    assert receipt.requests == len(tube.asked) == 3
    assert receipt.waited > 0.2
    assert receipt.bytes > 100


def test_requests_for_lists_are_in_the_receipt_with_their_bytes_and_errors(tube: Tube, captured: Capture, context: Context) -> None:
    tube.lists[LIST] = []
    captured(playlists=[LIST])
    receipt = context.receipts.by_host["www.youtube.com"]
    assert (receipt.requests, receipt.errors) == (len(tube.asked), 0)
    assert receipt.bytes > 500
