"""Podcasts: transcripts that feeds name, in the languages of the recipe, and feeds that change or are damaged."""

import json
import random
from pathlib import Path

import pytest
from captured_source import Captures
from small_site import Answer, Site
from talks import HEAD, JSON, SRT, VTT, Capture, earlier_of, episode, feed, source, tag, text

from curation.sources import podcasts
from curation.sources.context import Context


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


@pytest.mark.parametrize(
    ("answer", "mark"), [(Answer(VTT), None), (Answer("", 500), "HTTP status 404"), (Answer("", 403), "HTTP status 404")]
)
def test_an_episode_that_its_feed_dropped_is_back_when_its_transcript_is_and_no_sooner(
    site: Site, tmp_path: Path, answer: Answer, mark: str | None
) -> None:
    site.pages = {"/feed": feed(episode("e0", tag("/0.vtt")), episode("e1", tag("/1.vtt"))), "/0.vtt": Answer(VTT), "/1.vtt": Answer(VTT)}
    talks, captures = source(podcasts=[f"{site.address}/feed"], vanished="keep"), Captures(tmp_path / "captures")
    captures.again(talks)
    site.pages["/feed"] = feed(episode("e0", tag("/0.vtt")))
    del site.pages["/1.vtt"]
    captures.again(talks)
    site.pages["/1.vtt"] = answer
    row = captures.again(talks)[f"{site.address}/feed#e1"]
    assert (row["content"], mark is None) == (VTT.encode(), row["gone"] is None)
    assert mark is None or mark in row["gone"]
