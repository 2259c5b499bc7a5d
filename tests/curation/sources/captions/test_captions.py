"""Captions as a source: what a recipe may say, transcripts of podcasts, and files of captions."""

import sys
from pathlib import Path
from typing import Any

import pytest
from archives import zipped
from pydantic import ValidationError
from talks import JSON, SRT, VTT, Capture, source, text

from warehouse.errors import SourceError

WORDS = "Words of the talk."


@pytest.mark.parametrize(
    ("field", "word", "meant"),
    [
        ("videos", "aircAruvnKk", "aircAruvnKk"),
        ("videos", "https://www.youtube.com/watch?v=aircAruvnKk&t=9s", "aircAruvnKk"),
        ("videos", "https://youtu.be/aircAruvnKk?si=x", "aircAruvnKk"),
        ("videos", "https://www.youtube.com/shorts/aircAruvnKk", "aircAruvnKk"),
        ("playlists", "PLlrATfBNZ98dC", "https://www.youtube.com/playlist?list=PLlrATfBNZ98dC"),
        (
            "playlists",
            "https://www.youtube.com/watch?v=aircAruvnKk&list=PLlrATfBNZ98dC",
            "https://www.youtube.com/playlist?list=PLlrATfBNZ98dC",
        ),
        ("channels", "@someone", "https://www.youtube.com/@someone/videos"),
        ("channels", "https://www.youtube.com/@someone/videos", "https://www.youtube.com/@someone/videos"),
        ("channels", "UC" + "a" * 22, f"https://www.youtube.com/channel/UC{'a' * 22}/videos"),
        ("channels", f"https://www.youtube.com/channel/UC{'a' * 22}", f"https://www.youtube.com/channel/UC{'a' * 22}/videos"),
    ],
)
def test_videos_and_lists_are_named_by_id_or_by_address(field: str, word: str, meant: str) -> None:
    assert getattr(source(**{field: [word]}), field) == [meant]


@pytest.mark.parametrize(
    "settings",
    [
        {"videos": ["no video"]},
        {"videos": ["https://vimeo.com/12345678901"]},
        {"playlists": ["x"]},
        {"channels": ["someone"]},
        {"podcasts": ["ftp://e.org/feed"]},
        {"podcasts": ["https://me:secret@e.org/feed"]},
        {"videos": ["aircAruvnKk"], "languages": []},
        {"videos": ["aircAruvnKk"], "languages": ["english language"]},
        {"videos": ["aircAruvnKk"], "path": "x"},
        {},
    ],
)
def test_what_names_nothing_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        source(**settings)


def test_a_dry_run_says_what_is_asked_for_the_first_video_list_and_podcast() -> None:
    asked = source(videos=["aircAruvnKk"], playlists=["PLlrATfBNZ98dC"], podcasts=["https://e.org/feed"]).first_requests()
    assert [request.url for request in asked] == [
        "https://www.youtube.com/playlist?list=PLlrATfBNZ98dC",
        "https://www.youtube.com/watch?v=aircAruvnKk",
        "https://www.youtube.com/youtubei/v1/player",
        "https://www.youtube.com/api/timedtext?v=aircAruvnKk",
        "https://e.org/robots.txt",
        "https://e.org/feed",
    ]
    assert source(path="talks").first_requests() == []


def test_without_the_libraries_the_error_says_what_to_install(captured: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(sys.modules, "curation.sources.youtube_client", raising=False)
    monkeypatch.setitem(sys.modules, "yt_dlp", None)
    with pytest.raises(SourceError, match=r"source talks: .* pip install 'berrypatch\[captions\]'"):
        captured(videos=["aircAruvnKk"])


def test_files_of_captions_are_read_where_they_are(tmp_path: Path, captured: Capture) -> None:
    listed = '[{"text": "Words of the talk.", "start": 0, "end": 2}]'
    members = {"a.vtt": VTT, "b/c.srt": SRT, "d.json": JSON, "e.json": listed, "f.txt": f"[00:01] Ann: {WORDS}"}
    (tmp_path / "talks.zip").write_bytes(zipped({name: content.encode() for name, content in members.items()}))
    items = captured(path="talks.zip")
    words = WORDS
    assert {name: text(item) for name, item in items.items()} == {
        "a.vtt": words,
        "b/c.srt": words,
        "d.json": f"A: {words}",
        "e.json": words,
        "f.txt": f"Ann: {words}",
    }


def test_what_is_no_file_of_captions_is_a_failed_item_that_says_so(tmp_path: Path, captured: Capture) -> None:
    (tmp_path / "talks").mkdir()
    (tmp_path / "talks" / "a.vtt").write_text(VTT)
    (tmp_path / "talks" / "a.mp3").write_bytes(b"sound")
    items = captured(path="talks")
    assert text(items["a.vtt"]) == WORDS
    assert items["a.mp3"].error == "is none of the files that captions are read from: .vtt, .srt, .json, .txt, .md, .markdown"


def test_captions_on_this_machine_are_no_network(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text(VTT)
    assert not source(path="a.vtt").is_remote
    assert source(path="a.vtt").fingerprint(tmp_path)
    assert source(podcasts=["https://e.org/feed"]).is_remote
    assert source(podcasts=["https://e.org/feed"]).fingerprint(tmp_path) == ""
