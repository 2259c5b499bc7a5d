"""What the two libraries that ask YouTube say, in our words. Needs the extra `captions`."""

import html
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from xml.etree.ElementTree import ParseError

import requests
import youtube_transcript_api as transcripts
import yt_dlp

from curation.sources.context import Context
from curation.sources.fetch.client import agent
from curation.sources.item import Item
from curation.sources.youtube import BlockedError, RefusedError, UnreachedError, Video
from curation.sources.youtube_transport import Limits, Lister, Polite, TooLargeError, Turns
from warehouse.digests import sha256_bytes

if TYPE_CHECKING:
    from curation.sources.captions import CaptionsSource

MOST_REDIRECTS = 5

_PLAYER = "/youtubei/v1/player"
_LASTING = (
    transcripts.VideoUnavailable,
    transcripts.VideoUnplayable,
    transcripts.InvalidVideoId,
    transcripts.TranscriptsDisabled,
    transcripts.AgeRestricted,
)
"""What YouTube itself says of a video. Of anything else the next answer, or a newer library, may know better."""

_ABSENT = frozenset({404, 410})
_UNREADABLE = (ParseError, LookupError, ValueError, TypeError, AttributeError)
"""What the libraries let through where an answer is not of the shape that they know."""


class Client:
    """Asks YouTube for lists and captions, one request at a time."""

    def __init__(self, source: "CaptionsSource", context: Context) -> None:
        turns, limits = Turns(source.delay_seconds, context), Limits(source.max_page_megabytes)
        self._lister = Lister(turns, limits, agent(source, context))
        self._facts: dict[str, dict[str, Any]] = {}
        session = requests.Session()
        session.headers["User-Agent"] = agent(source, context)
        session.max_redirects = MOST_REDIRECTS
        session.mount("https://", Polite(turns, limits))
        session.hooks["response"] = [self._remember]
        self._api = transcripts.YouTubeTranscriptApi(http_client=session)

    def listed(self, url: str, most: int) -> list[Video]:
        """The first videos of a playlist or channel. Raises BlockedError or RefusedError."""
        try:
            found = self._lister.entries(url, most)
        except yt_dlp.utils.YoutubeDLError as error:
            raise _of_list(error) from error
        except requests.RequestException as error:
            raise _of_request(error) from error
        except _UNREADABLE as error:
            raise _not_understood("yt-dlp", error) from error
        return [Video(str(entry["id"]), entry.get("title")) for entry in found if entry and entry.get("id")]

    def captioned(self, video: Video, languages: Sequence[str]) -> Item:
        """The captions of a video: by a person before those of a machine. Raises BlockedError or RefusedError."""
        try:
            track = chosen(list(self._api.list(video.id)), languages)
            content = _webvtt(track.fetch())
        except transcripts.YouTubeTranscriptApiException as error:
            raise _of_video(error) from error
        except requests.RequestException as error:
            raise _of_request(error) from error
        except _UNREADABLE as error:
            raise _not_understood("youtube-transcript-api", error) from error
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
    answer = getattr(error.__context__, "response", None)
    absent = answer is not None and answer.status_code in _ABSENT
    return RefusedError(words, transient=not (absent or isinstance(error, _LASTING)))


def _of_list(error: yt_dlp.utils.YoutubeDLError) -> Exception:
    cause = error.exc_info[1] if isinstance(error, yt_dlp.utils.DownloadError) and error.exc_info else error
    words = _sentence(str(getattr(cause, "orig_msg", None) or cause))
    inner = getattr(cause, "cause", None) or cause
    status = getattr(inner, "status", None)
    if status in (429, 403) or "not a bot" in words:
        return BlockedError(words)
    if isinstance(inner, yt_dlp.networking.exceptions.TransportError):
        return UnreachedError(words)
    return RefusedError(words, transient=not (status in _ABSENT or "does not exist" in words or "private" in words.lower()))


def _of_request(error: requests.RequestException) -> RefusedError:
    if isinstance(error, requests.ConnectionError | requests.Timeout):
        return UnreachedError(f"could not be had: {type(error).__name__}: {error}")
    if isinstance(error, TooLargeError):
        return RefusedError(str(error))
    return RefusedError(f"could not be had: {type(error).__name__}: {error}", transient=True)


def _sentence(text: str) -> str:
    return " ".join(text.strip().split("\n\n")[0].split()).removeprefix("ERROR: ")[:400]


def _not_understood(library: str, error: Exception) -> RefusedError:
    words = f"{library} does not understand YouTube's answer ({type(error).__name__}: {error}); a newer one may"
    return RefusedError(words, transient=True)
