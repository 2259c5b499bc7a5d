"""Web archives: WARC 1.0 and 1.1 (ISO 28500), one item per page that was captured with status 200.

The records of a compressed file are read as one stream. A page's time of capture goes nowhere: two crawls of an unchanged
page would differ in it, and everything made of the page would be made again.
"""

import base64
import hashlib
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import IO

from curation.sources.archived import Response, Unusable, parse
from curation.sources.containers import UNREADABLE, explain
from curation.sources.item import Item

MOST_OTHERS = 100
"""Records that are no page, each a failed item of its own; those beyond are counted in one."""

HEADER_BYTES = 64_000
CHUNK = 1 << 16

_DIGESTS = {"sha1": hashlib.sha1, "sha256": hashlib.sha256, "sha512": hashlib.sha512, "md5": hashlib.md5}
_PAGES = frozenset({"response", "resource", "conversion"})
_ABOUT = frozenset({"warcinfo", "request", "metadata"})  # records of the crawl itself, which has no text to lose


@dataclass(frozen=True)
class _Record:
    """The header of a record, and its block; None where it is larger than what is read of one."""

    header: Mapping[str, str]
    block: bytes | None

    @property
    def uri(self) -> str:
        # some writers put it between angle brackets, as the grammar of version 1.0 had it
        return self.header.get("warc-target-uri", "").strip("<>") or self.header.get("warc-record-id", "").strip("<>") or "(nameless)"


class _BrokenError(Exception):
    """A place from which no further record can be read, in words."""


def is_warc(head: bytes) -> bool:
    """Whether a file that begins so is a WARC file."""
    return head.startswith(b"WARC/")


def pages(stream: IO[bytes], native: str, uri: str, largest: int, whole: bool) -> Iterator[Item]:
    """Every captured page of text or HTML; what is none is a failed item with the reason, as is a file that breaks off.

    `native` and `uri` are those of the file, `largest` is the most bytes of a page as it was sent, and when decoded. Where
    the file is the `whole` source, a page's id is its address; else it begins with the file's.
    """
    others, seen, number = _Others(native, uri), set[str](), 0
    try:
        for record in _records(stream, largest + HEADER_BYTES):
            number += 1
            name = record.uri if whole else f"{native}#{record.uri}"
            try:
                item = _page(record, name, largest, seen)
            except Unusable as reason:
                item = others.met(name, record.uri, str(reason))
            if item is not None:
                yield item
    except (_BrokenError, *UNREADABLE) as error:
        why = str(error) if isinstance(error, _BrokenError) else explain(error)
        yield Item.failed(f"{native}#broken", uri, f"after {number} records {why}; what follows is lost")
    yield from others.rest()


@dataclass
class _Others:
    """Records that are no page: the first ones each by itself, the rest by their reasons."""

    native: str
    uri: str
    named: int = 0
    counted: Counter[str] = field(default_factory=Counter)

    def met(self, name: str, uri: str, reason: str) -> Item | None:
        if self.named < MOST_OTHERS:
            self.named += 1
            return Item.failed(name, uri, reason)
        self.counted[reason] += 1
        return None

    def rest(self) -> Iterator[Item]:
        if self.counted:
            kinds = sorted(self.counted.items(), key=lambda kind: (-kind[1], kind[0]))
            words = "; ".join(f"{count:,}: {reason}" for reason, count in kinds[:20])
            yield Item.failed(f"{self.native}#others", self.uri, f"{self.counted.total():,} more records that are no page. {words}")


def _records(stream: IO[bytes], largest: int) -> Iterator[_Record]:
    while line := stream.readline(HEADER_BYTES):
        if not line.strip():
            continue  # two empty lines end a record
        if not is_warc(line):
            raise _BrokenError(f"there is no WARC record, but {line[:40]!r}")
        header = _header(stream)
        length = header.get("content-length", "")
        if not (length.isascii() and length.isdecimal()):
            raise _BrokenError("a record does not say how long it is")
        size, held = int(length), header.get("warc-type") not in _ABOUT and int(length) <= largest
        block = stream.read(size) if held else None
        if (len(block) if block is not None else _skipped(stream, size)) < size:
            raise _BrokenError("the file breaks off within a record")
        yield _Record(header, block)


def _header(stream: IO[bytes]) -> Mapping[str, str]:
    header, size = dict[str, str](), 0
    while (line := stream.readline(HEADER_BYTES)).strip():
        size += len(line)
        if size > HEADER_BYTES:
            raise _BrokenError(f"the header of a record has more than {HEADER_BYTES:,} bytes")
        name, _, value = line.decode("utf-8", "replace").partition(":")
        header[name.strip().lower()] = value.strip()
    if not line:
        raise _BrokenError("the file breaks off within the header of a record")
    return header


def _skipped(stream: IO[bytes], size: int) -> int:
    left = size
    while left and (chunk := stream.read(min(CHUNK, left))):
        left -= len(chunk)
    return size - left


def _page(record: _Record, name: str, largest: int, seen: set[str]) -> Item | None:
    """The page of a record; None for one that is no loss. Raises Unusable with the reason."""
    kind, digest = record.header.get("warc-type", ""), record.header.get("warc-payload-digest", "")
    if kind in _ABOUT or (kind == "revisit" and digest and digest in seen):
        return None
    if kind == "revisit":
        raise Unusable("a page that had not changed (revisit); what it was is not in this file")
    if kind not in _PAGES or "warc-segment-number" in record.header:
        raise Unusable(f"a record of type {kind or 'none'}{', in segments' if kind in _PAGES else ''}")
    if "warc-truncated" in record.header:
        raise Unusable(f"cut off while it was captured ({record.header['warc-truncated']})")
    if record.block is None:
        raise Unusable(f"larger than max_item_megabytes ({largest / 1e6:g})")
    response = _response(record, kind)
    if digest and not any(_agrees(digest, payload) for payload in response.payloads):
        raise Unusable("damaged: the digest of its payload is another")
    content = response.content(largest)
    seen.add(digest)
    return Item(
        native_id=name,
        uri=record.uri,
        content=content,
        media_type=response.media_type,
        charset=response.charset,
        modified=response.modified,
        etag=response.headers.get("etag"),
    )


def _response(record: _Record, kind: str) -> Response:
    block = record.block or b""
    if kind == "response" and record.header.get("content-type", "").startswith("application/http"):
        return parse(block)
    if kind == "response":
        raise Unusable(f"no answer of a web server, but {record.header.get('content-type', 'of no type')}")
    return Response(200, {"content-type": record.header.get("content-type", "")}, block)


def _agrees(digest: str, payload: bytes) -> bool:
    """Whether a payload has a digest as `sha1:BASE32` or in hex. One by an unknown algorithm cannot be held against it."""
    algorithm, _, text = digest.partition(":")
    if algorithm.lower() not in _DIGESTS:
        return True
    found = _DIGESTS[algorithm.lower()](payload, usedforsecurity=False).digest()
    return text.lower() == found.hex() or text.upper().rstrip("=") == base64.b32encode(found).decode().rstrip("=")
