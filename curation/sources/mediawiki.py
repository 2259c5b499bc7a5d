"""Pages of a wiki by the API of MediaWiki: Wikipedia, the wikis of Fandom, and any other.

robots.txt is not asked: that of Wikipedia closes `/w/` to crawlers, and programs are to use the API under its own etiquette
(https://www.mediawiki.org/wiki/API:Etiquette).
"""

from collections.abc import Iterator
from dataclasses import replace
from enum import StrEnum
from typing import Annotated, Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import Field, StringConstraints, field_validator, model_validator

from curation.sources.context import Context
from curation.sources.earlier import Fact
from curation.sources.fetch.fetcher import FetchError, open_fetcher
from curation.sources.item import Item
from curation.sources.request import Request
from curation.sources.source import NetworkSource, kind
from curation.sources.wiki.answers import ApiError
from curation.sources.wiki.api import BATCH, WikiApi, question
from curation.sources.wiki.changes import changed_since, find_gone
from curation.sources.wiki.lists import pages_of_category, pages_of_namespace, select_categories, select_namespaces
from curation.sources.wiki.pages import FACTS, Bounds, Listed, Selection
from curation.sources.wiki.site import SITE_INFO, Site, candidates, open_wiki
from curation.sources.wiki.texts import PARSE, REVISION, Texts
from curation.sources.wiki.titles import select_titles
from warehouse.errors import SourceError

Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1, max_length=300)]


class Text(StrEnum):
    """Which text of a page is captured."""

    RENDERED = "rendered"
    WIKITEXT = "wikitext"


class MediaWikiSource(NetworkSource):
    """Pages of a wiki by its API: by title, by category, or all of some namespaces."""

    kind: Literal["mediawiki"] = kind("Pages of a wiki by the API of MediaWiki: Wikipedia, Fandom, and any other.")
    wiki: str = Field(title="Wiki", description="Address of the wiki, such as https://en.wikipedia.org, or of its api.php.")
    titles: list[Name] = Field([], title="Titles", description="Pages by title; redirects are followed.")
    categories: list[Name] = Field([], title="Categories", description="All pages of these categories.")
    category_depth: int = Field(1, ge=0, le=10, title="Category depth", description="Levels of subcategories.")
    whole_wiki: bool = Field(False, title="Whole wiki", description="Every page of `namespaces` that is no redirect.")
    namespaces: list[int] = Field(
        [], title="Namespaces", description="Numbers of the namespaces that count; empty: those that the wiki calls content."
    )
    text: Text = Field(
        Text.RENDERED, title="Text", description="`rendered` as readers see it, with what templates say; `wikitext` as it was written."
    )
    max_pages: int = Field(10_000, ge=1, title="Most pages", description="More are not asked for, and a record says so.")

    @field_validator("wiki")
    @classmethod
    def _is_address(cls, address: str) -> str:
        parts = urlsplit(address)
        if "@" in parts.netloc:
            raise ValueError("holds a name or a password before an @; take it out")
        if parts.scheme not in ("http", "https") or not parts.netloc:
            raise ValueError(f"{address!r} is no address; it begins with https:// and a host")
        return address

    @model_validator(mode="after")
    def _selects(self) -> Self:
        if not (self.titles or self.categories or self.whole_wiki):
            raise ValueError("selects no page; name `titles` or `categories`, or say `whole_wiki = true`")
        return self

    @property
    def place(self) -> str:
        """The wiki: page numbers of another one are other pages."""
        return self.wiki

    def items(self, context: Context) -> Iterator[Item]:
        """Every page that is selected, by its id; then titles and categories that lead to no page, with the reason.

        Raises SourceError where the wiki cannot be had, or stops to answer.
        """
        try:
            with open_fetcher(self, context, robots=False) as fetcher:
                api, site = open_wiki(fetcher, self.wiki)
                yield from _captured(self, context, api, site)
        except SourceError as error:
            if not isinstance(error, FetchError | ApiError):
                raise SourceError(f"source {self.id}: {error}{context.way_out}") from error
            raise SourceError(f"source {self.id}: {self.wiki}: {error}.{context.way_out}") from error

    def first_requests(self) -> list[Request]:
        """What the wiki is, wherever its API may be, its first list, and the first text; NUMBER stands for a page that the list names."""
        place, *others = candidates(self.wiki)
        if self.text is Text.RENDERED:
            text = {**PARSE, "pageid": "NUMBER"}
        else:
            text = {"action": "query", **REVISION, "rvprop": "ids|timestamp|content", "pageids": "NUMBER"}
        return [
            Request(question(place, SITE_INFO), "what wiki it is, its licence and its clock"),
            *(Request(question(other, SITE_INFO), "the same, if there is no API before; then all else is asked here") for other in others),
            Request(question(place, {"action": "query", **self._first_list()}), "the first pages, with their revisions"),
            Request(question(place, text), "the text of the first page"),
        ]

    def _first_list(self) -> dict[str, str]:
        if self.titles:
            return {"titles": "|".join(sorted(set(self.titles))[:BATCH]), **FACTS}
        if self.categories:
            return pages_of_category(f"Category:{min(self.categories)}", self.category_depth > 0)
        return pages_of_namespace(min(self.namespaces, default=0))


def _captured(source: MediaWikiSource, context: Context, api: WikiApi, site: Site) -> Iterator[Item]:
    known = {int(fact.native_id): fact for fact in context.earlier.facts() if fact.native_id.isdecimal()}
    selection = _selected(source, context.memory, known, api, site)
    licence = site.licence if source.licence == "unknown" else None
    texts = Texts(api, site, source.text is Text.RENDERED, licence, int(source.max_page_megabytes * 1e6))
    fresh = {number for number, page in selection.pages.items() if not _is_unchanged(source, page, known.get(number))}
    fetched = texts.items(selection.pages[number] for number in sorted(fresh))
    for number in sorted(selection.pages.keys() | selection.kept | selection.gone.keys()):
        if number in selection.gone:
            yield Item.vanished(str(number), known[number].uri, selection.gone[number])
        elif number in fresh:
            yield next(fetched)
        elif item := context.earlier.item(str(number)):
            title = item.title or ""
            yield replace(item, uri=site.uri(title), licence=licence, attribution=site.attribution(title))
    yield from _refused(source, site, selection, known)
    context.memory.clear()
    if not selection.cut:
        context.memory.update(since=site.now, selected=_selected_by(source))


def _selected(source: MediaWikiSource, memory: dict[str, Any], known: dict[int, Fact], api: WikiApi, site: Site) -> Selection:
    """The pages that are selected, by what changed where that can be told, else by listing all."""
    namespaces = tuple(sorted(set(source.namespaces))) or site.content_namespaces
    since, same = memory.get("since"), memory.get("selected") == _selected_by(source)
    if isinstance(since, str) and same and not (source.titles or source.categories):
        changed = changed_since(api, since, site.now, known, namespaces)
        if changed is not None and len(changed.pages) + len(changed.kept) <= source.max_pages:
            return changed
    selection, bounds = Selection(), Bounds(namespaces, source.category_depth, source.max_pages)
    select_titles(api, source.titles, selection)
    select_categories(api, site, source.categories, bounds, selection)
    if source.whole_wiki and not selection.cut:
        select_namespaces(api, bounds, selection)
    for number in sorted(selection.pages)[source.max_pages :]:
        del selection.pages[number]
        selection.cut = True
    find_gone(api, known, selection, same)
    return selection


def _selected_by(source: MediaWikiSource) -> dict[str, Any]:
    """The settings that decide which pages a capture holds."""
    return source.model_dump(
        mode="json", include={"wiki", "text", "titles", "categories", "category_depth", "whole_wiki", "namespaces", "max_pages", "vanished"}
    )


def _is_unchanged(source: MediaWikiSource, page: Listed, fact: Fact | None) -> bool:
    wanted = (str(page.revision), page.title, page.media_type(source.text is Text.RENDERED))
    return fact is not None and fact.sha256 is not None and (fact.revision, fact.title, fact.media_type) == wanted


def _refused(source: MediaWikiSource, site: Site, selection: Selection, known: dict[int, Fact]) -> Iterator[Item]:
    """A failed item for what the recipe names and the wiki does not have; a page that is gone is on record already."""
    gone = {known[number].uri.lower() for number in selection.gone}
    for name in sorted(selection.refused):
        uri = site.uri(name.removeprefix("title:") if name.startswith("title:") else site.category(name.removeprefix("category:")))
        if uri.lower() not in gone:
            yield Item.failed(name, uri, f"{name.partition(':')[2]!r} {selection.refused[name]}")
    if selection.cut:
        why = f"there are more pages than max_pages ({source.max_pages:,}), and the others were not asked for; raise it, or select fewer"
        yield Item.failed("(beyond max_pages)", source.wiki, why)
