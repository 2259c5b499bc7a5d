"""Cleaners of characters and of layout: what a text looks like, and not what it says."""

import html
import re
import unicodedata
from collections.abc import Callable, Iterator

import ftfy
from ftfy.badness import is_bad

from curation.clean.edits import Edit, Pass, differences, substitution
from curation.clean.paired_tags import paired_tags
from curation.clean.references import is_reference
from curation.clean.verbatim import outside_code

LONGEST_KEY = 120  # characters of a key, with the white space around it
LONGEST_REPAIR = 20_000  # characters of a line that is still repaired: ftfy tries several decodings of each

_SUSPICIOUS = re.compile("[\x80-\x9f\ufffdÂÃâÐÑðïÎÏ](?:(?<=[\x80-\x9f\ufffd])|[\x80-\xbf\u0152-\u0192\u02c6\u02dc\u2013-\u2122])")
_LATIN1_RUN = re.compile("[\u00c2-\u00df][\u0080-\u00bf]|[\u00e0-\u00ef][\u0080-\u00bf]{2}|[\u00f0-\u00f4][\u0080-\u00bf]{3}")
_ABOUT = re.compile("mojibake|文字化け", re.IGNORECASE)
_QUOTES = frozenset("'\"`“”„‘’‚«»")
_C1 = re.compile("[\u0080-\u009f]")
_AMPERSAND = r"(?:amp|AMP|#0{0,4}38|#[xX]0{0,4}26);"
_ENTITY = re.compile(rf"&(?:{_AMPERSAND})*(#\d{{1,7}}|#[xX][0-9a-fA-F]{{1,6}}|[A-Za-z][A-Za-z0-9]{{1,31}});")
_LINE_END = re.compile("\r\n?|\u2028|\u0085|\u2029")
_CODE_LINE_END = re.compile("\r\n?")
_NO_CODE = "\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ufff9-\ufffc\ufdd0-\ufdef\ufffe\uffff\ud800-\udfff"
_ASCII_CONTROLS = bytes(code for code in (*range(32), 127) if chr(code) not in "\t\n\r")
_NO_TEXT = f"[{_NO_CODE}\u00ad\u200e\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff]"
_CONTROL = re.compile(f"{_NO_TEXT}{_NO_TEXT}*")
_CODE_CONTROL = re.compile(rf"\A[\s\ufeff]*\ufeff|[{_NO_CODE}]+")
_WIDE = "[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_SPACE = re.compile(f"{_WIDE}{_WIDE}*")
_TRAILING = re.compile(r"[ \t](?<![ \t][ \t])[ \t]*(?=\n|\Z)")
UNSPACED = "\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff"
"""Letters of Thai, Lao, Burmese and Khmer, whose words a mark without width may part (Unicode 17, 6.2, zero width space)."""

ZERO_WIDTH_SPACE = re.compile(f"(?<![{UNSPACED}])\u200b+|\u200b+(?![{UNSPACED}\u200b])")
_BLANK_RUN = re.compile(r"\n{3,}")
_CODE_BLANK_RUN = re.compile(r"\n{4,}")
_COMPOSABLE = re.compile(r"[\x00-\x7f]?[^\x00-\x7f]+")
_DROP_CAPITAL = re.compile(r"<img\s[^<>]{0,120}?/(\w)_letter\.png[^<>]{0,40}>", re.IGNORECASE)
_LINE_BREAK_TAG = re.compile(r"<br\s*/?>", re.IGNORECASE)
_STRAY_TAG = re.compile(r"</?(?:p|font|div|img|center|span|u)(?:\s[^<>]{0,200})?/?>", re.IGNORECASE)
_FOREIGN_LABEL = re.compile(r"\A\s*\[[\uac00-\ud7a3 ]{1,20}: ([^\n]{1,200})\]\n+")
_CLOSING_KEY = re.compile(r"(?<=\S)\s*\n[a-z0-9]+(?:_[a-z0-9]+){2,}\s*\Z")
_STRAY_MARK = re.compile(r"\[pagebreak\]", re.IGNORECASE)


def twice_decoded(text: str) -> Iterator[Edit]:
    """Undoes UTF-8 that was read as Latin-1, character by character: it leaves control characters that nothing else does.

    It goes before `mojibake`, since ftfy gives up on a line that is only partly wrong.
    """
    if text.isascii() or not _C1.search(text) or _ABOUT.search(text):
        return
    for found in _LATIN1_RUN.finditer(text):
        run = found.group()
        if (mended := _reread(run)) != run:
            yield found.start(), found.end(), mended


def _reread(run: str) -> str:
    if not _C1.search(run):
        return run
    try:
        return run.encode("latin-1").decode("utf-8")
    except UnicodeDecodeError:
        return run


def mojibake(text: str) -> Iterator[Edit]:
    """Undoes text that was decoded wrongly and encoded again, line by line where it looks so (ftfy).

    What a text speaks of stays: letters alone between quotation marks, and all of a text that has the word for it.
    """
    return _repair(text, lambda line: _SUSPICIOUS.search(line) is not None, ftfy.fix_encoding)


def code_mojibake(text: str) -> Iterator[Edit]:
    """As mojibake, but only lines that ftfy finds bad, and each as a whole: odd characters may be what the code is about."""
    return _repair(text, is_bad, lambda line: ftfy.fix_encoding(line, _WHOLE_LINES))


_WHOLE_LINES = ftfy.TextFixerConfig(decode_inconsistent_utf8=False, replace_lossy_sequences=False, fix_c1_controls=False)


def _repair(text: str, suspect: Callable[[str], bool], mend: Callable[[str], str]) -> Iterator[Edit]:
    if text.isascii() or not _SUSPICIOUS.search(text) or _ABOUT.search(text):
        return
    start = 0
    for line in text.split("\n"):
        if not line.isascii() and len(line) < LONGEST_REPAIR and suspect(line) and (mended := mend(line)) != line:
            yield from (edit for edit in differences(line, mended, start) if not _is_example(text, edit))
        start += len(line) + 1


def _is_example(text: str, edit: Edit) -> bool:
    """Whether quotation marks stand right around what an edit would mend: the text speaks of it."""
    start, end, put = edit
    if put[:1] in _QUOTES and put[-1:] == text[end - 1 : end] and put[:1] == text[start : start + 1]:
        start, end = start + 1, end - 1  # marks beyond ASCII are of one run with the letters between them
    return text[start - 1 : start] in _QUOTES and text[end : end + 1] in _QUOTES


def entities(text: str) -> Iterator[Edit]:
    """Character references that an earlier extraction left behind: &amp;#8712; becomes the sign itself."""
    return iter(()) if "&" not in text else iter(outside_code(substitution(_ENTITY, _unescaped))(text))


def _unescaped(found: re.Match[str]) -> str:
    name = found.group(1)
    if not is_reference(name):
        return found.group()
    text = f"&{name};"
    again = html.unescape(text)
    while again != text:
        text, again = again, html.unescape(again)
    return text


def composed(text: str) -> Iterator[Edit]:
    """Unicode normal form C: one spelling for each accented letter."""
    if unicodedata.is_normalized("NFC", text):
        return
    for found in _COMPOSABLE.finditer(text):
        if (normal := unicodedata.normalize("NFC", found.group())) != found.group():
            yield found.start(), found.end(), normal


def line_ends(text: str) -> Iterator[Edit]:
    """One kind of line end; the mark of a paragraph's end is two of them."""
    if "\r" in text or not text.isascii():
        yield from substitution(_LINE_END, lambda found: "\n\n" if found.group() == "\u2029" else "\n")(text)


def code_line_ends(text: str) -> Iterator[Edit]:
    """One kind of line end, leaving separators that are legal inside strings."""
    if "\r" in text:
        yield from substitution(_CODE_LINE_END, "\n")(text)


def controls(text: str) -> Iterator[Edit]:
    """Control characters, halves of surrogate pairs, and marks that have no width and no meaning in running text go.

    A break of the page or the column becomes a line end.
    """
    return iter(substitution(_CONTROL, _gone)(text)) if _may_have_controls(text) else iter(())


def _gone(run: re.Match[str]) -> str:
    return "\n" if "\x0b" in run.group() or "\x0c" in run.group() else ""


def zero_width_spaces(text: str) -> Iterator[Edit]:
    """Spaces without width go, but between letters of scripts that part words by nothing else."""
    if "\u200b" in text:
        yield from substitution(ZERO_WIDTH_SPACE, "")(text)


def code_controls(text: str) -> Iterator[Edit]:
    """What no source file needs goes; the marks without width stay, since strings may hold them on purpose."""
    return iter(substitution(_CODE_CONTROL, "")(text)) if _may_have_controls(text) else iter(())


def _may_have_controls(text: str) -> bool:
    """A quick look at text in ASCII, which is most code; any other may have some."""
    return not text.isascii() or len(text.encode().translate(None, _ASCII_CONTROLS)) != len(text)


def odd_spaces(text: str) -> Iterator[Edit]:
    """Spaces of other widths, and those that hold words together, become plain ones."""
    if not text.isascii():
        yield from substitution(_SPACE, lambda found: " " * len(found.group()))(text)


def trailing_spaces(text: str) -> Iterator[Edit]:
    """Spaces at line ends go."""
    if " \n" in text or "\t\n" in text or text.endswith((" ", "\t")):
        yield from substitution(_TRAILING, "")(text)


def blank_lines(text: str) -> Iterator[Edit]:
    """Of several blank lines one stays, but in fenced code all; those at the borders go."""
    return iter(outside_code(lambda prose: _blank(prose, _BLANK_RUN, "\n\n", ""))(text))


def code_blank_lines(text: str) -> Iterator[Edit]:
    """As blank_lines, but two stay, as between functions, and a file ends in a line end."""
    return _blank(text, _CODE_BLANK_RUN, "\n\n\n", "\n")


def _blank(text: str, run: re.Pattern[str], instead: str, end: str) -> Iterator[Edit]:
    first, last = len(text) - len(text.lstrip("\n")), len(text.rstrip(" \t\n"))
    if last <= first:
        if text:
            yield 0, len(text), ""
        return
    if first:
        yield 0, first, ""
    if instead + "\n" in text:
        yield from ((found.start(), found.end(), instead) for found in run.finditer(text, first, last))
    if text[last:] != end:
        yield last, len(text), end


def closing_rules(text: str) -> Iterator[Edit]:
    """Lines of nothing but dashes at the end of a text go."""
    end, cut = _trimmed(text, len(text)), -1
    while (start := text.rfind("\n", 0, end)) >= 0:
        line = text[start + 1 : end].lstrip(" \t")
        if len(line) < 3 or line.strip("-=_"):
            break
        cut, end = start, _trimmed(text, start)
    if cut >= 0:
        yield cut, len(text), ""


def closing_key(text: str) -> Iterator[Edit]:
    """The key by which a program knows the text goes: a line at its end of nothing but a name with two underscores or more.

    Below a line of a single word it may be one of several, or belong to it.
    """
    found = _CLOSING_KEY.search(text, max(0, len(text) - LONGEST_KEY))
    if found is not None and " " in text[text.rfind("\n", 0, found.start()) + 1 : found.start()].strip():
        yield found.start(), len(text), ""


def _trimmed(text: str, end: int) -> int:
    while end and text[end - 1].isspace():
        end -= 1
    return end


def _if_any(mark: str, edits: Pass) -> Pass:
    """A pass over what is not code, of texts that have some mark."""
    outside = outside_code(edits)
    return lambda text: outside(text) if mark in text else ()


STRAY_MARKUP: tuple[Pass, ...] = (
    closing_rules,
    _if_any("_", closing_key),
    substitution(_FOREIGN_LABEL, lambda found: f"{found.group(1)}\n\n"),
    _if_any("<", substitution(_DROP_CAPITAL, lambda found: found.group(1))),
    _if_any("<", substitution(_LINE_BREAK_TAG, "\n")),
    _if_any("<", substitution(_STRAY_TAG, "")),
    _if_any("<", paired_tags),
    _if_any("[", substitution(_STRAY_MARK, "\n")),
)
"""Tags of layout that a game's books and manuals carry; a drop capital drawn as a picture becomes its letter again.

Of a text that a collector cut from a longer file, the Korean label before the title, the rule at the end and the key above it go too.
"""
