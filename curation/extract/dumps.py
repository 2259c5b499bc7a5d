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
_ITEM = re.compile(r"^ {0,12}(?:\*|\d{1,3}\.) ")


def is_page_dump(text: str) -> bool:
    """Whether a text is such a dump."""
    return _START.search(text, 0, 4000) is not None


def page_dump_to_text(text: str) -> str:
    """The article of a dump as light Markdown."""
    start = _START.search(text, 0, 4000)
    body = text[start.end() :] if start else text
    end = _END.search(body)
    body = _STYLE.sub("", body[: end.start()] if end else body)
    body = _JOINED.sub(" ", _NOTE.sub("", body))
    return without_apparatus("\n".join(_unwrapped(body))).strip()


def _unwrapped(text: str) -> list[str]:
    """Lines of one paragraph or item joined again; headings by their stars."""
    lines: list[str] = []
    opened = False
    for line in text.split("\n"):
        heading = _HEADING.match(line.rstrip())
        if heading:
            lines.extend(["", "#" * (7 - len(heading.group(1))) + " " + heading.group(2).strip(), ""])
        elif _ITEM.match(line):
            lines.append("- " + _ITEM.sub("", line).strip())
        elif opened and line.strip():
            lines[-1] += " " + line.strip()
            continue
        else:
            lines.append(line.strip())
        opened = bool(line.strip()) and not heading
    return lines
