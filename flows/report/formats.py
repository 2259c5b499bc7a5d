"""Numbers and foreign text as a person reads them: thousands separated, units said, nothing that breaks a page."""

import re
import unicodedata

_CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ufff9-\ufffb]")
_WIDE_MARKS = 4
"""Combining marks in a row that any writing system uses; more only climb out of their line."""


def count(value: float | None) -> str:
    """A whole number with thousands separated: 12,345."""
    return "–" if value is None else f"{round(value):,}"


def counted(value: int, unit: str) -> str:
    """A number of things: 1 document, 2,310 documents."""
    return f"{value:,} {unit}{'' if value == 1 else 's'}"


def extent(low: float, high: float) -> str:
    """From the least to the greatest, or the one figure where they agree: 0.71–0.98."""
    ends = decimal(low), decimal(high)
    return ends[0] if ends[0] == ends[1] else "–".join(ends)


def decimal(value: float | None, places: int = 2) -> str:
    """A number with a fixed count of decimals: 3.40."""
    return "–" if value is None else f"{value:,.{places}f}"


def share(value: float | None) -> str:
    """A part of one as a percentage: 12.5 %."""
    return "–" if value is None else f"{100 * value:.1f} %"


def large(value: float) -> str:
    """A large number in words, to three figures: 31.2 million."""
    for size, word in ((1e9, "billion"), (1e6, "million")):
        if value >= size:
            return f"{value / size:.3g} {word}" if value < 1000 * size else f"{value / size:,.0f} {word}"
    return count(value)


def duration(seconds: float | None) -> str:
    """A time span in the unit that suits it: 0.4 s, 12 s, 3 min 20 s, 2 h 05 min."""
    if seconds is None:
        return "–"
    if seconds < 9.95:
        return f"{seconds:.1f} s"
    whole = round(seconds)
    if whole < 60:
        return f"{whole} s"
    if whole < 3600:
        return f"{whole // 60} min {whole % 60:02d} s"
    return f"{whole // 3600} h {whole % 3600 // 60:02d} min"


def size(value: float | None) -> str:
    """A number of bytes: 412 B, 3.1 kB, 12.0 MB."""
    if value is None:
        return "–"
    for unit, word in ((1e9, "GB"), (1e6, "MB"), (1e3, "kB")):
        if value >= unit:
            return f"{value / unit:,.1f} {word}"
    return f"{value:.0f} B"


def plain(text: str | None) -> str:
    """Foreign text without what breaks a page: control characters as pictures, heaped combining marks cut short.

    Direction is left to the page, which isolates every such text; escaping is left to the template.
    """
    if text is None:
        return ""
    return _flat(_CONTROLS.sub(_picture, text.replace("\r\n", "\n")))


def uri(text: str | None, characters: int = 140) -> str:
    """A URI in at most so many characters: plain, the middle of a longer one left out, since its end tells most."""
    known = plain(text).replace("\n", "␊").replace("\t", "␉")
    if len(known) <= characters:
        return known
    tail = characters // 2
    return f"{known[: characters - tail - 1]}…{known[-tail:]}"


def excerpt(text: str | None, characters: int) -> str:
    """The beginning of a text, plain, with an ellipsis where something was left out."""
    known = plain(text)
    return known if len(known) <= characters else f"{known[:characters].rstrip()} …"


def _picture(match: re.Match[str]) -> str:
    code = ord(match.group())
    if code < 0x20:
        return chr(0x2400 + code)
    return "␡" if code == 0x7F else "�"


def _flat(text: str) -> str:
    if text.isascii():
        return text
    kept: list[str] = []
    marks = 0
    for character in text:
        marks = marks + 1 if unicodedata.category(character) == "Mn" else 0
        if marks <= _WIDE_MARKS:
            kept.append(character)
    return "".join(kept)
