"""One capture of a data set of the hub: its rows at a commit, those that it has no more, and how a killed one goes on."""

import math
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, Any

from curation.sources import hub
from curation.sources.columns import Rows
from curation.sources.context import Context
from curation.sources.hub_client import guarded
from curation.sources.hub_journal import BATCH_BYTES, BATCH_ROWS, RowJournal
from curation.sources.item import Item, distinct, printable
from warehouse.digests import digest
from warehouse.errors import SourceError

if TYPE_CHECKING:
    from curation.sources.dataset import DatasetSource


def items(source: "DatasetSource", context: Context, reader: Rows) -> Iterator[Item]:
    """One item per row, and one for each document of the capture before that no row is of: it is gone where all rows were read.

    Where the commit and the settings are those of the capture before, what that holds. Raises SourceError where the data set
    cannot be had.
    """
    wanted = hub.Wanted(source.id, source.name, source.revision, source.subset, source.split, source.token)
    with guarded(source, context, hub.address()) as guard:
        capture = _Capture(source, context, reader, hub.DataSet(wanted, guard))
        commit = capture.commit()
        version = {"commit": commit, "settings": digest(source.capture_settings())}
        if version == {name: context.memory.get(name) for name in version}:
            yield from _as_before(context)
            return
        before = context.memory.get("asked", _asked(source))
        context.memory.update(version, asked=_asked(source))
        given = set[str]()
        for item in distinct(islice(capture.rows(commit), source.max_rows or None)):
            given.add(printable(item.native_id))
            yield item
        if _asks_for_less(source, before):
            return  # what is missing is what the recipe no longer asks for
        if capture.whole:
            yield from _gone(context, given, commit)
        else:
            yield from context.earlier.unseen("the rows were not read to their end, and none of those read is of its id", besides=given)


def _asked(source: "DatasetSource") -> dict[str, Any]:
    """Which rows of the data set a recipe asks for, and how they are called."""
    return {"subset": source.subset, "split": source.split, "id": source.columns.id, "max_rows": source.max_rows}


def _asks_for_less(source: "DatasetSource", before: dict[str, Any]) -> bool:
    """Whether the recipe asks for other rows than the capture before, or for fewer of them."""
    now = _asked(source)
    others = before | {"max_rows": now["max_rows"]} != now
    return others or 0 < now["max_rows"] < (before["max_rows"] or math.inf)


class _Capture:
    """The rows of one capture. `whole`: they were read to their end."""

    def __init__(self, source: "DatasetSource", context: Context, reader: Rows, data_set: hub.DataSet) -> None:
        self.whole = False
        self._source, self._reader, self._data_set = source, reader, data_set
        self._journal = RowJournal(context.state / "rows")

    def commit(self) -> str:
        """The one that a killed capture was of, or else that of the revision."""
        if self._journal.commit:
            try:
                return self._data_set.commit(self._journal.commit)
            except SourceError:
                commit = self._data_set.commit(self._source.revision)
                # the hub answers, and no longer has that commit
                self._journal.forget()
                return commit
        return self._data_set.commit(self._source.revision)

    def rows(self, commit: str) -> Iterator[Item]:
        """Those that are kept, then those of the stream from there on."""
        self._journal.begin(commit)
        yield from self._journal.items()
        batch, size = list[Item](), 0
        stream = self._data_set.rows(commit, self._source.columns.names(), self._journal.position)
        for row in stream:
            item = self._reader.item(row)
            batch.append(item)
            size += len(item.content or b"")
            if row.values is not None and (len(batch) >= BATCH_ROWS or size >= BATCH_BYTES):
                self._journal.keep(batch, stream.position())
                batch, size = [], 0
            yield item
        self.whole = stream.whole


def _as_before(context: Context) -> Iterator[Item]:
    """What the capture before this one holds."""
    for fact in context.earlier.facts():
        found = context.earlier.standing(fact.native_id)
        yield found or Item.failed(fact.native_id, fact.uri, fact.error or "it was not there")


def _gone(context: Context, given: set[str], commit: str) -> Iterator[Item]:
    for fact in context.earlier.facts():
        if fact.sha256 and fact.native_id not in given:
            yield Item.vanished(fact.native_id, fact.uri, f"no row of commit {commit} is of that id")
