"""Addresses of pages: one spelling of each, so that a page that is linked in many ways is asked for once.

Two forms. `address` is what a server is asked for: everything is taken out that cannot change the answer, or that is there to
follow a visitor. `key` goes one step further and orders the parameters; it tells addresses apart and is never asked for, for
there are servers to which the order matters.
"""

import re
from functools import lru_cache
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import idna

LONGEST_HREF = 100_000
"""Characters of a link; a longer one is taken for none."""

_PORTS = {"http": 80, "https": 443}
_SAFE = "%/:;@!$&'()*+,=~?|[]"  # what stands in a path or a query as it is; the last three by the URL standard, beyond RFC 3986
_CONTROLS = "".join(map(chr, range(0x21)))
_LINE_BREAKS = re.compile("[\t\n\r]")
_ESCAPE = re.compile("%([0-9A-Fa-f]{2})")
_UNRESERVED = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")

_TRACKING = re.compile(
    r"utm_\w+|mtm_\w+|pk_(campaign|cpn|kwd|keyword|source|medium|content)|hsa_\w+|_hsenc|_hsmi|mc_[ce]id|mkt_tok|vero_(id|conv)"
    r"|fbclid|gclid|gclsrc|dclid|gbraid|wbraid|yclid|msclkid|twclid|ttclid|li_fat_id|igshid|srsltid|_openstat|_ga|_gl"
    r"|oly_(anon|enc)_id|wickedid",
    re.IGNORECASE,
)
"""Parameters that tell a site where a visitor came from: campaigns (Google, Matomo, HubSpot, Mailchimp) and clicks on advertisements."""

_SESSION_HINT = re.compile(r"s(es|id)|cfid|cftoken|zenid|/\([saf]\(", re.IGNORECASE)
_SESSION = re.compile(r"(phpsessid|jsessionid|aspsessionid\w*|cfid|cftoken|oscsid|zenid|session_?id|sessid)", re.IGNORECASE)
_SESSION_TOKEN = re.compile(r"(sid|s|ses|session)=[0-9a-f]{16,}", re.IGNORECASE)
_SESSION_IN_PATH = re.compile(r";(jsessionid|phpsessid|sid)=[^/;]*|(?<=/)\([SAFsaf]\([^/]*\)\)/", re.IGNORECASE)
"""`;jsessionid=` of Java servers and `/(S(...))/` of ASP.NET."""


def address(href: str, base: str = "") -> str | None:
    """The address that a link leads to, as a server is asked for it; None for what is no address of the web.

    Without its fragment, tracking parameters and session ids; scheme and host in lower case, the host in its ASCII form,
    without a default port; `.` and `..` resolved; escapes as RFC 3986, 6.2.2 says. An address with a name or a password in
    it is none. `base` is the address that a relative link is relative to.
    """
    if len(href) > LONGEST_HREF:
        return None
    return _cached(href, _context(href, base))


def key(url: str) -> str:
    """What two addresses of one page have in common, of a result of `address`: all of it but the order of the parameters."""
    head, mark, query = url.partition("?")
    if "&" not in query:
        return url
    # by name alone: the order of two values of one name can mean something
    return head + mark + "&".join(sorted(query.split("&"), key=lambda part: part.partition("=")[0]))


def session_of(href: str, base: str = "") -> str:
    """The name of the session id that `address` cuts out of a link; empty where there is none."""
    if not _SESSION_HINT.search(href):
        return ""
    try:
        parts = urlsplit(urljoin(base, href))
    except ValueError:
        return ""
    if found := _SESSION_IN_PATH.search(parts.path):
        return (found[1] or "session in the path").lower()
    return next((part.partition("=")[0] for part in parts.query.split("&") if _is_session(part)), "")


def host_of(url: str) -> str:
    """Host and port of an address, as `a.example:8080`."""
    return url.split("/", 3)[2]


def shown(url: str, most: int = 200) -> str:
    """An address as it is put into a sentence, in at most so many characters."""
    return url if len(url) <= most else f"{url[: most - 1]}…"


def _context(href: str, base: str) -> str:
    """The part of the base that decides what a link means: few, so that links which stand on every page are looked at once."""
    head = href[:1]
    if head == "/" and href[1:2] != "/":
        return base[: base.find("/", 8)] if base.find("/", 8) > 0 else base
    if not head or head in "?#" or head <= " ":
        return base
    return base[: base.rfind("/") + 1] if base.count("/") > 2 and "?" not in base else base


@lru_cache(maxsize=50_000)
def _cached(href: str, base: str) -> str | None:
    try:
        parts = urlsplit(urljoin(base, _as_browsers_read(href)))
        port, host = parts.port, parts.hostname
        scheme = parts.scheme.lower()
        if scheme not in _PORTS or not host or "@" in parts.netloc:
            return None
        netloc = _ascii(host) + ("" if port in (None, _PORTS[scheme]) else f":{port}")
        path = _without_dots(_escaped(_SESSION_IN_PATH.sub("", parts.path) or "/"))
        query = "&".join(part for part in parts.query.split("&") if not (_is_tracking(part) or _is_session(part)))
        return urlunsplit((scheme, netloc, path, _escaped(query), ""))
    except (ValueError, UnicodeError):
        return None


def _as_browsers_read(href: str) -> str:
    """A link without the white space around and the line breaks within it, and with slashes the right way (URL standard, 4.4)."""
    text = _LINE_BREAKS.sub("", href.strip(_CONTROLS))
    if "\\" not in text:
        return text
    end = min((place for mark in "?#" if (place := text.find(mark)) >= 0), default=len(text))
    return text[:end].replace("\\", "/") + text[end:]


def _ascii(host: str) -> str:
    """A host in lower case and ASCII: `xn--` for a name in other letters (RFC 5891), brackets around an IPv6 address."""
    if ":" in host:
        return f"[{host.lower()}]"
    if host.isascii():
        if re.search(r"[\s<>^`{|}%\\\x00-\x20\x7f]", host):
            raise ValueError(host)
        return host.lower()
    return idna.encode(host, uts46=True).decode()


def _escaped(text: str) -> str:
    """Everything escaped that must be, nothing that need not be, and escapes in upper case (RFC 3986, 6.2.2.1 and 6.2.2.2)."""
    if "%" in text:
        text = _ESCAPE.sub(_escape, text)
    return quote(text, safe=_SAFE, errors="replace")


def _escape(found: re.Match[str]) -> str:
    code = int(found[1], 16)
    return chr(code) if code in _UNRESERVED else found[0].upper()


def _without_dots(path: str) -> str:
    """A path without `.` and `..` (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    parts: list[str] = []
    steps = path.split("/")[1:]
    for number, part in enumerate(steps):
        if part == "..":
            parts = parts[:-1]
        elif part != ".":
            parts.append(part)
        if part in (".", "..") and number == len(steps) - 1:
            parts.append("")
    return "/" + "/".join(parts)


def _is_tracking(part: str) -> bool:
    return _TRACKING.fullmatch(part.partition("=")[0]) is not None


def _is_session(part: str) -> bool:
    return _SESSION.fullmatch(part.partition("=")[0]) is not None or _SESSION_TOKEN.fullmatch(part) is not None
