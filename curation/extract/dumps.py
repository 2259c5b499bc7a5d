"""Wiki pages that a console browser dumped as text: hard-wrapped, with navigation around and link_text_like_this."""

import html
import re

from curation.extract.dump_formulas import with_formulas_once
from curation.extract.sections import without_apparatus

_START = re.compile(r"^Jump_to_navigation.*\n", re.MULTILINE)
_END = re.compile(r"^\*{2,6} Navigation menu \*{2,6}|^Retrieved from \"https?://", re.MULTILINE)
_HEADING = re.compile(r"^(\*{1,6}) (.+?) \1$")
_STYLE = re.compile(r"\.mw-parser-output[^{}]{0,300}\{[^{}]{0,2000}\}")
_NOTE = re.compile(
    r"\[(?:\d{1,3}|edit|note \d{1,3}|[a-z]|citation[ _]needed|[A-Za-z0-9_.,()%-]{1,200}\.(?:jpe?g|png|svg|gif))\]", re.IGNORECASE
)
_JOINED = re.compile(r"(?:(?<=[^\W\d_][\w,.'’)&-])|(?<=['’][a-z])|(?<=[_ ]&))_(?=[\w(&])")
_HATNOTE = re.compile(
    r"(?:(?:Main articles?|Main page|See also|Further information|Further reading|Not to be confused with|Not related to)\b[: ]|"
    r"For (?:other uses|other people|the |a |an |more |information |further |details |technical |[^.\n]{1,80}, see )[^\n]{0,200}, see |"
    r"For [^.\n]{1,100}, see |(?:This article|This section|This page) is about [^\n]{1,300}(?:see|see also) |"
    r"\"[^\"\n]{1,100}\" redirects? here|"
    r"Look up [^\n]{1,80} in Wiktionary|Wiki\w+ has [^\n]{1,80} related to|[^\n]{1,100} redirects here\. For )"
)
_BOX = re.compile(
    r"Learn how and when to remove|^This (?:article|section) (?:\w+ ){0,4}"
    r"(?:needs?|does not cite|relies|lacks|includes a list of|may require|may be|has multiple issues|possibly contains)\b|"
    r"^Please help (?:to )?improve|^From Wikipedia, the free encyclopedia|^\[[^\[\]\n]{1,80}\]$|^\[\[?icon\]\]? This |"
    r"^This (?:\w+[ -]){0,4}(?:article|biography) is a stub|^You can help (?:Wikipedia )?by expanding"
)
_ENDS_SENTENCE = re.compile(r"[.!?:;][\"”')\]]?$")
_SHORT = 80  # characters of a line that may be the title of a list in a box
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
    text = html.unescape("\n".join(_without_boxes(_unwrapped(body))))
    text = _JOINED.sub(" ", _NOTE.sub("", _PICTURE_OF_FORMULA.sub("", with_formulas_once(text))))
    return without_apparatus(re.sub(r"\n{3,}", "\n\n", text)).strip()


def _without_boxes(lines: list[str]) -> list[str]:
    """Leaves out hatnotes, notes to editors, and the boxes of links that end with the items v, t and e."""
    kept: list[str] = []
    for line in lines:
        if _HATNOTE.match(line) or _BOX.search(line):
            continue
        kept.append(line)
        if line == "- e" and [text for text in kept[-8:] if text][-3:] == ["- v", "- t", "- e"]:
            while kept and _is_of_box(kept[-1]):
                kept.pop()
    return kept


def _is_of_box(line: str) -> bool:
    if line.startswith("#"):
        return False
    return not line or line.lstrip().startswith("- ") or (len(line) < _SHORT and not _ENDS_SENTENCE.search(line))


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
