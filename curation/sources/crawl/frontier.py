"""The frontier of a crawl: which addresses are known, which come next, and what is not asked for."""

from collections.abc import Iterable, Iterator, Set
from dataclasses import dataclass, field

from curation.sources.crawl.scope import Scope
from curation.sources.crawl.tallies import Tallies
from curation.sources.crawl.traps import Traps
from curation.sources.crawl.url_forms import key
from curation.sources.item import Item

ROWS_OF_LIMIT = 100
"""Addresses beyond the most pages that have a row each; what is beyond shares one."""

MOST_KNOWN = 1_000_000
"""Addresses of one crawl, so that memory has an end."""

BEYOND_LIMIT = "not asked for: max_pages"
"""How the reason of an address begins for which there was no room."""


@dataclass
class Frontier:
    """Addresses by their keys, level by level. `named` are those that the recipe names itself.

    Of an earlier capture, `spellings` are kept, by key, and `owed` are the keys of pages that are still to be asked for: whether or
    not they are linked to, new addresses leave room for them.
    """

    scope: Scope
    max_pages: int
    tallies: Tallies
    spellings: dict[str, str]
    named: Set[str] = frozenset()
    owed: set[str] = field(default_factory=set)
    traps: Traps = field(default_factory=Traps)
    known: set[str] = field(default_factory=set)
    asked: int = 0
    _rows: int = 0

    def spelling(self, url: str) -> str:
        """The address under which the page of an address goes: as an earlier capture has it."""
        return self.spellings.get(key(url), url)

    def level(self, found: Iterable[str], always: bool = False) -> list[str]:
        """The addresses that are new, in order, and from now on known. `always`: the recipe or a list names them, so none is a trap."""
        admitted = []
        for url in sorted(found):
            if (always and self._is_new(url)) or (not always and self.admits(url)):
                self.add(url)
                admitted.append(self.spelling(url))
        return sorted(admitted)

    def admits(self, url: str) -> bool:
        """Whether a found address is new, and one to ask for. A trap is tallied."""
        if not self._is_new(url) or not self.scope.wants(url):
            return False
        trap = None if self.scope.vouches(url) else self.traps.trap(url)
        if trap is not None:
            self.tallies.add(f"trap {trap.pattern}", f"not asked for: it looks like a trap: {trap.reason}; see `not_traps`", url)
            return False
        if len(self.known) >= MOST_KNOWN:
            self.tallies.add("frontier", f"not asked for: more than {MOST_KNOWN} addresses were found", url)
            return False
        return True

    def add(self, url: str) -> None:
        """Makes an address known."""
        self.known.add(key(url))
        self.traps.admitted(url)

    def within_limit(self, urls: list[str], earlier: Iterable[str] = ()) -> list[str]:
        """The addresses that may still be asked for, in their order: those of the recipe and of before go before new ones."""
        self.owed.difference_update(map(key, urls))
        room = self.max_pages - self.asked
        if len(urls) + len(self.owed) > room:
            first = {*earlier, *(url for url in urls if key(url) in self.named)}
            chosen = set(sorted(url for url in urls if url in first)[:room])
            left = max(0, room - len(chosen) - len(self.owed))
            chosen |= set(sorted(url for url in urls if url not in first)[:left])
            urls = [url for url in urls if url in chosen]
        self.asked += len(urls)
        return urls

    def has_room(self, url: str) -> bool:
        """Whether one more address may be asked for."""
        return self.asked + len(self.owed - {key(url)}) < self.max_pages

    def beyond_limit(self, urls: Iterable[str]) -> Iterator[Item]:
        """Rows for addresses that are not asked for because there were too many."""
        reason = f"{BEYOND_LIMIT} ({self.max_pages}) reached"
        for url in urls:
            self._rows += 1
            if self._rows <= ROWS_OF_LIMIT:
                yield Item.failed(url, url, reason)
            else:
                self.tallies.add("max_pages", reason, url)

    def beyond_depth(self, found: Iterable[str], deepest: int) -> None:
        """Tallies the addresses that are new and lie too deep."""
        for url in sorted(found):
            if self.admits(url):
                self.tallies.add("max_depth", f"not asked for: max_depth ({deepest}) reached", url)

    def _is_new(self, url: str) -> bool:
        return key(url) not in self.known
