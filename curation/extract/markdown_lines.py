"""Line ends of Markdown that its author set only for the editor: a paragraph or an item is one line, as it is shown.

Blocks are those of CommonMark (https://spec.commonmark.org/0.31.2/#soft-line-breaks), with tables and formulas.
"""

import re

_BEGINS = re.compile(
    r"[ \t]*(?:#{1,6}[ \t]|>|[-*+][ \t]|\d{1,9}[.)][ \t]|[|<]|\$\$|:[ \t]|!\[|\[\^?[^\[\]\n]{1,100}\]:|"
    r"(?:=+|[-*_]{2,}|(?:[-*_][ \t]){3,})[ \t]*$)"
)
"""What begins a block of its own, and so does not go on from the line above."""
_ENDS = re.compile(r"[ \t]*(?:#{1,6}[ \t]|[|>]|(?:=+|[-*_]{3,})[ \t]*$)|[^\n]*(?:\$\$|\\|[ ]{2})$")
"""What the line below does not go on from: a heading, a row, a rule, a formula, or a break that is meant."""
_CODE = re.compile(r"(?: {4}|\t)")


def without_soft_breaks(text: str) -> str:
    """Markdown outside of fences with each paragraph and item on one line; code, tables and formulas stay as they are."""
    parts: list[str] = []
    before = ""
    formula = code = False
    for line in text.split("\n"):
        was_code, code = code, bool(line.strip()) and _CODE.match(line) is not None and (code or not before.strip())
        if formula or code or was_code or not before.strip() or not line.strip() or not _goes_on(before, line):
            parts += ["\n", line]
        else:
            parts[-1] = parts[-1].rstrip()
            parts += [" ", line.strip()]
        before = line
        formula ^= line.count("$$") % 2 == 1
    return "".join(parts[1:])


def _goes_on(before: str, line: str) -> bool:
    return not (_BEGINS.match(line) or _ENDS.match(before) or " | " in line or " | " in before)
