"""Captions of YouTube: lists of videos by yt-dlp, captions by youtube-transcript-api, both at the pace of the recipe.

Both ask as a player does and not as a crawler. YouTube bans addresses that ask for much: at the first sign of it nothing
more is asked, and what an earlier capture has stays.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from curation.sources.context import Context
from curation.sources.item import Item
from curation.sources.request import Request
from warehouse.errors import SourceError

if TYPE_CHECKING:
    from curation.sources.captions import CaptionsSource

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
    """YouTube wants to be left alone by this address, in words."""


class RefusedError(Exception):
    """Something that cannot be had, in words. `transient`: the next time may go better."""

    def __init__(self, message: str, transient: bool = False) -> None:
        super().__init__(message)
        self.transient = transient


class UnreachedError(RefusedError):
    """No answer came at all."""

    def __init__(self, message: str) -> None:
        super().__init__(message, transient=True)


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
    from curation.sources.youtube_pass import Pass

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
    yield from Pass(source, context, Client(source, context)).items()
