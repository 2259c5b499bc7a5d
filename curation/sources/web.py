"""Pages of a site, breadth first along its links."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx2
import lxml.etree
import lxml.html

from curation.sources.fetcher import Fetcher, Page
from curation.sources.item import Item
from curation.sources.kinds import WebSource
from curation.sources.loopback import serving
from warehouse.digests import digest, sha256_file
from warehouse.errors import SourceError

_PAGE_TYPES = ("text/", "application/xhtml+xml")


def fingerprint(source: WebSource, folder: Path) -> str:
    """Digest of a served folder; for a site of the network, nothing: it is captured once, and again when asked to."""
    if not source.serve:
        return ""
    root = _served(source, folder)
    return digest({p.relative_to(root).as_posix(): sha256_file(p) for p in sorted(root.rglob("*")) if p.is_file()})


def items(source: WebSource, folder: Path) -> Iterator[Item]:
    """Every page that can be reached from the start addresses on their hosts, within the limits.

    What cannot be had (an error status, robots.txt, a page too large, a dead host) is a failed item with the reason.
    """
    hosts = {urlsplit(url).netloc for url in source.start}
    with ExitStack() as stack:
        stand_in = {}
        if source.serve:
            stand_in = dict.fromkeys(hosts, stack.enter_context(serving(_served(source, folder))))
        largest = int(source.max_page_megabytes * 1e6)
        fetcher = stack.enter_context(Fetcher(source.user_agent, source.delay_seconds, largest, stand_in))
        yield from _crawl(source, fetcher, hosts)


def _served(source: WebSource, folder: Path) -> Path:
    root = Path(os.path.normpath(folder / source.serve))
    if not root.is_dir():
        raise SourceError(f"source {source.id}: the folder to serve, {root}, does not exist. Check `serve` in the recipe.")
    return root


def _crawl(source: WebSource, fetcher: Fetcher, hosts: set[str]) -> Iterator[Item]:
    level, known, count = sorted(set(source.start)), set(source.start), 0
    for _ in range(source.max_depth + 1):
        found: set[str] = set()
        for url in level:
            if count == source.max_pages:
                yield Item.failed(url, url, f"not asked for: max_pages ({source.max_pages}) reached")
                continue
            count += 1
            item, links = _visit(url, fetcher, hosts)
            found |= links
            if item:
                yield item
        level = sorted(found - known)
        known |= found
        if not level:
            return


def _visit(url: str, fetcher: Fetcher, hosts: set[str]) -> tuple[Item | None, set[str]]:
    try:
        if not fetcher.allowed(url):
            return Item.failed(url, url, "robots.txt does not allow this page"), set()
        page = fetcher.get(url)
    except httpx2.HTTPError as error:
        return Item.failed(url, url, f"could not be had: {type(error).__name__}: {error}"), set()
    if 300 <= page.status < 400 and "location" in page.headers:
        target = urldefrag(urljoin(url, page.headers["location"])).url
        return None, {target} if urlsplit(target).netloc in hosts else set()
    if page.status != 200:
        return Item.failed(url, url, f"HTTP status {page.status}"), set()
    if len(page.content) > fetcher.largest:
        return Item.failed(url, url, f"larger than max_page_megabytes ({fetcher.largest / 1e6:g})"), set()
    item = _item(page)
    return item, _links(page, hosts) if item.media_type.startswith(_PAGE_TYPES) else set()


def _item(page: Page) -> Item:
    media_type, _, parameters = page.headers.get("content-type", "application/octet-stream").partition(";")
    charset = parameters.partition("charset=")[2].strip(" \"'") or None
    modified = page.headers.get("last-modified")
    return Item(
        native_id=page.url,
        uri=page.url,
        content=page.content,
        media_type=media_type.strip().lower(),
        charset=charset,
        modified=_iso(modified) if modified else None,
        etag=page.headers.get("etag"),
    )


def _iso(stamp: str) -> str | None:
    try:
        return parsedate_to_datetime(stamp).isoformat()
    except ValueError:
        return None


def _links(page: Page, hosts: set[str]) -> set[str]:
    try:
        tree = lxml.html.fromstring(page.content)
    except (lxml.etree.LxmlError, ValueError):
        return set()
    found = set()
    for href in tree.xpath("//a/@href"):
        try:
            target = urldefrag(urljoin(page.url, str(href))).url
            parts = urlsplit(target)
        except ValueError:
            continue
        if parts.scheme in ("http", "https") and parts.netloc in hosts:
            found.add(target)
    return found
