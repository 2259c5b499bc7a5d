"""Papers: of arXiv by id, query or listing, and of folders and archives on this machine."""

import zlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, field_validator, model_validator

from curation.extract.latex_source import MEDIA_TYPE
from curation.sources.arxiv import BATCH, LEAST_DELAY, PAPER_ID, Arxiv, Missing, Paper, is_arxiv
from curation.sources.context import Context
from curation.sources.fetch.fetcher import Fetcher, FetchError, open_fetcher
from curation.sources.files import FilesSource
from curation.sources.item import Item
from curation.sources.local_papers import local_items
from curation.sources.request import Request
from curation.sources.source import NetworkSource, kind
from warehouse.errors import SourceError

NO_SOURCE = "arXiv has no LaTeX source of it"
"""How the reasons begin for which another version is needed: the same version has them for ever."""

_SORT = {"relevance": "relevance", "submitted": "submittedDate", "updated": "lastUpdatedDate"}


class PapersSource(NetworkSource):
    """Papers of arXiv as LaTeX source or HTML, at arXiv's pace; or JATS, LaTeX and HTML files on this machine, by `path`."""

    kind: Literal["papers"] = kind("Papers of arXiv, or of a folder: LaTeX, HTML, JATS.")
    ids: list[str] = Field([], title="Papers", description="arXiv identifiers; with a version, as 1706.03762v5, that one for ever.")
    query: str = Field("", title="Query", description="A search in arXiv's own syntax.")
    listing: list[str] = Field([], title="Listing", description="Subjects, as cs.CL, of which the newest papers are wanted.")
    max_papers: int = Field(100, ge=1, le=30_000, title="Most papers", description="Of what the query finds, and of the listing.")
    sort: Literal["relevance", "submitted", "updated"] = Field("relevance", title="Sort", description="Which papers a query gives first.")
    content: Literal["source", "html"] = Field("source", title="Content", description="The LaTeX source, or arXiv's HTML of it.")
    licences: bool = Field(True, title="Licences", description="Whether arXiv is asked for the licence of each paper, at one request each.")
    path: str = Field(
        "", title="Path", description="In place of arXiv: a file, folder, archive or pattern, relative to the recipe's folder."
    )
    include: list[str] = Field([], title="Include", description="Of a path, only files that match one of these patterns.")
    exclude: list[str] = Field([], title="Exclude", description="Of a path, no file that matches one of these patterns.")
    api: str = Field("https://export.arxiv.org/api/query", pattern="^https?://[^@]+$", title="API", description="Address of the query API.")
    oai: str = Field("https://oaipmh.arxiv.org/oai", pattern="^https?://[^@]+$", title="OAI", description="Address that knows licences.")
    site: str = Field(
        "https://export.arxiv.org", pattern="^https?://[^@]+$", title="Site", description="Address below which the papers themselves are."
    )
    delay_seconds: float = Field(
        LEAST_DELAY, ge=0, le=3600, title="Delay", description="Least time between two requests; for arXiv at least 3."
    )
    max_page_megabytes: float = Field(64.0, gt=0, le=1024, title="Largest paper", description="A larger one is recorded as failed.")

    @field_validator("ids")
    @classmethod
    def _are_ids(cls, ids: list[str]) -> list[str]:
        for each in ids:
            if not PAPER_ID.fullmatch(each):
                raise ValueError(f"{each!r} is no identifier of arXiv; they look like 1706.03762, 1706.03762v5 or hep-th/9901001")
        return ids

    @model_validator(mode="after")
    def _has_one_origin(self) -> Self:
        if bool(self.ids or self.query or self.listing) == bool(self.path):
            raise ValueError("say `ids`, `query` or `listing`, or else `path`")
        return self

    @property
    def is_remote(self) -> bool:
        """Unless they are on this machine."""
        return not self.path

    @property
    def pace_seconds(self) -> float:
        """Least time between two requests."""
        asked = any(map(is_arxiv, (self.api, self.oai, self.site)))
        return max(self.delay_seconds, LEAST_DELAY) if asked else self.delay_seconds

    @property
    def together(self) -> str:
        """All hosts of arXiv: its terms are for them as a whole, and allow one connection."""
        asked = (self.api, self.oai, self.site)
        return "arxiv" if any(map(is_arxiv, asked)) else " ".join(sorted({urlsplit(url).netloc for url in asked}))

    @property
    def queries(self) -> list[tuple[str, str]]:
        """What is searched for, each with arXiv's word for the order."""
        subjects = " OR ".join(f"cat:{subject}" for subject in self.listing)
        return [each for each in ((self.query, _SORT[self.sort]), (subjects, _SORT["submitted"])) if each[0]]

    def fingerprint(self, folder: Path) -> str:
        """Digest of every byte below the path."""
        return self.files().fingerprint(folder) if self.path else ""

    def files(self) -> FilesSource:
        """The path as a source of files."""
        return FilesSource(
            kind="files", id=self.id, domain=self.domain, licence=self.licence, path=self.path, include=self.include, exclude=self.exclude
        )

    def items(self, context: Context) -> Iterator[Item]:
        """One item per paper, by id."""
        return local_items(self.files(), context) if self.path else items(self, context)

    def first_requests(self) -> list[Request]:
        """The list of papers, and the first of them if it is named."""
        if self.path:
            return []
        if not self.queries:
            first = sorted(self.ids)[0]
            asked = f"{self.api}?id_list={','.join(sorted(self.ids)[:BATCH])}&start=0&max_results={min(BATCH, len(self.ids))}"
            return [Request(asked, "what arXiv knows of the papers"), Request(_address(self, first), "the first paper")]
        query, sort = self.queries[0]
        asked = f"{self.api}?search_query={query.replace(' ', '+')}&start=0&max_results={min(BATCH, self.max_papers)}"
        return [Request(f"{asked}&sortBy={sort}&sortOrder=descending", "which papers there are")]


def items(source: PapersSource, context: Context) -> Iterator[Item]:
    """One item per paper, by id; what cannot be had, is withdrawn or absent, says why.

    Raises SourceError where the list of papers cannot be had: without it nobody knows what is gone.
    """
    paced = source.model_copy(update={"delay_seconds": source.pace_seconds})
    with open_fetcher(paced, context, robots=False) as fetcher:
        arxiv = Arxiv(fetcher, source.api, source.oai, source.pace_seconds)
        try:
            papers, found = _wanted(source, context, arxiv)
        except SourceError as error:
            raise SourceError(
                f"source {source.id}: {error}. Check the network, `query` and `ids`, and try again.{context.way_out}"
            ) from error
        reader = _Reader(source, context, fetcher, arxiv)
        for name in sorted(papers):
            yield reader.item(name, papers[name])
    context.memory.clear()
    context.memory.update(found=found, max_papers=source.max_papers)


def _wanted(source: PapersSource, context: Context, arxiv: Arxiv) -> tuple[dict[str, Paper | Missing], dict[str, list[str]]]:
    """Every wanted paper by its native id, or what arXiv says in its place; and the papers of each query.

    A query gives some papers of many, such as the newest. One that an earlier capture has, or could not have at the time, and
    that is not among them now is asked for by its id: only arXiv's word on itself says that it is gone. Of what the recipe
    queries no more nothing is asked.
    """
    papers: dict[str, Paper | Missing] = dict(arxiv.by_id(sorted(set(source.ids))))
    found: dict[str, list[str]] = {}
    before = context.memory.get("found", {}) if context.memory.get("max_papers", 0) <= source.max_papers else {}
    for query, sort in source.queries:
        here = {paper.id: paper for paper in arxiv.found(query, sort, source.max_papers)}
        papers |= here
        key = f"{sort} {query}"
        had = (name for name in before.get(key, []) if (fact := context.earlier.fact(name)) and (fact.sha256 or fact.error))
        found[key] = sorted({*here, *had})
    outside = {name for names in found.values() for name in names} - papers.keys()
    return papers | dict(arxiv.by_id(sorted(outside))), found


@dataclass
class _Reader:
    """Reads papers one by one."""

    source: PapersSource
    context: Context
    fetcher: Fetcher
    arxiv: Arxiv

    def item(self, name: str, paper: Paper | Missing) -> Item:
        fact = self.context.earlier.fact(name)
        uri = f"https://arxiv.org/abs/{name if isinstance(paper, Missing) else paper.named}"
        known = fact is not None and bool(fact.sha256 or fact.gone)
        if isinstance(paper, Missing):
            gone = known and paper.absent
            return Item.vanished(name, uri, paper.words) if gone else Item.failed(name, uri, paper.words, transient=not paper.absent)
        if paper.withdrawn:
            why = f"is withdrawn: {paper.withdrawn}"
            return Item.vanished(name, uri, why) if known else Item.failed(name, uri, why)
        if fact is not None and fact.revision == f"v{paper.version}":
            if fact.error and fact.error.startswith(NO_SOURCE) and self.source.content == "source":
                return self._failed(name, uri, paper, fact.error)
            if fact.media_type == self._media_type and (earlier := self.context.earlier.item(name)) is not None:
                return earlier
        return self._fetched(name, uri, paper)

    @property
    def _media_type(self) -> str:
        return MEDIA_TYPE if self.source.content == "source" else "text/html"

    def _fetched(self, name: str, uri: str, paper: Paper) -> Item:
        try:
            page = self.fetcher.fetch(_address(self.source, paper.named))
            licence = self._licence(paper)
        except FetchError as error:
            return replace(self._failed(name, uri, paper, str(error)), transient=error.transient)
        if page.status != 200:
            what = "HTML of it" if self.source.content == "html" else "source of it that it gives"
            return self._failed(name, uri, paper, f"arXiv has no {what} (HTTP status {page.status})")
        if self.source.content == "source" and (why := _no_source(page.content)):
            return self._failed(name, uri, paper, why)
        return Item(
            name,
            uri,
            page.content,
            self._media_type,
            title=paper.title or None,
            revision=f"v{paper.version}",
            modified=paper.updated or None,
            etag=page.headers.get("etag"),
            licence=licence,
            attribution=", ".join(paper.authors) or None,
        )

    def _licence(self, paper: Paper) -> str | None:
        if not self.source.licences:
            return None
        try:
            return self.arxiv.licence(paper.id)
        except FetchError as error:
            if error.transient:  # as "unknown" it would stay until the paper's next version
                raise
            # a paper without a word on its licence is under the recipe's, which is unknown unless somebody knows better
            return None

    def _failed(self, name: str, uri: str, paper: Paper, why: str) -> Item:
        return replace(Item.failed(name, uri, why), revision=f"v{paper.version}", title=paper.title or None)


def _address(source: PapersSource, named: str) -> str:
    return f"{source.site.rstrip('/')}/{'e-print' if source.content == 'source' else 'html'}/{named}"


def _no_source(content: bytes) -> str:
    """Why what arXiv gives for a source is none; nothing where it is one (https://info.arxiv.org/help/mimetypes.html)."""
    head = content[:1024]
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(31).decompress(content[:65_536], 1024)
        except zlib.error as error:
            return f"the source that arXiv gives is damaged: {error}"
    for mark, what in ((b"%PDF", "only a PDF"), (b"%!", "only PostScript"), (b"<", "a page of HTML in its place")):
        if head.lstrip().startswith(mark):
            return f"{NO_SOURCE}, {what}"
    return "" if head.strip() else f"{NO_SOURCE}: what it gives is empty"
