"""MathML as TeX: a formula's own where the page gives it, else written from its elements, so that 1/2 does not read 12.

https://www.w3.org/TR/MathML3/chapter3.html
"""

import re
from collections.abc import Callable

from lxml import etree

from curation.extract.elements import names

_SPACE = re.compile(r"\s+")
_INVISIBLE = dict.fromkeys(range(0x2061, 0x2065))
_UNSEEN = names("annotation annotation-xml mphantom none mprescripts mglyph maligngroup malignmark")
_FUNCTIONS = names(
    "sin cos tan cot sec csc arcsin arccos arctan sinh cosh tanh log ln lg exp lim sup inf max min det dim ker deg gcd arg Pr hom"
)
_ACCENTS = {
    "¯": "bar", "‾": "bar", "_": "bar", "^": "hat", "ˆ": "hat", "~": "tilde", "˜": "tilde", "→": "vec", "⃗": "vec", "˙": "dot", ".": "dot",
    "¨": "ddot",
}  # fmt: skip
_FRACTION = re.compile(r"(\d*)\\frac\{(\w|[\d.,]+)\}\{(\w|[\d.,]+)\}")
_POWER = re.compile(r"([\w.,×·()+−– -]*)\^\{([+−–-]?\d+)\}")
_TEX_MARKS = re.compile(r"[\\{}]")
_WORD = re.compile(r"[^\W\d_]{2,}")
_TOKENS = ("mi", "mtext", "ms")
_SCRIPT_AT_END = re.compile(r"[_^]\w$")
_ATOM = re.compile(r"(?:\w|[\d.,]+|\\?[^\W\d_]+|\(.*\)|\[.*\]|\|.*\|)")


def formula_text(math: etree._Element) -> str:
    """A formula between dollar signs; bare where the page gives no TeX and it reads without, such as x, 1/2 or 10^6.

    The walk is iterative, so that no depth of nesting exhausts the stack.
    """
    if source := _given(math):
        return f"${source}$"
    written: dict[etree._Element, str] = {}
    for _, element in etree.iterwalk(math, events=("end",)):
        parts = [written.pop(child, "") for child in element]
        name = _local(element)
        written[element] = "" if name in _UNSEEN else _WRITERS.get(name, _row)(element, parts)
    text = _SPACE.sub(" ", written.get(math, "")).strip()
    if found := _FRACTION.fullmatch(text):
        return " ".join(filter(None, [found[1], f"{found[2]}/{found[3]}"]))
    if found := _POWER.fullmatch(text):
        return f"{found[1]}^{found[2]}"
    return f"${text}$" if _TEX_MARKS.search(text) else text


def _given(math: etree._Element) -> str:
    """The TeX that a page gives beside a formula, in its annotation or its alternative text."""
    notes = (note for note in math.iter("{*}annotation", "annotation") if "tex" in (note.get("encoding") or "").lower())
    source = (math.get("alttext") or "".join("".join(note.itertext()) for note in notes)).strip().strip("$").strip()
    source = source.removeprefix("{\\displaystyle").removesuffix("}") if "\\displaystyle" in source[:16] else source
    return source.strip()


def _local(element: etree._Element) -> str:
    return element.tag.rpartition("}")[2].rpartition(":")[2] if isinstance(element.tag, str) else "none"


def _token(element: etree._Element, _parts: list[str]) -> str:
    text = _SPACE.sub(" ", "".join(element.itertext())).translate(_INVISIBLE)
    if _local(element) == "mtext":
        return text
    text = text.strip()
    return f"\\{text} " if text in _FUNCTIONS else text


def _row(element: etree._Element, parts: list[str]) -> str:
    text, was_word = _SPACE.sub(" ", element.text or "").strip(), False
    for child, part in zip(element, parts, strict=True):
        is_word = _local(child) in _TOKENS and _WORD.fullmatch(part) is not None
        text += f" {part}" if _runs_together(text, part, either=is_word or was_word) else part
        text += _SPACE.sub(" ", child.tail or "").strip()
        was_word = is_word or (was_word and not part)
    return text


def _runs_together(before: str, after: str, *, either: bool) -> bool:
    """Whether two numbers, a short script and what follows, or two parts of which `either` is a word would read as one."""
    if not (before[-1:].isalnum() and after[:1].isalnum()):
        return False
    return either or (before[-1].isdigit() and after[0].isdigit()) or _SCRIPT_AT_END.search(before) is not None


def _first(_element: etree._Element, parts: list[str]) -> str:
    return parts[0] if parts else ""


def _fraction(element: etree._Element, parts: list[str]) -> str:
    above, below = _padded(parts, 2)
    if (element.get("linethickness") or "").strip() in ("0", "0pt", "0px"):
        return f"\\binom{{{above}}}{{{below}}}"
    return f"\\frac{{{above.strip()}}}{{{below.strip()}}}"


def _root(_element: etree._Element, parts: list[str]) -> str:
    base, degree = _padded(parts, 2)
    return f"\\sqrt[{degree}]{{{base}}}"


def _square_root(element: etree._Element, parts: list[str]) -> str:
    return f"\\sqrt{{{_row(element, parts)}}}"


def _scripted(base: str, below: str, above: str) -> str:
    base = base.rstrip()
    if base and not _ATOM.fullmatch(base) and re.search(r"[\^_ +−-]", base):
        base = f"{{{base}}}"
    if set(above) <= {"′", "'", "″"}:  # marks of a derivative stand high already
        base, above = base + above, ""
    return base + _script("_", below) + _script("^", above)


def _script(mark: str, text: str) -> str:
    text = text.strip()
    if not text:
        return ""
    return f"{mark}{text}" if len(text) == 1 else f"{mark}{{{text}}}"


def _sub(_element: etree._Element, parts: list[str]) -> str:
    base, below = _padded(parts, 2)
    return _scripted(base, below, "")


def _sup(_element: etree._Element, parts: list[str]) -> str:
    base, above = _padded(parts, 2)
    return _scripted(base, "", above)


def _sub_and_sup(_element: etree._Element, parts: list[str]) -> str:
    base, below, above = _padded(parts, 3)
    return _scripted(base, below, above)


def _over(_element: etree._Element, parts: list[str]) -> str:
    base, above = _padded(parts, 2)
    accent = _ACCENTS.get(above.strip())
    return f"\\{accent}{{{base}}}" if accent else _scripted(base, "", above)


def _scripts_around(element: etree._Element, parts: list[str]) -> str:
    """Scripts in pairs behind a base, then those before it."""
    children = [_local(child) for child in element]
    at = children.index("mprescripts") if "mprescripts" in children else len(parts)
    text = parts[0] if parts else ""
    behind, before = parts[1:at], parts[at + 1 :]
    for below, above in zip(behind[::2], behind[1::2], strict=False):
        text = _scripted(text, below, above)
    ahead = "".join(_script("_", below) + _script("^", above) for below, above in zip(before[::2], before[1::2], strict=False))
    return f"{{}}{ahead}{text}" if ahead else text


def _fenced(element: etree._Element, parts: list[str]) -> str:
    separator = (element.get("separators", ",").strip() or " ")[0]
    return f"{element.get('open', '(')}{f'{separator} '.join(parts)}{element.get('close', ')')}"


def _table(_element: etree._Element, parts: list[str]) -> str:
    return "\\begin{matrix} " + " \\\\ ".join(parts) + " \\end{matrix}"


def _table_row(_element: etree._Element, parts: list[str]) -> str:
    return " & ".join(parts)


def _blank(_element: etree._Element, _parts: list[str]) -> str:
    return " "


def _padded(parts: list[str], count: int) -> list[str]:
    """So many parts, whatever a damaged formula has."""
    return [*parts, *[""] * count][:count]


_WRITERS: dict[str, Callable[[etree._Element, list[str]], str]] = {
    "mi": _token, "mn": _token, "mo": _token, "mtext": _token, "ms": _token, "semantics": _first, "maction": _first, "mfrac": _fraction,
    "mroot": _root, "msqrt": _square_root, "msub": _sub, "munder": _sub, "msup": _sup, "mover": _over, "msubsup": _sub_and_sup,
    "munderover": _sub_and_sup, "mmultiscripts": _scripts_around, "mfenced": _fenced, "mtable": _table, "mtr": _table_row,
    "mlabeledtr": _table_row, "mspace": _blank,
}  # fmt: skip
