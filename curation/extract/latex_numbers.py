"""Numbers that LaTeX would give to sections, formulas, figures and theorems, so that references to them name something."""

import re
from collections import defaultdict
from dataclasses import dataclass, field

from curation.extract.elements import names
from curation.extract.latex_macros import VERBATIM, ends_in_name, listing_end
from curation.extract.references import named_label, referred_kind

THEOREMS = {
    **{name: name.capitalize() for name in names(
        "theorem lemma proposition corollary definition remark example conjecture claim exercise situation"
    )},
    "thm": "Theorem", "lem": "Lemma", "prop": "Proposition", "cor": "Corollary", "defn": "Definition", "rmk": "Remark", "eg": "Example",
}  # fmt: skip
"""Kinds of statements that a file may hold without saying so itself: its preamble may be elsewhere."""
FLOATS = {
    "figure": "Figure", "table": "Table", "algorithm": "Algorithm", "wrapfigure": "Figure", "wraptable": "Table", "longtable": "Table",
    "sidewaystable": "Table", "sidewaysfigure": "Figure", "deluxetable": "Table", "SCfigure": "Figure", "listing": "Listing",
}  # fmt: skip
_ONE_LINE = names("equation multline")
_ROWS = names("align gather eqnarray alignat flalign")
_LEVELS = ("chapter", "section", "subsection", "subsubsection")

_EVENT = re.compile(
    r"\\begin\s{0,9}\{([^{}]{1,40})\}(?:[ \t]*\[([^\[\]]{0,200})\])?|\\end\s{0,9}\{([^{}]{1,40})\}|\\("
    + "|".join(_LEVELS)
    + r")(\*?)(?=[\s{\[])|"
    r"\\(caption|tablecaption)(\*?)(?:[ \t]*\[[^\[\]]{0,300}\])?\s{0,9}\{|\\label\s{0,9}\{([^{}]{0,200})\}|"
    r"\\(item|nonumber|notag|appendix)(?![A-Za-z])|"
    r"\\(ref|eqref|cref|Cref|autoref|pageref|vref|figref|tabref|secref)\*?\s{0,9}\{([^{}]{0,300})\}|(\\\\)"
)
_DECLARED = re.compile(r"\\newtheorem(\*?)\s*\{([^{}]{1,40})\}\s*(?:\[([^\[\]]{1,40})\])?\s*\{([^{}]{1,60})\}\s*(?:\[([^\[\]]{1,40})\])?")
_HEADED = re.compile(r"\s*(?:\\label\{[^{}]{0,200}\}\s*)?")  # what stands between a statement's head and its words
_MARKED = re.compile(r"\s{0,9}\[")  # an item that says what stands for its number
_PAGE = re.compile(r"[\s~]{0,9}(?:\bstarting[\s~]{1,9})?(?:\bon[\s~]{1,9})?\b(?:pages?|pp?\.)[\s~]{0,9}\\pageref\s{0,9}\{[^{}]{0,200}\}")
_NAMED = re.compile(
    r"(?:\\S|Sections?|Secs?\.|§|Chapters?|Appendix|Figures?|Figs?\.|Tables?|Tabs?\.|Equations?|Eqs?\.|Algorithms?|Theorems?|Lemmas?|"
    r"Propositions?|Corollary|Definitions?|Remarks?|Examples?|Exercises?|and|,|[-–(])[~\s(]*$",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Statement:
    """A kind of theorem: the counter it shares, its title, and the level within which it is counted."""

    counter: str
    title: str
    within: str
    numbered: bool = True


@dataclass
class _Counters:
    """Where the walk through a document stands."""

    levels: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    counts: dict[str, int] = field(default_factory=lambda: defaultdict(int))
    items: list[int] = field(default_factory=list)
    waiting: list[str] = field(default_factory=list)  # labels of a float that stand before its caption
    inside: list[tuple[str, tuple[str, str]]] = field(default_factory=list)  # environments, each with what was counted before it
    current: tuple[str, str] = ("", "")  # kind and number of what was counted last
    appendix: bool = False


def statements(source: str) -> dict[str, Statement]:
    """The kinds of theorems that a document declares, or the usual ones where it declares none."""
    found: dict[str, Statement] = {}
    for star, name, shared, title, within in _DECLARED.findall(source):
        same = found.get(shared)
        found[name] = Statement(same.counter if same else shared or name, title.strip(), same.within if same else within, not star)
    return found or {name: Statement("theorem", title, "section") for name, title in THEOREMS.items()}


def numbered(source: str, declared: dict[str, Statement]) -> str:
    """A source in which captions and statements begin with their number and references are numbers in words.

    A reference to what is not in the source names the label, without the part before its colon.
    """
    source = _PAGE.sub("", source) if "\\pageref" in source else source
    events = _events(source)
    labels: dict[str, tuple[str, str]] = {}
    heads: dict[int, str] = {}
    state = _Counters()
    for found in events:
        if head := _count(state, found, source, declared, labels):
            heads[found.end()] = head
    wanted = {key.strip() for found in events if found.group(11) for key in found.group(11).split(",")}
    parts: list[str] = []
    position = 0
    for found in events:
        new = heads.get(found.end())
        if found.group(10):
            ahead = source[position : found.start()]
            parts += [ahead, "{}" if ends_in_name(ahead) else "", _referred(found, source, labels)]
        elif found.group(8) is not None and found.group(8).strip() in wanted and labels.get(found.group(8).strip(), ("",))[0] == "Equation":
            parts += [source[position : found.start()], f"\\tag{{{labels[found.group(8).strip()][1]}}}"]
        elif new:
            parts += [source[position : found.start()] + _without_option(found), new]
        else:
            continue
        position = found.end()
        if new and found.group(1) and (between := _HEADED.match(source, position)):
            position = between.end()
    return "".join([*parts, source[position:]])


def _events(source: str) -> list[re.Match[str]]:
    found: list[re.Match[str]] = []
    position = 0
    missing: set[str] = set()
    while event := _EVENT.search(source, position):
        position = event.end()
        if (event.group(1) or "").rstrip("*") in VERBATIM:
            position = listing_end(source, event.group(1), position, missing)
            continue
        found.append(event)
    return found


def _without_option(found: re.Match[str]) -> str:
    """A beginning without the name in brackets, which its head gives."""
    return f"\\begin{{{found.group(1)}}}" if found.group(1) else found.group()


def _count(state: _Counters, found: re.Match[str], source: str, declared: dict[str, Statement], labels: dict[str, tuple[str, str]]) -> str:
    """Counts what an event begins; gives the words that its text should begin with."""
    begins, ends, level, caption, label, word = (
        found.group(1),
        found.group(3),
        found.group(4),
        found.group(6),
        found.group(8),
        found.group(9),
    )
    if begins:
        return _begin(state, begins, (found.group(2) or "").strip(), declared)
    if ends and state.inside:
        state.current = state.inside.pop()[1] if state.inside[-1][0] == ends else state.current
        if ends == "enumerate" and state.items:
            state.items.pop()
        return "\n\n" if ends in declared else ""
    if level and not found.group(5):
        _section(state, level)
    elif caption:
        kind = next((FLOATS[name.rstrip("*")] for name, _ in reversed(state.inside) if name.rstrip("*") in FLOATS), "")
        if kind and not found.group(7):
            state.counts[kind] += 1
            state.current = (kind, str(state.counts[kind]))
            labels.update(dict.fromkeys(state.waiting, state.current))
            state.waiting.clear()
            return f"{kind} {state.counts[kind]}: "
    elif label is not None:
        _label(state, label.strip(), labels)
    elif word == "appendix":
        state.appendix = True
        state.levels.clear()
    elif word == "item" and state.items and state.inside and state.inside[-1][0] == "enumerate" and not _MARKED.match(source, found.end()):
        state.items[-1] += 1
        state.current = ("Item", str(state.items[-1]))
    elif state.inside and state.inside[-1][0] in _ROWS:
        _row(state, word is not None, source, found.end())
    return ""


def _label(state: _Counters, label: str, labels: dict[str, tuple[str, str]]) -> None:
    """Gives a label what was counted last, unless its prefix says that it names something else, which nothing counts here."""
    if state.inside and state.inside[-1][0].rstrip("*") in FLOATS and state.current == state.inside[-1][1]:
        state.waiting.append(label)
    kind = referred_kind(label)
    if state.current[0] not in ("Section", "Chapter", "Appendix") or kind in ("", "Section", "Chapter", "Appendix", "Part"):
        labels.setdefault(label, state.current)


def _begin(state: _Counters, name: str, note: str, declared: dict[str, Statement]) -> str:
    state.inside.append((name, state.current))
    if name in _ONE_LINE or name in _ROWS:
        state.counts["equation"] += 1
        state.current = ("Equation", str(state.counts["equation"]))
    elif name == "enumerate":
        state.items.append(0)
    elif statement := declared.get(name):
        aside = f" ({note})" if note else ""
        if not statement.numbered:
            return f"\n\n{statement.title}{aside}. "
        outer = _prefix(state, statement.within) if statement.within in _LEVELS else ""
        key = f"{statement.counter} {outer}"
        state.counts[key] += 1
        state.current = (statement.title, f"{outer}{state.counts[key]}")
        return f"\n\n{statement.title} {state.current[1]}{aside}. "
    return ""


def _row(state: _Counters, without: bool, source: str, position: int) -> None:
    """One more line of formulas that is numbered, or one fewer."""
    if without:
        state.counts["equation"] -= 1
    elif not source[position : position + 40].lstrip().startswith("\\end"):
        state.counts["equation"] += 1
        state.current = ("Equation", str(state.counts["equation"]))


def _section(state: _Counters, level: str) -> None:
    state.levels[level] += 1
    for below in _LEVELS[_LEVELS.index(level) + 1 :]:
        state.levels[below] = 0
    kind = "Chapter" if level == "chapter" else "Section"
    top = "chapter" if state.levels.get("chapter") else "section"
    state.current = ("Appendix" if state.appendix and level == top else kind, _prefix(state, level).rstrip("."))


def _prefix(state: _Counters, level: str) -> str:
    """The number of the part that is open at a level, with its full stop: `2.1.`"""
    shown = [state.levels[each] for each in _LEVELS[: _LEVELS.index(level) + 1] if each != "chapter" or state.levels["chapter"]]
    if not any(shown):
        return ""
    first = chr(ord("A") + min(shown[0], 26) - 1) if state.appendix and shown[0] else str(shown[0])
    return "".join(f"{number}." for number in [first, *shown[1:]])


def _referred(found: re.Match[str], source: str, labels: dict[str, tuple[str, str]]) -> str:
    command, keys = found.group(10), [key.strip() for key in found.group(11).split(",")]
    known = [labels.get(key, ("", "")) for key in keys]
    texts = [number or named_label(key) for (_, number), key in zip(known, keys, strict=True)]
    if command == "eqref":
        return ", ".join(f"({text})" for text in texts)
    if command == "pageref":
        return texts[0]
    kind = known[0][0] or referred_kind(keys[0])
    named = command == "ref" and _NAMED.search(source, max(0, found.start() - 20), found.start())
    return ", ".join(texts) if named or kind in ("", "Item") else f"{kind} {', '.join(texts)}"
