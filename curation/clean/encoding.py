"""Bytes to text: the declared charset, the mark at the start, the page's own word, UTF-8, and a guess at last."""

import codecs
import re
from collections.abc import Iterator

from charset_normalizer import from_bytes

from curation.clean.frequent import frequent_encoding
from curation.clean.latin import ALPHABETS, latin_encoding
from curation.clean.wide import wide_encoding
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
MOST_LOST = 0.01  # of the characters, where a mark or nothing else names the encoding
LEAST_VALID = 2  # characters beyond ASCII that read as UTF-8 for each place that does not; in other encodings hardly any do

LONGEST_LATIN_RUN = 1.5
"""Bytes beyond ASCII in a row, on average, of text in Latin letters; Cyrillic has a word of them, and Chinese two or more."""

_BEYOND_ASCII = re.compile(rb"[\x80-\xff]+")
_CONTROL = re.compile(rb"[\x01-\x08\x0e-\x1a\x1c-\x1f]")
MOST_FAULTS = 1000
"""Bytes that are no UTF-8 from which on they are counted one by one only where more characters beyond ASCII are."""

_BAD = "\udcff"  # one place that is no UTF-8, while it is read; it is no character, so no text holds it
_PAIR = re.compile(rb"\xed[\xa0-\xaf][\x80-\xbf]\xed[\xb0-\xbf][\x80-\xbf]")
_HALF = re.compile(rb"\xed[\xa0-\xbf][\x80-\xbf]")
_SEVEN_BITS = ((re.compile(rb"\x1b\$[@B]"), "iso2022_jp"), (re.compile(rb"\x1b\$\)C"), "iso2022_kr"))
"""By what announces them, encodings whose bytes are all ASCII."""

WEB_ALIASES = {"iso-8859-1": "cp1252", "latin-1": "cp1252", "latin1": "cp1252", "us-ascii": "cp1252", "ascii": "cp1252"}
"""Browsers read these as Windows-1252 (WHATWG Encoding Standard, section 4.2), and so pages are written."""

BINARY_HEADS = (b"\x7fELF", b"\x89PNG", b"GIF8", b"\xff\xd8\xff", b"PK\x03\x04", b"%PDF-", b"\x1f\x8b", b"BZh", b"MZ\x90", b"wOFF")


def decode(content: bytes, charset: str | None) -> str:
    """The text of some bytes; the same bytes and charset always give the same text.

    Raises Dropped (binary) for bytes that are no text, and Failed (undecodable) where no encoding fits.
    """
    require_text(content)
    if (marked := _marked(content)) is not None:
        return marked
    content = content.removeprefix(codecs.BOM_UTF8)
    for name in _candidates(content, charset):
        if name == "utf-8" and (damaged := _damaged_utf8(content)) is not None:
            return damaged
        try:
            return content.decode(name)
        except (ValueError, LookupError):  # there are codecs that decode nothing, and names that are none
            continue
    return _western(content)


def _marked(content: bytes) -> str | None:
    """The text of bytes that begin with the mark of UTF-16 or UTF-32; halves of characters in it become U+FFFD.

    Raises Failed (undecodable) where there are more of them than damage explains.
    """
    name = next((name for mark, name in MARKS if content.startswith(mark)), "utf-8-sig")
    if name == "utf-8-sig":
        return None
    text = content.decode(name, "replace")
    lost = text.count("\ufffd")
    if lost > max(1, MOST_LOST * len(text)):
        detail = f"begins with the mark of {name.upper()}, and has {lost} places that are none"
        raise Failed(detail, Reason.UNDECODABLE)
    return text


def _damaged_utf8(content: bytes) -> str | None:
    """UTF-8, also with bad bytes, each run of which becomes U+FFFD, where most of what is not ASCII still reads as UTF-8.

    Pairs of surrogates, as some databases write characters beyond the first 65,536, are read as what they stand for. A character
    that is cut at the end is no sign of another encoding, unless it is a single byte and the only one beyond ASCII.
    """
    try:
        return content.decode("utf-8")
    except UnicodeDecodeError:
        quick = content.decode("utf-8", "replace")
    if (lost := quick.count("\ufffd")) > MOST_FAULTS and lost > _beyond_ascii(quick) - lost:
        return None
    text = _PAIR.sub(_joined, content).decode("utf-8", "bad_utf8")
    cut = text.endswith(_BAD) and _is_cut(content)
    bad = text.count(_BAD) - cut
    valid = _beyond_ascii(text) - bad - cut
    if bad * LEAST_VALID > valid or (not valid and content[-2:-1] < b"\x80"):
        return None
    return text.replace(_BAD, "\ufffd")


def _beyond_ascii(text: str) -> int:
    return len(text) - len(text.encode("ascii", "ignore"))


def _joined(pair: re.Match[bytes]) -> bytes:
    return pair.group().decode("utf-8", "surrogatepass").encode("utf-16", "surrogatepass").decode("utf-16").encode()


def _is_cut(content: bytes) -> bool:
    """Whether bytes end within a character of UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    decoder.decode(content[-4:])
    return bool(decoder.getstate()[0])


def _bad_utf8(error: UnicodeError) -> tuple[str, int]:
    """Passes over all bytes that no character can begin with, or half a pair of surrogates: they are one fault."""
    assert isinstance(error, UnicodeDecodeError)
    content, end = error.object, error.end
    if half := _HALF.match(content, error.start):
        end = half.end()
    while end < len(content) and 0x80 <= content[end] < 0xC2:
        end += 1
    return _BAD, end


codecs.register_error("bad_utf8", _bad_utf8)


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
    if controls > len(head) // 50 and wide_encoding(head) is None:
        raise Dropped(
            Reason.BINARY, f"{controls} control characters in the first {len(head)} bytes", float(controls), float(len(head) // 50)
        )
    nulls, allowed = head.rstrip(b"\x00").count(0), len(head) // 500
    if nulls > allowed and wide_encoding(head) is None:
        raise Dropped(Reason.BINARY, f"{nulls} NUL bytes in the first {len(head)}", float(nulls), float(allowed))


def _candidates(content: bytes, charset: str | None) -> Iterator[str]:
    head = content[:HEAD_BYTES]
    if _CONTROL.search(head) or b"\x00" in head:
        if wide := wide_encoding(head):
            yield wide
    elif b"\x1b$" in head and content.isascii():
        yield from (name for announced, name in _SEVEN_BITS if announced.search(head))
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
    """A guess from a sample around the first bytes beyond ASCII: charset-normalizer tells scripts apart, letters encodings of one.

    In other scripts bytes beyond ASCII come in runs, so where they stand alone nothing else is asked, as it would be of a file
    with a single apostrophe.
    """
    first = next(iter(_BEYOND_ASCII.finditer(content)), None)
    start = max(0, (first.start() if first else 0) - GUESS_BYTES // 4)
    sample = content[start : start + GUESS_BYTES]
    runs = _BEYOND_ASCII.findall(sample)
    if sum(map(len, runs)) < LONGEST_LATIN_RUN * len(runs):
        return latin_encoding(sample)
    if frequent := frequent_encoding(sample):
        return frequent
    best = from_bytes(sample, cp_isolation=list(GUESSED)).best()
    if best is None:
        return None
    return latin_encoding(sample) if best.encoding in ALPHABETS else best.encoding
