"""LaTeX sources: words as light Markdown, formulas as they are."""

import re

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, require_size
from curation.extract.accents import ACCENTS, LETTERS, accented
from curation.extract.elements import names
from curation.extract.references import referred_kind
from curation.extract.sections import without_apparatus

MAX_BYTES = 4_000_000
DEEPEST = 80
_KEPT = re.compile("\ue000(\\d+)\ue001")
LABEL = r"\\label\{[^{}]*\}"
LONGEST_COMMAND = 60  # characters of a name

_COMMENT = re.compile(r"(?<!\\)((?:\\\\)*)%[^\n]*(?:\n[ \t]*)?")
_TITLE = re.compile(r"\\title\s*(?:\[[^\]]{0,300}\])?\s*\{")
_TOKEN = re.compile(r"\\([A-Za-z@]+)\*?[ \t]*|\\([^A-Za-z])|([{}])|(\$\$?)|(~)|(---?|``|'')")
_OPTION = re.compile(r"[ \t]*\[[^\[\]\n]{0,300}\]")
_BRACE = re.compile(r"[ \t]*\n?[ \t]*\{")
_VERBATIM = ("verbatim", "lstlisting", "minted", "Verbatim", "alltt", "pyconsole", "comment")

SECTIONS = {"part": "#", "chapter": "#", "section": "##", "subsection": "###", "subsubsection": "####", "paragraph": "#####"}
MATH = names("equation align gather multline eqnarray displaymath math alignat flalign xymatrix tikzcd mathpar split aligned array cases")
_MATH_NAME = re.compile(r"mathpar[a-z]*|[A-Za-z]*(?:equation|eqnarray|multline|align|gather)")  # house styles narrow and break them
_BRACES = re.compile(r"(?<!\\)(?:\\\\)*([{}])")
DROPPED_ENVIRONMENTS = names(
    "figure table tikzpicture thebibliography tabular tabularx longtable wrapfigure acknowledgements acknowledgments keywords "
    "CCSXML deluxetable picture pspicture algorithm algorithmic comment filecontents subfigure sidewaystable"
)
DROPPED_ARGUMENTS = names(
    "label index indexdef indexsee indexfoot cite citep citet citealp citealt citeauthor citeyear nocite ref eqref "
    "pageref vspace hspace includegraphics bibliography bibliographystyle input include usepackage documentclass "
    "newcommand renewcommand providecommand def let newtheorem setlength addtolength setcounter addtocounter pagestyle "
    "thispagestyle hypersetup author affiliation affil institute email date thanks address orcid orcidlink tableofcontents "
    "markboth markright vskip addcontentsline graphicspath DeclareMathOperator phantomsection hypertarget hfuzz refstepcounter "
    "setcitestyle symlabel nameref sectionrefs citetalias defcitealias software facilities facility bibitem pagenumbering ednote "
    "correspondingauthor altaffiliation altaffilmark keywords acks Crefrange crefrange fullcite hyphenation definecolor color "
    "textcolor titleformat titlespacing"
)
NAMED_REFERENCES = names("cref Cref autoref")
SECOND_ARGUMENT = frozenset(["href", "hyperref", "texorpdfstring", "textcolor", "colorbox"])
WORDS = {
    "ldots": "…", "dots": "…", "textellipsis": "…", "LaTeX": "LaTeX", "TeX": "TeX", "textbackslash": "\\", "textasciitilde": "~",
    "S": "§", "copyright": "©", "textregistered": "®", "texttrademark": "™", "textendash": "–", "textemdash": "—", "item": "\n- ",
    "par": "\n\n", "newline": "\n", "quad": " ", "qquad": " ", "textquotesingle": "'", "textbar": "|", "textgreater": ">",
    "textless": "<", "slash": "/", "pounds": "£", "euro": "€", "deg": "°", "textdegree": "°", "BibTeX": "BibTeX", "qedhere": "",
    "maketitle": "", "ie": "i.e.", "eg": "e.g.", "etc": "etc.", **LETTERS,
}  # fmt: skip


def extract_latex(item: Captured) -> Extracted:
    """The text of a LaTeX file, with or without a preamble."""
    require_size(item.content, MAX_BYTES)
    source = decode(item.content, item.charset).replace("\r\n", "\n")
    title = item.title or latex_title(source)
    text = latex_to_text(source)
    if not text:
        raise Dropped(Reason.EMPTY, "nothing but definitions, figures and references")
    return Extracted(text, title, "latex")


def latex_title(source: str) -> str | None:
    """What stands in the title command."""
    if found := _TITLE.search(source):
        reader = _Reader(source[found.end() : found.end() + 2000])
        return " ".join(reader.read(until="}").split()) or None
    return None


def latex_to_text(source: str) -> str:
    """The body of a document, or the whole of a file that has no preamble."""
    source = _COMMENT.sub(r"\1", re.sub("[\ue000\ue001]", "", source))
    _, opened, body = source.partition("\\begin{document}")
    reader = _Reader(body.partition("\\end{document}")[0] if opened else source)
    text = reader.read()
    text = re.sub(r" ?\n ?", "\n", re.sub(r"[ \t]+", " ", text))
    text = re.sub(r" +([,.;:)])", r"\1", text)
    text = without_apparatus(re.sub(r"\n{3,}", "\n\n", text)).strip()
    return _KEPT.sub(lambda match: reader.kept[int(match.group(1))], text)


class _Reader:
    """Reads LaTeX from left to right, once."""

    def __init__(self, source: str) -> None:
        self.source = source
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
        if name in NAMED_REFERENCES:
            return referred_kind(self._argument())
        if name in DROPPED_ARGUMENTS:
            self._drop()
            return ""
        if name == "footnote":
            return f" ({self._argument().strip()})"
        if name == "verb" or name == "lstinline":
            return self._verb()
        if name == "ensuremath" or name.endswith("equation"):
            return self._formula("$" if name == "ensuremath" else "$$")
        if name in WORDS:
            return WORDS[name]
        return self._argument()

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
        if plain in _VERBATIM:
            body = self._to_end(f"\\end{{{name}}}", "", "")
            body = re.sub(r"^\s*(?:\[[^\]\n]*\]|\{[^}\n]*\})+", "", body).strip("\n").rstrip()
            self.kept.append(f"```\n{body}\n```")
            return f"\n\n\ue000{len(self.kept) - 1}\ue001\n\n"
        if plain in DROPPED_ENVIRONMENTS:
            self._to_end(f"\\end{{{name}}}", "", "")
            return ""
        while option := _OPTION.match(self.source, self.position):
            self.position = option.end()
        return "\n"

    def _to_end(self, mark: str, before: str, after: str) -> str:
        """What stands up to a mark, as it is; without one, nothing is swallowed."""
        end = -1 if mark in self.missing else self.source.find(mark, self.position)
        if end < 0:
            self.missing.add(mark)
        if end < 0 or (mark == "$" and "\n\n" in self.source[self.position : end]):
            return ""
        body = self.source[self.position : end]
        self.position = end + len(mark)
        return f"{before}{re.sub(LABEL, '', body).strip()}{after}" if before else body

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

    def _drop(self) -> None:
        """Skips the arguments of the command just read, and its line end where it has a line to itself."""
        line_start = self.source.rfind("\n", max(0, self.position - LONGEST_COMMAND), self.position) + 1
        alone = self.source.startswith("\\", line_start) and self.source.find("\\", line_start + 1, self.position) < 0
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
                return f"{line}{mark}{re.sub(LABEL, '', body).strip()}{mark}{line}"
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
