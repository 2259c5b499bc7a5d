"""Tallies: addresses that were found and not asked for, counted and with examples, so that a million of them make one row."""

from dataclasses import dataclass, field
from hashlib import blake2b

from curation.sources.crawl.url_forms import shown
from curation.sources.item import Item

EXAMPLES = 5
"""Addresses that a row names."""

MOST_REMEMBERED = 10_000
"""Addresses of one reason that are told apart; beyond, the count says `more than`."""

MOST_REASONS = 100
"""Rows of one capture; what has other reasons goes into one row together."""

_OTHERS = ("other", "not asked for: other addresses, of too many kinds to tell apart")


@dataclass
class Tally:
    """The addresses of one reason."""

    reason: str
    seen: set[bytes] = field(default_factory=set)
    examples: list[str] = field(default_factory=list)
    is_more: bool = False

    def add(self, url: str) -> None:
        """Counts an address, once."""
        mark = blake2b(url.encode("utf-8", "backslashreplace"), digest_size=8).digest()
        if mark in self.seen:
            return
        if len(self.seen) >= MOST_REMEMBERED:
            self.is_more = True
            return
        self.seen.add(mark)
        if len(self.examples) < EXAMPLES:
            self.examples.append(url)

    def item(self, name: str) -> Item:
        """The row that stands for all of them."""
        count = f"more than {len(self.seen)}" if self.is_more else str(len(self.seen))
        named = " ".join(map(shown, self.examples))
        noun = "address" if count == "1" else "addresses"
        return Item.failed(f"({name})", shown(self.examples[0]), f"{self.reason}; {count} {noun}, such as {named}")


@dataclass
class Tallies:
    """All reasons of a crawl, by a short name of each."""

    by_name: dict[str, Tally] = field(default_factory=dict)

    def add(self, name: str, reason: str, url: str) -> None:
        """Counts an address for a reason."""
        tally = self.by_name.get(name)
        if tally is None:
            if len(self.by_name) >= MOST_REASONS:
                name, reason = _OTHERS
            tally = self.by_name.setdefault(name, Tally(reason))
        tally.add(url)

    def items(self) -> list[Item]:
        """A row for each reason, by name."""
        return [tally.item(name) for name, tally in sorted(self.by_name.items()) if tally.examples]
