"""What stands for a call of a template in the text of a page.

Without the wiki's own template pages no template can be expanded. Those that many wikis share are known by name: they
show words, names and numbers of the sentence around them, or furniture that is no part of the text. Of any other the
arguments decide: a template that is given sentences shows them, one that is given one short name in the midst of a line
shows that name, and one that is given named facts is a box.
"""

import re
from collections.abc import Callable
from functools import lru_cache

from curation.extract import measures, quotations
from curation.extract.arguments import Arguments
from curation.extract.boxes import DESCRIPTIONS, box_facts, is_infobox
from curation.extract.furniture import is_furniture
from curation.extract.known_templates import TEMPLATES, Template

GUESS_START, GUESS_END = "\ue002", "\ue003"
"""Around a name that a template nobody knows was given: it stays where a line has more than such names."""

_LONGEST_GUESS = 80  # characters; names and numbers are shorter
_FEWEST_WORDS = 8  # of an argument that is taken for prose
_FACTS = 3  # named arguments; with as many a template is taken for a box
_TEXTS = ("text", "texte", "quote", "content", "dialogue", "line", "message", "body", "quotation")
_NAME = re.compile(r"\s*[\w -]{1,30}\s*")
_WORD = re.compile(r"[^\W\d_]{2,}")
_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]]*(?:\s|$)")
_LIST = re.compile(r"^[*#:;]", re.MULTILINE)
_PREFIX = re.compile(r"(?:template|msg|msgnw|subst|safesubst|vorlage|modèle|plantilla)\s*:\s*", re.IGNORECASE)
_QUALIFIER = re.compile(r"\s*\([^)]*\)$")
_GUESSED = re.compile(f"{GUESS_START}([^{GUESS_START}{GUESS_END}]*){GUESS_END}")
_GUESSES_ALONE = re.compile(rf"^[ \t*:#;]*(?:{GUESS_START}[^{GUESS_START}{GUESS_END}\n]*{GUESS_END}[ \t]*)+$", re.MULTILINE)


def expand(parts: list[str], title: str) -> str:
    """The text of a template call given as its parts between bars: name first."""
    return _expand(parts, title, _shown)


def expand_with_boxes(parts: list[str], title: str) -> str:
    """The same where boxes show their facts."""
    return _expand(parts, title, _shown_with_facts)


def _expand(parts: list[str], title: str, shown: Callable[[str, list[str]], str]) -> str:
    name = parts[0].strip()
    if name.startswith("#") or ":" in name:
        called = _PREFIX.sub("", name, count=1)
        if called == name:
            return _function(name, parts[1:])
        name = called
    key = " ".join(name.replace("_", " ").lower().split())
    if key in ("pagename", "fullpagename", "basepagename", "subpagename"):
        return _QUALIFIER.sub("", title)
    return shown(key, parts[1:])


def _shown(name: str, parts: list[str]) -> str:
    template = _template(name)
    return template(_arguments(parts)) if template is not None else ""


def _shown_with_facts(name: str, parts: list[str]) -> str:
    template = _template(name)
    if template is _guess or (template is None and is_infobox(name)):
        facts = box_facts({key: without_marks(value) for key, value in _arguments(parts).items()})
        return facts or _shown(name, parts)
    return _shown(name, parts)


@lru_cache(maxsize=4096)
def _template(name: str) -> Template | None:
    """What shows a template of this name; None where it is furniture."""
    last = name.rpartition("/")[2].strip()  # wikis in many languages keep their templates in folders
    for known in (name, last):
        if template := TEMPLATES.get(known):
            return template
        if known.startswith("lang-"):
            return lambda arguments: quotations.language(known.removeprefix("lang-"), arguments)
        if known.startswith(("ipa-", "ipac-")):
            return quotations.pronounced if known.startswith("ipac-") else quotations.transcribed
        if known.startswith(("cite ", "vcite ")):
            return quotations.cited
        if is_furniture(known):
            return None
    if "dialog" in last or "conversation" in last:
        return quotations.dialogue
    return quotations.quote if "quote" in last or "quotation" in last else _guess


def _function(name: str, parts: list[str]) -> str:
    """A parser function: `{{#if:condition|then|else}}`, `{{lc:TEXT}}`. Only what needs no other page is worked out."""
    function, _, first = name.partition(":")
    function, first = function.strip().lower(), first.strip()
    if function == "#if":
        chosen = parts[:1] if first else parts[1:2]
        return "".join(chosen).strip()
    if function == "#ifeq":
        chosen = parts[1:2] if first == "".join(parts[:1]).strip() else parts[2:3]
        return "".join(chosen).strip()
    if function == "formatnum":
        return measures.grouped(first)
    if function == "plural" and len(parts) == 2:
        return parts[first not in ("1", "-1")].strip()
    change = {"lc": str.lower, "uc": str.upper}.get(function)
    if change is not None:
        return change(first)
    return first[:1].upper() + first[1:] if function == "ucfirst" else first if function in ("lcfirst", "fullurl") else ""


def _arguments(parts: list[str]) -> Arguments:
    """Arguments by name, unnamed ones by their position from 1."""
    arguments: Arguments = {}
    position = 0
    for part in parts:
        name, equals, value = part.partition("=")
        if equals and _NAME.fullmatch(name):
            arguments[name.strip().lower()] = value.strip()
        else:
            position += 1
            arguments[str(position)] = part.strip()
    return arguments


def _guess(arguments: Arguments) -> str:
    """What a template shows of which nothing is known but its arguments."""
    values = {name: value for name, value in arguments.items() if value}
    unnamed = [value for name, value in values.items() if name.isdecimal()]
    named = len(values) - len(unnamed)
    shown = [value for name, value in values.items() if name in _TEXTS]
    if shown and named < _FACTS + len(shown):
        return _block(without_marks(shown[0]))
    if named >= _FACTS and named > len(unnamed):
        return _block("\n\n".join(values[name] for name in DESCRIPTIONS if _is_prose(values.get(name, ""))))
    prose = [value for value in unnamed if _is_prose(value)]
    if prose:
        return _block("\n\n".join(map(without_marks, prose)))
    if len(unnamed) == 1 and not named and len(unnamed[0]) <= _LONGEST_GUESS and "\n" not in unnamed[0]:
        return f"{GUESS_START}{without_marks(unnamed[0])}{GUESS_END}"
    return ""


def _is_prose(value: str) -> bool:
    if "\n" in value and len(_LIST.findall(value)) > 1:
        return True
    return len(value) > _FEWEST_WORDS and len(_WORD.findall(value)) >= _FEWEST_WORDS and _SENTENCE.search(value) is not None


def _block(text: str) -> str:
    return f"\n\n{text}\n\n" if "\n" in text else text


def without_marks(text: str) -> str:
    """Keeps every name that was guessed."""
    return _GUESSED.sub(r"\1", text)


def settle(text: str) -> str:
    """Decides on the names that were guessed: those on lines of their own are boxes and go, all others stay."""
    if GUESS_START not in text:
        return text
    return without_marks(_GUESSES_ALONE.sub("", text))
