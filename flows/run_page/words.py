"""Markdown in which foreign text is text: it starts no markup, no link and no picture."""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from html import escape

from flows.report.formats import plain

_MARKUP = re.compile(r"[\\`*_\[\]<>&!#|~{}$]")
_LINKS = re.compile(r"(?<=:)(?=//)|(?<=www)(?=\.)|(?<=@)", re.IGNORECASE)
_JOINER = "\u2060"
_BREAKS = re.compile(r"\s+")


@dataclass(frozen=True)
class Page:
    """One artifact: its Markdown, and the one line (Markdown too) that stands on its card among the run's artifacts."""

    words: str
    markdown: str


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers stand at its right."""

    name: str
    number: bool = True


def page(words: str, *parts: str) -> Page:
    """A page of parts, one below the other."""
    return Page(words, "\n\n".join(part for part in parts if part))


def absent(what: str, recipe: str, command: str) -> Page:
    """A page about something that is not there yet."""
    words = f"no {what} yet"
    return page(words, f"Recipe {recipe} has {words}: `berry {command} {recipe}` makes it, `berry build {recipe}` makes everything.")


def table(columns: Sequence[Column], rows: Iterable[Sequence[str]]) -> str:
    """A table of Markdown; cells are Markdown, so foreign text in them has to be `inert`."""
    lines = [[column.name for column in columns], ["--:" if column.number else ":--" for column in columns], *rows]
    return "\n".join("| " + " | ".join(line) + " |" for line in lines)


def folded(title: str, markdown: str) -> str:
    """A part that opens on a click."""
    return f"<details>\n<summary>{escape(title)}</summary>\n\n{markdown}\n\n</details>"


def asked(*statements: str) -> str:
    """How to get the same figures in SQL."""
    return "In SQL: " + " · ".join(f'`berry sql "{statement}"`' for statement in statements)


def inert(text: str) -> str:
    """Foreign text on one line of Markdown, a table's cell included, that shows as it is.

    A word joiner, which is not seen, keeps addresses from becoming links.
    """
    line = _BREAKS.sub(" ", plain(text)).strip()
    return _LINKS.sub(_JOINER, _MARKUP.sub(lambda match: f"&#{ord(match[0])};", line))


def quotation(beginning: str, rest: str) -> str:
    """Foreign prose, its beginning bold. One line of HTML, of which Markdown reads nothing."""
    return f'<blockquote dir="auto">{_bold(beginning, rest)}</blockquote>'.replace("\n", "<br>")


def listing(beginning: str, rest: str) -> str:
    """Foreign code, its beginning bold. HTML up to its closing tag, of which Markdown reads nothing."""
    return f"<pre><code>{_bold(beginning, rest)}</code></pre>"


def _bold(beginning: str, rest: str) -> str:
    return f"<b>{escape(plain(beginning))}</b>{escape(plain(rest))}"
