"""Tables of LaTeX: the rows and cells of `tabular` and its kin.

Rules, headings that are repeated on each page and the parts of a table of data are those of the packages booktabs, longtable,
multirow (https://ctan.org/pkg/booktabs, /longtable, /multirow) and of AASTeX (https://journals.aas.org/aastexguide/).
"""

import re
from collections import defaultdict
from collections.abc import Callable

from curation.extract.elements import names
from curation.extract.latex_macros import group_end
from curation.extract.tables import Table, spanned

TABLES = names(
    "tabular tabularx tabulary tabu longtable longtabu supertabular mpsupertabular xtabular xltabular deluxetable tblr longtblr "
    "NiceTabular NiceTabularX"
)
MOST_NESTED = 3
"""Tables within tables are read to this depth: each level reads its text once more."""

_TWO_ARGUMENTS = names("tabular* tabularx tabulary supertabular* xtabular* xltabular NiceTabular* NiceTabularX")
"""Environments that are told their width before their columns."""
_LONGEST_HEAD = 3  # rows
_LONGEST_COLUMNS = 600  # characters that say how they look

_ENDS = re.compile(r"\\(?:(begin)|end)\s{0,9}\{([A-Za-z]{1,20}\*?)\}")
_BEFORE_COLUMNS = re.compile(r"\s{0,9}(?:\[[^\[\]]{0,200}\]\s{0,9}|(?:to|spread)\s?[^{}]{0,60}){0,3}")
_PIECE = re.compile(
    r"(?P<begin>\\begin\s{0,9}\{[^{}]{0,60}\})|(?P<end>\\end\s{0,9}\{[^{}]{0,60}\})|"
    r"(?P<row>\\\\\*?(?:[ \t]{0,9}\[[^\[\]\n]{0,40}\])?|\\(?:tabularnewline|cr)(?![A-Za-z]))|"
    r"\\verb\*?([^A-Za-z\s*])[^\n]{0,200}?\4|\\.|[{}&]",
    re.DOTALL,
)
_RULE = re.compile(
    r"\\(?:hline|firsthline|lasthline|tableline|toprule|midrule|bottomrule)(?![A-Za-z])(?:[ \t]{0,9}\[[^\[\]]{0,60}\])?|"
    r"\\(?:cmidrule|cline|Xhline|hhline)(?![A-Za-z])(?:[ \t]{0,9}(?:\([^()]{0,9}\)|\[[^\[\]]{0,60}\])){0,2}[ \t]{0,9}\{[^{}]{0,80}\}|"
    r"\\specialrule(?:[ \t]{0,9}\{[^{}]{0,80}\}){3}"
)
_LOOK = re.compile(
    r"\\(?:addlinespace|morecmidrules)(?![A-Za-z])(?:[ \t]{0,9}\[[^\[\]]{0,60}\])?|"
    r"\\(?:noalign|rowcolor|cellcolor|columncolor|arrayrulecolor)(?![A-Za-z])(?:[ \t]{0,9}\[[^\[\]]{0,60}\])?[ \t]{0,9}\{[^{}]{0,80}\}"
)
_COLUMNS = re.compile(r"\\multicolumn\s{0,9}\{\s{0,9}(\d{1,4})\s{0,9}\}")
_PICTURE = re.compile(r"\\(?:includegraphics|epsfig|begin\{tikzpicture\})")
_REPEATED = re.compile(r"\\end(firsthead|head|foot|lastfoot)(?![A-Za-z])")
_HEAD_OF_DATA = re.compile(r"\\tablehead\s{0,9}(?=\{)")


def table_ends(source: str) -> dict[int, tuple[int, int]]:
    """Where each table's end begins and ends, by where its beginning ends; tables that never end are not among them."""
    found: dict[int, tuple[int, int]] = {}
    opened: dict[str, list[int]] = defaultdict(list)
    for mark in _ENDS.finditer(source):
        begins, name = mark.groups()
        if name.rstrip("*") not in TABLES:
            continue
        if begins:
            opened[name].append(mark.end())
        elif opened[name]:
            found[opened[name].pop()] = mark.span()
    return found


def behind_columns(source: str, position: int, name: str) -> int:
    """Where the text of a table begins, behind what says how its columns look."""
    for _ in range(2 if name in _TWO_ARGUMENTS else 1):
        between = _BEFORE_COLUMNS.match(source, position)
        start = between.end() if between else position
        end = group_end(source, start, _LONGEST_COLUMNS) if source.startswith("{", start) else -1
        position = max(end, position)
    return position


def table_of(body: str, read: Callable[[str], str]) -> Table | list[str]:
    """A table whose cells say what `read` makes of them; the texts of its cells where it only places them.

    It does so where it has one column, or holds tables or listings. One that is mostly pictures has neither rows nor texts.
    """
    rows = [[_LOOK.sub("", cell) if "\\" in cell else cell for cell in row] for row in _rows(_with_one_head(body))]
    ruled = [_RULE.match(row[0].lstrip()) is not None for row in rows]
    rows = [[_RULE.sub("", cell) if "\\" in cell else cell for cell in row] for row in rows]
    begins = [ruled[number] and any(cell.strip() for cell in row) for number, row in enumerate(rows)]
    table, texts, pictures = Table(), list[str](), 0
    for number, row in enumerate(rows):
        table.begin_row()
        heads = any(begins[number + 1 : number + 1 + _LONGEST_HEAD])
        for cell in row:
            pictures += _PICTURE.search(cell) is not None
            texts += filter(None, [text := read(cell).strip() if cell.strip() else ""])
            columns = _COLUMNS.search(cell)
            table.add(" ".join(text.split()), (spanned(columns and columns.group(1)), 1), head=heads)
    if pictures > len(texts):
        return []
    return texts if max(map(len, rows)) < 2 or any("\ue000" in text for text in texts) else table


def _with_one_head(body: str) -> str:
    """A table in which the headings for its first page stand above its rows, and those for others and for page ends do not."""
    if "\\startdata" in body:
        head = _HEAD_OF_DATA.search(body)
        end = group_end(body, head.end()) if head else -1
        data = body.partition("\\startdata")[2].partition("\\enddata")[0]
        return f"{body[head.end() + 1 : end - 1]}\\\\\\hline {data}" if head and end > 0 else data
    *parts, rows = _REPEATED.split(body)
    heads = dict(zip(parts[1::2], parts[::2], strict=True))
    return f"{heads.get('firsthead', heads.get('head', ''))}\\hline {rows}" if heads else body


def _rows(body: str) -> list[list[str]]:
    """The source of each cell by rows; what stands in braces and in environments parts none."""
    rows: list[list[str]] = [[]]
    start = depth = 0
    for found in _PIECE.finditer(body):
        mark = found.group()
        if found["begin"] or mark == "{":
            depth += 1
        elif found["end"] or mark == "}":
            depth = max(0, depth - 1)
        elif not depth and (found["row"] or mark == "&"):
            rows[-1].append(body[start : found.start()])
            start = found.end()
            rows += [[]] if found["row"] else []
    rows[-1].append(body[start:])
    return rows
