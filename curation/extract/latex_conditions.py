"""Conditions of LaTeX whose outcome the source itself says: text that an author switched off is no text.

They are `\\iffalse`, `\\iftrue`, comparisons of two signs or two numbers, and switches of `\\newif` and `\\let`. Others stay as they are.
"""

import re
from dataclasses import dataclass

from curation.extract.elements import names
from curation.extract.latex_macros import VERBATIM, ends_in_name, listing_end

_WITHOUT_END = "(?!f(?![A-Za-z@]))"  # \\iff is an arrow
_EVENT = re.compile(
    r"\\begin\{(?P<verbatim>" + "|".join(VERBATIM) + r")\*?\}|\\verb\*?(?=[^A-Za-z\s*])|\\(?P<document>begin\s{0,9}\{document\})|"
    r"\\newif\s{0,9}\\if(?P<declared>[A-Za-z@]{1,40})[ \t]*|"
    r"\\let\s{0,9}\\if(?P<alias>[A-Za-z@]{1,40})\s{0,9}=?\s{0,9}\\if(?P<as>true|false)(?![A-Za-z@])[ \t]*|"
    r"\\if(?P<opened>" + _WITHOUT_END + r"[A-Za-z@]{0,40})(?![A-Za-z@])[ \t]*(?:\n(?![ \t]*\n)[ \t]*)?|"
    r"\\(?P<word>else|fi)(?![A-Za-z@])[ \t]*|"
    r"\\(?P<switch>[A-Za-z@]{1,40}?)(?P<value>true|false)(?![A-Za-z@])[ \t]*|"
    r"\\[^A-Za-z@]|(?P<brace>[{}])",
    re.DOTALL,
)
_SIGNS = re.compile(r"([^\\{}])([^\\{}])", re.DOTALL)
_BLANK = re.compile(r"\n[ \t]*\n")
_NUMBERS = re.compile(r"(-?\d{1,9})\s{0,9}([<=>])\s{0,9}(-?\d{1,9}) ?")
_DECLARED = re.compile(r"\\(?:newif|let)\s{0,9}\\if([A-Za-z@]{1,40})")
_PRIMITIVE = names("true false num dim x cat case odd hmode vmode mmode inner void hbox vbox eof")
_ARGUMENT = re.compile(r"\{(?!\})")
_LONGEST_VERB = 1_000  # characters


@dataclass
class _Condition:
    """An `\\if` with its parts: where it stands in the list of events, and the braces around it."""

    begins: int
    depth: int
    lowest: int  # depth of braces inside
    otherwise: int = -1
    ends: int = -1

    @property
    def is_whole(self) -> bool:
        """Whether it ends, within the braces in which it begins: else its parts belong to definitions."""
        return self.ends >= 0 and self.lowest >= self.depth


def decided(source: str) -> str:
    """A source without comments in which only that branch of a condition is left that holds; linear in time."""
    return _Walk(source).text() if "\\if" in source or "\\newif" in source else source


class _Walk:
    def __init__(self, source: str) -> None:
        self.source = source
        self.events, self.depths = _events(source)
        self.conditions = _conditions(self.events, self.depths)
        self.named = {event["opened"] for event in self.events if event["opened"]} | {event["declared"] for event in self.events}
        self.values: dict[str, bool] = {}
        self.body = next((event.start() for event in self.events if event["document"]), -1)

    def text(self) -> str:
        """The source after all decisions. What a preamble sets is known where it is used, in definitions above it too."""
        if self.body >= 0:
            self._parts(until=self.body)
        return "".join(self._parts(until=len(self.source)))

    def _parts(self, until: int) -> list[str]:
        parts: list[str] = []
        sets_from = self.body if until > self.body else 0
        position = number = 0
        begins_line = True
        jumps: dict[int, int] = {}  # from an \else on, to its \fi
        ends = set[int]()  # of decided conditions
        while number < len(self.events) and (event := self.events[number]).start() < until:
            at, number = number, number + 1
            condition = self.conditions.get(at)
            resume = -1
            if at in jumps:
                number, resume = jumps[at] + 1, self.events[jumps[at]].end()
            elif at in ends:
                resume = event.end()
            elif event["declared"] or event["alias"]:
                resume = event.end()
                if event.start() >= sets_from:
                    self.values[event["declared"] or event["alias"]] = event["as"] == "true"
            elif event["switch"] and event["switch"] in self.named:
                resume = event.end()
                if event.start() >= max(sets_from, 0) and (event.start() > self.body or not self.depths[at]):
                    self.values[event["switch"]] = event["value"] == "true"
            elif condition and condition.is_whole and (outcome := self._outcome(event)):
                holds, resume = outcome
                ends.add(condition.ends)
                if holds and condition.otherwise >= 0:
                    jumps[condition.otherwise] = condition.ends
                elif not holds:
                    to = condition.otherwise if condition.otherwise >= 0 else condition.ends
                    number, resume = to + 1, self.events[to].end()
            if resume >= 0:
                parts.append(self.source[position : event.start()])
                begins_line = parts[-1].rstrip(" \t").endswith("\n") or (begins_line and not parts[-1].strip(" \t"))
                position = resume + (begins_line and self.source.startswith("\n", resume) and not _BLANK.match(self.source, resume))
                if ends_in_name(parts[-1]) and self.source[position : position + 1].isalpha():
                    parts.append("{}")
        parts.append(self.source[position:until] if position < until else "")
        return parts

    def _outcome(self, event: re.Match[str]) -> tuple[bool, int] | None:
        """Whether a condition holds, and where its text begins; None where that cannot be said."""
        name, position = event["opened"], event.end()
        if name in ("true", "false"):
            return name == "true", position
        if name == "" and (found := _SIGNS.match(self.source, position)):
            return found[1] == found[2], found.end()
        if name == "num" and (found := _NUMBERS.match(self.source, position)):
            left, right = int(found[1]), int(found[3])
            return (left > right) - (left < right) == {"<": -1, "=": 0, ">": 1}[found[2]], found.end()
        return (self.values[name], position) if name in self.values else None


def _events(source: str) -> tuple[list[re.Match[str]], list[int]]:
    """What the walk stops at, outside of listings, and how many braces are open there."""
    found: list[re.Match[str]] = []
    depths: list[int] = []
    position = depth = 0
    missing: set[str] = set()
    switches = _PRIMITIVE | set(_DECLARED.findall(source))
    while event := _EVENT.search(source, position):
        position = event.end()
        if event["verbatim"]:
            position = listing_end(source, event["verbatim"], position, missing)
        elif event.group().startswith("\\verb"):
            position = max(source.find(source[position], position + 1, position + _LONGEST_VERB) + 1, position)
        elif event["opened"] and event["opened"] not in switches and _ARGUMENT.match(source, position):
            continue  # its branches are arguments, and no \\fi ends it
        elif event.lastgroup:
            depth += {"{": 1, "}": -1}.get(event["brace"] or "", 0)
            found.append(event)
            depths.append(depth)
    return found, depths


def _conditions(events: list[re.Match[str]], depths: list[int]) -> dict[int, _Condition]:
    found: dict[int, _Condition] = {}
    opened: list[_Condition] = []
    for number, (event, depth) in enumerate(zip(events, depths, strict=True)):
        if event["opened"] is not None:
            found[number] = _Condition(number, depth, depth)
            opened.append(found[number])
        elif opened and event["brace"]:
            opened[-1].lowest = min(opened[-1].lowest, depth)
        elif opened and event["word"] == "else":
            opened[-1].otherwise = number if opened[-1].otherwise < 0 else opened[-1].otherwise
        elif opened and event["word"] == "fi":
            closed = opened.pop()
            closed.ends = number
            if opened:
                opened[-1].lowest = min(opened[-1].lowest, closed.lowest)
    return found
