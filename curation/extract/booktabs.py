"""Books that hold the same code and text for several frameworks: one of them is kept.

Cells are tagged by `#@tab NAMES` or `%%tab NAMES`, text stands between `:begin_tab:` and `:end_tab:`
(https://book.d2l.ai/user/markdown.html). What is kept is the framework with the most tags, the first of several.
"""

import re
from collections import Counter
from collections.abc import Iterator
from itertools import groupby

_TAGGED = re.compile(r"^(?:#@tab|%%tab)[ \t]+([^\n]*)$", re.MULTILINE)
_BEGIN = re.compile(r"^:begin_tab:`([^`\n]*)`")
_BRANCH = re.compile(r"^([ \t]*)if tab\.selected\(([^()\n]*)\):[ \t]*$")
_END = ":end_tab:"
_LINK = re.compile(r"\[[^\[\]\n]{1,100}\]\(https?://[^()\s]{1,500}\)")


def one_framework(text: str) -> str:
    """A file of Markdown with the cells and the text of one framework; a tab that only holds a link is left out."""
    if ":begin_tab:" not in text and "#@tab" not in text and "%%tab" not in text:
        return text
    blocks = list(_blocks(text.split("\n")))
    counts = Counter(name for names, _ in blocks for name in names if name != "all")
    chosen = counts.most_common(1)[0][0] if counts else ""
    return "\n".join(line for kept in _kept(blocks, chosen) for line in kept)


def without_last_links(text: str) -> str:
    """Leaves out paragraphs at the end that are nothing but a link, such as to a discussion."""
    lines = text.rstrip().split("\n")
    end = len(lines)
    while end > 1 and not lines[end - 2].strip() and _LINK.fullmatch(lines[end - 1].strip()):
        end -= 1
        while not lines[end - 1].strip():
            end -= 1
    return "\n".join(lines[:end])


def _blocks(lines: list[str]) -> Iterator[tuple[tuple[str, ...], list[str]]]:
    """Lines by cell, tab, and what lies between, each with the frameworks that it names."""
    block: list[str] = []
    fence = tab = ""
    for line in lines:
        if not fence and not tab and (line.startswith("```") or _BEGIN.match(line)):
            yield (), block
            block = [line]
            fence = "```" if line.startswith("```") else ""
            tab = "" if fence else line
        elif fence and line.startswith(fence) and not line.strip("`~ "):
            found = _TAGGED.search("\n".join(block[1:4]))
            yield _names(found.group(1)) if found else (), [*block, line]
            block, fence = [], ""
        elif tab and line.startswith(_END):
            yield _names(tab.split("`")[1]), [line for line in block[1:] if not _LINK.fullmatch(line.strip())]
            block, tab = [], ""
        else:
            block.append(line)
    yield (), block


def _names(listed: str) -> tuple[str, ...]:
    return tuple(re.findall(r"\w+", listed))


def _kept(blocks: list[tuple[tuple[str, ...], list[str]]], chosen: str) -> Iterator[list[str]]:
    """Blocks for the chosen framework; of cells side by side, one without a tag is another framework's where it has its own."""
    solid = [block for block in blocks if block[0] or any(line.strip() for line in block[1])]
    for is_cell, run in groupby(solid, key=lambda block: bool(block[1]) and block[1][0].startswith("```")):
        cells = list(run)
        has_own = is_cell and any(chosen in names for names, _ in cells)
        for names, lines in cells:
            if chosen in names or "all" in names or (not names and not has_own):
                yield ["", *(_own_branches(lines, chosen) if is_cell else lines), ""]


def _own_branches(lines: list[str], chosen: str) -> Iterator[str]:
    """Lines of a cell in which what is done only for another framework is left out."""
    outer = inner = ""  # indentation of a branch's condition and of its lines
    inside = own = False
    for line in lines:
        if inside and line.strip() and len(line) - len(line.lstrip()) <= len(outer):
            inside = False
        if not inside and (found := _BRANCH.match(line)):
            outer, inner, inside, own = found.group(1), "", True, chosen in _names(found.group(2))
        elif inside:
            inner = inner or line[: len(line) - len(line.lstrip())]
            if own:
                yield outer + line.removeprefix(inner) if line.startswith(inner) else line
        else:
            yield line
