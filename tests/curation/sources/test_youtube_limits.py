"""What YouTube may send and how fast it is asked: sizes, times, delays, and the signs by which it wants to be left alone."""

import gzip
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from youtube_site import Film, Reply, Tube

from curation.sources.captions import CaptionsSource
from curation.sources.context import Context
from curation.sources.fetch import waits
from curation.sources.fetch.waits import noted
from curation.sources.item import Item
from curation.sources.receipts import Receipts

pytest.importorskip("youtube_transcript_api", reason="needs the extra `captions`")
pytest.importorskip("yt_dlp", reason="needs the extra `captions`")

A, LIST = "aaaaaaaaaaa", "PLabcdefghijklmnop"
MANY = [f"{number:011}" for number in range(9)]
WORDS = ["Hello and welcome.", "Today we talk."]
LISTED = f"https://www.youtube.com/playlist?list={LIST}"

Capture = Callable[..., dict[str, Item]]


@pytest.fixture
def context(tmp_path: Path) -> Context:
    return Context(tmp_path, tmp_path / "state", contact="me@example.org", cache=tmp_path / "cache")


def talks(**settings: Any) -> CaptionsSource:
    return CaptionsSource.model_validate({"kind": "captions", "id": "talks", "domain": "transcript", "delay_seconds": 0, **settings})


@pytest.fixture
def captured(context: Context) -> Capture:
    return lambda **settings: {item.native_id: item for item in talks(**settings).items(context)}


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
    monkeypatch.setattr("curation.sources.youtube_transport.LONGEST_RESPONSE", 0.05)
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


def test_two_captures_keep_the_delay_together(tube: Tube, context: Context) -> None:
    tube.lists[LIST] = []
    waited = []
    for name in ("one", "two"):
        its = replace(context, state=context.folder / name, receipts=Receipts())
        assert list(talks(playlists=[LIST], delay_seconds=0.5).items(its)) == []
        waited.append(its.receipts.by_host["www.youtube.com"].waited)
    assert waited[1] > waited[0] + 0.3


def test_a_host_that_wants_to_be_left_alone_for_long_is_not_asked_by_the_next_capture_either(tube: Tube, context: Context) -> None:
    tube.films = {name: Film(tracks={"en": WORDS}) for name in (A, *MANY)}
    tube.instead["/watch"] = Reply(429, {"Retry-After": "86400"})
    list(talks(videos=[A]).items(context))
    asked = len(tube.asked)
    items = list(talks(videos=MANY).items(replace(context, state=context.folder / "two")))
    assert len(tube.asked) == asked == 1
    assert "www.youtube.com asks to be left alone for 86" in (items[-1].error or "")


def test_what_is_waited_for_is_noted(tube: Tube, context: Context, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waits, "LEAST", 0.1)
    tube.films[A] = Film(tracks={"en": WORDS})
    list(talks(videos=[A], delay_seconds=0.2).items(context))
    word = noted(context.state)
    assert word is not None
    assert (word.host, word.why) == ("www.youtube.com", "which is asked once in 0.2 s")
