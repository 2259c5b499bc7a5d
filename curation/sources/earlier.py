"""The capture of a source before this one: validators for conditional requests, and content that has not changed since."""

from collections import OrderedDict
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from curation.sources.item import Item

HELD = 4
"""Row groups whose content is held: items are mostly asked for in the order of their capture."""

_CONTENT = ["content", "licence", "attribution"]
_FACTS = ("native_id", "uri", "media_type", "title", "revision", "charset", "modified", "etag", "sha256", "error", "gone")


@dataclass(frozen=True)
class Fact:
    """What is known of an item without its content."""

    native_id: str
    uri: str
    media_type: str
    title: str | None
    revision: str | None
    charset: str | None
    modified: str | None
    etag: str | None
    sha256: str | None
    error: str | None
    gone: str | None


@dataclass(frozen=True)
class _Place:
    """Where the content of a row lies."""

    partition: int
    group: int  # of rows, in the partition
    row: int  # in the group


@dataclass
class Earlier:
    """The rows of an earlier capture; none where there is no earlier one.

    `validators` are ETag and modification time of items that the server has come to call otherwise since, while their bytes
    are the same: requests go out with these, and the rows stay as they are.
    """

    partitions: Sequence[Path] = ()
    validators: Mapping[str, Sequence[str | None]] = field(default_factory=dict)
    _places: dict[str, tuple[Fact, _Place]] | None = field(default=None, repr=False)
    _groups: OrderedDict[tuple[int, int], pa.Table] = field(default_factory=OrderedDict, repr=False)

    def fact(self, native_id: str) -> Fact | None:
        """What is known of an item by its native id."""
        found = self._index().get(native_id)
        if found is None or native_id not in self.validators:
            return found and found[0]
        etag, modified = self.validators[native_id]
        return replace(found[0], etag=etag, modified=modified)

    def row(self, native_id: str) -> Fact:
        """What its row says of an item that there is. Raises KeyError for another."""
        return self._index()[native_id][0]

    def facts(self) -> Iterator[Fact]:
        """What is known of every item, in the order of their capture."""
        return (fact for fact, _ in self._index().values())

    def item(self, native_id: str) -> Item | None:
        """An item as it was captured, with its content; None for one that was not there, or failed.

        It is one that is there: where it was kept although gone, it has come back.
        """
        found = self._index().get(native_id)
        if found is None or found[0].sha256 is None:
            return None
        fact, place = found
        row = self._group(place).slice(place.row, 1).to_pylist()[0]
        return Item(
            native_id=fact.native_id,
            uri=fact.uri,
            content=row["content"],
            media_type=fact.media_type,
            title=fact.title,
            revision=fact.revision,
            charset=fact.charset,
            modified=fact.modified,
            etag=fact.etag,
            licence=row["licence"],
            attribution=row["attribution"],
        )

    def standing(self, native_id: str) -> Item | None:
        """An item as `item` gives it, for a source that could not look: what was gone is gone still."""
        item = self.item(native_id)
        return item and replace(item, gone=self.row(native_id).gone)

    def unseen(self, why: str, within: str | tuple[str, ...] = "", besides: Container[str] = ()) -> Iterator[Item]:
        """What a source gives for documents that it could not look at: those whose ids begin with `within`, but for `besides`.

        The capture keeps each as it stood, there or gone, and says in one row how many they are and why.
        """
        for fact in self.facts():
            is_document = fact.sha256 is not None or fact.gone is not None
            if is_document and fact.native_id.startswith(within) and fact.native_id not in besides:
                yield Item.failed(fact.native_id, fact.uri, why, transient=True)

    def _group(self, place: _Place) -> pa.Table:
        key = (place.partition, place.group)
        if key not in self._groups:
            with pq.ParquetFile(self.partitions[place.partition]) as file:
                self._groups[key] = file.read_row_group(place.group, columns=_CONTENT)
            if len(self._groups) > HELD:
                self._groups.popitem(last=False)
        self._groups.move_to_end(key)
        return self._groups[key]

    def _index(self) -> dict[str, tuple[Fact, _Place]]:
        if self._places is None:
            self._places = dict(self._read())
        return self._places

    def _read(self) -> Iterator[tuple[str, tuple[Fact, _Place]]]:
        for partition, path in enumerate(self.partitions):
            with pq.ParquetFile(path) as file:
                for group in range(file.num_row_groups):
                    for number, row in enumerate(file.read_row_group(group, columns=list(_FACTS)).to_pylist()):
                        yield row["native_id"], (Fact(**row), _Place(partition, group, number))
