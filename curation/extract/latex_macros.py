"""The source of LaTeX before it is read: comments out, macros that its authors define written out."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

DEEPEST = 12
"""Macros within macros are written out to this depth."""
MOST_WRITTEN = 250_000  # characters that macros may add to a document, beside as many as it has itself
LONGEST_BODY = 2_000  # characters of a definition; what is longer sets pages, not words
MOST_ARGUMENTS = 9
MOST_UNCLOSED = 100  # definitions without an end, after which no more are read

VERBATIM = ("verbatim", "lstlisting", "minted", "Verbatim", "alltt", "pyconsole", "comment")

_COMMENT = re.compile(r"%|\\begin\{(" + "|".join(VERBATIM) + r")\*?\}")
_TO_NEXT_LINE = re.compile(r"[^\n]*(?:\n[ \t]*)?")
_DEFINITION = re.compile(
    r"\\(?:(?P<new>newcommand|renewcommand|providecommand|DeclareRobustCommand|DeclareMathOperator)\*?\s*(?:\{\s*\\(?P<braced>[A-Za-z@]+)\s*\}|"
    r"\\(?P<bare>[A-Za-z@]+))\s*(?:\[(?P<count>\d)\])?\s*(?:\[(?P<default>[^\[\]]{0,200})\])?|"
    r"(?:long)?\\?(?P<def>[egx]?def)\s*\\(?P<defined>[A-Za-z@]+)(?P<pattern>(?:#\d)*(?=[\s{\\])|[^{}\\\n]{1,40})|"
    r"(?P<let>let)\s*\\(?P<alias>[A-Za-z@]+)\s*=?\s*\\(?P<target>[A-Za-z@]+)|"
    r"(?P<environment>(?:re)?newenvironment)\*?\s*\{[A-Za-z@*]+\}\s*(?:\[\d\])?\s*(?:\[[^\[\]]{0,200}\])?)(?=[\s{\\]|$)"
)
_BRACES = re.compile(r"\\[\\{}]|[{}]")
_PIECE = re.compile(
    r"\\begin\{(" + "|".join(VERBATIM) + r")\*?\}|\\verb\*?(?=[^A-Za-z\s])|\\([A-Za-z@]+)"
)  # fmt: skip
_TOKEN = re.compile(r"\s*(?:\\(?:[A-Za-z@]+|.)|[^\s\\{}])", re.DOTALL)
_NAMES = re.compile(r"\\([A-Za-z@]+)")
_PLACE = re.compile(r"#([1-9])")
_PROGRAM = re.compile(
    r"\\(?:if[a-z]*|else|fi|expandafter|csname|futurelet|catcode|makeatletter|newcommand|[egx]?def|begingroup|@[A-Za-z]+)(?![a-z])"
)
_DELIMITED = re.compile(r"(?<!#)[^#]|##")  # an argument that ends with a sign of its own
_NOTE = re.compile(r"todo|fixme|comment|remark(?=s?$)", re.IGNORECASE)
_LAST_NAME = re.compile(r"\\[A-Za-z@]+$")
_LONGEST_NAME = 80  # characters of a command


@dataclass(frozen=True)
class Macro:
    """What stands for a command: text with places for arguments, of which the first may have a default."""

    body: str
    arguments: int = 0
    default: str | None = None


def without_comments(source: str) -> str:
    """A source without what a percent sign hides, which it does not inside a listing."""
    parts: list[str] = []
    position = 0
    missing: set[str] = set()
    kept = 0
    while found := _COMMENT.search(source, position):
        position = found.end()
        if found.group(1):
            position = listing_end(source, found.group(1), position, missing)
        elif not _is_escaped(source, found.start()):
            parts.append(source[kept : found.start()])
            kept = position = _behind(_TO_NEXT_LINE, source, position)
    return "".join([*parts, source[kept:]])


def _behind(pattern: re.Pattern[str], source: str, position: int) -> int:
    found = pattern.match(source, position)
    return found.end() if found else position


def _is_escaped(source: str, position: int) -> bool:
    """Whether an odd number of backslashes stands before a sign."""
    first = position
    while first and source[first - 1] == "\\":
        first -= 1
    return (position - first) % 2 == 1


def written_out(source: str, known: frozenset[str]) -> str:
    """A source without comments in which the macros that it defines are written out and their definitions left out.

    Macros of a `known` name, and ones that are programs rather than text, are left as they are. What would go deeper than
    `DEEPEST` or make the source larger by more than `MOST_WRITTEN` is left as it is, too.
    """
    macros, rest = _definitions(source, known)
    return _Writer(macros, MOST_WRITTEN + len(rest)).write(rest, 0) if macros else rest


def listing_end(source: str, name: str, start: int, missing: set[str]) -> int:
    """Where a listing's end stands, or its start where none does; `missing` keeps names whose end does not come any more."""
    end = -1 if name in missing else source.find(f"\\end{{{name}", start)
    if end < 0:
        missing.add(name)
    return max(end, start)


def _groups(source: str) -> dict[int, int]:
    """Where each group ends, by where its brace opens."""
    ends: dict[int, int] = {}
    opened: list[int] = []
    for found in _BRACES.finditer(source):
        if found.group() == "{":
            opened.append(found.start())
        elif found.group() == "}" and opened:
            ends[opened.pop()] = found.end()
    return ends


def _definitions(source: str, known: frozenset[str]) -> tuple[dict[str, Macro], str]:
    macros: dict[str, Macro] = {}
    parts: list[str] = []
    position = unclosed = 0
    for found in _DEFINITION.finditer(source):
        if found.start() < position or unclosed > MOST_UNCLOSED:
            continue
        read = _definition(source, found)
        if read is None:
            unclosed += 1
            continue
        name, macro, end = read
        parts.append(source[position : found.start()])
        position = end
        if macro and name not in known and not (found["new"] == "providecommand" and name in macros):
            macros[name] = macro
    return macros, "".join([*parts, source[position:]])


def _definition(source: str, found: re.Match[str]) -> tuple[str, Macro | None, int] | None:
    """Name, macro and end of a definition; no macro where it is a program; None where it does not close."""
    if found["let"]:
        return found["alias"], Macro("\\" + found["target"]), found.end()
    start = found.end()
    while start < len(source) and source[start].isspace():
        start += 1
    if not source.startswith("{", start) or (end := group_end(source, start)) < 0:
        return None
    if found["environment"]:
        after = end + len(source[end : end + 100]) - len(source[end : end + 100].lstrip())
        last = group_end(source, after) if source.startswith("{", after) else -1
        return "", None, last if last > 0 else end
    name = found["braced"] or found["bare"] or found["defined"]
    body = source[start + 1 : end - 1]
    if found["new"] == "DeclareMathOperator":
        return name, Macro(f"\\operatorname{{{body}}}"), end
    count = int(found["count"] or 0) if found["new"] else len(found["pattern"]) // 2
    if _PROGRAM.search(body) or _DELIMITED.search(found["pattern"] or "") or name in _NAMES.findall(body):
        return name, None, end
    return name, Macro("" if _NOTE.search(name) and count else body, count, found["default"]), end


def group_end(source: str, start: int, longest: int = LONGEST_BODY) -> int:
    """Where the group ends whose brace opens at `start`; -1 where none closes it within so many characters."""
    depth = 0
    for found in _BRACES.finditer(source, start, start + longest):
        depth += {"{": 1, "}": -1}.get(found.group(), 0)
        if not depth:
            return found.end()
    return -1


class _Writer:
    """Writes macros out from left to right, within a budget of characters."""

    def __init__(self, macros: dict[str, Macro], budget: int) -> None:
        self.macros = macros
        self.budget = budget
        self.missing: set[str] = set()

    def write(self, source: str, depth: int) -> str:
        return "".join(self._pieces(source, depth))

    def _pieces(self, source: str, depth: int) -> Iterator[str]:
        position = written = 0
        groups: dict[int, int] | None = None
        while found := _PIECE.search(source, position):
            position = found.end()
            macro = self.macros.get(found.group(2) or "")
            if macro is None or depth >= DEEPEST or self.budget <= 0:
                position = _behind_verbatim(source, found, self.missing if not depth else set())
                continue
            yield source[written : found.start()]
            groups = _groups(source) if groups is None and macro.arguments else groups
            values, position = _arguments(source, position, macro, groups or {})
            text = _filled(macro.body, values)
            written = position
            self.budget -= len(text)
            text = self.write(text, depth + 1)
            yield text
            if position < len(source) and source[position].isalpha() and ends_in_name(text):
                yield " "
        yield source[written:]


def ends_in_name(text: str) -> bool:
    """Whether a text ends in the name of a command, which a letter behind it would make longer."""
    return _LAST_NAME.search(text[-_LONGEST_NAME:]) is not None


def _filled(body: str, values: list[str]) -> str:
    """A body with arguments in their places; the space of `xspace` is there, since white space behind a macro is kept."""
    body = body.replace("\\xspace", "")
    return _PLACE.sub(lambda place: "".join(values[int(place.group(1)) - 1 :][:1]), body) if values else body


def _behind_verbatim(source: str, found: re.Match[str], missing: set[str]) -> int:
    """Where to go on after a command that is no macro: behind a listing, in which nothing is a macro."""
    if found.group(1):
        return listing_end(source, found.group(1), found.end(), missing)
    if not found.group(2):
        end = source.find(source[found.end()], found.end() + 1, found.end() + 1000)
        return end + 1 if end > 0 else found.end()
    return found.end()


def _arguments(source: str, position: int, macro: Macro, groups: dict[int, int]) -> tuple[list[str], int]:
    """The arguments that follow a macro's name, and where they end; empty ones where there are none."""
    values: list[str] = []
    if macro.default is not None and macro.arguments:
        option = re.compile(r"\s*\[([^\[\]]{0,500})\]").match(source, position)
        values.append(option.group(1) if option else macro.default)
        position = option.end() if option else position
    while len(values) < min(macro.arguments, MOST_ARGUMENTS):
        start = position
        while source[start : start + 1].isspace():
            start += 1
        if source.startswith("{", start):
            end = groups.get(start)
            value, position = (source[start + 1 : end - 1], end) if end else ("", start + 1)
        elif token := _TOKEN.match(source, start):
            value, position = token.group(), token.end()
        else:
            value = ""
        values.append(value)
    return values, position
