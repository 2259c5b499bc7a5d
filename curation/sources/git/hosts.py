"""Which addresses git may be sent to."""

import re
from dataclasses import dataclass
from urllib.parse import urlsplit

from curation.sources.fetch.addresses import is_loopback, is_public, resolved
from warehouse.errors import SourceError

PORTS = {"https": 443, "http": 80, "git": 9418, "ssh": 22}
"""The transports that are used, with their ports. Those that name a command or a folder of this machine are not among them."""

_SCP = re.compile(r"(?:([A-Za-z0-9_][\w.-]*)@)?([A-Za-z0-9][A-Za-z0-9.-]*):(?!//)([^-\s:][^\s:]*)")
_PLAIN = re.compile(r"[!-~]+")


@dataclass(frozen=True)
class GitAddress:
    """Where git clones from."""

    url: str
    scheme: str
    host: str
    port: int

    @property
    def is_http(self) -> bool:
        """Whether it is asked over HTTP."""
        return self.scheme in ("http", "https")

    @property
    def is_loopback(self) -> bool:
        """Whether it is this machine by its name or number alone."""
        return is_loopback(f"//[{self.host}]" if ":" in self.host else f"//{self.host}")

    @property
    def origin(self) -> tuple[str, str, int]:
        """What a secret may be sent to: the same host without https is another one."""
        return self.scheme, self.host.lower(), self.port


def parsed(url: str) -> GitAddress:
    """The parts of an address. Raises ValueError in plain words where git must not be given it."""
    if scp := _SCP.fullmatch(url):
        return GitAddress(url, "ssh", scp.group(2), PORTS["ssh"])
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise ValueError("is no address that can be read") from None
    if parts.scheme not in PORTS or "::" in parts.scheme or not _PLAIN.fullmatch(url):
        raise ValueError(
            f"is no address of a git server; it begins with {', '.join(f'{name}://' for name in PORTS)} "
            "(a folder or an archive on this machine is named by `path`)"
        )
    if parts.password is not None or (parts.username is not None and parts.scheme != "ssh"):
        raise ValueError("holds a name or a password before an @; take it out, and say in `authorization` where it is kept")
    if not host or host.startswith("-") or (parts.username or "").startswith("-") or parts.path.startswith("/-"):
        raise ValueError("holds no host, or a part that begins with a dash")
    return GitAddress(url, parts.scheme, host, port or PORTS[parts.scheme])


def numbers_of(address: GitAddress, private: bool) -> list[str]:
    """The numbers at which a host may be asked. Raises SourceError where it has none, or, unless `private`, none that is public.

    Git is held to these numbers, or the name could lead elsewhere when it asks again. Only over HTTP can it be: elsewhere
    every number must be public.
    """
    try:
        found = resolved(address.host, address.port)
    except OSError as error:
        raise SourceError(f"{address.host}: the host cannot be found ({error.strerror or error})") from error
    public = [number for number in found if is_public(number)]
    if private:
        return found
    if not public or (public != found and not address.is_http):
        closed = next(number for number in found if number not in public)
        raise SourceError(
            f"{address.host} is on this machine or in a private network ({closed}), and `private_addresses` does not allow that"
        )
    return public
