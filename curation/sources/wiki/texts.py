"""The texts of a wiki's pages: rendered as readers see them, or as the wikitext that their authors wrote."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from itertools import islice

from curation.sources.fetch.fetcher import FetchError
from curation.sources.item import Item
from curation.sources.wiki.answers import ApiError, Page, Rendered, read, read_list
from curation.sources.wiki.api import BATCH, WikiApi
from curation.sources.wiki.pages import Listed
from curation.sources.wiki.site import Site
from warehouse.errors import SourceError

FAILURES = 5
"""Pages one after another that could not be had, after which a wiki counts as down."""

REVISION = {"prop": "info|revisions", "rvslots": "main"}
"""The question for latest revisions, but for what of them is wanted."""

PARSE = {"action": "parse", "prop": "text|revid", "disableeditsection": "1", "disabletoc": "1", "disablelimitreport": "1"}
"""The question for a page as readers see it, without edit links, contents and the parser's own comments."""

_DELETED = frozenset({"missingtitle", "nosuchpageid"})


@dataclass
class Texts:
    """Fetches the texts of one wiki."""

    api: WikiApi
    site: Site
    rendered: bool
    licence: str | None  # None: the recipe's
    largest: int  # bytes of one page

    def items(self, pages: Iterable[Listed]) -> Iterator[Item]:
        """An item for each page, in the order of the pages; a page without a text is a failed item, a deleted one is gone.

        Raises FetchError and ApiError where the wiki refuses, and SourceError where it seems to be down.
        """
        rest, failures = iter(pages), 0
        while group := list(islice(rest, BATCH)):
            shown = [page for page in group if self.rendered and page.is_article]
            dates = self._revisions(shown, "ids|timestamp")
            sources = self._revisions([page for page in group if page not in shown], "ids|timestamp|content")
            for page in group:
                if page.number in sources:
                    yield self._source(page, sources[page.number])
                    continue
                item, failed = self._shown(page, dates[page.number])
                failures = failures + 1 if failed else 0
                if failures == FAILURES:
                    raise SourceError(f"{FAILURES} pages one after another could not be had, the last: {item.error}. Try again later.")
                yield item

    def _revisions(self, pages: list[Listed], properties: str) -> dict[int, Page]:
        """What the wiki says of the latest revisions of pages, by id; a page of which it says nothing as missing.

        Where an answer would be too large, a wiki leaves out the texts of some pages: these are asked for one by one.
        """
        asked = {**REVISION, "rvprop": properties}
        found = {page.number: Page(pageid=page.number, missing=True) for page in pages}
        names = [str(number) for number in found]
        for query in self.api.query_each("pageids", names, asked):
            found |= {page.pageid: page for page in read_list(Page, query, "pages") if page.pageid in found}
        cut = [number for number, page in found.items() if not (page.missing or page.revisions)] if len(found) > 1 else []
        for number in cut:
            for query in self.api.query({**asked, "pageids": str(number)}):
                found |= {page.pageid: page for page in read_list(Page, query, "pages") if page.pageid == number}
        return found

    def _source(self, listed: Listed, page: Page) -> Item:
        """A page as its source."""
        native, uri = str(listed.number), self.site.uri(page.title or listed.title)
        if page.missing:
            return _deleted(native, uri)
        revision = page.revisions[-1] if page.revisions else None
        if revision is None or revision.main.content is None:
            hidden = revision is not None and (revision.texthidden or revision.main.texthidden)
            lost = revision is not None and revision.main.textmissing
            why = "is hidden by an administrator" if hidden else "is lost" if lost else "is more than the wiki gives in one answer"
            return Item.failed(native, uri, f"the text of revision {revision.revid if revision else page.lastrevid} {why}")
        now = replace(Listed.of(page), disambiguation=listed.disambiguation, revision=revision.revid)
        return self._item(now, revision.main.content, now.media_type(rendered=False), revision.timestamp)

    def _shown(self, listed: Listed, now: Page) -> tuple[Item, bool]:
        """A page as readers see it, and whether the wiki did not answer."""
        native, uri = str(listed.number), self.site.uri(listed.title)
        if now.missing:
            return _deleted(native, uri), False
        try:
            shown = read(Rendered, self.api.ask({**PARSE, "pageid": native}, largest=0).get("parse"))
        except FetchError as error:
            return Item.failed(native, uri, str(error), error.transient), error.transient
        except ApiError as error:
            return _deleted(native, uri) if error.code in _DELETED else Item.failed(native, uri, str(error)), False
        date = next((revision.timestamp for revision in now.revisions if revision.revid == shown.revid), None)
        seen = replace(listed, title=shown.title, revision=shown.revid)
        return self._item(seen, shown.text, seen.media_type(rendered=True), date), False

    def _item(self, page: Listed, text: str, kind: str, date: str | None) -> Item:
        native, uri, content = str(page.number), self.site.uri(page.title), text.encode()
        if len(content) > self.largest:
            return Item.failed(native, uri, f"larger than max_page_megabytes ({self.largest / 1e6:g})")
        return Item(
            native_id=native,
            uri=uri,
            content=content,
            media_type=kind,
            title=page.title,
            revision=str(page.revision),
            charset="utf-8",
            modified=date,
            licence=self.licence,
            attribution=self.site.attribution(page.title),
        )


def _deleted(native: str, uri: str) -> Item:
    return Item.vanished(native, uri, "the wiki deleted it while it was captured")
