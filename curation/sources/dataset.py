"""Data sets: rows of local tables, or of the Hugging Face hub."""

from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Literal, Self

from pydantic import Field, model_validator

from curation.secrets import SecretReference
from curation.sources import hub, hub_rows
from curation.sources.columns import Columns, Rows
from curation.sources.containers import UNREADABLE, explain
from curation.sources.context import Context
from curation.sources.formats import Format
from curation.sources.item import Item
from curation.sources.media import media_type
from curation.sources.places import Located, PathSource, located
from curation.sources.request import Request
from curation.sources.source import RemoteSource, kind
from curation.sources.tables import Table, TableError, rows, table_of

_HEAD = 16


class DatasetSource(RemoteSource, PathSource):
    """Rows of local Parquet, JSON, CSV or text, or of a data set of the Hugging Face hub; each row is one item."""

    kind: Literal["dataset"] = kind("Rows of local tables, or of a data set of the Hugging Face hub.")
    path: str = Field(
        "", title="Path", description="File, folder, archive or glob pattern of tables; relative to the recipe's folder. Or a name."
    )
    name: str = Field(
        "", pattern=r"^([A-Za-z0-9][\w.-]*(/[A-Za-z0-9][\w.-]*)?)?$", title="Name", description="Of a data set on the hub: OWNER/NAME."
    )
    revision: str = Field("main", min_length=1, title="Revision", description="Branch, tag or commit of the data set on the hub.")
    subset: str = Field("", title="Subset", description="Configuration of the data set on the hub; empty: its default.")
    split: str = Field("train", min_length=1, title="Split", description="Split of the data set on the hub.")
    token: SecretReference = Field(
        "", title="Token", description="Where the token for a closed data set is kept, as env:NAME or block:NAME."
    )
    columns: Columns = Field(Columns(), title="Columns", description="Which columns hold the text, the id and so on.")
    table: Table = Field(Table.AUTO, title="Table", description="How local rows are stored; `auto` tells by content and name.")
    format: Format = Field(Format.TEXT, title="Format", description="What the texts of the rows are.")
    max_rows: int = Field(0, ge=0, title="Most rows", description="Only the first ones, bad rows included; 0: all.")
    max_row_megabytes: float = Field(16.0, gt=0, le=1024, title="Largest row", description="A larger one is recorded as failed.")

    @model_validator(mode="after")
    def _is_somewhere(self) -> Self:
        if bool(self.path) == bool(self.name):
            raise ValueError("give either `path`, for tables on this machine, or `name`, for a data set of the Hugging Face hub")
        if not self.columns.text:
            raise ValueError("`columns.text` must name the column that holds the text")
        return self

    @property
    def is_remote(self) -> bool:
        """Where it is on the hub."""
        return bool(self.name)

    @property
    def place(self) -> str:
        """The data set: rows of another one are other documents."""
        return self.name or self.path

    def fingerprint(self, folder: Path) -> str:
        """Digest of the local tables; of a data set on the hub, nothing."""
        return "" if self.name else super().fingerprint(folder)

    def items(self, context: Context) -> Iterator[Item]:
        """One item per row, in the order of the rows; a bad row is a failed item that says where it is."""
        return self._of_the_hub(context) if self.name else islice(self._local(context.folder), self.max_rows or None)

    def first_requests(self) -> list[Request]:
        """What the hub is asked to find the data set."""
        return hub.first_requests(self.name, self.revision) if self.name else []

    def secrets(self) -> list[str]:
        """The secret of `token`."""
        return [self.token] if self.token else []

    @property
    def _largest(self) -> int:
        return int(self.max_row_megabytes * 1e6)

    @property
    def _media(self) -> str:
        return media_type("", self.format)

    def _of_the_hub(self, context: Context) -> Iterator[Item]:
        hub.require_library(self.id)
        uri = f"{hub.address()}/datasets/{self.name}/{self.subset or 'default'}/{self.split}"
        reader = Rows(f"{self.subset}/{self.split}".strip("/"), uri, self.columns, self._media, self._largest)
        yield from hub_rows.items(self, context, reader)

    def _local(self, folder: Path) -> Iterator[Item]:
        for place in located(self, folder):
            yield from self._table(place)

    def _table(self, place: Located) -> Iterator[Item]:
        stream = place.member.stream
        if stream is None:
            yield Item.failed(place.native, place.uri, place.member.error or "cannot be read")
            return
        try:
            head = stream.peek(_HEAD)  # type: ignore[attr-defined]  # every stream of a member is buffered
            table = self.table if self.table is not Table.AUTO else table_of(place.member.name, head)
            if table is None:
                raise TableError("is no Parquet, and its name ends like no table; name it in `table`, or leave it out with `exclude`")
            reader = Rows(place.native, place.uri, self.columns, self._media, self._largest)
            yield from map(reader.item, rows(stream, table, self.columns.wanted(), self._largest))
        except TableError as error:
            yield Item.failed(place.native, place.uri, str(error))
        except UNREADABLE as error:
            yield Item.failed(place.native, place.uri, explain(error))
