"""Wikitext: bare pages, and one page element of a MediaWiki XML dump."""

import html
import re
from collections.abc import Callable, Iterable

from lxml import etree

from curation.clean.encoding import decode
from curation.clean.references import unescape
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, Failed, require_size
from curation.extract.elements import nothing, replace_elements, without_comments
from curation.extract.guesses import settle
from curation.extract.html_in_wikitext import part_cells, set_apart
from curation.extract.list_numbers import NUMBER, numbered
from curation.extract.measures import without_unknown
from curation.extract.sections import without_apparatus, without_hollow_brackets
from curation.extract.stubs import require_more_than_stub
from curation.extract.template_uses import TemplateMeter
from curation.extract.templates import expand, expand_with_boxes
from curation.extract.wiki_signs import with_signs
from curation.extract.wikinodes import resolve

_SHORT = 2_000  # characters of a page that may be nothing but a box of facts
MAX_BYTES = 4_000_000

_REDIRECT = re.compile(r"\s*#\s*[^\W\d_]{4,20}\s*:?\s*\[\[\s*([^\]\n|]{1,300})", re.IGNORECASE)
_DISAMBIGUATION = re.compile(
    r"\{\{\s*(?:[a-z -]{0,30}?disambig(?:uation)?(?:[ -][a-z ]{0,30})?|disamb|hndis|geodis|dab|begriffsklärung|homonymie|"
    r"desambiguación|disambigua|многозначност|doorverwijspagina|ujednoznacznienie|set index article|surname|given name)\s*[|}]",
    re.IGNORECASE,
)
_STUB = re.compile(r"\{\{\s*(?:template:)?(?:[^{}|\n]{0,60}[ _/-])?(?:stub|ébauche|esbozo|abbozzo|beginnetje)\s*[|}]", re.IGNORECASE)
_NOWIKI = re.compile(r"<(nowiki|pre|syntaxhighlight|source|math|chem)\b([^<>]*)>", re.IGNORECASE)
_DROPPED_TAG = re.compile(
    r"<(ref|gallery|timeline|imagemap|score|templatedata|graph|mapframe|maplink|references|hiero|includeonly|"
    r"forum|poll|verbatim|rss|youtube|dpl|choose|inputbox|style|script)\b([^<>]*)>",
    re.IGNORECASE,
)
_CODE_TAGS = frozenset({"pre", "syntaxhighlight", "source"})
_BREAK = re.compile(r"<(?:br|/tr)\b[^<>]{0,200}/?>", re.IGNORECASE)
_PARAGRAPH = re.compile(r"</?(?:p|div|hr|blockquote|center)\b[^<>]{0,200}/?>", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,15}(?:\s[^<>]{0,400})?/?>")
_MAGIC = re.compile(
    r"__(?:NOTOC|TOC|FORCETOC|NOEDITSECTION|(?:NO)?NEWSECTIONLINK|NOGALLERY|HIDDENCAT|(?:NO)?INDEX|STATICREDIRECT|NO(?:TITLE|CONTENT)?CONVERT|"
    r"NOTC|NOCC|DISAMBIG|NOCACHE|EXPECTUNUSEDCATEGORY|NOWYSIWYG|START|END)__"
)
_QUOTES = re.compile(r"'{2,5}")
_STRAY_SPACE = re.compile(r" (?<=\w ) *(?=[.,](?:\s|$))")  # before the mark of a reference or a template
_SPACES = re.compile(r"[ \u00a0](?<=\S.)[ \u00a0]+")
_TRAILING = re.compile(r"[ \t](?<![ \t][ \t])[ \t]*\n")
_HEADING = re.compile(r"^(={1,6})[ \t]*([^\n]{0,300}?)[ \t]*\1[ \t]*$")
_LONGEST_CODE = 200  # characters of a line; what is longer is prose that somebody moved in by a space
_WRAPPED = 60  # characters; a line that is shorter may be one of a poem or an address
_MARKUP = re.compile(r"\s*(?:#|- |\d{1,9}\. |\n)")
_STRAY_STOP = re.compile(r"^[.,;:]\s+")
_ITEM = re.compile(rf"^([*#:;]+)(?:{NUMBER}(\d+){NUMBER})?[ \t]*(.*)$")
_PRIVATE = re.compile("[\ue000-\ue008]")
_ESCAPED_TAG = re.compile(r"&lt;(?:/?ref\b|br\b|!--)")
_TAB = re.compile(r"^\|-\|", re.MULTILINE)
_MARKED = re.compile("\ue000(\\d+)\ue001")


def extract_wikitext(item: Captured) -> Extracted:
    """The text of a bare wikitext page."""
    require_size(item.content, MAX_BYTES)
    return _page(decode(item.content, item.charset), item.title)


def extract_page(item: Captured) -> Extracted:
    """The text of one page element of a MediaWiki XML dump, from its latest revision."""
    require_size(item.content, 8 * MAX_BYTES)
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, huge_tree=True, recover=False)
    try:
        page = etree.fromstring(item.content, parser)
    except etree.XMLSyntaxError as error:
        raise Failed(f"no XML: {error}", Reason.MALFORMED) from error
    title = page.findtext("{*}title") or item.title
    if (namespace := page.findtext("{*}ns") or "0") != "0":
        raise Dropped(Reason.OTHER_NAMESPACE, f"namespace {namespace}")
    if (redirect := page.find("{*}redirect")) is not None:
        raise Dropped(Reason.REDIRECT, f"redirects to {redirect.get('title') or 'another page'}")
    revisions = page.findall("{*}revision")
    if not revisions:
        raise Dropped(Reason.EMPTY, "the page has no revision")
    latest = max(enumerate(revisions), key=lambda pair: (pair[1].findtext("{*}timestamp") or "", pair[0]))[1]
    if (model := latest.findtext("{*}model") or "wikitext") != "wikitext":
        raise Dropped(Reason.UNSUPPORTED, f"content model {model}")
    text = latest.find("{*}text")
    if text is not None and text.get("deleted") is not None:
        raise Dropped(Reason.EMPTY, "the text of its latest revision is hidden")
    return _page((text.text if text is not None else None) or "", title)


def _page(source: str, title: str | None) -> Extracted:
    if redirect := _REDIRECT.match(source):
        raise Dropped(Reason.REDIRECT, f"redirects to {redirect.group(1).strip()}")
    if _DISAMBIGUATION.search(source) or (title or "").endswith("(disambiguation)"):
        raise Dropped(Reason.DISAMBIGUATION, "the page bears the template of a disambiguation page")
    meter = TemplateMeter()
    text = wikitext_to_text(source, title, meter, meter.left_out)
    if len(text) < _SHORT and not wikitext_to_text(source, title, _leave_out):  # nothing but templates: its boxes are what it says
        meter = TemplateMeter(expand_with_boxes)
        text = wikitext_to_text(source, title, meter, meter.left_out)
    if not text:
        raise Dropped(Reason.EMPTY, "nothing but templates, links to files and references")
    require_more_than_stub(text, _STUB.search(source) is not None)
    return Extracted(text, title, "wikitext", meter.uses())


def _leave_out(_parts: list[str], _title: str) -> str:
    return ""


def wikitext_to_text(
    source: str,
    title: str | None = None,
    template: Callable[[list[str], str], str] = expand,
    left_out: Callable[[int, str], None] = lambda _number, _guess: None,
) -> str:
    """Light Markdown from wikitext, in time linear in its length.

    `template` shows a call by its parts and the page's title; `left_out` is told of tagged guesses that do not stay.
    """
    kept: list[str] = []

    def keep(text: str) -> str:
        kept.append(text)
        return f"\ue000{len(kept) - 1}\ue001"

    if "<" not in source and _ESCAPED_TAG.search(source):
        source = html.unescape(source)  # it was escaped once too often
    text = without_comments(_PRIVATE.sub("", source), with_lines=True)
    text = _protect(text, keep)
    text = set_apart(_without_elements(text))
    text = without_unknown(settle(resolve(text, lambda parts: template(parts, title or "")), left_out))
    text = _TAB.sub("\n", text) if "|-|" in text else text
    text = numbered(part_cells(text))
    text = _MAGIC.sub("", _PARAGRAPH.sub("\n\n", _BREAK.sub("\n", text)))
    text = with_signs(_QUOTES.sub("", text))
    text = _preformatted(text, keep)
    text = _STRAY_SPACE.sub("", without_hollow_brackets(_TAG.sub("", text)))
    text = "\n".join(_unwrapped(_line(line) for line in text.split("\n")))
    text = without_apparatus(re.sub(r"\n{3,}", "\n\n", _SPACES.sub(" ", unescape(text))))
    text = _MARKED.sub(lambda match: kept[int(match.group(1))], text)
    return re.sub(r"\n{3,}", "\n\n", _TRAILING.sub("\n", text)).strip()


def _protect(text: str, keep: Callable[[str], str]) -> str:
    """Takes out what is not wikitext (code, formulas, nowiki), to be put back at the end."""

    def protected(name: str, body: str) -> str:
        if name in _CODE_TAGS:
            body = html.unescape(body).strip("\n").rstrip()
            return "\n" + keep(f"```\n{body}\n```") + "\n" if body else ""
        if name in ("math", "chem"):
            return keep(f"${' '.join(body.split())}$")
        return keep(html.unescape(body))

    return replace_elements(text, _NOWIKI, protected)


def _without_elements(text: str) -> str:
    return replace_elements(text, _DROPPED_TAG, nothing)


def _preformatted(text: str, keep: Callable[[str], str]) -> str:
    """Two lines or more that begin with a space are code, as MediaWiki shows them, but for rows of a table and long prose."""
    if "\n " not in text:
        return text
    kept: list[str] = []
    block: list[str] = []
    for line in [*text.split("\n"), ""]:
        if line.startswith(" ") and line.strip() and "\ue000" not in line:
            block.append(line)
            continue
        if _is_code(block):
            code = html.unescape(_TAG.sub("", "\n".join(text[1:].rstrip() for text in block)))
            kept.append("\n" + keep(f"```\n{code}\n```") + "\n")
        else:
            kept.extend(text.strip() for text in block)
        block.clear()
        kept.append(line.strip() if line.startswith(" ") else line)
    return "\n".join(kept[:-1])


def _is_code(lines: list[str]) -> bool:
    rows = sum(" | " in line for line in lines)
    return len(lines) > 1 and 2 * rows < len(lines) and max(map(len, lines)) <= _LONGEST_CODE


def _unwrapped(lines: Iterable[str]) -> list[str]:
    """Lines that an author wrapped in the midst of a sentence, joined again."""
    kept: list[list[str]] = []  # the lines that each is joined of
    for line in lines:
        if kept and line and _goes_on(kept[-1], line):
            kept[-1].append(line)
        else:
            kept.append([line])
    return [" ".join(joined) for joined in kept]


def _goes_on(before: list[str], line: str) -> bool:
    first, last = before[0], before[-1]
    if len(first) < _WRAPPED or not (last[-1].isalnum() or last[-1] == ","):
        return False
    return line[0].islower() and not _MARKUP.match(first) and " | " not in last and " | " not in line and not _MARKUP.match(line)


def _line(line: str) -> str:
    """One line of wikitext as Markdown."""
    if line.startswith("="):
        if heading := _HEADING.match(line.rstrip()):
            return f"\n{'#' * len(heading.group(1))} {heading.group(2)}\n"
    elif line.startswith(("*", "#", ":", ";")):
        if item := _ITEM.match(line):
            marks, number = item.group(1), item.group(2) or "1"
            text = _STRAY_STOP.sub("", item.group(3))  # behind a template that left nothing
            if not text.strip():
                return ""
            if marks[-1] in ":;":
                return text
            return "  " * (len(marks) - 1) + (f"{number}. " if marks[-1] == "#" else "- ") + text
    elif line.startswith("----"):
        return line.lstrip("-")
    return line
