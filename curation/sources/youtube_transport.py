"""How the two libraries send requests to YouTube: at the recipe's pace, within limits of size and time, with a receipt.

A host that says that it is asked too much is asked nothing more. Needs the extra `captions`.
"""

import io
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import requests
import urllib3
import yt_dlp
from requests.adapters import HTTPAdapter
from yt_dlp.networking.common import Response
from yt_dlp.networking.exceptions import HTTPError, RequestError, TransportError

from curation.sources.context import Context
from curation.sources.fetch.client import host_of
from curation.sources.fetch.hosts import pace_of, saying
from curation.sources.fetch.pace import TooLong, retry_after
from curation.sources.fetch.transport import LONGEST_RESPONSE
from curation.sources.receipts import Receipt
from curation.sources.youtube import BlockedError

TIMEOUT = (10.0, 30.0)
"""Seconds to connect, and between two bytes of an answer."""

CHUNK = 1 << 14


class TooLargeError(requests.RequestException):
    """An answer of more bytes than the recipe allows."""


class TooSlowError(requests.RequestException):
    """An answer that does not end."""


@dataclass(frozen=True)
class Limits:
    """How large an answer may be when its codings are undone, and by that how long it may take."""

    megabytes: float

    def pieces(self, body: Any) -> Iterator[bytes]:
        """The bytes of a response of urllib3, as they come. Raises TooLargeError, TooSlowError and what urllib3 raises."""
        size, begun = 0, time.monotonic()
        while piece := body.read1(CHUNK, decode_content=True):
            size += len(piece)
            if size > self.megabytes * 1e6:
                raise TooLargeError(f"the answer is larger than max_page_megabytes ({self.megabytes:g})")
            if time.monotonic() - begun > LONGEST_RESPONSE + self.megabytes:
                raise TooSlowError(f"the answer has no end after {LONGEST_RESPONSE + self.megabytes:g} s")
            yield piece


class Turns:
    """Asks each host at the pace that all captures of the workspace keep together, and writes the receipt."""

    def __init__(self, delay: float, context: Context) -> None:
        self._delay, self._context = delay, context

    def before(self, url: str) -> Receipt:
        """Waits for the turn of a request, and counts it. Raises BlockedError where the host is not to be asked for long."""
        host = host_of(url)
        receipt = self._context.receipts.of(host)
        try:
            receipt.waited += pace_of(host, self._context).wait_turn(self._delay, saying(host, self._context))
        except TooLong as error:
            raise BlockedError(f"{host} {error}") from error
        receipt.requests += 1
        return receipt

    def after(self, receipt: Receipt, status: int, headers: Mapping[str, str]) -> None:
        """Counts an answer that is an error of the server's, and remembers for how long it wants to be left alone.

        Raises BlockedError where it asks for fewer requests.
        """
        receipt.errors += status == 429 or status >= 500
        later = headers.get("Retry-After")
        if status == 429 or (status == 503 and later):
            seconds = retry_after(later or "", headers.get("Date") or "")
            if seconds is not None:
                pace_of(receipt.host, self._context).leave_alone(seconds, status)
            raise BlockedError(f"HTTP status {status}" + (f", Retry-After: {later}" if later else ""))


class Polite(HTTPAdapter):
    """Sends for youtube-transcript-api."""

    def __init__(self, turns: Turns, limits: Limits) -> None:
        super().__init__()
        self._turns, self._limits = turns, limits

    def send(self, request: requests.PreparedRequest, *args: Any, **settings: Any) -> requests.Response:
        """The whole answer. Raises BlockedError and what requests raises."""
        receipt = self._turns.before(str(request.url))
        try:
            response = super().send(request, *args, **{**settings, "timeout": TIMEOUT, "stream": True})
        except requests.RequestException:
            receipt.errors += 1
            raise
        body = response.raw
        response.raw = _Bounded(body, self._limits)
        try:
            _ = response.content
        except requests.RequestException:
            receipt.errors += 1
            response.close()
            raise
        finally:
            receipt.bytes += body.tell()
        self._turns.after(receipt, response.status_code, response.headers)
        return response


class _Bounded:
    """A body of urllib3 that is read within limits."""

    def __init__(self, body: Any, limits: Limits) -> None:
        self._body, self._limits = body, limits

    def stream(self, _: int, decode_content: bool) -> Iterator[bytes]:  # noqa: ARG002 (requests calls it so)
        return self._limits.pieces(self._body)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._body, name)


class Lister(yt_dlp.YoutubeDL):  # type: ignore[misc]
    """Lists videos by yt-dlp without looking at any; reads no settings of this machine and keeps no cache."""

    def __init__(self, turns: Turns, limits: Limits, agent: str) -> None:
        self._turns, self._limits = turns, limits
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
        """The first entries of a list. Raises BlockedError, and what yt-dlp and requests raise."""
        self.params["playlistend"] = most
        found = self.extract_info(url, download=False) or {}
        return list(found.get("entries") or [])

    def urlopen(self, req: Any) -> Any:
        """The whole answer to one request of yt-dlp's."""
        receipt = self._turns.before(req if isinstance(req, str) else req.url)
        try:
            response = self._held(super().urlopen(req), receipt)
        except HTTPError as error:
            self._turns.after(receipt, error.status, error.response.headers)
            error.response = self._held(error.response, receipt)
            raise
        except (RequestError, requests.RequestException):
            receipt.errors += 1
            raise
        return response

    def _held(self, response: Any, receipt: Receipt) -> Response:
        # with requests installed, which the other library needs, the body is one of urllib3
        body = response.fp
        try:
            content = b"".join(self._limits.pieces(body))
        except urllib3.exceptions.HTTPError as error:
            raise TransportError(cause=error) from error
        finally:
            receipt.bytes += body.tell()
            response.close()
        return Response(io.BytesIO(content), response.url, response.headers, response.status, response.reason)


class _Silent:
    """What yt-dlp would print is in the exception, or of no use here."""

    def debug(self, message: str) -> None:
        """Says nothing."""

    info = warning = error = debug
