"""Whether a value looks like a secret: drawn by lot, or chosen by somebody as a password; and not like an example or a reference.

Surprise per character (Shannon) is what Gitleaks and detect-secrets go by. Names in camel case have as much of it as short keys;
what tells them apart is how often letters, digits and cases alternate.
"""

import math
import re
from collections import Counter

LEAST_RANDOM = 12  # characters of a value that is told by its looks alone
LEAST_PASSWORD = 8  # characters of a value that somebody chose, whose name says what it is
LEAST_BITS = 3.3  # per character of a value of all kinds (Shannon); words and paths stay below, 16 random letters and digits above
LEAST_CHANGES = 0.25  # per character; random letters and digits have 0.4 and more, names of programs a tenth
LEAST_HEXADECIMAL = 10  # different digits of a hexadecimal value
LEAST_DIFFERENT = 5  # characters of a password; `xxxx0000` has two

_EXAMPLE = re.compile(
    r"example|sample|dummy|change.?me|placeholder|your|xxxx|aabbcc|abc123|\*\*\*|\.\.\.|test|secret|passw|token|key",
    re.IGNORECASE,
)
_SEQUENCE = re.compile(r"1234567\d*|abcdef\w{0,3}", re.IGNORECASE)
_DUMMY = re.compile(
    r"p[a4@][s5$]{2}|s[e3]cr[e3]t|foo|bar\b|baz|qwert|asdf|abc|1q2w|12345|user|admin|demo|fake|mock|default|todo|insert|replace|enter|"
    r"none|null|undefined|redact|hidden|string|value|random|invalid|wrong|valid|correct(?!-)",
    re.IGNORECASE,
)
_TECHNICAL = re.compile(
    r"(?:sha|md|utf|base|aes|rsa|oauth|rfc|iso|pbkdf|argon|bcrypt|scrypt|hmac|int|float|uuid|latin|ipv|cp|windows|python|http|arg|param|"
    r"field|column|line|item|row|id|web)[-_]?\d|x509|\d+[-_ ](?:bits?|bytes?|char\w*|digits?|letters?|words?|days?|hours?|minutes?)\b",
    re.IGNORECASE,
)
_REFERENCE = re.compile(r"[/%=]|\$[A-Za-z_]+\Z|::|->|\.\w{1,5}\Z|\A\W|\A\d+(?:[-.:]\d+)+|\A\w+(?:\.[a-z_]\w*)+\Z", re.ASCII)
"""Paths, names of files, variables, formats, versions and dates."""

_CHANGE = re.compile(r"(?<=[a-z])[A-Z]|(?<=[A-Za-z])[0-9]|(?<=[0-9])[A-Za-z]")
_HEXADECIMAL = re.compile(r"[0-9a-fA-F]{32,128}")
_PATH = re.compile(r"[/\\.]\w+[/\\.]")
_INNER_DIGIT = re.compile(r"[A-Za-z][0-9]+[A-Za-z]{2}")
_PHRASE = re.compile(r"[A-Za-z]{3,12}(?:-[A-Za-z]{3,12}){3,7}")


def is_random(value: str) -> bool:
    """Whether a value looks drawn by lot: hexadecimal, or letters and digits in no order."""
    if len(value) < LEAST_RANDOM or not re.search("[0-9]", value) or _EXAMPLE.search(value) or _is_sequence(value):
        return False
    if _HEXADECIMAL.fullmatch(value):
        return len(set(value)) >= LEAST_HEXADECIMAL
    kinds = sum(re.search(kind, value) is not None for kind in ("[a-z]", "[A-Z]", "[0-9]"))
    if kinds < 2 or len(set(value)) < LEAST_DIFFERENT:
        return False
    changes = len(_CHANGE.findall(value))
    return changes >= LEAST_CHANGES * len(value) or (
        kinds == 3 and not _PATH.search(value) and not _TECHNICAL.search(value) and _bits(value) >= LEAST_BITS
    )


def is_password(value: str) -> bool:
    """Whether a value looks like a password that somebody chose: letters with digits, or four words and more joined by hyphens."""
    if len(value) < LEAST_PASSWORD or len(set(value)) < LEAST_DIFFERENT or is_example(value) or _REFERENCE.search(value):
        return False
    if _PHRASE.fullmatch(value):
        return True
    return bool(re.search("[0-9]", value) and re.search("[A-Za-z]", value)) and not _TECHNICAL.search(value)


def is_chosen_key(value: str) -> bool:
    """The same of what is no password by name: only with digits inside of words, since names of keys often end in a number."""
    return len(value) >= LEAST_RANDOM and _INNER_DIGIT.search(value) is not None and is_password(value)


def is_example(value: str) -> bool:
    """Whether a value is one that documentation, tests and forms put where a secret belongs."""
    return bool(_EXAMPLE.search(value) or _DUMMY.search(value)) or _is_sequence(value)


def _is_sequence(value: str) -> bool:
    """Whether a good part of a value counts up."""
    found = _SEQUENCE.search(value)
    return found is not None and 3 * len(found.group()) >= len(value)


def _bits(value: str) -> float:
    return -sum(count / len(value) * math.log2(count / len(value)) for count in Counter(value).values())
