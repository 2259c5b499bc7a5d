"""The rules of a host for crawlers: robots.txt (RFC 9309), with the customary Crawl-delay and Request-rate."""

import re
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass

from protego import Protego

from curation.sources.fetch.journal import Given
from curation.sources.fetch.page import Answer, FetchError, Refused

LARGEST = 512_000
"""Bytes of a robots.txt that are read: at least 500 KiB (RFC 9309, 2.5). The rest is left unread."""

REDIRECTS = 5
"""Redirects that are followed: at least five (RFC 9309, 2.3.1.2); beyond, there are no rules."""

OLDEST = 86_400.0
"""Seconds. Rules are read again when they are older (RFC 9309, 2.4)."""

CLOSED_FOR = 3_600.0
"""Seconds after which a host whose robots.txt could not be had is asked for it again."""

_TOKEN = re.compile(r"[A-Za-z_-]+")


@dataclass(frozen=True)
class Rules:
    """What one host allows one crawler."""

    parsed: Protego | None  # None: everything is allowed
    token: str
    delay: float  # seconds between two requests that the host asks for
    read: float  # when, in seconds since the epoch

    def allow(self, url: str) -> bool:
        """Whether the host allows an address to be asked for."""
        try:
            return self.parsed is None or bool(self.parsed.can_fetch(url, self.token))
        except ValueError:
            return False  # no address at all


def rules_of(content: bytes | None, token: str, read: float) -> Rules:
    """The rules of a robots.txt, whatever is in it; None stands for a host that has none."""
    if content is None:
        return Rules(None, token, 0.0, read)
    if len(content) >= LARGEST:
        # half of `Disallow: /private` is `Disallow: /`
        content = content[: content.rfind(b"\n", 0, LARGEST) + 1]
    parsed = Protego.parse(content.decode("utf-8-sig", "replace"))
    delay, rate = float(parsed.crawl_delay(token) or 0.0), parsed.request_rate(token)
    return Rules(parsed, token, max(delay, rate.seconds / rate.requests if rate else 0.0), read)


def product_token(user_agent: str) -> str:
    """The name that a robots.txt calls a crawler by: the word that its User-Agent begins with (RFC 9309, 2.2.1)."""
    found = _TOKEN.match(user_agent)
    return found.group() if found else "*"


def is_redirect(answer: Answer) -> bool:
    """Whether an answer leads elsewhere; 304 is in the class of those that do, and does not."""
    return 300 <= answer.status < 400 and answer.status != 304


@dataclass
class _Closed:
    error: FetchError
    read: float


class Robots:
    """The rules of every host of one capture, read when first needed and again by their age.

    `read` gives the last answer to a robots.txt, redirects followed; it takes the time before which an answer is too old, and
    raises FetchError.
    """

    def __init__(self, user_agent: str, read: Callable[[str, float], Given]) -> None:
        self.token = product_token(user_agent)
        self._read = read
        self._known: dict[str, Rules | _Closed] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._lock = threading.Lock()

    def known(self, origin: str) -> Rules | None:
        """The rules of an origin where they were read, without asking."""
        known = self._known.get(origin)
        return known if isinstance(known, Rules) else None

    def of(self, origin: str) -> Rules:
        """The rules of an origin (`https://host`). Raises FetchError where they cannot be had: then nothing is allowed."""
        with self._lock:
            lock = self._locks.setdefault(origin, threading.Lock())
        with lock:
            known = self._known.get(origin)
            if known is None or time.time() - known.read > (CLOSED_FOR if isinstance(known, _Closed) else OLDEST):
                known = self._known[origin] = self._read_again(origin, known)
        if isinstance(known, _Closed):
            raise FetchError(str(known.error), known.error.status, known.error.transient) from known.error
        return known

    def _read_again(self, origin: str, known: Rules | _Closed | None) -> Rules | _Closed:
        try:
            since = time.time() - (OLDEST if known is None else min(OLDEST, CLOSED_FOR))
            given = self._read(f"{origin}/robots.txt", since)
        except FetchError as error:
            if isinstance(known, Rules):
                # rules that were read before hold on while a host cannot be reached (RFC 9309, 2.4)
                return Rules(known.parsed, known.token, known.delay, time.time() - OLDEST + CLOSED_FOR)
            return _Closed(_closed(origin, error), time.time())
        return rules_of(given.answer.content if 200 <= given.answer.status < 300 else None, self.token, given.at)


def _closed(origin: str, error: FetchError) -> FetchError:
    """Unreachable rules forbid everything (RFC 9309, 2.3.1.4). What is refused by ourselves says so in its own words."""
    if isinstance(error, Refused):
        return error
    host = origin.partition("://")[2]
    return FetchError(f"{host}: robots.txt cannot be had ({error}); without it no page may be asked for", error.status, error.transient)
