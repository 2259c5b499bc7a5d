"""HTML of layout within wikitext: items, cells and rows stand apart as a browser shows them, and what is hidden goes."""

import re

from curation.extract.elements import nothing, replace_elements

_HIDDEN = re.compile(r"<(span|div|small|sup|td|th|p)\b[^<>]{0,400}?\bdisplay\s*:\s*none\b[^<>]{0,400}>", re.IGNORECASE)
_END = re.compile(r"</(?:li|dt|dd)>(?=\s*</?(?:li|ol|ul|dt|dd|dl)\b)|</tr>(?=\s*</(?:tbody|table)\b)", re.IGNORECASE)
_ITEM = re.compile(r"(?<!\s)\s*+<li\b[^<>]{0,200}>\s*", re.IGNORECASE)
_LAST = re.compile(r"</(?:ol|ul|dl|table)>[ \t]*", re.IGNORECASE)
_EMPTY_CELL = re.compile(r"<t[dh]\b[^<>]{0,200}>(?:\s|&nbsp;)*+</t[dh]>", re.IGNORECASE)
_BETWEEN_CELLS = re.compile(r"</t[dh]>\s*<t[dh]\b[^<>]{0,200}>", re.IGNORECASE)
_BLOCK = re.compile(r"(?:(?<!\s)\s*+)?</?(?:li|ol|ul|dl|dt|dd|table|tbody|caption|h[1-6])\b[^<>]{0,200}>[ \t]*", re.IGNORECASE)


def set_apart(text: str) -> str:
    """Wikitext with items of lists as its own, and other elements of blocks on lines of their own."""
    if "<" not in text:
        return text
    text = _ITEM.sub("\n* ", _END.sub("", replace_elements(text, _HIDDEN, nothing)))
    return _BLOCK.sub("\n", _LAST.sub("\n\n", text))


def part_cells(text: str) -> str:
    """The same with bars between cells of a row; once tables of wikitext are read, in which a bar is markup."""
    return _BETWEEN_CELLS.sub(" | ", _EMPTY_CELL.sub("", text)) if "</t" in text.lower() else text
