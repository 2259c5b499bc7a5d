"""Questions to servers, asked politely: each waits for its turn, is tried again with patience, and is asked once.

Its final answer is in the journal before anybody sees it, and what it cost is in the receipt of its host.
"""

import threading
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from hashlib import sha256
from importlib.metadata import version
from urllib.parse import urlsplit

import stamina
import stamina.instrumentation

from curation.secrets import masked, spellings
from curation.sources.context import Context
from curation.sources.fetch.addresses import is_loopback
from curation.sources.fetch.decoding import ACCEPTED
from curation.sources.fetch.journal import Given, HostState, Journal
from curation.sources.fetch.meter import Meter
from curation.sources.fetch.pace import LONGEST_PAUSE, SHARED, TooLong, retry_after
from curation.sources.fetch.page import Answer, FetchError, Refused
from curation.sources.fetch.transport import LONGEST_RESPONSE, Broken, Exchange, Transport
from curation.sources.source import NetworkSource, RemoteSource

# what is tried again stands in the receipts; on a terminal it would be lines that nobody asked for
stamina.instrumentation.set_on_retry_hooks(())

ATTEMPTS = 4
"""Tries of one request that fails."""

REPEATS = 10
"""Tries of one that is answered by a plea to ask again."""

FIRST_PAUSE, LONGEST_BACK_OFF, JITTER = 1.0, 30.0, 1.0
"""Seconds between tries: 1, 2, 4 and so on up to 30, and up to one more by chance."""

NOBODY = "is not asked: set `contact` in the recipe to an address or page by which the owners of sites reach you"

_LASTING = frozenset({501, 505})
"""Statuses of servers that will say the same again."""

NotYet = Callable[[Answer], float | None]
"""The seconds after which to ask again where an answer is none; None where it is one."""


class _TryAgain(Exception):
    """An answer that may not be the last word. `seconds`: after which to ask again; None for the usual back-off."""

    def __init__(self, status: int, seconds: float | None) -> None:
        super().__init__(f"HTTP status {status}" if status >= 400 else "asks to be asked again later, each time")
        self.status = status
        self.seconds = seconds


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
        self._least = least
        self._secrets = tuple({text for value in means.authorization.values() for text in spellings(value)})
        self._turns: dict[str, threading.Semaphore] = {}
        self._lock = threading.Lock()
        for host in self._journal.hosts():
            SHARED.of(host.receipt.host).resume(host.asked, host.closed_until)
            self.receipts.by_host.setdefault(host.receipt.host, host.receipt)

    def ask(self, question: Question, not_yet: NotYet | None = None, since: float = 0.0) -> Given:
        """The final answer, and when it was given: from the journal where it is not older than `since`.

        Raises FetchError, also from the journal, and SourceError where that cannot be written.
        """
        known = self._journal.find(question.key, since)
        if known is not None:
            return known
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
        attempts = stamina.retry_context(
            on=_Patience(),
            attempts=REPEATS if not_yet else ATTEMPTS,
            timeout=None,
            wait_initial=FIRST_PAUSE,
            wait_max=LONGEST_BACK_OFF,
            wait_jitter=JITTER,
        )
        try:
            for attempt in attempts:
                if failed is not None:
                    self._add(host, waited=time.monotonic() - failed)
                with attempt:
                    answer = self._answered(question, not_yet)
                failed = time.monotonic()
        except _TryAgain as last:
            raise FetchError(str(last), last.status, transient=True) from last
        except Broken as last:
            raise FetchError(f"could not be had: {last}", transient=True) from last
        return answer

    def _answered(self, question: Question, not_yet: NotYet | None) -> Answer:
        """One try. Raises _TryAgain, Broken and FetchError."""
        answer, host = self._once(question), host_of(question.url)
        if answer.status == 429 or answer.status >= 500:
            self._add(host, errors=1)
            if answer.status in _LASTING:
                raise FetchError(f"HTTP status {answer.status}", answer.status, transient=True)
            seconds = retry_after(answer.headers.get("retry-after", ""), answer.headers.get("date", ""))
        elif not_yet is None or (seconds := not_yet(answer)) is None:
            return answer
        if seconds is not None and host not in self._means.stand_in:
            SHARED.of(host).leave_alone(seconds)
            self._add(host)
        raise _TryAgain(answer.status, seconds)

    def _once(self, question: Question) -> Answer:
        host = host_of(question.url)
        headers = {"User-Agent": self.agent, "Accept-Encoding": ACCEPTED, **dict(question.headers)}
        if value := self._means.authorization.get(origin(question.url)):
            headers["Authorization"] = value
        address = self._means.stand_in.get(host, "")
        if not (address or self._reachable or is_loopback(question.url)):
            raise Refused(NOBODY)
        exchange = Exchange(question.url, headers, question.largest, question.cut, address)
        with self._turn(host):
            waited = 0.0 if address else self._wait(question.url)
            # on disk before it is sent: a kill must not hide a request
            self._add(host, requests=1, waited=waited)
            meter = Meter(LONGEST_RESPONSE + question.largest / 1e6)
            try:
                answer = self._means.transport.ask(exchange, meter)
            except (Broken, FetchError) as error:
                sent = not isinstance(error, Refused)
                self._add(host, bytes=meter.received, requests=0 if sent else -1, errors=int(sent))
                raise
            finally:
                SHARED.of(host).sent(meter.sent)
        self._add(host, bytes=meter.received, unchanged=int(answer.status == 304))
        return answer

    def _wait(self, url: str) -> float:
        """Waits until the host of an address may be asked, and gives the seconds that it took."""
        try:
            return SHARED.of(host_of(url)).wait_turn(max(self._delay, self._least(url)))
        except TooLong as error:
            raise Refused(f"could not be had: the host {error}", transient=True) from error

    def _turn(self, host: str) -> threading.Semaphore:
        with self._lock:
            return self._turns.setdefault(host, threading.Semaphore(self._concurrency))

    def _add(self, host: str, **amounts: float) -> None:
        """Adds to a host's receipt, and puts it on disk."""
        with self._lock:
            receipt, pace = self.receipts.of(host), SHARED.of(host)
            for name, amount in amounts.items():
                setattr(receipt, name, getattr(receipt, name) + amount)
            self._journal.note(HostState(replace(receipt), pace.last, pace.closed_until))


class _Patience:
    """Whether and when one request is tried again."""

    def __init__(self) -> None:
        self._failures = 0

    def __call__(self, error: Exception) -> bool | float:
        """Seconds to wait before the next try, True for the usual back-off, False for no further try."""
        if isinstance(error, _TryAgain) and error.seconds is not None:
            self._failures += error.status >= 400
            # the host as a whole is left alone for so long, which its pace sees to
            return 0.0 if error.seconds <= LONGEST_PAUSE and self._failures < ATTEMPTS else False
        self._failures += 1
        return isinstance(error, _TryAgain | Broken) and self._failures < ATTEMPTS


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
