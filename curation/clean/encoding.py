"""Bytes to text: the declared charset, the mark at the start, the page's own word, UTF-8, and a guess at last."""

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from curation.clean.latin import ALPHABETS, latin_encoding
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
GUESSED = (
    *("cp1250", "cp1251", "cp1252", "cp1253", "cp1254", "cp1255", "cp1256", "cp1257", "koi8_r"),
    *("shift_jis", "euc_jp", "gb18030", "big5", "euc_kr"),
)
"""What pages without a word on their encoding are written in; rarer ones are taken for these far more often than met."""
MOST_LOST = 0.01  # of the characters; damaged UTF-8 with more holes is rather another encoding

LONGEST_LATIN_RUN = 1.5
"""Bytes beyond ASCII in a row, on average, of text in Latin letters; Cyrillic has a word of them, and Chinese two or more."""

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
_WIDE_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f]")

WEB_ALIASES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
"""Browsers read these as Windows-1252 (WHATWG Encoding Standard, section 4.2), and so pages are written."""

BINARY_HEADS = (b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"%PDF-", b"\x1f\x8b", b"BZh", b"MZ\x90", b"wOFF")


def decode(content: bytes, charset: str | None) -> str:
    """The text of some bytes; the same bytes and charset always give the same text.

    Raises Dropped (binary) for bytes that are no text, and Failed (undecodable) where no encoding fits.
    """
    require_text(content)
    for name in _candidates(content, charset):
        if name == "utf-8" and (damaged := _damaged_utf8(content)) is not None:
            return damaged
        try:
            return content.decode(name)
        except (ValueError, LookupError):  # there are codecs that decode nothing, and names that are none
            continue
    return _western(content)


def _damaged_utf8(content: bytes) -> str | None:
    """UTF-8, also with a few bad bytes, where most of what is not ASCII still reads as UTF-8."""
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        text = content.decode("utf-8", "replace")
    lost = text.count("\ufffd")
    others = len(text) - lost - len(text.encode("ascii", "ignore"))
    return text if lost <= MOST_LOST * len(text) and (lost == 0 or lost * 3 < others) else None


def _western(content: bytes) -> str:
    """The commonest encoding of old files, for short ones in which there is nothing to guess by."""
    text = content.decode("cp1252", "replace")
    if text.count("\ufffd") <= MOST_LOST * len(text) and not _CONTROL.search(content):
        return text
    raise Failed("no declared or guessed encoding fits the bytes", Reason.UNDECODABLE)


def require_text(content: bytes) -> None:
    """Raises Dropped (binary) for bytes that begin like a known binary format, or hold NULs or many other control characters.

    A few NULs, or some at the end, are what old games put after a string; cleaning takes them out.
    """
    if any(content.startswith(mark) for mark, _ in MARKS):
        return
    head = content[:HEAD_BYTES]
    if head.startswith(BINARY_HEADS):
        raise Dropped(Reason.BINARY, f"begins like a binary format: {head[:4]!r}")
    if b"\x00" in head and not head.strip(b"\x00 \t\r\n"):
        raise Dropped(Reason.BINARY, "nothing but NUL bytes at the beginning")
    controls = len(_CONTROL.findall(head))
    if controls > len(head) // 50 and not _wide(head):
        raise Dropped(
            Reason.BINARY, f"{controls} control characters in the first {len(head)} bytes", float(controls), float(len(head) // 50)
        )
    nulls, allowed = head.rstrip(b"\x00").count(0), len(head) // 500
    if nulls > allowed and not _wide(head):
        raise Dropped(Reason.BINARY, f"{nulls} NUL bytes in the first {len(head)}", float(nulls), float(allowed))


def _wide(head: bytes) -> str | None:
    """UTF-16 without a mark, by its name: nearly every other byte of Western text is NUL, and what they spell is text."""
    half = max(1, len(head) // 2)
    for name, nulls in (("utf-16-le", head[1::2]), ("utf-16-be", head[0::2])):
        if nulls.count(0) > 0.7 * half:
            text = head[: 2 * (len(head) // 2)].decode(name, "replace")
            return name if len(_WIDE_CONTROL.findall(text)) <= len(text) // 50 else None
    return None


def _candidates(content: bytes, charset: str | None) -> Iterator[str]:
    for mark, name in MARKS:
        if content.startswith(mark):
            yield name
    if b"\x00" in content[:HEAD_BYTES] and (wide := _wide(content[:HEAD_BYTES])):
        yield wide
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
    """A guess from a sample around the first bytes beyond ASCII: charset-normalizer tells scripts apart, letters Latin encodings.

    In other scripts bytes beyond ASCII come in runs, so where they stand alone nothing else is asked, as it would be of a file
    with a single apostrophe.
    """
    first = next(iter(_BEYOND_ASCII.finditer(content)), None)
    start = max(0, (first.start() if first else 0) - GUESS_BYTES // 4)
    sample = content[start : start + GUESS_BYTES]
    runs = _BEYOND_ASCII.findall(sample)
    if sum(map(len, runs)) < LONGEST_LATIN_RUN * len(runs):
        return latin_encoding(sample)
    best = from_bytes(sample, cp_isolation=list(GUESSED)).best()
    if best is None:
        return None
    return latin_encoding(sample) if best.encoding in ALPHABETS else best.encoding
