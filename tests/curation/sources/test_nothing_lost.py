"""What every kind promises: in trouble, each document of the capture before has the row that it had, there or gone.

Data sets of the hub need a process for each capture; they are in `test_hub_again.py`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from arxiv_site import Arxiv, Paper, one_file
from captured_source import Captures
from small_site import Answer, Site
from youtube_site import Film, Reply, Tube

from curation.sources.captions import CaptionsSource
from curation.sources.source import Source
from curation.sources.web import WebSource

NAMES = ("aaaaaaaaaaa", "bbbbbbbbbbb", "ccccccccccc")
PAPERS = ("2401.00001", "2401.00002", "2401.00003")
LIST = "PLabcdefghijklmnop"
RSS = '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><language>en</language>'


@dataclass
class Place:
    """Where three documents are: how the last of them leaves, and how none can be looked at."""

    settings: dict[str, Any]
    leave: Callable[[], Any]
    trouble: Callable[[], Any]
    made: Callable[[dict[str, Any]], Source] = CaptionsSource.model_validate


def web(site: Site) -> Place:
    """Pages that are linked no more, and busy."""
    site.pages = {f"/{name}": Answer(f"<p>{name}</p>") for name in NAMES}
    site.pages["/"] = Answer("".join(f'<a href="/{name}">x</a>' for name in NAMES))
    busy = {"/": Answer("<p>nothing</p>"), **{f"/{name}": Answer("busy", 503) for name in NAMES}}
    settings = {"kind": "web", "domain": "lore", "start": [f"{site.address}/"]}
    return Place(settings, lambda: site.pages.pop(f"/{NAMES[2]}"), lambda: site.pages.update(busy), WebSource.model_validate)


def podcast(site: Site) -> Place:
    """Episodes of a feed that is damaged."""
    site.pages = {f"/{name}.vtt": Answer(f"WEBVTT\n\n00:00.000 --> 00:02.000\n{name}\n") for name in NAMES}
    tag = '<item><guid>{0}</guid><podcast:transcript url="/{0}.vtt" type="text/vtt"/></item>'
    site.pages["/feed"] = Answer(RSS + "".join(map(tag.format, NAMES)) + "</channel></rss>")
    settings = {"kind": "captions", "domain": "transcript", "podcasts": [f"{site.address}/feed"]}
    return Place(settings, lambda: site.pages.pop(f"/{NAMES[2]}.vtt"), lambda: site.pages.update({"/feed": Answer("<rss>bad")}))


def youtube(tube: Tube) -> Place:
    """Videos of a playlist, none of which can be asked for."""
    tube.films = {name: Film(name, {"en": ["Words."]}) for name in NAMES}
    tube.lists[LIST] = list(NAMES)
    busy = {"/playlist": Reply(500), "/watch": Reply(500)}
    settings = {"kind": "captions", "domain": "transcript", "playlists": [LIST], "recheck_days": 0, "user_agent": "a test"}
    return Place(settings, lambda: tube.lists[LIST].pop(), lambda: tube.instead.update(busy))


def papers(arxiv: Arxiv, made: Callable[..., Source]) -> Place:
    """Papers whose ids arXiv does not take at the time."""
    arxiv.papers = [Paper(name, source=one_file(name)) for name in PAPERS]
    return Place(
        {"ids": list(PAPERS), "licences": False},
        lambda: arxiv.papers.pop(),
        lambda: arxiv.malformed.update(PAPERS),
        lambda settings: made(**settings),
    )


@pytest.fixture(params=["web", "podcast", "youtube", "papers"])
def place(request: pytest.FixtureRequest) -> Place:
    """Each kind of place."""
    match request.param:
        case "web":
            return web(request.getfixturevalue("site"))
        case "podcast":
            return podcast(request.getfixturevalue("site"))
        case "youtube":
            for library in ("youtube_transcript_api", "yt_dlp"):
                pytest.importorskip(library, reason="needs the extra `captions`")
            return youtube(request.getfixturevalue("tube"))
        case _:
            return papers(request.getfixturevalue("arxiv"), request.getfixturevalue("papers"))


@pytest.mark.parametrize("vanished", ["drop", "keep"])
def test_in_trouble_every_document_keeps_the_row_that_it_had(place: Place, captures: Captures, vanished: str) -> None:
    common = {"id": "s", "delay_seconds": 0, "private_addresses": True, "vanished": vanished}
    source = place.made(place.settings | common)
    captures.again(source)
    place.leave()
    captures.again(source)
    before = [row for row in captures.rows if (row["content"] or row["gone"]) and not row["uri"].endswith("/")]
    assert [row["gone"] is None for row in sorted(before, key=lambda row: row["native_id"])] == [True, True, False]
    place.trouble()
    for _ in range(2):
        after = captures.again(source)
        assert [after.get(row["native_id"]) for row in before] == before
        assert any("stay as they were" in (row["error"] or "") or "kept as captured" in (row["error"] or "") for row in after.values())
