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
_TAG = re.compile(r"\\tag\{([^{}]{0,60})\}")
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
        tagged = _TAG.sub(_beside, body)  # a row within a formula has no number of its own
        body = f"\\begin{{{rows}}}{columns}{space}{tagged}{space}\\end{{{rows}}}"
    elif rows:
        body = _COLUMN_END.sub("", body)
    return f"\n$${body}$$\n" if body else ""


def _beside(tag: re.Match[str]) -> str:
    return f"\\quad ({tag[1]})" if tag[1][-1:].isdigit() else f"\\quad \\text{{({tag[1]})}}"


def formula_body(body: str, mark: str) -> str:
    """A formula without its label, and without what only tells text and formulas apart; one in a line is one line."""
    body = _UNNUMBERED.sub("", _LABEL.sub("", body)) if "\\label" in body or "\\no" in body else body
    body = body.replace("\\ensuremath", "").strip()
    return " ".join(body.split()) if mark == "$" and "\n" in body else body
