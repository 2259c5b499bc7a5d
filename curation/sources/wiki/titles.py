"""Titles that a recipe names, followed to pages: normalised, through redirects, and to where a page was moved."""

import unicodedata
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from urllib.parse import unquote

from curation.sources.wiki.answers import Interwiki, LogEntry, Page, Query, Renamed, read_list
from curation.sources.wiki.api import WikiApi
from curation.sources.wiki.pages import FACTS, Selection, why_no_page

MOVES = 3
"""Moves without a redirect, one after another, that a title is followed through."""

_LOG_ENTRIES = "20"


@dataclass
class Answered:
    """What a wiki said of some titles, by the names that it gives them."""

    renamed: dict[str, str] = field(default_factory=dict)
    redirects: dict[str, Renamed] = field(default_factory=dict)
    foreign: dict[str, str] = field(default_factory=dict)
    pages: dict[str, Page] = field(default_factory=dict)

    def add(self, query: Query) -> None:
        """Adds one answer. Raises ApiError where it is not understood."""
        for name in read_list(Renamed, query, "normalized"):
            self.renamed[unquote(name.source) if name.fromencoded else name.source] = name.to
        self.redirects |= {found.source: found for found in read_list(Renamed, query, "redirects")}
        self.foreign |= {found.title: found.iw for found in read_list(Interwiki, query, "interwiki")}
        self.pages |= {page.title: page for page in read_list(Page, query, "pages") if page.title}

    def of(self, title: str) -> Page | str:
        """The page that a title leads to, or why it leads to none."""
        name, seen = self.renamed.get(title, title), set[str]()
        name = self.renamed.get(name, name)
        while name in self.redirects:
            if name in seen:
                return "redirects in a circle"
            seen.add(name)
            step = self.redirects[name]
            if step.tointerwiki:
                return f"redirects to another wiki ({step.to})"
            name = step.to
        if name in self.foreign:
            return f"is a page of another wiki ({self.foreign[name]})"
        if name not in self.pages:
            return "is a title of which the wiki says nothing"
        page = self.pages[name]
        if seen and (why := why_no_page(page)):
            return f"redirects to {name!r}, which {why}"
        return page


def select_titles(api: WikiApi, titles: Iterable[str], selection: Selection) -> None:
    """Adds the pages that titles lead to, and for each title that leads to none the reason.

    A redirect is added as well as its target. A page that was moved without leaving one is found by the log.
    Raises FetchError and ApiError.
    """
    wanted: dict[str, list[str]] = {}
    for title in titles:
        if "|" in title:
            _refuse(selection, [title], "is no title: it has a | in it")
        else:
            wanted.setdefault(unicodedata.normalize("NFC", title), []).append(title)
    for _ in range(MOVES + 1):
        wanted = _follow(api, wanted, selection)
    for target, names in wanted.items():
        _refuse(selection, names, f"was moved again and again, last to {target!r}; name it by the title that it has now")


def answered(api: WikiApi, titles: Iterable[str], settings: Mapping[str, str]) -> Answered:
    """What a wiki says of titles."""
    found = Answered()
    for query in api.query_each("titles", sorted(titles), settings):
        found.add(query)
    return found


def _follow(api: WikiApi, wanted: dict[str, list[str]], selection: Selection) -> dict[str, list[str]]:
    """Adds what some titles lead to; gives those to which pages were moved that are not there any more."""
    if not wanted:
        return {}
    first = answered(api, wanted, FACTS)
    redirects = [name for name in wanted if isinstance(page := first.of(name), Page) and page.redirect]
    led = answered(api, redirects, {**FACTS, "redirects": "1"}) if redirects else Answered()
    moved: dict[str, list[str]] = {}
    for name, titles in wanted.items():
        page = first.of(name)
        if isinstance(page, Page) and page.redirect:
            selection.add([page])
            page = led.of(page.title)
        if isinstance(page, str):
            _refuse(selection, titles, page)
        elif (why := why_no_page(page)) is None:
            selection.add([page])
        elif page.missing and (entry := _last_fate(api, page.title)):
            if entry.target:
                moved.setdefault(entry.target, []).extend(titles)
            else:
                _refuse(selection, titles, "was deleted")
        else:
            _refuse(selection, titles, why)
    return moved


def _last_fate(api: WikiApi, title: str) -> LogEntry | None:
    """The last move or deletion of a page that is missing, by the log; None where the log has neither."""
    asked = {"action": "query", "list": "logevents", "letitle": title, "leprop": "title|type|details", "lelimit": _LOG_ENTRIES}
    for entry in read_list(LogEntry, api.ask(asked).get("query", {}), "logevents"):
        if (entry.type == "move" and entry.target) or (entry.type == "delete" and entry.action == "delete"):
            return entry
    return None


def _refuse(selection: Selection, titles: Iterable[str], why: str) -> None:
    for title in titles:
        selection.refused[f"title:{title}"] = why
