"""Which columns of a row are its text, its id and so on, and the item that a row is by them."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from curation.sources.item import Item
from curation.sources.tables import Row, Wanted


class Columns(BaseModel):
    """Names of columns; an empty one is not asked for."""

    text: str = Field("text", title="Text", description="Holds the text of a document.")
    id: str = Field("", title="Id", description="Holds its id; without one, file and row number are its id.")
    title: str = Field("", title="Title", description="Holds its title.")
    uri: str = Field("", title="Address", description="Holds its address.")
    licence: str = Field("", title="Licence", description="Holds its licence.")
    modified: str = Field("", title="Modified", description="Holds when it was last changed: a time, or ISO 8601.")

    def names(self) -> list[str]:
        """Every column that is asked for, once each."""
        return list(dict.fromkeys(name for name in self.model_dump().values() if name))

    def wanted(self) -> Wanted:
        """What a table must have."""
        return Wanted(tuple(self.names()), frozenset(name for name in (self.text, self.id) if name))


@dataclass(frozen=True)
class Rows:
    """What the rows of one file have in common."""

    native: str  # the source's own name of the file
    uri: str
    columns: Columns
    media_type: str
    largest: int  # bytes of a text

    def item(self, row: Row) -> Item:
        """The document in a row, or a failed item that says where the row is and what is wrong with it."""
        place = f"#{row.number}"
        try:
            return self._item(row, place)
        except ValueError as fault:
            return Item.failed(self.native + place, self.uri + place, f"row {row.number}: {fault}")

    def _item(self, row: Row, place: str) -> Item:
        if row.values is None:
            raise ValueError(row.error)
        columns, values = self.columns, row.values
        content = _content(values, columns.text)
        if len(content) > self.largest:
            raise ValueError(f"the text is larger than max_row_megabytes ({self.largest / 1e6:g})")
        return Item(
            native_id=_id(values, columns.id) if columns.id else self.native + place,
            uri=_word(values, columns.uri) or self.uri + place,
            content=content,
            media_type=self.media_type,
            title=_word(values, columns.title),
            charset="utf-8",
            modified=_moment(values, columns.modified),
            licence=_word(values, columns.licence),
        )


def _content(values: Mapping[str, Any], column: str) -> bytes:
    value = values.get(column)
    if isinstance(value, bytes):
        return value
    if isinstance(value, str):
        return value.encode("utf-8", "replace")  # JSON can spell halves of characters, which UTF-8 has not
    if value is None:
        raise ValueError(f"there is no text: column {column!r} is {'empty' if column in values else 'missing'}")
    raise ValueError(f"column {column!r} holds {type(value).__name__}, and not a text")


def _id(values: Mapping[str, Any], column: str) -> str:
    value = values.get(column)
    if isinstance(value, bool) or not isinstance(value, str | int) or value == "":
        raise ValueError(f"there is no id: column {column!r} is {'missing' if value is None else repr(value)[:80]}")
    return str(value)


def _word(values: Mapping[str, Any], column: str) -> str | None:
    value = values.get(column) if column else None
    return str(value).encode("utf-8", "replace").decode() if isinstance(value, str | int | float) and value != "" else None


def _moment(values: Mapping[str, Any], column: str) -> str | None:
    value = values.get(column) if column else None
    if isinstance(value, date):
        return value.isoformat()
    try:
        return datetime.fromisoformat(value).isoformat() if isinstance(value, str) else None
    except ValueError:
        return None
