"""The nested nodes of wikitext (templates, links, tables), resolved innermost first in one pass."""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

from curation.extract.elements import names
from curation.extract.tables import BAR, Table, spanned

DEEPEST = 60  # nodes within nodes; below that marks are taken as text, so that no page costs more than a few passes

_MARK = re.compile(r"\{\{\{|\}\}\}|\{\{|\}\}|\[\[|\]\]|\{\||\|\}(?!\})|\[(?=(?:https?:|ftp:|//|mailto:))|\]")
_INDENT = 20  # spaces and marks of a list before a table
_CLOSES = {"}}": "{{", "]]": "[[", "|}": "{|", "}}}": "{{{", "]": "["}
_IMAGE = re.compile(r"\.(?:jpe?g|png|gif|svg|tiff?|webp|ogg|oga|ogv|webm|mp3|wav|pdf|djvu)\s*$", re.IGNORECASE)
_NAMESPACE = re.compile(r"^:?\s*([^\W\d_][\w -]{0,30}?)\s*:\s*(?=\S)")
_FILE_OPTION = re.compile(r"^\s*(?:thumb|thumbnail|frame|frameless|\d+px|upright)", re.IGNORECASE)
_LANGUAGE_FOLDER = re.compile(r"^[a-z]{2}/(?:.*/)?")
_STYLING = re.compile(
    r"""(?:(?:style|align|valign|class|colspan|rowspan|bgcolor|width|height|scope|nowrap|id|title|data-[a-z-]{1,30})\s*=\s*"""
    r"""(?:"[^"\n]{0,200}"|'[^'\n]{0,200}'|[^\s"'|]{1,60})\s*){1,12}""",
    re.IGNORECASE,
)
_BREAK = re.compile(r"</?(?:br|p|div|center|hr|li|ul|ol)\b[^<>]{0,200}>", re.IGNORECASE)
_LABEL_BREAK = re.compile(r"\s*\n\s*")
_CELL = re.compile(r"\|\||!!")
_BARS = re.compile(r"\|\|")
_COLSPAN = re.compile(r"""colspan\s*=\s*["']?(\d{1,3})""", re.IGNORECASE)
_ROWSPAN = re.compile(r"""rowspan\s*=\s*["']?(\d{1,3})""", re.IGNORECASE)

_HIDDEN_NAMESPACES = names(
    "file image media category translation datei bild "
    "kategorie fichier catégorie archivo imagen categoría categoria файл изображение категория plik grafika kategoria bestand "
    "afbeelding categorie ficheiro imagem immagine lêer kategori fil dosya картинка картина ファイル カテゴリ "
    "kategória kategorija kategooria luokka flokkur catagóir rummad thể_loại κατηγορία категорія катэгорыя категорија ангилал төркем "
    "санат تصنيف رده קטגוריה 분류 分类 分類 หมวดหมู่ श्रेणी वर्ग বিষয়শ্রেণী fitxer soubor súbor fájl kép slika датотека tiedosto pilt "
    "attēls vaizdas ملف پرونده קובץ 파일 文件 檔案 चित्र αρχείο εικόνα tập_tin imatge billede mynd"
)
_OTHER_LANGUAGE = re.compile(
    r"\s*(?:[a-z]{2,3}(?:-[a-z]{2,8}){0,2}|simple):(?=\S)"
)  # the same page elsewhere, which a sidebar shows; [[Re:Zero]] is a title
BOXES = re.compile(r"navbox|infobox|toccolours|metadata|ambox|succession|nowraplinks|noprint|vertical-navbox", re.IGNORECASE)


@dataclass
class _Node:
    mark: str
    parts: list[str] = field(default_factory=list)


def resolve(text: str, expand: Callable[[list[str]], str]) -> str:
    """Text with every template, link and table replaced; `expand` gets the parts of a template between its bars."""
    stack = [_Node("")]
    open_marks: dict[str, int] = {}
    position = 0
    while match := _MARK.search(text, position):
        stack[-1].parts.append(text[position : match.start()])
        position = match.end()
        mark = match.group()
        if mark in ("{|", "|}") and not _begins_line(text, match.start()):
            stack[-1].parts.append(mark)
            continue
        if mark == "}}}" and not open_marks.get("{{{", 0):
            mark, position = "}}", position - 1
        if mark not in _CLOSES:
            if len(stack) > DEEPEST:
                continue
            stack.append(_Node(mark))
            open_marks[mark] = open_marks.get(mark, 0) + 1
        elif open_marks.get(_CLOSES[mark], 0):
            _close(stack, open_marks, _CLOSES[mark], expand)
        elif mark == "]":
            stack[-1].parts.append(mark)
    stack[-1].parts.append(text[position:])
    while len(stack) > 1:
        _abandon(stack, open_marks)
    return "".join(stack[0].parts).replace(BAR, "|")


def _begins_line(text: str, position: int) -> bool:
    start = max(0, position - _INDENT)
    _, newline, before = text[start:position].rpartition("\n")
    return bool(newline or not start) and not before.strip(" \t:*")


def _close(stack: list[_Node], open_marks: dict[str, int], mark: str, expand: Callable[[list[str]], str]) -> None:
    while stack[-1].mark != mark:
        _abandon(stack, open_marks)
    node = stack.pop()
    open_marks[mark] -= 1
    stack[-1].parts.append(_resolved(mark, "".join(node.parts), expand))


def _abandon(stack: list[_Node], open_marks: dict[str, int]) -> None:
    """A node that is never closed: its mark goes, its text stays."""
    node = stack.pop()
    open_marks[node.mark] -= 1
    if node.mark == "[":
        stack[-1].parts.append("[")
    stack[-1].parts.extend(node.parts)


def _resolved(mark: str, body: str, expand: Callable[[list[str]], str]) -> str:
    if mark == "{{":
        return expand(body.split("|"))
    if mark == "[[":
        return link(body)
    if mark == "{|":
        return table(body)
    if mark == "[":
        return body.partition(" ")[2]
    return body.partition("|")[2]  # {{{parameter|default}}}


def link(body: str) -> str:
    """The words that a reader sees of an internal link."""
    target, *labels = body.split("|")
    if ":" in target and (found := _NAMESPACE.match(target)):
        name = found.group(1).lower().replace(" ", "_")
        hidden = name in _HIDDEN_NAMESPACES and not (labels and name == "media")
        if not target.startswith(":") and (hidden or (not labels and _OTHER_LANGUAGE.match(target))):
            return ""
    if ":" in target and _IMAGE.search(target) and (not labels or len(labels) > 1 or _FILE_OPTION.match(labels[0])):
        return ""
    if not labels:
        return _LANGUAGE_FOLDER.sub("", target.lstrip(":")).partition("#")[0] or target.lstrip("#")
    label = labels[-1]
    if "\n" in label:
        label = _LABEL_BREAK.sub(" ", label)
    return label if label.strip() else re.sub(r"\s*\([^)]*\)$", "", target)


def table(body: str) -> str:
    """A table as rows between stand-ins for bars; one that only places its content as blocks, boxes of navigation and facts not at all."""
    attributes, _, rest = body.partition("\n")
    if BOXES.search(attributes):
        return "\n"
    rows = _Rows()
    for line in rest.split("\n"):
        text = line.strip()
        if text.startswith("|-"):
            rows.end()
        elif text.startswith("|+"):
            rows.caption = _cell(text[2:])
        elif text.startswith(("|", "!")):
            for cell in (_CELL if text[0] == "!" else _BARS).split(text[1:]):
                rows.add(_Cell(_cell(cell), _spans(cell), head=text[0] == "!"))
        elif text:
            rows.go_on(text)
    return f"\n\n{rows.text()}\n\n"


@dataclass
class _Cell:
    text: str
    span: tuple[int, int]
    head: bool

    def go_on(self, text: str) -> None:
        """Adds a line below; items of a list become a list in one line, rows of a table within stay lines."""
        within = BAR in self.text.rpartition("\n")[2]
        if BAR in text or within:
            between = "\n" if BAR in text and within else "\n\n"
            self.text = f"{self.text}{between}{text}".strip()
            return
        item = text.lstrip("*#;: ")
        between = ", " if item != text and self.text and self.text[-1] not in ",;:" else " "
        self.text = f"{self.text}{between}{_BREAK.sub(' ', item)}".strip()


class _Rows:
    """The rows of a table as they are read."""

    def __init__(self) -> None:
        self.caption = ""
        self._rows: list[list[_Cell]] = [[]]

    def end(self) -> None:
        self._rows.append([])

    def add(self, cell: _Cell) -> None:
        self._rows[-1].append(cell)

    def go_on(self, text: str) -> None:
        if self._rows[-1]:
            self._rows[-1][-1].go_on(text)

    def text(self) -> str:
        cells = [cell for row in self._rows for cell in row]
        if max(map(len, self._rows)) < 2 or any(BAR in cell.text for cell in cells):
            blocks = [cell.text for cell in cells]
        else:
            blocks = [self._table().markdown(BAR)]
        return "\n\n".join(filter(None, [self.caption, *blocks]))

    def _table(self) -> Table:
        read = Table()
        for row in filter(None, self._rows):
            read.begin_row()
            for cell in row:
                read.add(cell.text, cell.span, head=cell.head)
        return read


def _spans(cell: str) -> tuple[int, int]:
    columns, rows = (found.search(cell.partition("|")[0]) for found in (_COLSPAN, _ROWSPAN))
    return spanned(columns and columns.group(1)), spanned(rows and rows.group(1))


def _cell(text: str) -> str:
    """A cell without its attributes (`align=right | text`)."""
    before, bar, after = text.partition("|")
    text = (after if bar and ("=" in before or not before.strip()) else text).strip()
    if not bar and (styling := _STYLING.match(text)):  # the bar behind it comes from a template such as {{n/a}}
        text = text[styling.end() :]
    return _BREAK.sub(" ", text)
