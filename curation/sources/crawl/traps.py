"""Traps: parts of a site that never end. They are recognised by their addresses and by what their pages have in common.

A trap costs a site's owner requests and gives a corpus nothing. What is taken for one is not asked for, and leaves one row
with the reason, a count and examples; `not_traps` in the recipe overrules.
"""

import re
from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

LONGEST_ADDRESS = 2_000
"""Characters. Browsers and servers agree on no more (sitemaps.org allows 2,048); what grows beyond it grows for ever."""

MOST_PARTS = 20
"""Parts of a path, as Heritrix's TooManyPathSegmentsDecideRule has it."""

REPETITIONS = 3
"""Times that the same parts follow each other in a path, as in /a/b/a/b/a/b (Heritrix allows two)."""

MOST_PARAMETERS = 12
MOST_OF_ONE_NAME = 4
MOST_COMBINATIONS = 30
"""Sets of parameters to one path: beyond, it is a filter that is being combined with others."""

CALENDAR_PAGES = 120
"""Pages of one calendar: ten years of months."""

ENOUGH_ALIKE = 8
SHARE_ALIKE = 0.8
"""Pages of one path with parameters whose text is the same but for digits, and their share, by which they are endless."""

_YEAR, _MONTH, _DAY = r"(?:19|20|21)\d\d", r"(?:0?[1-9]|1[0-2])", r"(?:0?[1-9]|[12]\d|3[01])"
_DATED_PATH = re.compile(rf"/{_YEAR}[/-]{_MONTH}(?:[/-]{_DAY})?/?$")
_DATED_VALUE = re.compile(rf"{_YEAR}[-/.]{_MONTH}(?:[-/.]{_DAY}(?:[T ][\d:.Z+-]*)?)?")
_COMPACT_DATE = re.compile(rf"{_YEAR}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])?")
_DATE_WORD = re.compile("date|day|month|week|cal|time|from|until|start|end", re.IGNORECASE)
_DATE_NAMES = frozenset({"year", "month", "yr", "mon", "y", "m"})
_NUMBER = re.compile(r"\d+")


@dataclass(frozen=True)
class Trap:
    """Why an address is not asked for: the pattern that it belongs to, and the reason in words."""

    pattern: str
    reason: str


@dataclass
class Traps:
    """What is known of a site's traps so far, from the addresses that were admitted and the pages that were had."""

    _calendars: Counter[str] = field(default_factory=Counter)
    _combinations: dict[str, set[str]] = field(default_factory=dict)
    _pages: Counter[str] = field(default_factory=Counter)
    _gists: dict[str, Counter[str]] = field(default_factory=dict)

    def trap(self, url: str) -> Trap | None:
        """The trap that an address leads into, if any."""
        if len(url) > LONGEST_ADDRESS:
            return Trap(_origin(url) + "/…", f"longer than {LONGEST_ADDRESS} characters")
        path, _, query = url.partition("?")
        return _path_trap(path) or (self._query_trap(path, query) if query else None) or self._calendar_trap(url, path, query)

    def admitted(self, url: str) -> None:
        """Remembers an address that is going to be asked for."""
        path, _, query = url.partition("?")
        if query:
            self._combinations.setdefault(path, set()).add(_combination(query))
        if calendar := _calendar(url, path, query):
            self._calendars[calendar] += 1

    def wants_gist(self, url: str) -> bool:
        """Whether the text of a page is looked at: of those with parameters alone, for there a counter costs a site nothing."""
        return "?" in url

    def had(self, url: str, gist: str) -> None:
        """Remembers the text of a page that was had."""
        if gist:
            form = _form(url)
            self._pages[form] += 1
            self._gists.setdefault(form, Counter())[gist] += 1

    def _query_trap(self, path: str, query: str) -> Trap | None:
        names = [part.partition("=")[0] for part in query.split("&")]
        if "%2F" in unquote(unquote(query)).upper():
            return Trap(f"{path}?…", "an address within an address within an address")
        if len(names) > MOST_PARAMETERS or max(Counter(names).values()) > MOST_OF_ONE_NAME:
            return Trap(f"{path}?…", f"endless parameters: more than {MOST_PARAMETERS}, or one of them more than {MOST_OF_ONE_NAME} times")
        known = self._combinations.get(path, set())
        if len(known) >= MOST_COMBINATIONS and _combination(query) not in known:
            return Trap(f"{path}?…", f"endless parameters: they come in more than {MOST_COMBINATIONS} combinations")
        return self._alike(_form(path + "?" + query))

    def _alike(self, form: str) -> Trap | None:
        pages, gists = self._pages[form], self._gists.get(form)
        same = gists.most_common(1)[0][1] if gists else 0
        if same < ENOUGH_ALIKE or same < SHARE_ALIKE * pages:
            return None
        return Trap(form, f"endless parameters: {same} of {pages} pages of this form have the same text but for digits")

    def _calendar_trap(self, url: str, path: str, query: str) -> Trap | None:
        calendar = _calendar(url, path, query)
        if self._calendars[calendar] < CALENDAR_PAGES:
            return None
        return Trap(calendar, f"a calendar: more than {CALENDAR_PAGES} dates")


def _path_trap(path: str) -> Trap | None:
    parts = path.split("/")[3:]
    if len(parts) > MOST_PARTS:
        return Trap("/".join(path.split("/")[:5]) + "/…", f"a path of more than {MOST_PARTS} parts")
    for length in range(1, len(parts) // REPETITIONS + 1):
        for start in range(len(parts) - length * REPETITIONS + 1):
            unit = parts[start : start + length]
            # short numbers are dates and pages: /2011/11/11/11 is an hour
            if parts[start : start + length * REPETITIONS] == unit * REPETITIONS and any(len(part) > 2 or part.isalpha() for part in unit):
                before = "/".join(path.split("/")[: 3 + start])
                return Trap(f"{before}/{'/'.join(unit)}/…", f"parts of the path come {REPETITIONS} times in a row")
    return None


def _combination(query: str) -> str:
    return "&".join(sorted({part.partition("=")[0] for part in query.split("&")}))


def _calendar(url: str, path: str, query: str) -> str:
    """The calendar that an address is a date of; empty for an address that ends in no date."""
    return _NUMBER.sub("#", _form(url)) if _DATED_PATH.search(path) or (query and _is_dated(query)) else ""


def _is_dated(query: str) -> bool:
    pairs = [part.partition("=")[::2] for part in query.split("&")]
    if len({name.lower() for name, value in pairs if value.isdecimal()} & _DATE_NAMES) >= 2:
        return True
    return any(
        _DATED_VALUE.fullmatch(unquote(value)) or (_DATE_WORD.search(name) and _COMPACT_DATE.fullmatch(value)) for name, value in pairs
    )


def _form(url: str) -> str:
    """An address without the values of its parameters: what the pages of one script have in common."""
    path, mark, query = url.partition("?")
    return path + mark + _combination(query)


def _origin(url: str) -> str:
    parts = urlsplit(url[:LONGEST_ADDRESS])
    return f"{parts.scheme}://{parts.netloc}"
