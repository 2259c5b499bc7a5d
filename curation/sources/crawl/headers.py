"""What the headers of a response say of its content."""

from collections.abc import Mapping
from email.utils import parsedate_to_datetime

from curation.sources.fetch.charset import content_type
from curation.sources.fetch.fetcher import Page
from curation.sources.item import Item


def modified_of(headers: Mapping[str, str]) -> str | None:
    """Last-Modified as ISO 8601; None where it is not stated, or is no date."""
    try:
        return parsedate_to_datetime(headers.get("last-modified", "")).isoformat()
    except (ValueError, OverflowError):
        return None


def item_of(url: str, page: Page) -> Item:
    """The item of a page that was had, under an address."""
    media_type, charset = content_type(page.headers.get("content-type", ""))
    return Item(
        native_id=url,
        uri=url,
        content=page.content,
        media_type=media_type,
        charset=charset,
        modified=modified_of(page.headers),
        etag=page.headers.get("etag"),
    )
