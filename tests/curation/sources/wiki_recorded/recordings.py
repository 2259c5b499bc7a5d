"""Recorded answers of real wikis, and how they are read."""

import json
from typing import Any

from wiki_server import RECORDED, RecordedWiki

from curation.document import Captured
from curation.domains import Domain
from curation.extract.registry import extract
from curation.sources.fetch.fetcher import Page as Response
from curation.sources.wiki.answers import Page, read_list
from curation.sources.wiki.api import WikiApi

Opened = tuple[WikiApi, RecordedWiki]


def params(number: int) -> dict[str, str]:
    """The question of a recording."""
    index = json.loads((RECORDED / "index.json").read_text())
    return {name: value for name, value in index[number - 1]["params"].items() if name not in ("format", "formatversion")}


def recorded(number: int) -> Response:
    """A recording as the response to a question."""
    entry = json.loads((RECORDED / "index.json").read_text())[number - 1]
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    return Response("", "", entry["status"], headers, (RECORDED / entry["file"]).read_bytes())


def query(api: WikiApi, number: int) -> dict[str, Any]:
    found: dict[str, Any] = api.ask(params(number))["query"]
    return found


def pages(api: WikiApi, number: int) -> dict[str, Page]:
    return {page.title: page for page in read_list(Page, query(api, number), "pages")}


def text_of(content: str) -> str:
    return extract(Captured(content.encode(), "application/x-mediawiki-parse+html", "utf-8", "1", "u", "T", Domain.WIKI)).text
