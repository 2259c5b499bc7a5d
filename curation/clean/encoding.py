"""Bytes to text: the declared charset, the mark at the start, the page's own word, UTF-8, and a guess at last."""

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from curation.decisions import Reason
from curation.document import Dropped, Failed

MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),  # before UTF-16, whose mark it begins with
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
META = re.compile(rb"""<(?:meta|\?xml)[^>]{0,300}?(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_.:-]{2,40})""", re.IGNORECASE)
HEAD_BYTES = 4096
GUESS_BYTES = 65_536

WEB_ALIASES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
"""Browsers read these as Windows-1252 (WHATWG Encoding Standard, section 4.2), and so pages are written."""

BINARY_HEADS = (b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"%PDF-", b"\x1f\x8b", b"BZh", b"MZ\x90", b"wOFF")


def decode(content: bytes, charset: str | None) -> str:
    """The text of some bytes; the same bytes and charset always give the same text.

    Raises Dropped (binary) for bytes that are no text, and Failed (undecodable) where no encoding fits.
    """
    require_text(content)
    for name in _candidates(content, charset):
        try:
            return content.decode(name)
        except (UnicodeDecodeError, LookupError):
            continue
    raise Failed("no declared or guessed encoding fits the bytes", Reason.UNDECODABLE)


def require_text(content: bytes) -> None:
    """Raises Dropped (binary) for bytes that begin like a known binary format or hold NULs without being UTF-16 or 32."""
    if any(content.startswith(mark) for mark, _ in MARKS):
        return
    head = content[:HEAD_BYTES]
    if head.startswith(BINARY_HEADS):
        raise Dropped(Reason.BINARY, f"begins like a binary format: {head[:4]!r}")
    nulls = head.count(0)
    if nulls and not _wide(head):
        raise Dropped(Reason.BINARY, f"{nulls} NUL bytes in the first {len(head)}", float(nulls), 0.0)


def _wide(head: bytes) -> bool:
    """UTF-16 without a mark: nearly every other byte of Western text is NUL."""
    half = max(1, len(head) // 2)
    return head[1::2].count(0) > 0.7 * half or head[0::2].count(0) > 0.7 * half


def _candidates(content: bytes, charset: str | None) -> Iterator[str]:
    for mark, name in MARKS:
        if content.startswith(mark):
            yield name
    if b"\x00" in content[:HEAD_BYTES] and _wide(content[:HEAD_BYTES]):
        yield "utf-16-le" if content[1:2] == b"\x00" else "utf-16-be"
    # Valid UTF-8 with a multi-byte character is UTF-8 whatever the page says: in no other encoding is it likely text.
    yield "utf-8"
    if charset:
        yield WEB_ALIASES.get(charset.strip().lower(), charset.strip())
    if declared := META.search(content[:HEAD_BYTES]):
        name = declared.group(1).decode("ascii").lower()
        yield WEB_ALIASES.get(name, name)
    if guessed := _guess(content):
        yield guessed


def _guess(content: bytes) -> str | None:
    """charset-normalizer's best guess from a sample around the first bytes beyond ASCII."""
    first = next(iter(re.finditer(rb"[\x80-\xff]", content)), None)
    start = max(0, (first.start() if first else 0) - GUESS_BYTES // 4)
    best = from_bytes(content[start : start + GUESS_BYTES]).best()
    return best.encoding if best else None
