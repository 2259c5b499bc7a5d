"""Secrets: keys, tokens and passwords that somebody left in a text, replaced by a word that says so.

Known ones are told by their shape. Any other is one only if it is assigned to a name such as `password` and looks drawn by
lot. Both are looked for only where so many characters stand together without a space, digits among them; private key blocks and
passwords in addresses by the letters that they must hold. What documentation shows as an example stays.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator

from curation.clean.characters import long_tokens
from curation.clean.edits import Edit

SECRET = "<SECRET>"

LEAST_CHARACTERS, LEAST_DIGITS = 12, 1  # of a token or of an assigned value
LONGEST_NAME = 60  # characters before an assigned value in which its name stands
LEAST_BITS = 3.3  # per character of an assigned value (Shannon); words and paths stay below, 16 random letters and digits above

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
_ADDRESS = re.compile(r"://([\w.~%+-]{1,64}):((?!//)[^\s/:@\"'`<>{}$\[\]()*]{3,128})(?=@[A-Za-z0-9])", re.ASCII)
_NAME = re.compile(
    r"(?:passw(?:or)?d|passwd|pwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key|auth[_-]?key|credentials?)\w{0,20}"
    r"[\"'\])]{0,2}\s{0,3}(?:=>|:=|[:=])\s{0,3}[bru]{0,2}[\"'`]\Z",
    re.IGNORECASE | re.ASCII,
)
_VALUE = re.compile(r"[^\s\"'`<>{}$()]{12,200}(?=[\"'`])", re.ASCII)
_EXAMPLE = re.compile(
    r"example|sample|dummy|changeme|placeholder|your|xxxx|\*\*\*|\.\.\.|1234567|abcdef|test|secret|passw|token|key", re.IGNORECASE
)
_NOBODY = frozenset({"user", "username", "foo", "me", "name", "root", "admin", "login", "x", "u", "uid", "scott", "john", "alice", "bob"})
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{32,128}")


def secrets(text: str) -> Iterator[Edit]:
    """Keys, tokens, passwords in addresses, private key blocks, and random values of names that speak of a secret."""
    last = 0
    for start, end in sorted({*_tokens(text), *_blocks(text), *_passwords(text)}):
        if start >= last:
            yield start, end, SECRET
            last = end


def _tokens(text: str) -> Iterator[tuple[int, int]]:
    for start, end in long_tokens(text, LEAST_CHARACTERS, LEAST_DIGITS):
        for found in _SHAPE.finditer(text, start, end):
            if "EXAMPLE" not in found.group():
                yield found.span()
        if start and text[start - 1] in "\"'`" and _NAME.search(text[max(0, start - LONGEST_NAME) : start]):
            value = _VALUE.match(text, start)
            if value and _is_random(value.group()):
                yield value.span()


def _blocks(text: str) -> Iterator[tuple[int, int]]:
    if "PRIVATE KEY" in text:
        yield from (found.span() for found in _KEY_BLOCK.finditer(text))


def _passwords(text: str) -> Iterator[tuple[int, int]]:
    """What stands before the @ of an address on the network; names of nobody come with passwords of nobody."""
    if "@" in text and "://" in text:
        yield from (found.span(2) for found in _ADDRESS.finditer(text) if found.group(1).lower() not in _NOBODY)


def _is_random(value: str) -> bool:
    """Whether a value looks drawn by lot: hexadecimal, or letters of both cases and digits with much surprise in each."""
    if _EXAMPLE.search(value):
        return False
    if _HEXADECIMAL.fullmatch(value):
        return len(set(value)) >= 10
    kinds = sum(re.search(kind, value) is not None for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    return kinds == 3 and not re.search(r"[/\\.]\w+[/\\.]", value) and _bits(value) >= LEAST_BITS


def _bits(value: str) -> float:
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())
