"""A small arXiv on the loopback interface: answers of the form that its manual describes, about papers that do not exist."""

import gzip
import io
import tarfile
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from urllib.parse import parse_qs, urlsplit
from xml.sax.saxutils import escape

from small_site import Answer, Site

_FEED = """<?xml version="1.0" encoding="UTF-8"?>
<feed xmlns="http://www.w3.org/2005/Atom" xmlns:opensearch="http://a9.com/-/spec/opensearch/1.1/" xmlns:arxiv="http://arxiv.org/schemas/atom">
  <title type="html">ArXiv Query</title>
  <id>http://arxiv.org/api/x</id>
  <updated>2024-05-01T00:00:00-04:00</updated>
  <opensearch:totalResults>{total}</opensearch:totalResults>
  <opensearch:startIndex>{start}</opensearch:startIndex>
  <opensearch:itemsPerPage>{size}</opensearch:itemsPerPage>
{entries}
</feed>
"""
_ENTRY = """  <entry>
    <id>http://arxiv.org/abs/{id}v{version}</id>
    <updated>2024-04-0{version}T10:00:00Z</updated>
    <published>2024-04-01T10:00:00Z</published>
    <title>{title}</title>
    <summary>  {abstract}</summary>
    <author><name>A. Author</name></author>
    <author><name>B. Writer</name></author>
    <arxiv:comment>{comment}</arxiv:comment>
    <link href="http://arxiv.org/abs/{id}v{version}" rel="alternate" type="text/html"/>
    <category term="cs.CL" scheme="http://arxiv.org/schemas/atom"/>
  </entry>"""
_ERROR = """  <entry>
    <id>http://arxiv.org/api/errors#incorrect_id_format_for_{id}</id>
    <title>Error</title>
    <summary>incorrect id format for {id}</summary>
    <author><name>arXiv api core</name></author>
  </entry>"""
_RECORD = """<?xml version="1.0" encoding="UTF-8"?>
<OAI-PMH xmlns="http://www.openarchives.org/OAI/2.0/"><GetRecord><record><metadata>
<arXiv xmlns="http://arxiv.org/OAI/arXiv/"><id>{id}</id><title>x</title>{licence}</arXiv>
</metadata></record></GetRecord></OAI-PMH>
"""
TEX = r"""\documentclass{article}
\title{On %s}
\begin{document}
\section{Introduction}
This paper is about %s and nothing else.
\end{document}
"""


@dataclass
class Paper:
    """One paper and everything that this arXiv gives of it."""

    id: str
    version: int = 1
    title: str = "On things"
    abstract: str = "We study things."
    comment: str = "12 pages"
    licence: str = "http://creativecommons.org/licenses/by/4.0/"
    source: bytes | None = None
    html: bytes | None = None


@dataclass
class Arxiv(Site):
    """A site that answers as the query API, the OAI interface and the site of arXiv do."""

    papers: list[Paper] = field(default_factory=list)
    malformed: set[str] = field(default_factory=set)
    empty_first: bool = False  # the first answer in the midst of a list is empty
    hidden_once: set[str] = field(default_factory=set)  # ids that the next answer lacks
    times: list[float] = field(default_factory=list)

    def answer(self, path: str) -> Answer:
        self.times.append(time.monotonic())
        parts = urlsplit(path)
        asked = {name: values[0] for name, values in parse_qs(parts.query).items()}
        if parts.path == "/api/query":
            return self._query(asked)
        if parts.path == "/oai":
            return self._record(asked["identifier"].removeprefix("oai:arXiv.org:"))
        kind, _, name = parts.path.strip("/").partition("/")
        for paper in self.papers:
            content = paper.source if kind == "e-print" else paper.html
            if name == f"{paper.id}v{paper.version}" and content is not None:
                return Answer(content, headers={"Content-Type": "application/gzip" if kind == "e-print" else "text/html"})
        return Answer("not found", 404)

    def _query(self, asked: Mapping[str, str]) -> Answer:
        start, size = int(asked["start"]), int(asked["max_results"])
        if ids := asked.get("id_list"):
            bad = [each for each in ids.split(",") if each in self.malformed]
            if bad:
                return _xml(_FEED.format(total=1, start=0, size=1, entries=_ERROR.format(id=bad[0])))
            found = [paper for each in ids.split(",") for paper in self.papers if each in (paper.id, f"{paper.id}v{paper.version}")]
        else:
            found = self.papers
        found, self.hidden_once = [paper for paper in found if paper.id not in self.hidden_once], set()
        page = found[start : start + size]
        if start and self.empty_first:
            self.empty_first, page = False, []
        entries = "\n".join(
            _ENTRY.format(id=p.id, version=p.version, title=escape(p.title), abstract=escape(p.abstract), comment=escape(p.comment))
            for p in page
        )
        return _xml(_FEED.format(total=len(found), start=start, size=size, entries=entries))

    def _record(self, name: str) -> Answer:
        paper = next(paper for paper in self.papers if paper.id == name)
        return _xml(_RECORD.format(id=name, licence=f"<license>{paper.licence}</license>" if paper.licence else ""))


def _xml(text: str) -> Answer:
    return Answer(text, headers={"Content-Type": "application/atom+xml; charset=UTF-8"})


def one_file(about: str) -> bytes:
    """A source of a single file, as arXiv gives it: gzipped."""
    return gzip.compress((TEX % (about, about)).encode(), mtime=0)


def many_files(files: Mapping[str, str | bytes], zipped: bool = True) -> bytes:
    """A source of many files: a tar, gzipped."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, content in files.items():
            raw = content.encode() if isinstance(content, str) else content
            info = tarfile.TarInfo(name)
            info.size = len(raw)
            archive.addfile(info, io.BytesIO(raw))
    return gzip.compress(buffer.getvalue(), mtime=0) if zipped else buffer.getvalue()
