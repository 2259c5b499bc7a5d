"""MediaWiki XML dumps, cut into one item per page without building a tree of the whole.

Within a dump `<page>` cannot occur but as an element, since wikitext is escaped, so pages are found by their tags. A
page keeps the bytes it had, in UTF-8. Schemas: https://www.mediawiki.org/xml/export-0.11.xsd, and its forerunners from
export-0.3.xsd on. Before 0.6 a page did not say its namespace: there it is told by the names in the head of the dump.
"""

import codecs
import html
import re
from collections.abc import Iterator
from itertools import chain
from typing import IO

from curation.sources.containers import UNREADABLE
from curation.sources.item import Item
from curation.sources.media import WIKI_PAGE

CHUNK = 1 << 20
PIECE = 1 << 15
"""Bytes asked for at once. A truncated compressed stream gives nothing of the piece in which it breaks off."""

_OPEN, _CLOSE, _END = b"<page>", b"</page>", b"</mediawiki>"
_LONGEST_TAG = len(_END)
_UTF16 = ((codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"), (b"<\x00", "utf-16-le"), (b"\x00<", "utf-16-be"))


def is_dump(head: bytes) -> bool:
    """Whether a file that begins so is a MediaWiki dump, in UTF-8 or UTF-16."""
    return b"<mediawiki" in head[:2048].replace(b"\x00", b"")


def pages(stream: IO[bytes], name: str, largest: int) -> Iterator[Item]:
    """Every page of a dump as an item of media type application/x-mediawiki-page+xml.

    `largest` is the most bytes of one page. A page that is larger, a dump that breaks off before its end, and one
    without pages are failed items.
    """
    chunks = _utf8(stream)
    head = next(chunks, b"")
    prefix, spaces = _prefix(head, name), _namespaces(head)
    cutter = _Cutter(largest)
    for chunk in chain([head], chunks):
        for number, content in cutter.cut(chunk):
            if content is None:
                yield Item.failed(
                    f"{name}#oversized-{number}", f"{prefix.rstrip('#')}#{number}", f"page {number} is larger than {largest} bytes"
                )
            else:
                yield _page(content, prefix, spaces)
    if cutter.open or (is_dump(head) and not cutter.ended):
        yield Item.failed(f"{name}#truncated", prefix, "the dump ends before its last tag: it is truncated")
    elif not cutter.count:
        yield Item.failed(f"{name}#empty", prefix, "there is no <page> in it: it is empty, or no MediaWiki dump")


class _Cutter:
    """Cuts pages out of chunks of a dump. Holds one page and one chunk at most."""

    def __init__(self, largest: int) -> None:
        self.largest = largest  # bytes
        self.count = 0
        self.ended = False
        self._rest = b""
        self._skipping = False  # within a page that is too large

    @property
    def open(self) -> bool:
        """Whether a page has begun that has not ended."""
        return self._skipping or _OPEN in self._rest

    def cut(self, chunk: bytes) -> Iterator[tuple[int, bytes | None]]:
        """Numbered pages that end in this chunk, and None for one that turns out to be too large."""
        text, position = self._rest + chunk, 0
        while (close := text.find(_CLOSE, position)) >= 0:
            start, end = text.find(_OPEN, position, close), close + len(_CLOSE)
            if start >= 0 and not self._skipping:
                self.count += 1
                yield self.count, text[start:end] if end - start <= self.largest else None
            position, self._skipping = end, False
        start = text.find(_OPEN, position)
        if start >= 0 and len(text) - start > self.largest and not self._skipping:
            self.count += 1
            self._skipping = True
            yield self.count, None
        self.ended = self.ended or text.find(_END, position) >= 0
        # a tag may lie across two chunks
        self._rest = text[max(position, len(text) - _LONGEST_TAG) :] if self._skipping or start < 0 else text[start:]


def _prefix(head: bytes, name: str) -> str:
    base = re.search(rb"<base>([^<]*)/[^/<]*</base>", head)
    return html.unescape(base[1].decode("utf-8", "replace")) + "/" if base else f"file:{name}#"


def _namespaces(head: bytes) -> dict[str, str]:
    """Numbers of namespaces by what stands before the colon of a title, in lower case."""
    named = re.findall(rb'<namespace key="(-?\d+)"[^>]*>([^<]+)</namespace>', head)
    return {html.unescape(name.decode("utf-8", "replace")).strip().lower(): key.decode() for key, name in named}


def _utf8(stream: IO[bytes]) -> Iterator[bytes]:
    chunks = _chunks(stream)
    head = next(chunks, b"")
    encoding = next((name for mark, name in _UTF16 if head.startswith(mark)), None)
    decoder = codecs.getincrementaldecoder(encoding)("replace") if encoding else None
    for chunk in chain([head], chunks):
        yield decoder.decode(chunk).encode() if decoder else chunk


def _chunks(stream: IO[bytes]) -> Iterator[bytes]:
    """The stream in chunks; what could be read before an error comes before the error."""
    while True:
        chunk = bytearray()
        try:
            while len(chunk) < CHUNK and (piece := stream.read(min(PIECE, CHUNK))):
                chunk += piece
        except UNREADABLE:
            yield bytes(chunk)
            raise
        if not chunk:
            return
        yield bytes(chunk)


def _page(content: bytes, prefix: str, spaces: dict[str, str]) -> Item:
    title = _field(rb"<title>([^<]*)</title>", content) or "untitled"
    space = None if b"<ns>" in content else spaces.get(title.partition(":")[0].strip().lower() if ":" in title else "")
    revision = content[start:] if (start := content.rfind(b"<revision>")) >= 0 else b""  # the latest of a history
    return Item(
        native_id=_field(rb"<id>(\d+)</id>", content) or title,
        uri=prefix + title.replace(" ", "_"),
        content=content,
        media_type=WIKI_PAGE + (f"; namespace={space}" if space else ""),
        title=title,
        revision=_field(rb"<id>(\d+)</id>", revision),
        charset="utf-8",
        modified=_field(rb"<timestamp>([^<]*)</timestamp>", revision),
    )


def _field(pattern: bytes, content: bytes) -> str | None:
    found = re.search(pattern, content)
    return html.unescape(found[1].decode("utf-8", "replace")).strip() if found else None
