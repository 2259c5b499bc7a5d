"""Feeds: the pages that RSS 2.0, RSS 1.0, Atom (RFC 4287) and JSON Feed 1.1 announce.

A feed tells addresses; the pages themselves are captured. A feed in several parts (RFC 5005; `next_url` of JSON Feed) is
read part by part.
"""

import json
from collections.abc import Iterable, Iterator
from typing import Any
from urllib.parse import urljoin

import lxml.etree

from curation.sources.crawl.sitemaps import Entry
from curation.sources.crawl.xml_stream import ListingError, child, closed_elements, local, text_of

RECORDS = frozenset({"item", "entry"})

_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_ABOUT = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
_ADDRESS = ("http://", "https://")


def xml_entries(chunks: Iterable[bytes]) -> Iterator[Entry]:
    """The entries of a feed in their order, and its next part; an entry without an address has an empty one. Raises ListingError."""
    base = ""
    for element in closed_elements(chunks, RECORDS):
        base = base or _base_of(element.getroottree().getroot())
        match local(element):
            case "item":
                yield Entry(_joined(base, _of_item(element)))
            case "entry":
                yield Entry(_joined(base, _of_entry(element)), text_of(child(element, "updated")))
            case "link" if _rel(element) == "next" and element.get("href"):
                yield Entry(_joined(base, element.get("href", "")), is_list=True)


def json_entries(content: bytes) -> Iterator[Entry]:
    """The items of a JSON Feed, and its next part. Raises ListingError."""
    try:
        feed = json.loads(content)
    except (ValueError, RecursionError) as error:
        raise ListingError(f"is no JSON: {error}") from None
    if not isinstance(feed, dict) or not isinstance(feed.get("items"), list):
        raise ListingError("is no JSON Feed: it has no list of items")
    yield from (Entry(_of_json(item), _text(item, "date_modified")) for item in feed["items"])
    if following := _text(feed, "next_url"):
        yield Entry(following, is_list=True)


def _of_item(item: lxml.etree._Element) -> str:
    """The address of an item of RSS: the one behind a redirector's, its link, its permanent name, or what it is about."""
    links = _links(item)
    plain = next((text_of(link) for link in links if text_of(link)), "")
    atom = next((link.get("href", "") for link in links if link.get("href")), "")
    guid = child(item, "guid")
    permanent = text_of(guid) if guid is not None and guid.get("isPermaLink", "true").lower() != "false" else ""
    about = str(item.get(_ABOUT, ""))
    return text_of(child(item, "origLink")) or plain or atom or _if_address(permanent) or about


def _of_entry(entry: lxml.etree._Element) -> str:
    """The address of an entry of Atom: its alternate link, of HTML before others, or its name where that is an address."""
    links = sorted((link for link in _links(entry) if link.get("href")), key=lambda link: "html" not in link.get("type", "html"))
    if not links:
        return _if_address(text_of(child(entry, "id")))
    base = _joined(_base_of(entry), _base_of(links[0])) or _base_of(entry)
    return _joined(base, links[0].get("href", ""))


def _links(element: lxml.etree._Element) -> list[lxml.etree._Element]:
    """The links to the page that an entry is about."""
    return [link for link in element if isinstance(link.tag, str) and local(link) == "link" and _rel(link) == "alternate"]


def _if_address(name: str) -> str:
    return name if name.startswith(_ADDRESS) else ""


def _rel(link: lxml.etree._Element) -> str:
    """What a link is to its feed or entry; `alternate` where it does not say (RFC 4287, 4.2.7.2)."""
    return str(link.get("rel", "alternate")).strip().lower()


def _joined(base: str, href: str) -> str:
    """An address relative to another; none stays none."""
    try:
        return urljoin(base, href) if href else ""
    except ValueError:
        return href


def _base_of(element: lxml.etree._Element) -> str:
    return str(element.get(_BASE, ""))


def _of_json(item: Any) -> str:
    name = _text(item, "id")
    return _text(item, "url") or _if_address(name) or _text(item, "external_url")


def _text(holder: Any, name: str) -> str:
    value = holder.get(name) if isinstance(holder, dict) else None
    return value.strip() if isinstance(value, str) else ""
