"""What is known of a site from before: the earlier capture, what it left for this one, and what sitemaps say has changed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace

from curation.sources.crawl.frontier import BEYOND_LIMIT
from curation.sources.crawl.notes import Notes
from curation.sources.crawl.sitemaps import moment
from curation.sources.crawl.url_forms import key
from curation.sources.earlier import Earlier, Fact
from curation.sources.item import Item


@dataclass(frozen=True)
class Known:
    """The earlier capture of a site. `lastmod`: by the key of an address; empty where it is not trusted."""

    earlier: Earlier
    notes: Notes
    lastmod: Mapping[str, str]

    def had(self, url: str) -> bool:
        """Whether a page was captured."""
        fact = self.earlier.fact(url)
        return fact is not None and fact.sha256 is not None

    def was_asked(self, url: str) -> bool:
        """Whether an address was asked for, whatever came of it."""
        fact = self.earlier.fact(url)
        return url in self.notes.moved or (fact is not None and not (fact.error or "").startswith(BEYOND_LIMIT))

    def pages(self, kept: bool = True) -> Iterator[str]:
        """The address of every page that was captured; those that were kept although gone if they are wanted."""
        for fact in self.earlier.facts():
            is_page = fact.sha256 is not None and fact.native_id.startswith(("http://", "https://"))
            if is_page and (kept or fact.gone is None):
                yield fact.native_id

    def item(self, url: str) -> Item | None:
        """A page as it was captured."""
        return self.earlier.item(url)

    def standing(self, url: str) -> Item | None:
        """A page as it was captured, where nobody could look; one that was kept although gone is still gone."""
        return self.earlier.standing(url)

    def fact(self, url: str) -> Fact | None:
        """What there was at an address: of a page, or of the reason why there was none."""
        return self.earlier.fact(url)

    def fact_to_ask_by(self, url: str) -> Fact | None:
        """What is known of an address for a conditional request: of its page, or of the page that it led to."""
        fact = self.earlier.fact(url)
        there = fact is not None and fact.sha256 is not None and fact.gone is None
        own = url if there or url in self.notes.canonical else self.notes.moved.get(url, url)
        fact = self.earlier.fact(own)
        if fact is not None and fact.sha256 is None and own in self.notes.canonical:
            return replace(fact, sha256="")  # its own content was not kept, but a server can be asked whether it changed
        return fact

    def is_at_hand(self, url: str) -> bool:
        """Whether the sitemap says that a page has not changed since it was captured."""
        stated = moment(self.lastmod.get(key(url), "")) if self.lastmod else None
        fact = self.earlier.fact(url)
        if fact is None or fact.sha256 is None or fact.gone is not None or stated is None:
            return False
        known = [moment(text) for text in (self.notes.lastmod.get(url), fact.modified) if text]
        return any(stated <= time for time in known if time)
