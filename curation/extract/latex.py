"""LaTeX sources: words as light Markdown, formulas as they are."""

import re
from collections.abc import Mapping

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, require_size
from curation.extract.accents import ACCENTS, accented
from curation.extract.citations import CITATIONS, bibliography, cited
from curation.extract.latex_macros import VERBATIM, without_comments, written_out
from curation.extract.latex_names import (
    DEFINED,
    DROPPED_ARGUMENTS,
    DROPPED_ENVIRONMENTS,
    FLOATS,
    LAYOUT,
    LENGTHS,
    MATH,
    PARAGRAPHS,
    SECOND_ARGUMENT,
    SECTIONS,
    WORDS,
)
from curation.extract.latex_numbers import numbered, statements
from curation.extract.sections import without_apparatus

MAX_BYTES = 16_000_000
DEEPEST = 80
LONGEST_COMMAND = 60  # characters of a name
_KEPT = re.compile("\ue000(\\d+)\ue001")
_LABEL = re.compile(r"\\label\{[^{}]*\}")

_UNCITED = re.compile(r"(?<!\n)\n([.,;)])(?=\s|$)|,(?:[ \n]?,){0,20}[ \n]?([.;)])(?=\s|$)|(,)(?:[ \n]?,){1,20}")  # what citations left
_TITLE = re.compile(r"\\title\s*(?:\[[^\]]{0,300}\])?\s*\{")
_TOKEN = re.compile(r"\\([A-Za-z@]+)\*?[ \t]*|\\([^A-Za-z])|([{}])|(\$\$?)|(~)|(---?|``|'')")
_OPTION = re.compile(r"[ \t]*\[[^\[\]\n]{0,300}\]")
_BRACE = re.compile(r"[ \t]*\n?[ \t]*\{")
_CITED = re.compile(r"\s*(?:\[([^\[\]]{0,200})\])?\s*(?:\[([^\[\]]{0,200})\])?\s*\{([^{}]{0,2000})\}")
_CAPTION = re.compile(r"\\(?:caption|captionof\s*\{\w+\}|tablecaption)\*?\s*(?:\[[^\[\]]{0,300}\])?\s*\{")
_LENGTH = re.compile(r"\s*=?\s*-?[\d.]{1,9}\s?(?:pt|em|ex|cm|mm|in|\\[a-z]{1,20}width)(?![a-z])|[ \t]*\\[A-Za-z@]{1,40}")
_IN_SENTENCE = re.compile(r"[a-z,;:] {0,2}[~(]?$")
_NOUN_ENDS = re.compile(r"(?<=\s)[a-z(]|[.,;:)]|~|(?<=\})[\s-]")
_MATH_NAME = re.compile(r"mathpar[a-z]*|[A-Za-z]*(?:equation|eqnarray|multline|align|gather)")  # house styles narrow and break them
_BRACES = re.compile(r"(?<!\\)(?:\\\\)*([{}])")


def extract_latex(item: Captured) -> Extracted:
    """The text of a LaTeX file, with or without a preamble."""
    require_size(item.content, MAX_BYTES)
    source = _prepared(decode(item.content, item.charset).replace("\r\n", "\n"))
    title = item.title or _title(source)
    text = _body_to_text(source)
    if not text:
        raise Dropped(Reason.EMPTY, "nothing but definitions, figures and references")
    return Extracted(text, title, "latex")


def latex_to_text(source: str) -> str:
    """The body of a document, or the whole of a file that has no preamble."""
    return _body_to_text(_prepared(source))


def _prepared(source: str) -> str:
    """A source without comments, its author's macros written out."""
    return written_out(without_comments(re.sub("[\ue000\ue001]", "", source)), DEFINED)


def _title(source: str) -> str | None:
    """What stands in the title command."""
    if found := _TITLE.search(source):
        reader = _Reader(source[found.end() : found.end() + 2000], {})
        return " ".join(reader.read(until="}").split()) or None
    return None


def _body_to_text(source: str) -> str:
    _, opened, body = source.partition("\\begin{document}")
    body = body.partition("\\end{document}")[0] if opened else source
    reader = _Reader(numbered(body, statements(source)), bibliography(source))
    text = reader.read()
    text = re.sub(r" \n ?|\n ", "\n", re.sub(r"[ \t]{2,}|\t", " ", text))
    text = _UNCITED.sub(r"\1\2\3", re.sub(r" +([,.;:)])", r"\1", text))
    text = without_apparatus(re.sub(r"\n{3,}", "\n\n", text)).strip()
    return _KEPT.sub(lambda match: reader.kept[int(match.group(1))], text)


class _Reader:
    """Reads LaTeX from left to right, once."""

    def __init__(self, source: str, works: Mapping[str, tuple[str, str]]) -> None:
        self.source = source
        self.works = works  # authors and year by key of citation
        self.position = 0
        self.depth = 0
        self.kept: list[str] = []  # listings, to be put back as they are when the text around them is tidy
        self.missing: set[str] = set()  # marks that do not occur any more, lest each opening searches to the end

    def read(self, until: str = "") -> str:
        """Text up to a closing brace (which is consumed), or to the end."""
        self.depth += 1
        parts: list[str] = []
        open_braces = 0
        while found := _TOKEN.search(self.source, self.position):
            parts.append(self.source[self.position : found.start()])
            self.position = found.end()
            command, sign, brace, dollars, tie, ligature = found.groups()
            if brace == "{":
                open_braces += 1
            elif brace == "}":
                if until and not open_braces:
                    self.depth -= 1
                    return "".join(parts)
                open_braces = max(0, open_braces - 1)
            elif command:
                parts.append(self._command(command))
            elif sign:
                parts.append(self._sign(sign))
            elif dollars:
                parts.append(self._to_end(dollars, dollars, dollars))
            else:
                parts.append(" " if tie else {"--": "–", "---": "—"}.get(ligature, '"'))
        parts.append(self.source[self.position :])
        self.position = len(self.source)
        self.depth -= 1
        return "".join(parts)

    def _command(self, name: str) -> str:
        if name == "begin":
            return self._environment(self._name())
        if name == "end":
            return "\n" if self._name() else ""
        if name in SECTIONS:
            return f"\n\n{SECTIONS[name]} {' '.join(self._argument().split())}\n\n"
        if name in ACCENTS:
            return accented(name, self._argument() or self._next_letter())
        if name in SECOND_ARGUMENT:
            self._argument()
            return self._argument()
        if name in CITATIONS:
            return self._citation(name)
        if name in DROPPED_ARGUMENTS or name in LENGTHS:
            self._drop(takes_length=name in LENGTHS or name.endswith("length"))
            return ""
        if name == "footnote":
            return f" ({self._argument().strip()})"
        if name == "verb" or name == "lstinline":
            return self._verb()
        if name in ("caption", "captionof"):
            return self._captions(f"\\caption{{{self._argument()}}}")
        if name == "ensuremath" or name.endswith("equation"):
            return self._formula("$" if name == "ensuremath" else "$$")
        if name in WORDS:
            return WORDS[name]
        start = self.position
        return self._argument() or self._symbol(name, start)

    def _symbol(self, name: str, end: int) -> str:
        """A command without words, as a formula where a sentence has it for a noun: its definition is elsewhere."""
        before = self.source[max(0, end - LONGEST_COMMAND) : end].rpartition("\\")[0]
        if name in LAYOUT or not _IN_SENTENCE.search(before) or not _NOUN_ENDS.match(self.source, self.position):
            return ""
        return f"$\\{name}${' ' if self.source[end - 1 : end] == ' ' else ''}"

    def _sign(self, sign: str) -> str:
        if sign in "([":
            return self._to_end("\\" + {"(": ")", "[": "]"}[sign], "$" if sign == "(" else "$$", "$" if sign == "(" else "$$")
        if sign in ACCENTS:
            return accented(sign, self._argument() or self._next_letter())
        return {"\\": "\n", ",": " ", ";": " ", " ": " ", "\n": "\n", "/": "", "-": "", "!": "", "@": ""}.get(sign, sign)

    def _environment(self, name: str) -> str:
        plain = name.rstrip("*")
        if plain in MATH or _MATH_NAME.fullmatch(plain):
            return self._to_end(f"\\end{{{name}}}", "\n$$", "$$\n")
        if plain in VERBATIM:
            body = self._to_end(f"\\end{{{name}}}", "", "")
            body = re.sub(r"^\s*(?:\[[^\]\n]*\]|\{[^}\n]*\})+", "", body).strip("\n").rstrip()
            self.kept.append(f"```\n{body}\n```" if body and plain != "comment" else "")
            return f"\n\n\ue000{len(self.kept) - 1}\ue001\n\n"
        if plain in FLOATS:
            return self._captions(self._to_end(f"\\end{{{name}}}", "", ""))
        if plain in DROPPED_ENVIRONMENTS:
            self._to_end(f"\\end{{{name}}}", "", "")
            return ""
        while option := _OPTION.match(self.source, self.position):
            self.position = option.end()
        return "\n\n" if plain in PARAGRAPHS else "\n"

    def _captions(self, body: str) -> str:
        """The captions of a figure or a table, each a paragraph."""
        found: list[str] = []
        position = 0
        while self.depth < DEEPEST and (caption := _CAPTION.search(body, position)):
            reader = _Reader(body[caption.end() :], self.works)
            reader.depth = self.depth
            found.append(f"\n\n{' '.join(reader.read(until='}').split())}\n\n")
            position = caption.end() + reader.position
        return "".join(found)

    def _citation(self, name: str) -> str:
        found = _CITED.match(self.source, self.position)
        if not found:
            return ""
        start = self.source.rfind("\\", 0, self.position)
        self.position = found.end()
        before = self.source[max(0, start - 60) : start]
        note = found.group(1) if found.group(2) is None else found.group(2)
        note = " ".join(_Reader(note or "", {}).read().split())
        return cited(name, found.group(3), note, before, self.works)

    def _to_end(self, mark: str, before: str, after: str) -> str:
        """What stands up to a mark, as it is; without one, nothing is swallowed."""
        end = -1 if mark in self.missing else self.source.find(mark, self.position)
        if end < 0:
            self.missing.add(mark)
        if end < 0 or (mark == "$" and "\n\n" in self.source[self.position : end]):
            return ""
        body = self.source[self.position : end]
        self.position = end + len(mark)
        return f"{before}{_formula_body(body)}{after}" if before else body

    def _name(self) -> str:
        found = re.compile(r"\s*\{([^{}]{1,60})\}").match(self.source, self.position)
        if not found:
            return ""
        self.position = found.end()
        return found.group(1).strip()

    def _argument(self) -> str:
        """The text of the next argument in braces, options before it skipped; empty where there is none."""
        start = self.position
        while option := _OPTION.match(self.source, self.position):
            self.position = option.end()
        brace = _BRACE.match(self.source, self.position)
        if not brace or self.depth > DEEPEST:
            self.position = start
            return ""
        self.position = brace.end()
        return self.read(until="}")

    def _drop(self, *, takes_length: bool = False) -> None:
        """Skips the arguments of the command just read, and its line end where it has a line to itself."""
        line_start = self.source.rfind("\n", max(0, self.position - LONGEST_COMMAND), self.position) + 1
        alone = self.source.startswith("\\", line_start) and self.source.find("\\", line_start + 1, self.position) < 0
        if takes_length and (length := _LENGTH.match(self.source, self.position)):
            self.position = length.end()
        before = -1
        while before != self.position:
            before = self.position
            self._argument()
        if alone and self.source.startswith("\n", self.position):
            self.position += 1

    def _formula(self, mark: str) -> str:
        """The next argument in braces as a formula between marks, as it is; empty where there is none that closes."""
        if not (brace := _BRACE.match(self.source, self.position)) or "}}" in self.missing:
            return ""
        depth = 1
        for found in _BRACES.finditer(self.source, brace.end()):
            depth += 1 if found.group(1) == "{" else -1
            if not depth:
                body = self.source[brace.end() : found.start(1)]
                self.position = found.end()
                line = "\n" if mark == "$$" else ""
                return f"{line}{mark}{_formula_body(body)}{mark}{line}"
        self.missing.add("}}")
        return ""

    def _verb(self) -> str:
        mark = self.source[self.position : self.position + 1]
        end = self.source.find({"{": "}"}.get(mark, mark), self.position + 1) if mark.strip() else -1
        if end < 0:
            return ""
        body = self.source[self.position + 1 : end]
        self.position = end + 1
        return f"`{body}`"

    def _next_letter(self) -> str:
        letter = self.source[self.position : self.position + 1]
        if letter == "\\" and self.source[self.position + 1 : self.position + 2] in ("i", "j"):
            self.position += 2
            return self.source[self.position - 1]
        self.position += len(letter)
        return letter


def _formula_body(body: str) -> str:
    """A formula without its label, and without what only tells text and formulas apart."""
    return (_LABEL.sub("", body) if "\\label" in body else body).replace("\\ensuremath", "").strip()
