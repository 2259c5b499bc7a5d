"""Seeds: the addresses that a site's sitemaps and feeds list, and lists of addresses that the recipe names."""

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import chain
from typing import Any
from urllib.parse import urlsplit

from curation.sources.crawl import feeds, sitemaps
from curation.sources.crawl.headers import modified_of
from curation.sources.crawl.sitemaps import LARGEST, Entry
from curation.sources.crawl.tallies import Tallies
from curation.sources.crawl.url_forms import address, host_of, key
from curation.sources.crawl.xml_stream import ListingError
from curation.sources.earlier import Fact
from curation.sources.fetch.fetcher import Fetcher, FetchError, Page
from curation.sources.item import Item

MOST_LISTS = 1_000
"""Sitemaps and parts of feeds of one source."""

MOST_REMEMBERED = 100_000
"""Entries of all lists that are remembered, so that a list which did not change need not be sent again."""

_HEAD = 1024
_BOMS = {b"\xef\xbb\xbf": "utf-8", b"\xff\xfe": "utf-16", b"\xfe\xff": "utf-16"}


@dataclass
class Seeds:
    """Reads a source's lists, each once. `earlier` is what an earlier capture's `remembered` was."""

    fetcher: Fetcher
    hosts: frozenset[str]
    tallies: Tallies
    earlier: dict[str, Any]
    remembered: dict[str, Any] = field(default_factory=dict)
    failures: list[Item] = field(default_factory=list)
    _entries: int = 0

    def entries(self, lists: list[str]) -> Iterator[tuple[str, str]]:
        """Every address of some lists and of those that they name, each with when it was last changed, as written there.

        A list that cannot be had, or not to its end, is one of `failures`.
        """
        waiting, known = deque(lists), {key(url) for url in lists}
        while waiting:
            url = waiting.popleft()
            for entry in self._read(url):
                target = address(entry.href, url) if entry.href and entry.is_address else None
                if target is None:
                    self.tallies.add(f"no address in {url}", "the list has entries without an address of the web", entry.href or url)
                elif host_of(target) not in self.hosts:
                    self.tallies.add("other hosts in lists", "not asked for: listed, but not on a host of the source; see `hosts`", target)
                elif not entry.is_list:
                    yield target, entry.modified
                elif key(target) not in known:
                    if len(known) >= MOST_LISTS:
                        self.tallies.add("lists", f"not asked for: more than {MOST_LISTS} sitemaps or parts of feeds", target)
                        continue
                    known.add(key(target))
                    waiting.append(target)

    def _read(self, url: str) -> Iterator[Entry]:
        before = self.earlier.get(url)
        try:
            page = self.fetcher.fetch(url, _fact(url, before) if before else None, largest=LARGEST, hosts=self.hosts)
            if page.unchanged and before:
                yield from self._remember(url, before["etag"], before["modified"], (Entry(*entry) for entry in before["entries"]))
            elif page.status != 200:
                self._failed(url, f"HTTP status {page.status}")
            elif self.fetcher.repeats_secret(page):
                self._failed(url, "holds the secret of `authorization`, which the site sent back, and is not read")
            else:
                yield from self._remember(url, page.headers.get("etag"), modified_of(page.headers), _entries(page))
        except (FetchError, ListingError) as error:
            self._failed(url, str(error))

    def _remember(self, url: str, etag: str | None, modified: str | None, entries: Iterator[Entry]) -> Iterator[Entry]:
        """The entries of a list, remembered where the whole list could be read and a server can be asked whether it changed."""
        kept: list[list[Any]] = []
        for entry in entries:
            if self._entries + len(kept) < MOST_REMEMBERED:
                kept.append([entry.href, entry.modified, entry.is_list, entry.is_address])
            else:
                etag = modified = None
            yield entry
        if etag or modified:
            self._entries += len(kept)
            self.remembered[url] = {"etag": etag, "modified": modified, "entries": kept}

    def _failed(self, url: str, error: str) -> None:
        self.failures.append(Item.failed(url, url, error))


def _entries(page: Page) -> Iterator[Entry]:
    """What a list holds, by what it is: its bytes tell, for servers' media types of lists are of every kind."""
    if urlsplit(page.final_url).path == "/robots.txt":
        yield from sitemaps.robots_entries(page.content)
        return
    chunks = sitemaps.unpacked(page.content)
    first = next(chunks, b"")
    chunks, head = chain([first], chunks), _text(first[:_HEAD]).lstrip("\ufeff \t\r\n")
    if head.startswith("{"):
        yield from feeds.json_entries(b"".join(chunks))
    elif not head.startswith("<"):
        yield from sitemaps.text_entries(chunks)
    elif any(f"<{word}" in head.lower() for word in ("html", "!doctype html", "head", "body")):
        raise ListingError("is a page of HTML, not a sitemap or a feed")
    else:
        yield from _xml_entries(first, chunks)


def _xml_entries(first: bytes, chunks: Iterator[bytes]) -> Iterator[Entry]:
    head = _text(first)
    is_sitemap = "<urlset" in head or "<sitemapindex" in head or ":urlset" in head or ":sitemapindex" in head
    yield from sitemaps.xml_entries(chunks) if is_sitemap else feeds.xml_entries(chunks)


def _text(head: bytes) -> str:
    encoding = next((name for bom, name in _BOMS.items() if head.startswith(bom)), "utf-8")
    return head.decode(encoding, "replace")


def _fact(url: str, before: dict[str, Any]) -> Fact:
    """A list as it was, for a conditional request."""
    known = {"native_id": url, "uri": url, "media_type": "", "sha256": "", "etag": before["etag"], "modified": before["modified"]}
    return Fact(**{name: known.get(name) for name in Fact.__dataclass_fields__})  # type: ignore[arg-type]
