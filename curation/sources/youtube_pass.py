"""One pass over the videos of a source: which are asked for, what became of those of before, and what the next pass is told.

Captions have no validators, so nothing says whether they have changed but to fetch them anew, at three requests a video. A
video that was answered for is asked for again only after `recheck_days`; lists are read in every pass.
"""

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from curation.sources.context import Context
from curation.sources.earlier import Fact
from curation.sources.item import Item
from curation.sources.receipts import Receipt
from curation.sources.youtube import HOME, NATIVE, BlockedError, RefusedError, UnreachedError, Video
from warehouse.digests import sha256_bytes
from warehouse.errors import SourceError
from warehouse.store import write_atomic

if TYPE_CHECKING:
    from curation.sources.captions import CaptionsSource
    from curation.sources.youtube_client import Client

Answer = TypeVar("Answer")

MOST_FAILURES = 5
"""Requests that fail one after the other for no reason of their own; then the fault is YouTube's or the network's, and nothing more
is asked."""

UNLISTED = "no list of the recipe has it any more"

MEMORY = "youtube"
"""Where the memory of a captions source holds that of YouTube."""


@dataclass(frozen=True)
class Memory:
    """What a pass leaves for the next one: the day on which each video was last answered for, by id, and what each list had."""

    asked: dict[str, str] = field(default_factory=dict)
    lists: dict[str, list[str]] = field(default_factory=dict)
    languages: Sequence[str] = ()
    max_entries: int = 0


@dataclass(frozen=True)
class Listing:
    """What one list has. `read`: it was answered for; `fault`: what is wrong with it, in words."""

    url: str
    videos: list[Video]
    fault: str = ""
    read: bool = True


class Pass:
    """One pass. It may be a second try at one that was killed: then what was answered before is on disk."""

    def __init__(self, source: "CaptionsSource", context: Context, client: "Client") -> None:
        self.source, self.context, self.client = source, context, client
        self.folder = context.state / "youtube"
        self.folder.mkdir(parents=True, exist_ok=True)
        self.today = self._begun()
        self.before = Memory(**context.memory.get(MEMORY, {}))
        self.asked: dict[str, str] = {}
        self.stopped, self.failures = "", 0
        self.reached, self.down = False, ""
        for receipt in _read(self.folder / "receipts.json", []):
            context.receipts.by_host[receipt["host"]] = Receipt(**receipt)

    def items(self) -> Iterator[Item]:
        """One item per video: those of the recipe, then those of its lists, each once; then those that no list has any more."""
        videos = {identity: Video(identity) for identity in self.source.videos}
        listings = [self._listed(url) for url in (*self.source.playlists, *self.source.channels)]
        lists, lost = dict[str, list[str]](), dict[str, None]()
        unread = not all(listing.read for listing in listings)
        for listing in listings:
            if listing.fault:
                yield Item.failed(listing.url, listing.url, listing.fault)
            fallen = self._fallen_out(listing)
            lists[listing.url] = [video.id for video in listing.videos] + fallen
            # another list, which could not be read, may have it now
            stay = [identity for identity in fallen if not self._is_unlisted(identity)] if listing.fault or unread else []
            lost |= dict.fromkeys(identity for identity in fallen if identity not in stay)
            for video in (*listing.videos, *map(Video, stay)):
                videos.setdefault(video.id, video)
        for video in videos.values():
            yield self._captured(video)
        if self.down and not self.reached:
            raise SourceError(f"source {self.source.id}: YouTube could not be reached. {self.down}. Check the network, and try again.")
        for identity in lost:
            if identity not in videos:
                yield Item.vanished(NATIVE + identity, Video(identity).url, UNLISTED)
        if self.stopped:
            yield Item.failed(f"{NATIVE}(blocked)", HOME, self.stopped)
        self.context.memory[MEMORY] = asdict(Memory(self.asked, lists, list(self.source.languages), self.source.max_entries))

    def _begun(self) -> date:
        """The day of the pass. A second try has that of the first, so that both ask for the same videos."""
        path = self.folder / "day"
        if not path.exists():
            write_atomic(path, datetime.now(UTC).date().isoformat())
        return date.fromisoformat(path.read_text())

    def _listed(self, url: str) -> Listing:
        journal, most = self._journal(url), self.source.max_entries
        if known := _read(journal, None):
            self.reached = True
            return Listing(url, [Video(*facts) for facts in known["videos"]], known["fault"], known["read"])
        try:
            found = self._answered(lambda: self.client.listed(url, most + 1))
        except RefusedError as error:
            listing = Listing(url, [], str(error), read=False)
            if error.transient:
                return listing
        else:
            fault = f"it has more than max_entries ({most}); the others were not asked for" if len(found) > most else ""
            listing = Listing(url, found[:most], fault)
        self._keep(journal, asdict(listing) | {"videos": [(video.id, video.title) for video in listing.videos]})
        return listing

    def _fallen_out(self, listing: Listing) -> list[str]:
        """Videos that a list had and does not name now: all of one that was not read, else those that were captured.

        Of one that has more than are asked for also those that failed for the time being: nobody knows yet what they have.
        """
        here = {video.id for video in listing.videos}
        left = [identity for identity in self.before.lists.get(listing.url, []) if identity not in here]
        if not listing.read:
            return left
        if listing.fault and self.source.max_entries < self.before.max_entries:
            return []  # the recipe wants fewer
        facts = ((identity, self.context.earlier.fact(NATIVE + identity)) for identity in left)
        return [identity for identity, fact in facts if fact and (fact.sha256 or (listing.fault and self._is_open(identity, fact)))]

    def _is_open(self, identity: str, fact: Fact) -> bool:
        return fact.error is not None and identity not in self.before.asked

    def _is_unlisted(self, identity: str) -> bool:
        """Whether a video is gone because no list had it: that it can be had does not bring it back, only a list does."""
        fact = self.context.earlier.fact(NATIVE + identity)
        return fact is not None and fact.gone == UNLISTED

    def _captured(self, video: Video) -> Item:
        journal = self._journal(video.id)
        if known := _read(journal, None):
            self.reached = True
            self.asked[video.id] = self.today.isoformat()
            return Item(**known | {"content": known["content"].encode() if known["content"] is not None else None})
        if not self._is_due(video):
            self.asked[video.id] = self.before.asked[video.id]
            return self._standing(video)
        try:
            item = self._answered(lambda: self.client.captioned(video, self.source.languages))
        except RefusedError as error:
            fact = self.context.earlier.fact(video.native)
            if error.transient:
                stays = fact is not None and fact.gone is not None
                return self._standing(video) if stays else Item.failed(video.native, video.url, str(error), transient=True)
            had = fact is not None and fact.sha256 is not None
            item = (Item.vanished if had else Item.failed)(video.native, video.url, str(error))
        self.asked[video.id] = self.today.isoformat()
        self._keep(journal, asdict(item) | {"content": item.content.decode() if item.content is not None else None})
        return item

    def _is_due(self, video: Video) -> bool:
        """Whether a video is to be asked for: never answered for, in other languages than now, or long ago."""
        day = self.before.asked.get(video.id)
        if day is None or self.context.earlier.fact(video.native) is None or list(self.before.languages) != self.source.languages:
            return True
        # a day to come was written by a clock that was wrong
        return not 0 <= (self.today - date.fromisoformat(day)).days < self.source.recheck_days

    def _standing(self, video: Video) -> Item:
        """What the earlier capture has of a video."""
        fact = self.context.earlier.row(video.native)
        if fact.gone is not None:
            return Item.vanished(video.native, fact.uri, fact.gone)
        return self.context.earlier.item(video.native) or Item.failed(video.native, fact.uri, fact.error or "")

    def _answered(self, question: Callable[[], Answer]) -> Answer:
        """The answer to a question. Raises RefusedError."""
        if self.stopped:
            raise RefusedError(f"not asked for: {self.stopped}", transient=True)
        try:
            answer = question()
        except BlockedError as error:
            self.stopped, self.reached = f"YouTube blocks this address: {error}", True
            raise RefusedError(self.stopped, transient=True) from error
        except RefusedError as error:
            if isinstance(error, UnreachedError):
                self.down = self.down or str(error)
            else:
                self.reached = True
            self.failures = self.failures + 1 if error.transient else 0
            if self.failures == MOST_FAILURES:
                self.stopped = f"{MOST_FAILURES} requests failed one after the other, the last: {error}"
            raise
        self.reached, self.failures = True, 0
        return answer

    def _journal(self, name: str) -> Path:
        """Where the answer on a list or video is kept, whatever characters are in its name."""
        return self.folder / f"answer-{sha256_bytes(name.encode())[:24]}.json"

    def _keep(self, journal: Path, answer: dict[str, Any]) -> None:
        write_atomic(self.folder / "receipts.json", self.context.receipts.to_json())
        write_atomic(journal, json.dumps(answer))


def _read(path: Path, otherwise: Any) -> Any:
    return json.loads(path.read_text()) if path.exists() else otherwise
