"""Captions of YouTube: lists of videos by yt-dlp, captions by youtube-transcript-api, both at the pace of the recipe.

Both ask as a player does and not as a crawler. YouTube bans addresses that ask for much: at the first sign of it nothing
more is asked, and what an earlier capture has stays.
"""

import json
import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar
from urllib.parse import parse_qs, urlsplit

from curation.sources.context import Context
from curation.sources.item import Item
from curation.sources.request import Request
from warehouse.errors import SourceError
from warehouse.store import write_atomic

if TYPE_CHECKING:
    from curation.sources.captions import CaptionsSource
    from curation.sources.youtube_client import Client

Answer = TypeVar("Answer")

HOME = "https://www.youtube.com"
NATIVE = "youtube:"

_VIDEO = re.compile(r"[A-Za-z0-9_-]{11}")
_LIST = re.compile(r"[A-Za-z0-9_-]{12,64}")
_CHANNEL = re.compile(r"UC[A-Za-z0-9_-]{22}")
_HANDLE = re.compile(r"@[\w.·-]{3,60}")
_HOSTS = frozenset({"youtube.com", "www.youtube.com", "m.youtube.com", "youtu.be", "www.youtube-nocookie.com"})


@dataclass(frozen=True)
class Video:
    """A video by its id, with its title where a list told it."""

    id: str
    title: str | None = None

    @property
    def native(self) -> str:
        """The source's own name of it."""
        return NATIVE + self.id

    @property
    def url(self) -> str:
        """Where people watch it."""
        return f"{HOME}/watch?v={self.id}"


class BlockedError(Exception):
    """YouTube answers this address no more."""


class AbsentError(Exception):
    """A list or a video that is removed, private or was never there, in words."""


class RefusedError(Exception):
    """Something that cannot be had, in words. `transient`: the network failed, and not what was asked for."""

    def __init__(self, message: str, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


def video_id(word: object) -> str:
    """The id of a video, of an id or an address. Raises ValueError."""
    path, query = _address(word)
    found = (query.get("v") or [path.removeprefix("/shorts/").removeprefix("/embed/").removeprefix("/live/").strip("/")])[0]
    return _matching(_VIDEO, found, word, "no video; give its id of 11 characters, or its address")


def playlist_url(word: object) -> str:
    """The address of a playlist, of an id or an address. Raises ValueError."""
    path, query = _address(word)
    found = (query.get("list") or [path.strip("/")])[0]
    return f"{HOME}/playlist?list={_matching(_LIST, found, word, 'no playlist; give its id, or an address with list=')}"


def channel_url(word: object) -> str:
    """The address of a channel's videos, of a handle, an id or an address. Raises ValueError."""
    path, _ = _address(word)
    found = path.strip("/").removesuffix("/videos").removeprefix("channel/")
    if _HANDLE.fullmatch(found):
        return f"{HOME}/{found}/videos"
    return f"{HOME}/channel/{_matching(_CHANNEL, found, word, 'no channel; give its handle (@name) or its id (UC...)')}/videos"


def _address(word: object) -> tuple[str, dict[str, list[str]]]:
    """Path and query of an address of YouTube; of anything else itself and nothing."""
    parts = urlsplit(str(word).strip())
    if parts.scheme in ("http", "https") and parts.netloc.lower() in _HOSTS:
        return parts.path, parse_qs(parts.query)
    return str(word).strip(), {}


def _matching(pattern: re.Pattern[str], found: str, word: object, fault: str) -> str:
    if not pattern.fullmatch(found):
        raise ValueError(f"{word!r} is {fault}")
    return found


def first_requests(videos: Sequence[str], lists: Sequence[str]) -> list[Request]:
    """What is asked for the first list and the first video."""
    asked = [Request(lists[0], "the first list of videos")] if lists else []
    if videos or lists:
        video = Video(videos[0] if videos else "VIDEO")
        asked += [
            Request(video.url, "the page of the first video"),
            Request(f"{HOME}/youtubei/v1/player", "which captions the video has", "POST"),
            Request(f"{HOME}/api/timedtext?v={video.id}", "its captions"),
        ]
    return asked


def items(source: "CaptionsSource", context: Context) -> Iterator[Item]:
    """One item per video: those of the recipe, then those of its lists, each once.

    Raises SourceError where the libraries are not installed, nobody is named who asks, or YouTube could not be reached at all.
    """
    try:
        from curation.sources.youtube_client import Client
    except ImportError as error:
        raise SourceError(
            f"source {source.id}: captions of YouTube need two libraries ({error}). Install them: pip install 'berrypatch[captions]'"
        ) from error
    if not (context.contact or source.user_agent):
        raise SourceError(
            f"source {source.id}: YouTube is not told who asks; set `contact` in the recipe to an address or page by which the owners "
            "of sites reach you"
        )
    yield from _Capture(source, context, Client(source, context)).items()


class _Capture:
    """One capture of all videos of a source."""

    def __init__(self, source: "CaptionsSource", context: Context, client: "Client") -> None:
        self.source, self.context, self.client = source, context, client
        self.blocked = ""
        self.complete = True  # every list was read to its end
        self.reached, self.down = False, ""

    def items(self) -> Iterator[Item]:
        videos = {identity: Video(identity) for identity in self.source.videos}
        for url in (*self.source.playlists, *self.source.channels):
            found, fault = self._listed(url)
            for video in found:
                videos.setdefault(video.id, video)
            if fault:
                yield fault
        for video in videos.values():
            yield self._captured(video)
        if self.down and not self.reached:
            raise SourceError(f"source {self.source.id}: YouTube could not be reached. {self.down}. Check the network, and try again.")
        if self.blocked:
            yield Item.failed(f"{NATIVE}(blocked)", HOME, self.blocked)
        elif self.complete:
            yield from self._gone(videos)

    def _listed(self, url: str) -> tuple[list[Video], Item | None]:
        most, fault = self.source.max_entries, ""
        try:
            found = self._asked(lambda: self.client.listed(url, most + 1))
        except (RefusedError, AbsentError) as error:
            found, fault = [], str(error)
        if len(found) > most:
            fault = f"it has more than max_entries ({most}); the others were not asked for"
        self.complete = self.complete and not fault
        return found[:most], Item.failed(url, url, fault) if fault else None

    def _captured(self, video: Video) -> Item:
        journal = self.context.state / "youtube" / f"{video.id}.json"
        if journal.exists():
            self.reached = True
            return _read(journal)
        try:
            item = self._asked(lambda: self.client.captioned(video, self.source.languages))
        except AbsentError as error:
            item = self._absent(video, str(error))
        except RefusedError as error:
            if error.transient or self.blocked:
                # nothing is known of it now that an earlier capture did not know
                return self.context.earlier.item(video.native) or Item.failed(video.native, video.url, str(error))
            item = Item.failed(video.native, video.url, str(error))
        journal.parent.mkdir(parents=True, exist_ok=True)
        write_atomic(journal, json.dumps(asdict(item) | {"content": item.content.decode() if item.content is not None else None}))
        return item

    def _asked(self, question: Callable[[], Answer]) -> Answer:
        if self.blocked:
            raise RefusedError("not asked for: YouTube has blocked this address before")
        try:
            answer = question()
        except BlockedError as error:
            self.blocked, self.reached, self.complete = str(error), True, False
            raise RefusedError(f"YouTube blocks this address: {error}") from error
        except RefusedError as error:
            self.down, self.reached = (self.down or str(error), self.reached) if error.transient else (self.down, True)
            raise
        except AbsentError:
            self.reached = True
            raise
        self.reached = True
        return answer

    def _absent(self, video: Video, why: str) -> Item:
        known = self.context.earlier.fact(video.native)
        if known is not None and known.sha256 is not None:
            return Item.vanished(video.native, video.url, why)
        return Item.failed(video.native, video.url, why)

    def _gone(self, videos: dict[str, Video]) -> Iterator[Item]:
        for fact in self.context.earlier.facts():
            if fact.native_id.startswith(NATIVE) and fact.sha256 and fact.native_id.removeprefix(NATIVE) not in videos:
                yield Item.vanished(fact.native_id, fact.uri, "no list of the recipe has it any more")


def _read(journal: Path) -> Item:
    facts = json.loads(journal.read_text())
    return Item(**facts | {"content": facts["content"].encode() if facts["content"] is not None else None})
