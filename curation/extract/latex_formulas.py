"""Displayed formulas of LaTeX as TeX that can be set by itself: what needs rows has an environment for them inside its `$$`."""

import re

from curation.extract.elements import names

MATH_IN_COLUMNS = names("IEEEeqnarray alignat array xalignat")
"""Formulas that begin with an argument on their columns."""

_MATH = names("equation align gather multline eqnarray displaymath math alignat flalign xymatrix tikzcd mathpar split aligned array cases")
_MATH_NAME = re.compile(r"mathpar[a-z]*|[A-Za-z]*(?:equation|eqnarray|multline|align|gather)")  # house styles narrow and break them
_ROWS = {
    "align": "aligned", "alignat": "aligned", "aligned": "aligned", "gather": "gathered", "multline": "gathered", "eqnarray": "array",
    "split": "split", "cases": "cases",
}  # fmt: skip
"""What sets the rows of an environment within a formula, by how its name ends (https://ctan.org/pkg/amsmath)."""
_LABEL = re.compile(r"\\label\{[^{}]*\}")
_UNNUMBERED = re.compile(r"[ \t]{0,9}\\(?:nonumber|notag)(?![A-Za-z])")
_IN_ROWS = re.compile(r"\\tag\{([^{}]{0,60})\}|\\\\|\\(?:begin|end)(?![A-Za-z])|\\[^A-Za-z]|[{}]")
_COLUMN_END = re.compile(r"(?<!\\)&")


def is_formula(name: str) -> bool:
    """Whether an environment of that name, without its star, holds a displayed formula."""
    return name in _MATH or _MATH_NAME.fullmatch(name) is not None


def displayed(name: str, source: str) -> str:
    """What an environment of that name, without its star, holds, between the marks of a formula; empty where it holds nothing."""
    body = formula_body(source, "$$").rstrip()
    body = body.removesuffix("\\\\").rstrip()
    rows = next((inner for ending, inner in _ROWS.items() if name.endswith(ending)), "")
    if rows and ("\\\\" in body or "\\begin" in body):
        space = "\n" if "\n" in body else " "
        columns = "{rcl}" if rows == "array" else ""
        tagged = _with_numbers(body).strip() if "\\tag" in body else body
        body = f"\\begin{{{rows}}}{columns}{space}{tagged}{space}\\end{{{rows}}}"
    elif rows:
        body = _COLUMN_END.sub("", body)
    return f"\n$${body}$$\n" if body else ""


def _with_numbers(body: str) -> str:
    """Rows that end in their number, wherever it stood: a row within a formula has none that TeX sets beside it."""
    rows: list[str] = []
    parts: list[str] = []
    position = depth = 0
    number = ""
    for found in _IN_ROWS.finditer(body):
        parts.append(body[position : found.start()])
        position = found.end()
        depth += {"\\begin": 1, "{": 1, "\\end": -1, "}": -1}.get(found[0], 0)
        if found[1] is not None:
            number = f" \\quad ({found[1]})" if found[1].replace(".", "").isalnum() else f" \\quad \\text{{({found[1]})}}"
        elif found[0] == "\\\\" and depth <= 0:
            rows.append(_ended("".join(parts), number))
            parts, number = [], ""
        else:
            parts.append(found[0])
    rows.append(_ended("".join([*parts, body[position:]]), number))
    return "\\\\".join(rows)


def _ended(row: str, number: str) -> str:
    return f"{row.rstrip()}{number}{row[len(row.rstrip()) :]}" if number else row


def formula_body(body: str, mark: str) -> str:
    """A formula without its label, and without what only tells text and formulas apart; one in a line is one line."""
    body = _UNNUMBERED.sub("", _LABEL.sub("", body)) if "\\label" in body or "\\no" in body else body
    body = body.replace("\\ensuremath", "").strip()
    return " ".join(body.split()) if mark == "$" and "\n" in body else body
