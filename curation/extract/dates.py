"""Templates of wikitext that show dates and the years of lives and reigns, in English."""

import re
from collections.abc import Callable

from curation.extract.arguments import Arguments

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_ISO = re.compile(r"(\d{4})-(\d{1,2})-(\d{1,2})")


def day(year: str, month: str = "", number: str = "", *, day_first: bool = False) -> str:
    """A date in words, with as much of it as is given: 2004, March 2004, March 15, 2004 or 15 March 2004."""
    if not month.isdecimal() or not 1 <= int(month[:3]) <= 12:
        return " ".join(part for part in (number, month, year) if part)
    name = _MONTHS[int(month) - 1]
    if not number.isdecimal():
        return f"{name} {year}".strip()
    if day_first:
        return f"{int(number[:2])} {name} {year}".strip()
    return f"{name} {int(number[:2])}, {year}" if year else f"{name} {int(number[:2])}"


def date(arguments: Arguments) -> str:
    """{{start date|2004|3|15|df=y}}: 15 March 2004. A date that is written out stays so."""
    year, month, number = (arguments.get(name, "") for name in ("1", "2", "3"))
    if found := _ISO.fullmatch(year):
        year, month, number = found.groups()
    return day(year, month, number, day_first=arguments.get("df", "").lower() in ("y", "yes", "1"))


def date_and_age(arguments: Arguments) -> str:
    """{{death date and age|1982|3|6|1905|2|2}}: March 6, 1982 (aged 77)."""
    parts = [arguments.get(name, "") for name in ("1", "2", "3", "4", "5", "6")]
    if not all(part.isdecimal() and len(part) <= 4 for part in parts):
        return date(arguments)
    died, born = (tuple(map(int, parts[start : start + 3])) for start in (0, 3))
    age = died[0] - born[0] - (died[1:] < born[1:])
    return f"{date(arguments)} (aged {age})"


def since(arguments: Arguments) -> str:
    """{{as of|2015|3}}: As of March 2015."""
    start = "since" if arguments.get("since") else "as of"
    if alternative := arguments.get("alt"):
        return alternative
    shown = date({"df": "y", **arguments})
    return f"{start if arguments.get('lc', '').lower() in ('y', 'yes', 'on') else start.capitalize()} {shown}".strip()


def reign(arguments: Arguments) -> str:
    """{{reign|1837|1901}}: r. 1837–1901."""
    return f"r. {_span(arguments)}"


def flourished(arguments: Arguments) -> str:
    """{{fl.|1200|1230}}: fl. 1200–1230."""
    return f"fl. {_span(arguments)}"


def about(arguments: Arguments) -> str:
    """{{circa|1450|1460}}: c. 1450 – c. 1460."""
    return " – ".join(f"c. {arguments[name]}" for name in ("1", "2") if arguments.get(name)) or "c. "


def of_era(era: str) -> Callable[[Arguments], str]:
    """{{bce|44}}: 44 BCE; nothing where no year is given, as {{ce}} is a note to editors too."""
    return lambda arguments: f"{arguments['1']} {era}" if arguments.get("1", "")[:1].isdecimal() else ""


def marriage(arguments: Arguments) -> str:
    """{{marriage|Mary Todd|1842|1865}}: Mary Todd (m. 1842–1865)."""
    spouse, years = arguments.get("1", ""), [arguments[name] for name in ("2", "3") if arguments.get(name)]
    return f"{spouse} (m. {'–'.join(years)})" if years else spouse


def old_style(arguments: Arguments) -> str:
    """{{OldStyleDate|December 22|1889|December 10}}: December 22 [O.S. December 10] 1889."""
    new, year, old = (arguments.get(name, "") for name in ("1", "2", "3"))
    return f"{new} [O.S. {old}] {year}".strip() if old else f"{new} {year}".strip()


def _span(arguments: Arguments) -> str:
    return "–".join(arguments[name] for name in ("1", "2") if arguments.get(name))
