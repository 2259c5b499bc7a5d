"""Wiki pages that a console browser dumped as text: hard-wrapped, with navigation around and link_text_like_this."""

import re

from curation.extract.sections import without_apparatus

_START = re.compile(r"^Jump_to_navigation.*\n", re.MULTILINE)
_END = re.compile(r"^\*{2,6} Navigation menu \*{2,6}|^Retrieved from \"https?://", re.MULTILINE)
_HEADING = re.compile(r"^(\*{1,6}) (.+?) \1$")
_STYLE = re.compile(r"\.mw-parser-output[^{}]{0,300}\{[^{}]{0,2000}\}")
_NOTE = re.compile(
    r"\[(?:\d{1,3}|edit|note \d{1,3}|[a-z]|citation[ _]needed|[A-Za-z0-9_.,()%-]{1,200}\.(?:jpe?g|png|svg|gif))\]", re.IGNORECASE
)
_JOINED = re.compile(r"(?<=[^\W\d_][\w,.'’)-])_(?=[\w(])")
_ITEM = re.compile(r"^( {0,24})(?:[*o#]|\d{1,3}\.) (?=\S)")
_INDENT = 6  # columns by which the browser moves an item of a list within a list
_WIDTH = 78  # columns; a line that the next word would have fitted on was not wrapped, it ended its paragraph
_CONTENTS_MARK = "⁰"
_PICTURE_OF_FORMULA = re.compile(r" ?\[\{\\displaystyle [^\n]{0,600}?\}\](?!\w)")


def is_page_dump(text: str) -> bool:
    """Whether a text is such a dump."""
    return _START.search(text, 0, 4000) is not None


def page_dump_to_text(text: str) -> str:
    """The article of a dump as light Markdown."""
    start = _START.search(text, 0, 4000)
    body = text[start.end() :] if start else text
    end = _END.search(body)
    body = _STYLE.sub("", body[: end.start()] if end else body)
    text = _JOINED.sub(" ", _NOTE.sub("", _PICTURE_OF_FORMULA.sub("", "\n".join(_unwrapped(body)))))
    return without_apparatus(text).strip()


def _unwrapped(text: str) -> list[str]:
    """Lines of one paragraph or item joined again; headings by their stars."""
    lines: list[str] = []
    before = ""  # the line above where it may go on, as wide as the browser wrote it
    in_item = False
    for line in text.split("\n"):
        item, heading = _ITEM.match(line), _HEADING.match(line.rstrip())
        goes_on = _goes_on(before, line) and not (in_item and line[:1] != " ")
        if heading:
            lines.extend(["", "#" * (7 - len(heading.group(1))) + " " + heading.group(2).strip(), ""])
        elif item:
            lines.append("  " * max(0, len(item.group(1)) // _INDENT) + "- " + line[item.end() :].strip())
        elif goes_on:
            lines[-1] += " " + line.strip()
        elif line.strip() != _CONTENTS_MARK:
            lines.extend(["", line.strip()])
        in_item = bool(item) or (in_item and goes_on)
        before = "" if heading else line.rstrip()
    return lines


def _goes_on(before: str, line: str) -> bool:
    """Whether a line continues the one above: its first word had no room there."""
    words = line.split(maxsplit=1)
    return bool(before and words) and len(before) + 1 + len(words[0]) > _WIDTH
