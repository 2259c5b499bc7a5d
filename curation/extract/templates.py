"""What stands for a call of a template in the text of a page.

Without the wiki's own template pages no template can be expanded. Those that many wikis share are known by name: they
show words, names and numbers of the sentence around them, or furniture that is no part of the text. So are units and
currencies (`quantities.py`). Of any other the arguments decide (`guesses.py`).
"""

import re
from collections.abc import Callable
from functools import lru_cache

from curation.extract import measures, quotations
from curation.extract.arguments import Arguments
from curation.extract.boxes import box_facts, is_infobox
from curation.extract.furniture import is_furniture
from curation.extract.guesses import guess, without_marks
from curation.extract.known_templates import TEMPLATES, Template
from curation.extract.quantities import named_quantity

_NAME = re.compile(r"\s*[\w -]{1,30}\s*")
_PREFIX = re.compile(r"(?:template|msg|msgnw|subst|safesubst|vorlage|modèle|plantilla)\s*:\s*", re.IGNORECASE)
_TAGS = ("#tag:ref", "#tag:references", "#tag:gallery", "#tag:imagemap", "#tag:indicator")
_FUNCTIONS = ("formatnum", "plural", "lc", "uc", "lcfirst", "ucfirst")
_QUALIFIER = re.compile(r"\s*\([^)]*\)$")


def expand(parts: list[str], title: str) -> str:
    """The text of a template call given as its parts between bars: name first."""
    return _expand(parts, title, _shown)


def expand_with_boxes(parts: list[str], title: str) -> str:
    """The same where boxes show their facts."""
    return _expand(parts, title, _shown_with_facts)


def _expand(parts: list[str], title: str, shown: Callable[[str, list[str]], str]) -> str:
    name = name_of(parts[0])
    if ":" in name:
        return _function(parts[0].strip(), parts[1:])
    if name in ("pagename", "fullpagename", "basepagename", "subpagename"):
        return _QUALIFIER.sub("", title)
    return shown(name, parts)


@lru_cache(maxsize=4096)
def name_of(called: str) -> str:
    """The name of a template as calls write it, in lower case; that of a parser function with its colon.

    What `#tag` and `#invoke` call is part of the name, as `#tag:ref`.
    """
    name = called.strip()
    if name.startswith("#") or ":" in name:
        without = _PREFIX.sub("", name, count=1)
        if without == name:
            function, _, first = name.lower().partition(":")
            return f"{function.strip()}:{first.strip() if function.strip() in ('#tag', '#invoke') else ''}"
        name = without
    return " ".join(name.replace("_", " ").lower().split())


def given(parts: list[str]) -> list[str]:
    """What a call, given as its parts, has for arguments: their values."""
    function = [parts[0].partition(":")[2]] if name_of(parts[0])[-1:] == ":" else []
    return function + [
        value if equals and _NAME.fullmatch(name) else part for part in parts[1:] for name, equals, value in [part.partition("=")]
    ]


def is_left_out(name: str) -> bool:
    """Whether a template, by `name_of`, is left out on purpose: a reference, a box, navigation, a note to editors."""
    if ":" in name:
        return name in _TAGS if name.startswith("#") else name.removesuffix(":") not in _FUNCTIONS
    return _template(name) is None


def _shown(name: str, parts: list[str]) -> str:
    template = _template(name)
    if template is _unknown:
        arguments = _arguments(parts[1:])
        return named_quantity(name, arguments) or guess(arguments, parts[0].strip(), inline=not any("\n" in part for part in parts))
    return template(_arguments(parts[1:])) if template is not None else ""


def _shown_with_facts(name: str, parts: list[str]) -> str:
    template = _template(name)
    if template is _unknown or (template is None and is_infobox(name)):
        facts = box_facts({key: without_marks(value) for key, value in _arguments(parts[1:]).items()})
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
    return quotations.quote if "quote" in last or "quotation" in last else _unknown


def _unknown(_arguments: Arguments) -> str:
    """Stands for every template of which nothing is known: the arguments of a call decide."""
    return ""


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
        return _number(first)
    if function == "plural" and len(parts) == 2:
        return parts[first not in ("1", "-1")].strip()
    change = {"lc": str.lower, "uc": str.upper}.get(function)
    if change is not None:
        return change(first)
    return first[:1].upper() + first[1:] if function == "ucfirst" else first if function in ("lcfirst", "fullurl") else ""


def _number(text: str) -> str:
    """A number as `formatnum` writes it; a guess within it that is no number was the name of one."""
    number = without_marks(text)
    return measures.grouped(number) if number == text or number[:1].isdecimal() else ""


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
