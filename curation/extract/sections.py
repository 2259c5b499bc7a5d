"""Sections of Markdown text: empty ones and the apparatus at an article's end are left out."""

import re

from curation.extract.elements import names

_HEADING = re.compile(r"(#{1,6}) +(.*\S)\s*$")

APPARATUS = names(
    "references|external links|external link|further reading|see also|notes|footnotes|citations|sources|"
    "bibliography|notes and references|references and notes|gallery|navigation|related pages|contents|works cited|"
    "literature cited|acknowledgements|acknowledgments|author contributions|supporting information|funding|"
    "competing interests|"
    "siehe auch|einzelnachweise|weblinks|literatur|quellen|voir aussi|notes et références|références|liens externes|bibliographie|"
    "véase también|referencias|enlaces externos|bibliografía|voci correlate|collegamenti esterni|bibliografia|ver também|referências|"
    "ligações externas|zie ook|externe links|bronnen|zobacz też|przypisy|linki zewnętrzne|см. также|примечания|ссылки|литература|"
    "انظر أيضاً|انظر أيضا|انظر أيضًا|مراجع|المراجع|مصادر|هوامش|وصلات خارجية|関連項目|脚注|外部リンク|参考文献|参见|參見|参考资料|外部链接",
    separator="|",
)
"""Headings whose sections hold links and lists of works rather than text."""


_HOLLOW = re.compile(r"[(\[][\s;,.–-]*[)\]](?!\()")
_SPACED_HOLLOW = re.compile(r"[ \u00a0]?(?!(?<=\w)\(\))[(\[][\s;,.–-]*[)\]](?!\()")
_HOLLOW_START = re.compile(r"\((?:[;,]\s*)+")
_HOLLOW_END = re.compile(r"[;,](?<=[\w\]/].)\s+\)")


def without_hollow_brackets(text: str) -> str:
    """Takes out what a reference or a template left hollow: whole brackets, and the comma at the edge of one.

    `dig()` stays: it is a name in code.
    """
    if _HOLLOW.search(text):
        text = _SPACED_HOLLOW.sub("", text)
    return _HOLLOW_END.sub(")", _HOLLOW_START.sub("(", text))


def without_apparatus(text: str) -> str:
    """Leaves out sections of the apparatus with all below them, then headings that have nothing under them."""
    return _without_bare_headings(_without_sections(text))


def _without_sections(text: str) -> str:
    """A section with code in it is none of the apparatus, whatever its name: manuals have notes that are text."""
    kept: list[str] = []
    skipped: list[str] = []
    skipped_level = 0
    for line, heading in _lines(text):
        if heading and not (skipped_level and len(heading.group(1)) > skipped_level):
            kept += _with_code(skipped)
            skipped = []
            skipped_level = len(heading.group(1)) if heading.group(2).strip(" *:_").lower() in APPARATUS else 0
        (skipped if skipped_level else kept).append(line)
    return "\n".join(kept + _with_code(skipped))


def _with_code(lines: list[str]) -> list[str]:
    return lines if any(line.startswith("```") for line in lines) else []


def _without_bare_headings(text: str) -> str:
    kept: list[str] = []
    next_level: int | None = 0  # of the heading below when no text lies between; the end closes every section
    for line, heading in reversed(_lines(text)):
        level = len(heading.group(1)) if heading else 0
        if heading and next_level is not None and next_level <= level:
            continue
        if heading:
            next_level = level
        elif line.strip():
            next_level = None
        kept.append(line)
    return "\n".join(reversed(kept))


def _lines(text: str) -> list[tuple[str, re.Match[str] | None]]:
    """Each line with its match as a heading; a # inside a code fence is no heading."""
    lines: list[tuple[str, re.Match[str] | None]] = []
    fenced = False
    for line in text.split("\n"):
        if line.startswith("```"):
            fenced = not fenced
        lines.append((line, None if fenced else _HEADING.match(line)))
    return lines
