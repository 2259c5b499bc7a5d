"""One request and its response: connections, TLS, HTTP/2, proxies, and the limits of a response."""

import ssl
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore2
import httpx2

from curation.sources.fetch.addresses import PRIVATE, Connector, NoAddress, PrivateAddress, is_loopback, require_public
from curation.sources.fetch.decoding import Body, Damaged, TooLarge, UnknownCoding
from curation.sources.fetch.meter import Meter, MeteredBackend, TooSlow, metered
from curation.sources.fetch.page import Answer, FetchError, Refused

TIMEOUTS = {"connect": 10.0, "read": 30.0, "write": 30.0, "pool": 600.0}
"""Seconds for one step each."""

LONGEST_RESPONSE = 300.0
"""Seconds for one response as a whole, and one more for every megabyte that it may have."""

IDLE = 60.0
"""Seconds for which a connection is kept for the next request."""

CONNECTIONS = 64

_PORTS = {"http": 80, "https": 443}


class Broken(Exception):
    """A request that came to nothing, and may come to something if it is tried again."""


class Unresolved(Broken):
    """A host whose name has no address, as far as this machine can tell."""


@dataclass(frozen=True)
class Exchange:
    """What is sent, and to where. `url` is the address as people know it; `address`, a host and port, is asked in its place."""

    url: str
    headers: Mapping[str, str]
    largest: int  # bytes that the response may unpack to
    cut: bool = False  # take the beginning of a larger one
    address: str = ""


class Transport:
    """The connections of one capture. With `private`, hosts may be on this machine or in a private network."""

    def __init__(self, private: bool, exempt: frozenset[str] = frozenset()) -> None:
        self._private = private
        self._exempt = frozenset((host, int(port)) for host, _, port in (place.rpartition(":") for place in exempt))
        self._pools: dict[tuple[str, bool], httpcore2.ConnectionPool] = {}
        self._lock = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        for pool in self._pools.values():
            pool.close()

    def ask(self, exchange: Exchange, meter: Meter) -> Answer:
        """The response to a request; `meter` counts its bytes. Raises Broken, and FetchError where another try is of no use."""
        url = web_address(exchange.url)
        try:
            with metered(meter):
                return self._answer(url, exchange)
        except PrivateAddress as error:
            raise Refused(f"is on this machine or in a private network ({error}); {PRIVATE}") from error
        except NoAddress as error:
            raise Unresolved(str(error)) from error
        except TooSlow as error:
            raise FetchError(f"could not be had: {error}", transient=True) from error
        except TooLarge as error:
            raise FetchError(f"larger than max_page_megabytes ({exchange.largest / 1e6:g})") from error
        except UnknownCoding as error:
            raise FetchError(f"its Content-Encoding {str(error)[:80]!r} was not asked for and cannot be undone") from error
        except Damaged as error:
            raise Broken(f"its Content-Encoding is damaged: {error}") from error
        except _TRANSPORT_ERRORS as error:
            if untrusted := _certificate_error(error):
                raise FetchError(f"its certificate cannot be trusted: {untrusted}", transient=True) from error
            raise Broken(f"{type(error).__name__}: {_words(error)}") from error

    def _answer(self, url: httpx2.URL, exchange: Exchange) -> Answer:
        target, pool = self._route(url, exchange)
        headers = {"Host": url.netloc.decode("ascii"), **exchange.headers}
        extensions = {"timeout": TIMEOUTS}
        with pool.stream("GET", target, headers=list(headers.items()), extensions=extensions) as response:
            named = _named(response.headers)
            coding = named.get("content-encoding", "")
            if not coding and not exchange.cut and int(_digits(named.get("content-length", ""))) > exchange.largest:
                raise TooLarge
            body = Body(coding, exchange.largest)
            try:
                for chunk in response.iter_stream():
                    body.feed(chunk)
            except TooLarge:
                if not exchange.cut:
                    raise
                return Answer(response.status, named, body.held())
            return Answer(response.status, named, body.finish())

    def _route(self, url: httpx2.URL, exchange: Exchange) -> tuple[httpcore2.URL, httpcore2.ConnectionPool]:
        scheme, host, port = url.scheme, url.raw_host, url.port
        if exchange.address:
            name, _, number = exchange.address.rpartition(":")
            scheme, host, port = "http", name.encode(), int(number)
        target = httpcore2.URL(scheme=scheme.encode(), host=host, port=port, target=url.raw_path)
        return target, self._pool("", False) if exchange.address else self.pool(url)

    def pool(self, url: httpx2.URL) -> httpcore2.ConnectionPool:
        """The connections that an address is asked by. Raises FetchError for a proxy of no use, and PrivateAddress."""
        proxy = _proxy(str(url))
        if proxy and not self._private:
            # the proxy looks names up by itself: they can be checked here, and not held to
            require_public(url.host, url.port or _PORTS[url.scheme])
        return self._pool(proxy, url.scheme == "https")

    def _pool(self, proxy: str, secure: bool) -> httpcore2.ConnectionPool:
        with self._lock:
            if (proxy, secure) not in self._pools:
                self._pools[proxy, secure] = self._new_pool(proxy, secure)
            return self._pools[proxy, secure]

    def _new_pool(self, proxy: str, secure: bool) -> httpcore2.ConnectionPool:
        context = httpx2.create_ssl_context() if secure else None
        backend = MeteredBackend(Connector(self._private or bool(proxy), self._exempt))
        if not proxy:
            return httpcore2.ConnectionPool(
                context, max_connections=CONNECTIONS, keepalive_expiry=IDLE, http2=secure, network_backend=backend
            )
        parts = urlsplit(proxy)
        return httpcore2.HTTPProxy(
            f"{parts.scheme}://{parts.hostname}:{parts.port or _PORTS[parts.scheme]}",
            proxy_auth=(unquote(parts.username), unquote(parts.password or "")) if parts.username else None,
            ssl_context=context,
            max_connections=CONNECTIONS,
            keepalive_expiry=IDLE,
            http2=secure,
            network_backend=backend,
        )


_TRANSPORT_ERRORS = (
    httpcore2.TimeoutException,
    httpcore2.NetworkError,
    httpcore2.ProtocolError,
    httpcore2.ProxyError,
    httpcore2.UnsupportedProtocol,
    httpcore2.ConnectionNotAvailable,
    OSError,
)


def web_address(url: str) -> httpx2.URL:
    """An address that may be asked, taken apart. Raises FetchError for what is none."""
    try:
        parsed = httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError, TypeError) as error:
        raise FetchError(f"could not be had: {type(error).__name__}: {error}") from error
    if parsed.scheme not in _PORTS or not parsed.raw_host:
        raise FetchError(
            f"is no web address, or leads to none ({parsed.scheme or 'no scheme'}:): they begin with http:// or https:// and a host"
        )
    if parsed.userinfo:
        raise FetchError("holds a name or a password; such are taken from `authorization` alone")
    return parsed


def _proxy(url: str) -> str:
    """The proxy that this machine's environment names for an address; empty for none. Raises FetchError for one of no use."""
    parts = urlsplit(url)
    if is_loopback(url) or proxy_bypass(parts.hostname or ""):
        return ""
    named = getproxies()
    proxy = named.get(parts.scheme) or named.get("all") or ""
    if proxy and "://" not in proxy:
        proxy = f"http://{proxy}"
    if proxy and urlsplit(proxy).scheme not in _PORTS:
        raise FetchError(f"the environment names a proxy of kind {urlsplit(proxy).scheme!r}; http and https are supported")
    return proxy


def _named(raw: list[tuple[bytes, bytes]]) -> dict[str, str]:
    """Headers by their names in lower case, repeated ones joined (RFC 9110, 5.2). Cookies are not kept."""
    named: dict[str, str] = {}
    for key, value in raw:
        name, text = key.decode("latin-1").lower(), value.decode("latin-1")
        if name != "set-cookie":
            named[name] = f"{named[name]}, {text}" if name in named else text
    return named


def _certificate_error(error: BaseException | None) -> str:
    while error is not None:
        if isinstance(error, ssl.SSLCertVerificationError):
            return str(error.verify_message)
        error = error.__cause__ or error.__context__
    return ""


def _words(error: BaseException) -> str:
    return str(error) or "no answer in time"


def _digits(value: str) -> str:
    """A length as a server says it; 0 where it says none."""
    return value if value.isascii() and value.isdecimal() and len(value) < 20 else "0"
