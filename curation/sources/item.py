"""An item: what a source gives for one document, or why it could not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Item:
    """One captured thing, bytes as the source gave them.

    Exactly one of `content`, `error` and `gone` is set; of a document that is gone and kept, `content` and `gone`.
    """

    native_id: str  # the source's own name of it
    uri: str
    content: bytes | None
    media_type: str = "application/octet-stream"
    title: str | None = None
    revision: str | None = None
    charset: str | None = None
    modified: str | None = None  # ISO 8601
    etag: str | None = None
    licence: str | None = None  # of this item, where the source knows better than the recipe
    attribution: str | None = None  # whom to name, and where they are listed
    error: str | None = None
    gone: str | None = None  # how the source says that it no longer has what it had
    transient: bool = False  # of an error: the next time may go better

    @classmethod
    def vanished(cls, native_id: str, uri: str, how: str) -> "Item":
        """An item that an earlier capture had and the source no longer has."""
        return cls(native_id=native_id, uri=uri, content=None, gone=how)

    @classmethod
    def failed(cls, native_id: str, uri: str, error: str, transient: bool = False) -> "Item":
        """An item that could not be read, and why."""
        return cls(native_id=native_id, uri=uri, content=None, error=error, transient=transient)


def distinct(items: Iterator[Item]) -> Iterator[Item]:
    """Gives the second and later items of one native id an id of their own, so that none hides another."""
    given: set[str] = set()
    times: dict[str, int] = {}
    for item in items:
        native = item.native_id
        while native in given:
            times[item.native_id] = times.get(item.native_id, 1) + 1
            native = f"{item.native_id}~{times[item.native_id]}"
        given.add(native)
        yield item if native == item.native_id else replace(item, native_id=native)


def printable(name: str) -> str:
    """A name that can be stored as UTF-8: bytes of a file name that are none become escapes."""
    return name.encode("utf-8", "backslashreplace").decode()
