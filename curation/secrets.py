"""Secrets by reference: a recipe says where a secret is and never holds it.

A reference goes wherever the recipe goes: into its digest, the keys of captures, logs. The value is read where it is used,
in the process that uses it, and goes nowhere else.
"""

import os
import re
from collections.abc import Iterable
from typing import Annotated, Any
from urllib.parse import quote

from pydantic import BeforeValidator, Field
from pydantic_core import PydanticCustomError

from warehouse.errors import SourceError

MASK = "***"
SHORTEST = 6
"""Characters of credentials that are looked for in what a site sends; shorter ones occur in any page."""

FAULT = "secret_reference"
"""Type of the validation error; whoever reports it must leave out the input, which may be the secret itself."""

_PATTERN = r"^(env:[A-Za-z_][A-Za-z0-9_]*|block:[a-z0-9][a-z0-9-]*)?$"


def _no_literal(value: Any) -> Any:
    if isinstance(value, str) and re.fullmatch(_PATTERN, value):
        return value
    raise PydanticCustomError(
        FAULT,
        "must not hold the secret itself: put that into an environment variable and write 'env:' and the variable's name here, "
        "or 'block:' and the name of a Secret block",
    )


SecretReference = Annotated[str, Field(pattern=_PATTERN), BeforeValidator(_no_literal)]
"""`env:NAME`, an environment variable, or `block:NAME`, a block of the service; empty for none."""


def variable(reference: str) -> str:
    """The environment variable that a reference reads: NAME of `env:NAME`; BERRY_SECRET_MY_NAME of `block:my-name`."""
    place, _, name = reference.partition(":")
    return name if place == "env" else f"BERRY_SECRET_{name.upper().replace('-', '_')}"


def resolve(reference: str) -> str:
    """The secret that a reference names, from this process's environment, without white space around it.

    Raises SourceError naming the variable where it is unset or empty, or holds what no header can carry.
    """
    name = variable(reference)
    value = os.environ.get(name, "").strip()
    if not value:
        place, _, block = reference.partition(":")
        remedy = f"Save a Secret block named {block!r} in the service, or set the variable" if place == "block" else "Set it"
        raise SourceError(f"the secret {reference} is not there: the environment variable {name} is not set. {remedy}, and try again.")
    if not (value.isascii() and value.isprintable()):
        raise SourceError(f"the secret {reference} cannot be used: {name} holds line breaks or characters beyond ASCII. Set it again.")
    return value


def spellings(header: str) -> list[str]:
    """The forms in which the value of an Authorization header may come back: whole, without its scheme, and quoted for a URL."""
    credentials = header.partition(" ")[2].strip()
    known = [header, credentials] if len(credentials) >= SHORTEST else [header]
    return [*known, *(quote(text, safe="") for text in known)]


def masked(text: str, secrets: Iterable[str]) -> str:
    """A text in which every secret is replaced by three asterisks, the longest first."""
    for secret in sorted(filter(None, secrets), key=len, reverse=True):
        text = text.replace(secret, MASK)
    return text
