"""Captions of YouTube, asked by the real libraries from a stand-in for its site."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from youtube_site import Film, Tube

from curation.capture import capture_source
from curation.document import Captured
from curation.domains import Domain
from curation.extract import extract
from curation.sources.captions import CaptionsSource
from curation.sources.context import Context
from curation.sources.item import Item
from warehouse.errors import SourceError
from warehouse.tables import read_table

pytest.importorskip("youtube_transcript_api", reason="needs the extra `captions`")
pytest.importorskip("yt_dlp", reason="needs the extra `captions`")

A, B, C = "aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc"
LIST = "PLabcdefghijklmnop"
WORDS = ["Hello &amp;amp; welcome.", "Today we talk."]


def source(**settings: Any) -> CaptionsSource:
    return CaptionsSource.model_validate({"kind": "captions", "id": "talks", "domain": "transcript", "delay_seconds": 0, **settings})


@pytest.fixture
def captured(tmp_path: Path) -> Callable[..., dict[str, Item]]:
    def capture(**settings: Any) -> dict[str, Item]:
        context = Context(tmp_path, tmp_path / "state", contact="me@example.org")
        return {item.native_id: item for item in source(**settings).items(context)}

    return capture


Capture = Callable[..., dict[str, Item]]


def text(item: Item) -> str:
    assert item.content is not None
    return extract(Captured(item.content, item.media_type, item.charset, item.native_id, item.uri, item.title, Domain.TRANSCRIPT)).text


def test_captions_of_a_video_are_a_transcript_with_its_title_and_what_was_chosen(tube: Tube, captured: Capture) -> None:
    tube.films[A] = Film("A talk", {"en": WORDS})
    item = captured(videos=[A])[f"youtube:{A}"]
    assert (item.title, item.attribution, item.uri) == ("A talk", "Someone", f"https://www.youtube.com/watch?v={A}")
    assert (item.revision or "").startswith("en manual ")
    assert text(item) == "Hello & welcome. Today we talk."


def test_what_is_asked_says_who_asks(tube: Tube, captured: Capture) -> None:
    tube.films[A], tube.lists[LIST] = Film(tracks={"en": WORDS}), [A]
    captured(playlists=[LIST])
    (agent,) = tube.agents
    assert re.fullmatch(r"berrypatch/\S+ \(\+me@example.org\)", agent)


def test_signs_in_captions_that_mean_something_in_a_file_of_captions_are_kept(tube: Tube, captured: Capture) -> None:
    tube.films[A] = Film(tracks={"en": ["It goes a --&amp;gt; b.", "Write &amp;amp;lt;b&amp;amp;gt; in it."]})
    assert text(captured(videos=[A])[f"youtube:{A}"]) == "It goes a --> b. Write &lt;b&gt; in it."


def test_without_a_contact_nothing_is_asked(tube: Tube, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match="set `contact` in the recipe"):
        list(source(videos=[A]).items(Context(tmp_path, tmp_path / "state")))
    assert tube.asked == []


@pytest.mark.parametrize(
    ("tracks", "languages", "chosen"),
    [
        (["a.en", "en"], ["en"], "en manual"),
        (["a.en", "de"], ["en", "de"], "de manual"),
        (["de", "en"], ["en", "de"], "en manual"),
        (["a.de", "a.en"], ["en", "de"], "en automatic"),
        (["en-US", "a.en"], ["en"], "en-US manual"),
        (["en-US", "en"], ["en"], "en manual"),
    ],
)
def test_captions_by_people_go_before_those_of_machines_and_then_the_order_of_languages(
    tube: Tube, captured: Capture, tracks: list[str], languages: list[str], chosen: str
) -> None:
    tube.films[A] = Film(tracks=dict.fromkeys(tracks, WORDS))
    assert (captured(videos=[A], languages=languages)[f"youtube:{A}"].revision or "").startswith(f"{chosen} ")


@pytest.mark.parametrize(
    ("film", "reason"),
    [
        (Film(), "Subtitles are disabled"),
        (Film(tracks={"fr": WORDS}), r"no captions in en; there are: fr \(manual\)"),
        (None, "no longer available"),
        (Film(playability={"status": "LOGIN_REQUIRED", "reason": "This is a private video"}), "private video"),
        (Film(playability={"status": "LOGIN_REQUIRED", "reason": "This video may be inappropriate for some users."}), "age-restricted"),
        (Film(playability={"status": "UNPLAYABLE", "reason": "Not in your country"}), "Not in your country"),
        (Film(page_status=500), "500"),
        (Film(tracks={"en": ["<<not XML"]}), "does not understand"),
    ],
)
def test_a_video_without_captions_that_can_be_had_is_recorded_and_the_rest_goes_on(
    tube: Tube, captured: Capture, film: Film | None, reason: str
) -> None:
    tube.films[B] = Film(tracks={"en": WORDS})
    if film:
        tube.films[A] = film
    items = captured(videos=[A, B])
    assert items[f"youtube:{B}"].error is None
    error = items[f"youtube:{A}"].error or ""
    assert re.search(reason, error)
    assert "\n" not in error


def test_the_first_sign_of_a_ban_ends_all_asking_and_the_rest_is_recorded(tube: Tube, captured: Capture) -> None:
    tube.films = {name: Film(tracks={"en": WORDS}) for name in (A, B, C)}
    tube.ban_after = 3
    items = captured(videos=[A, B, C])
    assert items[f"youtube:{A}"].error is None
    assert "blocks this address" in (items[f"youtube:{B}"].error or "")
    assert "not asked for" in (items[f"youtube:{C}"].error or "")
    assert "youtube:(blocked)" in items
    assert len(tube.asked) == 4


def test_a_sign_that_we_are_taken_for_a_machine_is_a_ban(tube: Tube, captured: Capture) -> None:
    tube.films[A] = Film(playability={"status": "LOGIN_REQUIRED", "reason": "Sign in to confirm you’re not a bot"})
    items = captured(videos=[A, B])
    assert "not asked for" in (items[f"youtube:{B}"].error or "")


def test_videos_of_a_playlist_and_of_a_channel_are_captured_once_each_in_their_order(tube: Tube, captured: Capture) -> None:
    tube.films = {name: Film(f"Film {name}", {"en": WORDS}) for name in (A, B, C)}
    tube.lists = {LIST: [B, A], "@someone": [A, C]}
    items = captured(videos=[], playlists=[LIST], channels=["@someone"])
    assert list(items) == [f"youtube:{name}" for name in (B, A, C)]
    assert len([line for line in tube.asked if line.startswith("GET /watch")]) == 3


def test_a_list_that_is_not_there_is_recorded_and_the_videos_are_captured(tube: Tube, captured: Capture) -> None:
    tube.films[A] = Film(tracks={"en": WORDS})
    items = captured(videos=[A], playlists=[LIST])
    assert "does not exist" in (items[f"https://www.youtube.com/playlist?list={LIST}"].error or "")
    assert items[f"youtube:{A}"].error is None


def test_a_list_longer_than_the_limit_is_cut_and_that_is_recorded(tube: Tube, captured: Capture) -> None:
    tube.films = {name: Film(tracks={"en": WORDS}) for name in (A, B, C)}
    tube.lists[LIST] = [A, B, C]
    items = captured(playlists=[LIST], max_entries=2)
    assert f"youtube:{C}" not in items
    assert "more than max_entries (2)" in (items[f"https://www.youtube.com/playlist?list={LIST}"].error or "")


def test_two_captures_of_the_same_answers_are_the_same(tube: Tube, tmp_path: Path) -> None:
    tube.films[A] = Film(tracks={"en": WORDS})
    rows = []
    for number in range(2):
        out = tmp_path / f"out{number}"
        out.mkdir()
        capture_source(source(videos=[A]), Context(tmp_path, tmp_path / f"state{number}", contact="me@example.org"), out)
        rows.append(read_table(out / "00000.parquet").to_pylist())
    assert rows[0] == rows[1]


def test_a_site_that_cannot_be_reached_is_an_error_of_the_source(captured: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTPS_PROXY", "http://127.0.0.1:1")
    with pytest.raises(SourceError, match="could not be reached"):
        captured(videos=[A])
