"""arXiv's programming interface: which papers there are, and under which licence.

Query API: https://info.arxiv.org/help/api/user-manual.html. Licences: OAI-PMH, https://info.arxiv.org/help/oa/index.html.
Terms: one connection, and one request in three seconds (https://info.arxiv.org/help/api/tou.html).
"""

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from urllib.parse import urlencode, urlsplit

from lxml import etree

from curation.sources.fetch.fetcher import Fetcher, FetchError, Page
from warehouse.errors import SourceError

LEAST_DELAY = 3.0
"""Seconds between two requests to any host of arXiv, whatever a recipe says."""

BATCH = 100
"""Papers in one answer. The manual allows 2,000; slices of some hundreds are what it recommends."""

PAPER_ID = re.compile(r"(\d{4}\.\d{4,5}|[a-z-]+(?:\.[A-Z]{2})?/\d{7})(?:v([1-9]\d*))?")
"""Identifiers of today and of before April 2007 (https://info.arxiv.org/help/arxiv_identifier.html)."""

_ATOM = "{http://www.w3.org/2005/Atom}"
_TOTAL = "{http://a9.com/-/spec/opensearch/1.1/}totalResults"
_ARXIV = "{http://arxiv.org/schemas/atom}"
_ABSTRACT = re.compile(r"https?://(?:[a-z]+\.)?arxiv\.org/abs/(.+)")
_WITHDRAWN = re.compile(
    r"\b(?:paper|article|submission|manuscript|preprint|work|version|it)\W+(?:has|have|had|is|was)\W+(?:been\W+|being\W+)?"
    r"(?:\w+\W+){0,2}?withdrawn\b|^\W*withdrawn\b|\bwithdrawn by (?:the |its )?(?:author|arxiv|admin|submitter)",
    re.IGNORECASE,
)
_CREATIVE = re.compile(r"https?://creativecommons\.org/(licenses|publicdomain)/([a-z-]+)/(\d\.\d)/?")


@dataclass(frozen=True)
class Paper:
    """What the query API says of one version of a paper."""

    id: str
    version: int
    title: str
    authors: tuple[str, ...]
    updated: str
    withdrawn: str  # in the words of its comment or abstract; empty where it stands

    @property
    def named(self) -> str:
        """Its id with the version."""
        return f"{self.id}v{self.version}"


@dataclass(frozen=True)
class Missing:
    """What arXiv says in place of a paper. `absent`: that it has none of that id, and not that something is wrong."""

    words: str
    absent: bool


@dataclass(frozen=True)
class Feed:
    """One answer of the query API. `error`: what it says in place of papers."""

    total: int
    papers: list[Paper]
    error: str

    @property
    def named(self) -> set[str]:
        """The ids of its papers, with and without the version."""
        return {name for paper in self.papers for name in (paper.id, paper.named)}


@dataclass(frozen=True)
class Arxiv:
    """The interfaces of arXiv. The fetcher keeps the pace of `seconds` between two requests."""

    fetcher: Fetcher
    api: str
    oai: str
    seconds: float

    def by_id(self, ids: Sequence[str]) -> Iterator[tuple[str, Paper | Missing]]:
        """Each id with its paper, or with what arXiv says in its place. Raises SourceError where arXiv cannot be had."""
        for start in range(0, len(ids), BATCH):
            yield from self._batch(list(ids[start : start + BATCH]))

    def found(self, query: str, sort: str, most: int) -> list[Paper]:
        """The papers that a query finds, up to a number of them. Raises SourceError."""
        papers: dict[str, Paper] = {}
        start, total = 0, 1
        while start < min(total, most):
            size = min(BATCH, most - start)
            window = {"search_query": query, "start": str(start), "max_results": str(size), "sortBy": sort, "sortOrder": "descending"}
            feed = self._feed(window, partial(_is_empty_within, start))
            if feed.error:
                raise SourceError(f"arXiv does not take the query {query!r}: {feed.error}")
            if not feed.papers:
                break
            papers |= {paper.id: paper for paper in feed.papers}
            start, total = start + size, feed.total
        return list(papers.values())

    def licence(self, paper: str) -> str | None:
        """The licence of a paper, None where arXiv names none. Raises FetchError."""
        asked = urlencode({"verb": "GetRecord", "identifier": f"oai:arXiv.org:{paper}", "metadataPrefix": "arXiv"})
        page = self.fetcher.fetch(f"{self.oai}?{asked}")
        if page.status != 200:
            raise FetchError(f"{self.oai}: HTTP status {page.status}", page.status)
        return read_licence(page)

    def _batch(self, ids: list[str]) -> Iterator[tuple[str, Paper | Missing]]:
        doubted = False

        def lacks_papers(feed: Feed) -> bool:
            """Whether some are absent, the first time that it is said: answers lack papers now and then."""
            nonlocal doubted
            first, doubted = not doubted, True
            return first and not feed.error and not feed.named.issuperset(ids)

        feed = self._feed({"id_list": ",".join(ids), "start": "0", "max_results": str(len(ids))}, lacks_papers)
        if feed.error and len(ids) > 1:
            # one id that arXiv does not take spoils the answer for all
            half = len(ids) // 2
            yield from self._batch(ids[:half])
            yield from self._batch(ids[half:])
            return
        missing = Missing(f"arXiv says: {feed.error}", False) if feed.error else Missing("arXiv has no such paper", True)
        known = {name: paper for paper in feed.papers for name in (paper.id, paper.named)}
        for each in ids:
            yield each, known.get(each, missing)

    def _feed(self, parameters: dict[str, str], is_doubtful: Callable[[Feed], bool]) -> Feed:
        def not_yet(page: Page) -> float | None:
            return self.seconds if page.status == 200 and is_doubtful(read_feed(page)) else None

        page = self.fetcher.fetch(f"{self.api}?{urlencode(parameters, safe=':,')}", not_yet=not_yet)
        feed = read_feed(page) if page.status in (200, 400) else None
        if feed is None or (page.status == 400 and not feed.error):
            raise FetchError(f"{self.api}: HTTP status {page.status}", page.status)
        return feed


def _is_empty_within(start: int, feed: Feed) -> bool:
    """Whether a page in the midst of a long list is empty: it is so now and then, and not the next time."""
    return not feed.papers and not feed.error and feed.total > start


def is_arxiv(url: str) -> bool:
    """Whether an address is one of arXiv's own hosts."""
    host = urlsplit(url).hostname or ""
    return host == "arxiv.org" or host.endswith(".arxiv.org")


def _parsed(page: Page) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    try:
        return etree.fromstring(page.content, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise FetchError(f"{page.url}: the answer is no XML ({str(error)[:100]})", page.status) from error


def read_feed(page: Page) -> Feed:
    """What an answer of the query API says. Raises FetchError."""
    root = _parsed(page)
    if root.tag != f"{_ATOM}feed":
        raise FetchError(f"{page.url}: the answer is no Atom feed", page.status)
    total, papers, error = root.findtext(_TOTAL, "0").strip(), list[Paper](), ""
    for entry in root.iterfind(f"{_ATOM}entry"):
        name = _words(entry, "id")
        if "/api/errors" in name:
            error = _words(entry, "summary") or "an error without words"
            continue
        named = _ABSTRACT.fullmatch(name)
        found = PAPER_ID.fullmatch(named.group(1)) if named else None
        if found:
            papers.append(_paper(entry, found.group(1), int(found.group(2) or 1)))
    return Feed(int(total) if total.isdecimal() else 0, papers, error)


def read_licence(page: Page) -> str | None:
    """The licence in a record of the OAI interface. Raises FetchError."""
    stated = next(_parsed(page).iter("{*}license"), None)
    return spdx((stated.text or "").strip()) if stated is not None else None


def _paper(entry: etree._Element, name: str, version: int) -> Paper:
    authors = tuple(_words(author, "name") for author in entry.iterfind(f"{_ATOM}author"))
    comment, abstract = " ".join(entry.findtext(f"{_ARXIV}comment", "").split()), _words(entry, "summary")
    opening = abstract[:200]
    said = next((text for text in (comment, opening) if _WITHDRAWN.search(text)), "")
    return Paper(name, version, _words(entry, "title"), authors, _words(entry, "updated"), said)


def _words(element: etree._Element, name: str) -> str:
    return " ".join(element.findtext(f"{_ATOM}{name}", "").split())


def spdx(url: str) -> str | None:
    """The SPDX identifier of a licence that arXiv offers; the address of any other."""
    if found := _CREATIVE.fullmatch(url):
        where, name, version = found.groups()
        return f"CC0-{version}" if where == "publicdomain" else f"CC-{name.upper()}-{version}"
    if "nonexclusive-distrib" in url:
        return "LicenseRef-arXiv-nonexclusive-distrib-1.0"
    return url or None
