"""Podcasts whose feeds name transcripts: `podcast:transcript` of the Podcasting 2.0 namespace.

https://podcasting2.org/docs/podcast-namespace/tags/transcript
"""

from collections.abc import Iterator, Sequence, Set
from dataclasses import asdict, dataclass
from email.message import Message
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urljoin, urlsplit

import lxml.etree

from curation.sources.context import Context
from curation.sources.earlier import Fact
from curation.sources.fetch.fetcher import Fetcher, FetchError, Page, open_fetcher
from curation.sources.item import Item, distinct
from curation.sources.request import Request
from warehouse.digests import sha256_bytes

if TYPE_CHECKING:
    from curation.sources.captions import CaptionsSource

NAMESPACES = (
    "https://podcastindex.org/namespace/1.0",
    "https://github.com/Podcastindex-org/podcast-namespace/blob/main/docs/1.0.md",
)
_ITUNES = "http://www.itunes.com/dtds/podcast-1.0.dtd"

_MEDIA = {
    "text/vtt": "text/vtt",
    "application/x-subrip": "application/x-subrip",
    "application/srt": "application/x-subrip",
    "text/srt": "application/x-subrip",
    "application/json": "application/x-transcript+json",
    "text/html": "text/html",
    "text/plain": "text/plain",
}
_BEST = list(dict.fromkeys(_MEDIA.values()))
"""Media types, the best first: one with times gives paragraphs, a page has more on it than the words."""

_GONE = (404, 410)
_BY_ENDING = {"vtt": "text/vtt", "srt": "application/srt", "json": "application/json", "html": "text/html", "txt": "text/plain"}


@dataclass(frozen=True)
class Transcript:
    """A transcript as a feed names it."""

    url: str
    media_type: str
    language: str


@dataclass(frozen=True)
class Episode:
    """An episode of a feed."""

    id: str
    title: str | None
    transcripts: tuple[Transcript, ...]
    attribution: str | None = None
    licence: str | None = None


class FeedError(Exception):
    """A feed or a transcript that cannot be read, in words. `gone`: its host says that there is none."""

    def __init__(self, message: str, gone: bool = False) -> None:
        super().__init__(message)
        self.gone = gone


def first_requests(feeds: Sequence[str]) -> list[Request]:
    """The rules of the first feed's host, and the feed."""
    return [Request(urljoin(feeds[0], "/robots.txt"), "what the host allows"), Request(feeds[0], "the feed")] if feeds else []


def items(source: "CaptionsSource", context: Context) -> Iterator[Item]:
    """One item per episode, in the order of the feeds; one without a transcript that can be had is a failed item."""
    with open_fetcher(source, context) as fetcher:
        for feed in source.podcasts:
            yield from _of_feed(source, context, fetcher, feed)


def _of_feed(source: "CaptionsSource", context: Context, fetcher: Fetcher, feed: str) -> Iterator[Item]:
    """The episodes of a feed, and those that were captured before and are not among the ones that are asked for now."""
    most, asked_before = source.max_entries, context.memory.get(feed, {}).get("max_entries", 0)
    try:
        found = _episodes(fetcher, context, feed)
    except (FetchError, FeedError) as error:
        yield Item.failed(feed, feed, str(error))
        if isinstance(error, FeedError) and error.gone:
            yield from _fallen_out(fetcher, context, feed, set())
        else:
            yield from context.earlier.unseen(f"their feed could not be read: {error}", f"{feed}#")
        return
    context.memory[feed]["max_entries"] = most
    beyond = {f"{feed}#{each.id}": each for each in found[most:]}
    stay = [] if most < asked_before else [each for name, each in beyond.items() if _was_asked(context.earlier.fact(name), feed)]
    given = set(beyond)
    for item in distinct(_captured(fetcher, context, feed, each, source.languages) for each in (*found[:most], *stay)):
        given.add(item.native_id)
        yield item
    if left_out := len(beyond) - len(stay):
        yield Item.failed(f"{feed}#(more)", feed, f"{left_out} more episodes than max_entries ({most}) were not asked for")
    yield from _fallen_out(fetcher, context, feed, given)


def _episodes(fetcher: Fetcher, context: Context, feed: str) -> list[Episode]:
    """The episodes of a feed; where it says that it has not changed, those that the capture before this one remembers."""
    known = context.memory.get(feed)
    page = fetcher.fetch(feed, _fact(feed, known) if known else None)
    if known and page.unchanged:
        return [_remembered(facts) for facts in known["episodes"]]
    found = episodes(_content(page), feed)
    context.memory[feed] = {
        "etag": page.headers.get("etag"),
        "modified": _iso(page.headers.get("last-modified", "")),
        "sha256": sha256_bytes(page.content),
        "episodes": [asdict(episode) for episode in found],
    }
    return found


def _fact(feed: str, known: dict[str, Any]) -> Fact:
    unknown = dict.fromkeys(("title", "revision", "charset", "error", "gone"))
    told = {name: known[name] for name in ("etag", "modified", "sha256")}
    return Fact(native_id=feed, uri=feed, media_type="application/rss+xml", **told, **unknown)


def _iso(stamp: str) -> str | None:
    try:
        return parsedate_to_datetime(stamp).isoformat()
    except (ValueError, TypeError, OverflowError):
        return None


def _remembered(facts: dict[str, Any]) -> Episode:
    return Episode(**facts | {"transcripts": tuple(Transcript(**transcript) for transcript in facts["transcripts"])})


def episodes(content: bytes, address: str) -> list[Episode]:
    """The episodes of a feed, in its order. Raises FeedError where it is none."""
    parser = lxml.etree.XMLParser(resolve_entities=False, no_network=True, recover=True, huge_tree=False)
    try:
        root = lxml.etree.fromstring(content, parser)
    except (lxml.etree.LxmlError, ValueError) as error:
        raise FeedError(f"is no feed: {error}") from error
    channel = root.find("channel") if root is not None and root.tag == "rss" else None
    if channel is None:
        raise FeedError("is no feed: it has no <rss> with a <channel>")
    common = _Common(address, _text(channel, "language"), _attribution(channel), _any_text(channel, "license"))
    return [_episode(element, common) for element in channel.findall("item")]


@dataclass(frozen=True)
class _Common:
    """What the episodes of a feed share."""

    address: str
    language: str
    attribution: str | None
    licence: str | None


def _episode(element: lxml.etree._Element, common: _Common) -> Episode:
    enclosure = element.find("enclosure")
    audio = enclosure.get("url", "") if enclosure is not None else ""
    title = _text(element, "title") or None
    tags = [tag for space in NAMESPACES for tag in element.findall(f"{{{space}}}transcript")]
    return Episode(
        id=_text(element, "guid") or audio or _text(element, "link") or title or sha256_bytes(lxml.etree.tostring(element))[:16],
        title=title,
        transcripts=tuple(transcript for tag in tags if (transcript := _transcript(tag, common))),
        attribution=common.attribution,
        licence=_any_text(element, "license") or common.licence,
    )


def _transcript(tag: lxml.etree._Element, common: _Common) -> Transcript | None:
    try:
        url = urljoin(common.address, tag.get("url", "").strip())
        parts = urlsplit(url)
    except ValueError:
        return None
    declared = tag.get("type", "").partition(";")[0].strip().lower()
    media = _MEDIA.get(declared) or _MEDIA.get(_BY_ENDING.get(parts.path.rpartition(".")[2].lower(), ""))
    if media is None or parts.scheme not in ("http", "https") or not tag.get("url", "").strip():
        return None
    return Transcript(url, media, tag.get("language", "").strip() or common.language)


def best(transcripts: Sequence[Transcript], languages: Sequence[str]) -> Transcript | None:
    """The transcript to take: by the order of languages, one that names none last, then by what reads best."""
    ranked = [
        (rank, _BEST.index(transcript.media_type), number, transcript)
        for number, transcript in enumerate(transcripts)
        if (rank := _rank(transcript.language, languages)) is not None
    ]
    return min(ranked)[3] if ranked else None


def _rank(language: str, languages: Sequence[str]) -> int | None:
    spelled = language.lower().replace("_", "-")
    if not spelled:
        return len(languages)
    fitting = (rank for rank, wanted in enumerate(languages) if spelled == wanted.lower() or spelled.startswith(wanted.lower() + "-"))
    return next(fitting, None)


def _captured(fetcher: Fetcher, context: Context, feed: str, episode: Episode, languages: Sequence[str]) -> Item:
    native = f"{feed}#{episode.id}"
    had = fact if (fact := context.earlier.fact(native)) and _was_captured(fact) else None
    transcript = best(episode.transcripts, languages)
    if transcript is None:
        if had is not None and had.uri not in {each.url for each in episode.transcripts}:
            return _still_there(fetcher, context, had)
        there = ", ".join(sorted({each.language or "no stated language" for each in episode.transcripts}))
        why = f"no transcript in {', '.join(languages)}; there are: {there}" if there else "the feed names no transcript for this episode"
        return Item.failed(native, feed, f"{episode.title or episode.id}: {why}")
    moved = had is not None and had.uri != transcript.url
    try:
        page = fetcher.fetch(transcript.url, None if moved else had)
        if page.unchanged and (earlier := context.earlier.item(native)):
            return earlier
        content = _content(page)
    except (FetchError, FeedError) as error:
        if had is not None and isinstance(error, FeedError) and error.gone:
            return _still_there(fetcher, context, had) if moved else Item.vanished(native, transcript.url, str(error))
        return Item.failed(native, transcript.url, str(error), isinstance(error, FetchError) and error.transient)
    return _item(native, episode, transcript, page, content)


def _was_asked(fact: Fact | None, feed: str) -> bool:
    """Whether an episode was captured, or its transcript could not be had: then it has the address of that, and not of the feed."""
    return fact is not None and (_was_captured(fact) or (fact.error is not None and fact.uri != feed))


def _was_captured(fact: Fact | None) -> bool:
    return fact is not None and fact.sha256 is not None


def _item(native: str, episode: Episode, transcript: Transcript, page: Page, content: bytes) -> Item:
    declared = Message()
    declared["content-type"] = page.headers.get("content-type", "application/octet-stream")
    kind = transcript.media_type.rpartition("/")[2].removeprefix("x-")
    return Item(
        native_id=native,
        uri=transcript.url,
        content=content,
        media_type=transcript.media_type,
        title=episode.title,
        revision=f"{transcript.language or 'no language'} {kind} {sha256_bytes(content)[:16]}",
        charset=declared.get_content_charset(),
        modified=_iso(page.headers.get("last-modified", "")),
        etag=page.headers.get("etag"),
        licence=episode.licence,
        attribution=episode.attribution,
    )


def _fallen_out(fetcher: Fetcher, context: Context, feed: str, given: Set[str]) -> Iterator[Item]:
    """Episodes that the feed has dropped from its end, as most do; only what the host has no more is gone."""
    for fact in context.earlier.facts():
        if fact.native_id.startswith(f"{feed}#") and fact.native_id not in given and _was_captured(fact):
            yield _still_there(fetcher, context, fact)


def _still_there(fetcher: Fetcher, context: Context, fact: Fact) -> Item:
    """What stands for a captured episode whose transcript its feed names no more."""
    try:
        page = fetcher.fetch(fact.uri, fact)
        if not page.unchanged:
            _content(page)
    except (FetchError, FeedError) as error:
        if isinstance(error, FeedError) and error.gone:
            return Item.vanished(fact.native_id, fact.uri, f"its feed names its transcript no more, and it is not there either ({error})")
        return Item.failed(fact.native_id, fact.uri, str(error), transient=True)
    return context.earlier.item(fact.native_id) or Item.failed(fact.native_id, fact.uri, f"HTTP status {page.status}")


def _content(page: Page) -> bytes:
    if page.status != 200:
        raise FeedError(f"HTTP status {page.status}", page.status in _GONE)
    return page.content


def _attribution(channel: lxml.etree._Element) -> str | None:
    return _text(channel, f"{{{_ITUNES}}}author") or _text(channel, "title") or None


def _any_text(element: lxml.etree._Element, tag: str) -> str | None:
    return next((text for space in NAMESPACES if (text := _text(element, f"{{{space}}}{tag}"))), None)


def _text(element: lxml.etree._Element, tag: str) -> str:
    return " ".join((element.findtext(tag) or "").split())
