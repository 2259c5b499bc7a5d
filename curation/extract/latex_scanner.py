"""What LaTeX holds as it is: formulas, listings, names; and how white space ends lines."""

import re

from curation.extract.citations import without_doubled_stops
from curation.extract.latex_formulas import formula_body
from curation.extract.latex_macros import group_end

_NAME = re.compile(r"\s*\{([^{}]{1,60})\}")
_BRACE = re.compile(r"[ \t]*\n?[ \t]*\{")
_BRACES = re.compile(r"(?<!\\)(?:\\\\)*([{}])")
_SPACES = re.compile("  +")
_SPACED = re.compile(r" +(?=[,;)]|[.:](?![\w=:.]))|(?<=\() +(?=\w)")  # but not before a number or the name of an operator
_UNCITED = re.compile(r"(?<!\n)\n([.,;)])(?=\s|$)|,(?:[ \n]?,){0,20}[ \n]?([.;)])(?=\s|$)|(,)(?:[ \n]?,){1,20}")  # what citations left
_LONGEST_VERB = 1_000  # characters
_LONGEST_GROUP = 300  # characters
OPTION = re.compile(r"[ \t]*\[[^\[\]\n]{0,300}\]")
"""An optional argument."""

_BRACE_AHEAD = re.compile(r"[ \t]*(?=\{)")

OPTIONS_OF_LISTING = re.compile(r"(?:\s{0,9}\[(?:[^\[\]{}]|\{(?:[^{}]|\{[^{}]{0,200}\}){0,300}\}){0,400}\])?(?:[ \t]*\{[^{}\n]{0,40}\})?")
_LANGUAGE = re.compile(r"(?:language\s{0,9}=\s{0,9}|\{)\s{0,9}([A-Za-z][A-Za-z+#-]{0,19})\s{0,9}(?=[],}])")
_CAPTION_OF_LISTING = re.compile(r"\bcaption\s{0,9}=\s{0,9}\{((?:[^{}]|\{[^{}]{0,200}\}){1,300})\}")
BLANK = re.compile(r"\n[ \t]*\n\s*")
"""What ends a paragraph."""


class Scanner:
    """A place in a source that moves to its end."""

    def __init__(self, source: str) -> None:
        self.source = source
        self.position = 0
        self._missing: set[str] = set()  # marks that do not occur any more, lest each opening searches to the end

    def skip(self, pattern: re.Pattern[str]) -> re.Match[str] | None:
        """Goes behind what matches here."""
        if found := pattern.match(self.source, self.position):
            self.position = found.end()
        return found

    def to_end(self, mark: str, before: str, after: str) -> str:
        """What stands up to a mark, as it is; without one, nothing is swallowed."""
        end = -1 if mark in self._missing else self.source.find(mark, self.position)
        if end < 0:
            self._missing.add(mark)
        if end < 0 or (mark == "$" and "\n\n" in self.source[self.position : end]):
            return ""
        body = self.source[self.position : end]
        self.position = end + len(mark)
        return f"{before}{formula_body(body, before)}{after}" if before else body

    def name(self) -> str:
        """The name in braces of an environment; empty where there is none."""
        found = self.skip(_NAME)
        return found.group(1).strip() if found else ""

    def formula(self, mark: str) -> str:
        """The next argument in braces as a formula between marks, as it is; empty where there is none that closes."""
        if not (brace := _BRACE.match(self.source, self.position)) or "}}" in self._missing:
            return ""
        depth = 1
        for found in _BRACES.finditer(self.source, brace.end()):
            depth += 1 if found.group(1) == "{" else -1
            if not depth:
                body = self.source[brace.end() : found.start(1)]
                self.position = found.end()
                line = "\n" if mark == "$$" else ""
                return f"{line}{mark}{formula_body(body, mark)}{mark}{line}"
        self._missing.add("}}")
        return ""

    def group(self) -> str:
        """The source of the next argument in braces, an option before it skipped; empty where there is none that is short."""
        start = self.position
        self.skip(OPTION)
        end = group_end(self.source, self.position, _LONGEST_GROUP) if self.skip(_BRACE_AHEAD) else -1
        if end < 0:
            self.position = start
            return ""
        body, self.position = self.source[self.position + 1 : end - 1], end
        return body

    def verb(self) -> str:
        """What stands between two of the sign that is next."""
        mark = self.source[self.position : self.position + 1]
        end = self.source.find({"{": "}"}.get(mark, mark), self.position + 1, self.position + _LONGEST_VERB) if mark.strip() else -1
        if end < 0:
            return ""
        body = self.source[self.position + 1 : end]
        self.position = end + 1
        return f"`{body}`"

    def next_letter(self) -> str:
        """What an accent without braces is set on."""
        letter = self.source[self.position : self.position + 1]
        if letter == "\\" and self.source[self.position + 1 : self.position + 2] in ("i", "j"):
            self.position += 2
            return self.source[self.position - 1]
        self.position += len(letter)
        return letter


def language_and_caption(options: str) -> tuple[str, str]:
    """What the options of a listing say about it; empty where they do not."""
    language, caption = _LANGUAGE.search(options), _CAPTION_OF_LISTING.search(options)
    return language.group(1).lower() if language else "", caption.group(1) if caption else ""


def flowing(text: str) -> str:
    """Text of a source in which only blank lines end lines: paragraphs."""
    if "\n" not in text:
        return text
    return "\n\n".join([part.replace("\n", " ") for part in BLANK.split(text)]) if BLANK.search(text) else text.replace("\n", " ")


def tidy(text: str) -> str:
    """Text without the spaces and commas that commands and citations left."""
    return without_doubled_stops(_UNCITED.sub(r"\1\2\3", _SPACED.sub("", _SPACES.sub(" ", text.replace("\t", " ")))))
