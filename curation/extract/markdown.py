"""Markdown: front matter, directives, pictures and link targets go; words, code and formulas stay."""

import re
from collections.abc import Callable
from functools import partial

from curation.clean.encoding import decode
from curation.clean.verbatim import map_outside_code
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, require_size
from curation.domains import Domain
from curation.extract.booktabs import one_framework, without_last_links
from curation.extract.elements import nothing, replace_elements, without_comments
from curation.extract.markdown_lines import without_soft_breaks
from curation.extract.markdown_marks import front_matter, without_targets
from curation.extract.references import cited_authors, named_label, referred_kind
from curation.extract.speech import without_times

MAX_BYTES = 10_000_000

_FRONT_TITLE = re.compile(r"""^title:[ \t]*["']?(.*?)["']?[ \t]*$""", re.MULTILINE)
_FENCE = re.compile(r"^(`{3,}|~{3,})")
_FENCE_OPTIONS = re.compile(r"^(`{3,})\{\.(\w+)[^}]*\}")
_CELL_MAGIC = re.compile(r"^(?:#@\w+|%{1,2}\w+|tab\.interact_select\().*")
_LISTING_OF_PAGES = re.compile(r"^`{3,}\s*\{?(?:toc|toctree|eval_rst)\}?\s*$")
_ROLE = re.compile(r":(?:label|eqlabel|width|height|begin_tab|end_tab|bibliography):`[^`\n]*`\n?|^:(?:begin_tab|end_tab).*$", re.MULTILINE)
_CITATION = re.compile(r"\s?\((?::(?:cite|citep):`[^`\n]{0,500}`[,; ]{0,3}){1,20}\)|\s?:(?:cite|citep):`[^`\n]*`")
_AUTHORS = re.compile(r"(\s?):citet:`([^`\n]*)`")
_REFERENCE = re.compile(r"(\b(?:Section|Chapter|Figure|Fig\.|Table|Equation|Eq\.))?(\s?):(?:numref|eqref|ref):`([^`\n]*)`", re.IGNORECASE)
_SLIDE_MARK = re.compile(r"\[(\*\*|~~)([^\[\]]{1,1000}?)\1\](?![(\[])")
_SLIDE_ASIDE = re.compile(r"\((\*\*|~~)((?:(?!\1\)).){1,1500}?)\1\)", re.DOTALL)
_BOOK = re.compile(r"^:label:`", re.MULTILINE)  # a book whose marks of slides stand in its sentences
_SAVED = re.compile(r"[ \t]*#@save\b.*")
_ESCAPE = re.compile(r"\\([\[\]_*#@%&!>.~+-])")
_AUTOLINK = re.compile(r"<https?://[^<>\s]{1,500}>")
_ELEMENT = re.compile(r"<(script|style|iframe|svg)\b([^<>]{0,500})>", re.IGNORECASE)
_TAG = re.compile(r"</?(?:div|p|img|br|center|span|a|b|i|em|strong|sup|sub|table|tr|td|th|tbody|thead|hr|u|font|details|summary|"
                  r"kbd|mark|small|ins|del|figure|figcaption)(?:\s[^<>]{0,500})?/?>", re.IGNORECASE)  # fmt: skip
_BLANK_LINES = re.compile(r"\n{3,}")
_LIQUID = re.compile(r"\{%[^%\n]{0,300}%\}|^\{:\s?[^}\n]{0,200}\}$", re.MULTILINE)


def extract_markdown(item: Captured) -> Extracted:
    """The text of a Markdown file; its title from the front matter or the first heading."""
    require_size(item.content, MAX_BYTES)
    source = decode(item.content, item.charset).replace("\r\n", "\n")
    front = front_matter(source)
    body = source[front.end() :] if front else source
    body = without_last_links(one_framework(body))
    text = _outside_fences(body, partial(_prose, is_book=_BOOK.search(body) is not None, is_paper=item.domain is Domain.PAPER))
    if item.domain is Domain.TRANSCRIPT:
        text = _BLANK_LINES.sub("\n\n", _ESCAPE.sub(r"\1", without_times(text)))
    text = text.strip()
    if not text:
        raise Dropped(Reason.EMPTY, "nothing below the front matter")
    return Extracted(text, item.title or _title(front.group(1) if front else "", text), "markdown")


def _title(front_matter: str, text: str) -> str | None:
    if found := _FRONT_TITLE.search(front_matter):
        return found.group(1) or None
    heading = re.search(r"^#{1,2}\s+(.+?)\s*#*$", text, re.MULTILINE)
    return heading.group(1) if heading else None


def _outside_fences(text: str, prose: Callable[[str], str]) -> str:
    """Applies the rules for prose outside of code fences only."""
    parts: list[str] = []
    current: list[str] = []
    fence = ""
    for line in text.split("\n"):
        mark = _FENCE.match(line)
        if not fence and mark:
            parts.append(prose("\n".join(current)))
            fence, current = mark.group(1), [_FENCE_OPTIONS.sub(r"\1\2", line)]
        elif fence and mark and line.startswith(fence) and not line.strip("`~ "):
            parts.append("\n".join([*current, line]) if _has_code(current) else "")
            fence, current = "", []
        elif not (fence and "python" in current[0] and _CELL_MAGIC.match(line)):
            current.append(_SAVED.sub("", line) if fence else line)
    rest = "\n".join(current)
    parts.append(rest if fence else prose(rest))
    parts = [part if _FENCE.match(part) else _BLANK_LINES.sub("\n\n", part) for part in parts]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip())


def _has_code(fenced: list[str]) -> bool:
    """Whether lines from an opening fence on hold more than magic words and lists of pages."""
    return not _LISTING_OF_PAGES.match(fenced[0]) and any(line.strip() for line in fenced[1:])


def _prose(text: str, *, is_book: bool, is_paper: bool) -> str:
    text = _SLIDE_ASIDE.sub(r"\2", text) if is_book else text
    if ":`" in text or ":begin_tab" in text:
        text = _REFERENCE.sub(_referred, _AUTHORS.sub(_cited, _CITATION.sub("", _ROLE.sub("", text))))
    text = map_outside_code(_without_markup, text)
    return without_soft_breaks(text) if is_paper else text


def _without_markup(text: str) -> str:
    if "<" in text:
        text = replace_elements(without_comments(text), _ELEMENT, nothing)
    text = _SLIDE_MARK.sub(r"\2", text) if "[" in text else text
    text = without_targets(text)
    text = _TAG.sub("", _AUTOLINK.sub("", text)) if "<" in text else text
    return _LIQUID.sub("", text) if "{" in text else text


def _referred(found: re.Match[str]) -> str:
    kind = found.group(1) or referred_kind(found.group(3))
    return f"{'' if found.group(1) else found.group(2)}{kind}{' ' if kind else ''}{named_label(found.group(3))}"


def _cited(found: re.Match[str]) -> str:
    authors = cited_authors(found.group(2))
    return f"{found.group(1)}{authors}" if authors else ""
