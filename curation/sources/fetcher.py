"""One polite HTTP client: robots.txt, a pause between requests, limits on time and size, retries with back-off."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import httpx2
import stamina
from protego import Protego

from warehouse.errors import SourceError

ATTEMPTS = 4
TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
_TRANSIENT_STATUS = frozenset({429, 500, 502, 503, 504})


class _Transient(Exception):
    """A response worth asking for again."""


@dataclass(frozen=True)
class Page:
    """A response: its address after redirects, status, headers and body."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes


@dataclass
class Fetcher:
    """Fetches pages of a few hosts, one request at a time.

    `stand_in` maps a host to the `address:port` that is asked in its place, as `curl --connect-to` does.
    """

    user_agent: str
    delay_seconds: float
    largest: int  # bytes of one response
    stand_in: Mapping[str, str] = field(default_factory=dict)
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        self._client = httpx2.Client(headers={"User-Agent": self.user_agent}, timeout=TIMEOUT, follow_redirects=False)
        self._robots: dict[str, Protego] = {}
        self._last: dict[str, float] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._client.close()

    def allowed(self, url: str) -> bool:
        """Whether the host's robots.txt lets us fetch the address (RFC 9309: none there, all allowed).

        Raises SourceError where robots.txt cannot be had, since then nothing is allowed (RFC 9309, 2.3.1.4).
        """
        parts = urlsplit(url)
        if parts.netloc not in self._robots:
            try:
                page = self.get(urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", "")))
            except httpx2.HTTPError as error:
                raise SourceError(f"{parts.netloc}: robots.txt cannot be had ({error}); without it no page may be asked for") from error
            if page.status >= 500:
                raise SourceError(f"{parts.netloc}: robots.txt answers {page.status}; without it no page may be asked for")
            text = page.content.decode("utf-8", "replace") if page.status == 200 else ""
            self._robots[parts.netloc] = Protego.parse(text)
        return bool(self._robots[parts.netloc].can_fetch(url, self.user_agent))

    def get(self, url: str) -> Page:
        """The response to one address, redirects not followed. Raises httpx2.HTTPError after several tries."""
        for attempt in stamina.retry_context(on=(httpx2.TransportError, _Transient), attempts=ATTEMPTS):
            with attempt:
                page = self._once(url)
                if page.status in _TRANSIENT_STATUS and attempt.num < ATTEMPTS:
                    raise _Transient(f"HTTP {page.status}")
        return page

    def _once(self, url: str) -> Page:
        parts = urlsplit(url)
        self._pause(parts.netloc)
        target, headers = url, {}
        if parts.netloc in self.stand_in:
            target = urlunsplit(("http", self.stand_in[parts.netloc], parts.path, parts.query, ""))
            headers["Host"] = parts.netloc
        content = b""
        with self._client.stream("GET", target, headers=headers) as response:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > self.largest:
                    break
            return Page(url, response.status_code, dict(response.headers), content)

    def _pause(self, host: str) -> None:
        robots = self._robots.get(host)
        asked = (robots.crawl_delay(self.user_agent) if robots else None) or 0.0
        wait = self._last.get(host, -1e9) + max(self.delay_seconds, float(asked)) - time.monotonic()
        if wait > 0:
            self.sleep(wait)
        self._last[host] = time.monotonic()
