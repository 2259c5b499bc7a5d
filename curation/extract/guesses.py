"""What stands for a call of a template of which nothing is known but its arguments.

A hole in a sentence is worse than a clumsy word, so a call in the midst of a line shows what a reader may have seen of its
arguments; where it stands decides whether that stays, so it is marked until the page is put together (`settle`).
"""

import re
from collections.abc import Callable
from itertools import pairwise

from curation.extract import dates
from curation.extract.arguments import Arguments
from curation.extract.boxes import DESCRIPTIONS, named_facts
from curation.extract.elements import names

_GUESS, _WEAK, _END = "\ue002", "\ue006", "\ue003"
_TAG = "\ue007"  # between the number of a guess and its text

_LONGEST_GUESS = 80  # characters; names and numbers are shorter
_LONGEST_JOINED = 160  # characters of several of them together
_MOST_JOINED = 6  # arguments; a template that is given more is a table or a box
_FEWEST_WORDS = 8  # of an argument that is taken for prose
_FACTS = 3  # named arguments; with as many a template is taken for a box
_LOOK_BACK = 200  # characters of a line before a guess
_TEXTS = ("text", "texte", "quote", "content", "dialogue", "line", "message", "body", "quotation")
_WORD = re.compile(r"[^\W\d_]{2,}")
_WORD_OR_DIGIT = re.compile(r"\w")
_SENTENCE = re.compile(r"[.!?…。！？][\"'”’»)\]]*(?:\s|$)")
_LIST = re.compile(r"^[*#:;]", re.MULTILINE)
_NUMBER = re.compile(r"[-+−–±~×x]?\d[\d.,]*(?:[-–—/:]\d[\d.,]*)*[%+°]?")
_LAYOUT = re.compile(
    r"[^\n]*\.(?:png|jpe?g|gif|svg|og[gav]|mp[34]|wav|web[pm]|tiff?|pdf|djvu|tga|bmp|flac|zip|gz|7z|rar|exe)|\d*x?\d+\s?px|\d+(?:\.\d+)?(?:r?em|pt)|"
    r"#(?:[0-9a-f]{3}){1,2}|(?:https?:)?//\S*|[a-z-]{3,30}\s*:[^:;\n]{1,60};.*|(?:color|background|font|text|margin|padding|width|float)"
    r"(?:-[a-z]+)?\s*:.*|(?-i:(?=\S*\d)(?=\S*[a-z])(?=\S*[A-Z])\w{10,30})"  # an identifier
    r"|(?:\d{1,3}/){1,3}[\d./]*[NSEWO]"  # a place on a map
    r"|(?-i:[A-Z]{2}-[A-Z]{2,3}|Q\d{4,})",  # the code of a part of a country, a thing of Wikidata
    re.IGNORECASE,
)
_OPTIONS = names(
    "yes no true false on off y n none left right center centre thumb frame frameless nolink link inline small large big mini auto "
    "default collapsed nowrap border icon noicon nocat notext infobox display"
)
_COLOURS = names(
    "red green blue yellow orange purple pink brown black white grey gray cyan magenta gold silver teal lime navy maroon olive"
)
_CODE = re.compile(r"[A-Z]{2,5}")
_ANY = re.compile(f"([{_GUESS}{_WEAK}])(?:(\\d+){_TAG})?([^{_GUESS}{_WEAK}{_END}]*){_END}")
_ALONE = re.compile(rf"^[ \t:;]*(?:[{_GUESS}{_WEAK}][^{_GUESS}{_WEAK}{_END}\n]*{_END}[ \t]*)+$", re.MULTILINE)
_MARKS = re.compile(rf"[{_GUESS}{_WEAK}](?:\d+{_TAG})?|[{_END}{_TAG}]")
_TAGGED = re.compile(rf"\A\d+{_TAG}")
_IDENTIFIER = re.compile(r"\d{5,}")
_STOPS = (".", "!", "?", "。")
_OPENING = re.compile(r"[\s*:#;']*")


def guess(arguments: Arguments, name: str, *, inline: bool) -> str:
    """The text of a call: sentences as they are, names and numbers marked as a guess, of a box its descriptions.

    `inline` says that the call was written in one line.
    """
    values = {key: value for key, value in arguments.items() if value}
    unnamed = [value for key, value in values.items() if key.isdecimal()]
    named = len(values) - len(unnamed)
    shown = [value for key, value in values.items() if key in _TEXTS]
    if shown and named < _FACTS + len(shown):
        return _block(without_marks(shown[0]))
    if named >= _FACTS and named > len(unnamed) and (described := [values[key] for key in DESCRIPTIONS if _is_prose(values.get(key, ""))]):
        return _block("\n\n".join(described))
    prose = [without_marks(value) for value in unnamed if _is_prose(value)]
    if prose:
        return _block("\n\n".join(prose))
    if len(values) == len(unnamed) == 1 and "\n" not in unnamed[0]:
        return (
            f"{_GUESS}{without_marks(unnamed[0])}{_END}" if len(unnamed[0]) <= _LONGEST_GUESS and not _LAYOUT.fullmatch(unnamed[0]) else ""
        )
    if not inline:
        return ""
    if not arguments:
        return f"{_WEAK}{name}{_END}" if _CODE.fullmatch(name) else ""
    joined = without_marks(_joined(unnamed) or _joined_facts(values))
    return f"{_WEAK}{joined}{_END}" if 0 < len(joined) <= _LONGEST_JOINED else ""


def _joined(values: list[str]) -> str:
    """Unnamed arguments as one phrase: what a file, a size or a colour is called is not shown."""
    shown = [value for value in dict.fromkeys(values) if _is_shown(value)]
    if any(_WORD.search(value) and value.lower() not in _COLOURS for value in shown):
        shown = [value for value in shown if value.lower() not in _COLOURS]
    if not 0 < len(shown) <= _MOST_JOINED:
        return ""
    if said := [value for value in shown if _SENTENCE.search(value) and len(_WORD.findall(value)) > 2]:
        return " ".join(said)
    if date := _date(shown):
        return date
    if len(shown) == 2 and _is_label(*shown):
        return shown[1]
    phrase = shown[0]
    for before, value in pairwise(shown):
        alike = (_NUMBER.fullmatch(before) is None) == (_NUMBER.fullmatch(value) is None)
        phrase += f", {value}" if alike else f" {value}"
    return phrase


def _is_shown(value: str) -> bool:
    return value.lower() not in _OPTIONS and _WORD_OR_DIGIT.search(value) is not None and not _LAYOUT.fullmatch(value)


def _date(values: list[str]) -> str:
    day_first = len(values) == 3 and len(values[2]) == 4
    year, month, day = (values[::-1] if day_first else values) if len(values) == 3 else ("", "", "")
    is_date = len(year) == 4 and all(map(str.isdecimal, values)) and 0 < int(month[:3]) <= 12 and 0 < int(day[:3]) <= 31
    return dates.day(year, month, day, day_first=day_first) if is_date else ""


def _is_label(target: str, label: str) -> bool:
    """Whether the second of two arguments is how the first is to be written: {{item|Rope (item)|rope}}."""
    words, labelled = target.casefold(), label.casefold()
    within = re.search(rf"(?<!\w){re.escape(labelled)}(?!\w)", words) or re.search(rf"(?<!\w){re.escape(words)}(?!\w)", labelled)
    return within is not None or labelled.startswith(words) or "(" in target or "#" in target


def _joined_facts(values: Arguments) -> str:
    """Named facts: 500 gold for {{price|gold=500}}, and of others the value alone."""
    facts = {name: value for name, value in named_facts(values).items() if _is_shown(value)}
    if len(facts) > _MOST_JOINED:
        return ""
    return ", ".join(f"{value} {name}" if _NUMBER.fullmatch(value) else value for name, value in facts.items())


def _is_prose(value: str) -> bool:
    if "\n" in value and len(_LIST.findall(value)) > 1:
        return True
    return len(value) > _FEWEST_WORDS and len(_WORD.findall(value)) >= _FEWEST_WORDS and _SENTENCE.search(value) is not None


def _block(text: str) -> str:
    return f"\n\n{text}\n\n" if "\n" in text else text


def tagged(text: str, number: int) -> str:
    """The text with its guess tagged by a number, which `settle` names where the guess does not stay.

    A guess that a call hands on from within its arguments is tagged anew.
    """
    return f"{text[0]}{number}{_TAG}{_TAGGED.sub('', text[1:])}" if text[0] in (_GUESS, _WEAK) else text


def without_marks(text: str) -> str:
    """Keeps every guess."""
    return text if text.isascii() else _MARKS.sub("", text)


def settle(text: str, left_out: Callable[[int, str], None] = lambda _number, _guess: None) -> str:
    """Decides on the guesses of a page by where they stand; `left_out` is told of those that do not stay, by number."""
    if _END not in text:
        return text

    def tell(found: re.Match[str]) -> str:
        if found.group(2):
            left_out(int(found.group(2)), found.group(3))
        return ""

    def decide(found: re.Match[str]) -> str:
        shown, start, end = found.group(3), found.start(), found.end()
        before = found.string[max(0, start - _LOOK_BACK) : start].rpartition("\n")[2]
        after = without_marks(found.string[end : end + len(shown) + 9].partition("\n")[0])
        is_number = _IDENTIFIER.fullmatch(shown) is not None and not after.strip() and _OPENING.fullmatch(without_marks(before)) is not None
        if is_number or not _belongs(before, after, weak=found.group(1) == _WEAK):
            return tell(found)
        return "" if _said_beside(shown, without_marks(before), after) else shown

    return without_marks(_ANY.sub(decide, _ALONE.sub(lambda line: _ANY.sub(tell, line.group()) and "", text)))


def _belongs(before: str, after: str, *, weak: bool) -> bool:
    """Whether a call between these halves of its line is part of a sentence, and no note behind it or box before it."""
    last = before[-1:]
    if last in _STOPS and not after[:1].isalnum():
        return False
    if not weak:
        return True
    if not _OPENING.fullmatch(before):
        if before.rstrip()[-1:] in _STOPS and not after.strip():
            return False
        return not (last in (",", ";") or (last.isascii() and last.isalpha()))
    following = after.lstrip()[:1]
    if not {"*", "#"}.isdisjoint(before):  # an item of a list is no box
        return True
    return following.islower() or following in tuple(",;:.–—|)")


def _said_beside(shown: str, before: str, after: str) -> bool:
    """Whether the line says the same again, as it does beside an icon: {{icon|Rope}} [[rope]]."""
    said = shown.casefold()
    if not _WORD.search(said):
        return False
    following, preceding = after.lstrip(" '").casefold(), before.rstrip(" '").casefold()
    if following.startswith(said) and not following[len(said) : len(said) + 1].isalnum():
        return True
    return preceding.endswith(said) and not preceding[: -len(said)][-1:].isalnum()
