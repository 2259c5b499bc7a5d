"""Reads LaTeX: commands and environments as light Markdown, one line for each paragraph."""

import re
from collections.abc import Mapping

from curation.extract.accents import ACCENTS, accented, dingbat
from curation.extract.citations import CITATIONS, cited
from curation.extract.latex_formulas import MATH_IN_COLUMNS, displayed, is_formula
from curation.extract.latex_macros import VERBATIM
from curation.extract.latex_names import (
    ARGUMENTS,
    BOXES,
    DROPPED_ARGUMENTS,
    DROPPED_ENVIRONMENTS,
    FLOATS,
    LAYOUT,
    LENGTHS,
    LISTINGS,
    LISTS,
    PARAGRAPHS,
    SECOND_ARGUMENT,
    SECTIONS,
    SKIPS,
    THIRD_ARGUMENT,
    WORDS,
)
from curation.extract.latex_scanner import BLANK, OPTION, OPTIONS_OF_LISTING, Scanner, flowing, language_and_caption, tidy
from curation.extract.latex_tables import MOST_NESTED, TABLES, behind_columns, table_ends, table_of
from curation.extract.latex_units import NUMBERS, QUANTITIES, number, quantity, unit
from curation.extract.powers import is_power
from curation.extract.tables import Table

DEEPEST = 80
LONGEST_COMMAND = 60  # characters of a name
MARKS = re.compile("[\ue000-\ue002]")
"""What stands in a text that was read for what is put in later: listings and tables, and the indentation of items."""
INDENT = "\ue002"
MAX_DEPTH = 12
"""Levels of a list that are shown by indentation."""

_TOKEN = re.compile(r"\\([A-Za-z@]+)\*?[ \t]*|\\([^A-Za-z])|([{}])|(\$\$?)|(~)|(---?|``|'')")
_BRACE = re.compile(r"[ \t]*\n?[ \t]*\{")
_CITED = re.compile(r"\s*(?:\[([^\[\]]{0,200})\])?\s*(?:\[([^\[\]]{0,200})\])?\s*\{([^{}]{0,2000})\}")
_CAPTION = re.compile(r"\\(?:caption|captionof\s*\{\w+\}|tablecaption)\*?\s*(?:\[[^\[\]]{0,300}\])?\s*\{")
_LENGTH = re.compile(r"\s*=?\s*-?[\d.]{1,9}\s?(?:pt|em|ex|cm|mm|in|\\[a-z]{1,20}width)(?![a-z])|[ \t]*\\[A-Za-z@]{1,40}")
_IN_SENTENCE = re.compile(r"[a-z,;:] {0,2}[~(]?$")
_NOUN_ENDS = re.compile(r"(?<=\s)[a-z(]|[.,;:)]|~|(?<=\})[\s-]")
_SIZE = re.compile(r"\s*(?:to|spread)\s*-?(?:[\d.]{1,9}\s?[a-z]{2}|[\d.]{0,9}\\[A-Za-z@]{1,40})")
_ROW_END = re.compile(r"\*?(?:[ \t]*\[[^\[\]\n]{0,40}\])?")
_FLOATING = re.compile(rf"(?P<caption>{_CAPTION.pattern})|\\begin\s{{0,9}}\{{(?P<table>(?:{'|'.join(sorted(TABLES))})\*?)\}}")
_ARGUMENT = re.compile(r"[ \t]*\{[^{}\n]{0,200}\}")
_LABEL_OF_ITEM = re.compile(r"\s{0,9}\[((?:[^\[\]{}]|\{[^{}]{0,200}\}){0,300})\]")


class Reader(Scanner):
    """Reads LaTeX from left to right, once."""

    def __init__(self, source: str, works: Mapping[str, tuple[str, str]]) -> None:
        super().__init__(source)
        self.works = works  # authors and year by key of citation
        self.depth = 0
        self.tables = 0  # around what is read
        self.lists: list[tuple[str, int]] = []  # that are open: their environment, and the last number in it
        self.kept: list[str] = []  # listings and tables, to be put back as they are when the text around them is tidy
        self._ends: dict[int, tuple[int, int]] | None = None  # of tables

    def read(self, until: str = "") -> str:
        """Text up to a closing brace (which is consumed), or to the end."""
        self.depth += 1
        parts: list[str] = []
        open_braces = 0
        while found := _TOKEN.search(self.source, self.position):
            parts.append(flowing(self.source[self.position : found.start()]))
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
                line = "\n" if dollars == "$$" else ""
                parts.append(self.to_end(dollars, line + dollars, dollars + line))
            else:
                parts.append(" " if tie else {"--": "–", "---": "—"}.get(ligature, '"'))
        parts.append(flowing(self.source[self.position :]))
        self.position = len(self.source)
        self.depth -= 1
        return "".join(parts)

    def line(self, until: str = "") -> str:
        """What `read` gives as one line."""
        return " ".join(self.read(until).split())

    def _inner(self, source: str) -> "Reader":
        """A reader of a part by itself, which keeps what it keeps for this one."""
        reader = Reader(source, self.works)
        reader.kept, reader.depth, reader.tables = self.kept, self.depth, self.tables
        return reader

    def _command(self, name: str) -> str:
        if name == "begin":
            return self._environment(self.name())
        if name == "end":
            return self._end(self.name())
        if name in SECTIONS:
            return f"\n\n{SECTIONS[name]} {' '.join(self._argument().split())}\n\n"
        if name in ACCENTS:
            return accented(name, self._argument() or self.next_letter())
        if name in SECOND_ARGUMENT or name in THIRD_ARGUMENT:
            return self._last_argument(3 if name in THIRD_ARGUMENT else 2)
        if name in CITATIONS:
            return self._citation(name)
        if name in DROPPED_ARGUMENTS or name in LENGTHS:
            self._drop(takes_length=name in LENGTHS or name.endswith("length"))
            return ""
        if name == "footnote":
            return f" ({' '.join(self._argument().split())})"
        if name == "enquote":
            return f'"{self._argument()}"'
        if name == "verb" or name == "lstinline":
            return self.verb()
        if name in ("caption", "captionof"):
            caption = self._last_argument(2 if name == "captionof" else 1)
            return "" if self.tables else f"\n\n{' '.join(caption.split())}\n\n"
        if name == "item":
            return self._item()
        if name == "ding":
            return dingbat(self._argument())
        if name in SKIPS or name in BOXES or name == "footnotemark":
            self.skip(_LENGTH if name in SKIPS else _SIZE if name in BOXES else OPTION)
            return "" if name not in BOXES else self._argument()
        if name == "ensuremath" or name.endswith("equation"):
            return self.formula("$" if name == "ensuremath" else "$$")
        if name in WORDS:
            return WORDS[name]
        start = self.position
        if name in QUANTITIES:
            numbers = [number(self._argument()) for _ in range(QUANTITIES[name])]
            if (printed := unit(self.group())) or name == "numrange":
                return quantity(numbers, printed)
            self.position = start  # an author's command of that name
        text = self._argument()
        if name == "textsuperscript" and is_power(text, self.source[max(0, start - LONGEST_COMMAND) : start].rpartition("\\")[0]):
            return f"^{text}"
        return NUMBERS[name](text) if name in NUMBERS else text or self._symbol(name, start)

    def _symbol(self, name: str, end: int) -> str:
        """A command without words, as a formula where a sentence has it for a noun: its definition is elsewhere."""
        before = self.source[max(0, end - LONGEST_COMMAND) : end].rpartition("\\")[0]
        if name in LAYOUT or not _IN_SENTENCE.search(before) or not _NOUN_ENDS.match(self.source, self.position):
            return ""
        return f"$\\{name}${' ' if self.source[end - 1 : end] == ' ' else ''}"

    def _sign(self, sign: str) -> str:
        if sign in "([":
            return self.to_end("\\)", "$", "$") if sign == "(" else self.to_end("\\]", "\n$$", "$$\n")
        if sign in ACCENTS:
            return accented(sign, self._argument() or self.next_letter())
        if sign == "\\":
            self.skip(_ROW_END)
        return {"\\": "\n", ",": " ", ";": " ", " ": " ", "\n": " ", "/": "", "-": "", "!": "", "@": ""}.get(sign, sign)

    def _environment(self, name: str) -> str:
        plain = name.rstrip("*")
        if plain in TABLES:
            return self._table(name)
        if is_formula(plain):
            if plain in MATH_IN_COLUMNS:
                self.skip(_ARGUMENT)
            return displayed(plain, self.to_end(f"\\end{{{name}}}", "", ""))
        if plain in VERBATIM:
            return self._listing(name)
        if plain in FLOATS:
            return self._inner(self.to_end(f"\\end{{{name}}}", "", ""))._floating()
        if plain in DROPPED_ENVIRONMENTS:
            self.to_end(f"\\end{{{name}}}", "", "")
            return ""
        if plain == "proof":
            head = self.skip(_LABEL_OF_ITEM)
            return f"\n\n{self._inner(head.group(1)).line() if head else 'Proof'}. "
        for _ in range(ARGUMENTS.get(plain, 0)):
            self.skip(_ARGUMENT)
        while self.skip(OPTION):
            pass
        if plain in LISTS:
            self.lists.append((name, 0))
        return "\n\n" if plain in PARAGRAPHS or plain in LISTS else "\n"

    def _listing(self, name: str) -> str:
        """Code as it is, with its language and below its caption where it says them."""
        options = self.skip(OPTIONS_OF_LISTING) if name in LISTINGS else None
        body = self.to_end(f"\\end{{{name}}}", "", "").strip("\n").rstrip()
        if not body or name == "comment":
            return ""
        language, caption = language_and_caption(options.group() if options else "")
        above = self._inner(caption).line() if self.depth < DEEPEST else ""
        fence = "```" if "```" not in body else "````"
        return f"\n\n{above}" + self._keep(f"{fence}{language}\n{body}\n{fence}")

    def _end(self, name: str) -> str:
        if self.lists and self.lists[-1][0] == name:
            self.lists.pop()
        plain = name.rstrip("*")
        return "\n\n" if plain in PARAGRAPHS or plain in LISTS else "\n" if name else ""

    def _item(self) -> str:
        """The mark of an item of a list: its number, a dash, or a dash and what the item says for its mark."""
        name, number = self.lists[-1] if self.lists else ("", 0)
        indent = INDENT * min(len(self.lists) - 1, MAX_DEPTH - 1)
        if label := self.skip(_LABEL_OF_ITEM):
            text = self._inner(label.group(1)).line() if self.depth < DEEPEST else ""
            words = text if any(map(str.isalnum, text)) else ""
            return f"\n{indent}- {words}{':' if words[-1:].isalnum() else ''}{' ' if words else ''}"
        if LISTS.get(name.rstrip("*")) != "1.":
            return f"\n{indent}- "
        self.lists[-1] = (name, number + 1)
        return f"\n{indent}{number + 1}. "

    def _keep(self, block: str) -> str:
        """Stands for a block that is as it has to be."""
        self.kept.append(block)
        return f"\n\n\ue000{len(self.kept) - 1}\ue001\n\n"

    def _table(self, name: str) -> str:
        """The table whose environment begins here, below its caption; one that never ends is read on as text."""
        if self._ends is None:
            self._ends = table_ends(self.source)
        ends = self._ends.get(self.position)
        self.position = behind_columns(self.source, self.position, name)
        if ends is None:
            return "\n"
        body, self.position = self.source[self.position : ends[0]], ends[1]
        if self.tables >= MOST_NESTED or self.depth > DEEPEST:
            return ""
        captions = "" if self.tables else self._inner(body)._floating(_CAPTION)
        self.tables += 1
        table = table_of(body, lambda cell: tidy(self._inner(cell).read().replace(INDENT, "")))
        self.tables -= 1
        if not isinstance(table, Table):
            return "\n\n".join(["", *filter(None, [captions.strip()]), *table, ""])
        text = table.markdown()
        return captions + self._keep(text) if text else captions

    def _floating(self, sought: re.Pattern[str] = _FLOATING) -> str:
        """The captions and the tables of a figure or a table, or the captions alone; what else is there is left out."""
        found: list[str] = []
        while self.depth < DEEPEST and (mark := sought.search(self.source, self.position)):
            self.position = mark.end()
            table = mark.groupdict().get("table")
            found.append(self._table(table) if table else f"\n\n{self.line(until='}')}\n\n")
        return "".join(found)

    def _citation(self, name: str) -> str:
        start = self.source.rfind("\\", 0, self.position)
        if not (found := self.skip(_CITED)):
            return ""
        before = self.source[max(0, start - 60) : start]
        note = found.group(1) if found.group(2) is None else found.group(2)
        note = Reader(note or "", {}).line()
        return cited(name, found.group(3), note, before, self.works)

    def _argument(self) -> str:
        """The text of the next argument in braces, options before it skipped; empty where there is none."""
        start = self.position
        while self.skip(OPTION):
            pass
        if self.depth > DEEPEST or not self.skip(_BRACE):
            self.position = start
            return ""
        return self.read(until="}")

    def _last_argument(self, count: int) -> str:
        """The text of the last of so many arguments."""
        for _ in range(count - 1):
            self._argument()
            self.position += self.source.startswith("*", self.position)  # a width that is the natural one
        return self._argument()

    def _drop(self, *, takes_length: bool = False) -> None:
        """Skips the arguments of the command just read, and its line end where it has a line to itself."""
        line_start = self.source.rfind("\n", max(0, self.position - LONGEST_COMMAND), self.position) + 1
        alone = self.source.startswith("\\", line_start) and self.source.find("\\", line_start + 1, self.position) < 0
        if takes_length:
            self.skip(_LENGTH)
        before = -1
        while before != self.position:
            before = self.position
            self._argument()
        if alone and self.source.startswith("\n", self.position) and not BLANK.match(self.source, self.position):
            self.position += 1
