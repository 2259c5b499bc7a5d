"""A crawl: the pages of a site breadth first, each once, in an order that only the answers decide.

Level by level: the addresses of a level are sorted, asked for, and taken in that order, whatever came first; what they link
to is the next level. A page whose canonical address is another waits until that one was had. See `docs/sources/web.md`.
"""

from collections.abc import Iterator, Mapping, Set
from dataclasses import dataclass, field, replace

from curation.sources.crawl.frontier import Frontier
from curation.sources.crawl.headers import item_of
from curation.sources.crawl.known import Known
from curation.sources.crawl.links import Reading, read
from curation.sources.crawl.notes import Notes
from curation.sources.crawl.tallies import Tallies
from curation.sources.crawl.url_forms import address, key, shown
from curation.sources.fetch.fetcher import Fetcher, FetchError, Page
from curation.sources.item import Item

MOST_REFUSED = 100_000
"""Links that pages ask not to follow, of which it is known whether they were reached otherwise."""

GONE = frozenset({404, 410})


@dataclass
class Crawl:
    """One crawl. Ask for `levels`, then `unreached`; `had` says whether the site gave a page, or said that one has not changed."""

    fetcher: Fetcher
    frontier: Frontier
    tallies: Tallies
    known: Known
    max_depth: int
    notes: Notes = field(default_factory=Notes)
    had: bool = False
    _settled: dict[str, bool] = field(default_factory=dict)  # by key: whether the page was captured
    _same_as: dict[str, str] = field(default_factory=dict)  # by key: the key of the canonical address
    _waiting: dict[str, list[Item]] = field(default_factory=dict)  # by key of what they wait for
    _found: set[str] = field(default_factory=set)
    _refused: set[str] = field(default_factory=set)
    _targets: list[str] = field(default_factory=list)  # canonical addresses that nothing linked to
    _again: list[str] = field(default_factory=list)  # to be asked for a second time, for their own content
    _unchanged: set[str] = field(default_factory=set)  # those that the earlier capture has as they are
    _follows: bool = True

    def levels(self, level: list[str]) -> Iterator[Item]:
        """The pages of a level, of what they link to, and so on to the deepest."""
        for depth in range(self.max_depth + 1):
            self._follows = self.max_depth > 0
            yield from self._level(level)
            found, self._found = self._found, set()
            if depth == self.max_depth:
                self.frontier.beyond_depth(found, self.max_depth)
                return
            level = self.frontier.level(found)
            if not level:
                return

    def unreached(self) -> Iterator[Item]:
        """The pages of the earlier capture that this crawl did not come to."""
        self._follows = False
        scope = self.frontier.scope
        left = [
            url for url in self.known.pages() if key(url) not in self.frontier.known and key(url) not in self._settled and scope.holds(url)
        ]
        for url in left:
            self.frontier.add(url)
        yield from self._level(left)

    def tally_refused(self) -> None:
        """Counts the links that pages asked not to follow, and that were not come by otherwise."""
        for url in sorted(self._refused):
            if self.frontier.admits(url):
                self.tallies.add("nofollow", "not asked for: the pages that link to it ask not to follow their links (nofollow)", url)

    def _level(self, level: list[str]) -> Iterator[Item]:
        while level or self._again:
            chosen = self.frontier.within_limit(level, filter(self.known.was_asked, level))
            yield from self._asked(chosen, set(filter(self.known.is_at_hand, chosen)))
            left = set(level).difference(chosen)
            yield from self.frontier.beyond_limit(url for url in level if url in left)
            for url in level:
                if url in left:
                    yield from self._settle(url, False)
            again, self._again = sorted(url for url in set(self._again) if key(url) not in self._settled), []
            yield from self._asked(again, self._unchanged, as_itself=True)
            level, self._targets = sorted(self._targets), []

    def _asked(self, urls: list[str], at_hand: Set[str], as_itself: bool = False) -> Iterator[Item]:
        """The pages of some addresses in their order. Those at hand are taken from the earlier capture."""
        facts = None if as_itself else self.known.fact_to_ask_by
        answers = self.fetcher.fetch_all((url for url in urls if url not in at_hand), facts=facts, hosts=self.frontier.scope.hosts)
        for url in urls:
            if url in at_hand:
                self.had = True
                yield from self._known(url, {}, as_itself)
            else:
                yield from self._answer(*next(answers), as_itself)

    def _answer(self, url: str, answer: Page | FetchError, as_itself: bool = False) -> Iterator[Item]:
        if not as_itself and (key(url) in self._settled or key(url) in self._same_as):
            return  # another address led here already
        if isinstance(answer, FetchError):
            yield from self._failed(url, answer)
            return
        if self.fetcher.repeats_secret(answer):
            yield from self._refuse(url, "holds the secret of `authorization`, which the site sent back, and is not kept")
            return
        own = self.frontier.spelling(address(answer.final_url) or url)
        if key(own) == key(url):
            yield from self._arrive(url, answer, as_itself)
        else:
            yield from self._lead(url, own, answer, as_itself)

    def _arrive(self, url: str, page: Page, as_itself: bool) -> Iterator[Item]:
        """What came of an address that led nowhere else."""
        if page.unchanged:
            self.had = True
            yield from self._known(url, page.headers, as_itself)
        elif page.status == 200:
            self.had = True
            yield from self._take(url, item_of(url, page), page.headers, as_itself)
        elif page.status in GONE and self.known.had(url):
            yield Item.vanished(url, url, f"HTTP status {page.status}")
            yield from self._settle(url, False)
        else:
            yield from self._refuse(url, f"HTTP status {page.status}")

    def _lead(self, url: str, own: str, page: Page, as_itself: bool) -> Iterator[Item]:
        """An address that led to another. It has no item, but where it had one before; the page has the other address."""
        self.notes.moved[url] = own
        if not self._wants_moved(url, own):
            yield from self._refuse(url, f"moved to {shown(own)}, which `include` or `exclude` leaves out")
            return
        if self.known.had(url):
            yield Item.vanished(url, url, f"moved to {shown(own)}")
        leads_back = self._last(key(own)) == key(url)
        if leads_back:
            # what the page names as its canonical address leads back to it, so it is the canonical page
            target = self._same_as[key(own)]
            self._waiting[target] = [row for row in self._waiting.get(target, []) if row.native_id != own]
            self._forget_canonical(own)
        self._same_as[key(url)] = key(own)
        if key(own) not in self._settled and key(own) not in self._same_as:
            self.frontier.known.add(key(own))
            yield from self._arrive(own, page, as_itself or leads_back)
        yield from self._settle(url, self._settled.get(key(own), True))

    def _wants_moved(self, url: str, own: str) -> bool:
        """Whether the recipe's patterns let in what an address led to; they are not asked of addresses that the recipe names."""
        return self.frontier.scope.wants(own) or not self.frontier.scope.wants(url)

    def _failed(self, url: str, error: FetchError) -> Iterator[Item]:
        """A page that could not be had. One that was had before is not lost because a server is busy."""
        kept = self.known.standing(url) if error.transient else None
        if kept is None:
            yield from self._refuse(url, str(error))
            return
        self.tallies.add(f"kept {shown(str(error), 60)}", f"kept as captured before, for it could not be asked for again ({error})", url)
        yield from self._take(url, kept, {}, as_itself=True)
        self.notes.lastmod.pop(url, None)
        if url in self.known.notes.lastmod:
            self.notes.lastmod[url] = self.known.notes.lastmod[url]

    def _known(self, url: str, headers: Mapping[str, str], as_itself: bool = False) -> Iterator[Item]:
        """A page that has not changed, as it was captured before."""
        if url in self.known.notes.not_followed:
            headers = {"x-robots-tag": self.known.notes.not_followed[url], **headers}
        item, fact = self.known.item(url), self.known.fact(url)
        if item is not None:
            self._unchanged.add(url)
            yield from self._take(url, item, headers, as_itself)
        elif fact is not None and url in self.known.notes.canonical and not as_itself:
            item = Item.failed(url, url, fact.error or "")
            yield from self._judged(
                replace(item, etag=fact.etag, modified=fact.modified), Reading(canonical=self.known.notes.canonical[url])
            )
        elif as_itself:
            yield from self._refuse(url, "HTTP status 304")  # nobody said that we have it
        else:
            self._again.append(url)

    def _take(self, url: str, item: Item, headers: Mapping[str, str], as_itself: bool = False) -> Iterator[Item]:
        gist = self.frontier.traps.wants_gist(url)
        reading = read(url, item.content or b"", item.media_type, item.charset, headers, gist)
        self.frontier.traps.had(url, reading.gist)
        if stated := self.known.lastmod.get(key(url)):
            self.notes.lastmod[url] = stated
        if "x-robots-tag" in headers and not reading.wishes.may_follow:
            self.notes.not_followed[url] = headers["x-robots-tag"]
        for session, href in (reading.sessions or {}).items():
            self.tallies.add(f"session {session}", f"links with a session id ({session}), which are asked for without it", href)
        yield from self._judged(item, replace(reading, canonical=None) if as_itself else reading)

    def _judged(self, item: Item, reading: Reading) -> Iterator[Item]:
        """What becomes of a page by what it says of itself."""
        url = item.native_id
        if reason := reading.wishes.against_keeping:
            yield from self._refuse(url, f"asks not to be kept: {reason}")
        elif reading.canonical and self._is_other(url, reading.canonical):
            yield from self._wait_for(item, reading.canonical)
            return  # its links are those of the canonical page
        elif item.content is None:
            self._again.append(url)
            return
        else:
            yield item
            yield from self._settle(url, True)
        self._follow(reading)

    def _is_other(self, url: str, canonical: str) -> bool:
        """Whether the canonical address of a page is another page that can be had; not in a circle of pages that name each other."""
        scope, target = self.frontier.scope, key(canonical)
        if not scope.holds(canonical) or self._settled.get(target) is False:
            return False
        last = self._last(target)
        if last == key(url):
            return False
        return last != target or target in self.frontier.known or self._has_room(canonical)

    def _last(self, url_key: str) -> str:
        """Where an address leads in the end, by redirects and canonical addresses as far as they are known."""
        for _ in range(len(self._same_as)):
            if url_key not in self._same_as:
                break
            url_key = self._same_as[url_key]
        return url_key

    def _has_room(self, url: str) -> bool:
        return self.frontier.has_room(url) and self.frontier.admits(url)

    def _wait_for(self, item: Item, canonical: str) -> Iterator[Item]:
        url, target = item.native_id, key(canonical)
        self.notes.canonical[url] = canonical
        self._same_as[key(url)] = target
        error = f"the same page as {shown(canonical)}, which it names as its canonical address"
        row = Item.failed(url, item.uri, error)
        self._waiting.setdefault(target, []).append(replace(row, etag=item.etag, modified=item.modified))
        if self._settled.get(target):
            yield from self._settle(canonical, True)
        elif target not in self.frontier.known:
            self.frontier.add(canonical)
            self._targets.append(self.frontier.spelling(canonical))

    def _refuse(self, url: str, error: str) -> Iterator[Item]:
        yield Item.failed(url, url, error)
        yield from self._settle(url, False)

    def _settle(self, url: str, captured: bool) -> Iterator[Item]:
        """Notes what became of a page, and gives the rows of those that waited for it; without it they stand for themselves."""
        self._settled[key(url)] = captured
        self.frontier.owed.discard(key(url))
        for row in self._waiting.pop(key(url), []):
            if captured:
                yield row
                yield from self._settle(row.native_id, True)
            else:
                self._forget_canonical(row.native_id)
                self._again.append(row.native_id)

    def _forget_canonical(self, url: str) -> None:
        self.notes.canonical.pop(url, None)
        self._same_as.pop(key(url), None)

    def _follow(self, reading: Reading) -> None:
        if not self._follows:
            return
        has_host = self.frontier.scope.has_host
        links = {url for url in reading.links if has_host(url)}
        if reading.wishes.may_follow:
            self._found |= links
        refused = {url for url in reading.refused if has_host(url)} | (set() if reading.wishes.may_follow else links)
        if len(self._refused) < MOST_REFUSED:
            self._refused |= refused
