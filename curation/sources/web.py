"""Pages of a site, breadth first along its links."""

import os
from collections import deque
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from email.message import Message
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote, urljoin, urlsplit, urlunsplit

import httpx2
import lxml.etree
import lxml.html

from curation.secrets import masked, resolve
from curation.sources.containers import content_digest, files_below
from curation.sources.fetcher import Fetcher, Page, origin
from curation.sources.item import Item
from curation.sources.kinds import WebSource
from curation.sources.loopback import serving
from warehouse.digests import digest
from warehouse.errors import SourceError

_PAGE_TYPES = ("text/", "application/xhtml+xml")
_PORTS = {"http": ":80", "https": ":443"}
_UNQUOTED = "%/:;@!$&'()*+,=~?"


@dataclass(frozen=True)
class _Visit:
    """What one address gave."""

    item: Item | None = None
    links: frozenset[str] = frozenset()
    moved_to: str | None = None


def fingerprint(source: WebSource, folder: Path) -> str:
    """Digest of a served folder; for a site of the network, nothing: it is captured once, and again when asked to."""
    if not source.serve:
        return ""
    root = _served(source, folder)
    return digest({os.fsencode(p.relative_to(root)).hex(): fault or content_digest(p) for p, fault in files_below(root)})


def items(source: WebSource, folder: Path) -> Iterator[Item]:
    """Every page that can be reached from the start addresses on their hosts, within the limits.

    What cannot be had (an error status, robots.txt, a page too large, a dead host) is a failed item with the reason.
    Raises SourceError where no page could be had: a site that is down, forbids everything or is no longer there.
    """
    start = sorted({address for url in source.start if (address := _address(url))})
    with ExitStack() as stack:
        stand_in, authorization = dict[str, str](), dict[str, str]()
        if source.serve:
            stand_in = dict.fromkeys(_hosts(start), stack.enter_context(serving(_served(source, folder))))
        elif source.authorization:
            authorization = dict.fromkeys(map(origin, start), _secret(source))
        largest = int(source.max_page_megabytes * 1e6)
        fetcher = stack.enter_context(Fetcher(source.user_agent, source.delay_seconds, largest, stand_in, authorization))
        captured, first = False, ""
        for item in _crawl(source, fetcher, start):
            captured = captured or item.error is None
            error = item.error and masked(item.error, fetcher.secrets)
            first = first or f"{item.uri}: {error}"
            yield replace(item, error=error)
        if not captured:
            why = first or "every address leads only to another"
            raise SourceError(f"source {source.id}: nothing could be had. {why}. Check the network and `start`, and try again.")


def _secret(source: WebSource) -> str:
    try:
        return resolve(source.authorization)
    except SourceError as error:
        raise SourceError(f"source {source.id}: {error}") from None


def _hosts(addresses: list[str]) -> frozenset[str]:
    return frozenset(urlsplit(url).netloc for url in addresses)


def _served(source: WebSource, folder: Path) -> Path:
    root = Path(os.path.normpath(folder / source.serve))
    if not root.is_dir():
        raise SourceError(f"source {source.id}: the folder to serve, {root}, does not exist. Check `serve` in the recipe.")
    return root


def _crawl(source: WebSource, fetcher: Fetcher, start: list[str]) -> Iterator[Item]:
    hosts, level, known, count = _hosts(start), start, set(start), 0
    for _ in range(source.max_depth + 1):
        found: set[str] = set()
        waiting = deque(level)
        while waiting:
            url = waiting.popleft()
            if count == source.max_pages:
                yield Item.failed(url, url, f"not asked for: max_pages ({source.max_pages}) reached")
                continue
            count += 1
            visit = _visit(url, fetcher, hosts)
            if visit.item:
                yield visit.item
            found |= visit.links
            if visit.moved_to and visit.moved_to not in known:
                known.add(visit.moved_to)
                waiting.append(visit.moved_to)
        level = sorted(found - known)
        known |= found
        if not level:
            return


def _visit(url: str, fetcher: Fetcher, hosts: frozenset[str]) -> _Visit:
    try:
        if not fetcher.allowed(url):
            return _Visit(Item.failed(url, url, "robots.txt does not allow this page"))
        page = fetcher.get(url)
    except SourceError as error:
        return _Visit(Item.failed(url, url, str(error)))
    except (httpx2.HTTPError, httpx2.InvalidURL) as error:
        return _Visit(Item.failed(url, url, f"could not be had: {type(error).__name__}: {error}"))
    if fetcher.repeats_secret(page):
        return _Visit(Item.failed(url, url, "holds the secret of `authorization`, which the site sent back, and is not kept"))
    if page.moved_to is not None:
        return _redirected(page, hosts)
    if page.status != 200:
        return _Visit(Item.failed(url, url, f"HTTP status {page.status}"))
    if len(page.content) > fetcher.largest:
        return _Visit(Item.failed(url, url, f"larger than max_page_megabytes ({fetcher.largest / 1e6:g})"))
    item = _item(page)
    return _Visit(item, _links(page, hosts) if item.media_type.startswith(_PAGE_TYPES) else frozenset())


def _redirected(page: Page, hosts: frozenset[str]) -> _Visit:
    target = _address(page.moved_to or "", page.url)
    if target is None or urlsplit(target).netloc not in hosts:
        return _Visit(Item.failed(page.url, page.url, f"moved to {page.moved_to}, which is not on a host of `start`"))
    return _Visit(moved_to=target)


def _item(page: Page) -> Item:
    declared = Message()
    declared["content-type"] = page.headers.get("content-type", "application/octet-stream")
    modified = page.headers.get("last-modified")
    return Item(
        native_id=page.url,
        uri=page.url,
        content=page.content,
        media_type=declared.get_content_type(),
        charset=declared.get_content_charset(),
        modified=_iso(modified) if modified else None,
        etag=page.headers.get("etag"),
    )


def _iso(stamp: str) -> str | None:
    try:
        return parsedate_to_datetime(stamp).isoformat()
    except (ValueError, OverflowError):
        return None


def _links(page: Page, hosts: frozenset[str]) -> frozenset[str]:
    try:
        tree = lxml.html.fromstring(page.content)
    except (lxml.etree.LxmlError, ValueError):
        return frozenset()
    base = next((urljoin(page.url, str(href)) for href in tree.xpath("//base/@href")), page.url)
    targets = (_address(str(href), base) for href in tree.xpath("//a/@href"))
    return frozenset(target for target in targets if target and urlsplit(target).netloc in hosts)


def _address(url: str, base: str = "") -> str | None:
    """One spelling of an address, without its fragment; None for what is no web address."""
    try:
        parts = urlsplit(urljoin(base, url.strip()))
        host = parts.netloc.lower().removesuffix(_PORTS[parts.scheme])
        path, query = (quote(part, safe=_UNQUOTED) for part in (parts.path or "/", parts.query))
    except (KeyError, ValueError):
        return None
    return urlunsplit((parts.scheme, host, path, query, "")) if host else None
