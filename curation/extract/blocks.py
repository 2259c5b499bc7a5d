"""An HTML element as light Markdown: paragraphs, headings, lists, code with its indentation and language, tables."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import islice

from lxml import etree

from curation.extract.citations import cited
from curation.extract.elements import names
from curation.extract.powers import is_power
from curation.extract.tables import Table, is_layout, span_of

_SPACE = re.compile(r"\s+")
_LANGUAGE = re.compile(r"\b(?:language|lang|highlight(?:-source)?|brush|sourceCode)[-: ] ?([a-z][a-z0-9+#]{0,15})(?![\w-])", re.IGNORECASE)
_NO_LANGUAGE = names("default text none plain plaintext notranslate source wrapper line numbers code")

MAX_DEPTH = 12
"""Levels of a list that are shown by indentation; deeper ones stand where these do, and no small page makes a huge text."""

HEADINGS = {f"h{level}": "#" * level for level in range(1, 7)}
BLOCKS = names(
    "address article aside blockquote body caption center dd details div dl dt figcaption figure footer header main p section "
    "summary table tbody thead tfoot ul ol d-article dt-article"
)
TEX = names("d-math dt-math")
CITED = names("d-cite dt-cite")
HIDDEN = names(
    "script style noscript template head title svg iframe object embed audio video canvas form button select input nav link meta "
    "map area figure-image d-front-matter d-bibliography d-appendix dt-appendix d-cite dt-cite"
)


@dataclass
class _Page:
    """What has been written so far, and where the walk stands."""

    blocks: list[str] = field(default_factory=list)
    inline: list[str] = field(default_factory=list)
    lists: list[str] = field(default_factory=list)
    prefix: str = ""
    preformatted: int = 0
    language: str = ""
    table: Table | None = None

    def flush(self) -> None:
        text = "".join(self.inline)
        self.inline.clear()
        if self.preformatted:
            self._code(text)
        elif text := "\n".join(line.strip(" \t") for line in text.strip().split("\n")):
            self.blocks.append(self.prefix + text)
        self.prefix = "" if not self.preformatted else self.prefix

    def _code(self, text: str) -> None:
        text = text.strip("\n").rstrip()
        fence = "```" if "```" not in text else "````"
        if text:
            self.blocks.append(f"{fence}{self.language}\n{text}\n{fence}")

    def in_row(self) -> bool:
        return self.table is not None and self.table.open

    def write(self, text: str | None) -> None:
        if text:
            self.inline.append(text if self.preformatted else _SPACE.sub(" ", text))


def render(root: etree._Element, dropped: frozenset[str] = frozenset()) -> str:
    """The text below an element; elements with one of the dropped classes or ids are left out.

    The walk is iterative, so that no depth of nesting exhausts the stack.
    """
    page = _Page()
    walker = etree.iterwalk(root, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event in ("comment", "pi"):
            page.write(element.tail)
        elif event == "start":
            if element.tag in CITED:
                _cite(page, element.get("key") or "")
                walker.skip_subtree()
            elif element is not root and _is_dropped(element, dropped):
                walker.skip_subtree()
            elif element.tag in TEX or (element.tag == "span" and _is_typeset(element)):
                page.inline.append(_tex(element))
                walker.skip_subtree()
            elif element.tag == "math":
                page.write(_formula(element))
                walker.skip_subtree()
            else:
                _open(page, element)
        else:
            if not _is_dropped(element, dropped) or element is root:
                _close(page, element)
            if element is not root:
                page.write(element.tail)
    page.flush()
    return _joined(page.blocks)


def _is_dropped(element: etree._Element, dropped: frozenset[str]) -> bool:
    if element.tag in HIDDEN:
        return True
    names = element.get("class")
    if names and not dropped.isdisjoint(names.split()):
        return True
    if element.get("id") in dropped:
        return True
    style = None if element.tag == "section" else element.get("style")  # mobile pages fold their sections
    invisible = style is not None and "display:none" in style.replace(" ", "")
    return invisible and "mwe-math-mathml" not in (names or "")  # formulas for screen readers, beside a picture


def _open(page: _Page, element: etree._Element) -> None:
    tag = element.tag
    if tag in HEADINGS or tag in BLOCKS or tag in ("li", "pre", "tr", "hr"):
        _begin_block(page, element)
    elif tag in ("td", "th"):
        _begin_cell(page)
    elif tag == "br":
        page.inline.append("\n")
    elif tag == "sup" and element.find(".//a") is None:  # a link is the mark of a footnote
        page.write("^" if is_power("".join(element.itertext()), "".join(page.inline[-3:])) else "")
    elif tag == "img":
        page.write(_words_of_image(element))
    page.write(element.text)


def _begin_block(page: _Page, element: etree._Element) -> None:
    tag = element.tag
    if page.in_row() and tag != "tr":
        page.inline.append(" ")
        return
    keeps_prefix = page.prefix and not "".join(page.inline).strip()
    if not keeps_prefix:
        page.flush()
    if tag in HEADINGS:
        page.prefix = HEADINGS[tag] + " "
    elif tag in ("ul", "ol"):
        page.flush()
        page.lists.append(tag)
    elif tag == "li":
        page.flush()
        mark = "1." if page.lists and page.lists[-1] == "ol" else "-"
        page.prefix = "  " * max(0, min(len(page.lists), MAX_DEPTH) - 1) + mark + " "
    elif tag == "pre":
        page.preformatted += 1
        page.language = code_language(element)
    elif tag == "table":
        page.table = None if is_layout(element) else Table()
    elif tag == "tr" and page.table:
        page.inline.clear()
        page.table.begin_row()


def _close(page: _Page, element: etree._Element) -> None:
    tag = element.tag
    if tag in ("td", "th"):
        _end_cell(page, element)
    elif tag == "tr" and page.table:
        page.table.end_row()
    elif page.in_row():
        return
    elif tag == "table" and page.table:
        page.flush()
        page.blocks += filter(None, [page.table.markdown()])
        page.table = None
    elif tag == "pre":
        page.flush()
        page.preformatted = max(0, page.preformatted - 1)
    elif tag in HEADINGS or tag in BLOCKS or tag in ("li", "tr"):
        page.flush()
        if tag in ("ul", "ol") and page.lists:
            page.lists.pop()


def _begin_cell(page: _Page) -> None:
    if page.in_row():
        page.inline.clear()
    else:
        page.flush()


def _end_cell(page: _Page, cell: etree._Element) -> None:
    if page.table and page.in_row():
        page.table.add(_SPACE.sub(" ", "".join(page.inline)).strip(), span_of(cell), head=cell.tag == "th")
        page.inline.clear()
    else:
        page.flush()


def code_language(block: etree._Element) -> str:
    """The language that a block of code says it is in, by the classes that highlighters use; nothing where it says none."""
    around = islice(block.iterancestors(), 2)
    for marked in (*block.iter("code"), block, *around):
        found = _LANGUAGE.search(marked.get("class") or "")
        if found and found.group(1).lower() not in _NO_LANGUAGE:
            return str(found.group(1).lower())
    return ""


def _formula(element: etree._Element) -> str:
    """The TeX of a MathML element, from its annotation or its alternative text."""
    source = element.get("alttext") or "".join(
        note.text or "" for note in element.iter("{*}annotation", "annotation") if "tex" in (note.get("encoding") or "")
    )
    source = source.strip().removeprefix("{\\displaystyle").removesuffix("}") if "\\displaystyle" in source[:16] else source
    return f"${source.strip()}$" if source.strip() else _SPACE.sub(" ", "".join(element.itertext()))


def _cite(page: _Page, keys: str) -> None:
    """Names the works where the sentence needs them; else the space goes, too, that stands before their mark."""
    if text := cited("cite", keys, "", "".join(page.inline[-3:]), {}):
        page.write(text)
    elif page.inline:
        page.inline[-1] = page.inline[-1].rstrip(" ")


def _is_typeset(element: etree._Element) -> bool:
    """Whether MathJax or KaTeX has set a formula here and left its TeX beside what it drew."""
    classes = (element.get("class") or "").split()
    drawn = "mjx-math" in classes and element.get("aria-label")
    return bool(drawn) or ("katex" in classes and element.find(".//{*}annotation") is not None)


def _tex(element: etree._Element) -> str:
    """The TeX of a formula: what an element of Distill's holds (https://github.com/distillpub/template), or what a program left."""
    note = element.find(".//{*}annotation") if element.tag == "span" else None
    source = element.get("aria-label") or "".join((element if note is None else note).itertext())
    source = _SPACE.sub(" ", source).strip()
    if not source:
        return ""
    return f"\n$${source}$$\n" if element.get("block") is not None else f"${source}$"


def _words_of_image(element: etree._Element) -> str:
    """What a picture says: the TeX of a formula on old MediaWiki pages, the letter of a drop capital."""
    words = (element.get("alt") or "").strip()
    if "tex" in (element.get("class") or "").split():
        return f"${words}$"
    return words if len(words) == 1 and words.isalpha() else ""


def _joined(blocks: list[str]) -> str:
    """Blocks with a blank line between them, but items of one list together."""
    parts: list[str] = []
    for before, block in zip(["", *blocks], blocks, strict=False):
        if parts:
            parts.append("\n" if _is_item(before) and _is_item(block) else "\n\n")
        parts.append(block)
    return "".join(parts)


def _is_item(block: str) -> bool:
    return block.lstrip(" ").startswith(("- ", "1. "))


def elements_of_class(root: etree._Element, name: str) -> Iterator[etree._Element]:
    """Elements that bear a class among others."""
    yield from root.xpath("//*[contains(concat(' ', normalize-space(@class), ' '), $name)]", name=f" {name} ")
