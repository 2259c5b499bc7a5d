"""What the headers of a response say of its content."""

from collections.abc import Mapping
from email.message import Message
from email.utils import parsedate_to_datetime
from functools import lru_cache

from curation.sources.fetch.fetcher import Page
from curation.sources.item import Item


def declared_type(headers: Mapping[str, str]) -> tuple[str, str | None]:
    """Media type and charset, in lower case; a type that is not stated is `application/octet-stream`."""
    return _parsed(headers.get("content-type", "application/octet-stream"))


def modified_of(headers: Mapping[str, str]) -> str | None:
    """Last-Modified as ISO 8601; None where it is not stated, or is no date."""
    try:
        return parsedate_to_datetime(headers.get("last-modified", "")).isoformat()
    except (ValueError, OverflowError):
        return None


def item_of(url: str, page: Page) -> Item:
    """The item of a page that was had, under an address."""
    media_type, charset = declared_type(page.headers)
    return Item(
        native_id=url,
        uri=url,
        content=page.content,
        media_type=media_type,
        charset=charset,
        modified=modified_of(page.headers),
        etag=page.headers.get("etag"),
    )


@lru_cache(maxsize=256)
def _parsed(content_type: str) -> tuple[str, str | None]:
    message = Message()
    message["content-type"] = content_type
    return message.get_content_type(), message.get_content_charset()
