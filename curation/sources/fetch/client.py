"""Questions to servers, asked politely: each waits for its turn, is tried again with patience, and is asked once.

Its final answer is in the journal before anybody sees it, and what it cost is in the receipt of its host.
"""

import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from hashlib import sha256
from importlib.metadata import version
from urllib.parse import urlsplit

from curation.secrets import masked, spellings
from curation.sources.context import Context
from curation.sources.fetch.addresses import is_loopback
from curation.sources.fetch.decoding import ACCEPTED
from curation.sources.fetch.hosts import Hosts
from curation.sources.fetch.journal import Given, Journal
from curation.sources.fetch.meter import Meter
from curation.sources.fetch.pace import LONGEST_PAUSE, TooLong, retry_after
from curation.sources.fetch.page import Answer, FetchError, Refused
from curation.sources.fetch.patience import TryAgain, tries
from curation.sources.fetch.transport import LONGEST_RESPONSE, Broken, Exchange, Transport, Unresolved
from curation.sources.source import NetworkSource, RemoteSource

NOBODY = "is not asked: set `contact` in the recipe to an address or page by which the owners of sites reach you"

_LASTING = frozenset({501, 505})
"""Statuses of servers that will say the same again."""

UNRESOLVED_FOR = 60.0
"""Seconds. A host without an address is not looked for again by this process, whichever source asks for it."""

_UNRESOLVED: dict[str, tuple[float, str]] = {}  # by host: when, by a clock that only goes forward, and why

NotYet = Callable[[Answer], float | None]
"""The seconds after which to ask again where an answer is none; None where it is one."""


@dataclass(frozen=True)
class Question:
    """What decides an answer. `largest`: bytes that it may unpack to; with `cut`, the beginning of a larger one is taken."""

    url: str
    headers: tuple[tuple[str, str], ...]
    largest: int
    cut: bool = False

    @property
    def key(self) -> bytes:
        return sha256(repr((self.url, self.headers, self.largest)).encode("utf-8", "surrogatepass")).digest()

    @property
    def is_conditional(self) -> bool:
        return any(name.startswith("If-") for name, _ in self.headers)


@dataclass(frozen=True)
class Means:
    """What a client works with: `stand_in` and `authorization` are those of `open_fetcher`."""

    transport: Transport
    journal: Journal
    stand_in: Mapping[str, str]
    authorization: Mapping[str, str] = field(repr=False)


class Client:
    """Asks for a source; for any number of threads. `least`: seconds between two requests that the host of an address wants."""

    def __init__(self, source: NetworkSource, context: Context, means: Means, least: Callable[[str], float]) -> None:
        self.agent = agent(source, context)
        self.receipts = context.receipts
        self._means = means
        self._journal = means.journal
        self._reachable = bool(source.user_agent or context.contact)
        self._delay = source.delay_seconds
        self._concurrency = source.concurrency
        self._together = source.together
        self._hosts = Hosts(context, means.journal, source.together)
        self._least = least
        self._secrets = tuple({text for value in means.authorization.values() for text in spellings(value)})
        self._turns: dict[str, threading.Semaphore] = {}
        self._asking: dict[bytes, tuple[threading.Lock, int]] = {}  # with how many threads that want the answer
        self._lock = threading.Lock()

    def ask(self, question: Question, not_yet: NotYet | None = None, since: float = 0.0) -> Given:
        """The final answer, and when it was given: from the journal where it is not older than `since`.

        Raises FetchError, also from the journal, and SourceError where that cannot be written.
        """
        with self._alone(question.key):
            return self._journal.find(question.key, since) or self._asked(question, not_yet)

    def _asked(self, question: Question, not_yet: NotYet | None) -> Given:
        try:
            answer = self._patiently(question, not_yet)
        except Refused:
            raise
        except FetchError as error:
            told = FetchError(self.masked(str(error)), error.status, error.transient)
            self._journal.keep(question.key, told)
            raise told from error
        if not self.holds_secret(answer.headers, answer.content):
            self._journal.keep(question.key, answer)
        return Given(answer, time.time())

    @contextmanager
    def _alone(self, key: bytes) -> Iterator[None]:
        """One thread at a time asks one question, so that the others find its answer."""
        with self._lock:
            lock, waiting = self._asking.get(key, (threading.Lock(), 0))
            self._asking[key] = (lock, waiting + 1)
        try:
            with lock:
                yield
        finally:
            with self._lock:
                lock, waiting = self._asking.pop(key)
                if waiting > 1:
                    self._asking[key] = (lock, waiting - 1)

    def masked(self, text: str) -> str:
        """A text without the secrets that sites are authorized with."""
        return masked(text, self._secrets)

    def holds_secret(self, headers: Mapping[str, str], content: bytes = b"") -> bool:
        """Whether a site sent back what it was authorized with."""
        parts = (content, *(value.encode() for value in headers.values()))
        return any(secret.encode() in part for secret in self._secrets for part in parts)

    def _patiently(self, question: Question, not_yet: NotYet | None) -> Answer:
        """The answer to a request, tried again where that may help. Raises FetchError."""
        host, failed = host_of(question.url), None
        self._require_name(host)
        try:
            for attempt in tries(not_yet is not None, self._hosts.saying(host)):
                if failed is not None:
                    self._hosts.add(host, waited=time.monotonic() - failed)
                with attempt:
                    answer = self._answered(question, not_yet)
                failed = time.monotonic()
        except TryAgain as last:
            raise FetchError(str(last), last.status, transient=True) from last
        except Broken as last:
            if isinstance(last, Unresolved):
                _UNRESOLVED[host] = (time.monotonic(), str(last))
            raise FetchError(f"could not be had: {last}", transient=True) from last
        return answer

    def _require_name(self, host: str) -> None:
        """Raises FetchError for a host that was looked for a moment ago and has no address."""
        when, why = _UNRESOLVED.get(host, (-UNRESOLVED_FOR, ""))
        if time.monotonic() - when < UNRESOLVED_FOR and not self._has_answered(host):
            raise FetchError(f"could not be had: {why}", transient=True)

    def _has_answered(self, host: str) -> bool:
        known = self.receipts.by_host.get(host)
        return known is not None and known.bytes > 0

    def _answered(self, question: Question, not_yet: NotYet | None) -> Answer:
        """One try. Raises TryAgain, Broken and FetchError."""
        answer, host = self._once(question), host_of(question.url)
        if answer.status == 429 or answer.status >= 500:
            self._hosts.add(host, errors=1)
            if answer.status in _LASTING:
                raise FetchError(f"HTTP status {answer.status}", answer.status, transient=True)
            seconds = retry_after(answer.headers.get("retry-after", ""), answer.headers.get("date", ""))
        elif not_yet is None or (seconds := not_yet(answer)) is None:
            return answer
        if seconds is not None and host not in self._means.stand_in:
            self._hosts.pace(host).leave_alone(seconds, answer.status)
            self._hosts.add(host)
        raise TryAgain(answer.status, seconds)

    def _once(self, question: Question) -> Answer:
        host = host_of(question.url)
        headers = {"User-Agent": self.agent, "Accept-Encoding": ACCEPTED, **dict(question.headers)}
        if value := self._means.authorization.get(origin(question.url)):
            headers["Authorization"] = value
        address = self._means.stand_in.get(host, "")
        if not (address or self._reachable or is_loopback(question.url)):
            raise Refused(NOBODY)
        exchange = Exchange(question.url, headers, question.largest, question.cut, address)
        interval = 0.0 if address else self._interval(question.url)
        with self._turn(host, interval) as waited:
            waited += 0.0 if address else self._wait(host, interval)
            # on disk before it is sent: a kill must not hide a request
            self._hosts.add(host, requests=1, waited=waited)
            meter = Meter(LONGEST_RESPONSE + question.largest / 1e6)
            try:
                answer = self._means.transport.ask(exchange, meter)
            except Unresolved as error:
                self._hosts.add(host, errors=1)
                if not self._has_answered(host):
                    raise
                raise Broken(str(error)) from error  # it has an address, and the network will be back
            except (Broken, FetchError) as error:
                sent = not isinstance(error, Refused)
                self._hosts.add(host, bytes=meter.received, requests=0 if sent else -1, errors=int(sent))
                raise
            finally:
                self._hosts.pace(host).sent(meter.sent, interval)
        self._hosts.add(host, bytes=meter.received, unchanged=int(answer.status == 304))
        return answer

    def _interval(self, url: str) -> float:
        """Seconds between two requests. Raises Refused where a host wants more than anybody waits who did not say so."""
        least = self._least(url)
        if least > max(self._delay, LONGEST_PAUSE):
            raise Refused(
                f"could not be had: the host wants {least:g} s between two requests; more than {LONGEST_PAUSE:g} s are only waited for "
                "where `delay_seconds` is as much",
                transient=True,
            )
        return max(self._delay, least)

    def _wait(self, host: str, interval: float) -> float:
        """Waits until a host may be asked, and gives the seconds that it took."""
        try:
            return self._hosts.wait_turn(host, interval)
        except TooLong as error:
            raise Refused(f"could not be had: the host {error}", transient=True) from error

    @contextmanager
    def _turn(self, host: str, interval: float) -> Iterator[float]:
        """Lets so many ask a host at a time as the source says, and hosts that are asked together by one of all processes.

        Gives the seconds that another process was waited for. Raises SourceError where that does not end.
        """
        with self._lock:
            turns = self._turns.setdefault(self._together or host, threading.Semaphore(1 if self._together else self._concurrency))
        with turns:
            if not self._together:
                yield 0.0
                return
            most = interval + LONGEST_PAUSE + LONGEST_RESPONSE
            with self._hosts.pace(host).alone(most, self._hosts.saying(host)) as waited:
                yield waited


def agent(source: RemoteSource, context: Context) -> str:
    """What servers are told of who asks for a source: its own words, or the product and the recipe's contact."""
    return source.user_agent or f"berrypatch/{version('berrypatch')}" + (f" (+{context.contact})" if context.contact else "")


def origin(url: str) -> str:
    """Scheme and host of an address: what a secret may be sent to. The same host without https is another origin."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def host_of(url: str) -> str:
    """Name and port, by which a host's pace and receipt go; nothing for what is no address."""
    try:
        return urlsplit(url).netloc.lower()
    except ValueError:
        return ""
