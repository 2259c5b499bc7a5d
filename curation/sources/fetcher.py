"""One polite HTTP client: robots.txt, a pause between requests, limits on time and size, retries with back-off."""

import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import httpx2
import stamina
from protego import Protego

from curation.secrets import spellings
from warehouse.errors import SourceError

ATTEMPTS = 4
TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
LONGEST_RESPONSE = 300.0
"""Seconds for one response as a whole; the timeout alone lets a host drip bytes for ever."""

LONGEST_PAUSE = 60.0
"""Seconds. A host that asks for a longer pause before the next try is not asked again."""

ROBOTS_BYTES = 512_000
"""Bytes of a robots.txt that are read: at least 500 KiB (RFC 9309, 2.5)."""

ROBOTS_REDIRECTS = 5
"""Redirects that are followed to a robots.txt: at least five (RFC 9309, 2.3.1.2)."""

_TRANSIENT_STATUS = frozenset({429, 500, 502, 503, 504})


@dataclass(frozen=True)
class Page:
    """A response: its address, status, headers (names in lower case) and body."""

    url: str
    status: int
    headers: Mapping[str, str]
    content: bytes

    @property
    def transient(self) -> bool:
        """Whether the next time may go better."""
        return self.status in _TRANSIENT_STATUS

    @property
    def moved_to(self) -> str | None:
        """The address that a redirect names, or None."""
        return self.headers.get("location") if 300 <= self.status < 400 else None


class _TryAgain(Exception):
    """A response that may not be the last word."""

    def __init__(self, page: Page) -> None:
        super().__init__(f"HTTP status {page.status}")
        self.page = page


@dataclass
class Fetcher:
    """Fetches pages of a few hosts, one request at a time.

    `stand_in` maps a host to the `address:port` that is asked in its place, as `curl --connect-to` does. `authorization`
    maps an origin (`https://host`) to the value of the Authorization header that it, and nothing else, is sent.
    """

    user_agent: str
    delay_seconds: float
    largest: int  # bytes of one response
    stand_in: Mapping[str, str] = field(default_factory=dict)
    authorization: Mapping[str, str] = field(default_factory=dict, repr=False)
    sleep: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        # a proxy of the environment cannot reach a stand-in on this machine
        self._client = httpx2.Client(
            headers={"User-Agent": self.user_agent}, timeout=TIMEOUT, follow_redirects=False, trust_env=not self.stand_in
        )
        self.secrets = tuple({text for value in self.authorization.values() for text in spellings(value)})
        self._robots: dict[str, Protego] = {}
        self._closed: dict[str, str] = {}
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
        if parts.netloc in self._closed:
            raise SourceError(self._closed[parts.netloc])
        if parts.netloc not in self._robots:
            try:
                self._robots[parts.netloc] = self._rules(urlunsplit((parts.scheme, parts.netloc, "/robots.txt", "", "")))
            except (httpx2.HTTPError, httpx2.InvalidURL, _TryAgain) as error:
                why = f"{parts.netloc}: robots.txt cannot be had ({error}); without it no page may be asked for"
                self._closed[parts.netloc] = why
                raise SourceError(why) from error
        return bool(self._robots[parts.netloc].can_fetch(url, self.user_agent))

    def get(self, url: str) -> Page:
        """The response to one address, redirects not followed. Raises httpx2.HTTPError after several tries."""
        return self._patiently(url, self.largest)

    def repeats_secret(self, page: Page) -> bool:
        """Whether a site sent back what it was authorized with, so that its response holds a secret."""
        parts = (page.content, *(value.encode() for value in page.headers.values()))
        return any(secret.encode() in part for secret in self.secrets for part in parts)

    def _rules(self, url: str) -> Protego:
        page = self._patiently(url, ROBOTS_BYTES)
        for _ in range(ROBOTS_REDIRECTS):
            if page.moved_to is None:
                break
            page = self._patiently(str(httpx2.URL(page.url).join(page.moved_to)), ROBOTS_BYTES)
        if page.transient or page.status >= 500:
            raise _TryAgain(page)
        return Protego.parse(page.content.decode("utf-8", "replace") if page.status == 200 else "")

    def _patiently(self, url: str, largest: int) -> Page:
        try:
            for attempt in stamina.retry_context(on=_pause_before_retry, attempts=ATTEMPTS, timeout=None):
                with attempt:
                    page = self._once(url, largest)
                    if page.transient:
                        raise _TryAgain(page)
        except _TryAgain as last:
            return last.page
        return page

    def _once(self, url: str, largest: int) -> Page:
        parts = urlsplit(url)
        self._pause(parts.netloc)
        target, headers = url, {}
        if parts.netloc in self.stand_in:
            target = urlunsplit(("http", self.stand_in[parts.netloc], parts.path, parts.query, ""))
            headers["Host"] = parts.netloc
        if value := self.authorization.get(origin(url)):
            headers["Authorization"] = value
        content, end = bytearray(), time.monotonic() + LONGEST_RESPONSE
        with self._client.stream("GET", target, headers=headers) as response:
            for chunk in response.iter_bytes():
                content += chunk
                if len(content) > largest:
                    break
                if time.monotonic() > end:
                    raise httpx2.ReadTimeout(f"no end after {LONGEST_RESPONSE:g} s", request=response.request)
            return Page(url, response.status_code, dict(response.headers), bytes(content))

    def _pause(self, host: str) -> None:
        if host in self.stand_in:
            return
        robots = self._robots.get(host)
        asked = (robots.crawl_delay(self.user_agent) if robots else None) or 0.0
        wait = self._last.get(host, -1e9) + max(self.delay_seconds, float(asked)) - time.monotonic()
        if wait > 0:
            self.sleep(wait)
        self._last[host] = time.monotonic()


def origin(url: str) -> str:
    """Scheme and host of an address: what a secret may be sent to. The same host without https is another origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _pause_before_retry(error: Exception) -> bool | float:
    """Seconds to wait before the next try, True for the usual back-off, False for no further try."""
    if not isinstance(error, _TryAgain):
        return isinstance(error, httpx2.TransportError) and not isinstance(error, httpx2.UnsupportedProtocol)
    asked = _retry_after(error.page.headers.get("retry-after", ""))
    if asked is None:
        return True
    return asked if asked <= LONGEST_PAUSE else False


def _retry_after(value: str) -> float | None:
    """Seconds, from a number or a date (RFC 9110, 10.2.3); None where there is neither."""
    if value.strip().isdecimal():
        return float(value)
    try:
        return max(0.0, (parsedate_to_datetime(value) - datetime.now(UTC)).total_seconds())
    except (ValueError, TypeError, OverflowError):
        return None
