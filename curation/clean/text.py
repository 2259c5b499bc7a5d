"""Cleaners: pure functions from text to text, each with a name that the warehouse records."""

import html
import re
import unicodedata
from collections.abc import Callable, Mapping

import ftfy
from ftfy.badness import is_bad

from curation.domains import Domain

Cleaner = Callable[[str], str]

LONGEST_REPAIR = 20_000  # characters of a line that is still repaired: ftfy tries several decodings of each

_SUSPICIOUS = re.compile("[\x80-\x9f\ufffd]|[ÂÃâÐÑðïÎÏ][\x80-\xbf\u0152-\u0192\u02c6\u02dc\u2013-\u2122]")
_LATIN1_RUN = re.compile("[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2}|[\u00f0-\u00f4][\u0080-\u00bf]{3}")
_C1 = re.compile("[\u0080-\u009f]")
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufff9-\ufffc\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff]")
_INVISIBLE = re.compile("[\u00ad\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u205f\u3000]")
_LINE_ENDS = re.compile("\r\n?|\u2028|\u0085")
_PARAGRAPH_ENDS = re.compile("\u2029")
_TRAILING = re.compile(r"(?<=\S)[ \t]+$|^[ \t]+$", re.MULTILINE)
_BLANK_RUN = re.compile(r"\n{3,}")
_CODE_BLANK_RUN = re.compile(r"\n{4,}")
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")
_DROP_CAPITAL = re.compile(r"<img\s[^<>]{0,120}?/(\w)_letter\.png[^<>]{0,40}>", re.IGNORECASE)
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STRAY_TAG = re.compile(r"</?(?:p|font|div|img|center|span|u)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_FOREIGN_LABEL = re.compile(r"\A\[[\uac00-\ud7a3 ]{1,20}: ([^\n]{1,200})\]\n+")
_CLOSING_RULE = re.compile(r"\n[ \t]*[-=_]{3,}\s*\Z")
_STRAY_MARK = re.compile(r"\[pagebreak\]", re.IGNORECASE)


def mojibake(text: str) -> str:
    """Undoes text that was decoded wrongly and encoded again, line by line where it looks so.

    UTF-8 read as Latin-1 leaves control characters that nothing else does; it is undone first, character by character,
    since ftfy gives up on a line that is only partly wrong.
    """
    return _repair(_LATIN1_RUN.sub(_reread, text), lambda line: _SUSPICIOUS.search(line) is not None)


def _reread(found: re.Match[str]) -> str:
    run = found.group()
    if not _C1.search(run):
        return run
    try:
        return run.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return run


def code_mojibake(text: str) -> str:
    """As mojibake, but only where ftfy finds a line bad: odd characters may be what the code is about."""
    return _repair(text, is_bad)


def _repair(text: str, suspect: Callable[[str], bool]) -> str:
    if text.isascii() or not _SUSPICIOUS.search(text):
        return text
    lines = text.split("\n")
    return "\n".join(
        ftfy.fix_encoding(line) if not line.isascii() and len(line) < LONGEST_REPAIR and suspect(line) else line for line in lines
    )


def entities(text: str) -> str:
    """Character references that an earlier extraction left behind: &amp;#8712; becomes the sign itself."""
    return _ENTITY.sub(lambda match: html.unescape(match.group()), text) if "&" in text else text


def composed(text: str) -> str:
    """Unicode normal form C: one spelling for each accented letter."""
    return unicodedata.normalize("NFC", text)


def controls(text: str) -> str:
    """Removes control characters, halves of surrogate pairs, and marks that have no width and no meaning in running text."""
    return _INVISIBLE.sub("", _CONTROL.sub("", text))


def code_controls(text: str) -> str:
    """Removes what no source file needs; the marks without width stay, since strings may hold them on purpose."""
    return _CONTROL.sub("", text.removeprefix("\ufeff").replace("\x0c", ""))


def line_ends(text: str) -> str:
    """One kind of line end."""
    return _PARAGRAPH_ENDS.sub("\n\n", _LINE_ENDS.sub("\n", text))


def code_line_ends(text: str) -> str:
    """One kind of line end, leaving separators that are legal inside strings."""
    return text.replace("\r\n", "\n").replace("\r", "\n")


def stray_markup(text: str) -> str:
    """Tags of layout that a game's books carry; a drop capital drawn as a picture becomes its letter again.

    Of a text that a collector cut from a longer file, the Korean label before the title and the rule at the end go too.
    """
    text = _CLOSING_RULE.sub("", _FOREIGN_LABEL.sub(r"\1\n\n", text))
    if "<" not in text and "[" not in text:
        return text
    text = _DROP_CAPITAL.sub(lambda match: match.group(1), text)
    return _STRAY_MARK.sub("\n", _STRAY_TAG.sub("", _LINE_BREAK_TAG.sub("\n", text)))


def spacing(text: str) -> str:
    """Odd spaces become plain ones; spaces at line ends, runs of blank lines and blank borders go."""
    return _BLANK_RUN.sub("\n\n", _TRAILING.sub("", _SPACES.sub(" ", text))).strip("\n").rstrip()


def code_spacing(text: str) -> str:
    """As spacing, but indentation, tabs and two blank lines between functions stay, and a file ends in a line end."""
    stripped = _CODE_BLANK_RUN.sub("\n\n\n", _TRAILING.sub("", text)).strip("\n").rstrip()
    return stripped + "\n" if stripped else ""


PROSE: Mapping[str, Cleaner] = {
    "mojibake": mojibake,
    "entities": entities,
    "line_ends": line_ends,
    "controls": controls,
    "stray_markup": stray_markup,
    "composed": composed,
    "spacing": spacing,
}
"""What running text goes through, in order."""

CODE: Mapping[str, Cleaner] = {
    "mojibake": code_mojibake,
    "line_ends": code_line_ends,
    "controls": code_controls,
    "spacing": code_spacing,
}
"""What source files go through: what is boilerplate in prose is syntax here."""

CLEANERS: Mapping[Domain, Mapping[str, Cleaner]] = {domain: CODE if domain is Domain.CODE else PROSE for domain in Domain}
"""The cleaners of each domain by name."""
