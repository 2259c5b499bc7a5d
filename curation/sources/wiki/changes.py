"""What became of a wiki's pages since an earlier capture: by its recent changes, or by comparing every revision id.

The list of recent changes ends without a word after 30 to 90 days (`$wgRCMaxAge`), holds moves, deletions and undeletions only
as entries of the log, and gives for these now the id of the page, now the id of what is at its title, now none. So entries are
not believed: they only say which pages to look up, by id and by title.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from curation.sources.earlier import Fact
from curation.sources.wiki.answers import Change, Page, read_list
from curation.sources.wiki.api import WikiApi
from curation.sources.wiki.pages import Selection, look_up_ids, look_up_titles

OLDEST = timedelta(days=30)
"""The shortest time that a wiki of Wikimedia keeps recent changes; a longer one is not relied on."""

OVERLAP = timedelta(minutes=10)
"""Changes from before the last capture that are looked at again: servers' clocks differ, and an edit may show late."""

FEWEST = 500
"""Changes up to which the list is read, however few pages there are. Where there are more changes than pages, to compare is cheaper."""

_FORM = "%Y-%m-%dT%H:%M:%SZ"
_ASKED = {"action": "query", "list": "recentchanges", "rcdir": "newer"}


@dataclass
class Touched:
    """Pages that changes name."""

    ids: set[int] = field(default_factory=set)
    titles: set[str] = field(default_factory=set)

    def add(self, change: Change, namespaces: frozenset[int]) -> None:
        """Adds what one change names. A move may come from any namespace; other changes count in those that are wanted."""
        if change.target is None and change.ns not in namespaces:
            return
        if change.pageid:
            self.ids.add(change.pageid)
        if change.type == "log":
            self.titles |= {title for title in (change.title, change.target) if title}


def changed_since(api: WikiApi, since: str, now: str, known: Mapping[int, Fact], namespaces: Iterable[int]) -> Selection | None:
    """The pages of some namespaces by what changed; None where recent changes cannot tell, and everything is to be compared.

    `since` and `now` are by the wiki's clock, `known` is what was captured before, by page id. Raises FetchError and ApiError.
    """
    wanted = frozenset(namespaces)
    start = _start(since, now)
    if start is None or not _reaches_back(api, start):
        return None
    touched = _touched(api, start, wanted, max(FEWEST, len(known)))
    if touched is None:
        return None
    by_title = {fact.title: number for number, fact in known.items() if fact.title}
    touched.ids |= {by_title[title] for title in touched.titles if title in by_title}
    touched.ids |= {number for number, fact in known.items() if fact.error}
    pages = [*look_up_ids(api, touched.ids), *look_up_titles(api, touched.titles)]
    return settled(known, {page.pageid: page for page in pages if page.pageid}, wanted)


def settled(known: Mapping[int, Fact], looked_up: Mapping[int, Page], namespaces: frozenset[int]) -> Selection:
    """The pages of some namespaces, from what was known and what was looked up since."""
    selection = Selection()
    selection.add(page for page in looked_up.values() if not page.missing and not page.redirect and page.ns in namespaces)
    for number, fact in known.items():
        if number in selection.pages:
            continue
        if fact.gone is not None:
            selection.gone[number] = fact.gone
        elif number in looked_up:
            if fact.error is None:
                selection.gone[number] = why_gone(looked_up[number])
        elif fact.error is None:
            selection.kept.add(number)
    return selection


def find_gone(api: WikiApi, known: Mapping[int, Fact], selection: Selection, same: bool) -> None:
    """Adds to a selection what became of pages that were captured before and are not among its pages.

    `same`: the recipe selects as it did then. Where it does not, a page that is still there has only left the recipe.
    """
    lost = {number: fact for number, fact in known.items() if number not in selection.pages and fact.error is None}
    selection.gone |= {number: fact.gone for number, fact in lost.items() if fact.gone is not None}
    now = {page.pageid: page for page in look_up_ids(api, (number for number in lost if number not in selection.gone)) if page.pageid}
    for number in lost:
        page = now.get(number)
        if number not in selection.gone and (same or page is None or page.missing or page.redirect):
            selection.gone[number] = why_gone(page)


def why_gone(page: Page | None) -> str:
    """How a selection lost a page that was captured before, by what the wiki says of its id now."""
    if page is None or page.missing:
        return "the wiki has deleted it"
    if page.redirect:
        return f"{page.title!r} has become a redirect"
    return f"it is at {page.title!r} now, which the recipe does not select"


def _start(since: str, now: str) -> str | None:
    try:
        before, after = datetime.strptime(since, _FORM), datetime.strptime(now, _FORM)
    except ValueError:
        return None
    return (before - OVERLAP).strftime(_FORM) if timedelta() <= after - before <= OLDEST - OVERLAP else None


def _reaches_back(api: WikiApi, start: str) -> bool:
    """Whether the list has an entry from before a moment, so that it is whole since then."""
    answer = api.ask({**_ASKED, "rcprop": "timestamp", "rclimit": "1"})
    oldest = read_list(Change, answer.get("query", {}), "recentchanges")
    return bool(oldest) and "" < oldest[0].timestamp <= start


def _touched(api: WikiApi, start: str, namespaces: frozenset[int], most: int) -> Touched | None:
    """What all changes since a moment name; None where they are too many, or one does not say what it is about."""
    touched, count = Touched(), 0
    asked = {**_ASKED, "rcstart": start, "rctype": "edit|new|log", "rcprop": "title|ids|timestamp|loginfo", "rclimit": "max"}
    for query in api.query(asked):
        changes = read_list(Change, query, "recentchanges")
        count += len(changes)
        if count > most or any(change.actionhidden for change in changes):
            return None
        for change in changes:
            touched.add(change, namespaces)
    return touched
