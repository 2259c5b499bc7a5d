"""Which addresses a fetcher may connect to. A name is resolved once, and what was checked is what is connected to.

Otherwise a page could make a capture ask the machine it runs on or its neighbours (a redirect to 169.254.169.254, a name
that resolves to 127.0.0.1 at the second look).
"""

import socket
from collections.abc import Iterable, Iterator
from contextlib import suppress
from ipaddress import IPv4Address, IPv6Address, IPv6Network, ip_address
from urllib.parse import urlsplit

import httpcore2
from httpcore2 import SOCKET_OPTION, NetworkStream

_NAT64 = IPv6Network("64:ff9b::/96")
"""An IPv4 address in its last 32 bits (RFC 6052, 2.1)."""


PRIVATE = "set `private_addresses` in the recipe if that is meant"
"""What to do about an address that is not asked."""


class PrivateAddress(Exception):
    """A host all of whose addresses are on this machine or in a private network."""


class NoAddress(Exception):
    """A host whose name cannot be resolved."""


def is_public(address: str) -> bool:
    """Whether an IP address is one of the public Internet: by the registries of special-purpose addresses (RFC 6890).

    No loopback, private, link-local, carrier-grade NAT, multicast or reserved one, nor an IPv6 one that stands for such an
    IPv4 one (mapped, 6to4, Teredo, NAT64).
    """
    return all(_is_plainly_public(part) for part in _parts(ip_address(address)))


def _parts(address: IPv4Address | IPv6Address) -> Iterator[IPv4Address | IPv6Address]:
    if isinstance(address, IPv4Address):
        yield address
    elif address.ipv4_mapped:
        yield address.ipv4_mapped
    else:
        yield address
        yield from filter(None, (address.sixtofour, *(address.teredo or ())))
        if address in _NAT64:
            yield IPv4Address(int(address) & 0xFFFF_FFFF)


def _is_plainly_public(address: IPv4Address | IPv6Address) -> bool:
    special = address.is_private or address.is_multicast or address.is_unspecified or address.is_reserved
    if isinstance(address, IPv6Address):
        # all but 2000::/3 is reserved for Python; the addresses of NAT64 are public all the same
        special = special and address not in _NAT64
        return not (special or address.is_link_local or address.is_site_local)
    return address.is_global and not special


def is_closed(url: str) -> bool:
    """Whether an address names this machine or a number of a private network; a name is not looked up."""
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return not is_public(host)
    return is_loopback(url)


def is_loopback(url: str) -> bool:
    """Whether an address names this machine: a loopback address, or `localhost` (RFC 6761, 6.3)."""
    host = urlsplit(url).hostname or ""
    if host == "localhost" or host.endswith(".localhost"):
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False


def resolved(host: str, port: int) -> list[str]:
    """The addresses of a host, in the system's order. Raises OSError for a name that has none."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except UnicodeError as error:
        raise OSError(f"{host[:80]!r} is no name of a host") from error
    return list(dict.fromkeys(str(place[0]) for *_, place in found))


def require_public(host: str, port: int) -> None:
    """Raises PrivateAddress for a host with no public address. One that cannot be resolved here is none."""
    try:
        found = resolved(host, port)
    except OSError:
        return
    if not any(map(is_public, found)):
        raise PrivateAddress(f"{host} is at {', '.join(found)}")


class Connector(httpcore2.SyncBackend):
    """Connects to public addresses alone, and with `private` to any. `exempt`: pairs of host and port that are always well."""

    def __init__(self, private: bool, exempt: frozenset[tuple[str, int]] = frozenset()) -> None:
        self._private = private
        self._exempt = exempt

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[SOCKET_OPTION] | None = None,
    ) -> NetworkStream:
        """To the first address that answers. Raises NoAddress, PrivateAddress, and httpcore2's ConnectError and ConnectTimeout."""
        try:
            found = resolved(host, port)
        except OSError as error:
            raise NoAddress(f"the name {host[:80]} has no address ({error.strerror or error})") from error
        allowed = found if self._private or (host, port) in self._exempt else [place for place in found if is_public(place)]
        if not allowed:
            raise PrivateAddress(f"{host} is at {', '.join(found)}")
        last: Exception = httpcore2.ConnectError(f"{host} has no address")
        for place in allowed:
            try:
                return super().connect_tcp(place, port, timeout, local_address, socket_options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                last = error
        raise last
