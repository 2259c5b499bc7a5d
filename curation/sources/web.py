"""Pages of a site: by their links, its sitemaps and its feeds."""

import os
from collections.abc import Iterator
from contextlib import ExitStack
from itertools import chain
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urljoin, urlsplit

from pydantic import Field, field_validator, model_validator

from curation.secrets import SecretReference, resolve
from curation.sources.containers import content_digest
from curation.sources.context import Context
from curation.sources.crawl.crawl import Crawl
from curation.sources.crawl.frontier import MOST_KNOWN, Frontier
from curation.sources.crawl.known import Known
from curation.sources.crawl.notes import Notes
from curation.sources.crawl.scope import Scope
from curation.sources.crawl.seeds import Seeds
from curation.sources.crawl.sitemaps import text_entries
from curation.sources.crawl.tallies import Tallies
from curation.sources.crawl.url_forms import address, host_of, key
from curation.sources.fetch.addresses import PRIVATE
from curation.sources.fetch.fetcher import Fetcher, open_fetcher, origin
from curation.sources.folders import files_below
from curation.sources.item import Item
from curation.sources.loopback import serving
from curation.sources.request import Request
from curation.sources.source import NetworkSource, kind
from warehouse.digests import digest, sha256_bytes
from warehouse.errors import SourceError


class WebSource(NetworkSource):
    """Pages of one site, captured over HTTP: by their links, its sitemaps and its feeds."""

    kind: Literal["web"] = kind("Pages of a site, by its links, sitemaps and feeds.")
    start: list[str] = Field([], title="Start", description="Addresses to begin at; only their hosts are visited.")
    start_file: str = Field("", title="Start file", description="A text file with further addresses to begin at, one a line.")
    sitemaps: list[str] = Field([], title="Sitemaps", description="Addresses of sitemaps, or of a robots.txt that names them.")
    feeds: list[str] = Field([], title="Feeds", description="Addresses of feeds (RSS, Atom, JSON Feed) whose pages are captured.")
    hosts: list[str] = Field([], title="Hosts", description="Further hosts that belong to the source, as www.example.org.")
    include: list[str] = Field([], title="Include", description="Only addresses that match one of these patterns; `start` always.")
    exclude: list[str] = Field([], title="Exclude", description="No address that matches one of these patterns; `start` always.")
    not_traps: list[str] = Field([], title="No traps", description="Addresses that are followed although they look like a trap.")
    serve: str = Field("", title="Serve", description="A folder that a loopback server serves in place of the site while it is captured.")
    max_pages: int = Field(1_000, ge=1, title="Most pages", description="Addresses beyond are recorded as not asked for.")
    max_depth: int = Field(8, ge=0, title="Deepest link", description="Links between a start address and a page; 0: follow none.")
    trust_lastmod: bool = Field(
        False, title="Trust lastmod", description="Do not ask again for a page that its sitemap says has not changed since it was captured."
    )
    authorization: SecretReference = Field(
        "",
        title="Authorization",
        description="Where the value of the Authorization header is kept, as env:NAME or block:NAME; sent to the addresses of Start alone.",
    )

    @field_validator("start", "sitemaps", "feeds")
    @classmethod
    def _are_addresses(cls, addresses: list[str]) -> list[str]:
        for url in addresses:
            parts = urlsplit(url)
            if "@" in (parts.netloc or url):
                raise ValueError("holds a name or a password before an @; take it out, and say in `authorization` where it is kept")
            if parts.scheme not in ("http", "https") or not parts.netloc or address(url) is None:
                raise ValueError(f"{url!r} is no address; it begins with http:// or https:// and a host")
        return addresses

    @field_validator("hosts")
    @classmethod
    def _are_hosts(cls, hosts: list[str]) -> list[str]:
        for host in hosts:
            if (address(f"https://{host}/") or "").count("/") != 3:
                raise ValueError(f"{host!r} is no host; it is written as www.example.org, or www.example.org:8080")
        return hosts

    @model_validator(mode="after")
    def _begins_somewhere(self) -> Self:
        if not (self.start or self.start_file or self.sitemaps or self.feeds):
            raise ValueError("nothing to begin at: set `start`, `start_file`, `sitemaps` or `feeds`")
        return self

    @property
    def is_remote(self) -> bool:
        """Unless a folder is served in its place."""
        return not self.serve

    def fingerprint(self, folder: Path) -> str:
        """Digest of a served folder and of the start file; for a site of the network alone, nothing."""
        return fingerprint(self, folder)

    def items(self, context: Context) -> Iterator[Item]:
        """Every page that can be reached on the source's hosts, within the limits."""
        return items(self, context)

    def first_requests(self) -> list[Request]:
        """The rules of the first host, the lists, and the first page."""
        first = [*self.sitemaps, *self.feeds, *self.start][:1]
        rules = [Request(urljoin(url, "/robots.txt"), "what the site allows") for url in first]
        lists = [(self.sitemaps, "a sitemap"), (self.feeds, "a feed"), (self.start[:1], "the first page")]
        return rules + [Request(url, purpose) for urls, purpose in lists for url in urls]

    def secrets(self) -> list[str]:
        """The secret of `authorization`."""
        return [self.authorization] if self.authorization else []


def fingerprint(source: WebSource, folder: Path) -> str:
    """Digest of what lies on this machine: a served folder, a start file. A site is captured once, and again when asked to.

    Raises SourceError where one of them is missing.
    """
    parts: dict[str, str] = {}
    if source.start_file:
        parts["start_file"] = sha256_bytes(_start_file(source, folder))
    if source.serve:
        root = _served(source, folder)
        parts |= {os.fsencode(p.relative_to(root)).hex(): fault or content_digest(p) for p, fault in files_below(root)}
    return digest(parts) if parts or source.serve else ""


def items(source: WebSource, context: Context) -> Iterator[Item]:
    """Every page that can be reached on the source's hosts, within the limits; then what was found and not asked for.

    What cannot be had (an error status, robots.txt, a page too large, a dead host) is a failed item with the reason.
    Raises SourceError where no page could be had: a site that is down, forbids everything or is no longer there.
    """
    tallies = Tallies()
    start = _start(source, context.folder, tallies)
    named = [*start, *source.sitemaps, *source.feeds, *(f"https://{host}/" for host in source.hosts)]
    hosts = frozenset(host_of(found) for url in named if (found := address(url)))
    with ExitStack() as stack:
        stand_in, authorization = dict[str, str](), dict[str, str]()
        if source.serve:
            stand_in = dict.fromkeys(hosts, stack.enter_context(serving(_served(source, context.folder))))
        elif source.authorization:
            authorization = dict.fromkeys(map(origin, start), _secret(source))
        fetcher = stack.enter_context(open_fetcher(source, context, stand_in=stand_in, authorization=authorization))
        yield from _captured(source, context, fetcher, Scope(hosts, source.include, source.exclude, source.not_traps), start, tallies)


def _captured(source: WebSource, context: Context, fetcher: Fetcher, scope: Scope, start: list[str], tallies: Tallies) -> Iterator[Item]:
    spellings = {key(fact.native_id): fact.native_id for fact in context.earlier.facts() if "&" in fact.native_id}
    seeds = Seeds(fetcher, scope.hosts, tallies, dict(context.memory.get("lists", {})))
    listed = _listed(source, seeds, scope, tallies)
    lastmod = {key(url): stated for url, stated in listed.items() if stated} if source.trust_lastmod else {}
    known = Known(context.earlier, Notes.of(context.memory), lastmod)
    owed = {key(url) for url in known.pages(kept=False) if scope.holds(url)}
    frontier = Frontier(scope, source.max_pages, tallies, spellings, set(map(key, start)), owed)
    crawl = Crawl(fetcher, frontier, tallies, known, source.max_depth)
    first = ""
    level = frontier.level({*start, *listed}, always=True)
    for item in chain(seeds.failures, crawl.levels(level), crawl.unreached()):
        first = first or (f"{item.uri}: {item.error}" if item.error else "")
        yield item
    if not crawl.had:
        of = _of(frontier.asked, len(seeds.failures), first)
        raise SourceError(f"source {source.id}: nothing could be had{of}.{_remedy(source, context, first)}")
    crawl.tally_refused()
    yield from tallies.items()
    _remember(context, seeds, crawl.notes)


def _of(pages: int, lists: int, first: str) -> str:
    """Of how many addresses nothing could be had, and why."""
    if not pages and not lists:
        return ": no sitemap or feed lists an address on the hosts of the source"
    counts = [f"{count:,} {what}{'s' if count > 1 else ''}" for count, what in ((pages, "page"), (lists, "list")) if count]
    return f" of {' and '.join(counts)}{'; the first, ' if pages + lists > 1 else ': '}{first}"


def _remedy(source: WebSource, context: Context, first: str) -> str:
    """What to do where nothing could be had, if the reason does not say it itself."""
    if PRIVATE in first:
        return ""
    named = " and ".join(f"`{name}`" for name in ("start", "start_file", "sitemaps", "feeds") if getattr(source, name))
    return f" Check the network and {named}, and try again.{context.way_out}"


def _listed(source: WebSource, seeds: Seeds, scope: Scope, tallies: Tallies) -> dict[str, str]:
    """The addresses that sitemaps and feeds list and the patterns let in, each with when it was last changed, as written there."""
    listed: dict[str, str] = {}
    for url, modified in seeds.entries([found for url in (*source.sitemaps, *source.feeds) if (found := address(url))]):
        if not scope.wants(url):
            continue
        if len(listed) >= MOST_KNOWN and url not in listed:
            tallies.add("frontier", f"not asked for: more than {MOST_KNOWN} addresses are listed", url)
            continue
        listed[url] = modified
    return listed


def _remember(context: Context, seeds: Seeds, notes: Notes) -> None:
    """Leaves for the next capture what this one learned, in the place of what the one before left."""
    context.memory.clear()
    context.memory.update({name: value for name, value in {"lists": seeds.remembered, **vars(notes)}.items() if value})


def _start(source: WebSource, folder: Path, tallies: Tallies) -> list[str]:
    """The addresses to begin at: those of the recipe, and those of its start file."""
    found = {url for start in source.start if (url := address(start))}
    for entry in text_entries([_start_file(source, folder)]) if source.start_file else ():
        if url := address(entry.href):
            found.add(url)
        else:
            tallies.add("start_file", f"no address, in {source.start_file}; one begins with http:// or https:// and a host", entry.href)
    return sorted(found)


def _start_file(source: WebSource, folder: Path) -> bytes:
    path = Path(os.path.normpath(folder / source.start_file))
    try:
        return path.read_bytes()
    except OSError as error:
        raise SourceError(f"source {source.id}: {path} cannot be read: {error.strerror}. Check `start_file` in the recipe.") from error


def _secret(source: WebSource) -> str:
    try:
        return resolve(source.authorization)
    except SourceError as error:
        raise SourceError(f"source {source.id}: {error}") from None


def _served(source: WebSource, folder: Path) -> Path:
    root = Path(os.path.normpath(folder / source.serve))
    if not root.is_dir():
        raise SourceError(f"source {source.id}: the folder to serve, {root}, does not exist. Check `serve` in the recipe.")
    return root
