"""Raised and lowered signs of a line: powers and indices told from the marks of footnotes by what they stand on."""

import re

from curation.extract.elements import names
from curation.extract.powers import is_power

UNITS = names(
    "km cm mm nm µm μm dm ft yd mi ha kg mg ms min sec mol cal rad rev rpm deg inch inches feet foot meter meters metre metres mile "
    "miles yard yards pixel pixels px unit units second seconds parsec parsecs kilometer kilometers kilometre kilometres centimeter "
    "centimeters centimetre centimetres pc kpc mpc au ev kev mev gev hz khz mhz pa kpa mpa kw mw gw lb lbs oz sin cos tan cot csc log "
    "exp lim dim det sinh cosh tanh arcsin arccos arctan"
)
"""Words of two letters and more that are raised to a power."""

SHORT_WORDS = names(
    "ad am an as at be by do go he if is it me my no of oh ok on or so to up us we ab da du er es im ja la le les ob um zu au ce de en et "
    "il ne ou se si te tu un va al di ed lo su ti ao em na os al del in dr mr ms st jr sr vs pm"
)
"""Words of two letters that no product of two letters is."""

_NUMBERS = re.compile(r"[\[(]?\s?\d{1,3}(?:\s?[,;–-]\s?\d{1,3}){0,5}\s?[\])]?")
_SYMBOLS = re.compile(r"[*†‡§¶⁑∗]{1,4}")
_LETTERS = r"[\[(]?(?:[a-z]{1,2}|(?:note|nb|fn|n)\.? ?\d{1,3})[\])]?"
_MARK = re.compile(rf"{_NUMBERS.pattern}|{_SYMBOLS.pattern}|{_LETTERS}", re.IGNORECASE)
_UNKNOWN = re.compile(r"[+−–-]?[2-9]?(?:[nkxyijpt]|kt|T)|[nkm]\s?[+−–-]\s?\d")
_GOES_ON = re.compile(r"[^\W_]|\s*[=≈≠<>≤≥×·∙⋅*/+−]|\s+[–-]\s+\d")
_WORD = re.compile(r"[^\W\d_]+$")
_NUMBER = re.compile(r"[\d.,\u00a0\u202f]*\d$")
_SCORE = re.compile(r"(?:^|[^\w.,])\d{1,3}[–:-]\d{1,3}$")
_YEAR = re.compile(r"(?:^|[\s(\[–—/-])(?:1\d\d\d|20\d\d|2100)$")
_ROUND = names("1000 1024 2048")
_PRICE = re.compile(r"[$€£¥₹][\u00a0\u202f ]?[\d.,]*\d$")
_CHORD = re.compile(r"(?:^|[^\w'’])[A-G][♯♭#b]?(?:m|M|maj|min|dim|aug|sus|add)?$")
_APART = re.compile(r"[\s(\[{/–—-]$")
_STOP = re.compile(r"[.,;:!?…%‰\"”“»›'’—]$")
_INDEXED = re.compile(r"[^\W_]_\w{1,6}$|[^\W\d_]\d{1,3}$")
_BRACKET = re.compile(r"[(\[]([^()\[\]]*)[)\]]$")
_WORDS = re.compile(r"[^\W\d_]{2,}")
_LETTER = re.compile(r"(?:^|[^\w'’])[^\W\d_]$")
_INDEX = re.compile(r"[^\W\d_]{1,6}")
_BASED = re.compile(r"(?:^|[^\w.,])(?:log|lim)$")


def is_mark(said: str) -> bool:
    """Whether a sign that is a link, or is called one of a footnote, looks like one: a number, a symbol, a letter."""
    return _MARK.fullmatch(said) is not None


def is_numbered(said: str) -> bool:
    """Whether a sign is a number or a symbol, as footnotes have it."""
    return _NUMBERS.fullmatch(said) is not None or _SYMBOLS.fullmatch(said) is not None


def raised(said: str, before: str, after: str, *, linked: bool) -> str | None:
    """What is written before a raised sign: `^` for a power, else nothing; None where it marks a footnote.

    `before` and `after` are the line around it. A number marks a footnote where it stands on a word, a stop, a year or a
    price, and is a power elsewhere: to lose a power is worse than to keep a mark, unless it is `linked`, as marks are.
    """
    if not before.strip() or (_APART.search(before) and after[:1].isalnum()):
        return ""  # 14 before the C of carbon
    if _UNKNOWN.fullmatch(said) and (_LETTER.search(before) or before[-1].isdigit() or before[-1] == ")"):
        return "^"
    if not is_numbered(said):
        return "^" if is_power(said, before) else ""
    if _SYMBOLS.fullmatch(said):
        return "" if _LETTER.search(before) else None
    if said[0] == "[" or said[-1] == "]" or (linked and not said.isdigit()):
        return None
    if not _is_power(said, before.rstrip(), after, linked):
        return None
    return "" if said[0] == "(" and before[-1].isdigit() else "^"


def _is_power(said: str, before: str, after: str, linked: bool) -> bool:
    if _CHORD.search(before) or _SCORE.search(before):
        return True
    if _INDEXED.search(before):
        return said != "1" or not linked
    if number := _NUMBER.search(before):
        is_known = _is_raised_number(number.group(), said, after)
        return is_known or not (linked or _is_cited_number(number.group(), said, before))
    if bracket := _BRACKET.search(before):
        return not any(map(_is_word, _WORDS.findall(bracket[1])))
    word = _WORD.search(before)
    if word is None:
        return not linked and not _STOP.search(before)
    if before[: word.start()].endswith(("'", "’")):
        return False
    return _is_raised_word(word.group(), said, linked)


def _is_raised_number(number: str, said: str, after: str) -> bool:
    if number in ("10", "2") or number.endswith((",10", ".10")):
        return True
    if _GOES_ON.match(after):
        return True
    return len(number) < 3 and said in ("2", "3")


def _is_cited_number(number: str, said: str, before: str) -> bool:
    """Whether a number is one that nobody raises to a power: a year, a price, or any of three digits to the power of one."""
    if _PRICE.search(before) or (_YEAR.search(before) and number not in _ROUND):
        return True
    return said == "1" and len(number) > 2 and bool(number.strip("10.,"))


def _is_raised_word(word: str, said: str, linked: bool) -> bool:
    if len(word) == 1:
        return True
    if said == "1" and (linked or len(word) > 2):
        return False
    return word.lower() in UNITS or ((word.islower() or not linked) and not _is_word(word))


def _is_word(letters: str) -> bool:
    """Whether letters are a word of the language rather than a unit, a function or a product."""
    return letters.lower() not in UNITS and (len(letters) > 2 or letters.lower() in SHORT_WORDS)


def lowered(said: str, before: str) -> str:
    """What is written before a lowered sign: `_` for the letters of an index and for a base; H2O needs none."""
    if said.isdigit():
        return "_" if _BASED.search(before) or (_NUMBER.search(before) and not _INDEXED.search(before)) else ""
    return "_" if _INDEX.fullmatch(said) and _LETTER.search(before) else ""
