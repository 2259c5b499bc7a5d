"""Secrets that are told by the name they are assigned to: in programs, settings, shells, headers and notes.

In quotes a name such as `password` is enough for a value that looks like one. Without quotes most of what follows a name is code,
so there the place has to say it too: a variable of a shell, an option of a command, a line of settings.
"""

import re
from collections.abc import Iterator

from curation.clean.guessing import is_chosen_key, is_password, is_random

LONGEST_NAME = 40  # characters of a name before the word that speaks of a secret
LONGEST_LINE_START = 100  # characters before a name in which its line has to begin for a line of settings

_KEYS = "|".join(
    f"(?<={kind}{joint})"
    for kind in ("api", "access", "private", "auth", "account", "client", "encryption", "service", "signing", "storage")
    for joint in ("", "_", "-")
)
_ANCHOR = re.compile(rb"pass|pwd|secret|token|key|credential")
_NAME = re.compile(
    r"(?:(?P<password>passw(?:or)?d|passphrase|passcode|(?<![a-z])(?:pass|pwd)(?![a-z])|(?-i:(?<=[a-z0-9])P(?:ass|wd)(?![a-z])))"
    rf"|secret|token|(?:{_KEYS})key|credential)"
    r"(?P<more>[\w-]{0,20})(?P<mark>\\?[\"'`]?[\])]?)"
    r"(?:\s?:\s?&?(?:'static )?str(?:ing)?(?: ?\| ?None)?(?=\s?=)|\[\d{0,4}\])?"
    r"(?P<sign>\s{0,3}(?:=>|:=|={1,3}|!==?|:|,)\s{0,3}|\s+is:?\s+|\s|>)",
    re.IGNORECASE | re.ASCII,
)
_ENDS_NAME = re.compile(r"(?:[_-]?(?:access|api|key|base|token|secret|value|word|\d{1,2}))*", re.IGNORECASE)
_QUOTED = re.compile(r"[@brufBRUF]{0,2}\\?(?P<quote>[\"'`])(?P<value>[^\s\"'`<>{}()\\]{8,500})(?=\\?(?P=quote))")
_BARE = re.compile(r"[^\s\"'`<>{}()\\;,|\[\]]{8,200}(?=[\s\"'`,;|<\\]|\Z)")
_QUERY_VALUE = re.compile(r"[\w.~+/%=-]{12,300}(?=[&#\s\"'`<>)\]]|\Z)", re.ASCII)
_HEXADECIMAL = re.compile("[0-9A-Fa-f]+")
_IDENTIFIER = re.compile(r"[A-Za-z_]\w*", re.ASCII)
_TYPE_NAME = re.compile(r"[a-z_]*[A-Z]\w*|\w*_\w*", re.ASCII)
_STATEMENT = re.compile(r"[ \t]*(?:(?:export|setx?|declare|readonly|local|env|arg)[ \t]+(?:-x[ \t]+)?|-[ \t]+)?[\w.-]*", re.IGNORECASE)
_LINE_REST = re.compile(r"[ \t\r]*(?:[#;][^\n]*)?(?:\n|\Z)")


def assigned(text: str) -> Iterator[tuple[int, int]]:
    """The values of names that speak of a secret, where they look like one; in order, without overlap."""
    last = 0
    for name in _names(text):
        if name.start() < last:
            continue
        span = _quoted(text, name) if text[name.end() : name.end() + 1] != "<" else None
        span = span or _bare(text, name)
        if span is not None:
            yield span
            last = span[1]


def _names(text: str) -> Iterator[re.Match[str]]:
    """Names that speak of a secret, with the sign after them; a plain search first, since most of a text has none."""
    for anchor in _ANCHOR.finditer(text.encode("ascii", "replace").lower()):
        if name := _NAME.match(text, anchor.start()):
            yield name


def _quoted(text: str, name: re.Match[str]) -> tuple[int, int] | None:
    sign = name["sign"].strip()
    listed = sign == ","
    if sign in ("", "is", "is:", ">") or (listed and not (name["password"] and name["mark"])):
        return None
    found = _QUOTED.match(text, name.end())
    if found is None:
        return None
    value = found["value"]
    if listed:
        known = _says_all(name) and is_password(value) and _HEXADECIMAL.fullmatch(value) is None
    else:
        known = is_random(value) or (_says_all(name) and _is_secret(name, value))
    return found.span("value") if known and not _is_public(text, name) else None


def _bare(text: str, name: re.Match[str]) -> tuple[int, int] | None:
    if name["sign"] == "=" and name.start() and text[name.start() - 1] in "?&_" and (queried := _queried(text, name)):
        return queried
    found = _BARE.match(text, name.end())
    if found is None:
        return None
    value = found.group().rstrip(".,:;")
    if value.startswith(("$", "%", "@", "&", "*")) or "://" in value or not _says_all(name):
        return None
    if _is_bare_secret(text, name, value, found.end()):
        return found.start(), found.start() + len(value)
    return None


def _queried(text: str, name: re.Match[str]) -> tuple[int, int] | None:
    """A parameter of an address."""
    before = text[max(0, name.start() - LONGEST_LINE_START) : name.start()]
    found = _QUERY_VALUE.match(text, name.end())
    if found is None or not re.search(r"[?&][\w.-]*\Z", before) or not is_random(found.group()):
        return None
    return found.span()


def _is_bare_secret(text: str, name: re.Match[str], value: str, end: int) -> bool:
    sign = name["sign"].strip()
    start = max(0, name.start() - LONGEST_LINE_START)
    before = text[text.rfind("\n", start, name.start()) + 1 if "\n" in text[start : name.start()] else start : name.start()]
    if sign == ">":
        return bool(name["password"]) and text.startswith("</", end) and is_password(value)
    if re.search(r"(?:^|[\s\"'`])--[\w-]*\Z", before):
        return sign in ("", "=") and _is_secret(name, value)
    if sign == "=" and name["sign"] == "=" and _is_variable(name, before):
        return _is_secret(name, value)
    if sign == "=":
        return _STATEMENT.fullmatch(before) is not None and _LINE_REST.match(text, end) is not None and is_random(value)
    if sign == ":":
        return is_random(value) or (bool(name["password"]) and _is_noted(value))
    return sign in ("is", "is:") and bool(name["password"]) and _is_noted(value)


def _is_variable(name: re.Match[str], before: str) -> bool:
    """Whether a name is a variable of a shell: in capital letters, or exported."""
    statement = re.search(r"(?:^|[\s\"'`:])(export\s+)?([\w.-]*)\Z", before)
    if statement is None:
        return False
    whole = statement[2] + name.group()[: name.end("more") - name.start()]
    return whole.isupper() or statement[1] is not None


def _is_noted(value: str) -> bool:
    """Whether a bare value after a colon is a password: no name of a type, such as TypeScript and Rust have there."""
    return is_password(value) and (_IDENTIFIER.fullmatch(value) is None or _TYPE_NAME.fullmatch(value) is None)


def _is_public(text: str, name: re.Match[str]) -> bool:
    return re.search(r"public[\w-]*\Z", text[max(0, name.start() - LONGEST_NAME) : name.start()], re.IGNORECASE) is not None


def _is_secret(name: re.Match[str], value: str) -> bool:
    return is_random(value) or (is_password(value) if name["password"] else is_chosen_key(value))


def _says_all(name: re.Match[str]) -> bool:
    """Whether a name ends where it says what it is: `password` and `SECRET_KEY`, not `password_length`."""
    return _ENDS_NAME.fullmatch(name["more"]) is not None
