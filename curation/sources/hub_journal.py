"""The rows of a data set of the hub that a capture has taken, so that one that was killed goes on after them.

A folder of Parquet files, each a batch with the position in the stream after it. It outlives a killed process; a machine
that loses power may damage the last batches, which are then taken again.
"""

import json
import shutil
from collections.abc import Iterator, Sequence
from dataclasses import asdict, fields
from importlib.metadata import version
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from curation.sources.hub import Position
from curation.sources.item import Item
from warehouse.errors import SourceError
from warehouse.store import write_atomic

BATCH_ROWS = 1_000
BATCH_BYTES = 4_000_000
"""A batch is kept when it has so many rows or bytes of text; at most that is taken again."""

_POSITION = b"position"
_TYPES = {"content": pa.binary(), "transient": pa.bool_()}
_SCHEMA = pa.schema([(field.name, _TYPES.get(field.name, pa.string())) for field in fields(Item)])


class RowJournal:
    """The rows of one capture that are taken. Its methods raise SourceError where the disk does not take what it should."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._head = folder / "head.json"
        self._batches = 0
        self.commit = self._kept_commit()
        self.position: Position | None = None
        """After the last batch that was read or written; None for the beginning."""

    def begin(self, commit: str) -> None:
        """Notes which commit the rows are of."""
        self.commit = commit
        write_atomic(self._head, json.dumps({"commit": commit, "library": _library()}))

    def items(self) -> Iterator[Item]:
        """What is kept, in the order of the rows. From a batch that is damaged on, there is nothing."""
        paths = sorted(self._folder.glob("*.parquet"))
        for number, path in enumerate(paths):
            try:
                table = pq.read_table(path)
                position = Position(**json.loads(table.schema.metadata[_POSITION]))
            except (pa.ArrowException, OSError, ValueError, LookupError, TypeError):
                for useless in paths[number:]:
                    useless.unlink(missing_ok=True)
                return
            self._batches, self.position = self._batches + 1, position
            yield from (Item(**row) for row in table.to_pylist())

    def keep(self, items: Sequence[Item], position: Position) -> None:
        """Adds a batch that ends at a position."""
        schema = _SCHEMA.with_metadata({_POSITION: json.dumps(asdict(position)).encode()})
        path = self._folder / f"{self._batches:06}.parquet"
        aside = path.with_suffix(".part")
        try:
            pq.write_table(pa.Table.from_pylist([asdict(item) for item in items], schema), aside, compression="zstd")
            aside.replace(path)
        except OSError as error:
            raise SourceError(
                f"what was read of the hub cannot be kept in {self._folder}: {error}. See that the disk has room and can be written to."
            ) from error
        self._batches, self.position = self._batches + 1, position

    def forget(self) -> None:
        """Leaves out everything."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self.commit, self.position, self._batches = "", None, 0

    def _kept_commit(self) -> str:
        """The commit of what is kept; empty where there is nothing, or another version of the library kept it."""
        try:
            facts = json.loads(self._head.read_text())
            if facts["library"] == _library():
                return str(facts["commit"])
        except (OSError, ValueError, LookupError, TypeError):
            pass
        shutil.rmtree(self._folder, ignore_errors=True)
        return ""


def _library() -> str:
    """A position is of use to the version of the library that gave it."""
    return version("datasets")
