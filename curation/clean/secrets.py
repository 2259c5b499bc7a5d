"""Secrets: keys, tokens and passwords that somebody left in a text, replaced by a word that says so.

Known ones are told by their shape wherever they stand. Any other is told by its place (the name it is assigned to, an address, a
header, an option) and only if it looks like a secret as well. What documentation shows as an example stays.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from curation.clean.assigned import assigned
from curation.clean.characters import long_tokens
from curation.clean.edits import Edit
from curation.clean.guessing import is_password, is_random

SECRET = "<SECRET>"

LEAST_CHARACTERS, LEAST_DIGITS = 12, 1  # of a token that is told by its shape
LONGEST_COMMAND = 300  # characters before an option in which its command stands

_SHAPE = re.compile(
    r"(?<![A-Za-z0-9])(?:AKIA|ASIA|AROA|AIDA)[A-Z0-9]{16}(?![A-Za-z0-9])"  # Amazon
    r"|(?<![A-Za-z0-9])gh[pousr]_[A-Za-z0-9]{36,255}(?!\w)|(?<!\w)github_pat_\w{22,255}"
    r"|(?<!\w)glpat-[\w-]{20,64}"
    r"|(?<!\w)xox[abeoprs]-[A-Za-z0-9-]{10,250}|(?<=hooks\.slack\.com/services/)T\w{6,12}/B\w{6,12}/\w{20,30}"
    r"|(?<![\w-])AIza[\w-]{35}(?![\w-])"  # Google
    r"|(?<![A-Za-z0-9])[rs]k_live_[0-9A-Za-z]{16,250}"  # Stripe
    r"|(?<!\w)npm_[A-Za-z0-9]{36}(?!\w)|pypi-AgEIcHlwaS5vcmc[\w-]{50,400}"
    r"|(?<!\w)hf_[A-Za-z0-9]{30,50}(?!\w)"  # Hugging Face
    r"|(?<![\w-])sk-(?:ant-|proj-|svcacct-)?(?=[\w-]{0,60}\d)(?=[\w-]{0,60}[A-Z])[\w-]{32,250}"  # OpenAI, Anthropic
    r"|(?<!\w)SG\.[\w-]{16,32}\.[\w-]{16,64}"  # SendGrid
    r"|(?<!\w)\d{8,10}:AA[\w-]{33}(?![\w-])"  # Telegram
    r"|(?<![\w-])eyJ[\w-]{10,2000}\.eyJ[\w-]{10,4000}\.[\w-]{10,1000}",  # JSON Web Token (RFC 7519)
    re.ASCII,
)
_KEY_BLOCK = re.compile(
    r"-----BEGIN (?:[A-Z]{2,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----(?:(?!-----)[\s\S]){40,8000}"
    r"-----END (?:[A-Z]{2,10} ){0,3}PRIVATE KEY(?: BLOCK)?-----"
)
_ADDRESS = re.compile(r"://([\w.~%+-]{0,64}):((?!//)[^\s/:@\"'`<>{}$\[\]()*]{3,128})(?=@[A-Za-z0-9])", re.ASCII)
_HEADER = re.compile(
    r"(?<=uthorization)\\?[\"'`]?\]?\s{0,3}(?:=>|[:=,])\s{0,3}[bruf]{0,2}\\?[\"'`]?\s?(?P<scheme>bearer|basic|token|apikey|bot)\s{1,3}"
    r"(?P<value>[\w.~+/=-]{12,2000})(?![\w<{$(\[])",
    re.IGNORECASE | re.ASCII,
)
_OPTION = re.compile(r"\s(?:-u|--user|--proxy-user|-U)(?:\s{1,3}|=)?[\"']?([\w.@+-]{1,64}):([^\s\"'`<>{}$\\]{3,128})", re.ASCII)
_NOBODY = frozenset(
    {"", "user", "username", "foo", "me", "name", "root", "admin", "login", "x", "u", "uid", "scott", "john", "alice", "bob", "aladdin"}
)


def secrets(text: str) -> Iterator[Edit]:
    """Keys and tokens of known shapes, private key blocks, logins, and what names that speak of a secret are given."""
    start, end = 0, 0
    for left, right in sorted({*_tokens(text), *_blocks(text), *_logins(text), *_headers(text), *assigned(text)}):
        if left < end:
            end = max(end, right)
            continue
        if end:
            yield start, end, SECRET
        start, end = left, right
    if end:
        yield start, end, SECRET


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    for start, end in long_tokens(text, LEAST_CHARACTERS, LEAST_DIGITS):
        for found in _SHAPE.finditer(text, start, end):
            if "EXAMPLE" not in found.group():
                yield found.span()


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    if "PRIVATE KEY" in text:
        yield from (found.span() for found in _KEY_BLOCK.finditer(text))


def _logins(text: str) -> Iterator[tuple[int, int]]:
    """Passwords after a user's name in addresses and commands; names of nobody mostly come with passwords of nobody."""
    if "@" in text and "://" in text:
        yield from (found.span(2) for found in _ADDRESS.finditer(text) if _is_login(found.group(1), found.group(2)))
    if "curl" in text:
        for found in _OPTION.finditer(text):
            if "curl" in text[max(0, found.start() - LONGEST_COMMAND) : found.start()] and _is_login(found.group(1), found.group(2)):
                yield found.span(2)


def _is_login(user: str, password: str) -> bool:
    return user.lower() not in _NOBODY or is_password(password) or is_random(password)


def _headers(text: str) -> Iterator[tuple[int, int]]:
    """What a client shows a server that it may come in (RFC 6750, RFC 7617)."""
    if "uthorization" in text:
        for found in _HEADER.finditer(text):
            value = found["value"]
            if _is_basic_login(value) if found["scheme"].lower() == "basic" else is_random(value):
                yield found.span("value")


def _is_basic_login(value: str) -> bool:
    try:
        user, _, password = base64.b64decode(value, validate=True).decode().partition(":")
    except (binascii.Error, UnicodeDecodeError):
        return False
    return bool(password) and _is_login(user, password)
