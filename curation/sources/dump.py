"""MediaWiki XML dumps, cut into one item per page without building a tree of the whole.

Within a dump `<page>` cannot occur but as an element, since wikitext is escaped, so pages are found by their tags. A
page keeps the bytes it had, in UTF-8. Schema: https://www.mediawiki.org/xml/export-0.11.xsd.
"""

import codecs
import html
import re
from collections.abc import Iterator
from typing import IO

from curation.sources.item import Item
from curation.sources.media import WIKI_PAGE

CHUNK = 1 << 20
_OPEN, _CLOSE = b"<page>", b"</page>"
_BOMS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))


def is_dump(head: bytes) -> bool:
    """Whether a file that begins so is a MediaWiki dump, in UTF-8 or UTF-16."""
    return b"<mediawiki" in head[:2048].replace(b"\x00", b"")


def pages(stream: IO[bytes], name: str, largest: int) -> Iterator[Item]:
    """Every page of a dump as an item of media type application/x-mediawiki-page+xml.

    `largest` is the most bytes of one page. A page that is larger, and a dump that ends within a page, are failed items.
    """
    prefix, buffer = f"file:{name}#", b""
    chunks = _utf8(stream)
    head = next(chunks, b"")
    base = re.search(rb"<base>([^<]*)/[^/<]*</base>", head)
    if base:
        prefix = html.unescape(base[1].decode("utf-8", "replace")) + "/"
    for chunk in _prepend(head, chunks):
        buffer += chunk
        while (end := buffer.find(_CLOSE)) >= 0:
            start = buffer.find(_OPEN)
            if 0 <= start < end:
                yield _page(buffer[start : end + len(_CLOSE)], prefix)
            buffer = buffer[end + len(_CLOSE) :]
        if len(buffer) > largest:
            yield Item.failed(f"{name}#oversized", prefix, f"a page is larger than {largest} bytes, reading stopped there")
            return
    if _OPEN in buffer:
        yield Item.failed(f"{name}#truncated", prefix, "the dump ends within a page: it is truncated")


def _prepend(head: bytes, rest: Iterator[bytes]) -> Iterator[bytes]:
    yield head
    yield from rest


def _utf8(stream: IO[bytes]) -> Iterator[bytes]:
    first = stream.read(CHUNK)
    encoding = next((name for bom, name in _BOMS if first.startswith(bom)), None)
    if encoding is None:
        while first:
            yield first
            first = stream.read(CHUNK)
        return
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    while first:
        yield decoder.decode(first).encode()
        first = stream.read(CHUNK)


def _page(content: bytes, prefix: str) -> Item:
    title = _field(rb"<title>([^<]*)</title>", content) or "untitled"
    revisions = re.findall(rb"<revision>\s*<id>(\d+)</id>", content)
    stamps = re.findall(rb"<timestamp>([^<]*)</timestamp>", content)
    return Item(
        native_id=_field(rb"<id>(\d+)</id>", content) or title,
        uri=prefix + title.replace(" ", "_"),
        content=content,
        media_type=WIKI_PAGE,
        title=title,
        revision=revisions[-1].decode() if revisions else None,
        charset="utf-8",
        modified=stamps[-1].decode("ascii", "replace") if stamps else None,
    )


def _field(pattern: bytes, content: bytes) -> str | None:
    found = re.search(pattern, content)
    return html.unescape(found[1].decode("utf-8", "replace")) if found else None
