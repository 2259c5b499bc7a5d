"""What a crawl leaves for the next one of the same source."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from curation.sources.crawl.sitemaps import moment
from curation.sources.earlier import Earlier, Fact


@dataclass
class Notes:
    """What a crawl leaves for the next one beside its items, by address: where redirects led, what page is the canonical one,
    whose header forbids to follow links, and the lastmod of sitemaps where they are trusted."""

    moved: dict[str, str] = field(default_factory=dict)
    canonical: dict[str, str] = field(default_factory=dict)
    not_followed: dict[str, str] = field(default_factory=dict)
    lastmod: dict[str, str] = field(default_factory=dict)

    @classmethod
    def of(cls, memory: Mapping[str, Any]) -> "Notes":
        """The notes in what an earlier capture left."""
        return cls(**{name: dict(memory.get(name, {})) for name in cls.__dataclass_fields__})

    def fact(self, url: str, earlier: Earlier) -> Fact | None:
        """What is known of an address from that capture: of its page, or of the page that it led to."""
        fact = earlier.fact(url)
        there = fact is not None and fact.sha256 is not None and fact.gone is None
        own = url if there or url in self.canonical else self.moved.get(url, url)
        fact = earlier.fact(own)
        if fact is not None and fact.sha256 is None and own in self.canonical:
            return replace(fact, sha256="")  # its own content was not kept, but a server can be asked whether it changed
        return fact

    def is_newest(self, url: str, stated: str, earlier: Earlier) -> bool:
        """Whether a page has not changed since that capture, by the time that its sitemap states."""
        fact, time = earlier.fact(url), moment(stated)
        if fact is None or fact.sha256 is None or fact.gone is not None or time is None:
            return False
        known = [moment(text) for text in (self.lastmod.get(url), fact.modified) if text]
        return any(time <= each for each in known if each)
