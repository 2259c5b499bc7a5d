"""Formulas in pages that a console browser dumped: each is written up to three times, and its TeX is the one to keep.

The browser writes the signs of the formula one by one, then `{\\displaystyle TeX}` from its annotation, then what its
picture says in square brackets.
"""

import re

_TEX = re.compile(r"\{\\(?:display|text)style ")
_PICTURE = re.compile(r"\s*\[(?:[^\[\]\n]|\[[^\[\]\n]*\]){0,600}\]")
_GAP = re.compile(r"\s{3,}")
_TOKEN = re.compile(r"[^\W\d_]+|\S")
_BRACE = re.compile(r"\\.|[{}]", re.DOTALL)
_WINDOW = 4000  # characters; a formula that is longer, or that is never closed, is left as it is
_LONGEST = 2000  # characters of a formula's signs; further back nothing is looked at


def with_formulas_once(text: str) -> str:
    """Text whose formulas are `$TeX$`, each once, in time linear in the text's length."""
    parts: list[str] = []
    position = 0
    while found := _TEX.search(text, position):
        end = _end_of_braces(text, found.start())
        if end is None:
            parts.append(text[position : found.start() + _WINDOW])
            position = found.start() + _WINDOW
            continue
        tex = " ".join(text[found.end() : end - 1].split())
        before = _without_signs(text[position : found.start()], tex)
        parts.append(f"{before} ${tex}$" if before and not before[-1].isspace() else f"{before}${tex}$")
        picture = _PICTURE.match(text, end)
        position = picture.end() if picture and _is_picture(picture.group(), tex) else end
    return "".join(parts) + text[position:]


def _end_of_braces(text: str, start: int) -> int | None:
    """Where the brace at a position is closed."""
    depth = 0
    for match in _BRACE.finditer(text, start, start + _WINDOW):
        depth += {"{": 1, "}": -1}.get(match.group(), 0)
        if depth == 0:
            return match.end()
    return None


def _without_signs(before: str, tex: str) -> str:
    """The text before a formula without the signs that the browser wrote of it."""
    start = max(before.rfind("\n\n") + 2 if "\n\n" in before else 0, len(before) - _LONGEST)
    tail = before[start:]
    cuts = [0, *(gap.start() for gap in _GAP.finditer(tail))]
    for cut in cuts:
        if all(_is_sign(token, tex) for token in _TOKEN.findall(tail[cut:])):
            return before[: start + cut]
    return before


def _is_sign(token: str, tex: str) -> bool:
    return not token.isalpha() or len(token) == 1 or token in tex


def _is_picture(shown: str, tex: str) -> bool:
    """Whether brackets behind a formula hold its TeX again and no words of the sentence."""
    return all(word in tex for word in re.findall(r"[^\W\d_]{4,}", shown.replace("displaystyle", "")))
