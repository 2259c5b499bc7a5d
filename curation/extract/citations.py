"""Citations inside a sentence: left out where they stand beside it, named where the sentence needs them."""

import re
from collections.abc import Mapping

from curation.extract.elements import names
from curation.extract.references import cited_authors

BESIDE = names("citep Citep parencite autocite footcite supercite nocite fullcite citepalias")
"""Commands that set a citation in brackets of its own."""
NAMED = names("citet Citet textcite citealt citealp citeauthor Citeauthor citetalias")
CITATIONS = BESIDE | NAMED | names("cite citeyear citeyearpar citenum onlinecite shortcite")

_NOUN = re.compile(
    r"(?:^|\n\s*\n|(?<!\bal)[.!?]\s)[\s~]*$|(?:^|[\s(~])(?:by|in|see|of|from|to|with|and|or|follow(?:s|ing)?|e\.g\.,?|cf\.|per|as|also|than|paper|"
    r"book|use|that|on|is|are|was|were)[\s~]*$",
    re.IGNORECASE,
)
_DOUBLED_STOP = re.compile(r"\b(al\.)\.(?!\.)")
_AUTHOR_YEAR = re.compile(r"([A-Za-z][A-Za-z'’-]{1,30}?)(?:[-_:.]?(?:et[-_]?al|ea))?[-_:.]{0,2}((?:1[89]|20)\d\d)(?!\d)")
_SHORT_YEAR = re.compile(r"([A-Za-z][A-Za-z'’-]{1,30})[-_:.]?(\d\d)[a-z]?")
_ITEM = re.compile(
    r"\\bibitem\s{0,9}\[\{?((?:[^\[\]{}()]|\{[^{}]{0,100}\}){1,200})\((\d{4})[a-z]?\)[^\[\]]{0,300}\]\s{0,9}\{([^{}]{1,100})\}"
)
_THIN = re.compile(r"\\[,; ]|~")
_MARKUP = re.compile(r"\\(?:protect|textit|textsc|emph)\b|[{}\\]")


def bibliography(source: str) -> dict[str, tuple[str, str]]:
    """Authors and year by key, as a bibliography inside a document gives them."""
    return {key.strip(): (" ".join(_MARKUP.sub("", _THIN.sub(" ", authors)).split()), year) for authors, year, key in _ITEM.findall(source)}


def is_noun(before: str) -> bool:
    """Whether a sentence that breaks off so needs a noun: `as shown by`."""
    return _NOUN.search(before) is not None


def without_doubled_stops(text: str) -> str:
    """A text in which a citation that is left out between `et al.` and the end of its sentence leaves one stop."""
    return _DOUBLED_STOP.sub(r"\1", text) if "al.." in text else text


def cited(command: str, keys: str, note: str, before: str, known: Mapping[str, tuple[str, str]]) -> str:
    """What stands in a sentence for a citation, `before` being the source that ends where it begins."""
    if command in BESIDE or (command not in NAMED and not is_noun(before)):
        return ""
    if authors := cited_authors(keys):
        return authors
    found = [_named(command, key.strip(), known) for key in keys.split(",") if key.strip()]
    text = " and ".join([", ".join(found[:-1]), found[-1]] if len(found) > 1 else found)
    return f"{text[:-1]}, {note}{text[-1]}" if note and text[-1:] in ("]", ")") else text


def _named(command: str, key: str, known: Mapping[str, tuple[str, str]]) -> str:
    author, year = known.get(key) or _from_key(key)
    if not author:
        return f"[{key}]"
    if command.startswith("citeyear"):
        return year
    return author if command in ("citeauthor", "Citeauthor") else f"{author} ({year})"


def _from_key(key: str) -> tuple[str, str]:
    """Author and year of a key such as `knuth1984` or `Knuth:84`; empty where it has another form."""
    if found := _AUTHOR_YEAR.match(key):
        return found.group(1)[:1].upper() + found.group(1)[1:], found.group(2)
    if found := _SHORT_YEAR.fullmatch(key):
        return found.group(1)[:1].upper() + found.group(1)[1:], ("20" if int(found.group(2)) <= 30 else "19") + found.group(2)
    return "", ""
