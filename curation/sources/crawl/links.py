"""What a page says of itself and where it leads: links, canonical address, what it asks of robots. A page is parsed once."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b

import lxml.etree
import lxml.html

from curation.sources.crawl.page_robots import NO_WISHES, OURS, Wishes, of_header, of_meta
from curation.sources.crawl.url_forms import address, session_of

PAGE_TYPES = frozenset({"text/html", "application/xhtml+xml"})
"""Media types that are searched for links."""

_TAGS = ("a", "area", "frame", "iframe", "base", "link", "meta")
_SPACES = re.compile(r"\s+")
_DIGITS = re.compile(r"\d+")
_REFRESH = re.compile(r"\s*\d*(?:\.\d*)?\s*[;,]?\s*(?:url\s*=\s*)?['\"]?([^'\"]*)", re.IGNORECASE)
_LINK_HEADER = re.compile(r"<([^<>]*)>((?:[^,\"]|\"[^\"]*\")*)")
_REL = re.compile(r";\s*rel\s*=\s*(?:\"([^\"]*)\"|([^\s;\"]+))", re.IGNORECASE)


@dataclass(frozen=True)
class Reading:
    """What a page says.

    `links` are addresses, each once, in their order; `refused` are those that the page asks not to follow one by one
    (`rel="nofollow"`). `canonical` is the address that it names as its own; None where it names none, or several. `sessions`
    are session ids that were cut out of its links, by name, each with an example. `gist` is a digest of its text without
    digits; empty where none was asked for.
    """

    links: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    canonical: str | None = None
    wishes: Wishes = NO_WISHES
    sessions: Mapping[str, str] | None = None
    gist: str = ""


def read(url: str, content: bytes, media_type: str, charset: str | None, headers: Mapping[str, str], gist: bool = False) -> Reading:
    """Reads a page that was found at an address. `headers` are the response's, names in lower case.

    What is no HTML has no links; it may have a canonical address and wishes in its headers.
    """
    named = set(_canonical_headers(headers.get("link", ""), url))
    wishes = of_header(headers.get("x-robots-tag", ""))
    tree = _parsed(content, charset) if media_type in PAGE_TYPES else None
    if tree is None:
        return Reading(canonical=_only(named), wishes=wishes)
    # what follows </html> is no part of the tree to libxml2, and a part of the page to everybody else
    elements = [element for part in (tree, *tree.itersiblings()) for element in part.iter(*_TAGS)]
    base = _base(elements, url)
    links, refused, sessions, metas = dict[str, None](), dict[str, None](), dict[str, str](), list[str]()
    for element in elements:
        match element.tag:
            case "meta":
                if (element.get("name") or "").strip().lower() in OURS:
                    metas.append(element.get("content") or "")
                hrefs, into = _refresh(element), links
            case "link":
                named |= _canonical_element(element, base)
                continue
            case "frame" | "iframe":
                hrefs, into = element.get("src"), links
            case _:
                hrefs = element.get("href")
                into = refused if "nofollow" in (element.get("rel") or "").lower().split() else links
        if hrefs and hrefs[0] != "#" and element.tag != "base" and (target := address(hrefs, base)):
            into[target] = None
            if session := session_of(hrefs, base):
                sessions.setdefault(session, hrefs)
    return Reading(tuple(links), tuple(refused), _only(named), wishes | of_meta(metas), sessions or None, _gist(tree) if gist else "")


def _parsed(content: bytes, charset: str | None) -> lxml.html.HtmlElement | None:
    """The page as a tree; None for what has no markup, or cannot be parsed at all."""
    for encoding in (charset, "utf-8" if _is_utf8(content) else None):
        try:
            parser = lxml.html.HTMLParser(encoding=encoding, no_network=True)
        except (LookupError, ValueError):
            continue  # a charset that nobody knows, or no name at all
        if encoding is not None:
            break
    try:
        return lxml.html.document_fromstring(content, parser=parser)
    except (lxml.etree.LxmlError, ValueError, AssertionError):
        return None


def _is_utf8(content: bytes) -> bool:
    try:
        content.decode()
    except UnicodeDecodeError:
        return False
    return True


def _base(elements: list[lxml.html.HtmlElement], url: str) -> str:
    """What links are relative to: the first base element with an address, else the page (HTML standard, 2.4.1)."""
    href = next((element.get("href") for element in elements if element.tag == "base" and element.get("href") is not None), None)
    return (address(href, url) if href is not None else None) or url


def _refresh(element: lxml.html.HtmlElement) -> str | None:
    """Where a page sends its visitors by `<meta http-equiv="refresh">`."""
    if (element.get("http-equiv") or "").strip().lower() != "refresh":
        return None
    found = _REFRESH.match(element.get("content") or "")
    return found[1].strip() if found else None


def _canonical_element(element: lxml.html.HtmlElement, base: str) -> set[str]:
    """The canonical address of a link element. Only in the head: what visitors write lies in the body (RFC 6596, 5)."""
    above = element.getparent()
    if above is None or above.tag != "head" or "canonical" not in (element.get("rel") or "").lower().split():
        return set()
    href = element.get("href")
    target = address(href, base) if href else None
    return {target} if target else set()


def _canonical_headers(value: str, url: str) -> Iterator[str]:
    """The canonical addresses of a Link header (RFC 8288, 3; RFC 6596)."""
    for href, parameters in _LINK_HEADER.findall(value) if "canonical" in value.lower() else ():
        rel = _REL.search(parameters)
        if rel and "canonical" in (rel[1] or rel[2]).lower().split() and (target := address(href, url)):
            yield target


def _only(named: set[str]) -> str | None:
    """The one address that was named. A page that names several has none: nobody knows which is meant."""
    return next(iter(named)) if len(named) == 1 else None


def _gist(tree: lxml.html.HtmlElement) -> str:
    text = _SPACES.sub(" ", _DIGITS.sub("", " ".join(tree.itertext())))
    return blake2b(text.encode("utf-8", "replace"), digest_size=8).hexdigest()
