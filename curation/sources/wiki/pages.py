"""What a page of a wiki is: what a list says of it, what kind of text it holds, and how pages are looked up."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from sys import intern

from curation.sources.media import WIKI_RENDERED, WIKITEXT
from curation.sources.wiki.answers import Page, read_list
from curation.sources.wiki.api import WikiApi

FACTS = {"prop": "info|pageprops", "ppprop": "disambiguation"}
"""What is asked of pages in a list: revision, redirect or not, content model, disambiguation or not."""

DISAMBIGUATION = "; page=disambiguation"
"""Parameter of a media type: the wiki says that the page only lists pages of the same name."""


@dataclass(frozen=True)
class Bounds:
    """How far a selection goes."""

    namespaces: tuple[int, ...]  # those that count
    depth: int  # levels of subcategories
    most: int  # pages


@dataclass(frozen=True, slots=True)
class Listed:
    """A page as a list names it: little, since a wiki may have a million of them."""

    number: int
    title: str
    revision: int
    model: str  # what its content is; almost always wikitext
    redirect: bool
    disambiguation: bool

    @classmethod
    def of(cls, page: Page) -> "Listed":
        """What is kept of an answer about a page."""
        return cls(page.pageid, page.title, page.lastrevid, intern(page.contentmodel), page.redirect, page.is_disambiguation)

    @property
    def is_article(self) -> bool:
        """Whether it is text that can be rendered: not a redirect, a module, a stylesheet or data."""
        return not self.redirect and self.model == "wikitext"

    def media_type(self, rendered: bool) -> str:
        """Its media type as it is captured.

        Pages that are no articles are captured as their source, so that what they are is on record: a redirect as wikitext,
        which extraction drops with its target, and other content models under a type of their own.
        """
        if self.redirect:
            return WIKITEXT
        if self.model != "wikitext":
            return f"application/x-mediawiki-{self.model.lower()}"
        return (WIKI_RENDERED if rendered else WIKITEXT) + (DISAMBIGUATION if self.disambiguation else "")


@dataclass
class Selection:
    """The pages that a recipe selects, as a wiki has them now.

    `pages` by id; `kept` are ids of pages that are as they were captured before; `gone` says of ids that were captured
    before how the selection has lost them; `refused` says of titles and categories why there is no page. `cut` is set where
    there are more pages than the recipe wants.
    """

    pages: dict[int, Listed] = field(default_factory=dict)
    kept: set[int] = field(default_factory=set)
    gone: dict[int, str] = field(default_factory=dict)
    refused: dict[str, str] = field(default_factory=dict)
    cut: bool = False

    def add(self, pages: Iterable[Page]) -> None:
        """Selects pages."""
        self.pages |= {page.pageid: Listed.of(page) for page in pages}


def look_up_ids(api: WikiApi, ids: Iterable[int]) -> Iterator[Page]:
    """What a wiki says of pages by id."""
    return _look_up(api, "pageids", map(str, sorted(set(ids))))


def look_up_titles(api: WikiApi, titles: Iterable[str]) -> Iterator[Page]:
    """What a wiki says of pages by title, redirects not followed."""
    return _look_up(api, "titles", sorted(set(titles)))


def _look_up(api: WikiApi, name: str, values: Iterable[str]) -> Iterator[Page]:
    for query in api.query_each(name, list(values), FACTS):
        yield from read_list(Page, query, "pages")


def why_no_page(page: Page) -> str | None:
    """Why a title leads to no page; None where it does."""
    if page.invalid:
        return f"is no title: {page.invalidreason or 'the wiki says that it is invalid'}"
    if page.special or page.ns < 0:
        return "is a special page, which the wiki makes when it is asked for"
    if page.missing or not page.pageid:
        return "does not exist"
    return None
