"""The client through which the libraries of the Hugging Face hub ask: ours, with our rules and receipts.

`huggingface_hub` takes the client of all its requests, and of those of `datasets`, from one factory of the process. For
the length of a capture that factory is ours.
"""

import math
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpcore2
import httpx2

from curation.sources.context import Context
from curation.sources.fetch.addresses import PRIVATE, PrivateAddress, is_loopback
from curation.sources.fetch.client import NOBODY, agent, host_of, origin
from curation.sources.fetch.hosts import Hosts
from curation.sources.fetch.journal import Journal
from curation.sources.fetch.meter import Meter, TooSlow, metered
from curation.sources.fetch.pace import TooLong, retry_after
from curation.sources.fetch.page import FetchError, Refused
from curation.sources.fetch.transport import TIMEOUTS, Transport, web_address
from curation.sources.source import RemoteSource

_ONE_CAPTURE = threading.Lock()
"""The factory is one for the process, so captures of the hub in several of its threads go one after another."""

_NOT_TOLD = frozenset({"set-cookie", "retry-after", "ratelimit"})
"""Headers of answers that the library does not see: it would sleep for as long as a server says, uncounted and without end."""


class Guard:
    """What all requests of one capture of the hub have in common. `refused`: why one was not sent, where one was not."""

    def __init__(self, source: RemoteSource, context: Context, hub: str, journal: Journal) -> None:
        self.agent = agent(source, context)
        self.private = source.private_addresses
        self.hub = origin(str(httpx2.URL(hub)))
        self.refused: FetchError | None = None
        self.turn = threading.Lock()
        self._reachable = bool(source.user_agent or context.contact)
        self.hosts = Hosts(context, journal)
        self._failed: dict[str, float] = {}

    def client(self) -> httpx2.Client:
        """A client for the library, which may close it and ask for another."""
        # an environment's proxies are the transport's business, and nobody's .netrc is
        return httpx2.Client(transport=_Guarded(self), follow_redirects=True, trust_env=False)

    def admit(self, url: str) -> None:
        """Waits until the host of an address may be asked, and notes the request. Raises FetchError."""
        host, begun = host_of(url), time.monotonic()
        if not (self._reachable or is_loopback(url)):
            raise Refused(f"{host} {NOBODY}")
        try:
            waited = self.hosts.wait_turn(host, 0.0)
        except TooLong as error:
            raise Refused(f"{host} {error}", transient=True) from error
        # after a failure the library pauses by itself
        waited += begun - self._failed.pop(host, begun)
        self.hosts.add(host, requests=1, waited=waited)

    def answered(self, host: str, status: int, headers: httpx2.Headers) -> None:
        """Notes an answer, and leaves the host alone for as long as it asks for."""
        if status == 429 or status >= 500:
            self.failed(host)
            seconds = _pause(headers)
            if seconds is not None:
                self.hosts.pace(host).leave_alone(seconds, status)
        self.hosts.add(host, unchanged=int(status == 304))

    def failed(self, host: str) -> None:
        """Notes a request that came to nothing."""
        self._failed[host] = time.monotonic()
        self.hosts.add(host, errors=1)


@contextmanager
def guarded(source: RemoteSource, context: Context, hub: str) -> Iterator[Guard]:
    """Within the block the libraries ask through our client, and download by HTTP alone; after it as they did before.

    `hub` is the address of the hub: its origin alone is sent the token. Another thread that enters the block waits for the
    first to leave it.
    """
    import datasets
    from huggingface_hub import constants, set_client_factory
    from huggingface_hub.utils import _http

    # hf_xet has a client of its own; the others tell of us what has nothing to do with the rows, one of them to another host
    ours = (
        (constants, "HF_HUB_DISABLE_XET", True),
        (constants, "HF_HUB_DISABLE_TELEMETRY", True),
        (datasets.config, "HF_UPDATE_DOWNLOAD_COUNTS", False),
    )
    with _ONE_CAPTURE:
        factory, theirs = _http._GLOBAL_CLIENT_FACTORY, [getattr(module, name) for module, name, _ in ours]
        journal = Journal(context.state)
        guard = Guard(source, context, hub, journal)
        try:
            set_client_factory(guard.client)
            for module, name, value in ours:
                setattr(module, name, value)
            yield guard
        finally:
            set_client_factory(factory)
            for (module, name, _), value in zip(ours, theirs, strict=True):
                setattr(module, name, value)
            journal.close()


class _Guarded(httpx2.BaseTransport):
    """Sends the library's requests, each hop of a redirect by itself, by the rules of a guard."""

    def __init__(self, guard: Guard) -> None:
        self._guard = guard
        self._transport = Transport(guard.private)

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """The answer to a request. Raises errors of httpx2 that the library may try again, and FetchError for what is not asked."""
        guard, host, meter = self._guard, host_of(str(request.url)), Meter(math.inf)
        _require_online()
        if guard.refused is not None:
            raise guard.refused
        with guard.turn, _told(guard, host):
            url = web_address(str(request.url))
            guard.admit(str(url))
            try:
                with metered(meter):
                    answer = self._transport.pool(url).handle_request(self._sent(request))
            except (FetchError, PrivateAddress):
                guard.hosts.add(host, requests=-1)
                raise
            finally:
                guard.hosts.pace(host).sent(meter.sent, 0.0)
                guard.hosts.add(host, bytes=meter.received)
        headers = httpx2.Headers(answer.headers)
        guard.answered(host, answer.status, headers)
        told = [(name, value) for name, value in headers.raw if name.decode("latin-1").lower() not in _NOT_TOLD]
        body = _Body(answer, guard, host, meter)
        return httpx2.Response(answer.status, headers=told, stream=body, extensions=answer.extensions)

    def close(self) -> None:
        """Ends its connections."""
        self._transport.__exit__(None, None, None)

    def _sent(self, request: httpx2.Request) -> httpcore2.Request:
        headers = request.headers.copy()
        headers["User-Agent"] = self._guard.agent
        if origin(str(request.url)) != self._guard.hub:
            headers.pop("Authorization", None)
        given = request.extensions.get("timeout", {})
        timeouts = {name: given.get(name) or seconds for name, seconds in TIMEOUTS.items()}
        url = request.url
        target = httpcore2.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)
        extensions = {**request.extensions, "timeout": timeouts}
        return httpcore2.Request(request.method, target, headers=headers.raw, content=request.stream, extensions=extensions)


class _Body(httpx2.SyncByteStream):
    """The body of an answer, counted as it is read."""

    def __init__(self, answer: httpcore2.Response, guard: Guard, host: str, meter: Meter) -> None:
        self._answer, self._guard, self._host, self._meter = answer, guard, host, meter
        self._counted = meter.received
        self._read = time.monotonic()

    def __iter__(self) -> Iterator[bytes]:
        chunks: Iterator[bytes] = iter(self._answer.iter_stream())
        chunk: bytes | None = b""
        while chunk is not None:
            self._meter.rest(time.monotonic() - self._read)
            try:
                with _told(self._guard, self._host), metered(self._meter):
                    chunk = next(chunks, None)
            finally:
                self._read = time.monotonic()
                self._count(1_000_000)
            if chunk:
                yield chunk

    def close(self) -> None:
        """Ends it, read or not."""
        self._count(1)
        self._answer.close()

    def _count(self, least: int) -> None:
        more = self._meter.received - self._counted
        if more >= least:
            self._counted += more
            self._guard.hosts.add(self._host, bytes=more)


@contextmanager
def _told(guard: Guard, host: str) -> Iterator[None]:
    """Errors as the library knows them. What is not asked is remembered, since the library may make something else of it."""
    try:
        yield
    except PrivateAddress as error:
        guard.refused = Refused(f"{host} is on this machine or in a private network ({error}); {PRIVATE}")
        raise guard.refused from error
    except FetchError as error:
        guard.refused = error
        raise
    except TooSlow as error:
        guard.failed(host)
        raise httpx2.ReadTimeout(str(error)) from error
    except (httpcore2.TimeoutException, httpcore2.NetworkError, httpcore2.ProtocolError, httpcore2.ProxyError) as error:
        guard.failed(host)
        kind: type[httpx2.TransportError] = getattr(httpx2, type(error).__name__)
        raise kind(str(error) or "no answer in time") from error


def _require_online() -> None:
    from huggingface_hub import is_offline_mode
    from huggingface_hub.errors import OfflineModeIsEnabled

    if is_offline_mode():
        raise OfflineModeIsEnabled("HF_HUB_OFFLINE is set. Unset it, and try again.")


def _pause(headers: httpx2.Headers) -> float | None:
    """Seconds that a host wants to be left alone: of Retry-After, or of the hub's own `RateLimit` where nothing is left of it."""
    from huggingface_hub.utils._http import parse_ratelimit_headers

    limit = parse_ratelimit_headers(dict(headers))
    seconds = retry_after(headers.get("retry-after", ""), headers.get("date", ""))
    if seconds is None and limit is not None and limit.remaining == 0:
        return float(limit.reset_in_seconds)
    return seconds
