"""Captions as a source: what a recipe may say, transcripts of podcasts, and files of captions."""

import json
import random
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from archives import zipped
from pydantic import ValidationError
from small_site import Answer, Site

from curation.capture import capture_source
from curation.document import Captured
from curation.domains import Domain
from curation.extract import extract
from curation.sources import podcasts
from curation.sources.captions import CaptionsSource
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.item import Item
from warehouse.errors import SourceError

VTT = "WEBVTT\n\n00:00.000 --> 00:02.000\nWords of the talk.\n"
SRT = "1\n00:00:00,000 --> 00:00:02,000\nWords of the talk.\n"
JSON = '{"version": "1.0.0", "segments": [{"speaker": "A", "startTime": 0.5, "endTime": 2, "body": "Words of the talk."}]}'
HEAD = '<rss version="2.0" xmlns:podcast="https://podcastindex.org/namespace/1.0"><channel><title>The show</title><language>en</language>'

Capture = Callable[..., dict[str, Item]]


def source(**settings: Any) -> CaptionsSource:
    facts = {"kind": "captions", "id": "talks", "domain": "transcript", "delay_seconds": 0, "private_addresses": True, **settings}
    return CaptionsSource.model_validate(facts)


@pytest.fixture
def captured(tmp_path: Path) -> Capture:
    def capture(earlier: Earlier | None = None, state: str = "state", **settings: Any) -> dict[str, Item]:
        context = Context(tmp_path, tmp_path / state, earlier or Earlier())
        return {item.native_id: item for item in source(**settings).items(context)}

    return capture


def earlier_of(tmp_path: Path, **settings: Any) -> Earlier:
    out = tmp_path / "earlier"
    out.mkdir()
    capture_source(source(**settings), Context(tmp_path, tmp_path / "first"), out)
    return Earlier(sorted(out.glob("*.parquet")))


def text(item: Item) -> str:
    assert item.content is not None, item.error
    return extract(Captured(item.content, item.media_type, item.charset, item.native_id, item.uri, item.title, Domain.TRANSCRIPT)).text


def episode(guid: str, *tags: str, title: str = "An episode") -> str:
    return f"<item><title>{title}</title><guid>{guid}</guid>{''.join(tags)}</item>"


def tag(url: str, kind: str = "text/vtt", language: str = "") -> str:
    return f'<podcast:transcript url="{url}" type="{kind}"' + (f' language="{language}"' if language else "") + "/>"


def feed(*episodes: str, head: str = HEAD) -> Answer:
    return Answer(f"{head}{''.join(episodes)}</channel></rss>", headers={"Content-Type": "application/rss+xml"})


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


def test_an_episode_is_its_transcript_with_the_title_of_the_feed(site: Site, captured: Capture) -> None:
    licence = "<podcast:license>cc-by-4.0</podcast:license>"
    site.pages["/feed"] = feed(episode("e1", tag("/1.vtt")), head=HEAD + licence)
    site.pages["/1.vtt"] = Answer(VTT, headers={"Content-Type": "text/vtt; charset=utf-8", "ETag": '"1"'})
    item = captured(podcasts=[f"{site.address}/feed"])[f"{site.address}/feed#e1"]
    assert (item.title, item.attribution, item.licence, item.etag) == ("An episode", "The show", "cc-by-4.0", '"1"')
    assert item.uri == f"{site.address}/1.vtt"
    assert (item.revision or "").startswith("en vtt ")
    assert text(item) == "Words of the talk."


@pytest.mark.parametrize(
    ("kind", "body"),
    [
        ("text/vtt", VTT),
        ("application/x-subrip", SRT),
        ("application/srt", SRT),
        ("text/srt; charset=utf-8", SRT),
        ("application/json", JSON),
        ("text/plain", "Words of the talk."),
        ("text/html", "<html><body><p>Words of the talk.</p></body></html>"),
    ],
)
def test_every_form_of_a_transcript_is_read(site: Site, captured: Capture, kind: str, body: str) -> None:
    site.pages = {"/feed": feed(episode("e1", tag("/1", kind))), "/1": Answer(body)}
    (item,) = captured(podcasts=[f"{site.address}/feed"]).values()
    assert "Words of the talk." in text(item)


def test_the_older_namespace_is_known_and_a_type_that_is_none_is_told_by_the_name(site: Site, captured: Capture) -> None:
    head = HEAD.replace("https://podcastindex.org/namespace/1.0", podcasts.NAMESPACES[1])
    site.pages = {"/feed": feed(episode("e1", tag("/1.srt", "application/octet-stream")), head=head), "/1.srt": Answer(SRT)}
    assert [text(item) for item in captured(podcasts=[f"{site.address}/feed"]).values()] == ["Words of the talk."]


@pytest.mark.parametrize(
    ("tags", "languages", "chosen"),
    [
        ([("/a", "text/html", "en"), ("/b", "application/json", "en"), ("/c", "text/vtt", "en")], ["en"], "/c"),
        ([("/a", "text/vtt", "de"), ("/b", "text/html", "en-GB")], ["en", "de"], "/b"),
        ([("/a", "text/vtt", "de"), ("/b", "text/html", "en")], ["de", "en"], "/a"),
        ([("/a", "application/x-subrip", ""), ("/b", "text/vtt", "fr")], ["en"], "/a"),  # the feed's own language is en
    ],
)
def test_the_order_of_languages_goes_before_the_form(
    site: Site, captured: Capture, tags: list[tuple[str, str, str]], languages: list[str], chosen: str
) -> None:
    site.pages = {"/feed": feed(episode("e1", *(tag(*each) for each in tags))), **{path: Answer("x") for path, _, _ in tags}}
    (item,) = captured(podcasts=[f"{site.address}/feed"], languages=languages).values()
    assert item.uri == f"{site.address}{chosen}"


@pytest.mark.parametrize(
    ("tags", "reason"),
    [
        ([], "An episode: the feed names no transcript"),
        ([tag("/1", "application/pdf")], "names no transcript"),
        ([tag("/1", language="fr")], "no transcript in en; there are: fr"),
        ([tag("/missing")], "HTTP status 404"),
        ([tag("http://[::1")], "names no transcript"),
        ([tag("file:///etc/passwd")], "names no transcript"),
    ],
)
def test_an_episode_without_a_transcript_is_recorded_and_the_rest_goes_on(
    site: Site, captured: Capture, tags: list[str], reason: str
) -> None:
    site.pages = {"/feed": feed(episode("e1", *tags), episode("e2", tag("/2.vtt"))), "/2.vtt": Answer(VTT)}
    items = captured(podcasts=[f"{site.address}/feed"])
    assert reason in (items[f"{site.address}/feed#e1"].error or "")
    assert items[f"{site.address}/feed#e2"].error is None


@pytest.mark.parametrize(
    "answer",
    [
        Answer("no such feed", 404),
        Answer("<html><body>no feed</body></html>"),
        Answer(""),
        Answer(b"\x00\xff\xfe"),
        Answer('<!DOCTYPE rss [<!ENTITY a "aaaa"><!ENTITY b "&a;&a;&a;&a;">]><rss>&b;</rss>'),
    ],
)
def test_a_feed_that_cannot_be_read_is_recorded_and_the_next_is_read(site: Site, captured: Capture, answer: Answer) -> None:
    site.pages = {"/bad": answer, "/feed": feed(episode("e1", tag("/1.vtt"))), "/1.vtt": Answer(VTT)}
    items = captured(podcasts=[f"{site.address}/bad", f"{site.address}/feed"])
    assert items[f"{site.address}/bad"].error
    assert items[f"{site.address}/feed#e1"].error is None


def test_an_entity_of_a_feed_reads_no_file(site: Site, captured: Capture, tmp_path: Path) -> None:
    (tmp_path / "secret").write_text("secret")
    entity = f'<!DOCTYPE rss [<!ENTITY x SYSTEM "file://{tmp_path}/secret">]>'
    site.pages = {"/feed": feed(episode("e1", tag("/1.vtt"), title="T &x;"), head=entity + HEAD), "/1.vtt": Answer(VTT)}
    assert all("secret" not in f"{item.title}" for item in captured(podcasts=[f"{site.address}/feed"]).values())


def test_episodes_beyond_the_limit_are_counted_and_not_asked_for(site: Site, captured: Capture) -> None:
    site.pages = {"/feed": feed(*(episode(f"e{n}", tag(f"/{n}.vtt")) for n in range(5))), "/0.vtt": Answer(VTT), "/1.vtt": Answer(VTT)}
    items = captured(podcasts=[f"{site.address}/feed"], max_entries=2)
    assert "3 more episodes than max_entries (2)" in (items[f"{site.address}/feed#(more)"].error or "")
    assert sorted(site.asked_pages()) == ["/0.vtt", "/1.vtt", "/feed"]


def test_an_unchanged_transcript_is_not_sent_again(site: Site, captured: Capture, tmp_path: Path) -> None:
    site.pages = {"/feed": feed(episode("e1", tag("/1.vtt"))), "/1.vtt": Answer(VTT, headers={"ETag": '"1"'})}
    settings = {"podcasts": [f"{site.address}/feed"]}
    earlier = earlier_of(tmp_path, **settings)
    site.pages["/1.vtt"] = Answer(b"", 304)
    (item,) = captured(earlier, **settings).values()
    assert item.content == VTT.encode()


def test_an_unchanged_feed_is_not_sent_again(site: Site, tmp_path: Path) -> None:
    rss = feed(episode("e1", tag("/1.vtt")))
    site.pages = {"/feed": Answer(rss.body, headers={"ETag": '"f1"'}), "/1.vtt": Answer(VTT)}
    podcast = source(podcasts=[f"{site.address}/feed"])
    first = Context(tmp_path, tmp_path / "1")
    before = list(podcast.items(first))
    site.pages["/feed"] = Answer(b"", 304)
    memory = json.loads(json.dumps(first.memory))
    assert list(podcast.items(Context(tmp_path, tmp_path / "2", memory=memory))) == before


def test_damage_of_a_feed_gives_reasons_and_never_a_traceback() -> None:
    chance, answer = random.Random(3), feed(*(episode(f"e{n}", tag(f"/{n}.vtt", language="en")) for n in range(3)))
    assert isinstance(answer.body, str)
    for _ in range(2_000):
        content = bytearray(answer.body.encode())
        for _ in range(chance.randint(1, 6)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        try:
            found = podcasts.episodes(bytes(content), "https://e.org/feed")
        except podcasts.FeedError:
            continue
        assert all(each.url.startswith("http") for one in found for each in one.transcripts)


def test_an_episode_that_a_feed_dropped_from_its_end_stays_until_its_transcript_is_gone(
    site: Site, captured: Capture, tmp_path: Path
) -> None:
    site.pages = {
        "/feed": feed(*(episode(f"e{n}", tag(f"/{n}.vtt")) for n in range(3))),
        **{f"/{n}.vtt": Answer(VTT) for n in range(3)},
    }
    settings = {"podcasts": [f"{site.address}/feed"]}
    earlier = earlier_of(tmp_path, **settings)
    site.pages["/feed"] = feed(episode("e0", tag("/0.vtt")))
    del site.pages["/2.vtt"]
    items = captured(earlier, **settings)
    assert items[f"{site.address}/feed#e1"].content == VTT.encode()
    assert "HTTP status 404" in (items[f"{site.address}/feed#e2"].gone or "")


def test_files_of_captions_are_read_where_they_are(tmp_path: Path, captured: Capture) -> None:
    listed = '[{"text": "Words of the talk.", "start": 0, "end": 2}]'
    members = {"a.vtt": VTT, "b/c.srt": SRT, "d.json": JSON, "e.json": listed, "notes.txt": "not meant"}
    (tmp_path / "talks.zip").write_bytes(zipped({name: content.encode() for name, content in members.items()}))
    items = captured(path="talks.zip")
    words = "Words of the talk."
    assert {name: text(item) for name, item in items.items()} == {
        "a.vtt": words,
        "b/c.srt": words,
        "d.json": f"A: {words}",
        "e.json": words,
    }


def test_captions_on_this_machine_are_no_network(tmp_path: Path) -> None:
    (tmp_path / "a.vtt").write_text(VTT)
    assert not source(path="a.vtt").is_remote
    assert source(path="a.vtt").fingerprint(tmp_path)
    assert source(podcasts=["https://e.org/feed"]).is_remote
    assert source(podcasts=["https://e.org/feed"]).fingerprint(tmp_path) == ""
