"""The two libraries that ask YouTube, held to the recipe's pace, with a receipt. Needs the extra `captions`."""

import html
import time
from collections.abc import Iterable, Sequence
from importlib.metadata import version
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

import requests
import youtube_transcript_api as transcripts
import yt_dlp
from requests.adapters import HTTPAdapter

from curation.sources.context import Context
from curation.sources.item import Item
from curation.sources.receipts import Receipt, Receipts
from curation.sources.youtube import AbsentError, BlockedError, RefusedError, Video
from warehouse.digests import sha256_bytes

if TYPE_CHECKING:
    from curation.sources.captions import CaptionsSource

TIMEOUT = (10.0, 30.0)
"""Seconds to connect, and between two bytes of an answer."""

_PLAYER = "/youtubei/v1/player"
_LOST = (transcripts.VideoUnavailable, transcripts.InvalidVideoId)
_HIDDEN = ("private", "removed", "terminated", "no longer available", "deleted")
_UNREADABLE = (ParseError, LookupError, ValueError, TypeError, AttributeError)
"""What the libraries let through where an answer is not of the shape that they know."""


class Client:
    """Asks YouTube for lists and captions, one request at a time."""

    def __init__(self, source: "CaptionsSource", context: Context) -> None:
        agent = source.user_agent or f"berrypatch/{version('berrypatch')}" + (f" (+{context.contact})" if context.contact else "")
        self._pace = _Pace(source.delay_seconds, context.receipts)
        self._lister = _Lister(self._pace, agent)
        self._facts: dict[str, dict[str, Any]] = {}
        session = requests.Session()
        session.headers["User-Agent"] = agent
        session.mount("https://", _Polite(self._pace))
        session.hooks["response"] = [self._remember]
        self._api = transcripts.YouTubeTranscriptApi(http_client=session)

    def listed(self, url: str, most: int) -> list[Video]:
        """The first videos of a playlist or channel. Raises AbsentError, BlockedError or RefusedError."""
        try:
            found = self._lister.entries(url, most)
        except yt_dlp.utils.YoutubeDLError as error:
            raise _of_list(error) from error
        except _UNREADABLE as error:
            raise RefusedError(_not_understood("yt-dlp", error)) from error
        return [Video(str(entry["id"]), entry.get("title")) for entry in found if entry and entry.get("id")]

    def captioned(self, video: Video, languages: Sequence[str]) -> Item:
        """The captions of a video: by a person before those of a machine. Raises AbsentError, BlockedError or RefusedError."""
        try:
            track = chosen(list(self._api.list(video.id)), languages)
            content = _webvtt(track.fetch())
        except transcripts.YouTubeTranscriptApiException as error:
            raise _of_video(error) from error
        except requests.ConnectionError as error:
            raise RefusedError(f"could not be had: {type(error).__name__}: {error}", transient=True) from error
        except requests.RequestException as error:
            raise RefusedError(
                f"could not be had: {type(error).__name__}: {error}", transient=isinstance(error, requests.Timeout)
            ) from error
        except _UNREADABLE as error:
            raise RefusedError(_not_understood("youtube-transcript-api", error)) from error
        facts = self._facts.get(video.id, {})
        made = "automatic" if track.is_generated else "manual"
        return Item(
            native_id=video.native,
            uri=video.url,
            content=content,
            media_type="text/vtt",
            title=facts.get("title") or video.title,
            revision=f"{track.language_code} {made} {sha256_bytes(content)[:16]}",
            charset="utf-8",
            attribution=facts.get("author"),
        )

    def _remember(self, response: requests.Response, *_: object, **__: object) -> None:
        """Keeps title and author, which the library does not give and its answers hold."""
        if urlsplit(response.url).path == _PLAYER and response.ok:
            try:
                details = response.json().get("videoDetails", {})
                self._facts = {str(details["videoId"]): {name: details[name] for name in ("title", "author") if details.get(name)}}
            except _UNREADABLE:
                self._facts = {}


def chosen(tracks: Sequence[transcripts.Transcript], languages: Sequence[str]) -> transcripts.Transcript:
    """The best track: by a person before those of a machine, then by the order of languages, exact before regional.

    Raises RefusedError naming what there is.
    """
    for automatic in (False, True):
        for language in languages:
            for fits in (_is, _is_kind_of):
                for track in tracks:
                    if track.is_generated is automatic and fits(track.language_code, language):
                        return track
    there = ", ".join(f"{track.language_code} ({'automatic' if track.is_generated else 'manual'})" for track in tracks)
    raise RefusedError(f"no captions in {', '.join(languages)}; there are: {there or 'none'}")


def _is(code: str, language: str) -> bool:
    return code.lower() == language.lower()


def _is_kind_of(code: str, language: str) -> bool:
    return code.lower().startswith(language.lower() + "-")


def _webvtt(lines: Iterable[Any]) -> bytes:
    """The captions as WebVTT: the library gives times and lines, and no bytes."""
    cues = ["WEBVTT"]
    for line in lines:
        text = "\n".join(part for part in html.escape(line.text, quote=False).splitlines() if part.strip())
        cues.append(f"{_clock(line.start)} --> {_clock(line.start + line.duration)}\n{text}")
    return ("\n\n".join(cues) + "\n").encode("utf-8", "replace")


def _clock(seconds: float) -> str:
    milliseconds = round(seconds * 1000)
    return f"{milliseconds // 3_600_000:02}:{milliseconds // 60_000 % 60:02}:{milliseconds // 1000 % 60:02}.{milliseconds % 1000:03}"


def _of_video(error: transcripts.YouTubeTranscriptApiException) -> Exception:
    words = _sentence(getattr(error, "cause", "") or str(error))
    if isinstance(error, transcripts.RequestBlocked):
        return BlockedError(words)
    hidden = isinstance(error, transcripts.VideoUnplayable) and any(word in (error.reason or "").lower() for word in _HIDDEN)
    return AbsentError(words) if hidden or isinstance(error, _LOST) else RefusedError(words)


def _of_list(error: yt_dlp.utils.YoutubeDLError) -> Exception:
    cause = error.exc_info[1] if isinstance(error, yt_dlp.utils.DownloadError) and error.exc_info else error
    words = _sentence(str(getattr(cause, "orig_msg", None) or cause))
    inner = getattr(cause, "cause", None) or cause
    status = getattr(inner, "status", None)
    if status in (429, 403) or "not a bot" in words:
        return BlockedError(words)
    if status in (404, 410) or "does not exist" in words or "private" in words.lower():
        return AbsentError(words)
    return RefusedError(words, transient=isinstance(inner, yt_dlp.networking.exceptions.TransportError))


def _sentence(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split()).removeprefix("ERROR: ")[:400]


def _not_understood(library: str, error: Exception) -> str:
    return f"{library} does not understand YouTube's answer ({type(error).__name__}: {error}); a newer one may"


class _Pace:
    """Waits between two requests to one host, and writes the receipt."""

    def __init__(self, delay: float, receipts: Receipts) -> None:
        self._delay, self._receipts = delay, receipts
        self._last: dict[str, float] = {}

    def before(self, url: str) -> Receipt:
        host = urlsplit(url).netloc
        receipt = self._receipts.of(host)
        wait = self._last.get(host, -1e9) + self._delay - time.monotonic()
        if wait > 0:
            time.sleep(wait)
            receipt.waited += wait
        self._last[host] = time.monotonic()
        receipt.requests += 1
        return receipt


class _Polite(HTTPAdapter):
    """Sends at the pace of the recipe."""

    def __init__(self, pace: _Pace) -> None:
        super().__init__()
        self._pace = pace

    def send(self, request: requests.PreparedRequest, *args: Any, **settings: Any) -> requests.Response:
        receipt = self._pace.before(str(request.url))
        try:
            response = super().send(request, *args, **{**settings, "timeout": TIMEOUT})
            receipt.bytes += len(response.content)
        except requests.RequestException:
            receipt.errors += 1
            raise
        receipt.errors += response.status_code >= 400
        return response


class _Lister(yt_dlp.YoutubeDL):  # type: ignore[misc]
    """Lists videos without looking at any, at the pace of the recipe; reads no settings of this machine and keeps no cache."""

    def __init__(self, pace: _Pace, agent: str) -> None:
        self._pace = pace
        super().__init__(
            {
                "extract_flat": True,
                "skip_download": True,
                "cachedir": False,
                "color": "never",
                "logger": _Silent(),
                "socket_timeout": TIMEOUT[1],
                "extractor_retries": 1,
                "http_headers": {"User-Agent": agent},
            }
        )

    def entries(self, url: str, most: int) -> list[dict[str, Any]]:
        """The first entries of a list."""
        self.params["playlistend"] = most
        found = self.extract_info(url, download=False) or {}
        return list(found.get("entries") or [])

    def urlopen(self, req: Any) -> Any:
        receipt = self._pace.before(req if isinstance(req, str) else req.url)
        try:
            response = super().urlopen(req)
        except yt_dlp.networking.exceptions.RequestError:
            receipt.errors += 1
            raise
        receipt.bytes += int(response.headers.get("Content-Length") or 0)
        return response


class _Silent:
    """What yt-dlp would print is in the exception, or of no use here."""

    def debug(self, message: str) -> None:
        """Says nothing."""

    info = warning = error = debug
