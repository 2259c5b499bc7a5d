"""Videos of YouTube captured again: what is asked for anew, what stands, what is gone, and a pass that was killed."""

import json
from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest
from captured_source import Captures
from youtube_site import Film, Reply, Tube

from curation.capture import capture_source
from curation.sources.captions import CaptionsSource
from curation.sources.context import Context

pytest.importorskip("youtube_transcript_api", reason="needs the extra `captions`")
pytest.importorskip("yt_dlp", reason="needs the extra `captions`")

A, B, C, D = "aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc", "ddddddddddd"
LIST, OTHER = "PLabcdefghijklmnop", "PLqrstuvwxyzabcdef"
WORDS = ["Hello and welcome.", "Today we talk."]

Source = Callable[..., CaptionsSource]


def source(**settings: Any) -> CaptionsSource:
    return CaptionsSource.model_validate({"kind": "captions", "id": "talks", "domain": "transcript", "delay_seconds": 0, **settings})


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path / "captures", contact="me@example.org")


def films(tube: Tube, *names: str) -> None:
    tube.films |= {name: Film(f"Film {name}", {"en": WORDS}) for name in names}


def some_days_later(captures: Captures, days: int) -> None:
    """Makes the last capture that many days older."""
    path = captures.folder / str(captures.number) / "memory.json"
    memory = json.loads(path.read_text())
    asked = memory["youtube"]["asked"]
    asked |= {video: (date.fromisoformat(day) - timedelta(days)).isoformat() for video, day in asked.items()}
    path.write_text(json.dumps(memory))


def watched(tube: Tube) -> list[str]:
    """The videos that were asked for since the last call."""
    found = [line.removeprefix("GET /watch ") for line in tube.asked if line.startswith("GET /watch")]
    tube.asked.clear()
    return found


def videos(rows: dict[str, Any]) -> dict[str, Any]:
    return {name.removeprefix("youtube:"): row for name, row in rows.items() if name.startswith("youtube:")}


def test_a_second_pass_asks_for_the_lists_and_for_new_videos_alone(tube: Tube, captures: Captures) -> None:
    films(tube, A, B, C)
    tube.lists[LIST] = [A, B]
    first = captures.again(source(playlists=[LIST]))
    tube.lists[LIST] = [C, A, B]
    tube.asked.clear()
    second = captures.again(source(playlists=[LIST]))
    assert tube.asked[0].endswith(LIST)
    assert watched(tube) == [C]
    assert {name: second[name] for name in first} == first


def test_an_unchanged_recipe_of_videos_asks_for_nothing_and_is_the_same(tube: Tube, captures: Captures) -> None:
    films(tube, A)
    first = captures.again(source(videos=[A, B]))
    tube.asked.clear()
    assert captures.again(source(videos=[A, B])) == first
    assert first[f"youtube:{B}"]["error"]
    assert tube.asked == []


@pytest.mark.parametrize(("days", "expected"), [(29, []), (30, [A, B]), (-1, [A, B])])
def test_a_video_that_was_answered_for_is_asked_for_again_when_its_days_are_over(
    tube: Tube, captures: Captures, days: int, expected: list[str]
) -> None:
    films(tube, A)
    captures.again(source(videos=[A, B]))
    some_days_later(captures, days)
    watched(tube)
    films(tube, B)
    tube.films[A].tracks["en"] = ["Mended words."]
    rows = captures.again(source(videos=[A, B]))
    assert watched(tube) == expected
    assert (b"Mended" in rows[f"youtube:{A}"]["content"], rows[f"youtube:{B}"]["error"] is None) == (bool(expected), bool(expected))


def test_without_days_every_pass_asks_for_every_video(tube: Tube, captures: Captures) -> None:
    films(tube, A)
    for _ in range(2):
        captures.again(source(videos=[A], recheck_days=0))
        assert watched(tube) == [A]


def test_other_days_are_no_other_capture() -> None:
    assert source(videos=[A], recheck_days=1).capture_settings() == source(videos=[A]).capture_settings()


def test_other_languages_ask_for_every_video(tube: Tube, captures: Captures) -> None:
    tube.films[A] = Film(tracks={"en": WORDS, "de": ["Willkommen."]})
    captures.again(source(videos=[A]))
    rows = captures.again(source(videos=[A], languages=["de", "en"]))
    assert rows[f"youtube:{A}"]["revision"].startswith("de manual")


def test_what_failed_for_the_time_being_is_asked_for_in_the_next_pass(tube: Tube, captures: Captures) -> None:
    films(tube, A)
    tube.films[A].page_status = 500
    assert "500" in captures.again(source(videos=[A]))[f"youtube:{A}"]["error"]
    tube.films[A].page_status = 200
    assert captures.again(source(videos=[A]))[f"youtube:{A}"]["content"]


def test_what_is_captured_and_cannot_be_had_this_time_stays_and_is_asked_for_in_the_next_pass(tube: Tube, captures: Captures) -> None:
    films(tube, A, B)
    first = captures.again(source(videos=[A, B]))
    some_days_later(captures, 30)
    tube.films[A].page_status = 500
    rows = captures.again(source(videos=[A, B]))
    assert rows[f"youtube:{A}"] == first[f"youtube:{A}"]
    assert "stay as they were captured before" in rows["(kept)"]["error"]
    watched(tube)
    captures.again(source(videos=[A, B]))
    assert watched(tube) == [A]


def test_a_ban_costs_nothing_that_was_captured_before(tube: Tube, captures: Captures) -> None:
    films(tube, A, B, C)
    tube.lists[LIST] = [B, C]
    first = captures.again(source(videos=[A], playlists=[LIST], recheck_days=0))
    tube.asked.clear()
    tube.ban_after = 0
    rows = captures.again(source(videos=[A], playlists=[LIST], recheck_days=0))
    assert {name: rows[name] for name in first} == first
    assert "blocks this address" in rows["youtube:(blocked)"]["error"]
    assert len(tube.asked) == 1


@pytest.mark.parametrize("reply", [Reply(500), None])
def test_a_list_that_cannot_be_read_costs_nothing_that_was_captured_before(tube: Tube, captures: Captures, reply: Reply | None) -> None:
    films(tube, A, B)
    tube.lists = {LIST: [A, C], OTHER: [B]}
    recipe = source(playlists=[LIST, OTHER])
    first = captures.again(recipe)
    tube.lists = {OTHER: []}
    if reply:
        tube.instead["/playlist"] = reply
    watched(tube)
    rows = captures.again(recipe)
    assert {name: rows[name] for name in first} == first
    assert f"https://www.youtube.com/playlist?list={LIST}" in rows
    assert watched(tube) == []


def test_videos_that_leave_a_list_of_the_newest_stay(tube: Tube, captures: Captures) -> None:
    films(tube, A, B, C, D)
    tube.lists["@someone"] = [B, A]
    recipe = source(channels=["@someone"], max_entries=2)
    captures.again(recipe)
    tube.lists["@someone"] = [D, C, B, A]
    for _ in range(2):
        rows = videos(captures.again(recipe))
        assert [name for name in rows if rows[name]["content"]] == [D, C, B, A]


def test_a_video_that_failed_for_the_time_being_is_asked_for_although_it_left_a_list_of_the_newest(tube: Tube, captures: Captures) -> None:
    films(tube, A, B, C)
    tube.films[A].page_status = 500
    tube.lists["@someone"] = [B, A]
    recipe = source(channels=["@someone"], max_entries=2)
    captures.again(recipe)
    tube.lists["@someone"] = [C, B, A]
    assert videos(captures.again(recipe))[A]["error"]
    tube.films[A].page_status = 200
    assert videos(captures.again(recipe))[A]["content"]


@pytest.mark.parametrize("vanished", ["drop", "keep"])
def test_a_video_that_no_list_had_is_gone_until_a_list_has_it(tube: Tube, captures: Captures, vanished: str) -> None:
    films(tube, A, B)
    tube.lists = {LIST: [A, B]}
    recipe = source(playlists=[LIST], vanished=vanished, recheck_days=0)
    captures.again(recipe)
    tube.lists[LIST] = [A]
    gone = captures.again(recipe)[f"youtube:{B}"]
    assert gone["gone"]
    tube.instead["/playlist"] = Reply(500)
    assert captures.again(recipe)[f"youtube:{B}"] == gone
    tube.instead.clear()
    assert captures.again(recipe)[f"youtube:{B}"] == gone
    tube.lists[LIST] = [A, B]
    assert captures.again(recipe)[f"youtube:{B}"]["gone"] is None


def test_a_lower_limit_of_the_recipe_is_no_news_of_the_source(tube: Tube, captures: Captures) -> None:
    films(tube, A, B, C)
    tube.lists[LIST] = [A, B, C]
    captures.again(source(playlists=[LIST], vanished="keep"))
    assert list(videos(captures.again(source(playlists=[LIST], vanished="keep", max_entries=1)))) == [A]


@pytest.mark.parametrize("vanished", ["drop", "keep"])
def test_a_video_that_is_removed_or_no_longer_listed_is_gone(tube: Tube, captures: Captures, vanished: str) -> None:
    films(tube, A, B, C)
    tube.lists[LIST] = [A, B, C]
    recipe = source(playlists=[LIST], vanished=vanished)
    first = captures.again(recipe)
    some_days_later(captures, 30)
    del tube.films[A]
    tube.lists[LIST] = [A, C]
    for _ in range(2):
        rows = captures.again(recipe)
        assert "no longer available" in rows[f"youtube:{A}"]["gone"]
        assert "no list of the recipe" in rows[f"youtube:{B}"]["gone"]
        for video in (A, B):
            kept = first[f"youtube:{video}"]["content"] if vanished == "keep" else None
            assert rows[f"youtube:{video}"]["content"] == kept
        assert rows[f"youtube:{C}"]["content"]


def test_captions_that_are_taken_away_are_gone(tube: Tube, captures: Captures) -> None:
    films(tube, A)
    captures.again(source(videos=[A], recheck_days=0))
    tube.films[A].tracks.clear()
    assert "disabled" in captures.again(source(videos=[A], recheck_days=0))[f"youtube:{A}"]["gone"]


@pytest.mark.parametrize("vanished", ["drop", "keep"])
def test_what_the_recipe_asks_for_no_more_leaves_without_a_trace(tube: Tube, captures: Captures, vanished: str) -> None:
    films(tube, A, B, C)
    tube.lists = {LIST: [B], OTHER: [C]}
    captures.again(source(videos=[A], playlists=[LIST, OTHER], vanished=vanished))
    assert list(captures.again(source(playlists=[OTHER], vanished=vanished))) == [f"youtube:{C}"]


def test_a_tombstone_outlasts_an_error(tube: Tube, captures: Captures) -> None:
    films(tube, A, B)
    recipe = source(videos=[A, B], recheck_days=0)
    captures.again(recipe)
    film = tube.films.pop(A)
    captures.again(recipe)
    tube.films[A] = film
    film.page_status = 500
    assert "no longer available" in captures.again(recipe)[f"youtube:{A}"]["gone"]
    film.page_status = 200
    assert captures.again(recipe)[f"youtube:{A}"]["content"]


def test_a_pass_that_was_killed_goes_on_with_the_answers_and_the_day_that_it_had(tube: Tube, tmp_path: Path) -> None:
    films(tube, A, B, C)
    tube.lists[LIST] = [A, B, C]
    outs = [tmp_path / name for name in ("whole", "again")]
    for out in outs:
        out.mkdir()
    recipe = source(playlists=[LIST])
    context = Context(tmp_path, tmp_path / "state-whole", contact="me@example.org")
    (tmp_path / "state-whole" / "youtube").mkdir(parents=True)
    (tmp_path / "state-whole" / "youtube" / "day").write_text("2026-01-31")
    capture_source(recipe, context, outs[0])
    requests = context.receipts.by_host["www.youtube.com"].requests

    state = tmp_path / "state-killed"
    (state / "youtube").mkdir(parents=True)
    (state / "youtube" / "day").write_text("2026-01-31")
    killed = recipe.items(Context(tmp_path, state, contact="me@example.org"))
    next(killed)
    next(killed)
    tube.asked.clear()
    tube.lists[LIST] = []
    context = Context(tmp_path, state, contact="me@example.org")
    capture_source(recipe, context, outs[1])
    assert watched(tube) == [C]
    assert context.receipts.by_host["www.youtube.com"].requests == requests
    for path in sorted(outs[0].iterdir()):
        assert path.read_bytes() == (outs[1] / path.name).read_bytes()
