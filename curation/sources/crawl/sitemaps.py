"""Sitemaps: the addresses that a site lists of itself, as https://www.sitemaps.org/protocol.html says, and plain lists of addresses."""

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from protego import Protego

from curation.sources.crawl.xml_stream import CHUNK, ListingError, child, closed_elements, local, text_of

LARGEST = 52_428_800
"""Bytes of a sitemap, packed or not: the protocol's own limit (50 MB)."""

MOST_MEMBERS = 100
"""Gzip streams one after another in a list; each costs a copy of what follows it."""

_GZIP = b"\x1f\x8b"
_RECORDS = frozenset({"url", "sitemap"})
_BEGINNINGS = ("http://", "https://", "/")
_LONGEST_LINE = 100_000


@dataclass(frozen=True)
class Entry:
    """An address as a list gives it. `modified`: when the page was last changed, as it is written there. `is_list`: another list.

    `is_address`: false for what cannot be one where it stands.
    """

    href: str
    modified: str = ""
    is_list: bool = False
    is_address: bool = True


def unpacked(content: bytes) -> Iterator[bytes]:
    """The bytes of a list in pieces, gzip taken off where it is on. Raises ListingError where it is damaged, or too large."""
    if not content.startswith(_GZIP):
        yield from (content[start : start + CHUNK] for start in range(0, len(content), CHUNK))
        return
    total, packed, members = 0, content, 0
    while packed.startswith(_GZIP):
        members += 1
        if members > MOST_MEMBERS:
            raise ListingError(f"is of more than {MOST_MEMBERS:,} gzip streams; what could be read was used")
        member = zlib.decompressobj(wbits=31)
        try:
            while not member.eof:
                piece = member.decompress(packed, CHUNK)
                packed = member.unconsumed_tail or member.unused_data
                total += len(piece)
                if total > LARGEST:
                    raise ListingError(f"is larger than {LARGEST / 1e6:.0f} megabytes when unpacked")
                if not piece and not packed and not member.eof:
                    raise ListingError("ends in the middle of its gzip stream; what could be read was used")
                yield piece
        except zlib.error as error:
            raise ListingError(f"is damaged: {error}; what could be read was used") from None


def xml_entries(chunks: Iterable[bytes]) -> Iterator[Entry]:
    """The entries of a sitemap, or of an index of sitemaps, in their order. Raises ListingError."""
    for element in closed_elements(chunks, _RECORDS):
        if local(element) in _RECORDS:
            href = text_of(child(element, "loc"))
            yield Entry(href, text_of(child(element, "lastmod")), local(element) == "sitemap", _is_full(href))


def text_entries(chunks: Iterable[bytes]) -> Iterator[Entry]:
    """The lines of a list of addresses; empty ones and those that begin with # are none."""
    for line in _lines(chunks):
        href = line.decode("utf-8", "replace").strip("\ufeff \t\r\n")
        if href and not href.startswith("#"):
            yield Entry(href, is_address=_is_full(href))


def robots_entries(content: bytes) -> Iterator[Entry]:
    """The sitemaps that a robots.txt names."""
    yield from (Entry(href, is_list=True, is_address=_is_full(href)) for href in Protego.parse(content.decode("utf-8", "replace")).sitemaps)


def _is_full(href: str) -> bool:
    """Whether an address says its host, as the protocol wants it, or at least begins at the root of the list's."""
    return not href or href.lower().startswith(_BEGINNINGS)


def moment(stamp: str) -> datetime | None:
    """A time as sitemaps and feeds write it (W3C Datetime: a year, a month, a day or a time); None for what is no time.

    What has no zone is of UTC. A year, a month and a day are their last moment, so that nothing newer is taken for older.
    """
    text = stamp.strip()
    try:
        if len(text) <= 10:
            return _last_moment(text)
        found = datetime.fromisoformat(text)
        return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)
    except (ValueError, OverflowError):
        return None


def _last_moment(text: str) -> datetime:
    year, month, day = [*map(int, text.split("-")), 12, 31][:3] if text.count("-") == 0 else [*map(int, text.split("-")), 31][:3]
    while True:
        try:
            return datetime(year, month, day, 23, 59, 59, tzinfo=UTC)
        except ValueError:
            if text.count("-") == 2 or day <= 28:
                raise
            day -= 1


def _lines(chunks: Iterable[bytes]) -> Iterator[bytes]:
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).splitlines() if not chunk.endswith((b"\n", b"\r")) else [*(rest + chunk).splitlines(), b""]
        yield from whole
        if len(rest) > _LONGEST_LINE:
            raise ListingError(f"holds a line of more than {_LONGEST_LINE} characters: it is no list of addresses")
    yield rest
