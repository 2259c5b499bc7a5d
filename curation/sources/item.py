"""An item: what a source gives for one document, or why it could not."""

from collections.abc import Iterator
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Item:
    """One captured thing, bytes as the source gave them. Exactly one of `content` and `error` is set."""

    native_id: str  # the source's own name of it
    uri: str
    content: bytes | None
    media_type: str = "application/octet-stream"
    title: str | None = None
    revision: str | None = None
    charset: str | None = None
    modified: str | None = None  # ISO 8601
    etag: str | None = None
    error: str | None = None

    @classmethod
    def failed(cls, native_id: str, uri: str, error: str) -> "Item":
        """An item that could not be read, and why."""
        return cls(native_id=native_id, uri=uri, content=None, error=error)


def distinct(items: Iterator[Item]) -> Iterator[Item]:
    """Gives the second and later items of one native id an id of their own, so that none hides another."""
    seen: dict[str, int] = {}
    for item in items:
        count = seen[item.native_id] = seen.get(item.native_id, 0) + 1
        yield item if count == 1 else replace(item, native_id=f"{item.native_id}~{count}")
