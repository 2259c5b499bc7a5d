"""Columns of JSON within others: `meta.text` is the key `text` of the object under `meta`."""

from collections.abc import Iterable
from typing import Any


def with_nested(values: dict[str, Any], columns: Iterable[str]) -> dict[str, Any]:
    """An object with what the names of columns with full stops lead to; a key that is written so itself goes before."""
    found = {name: inner for name in columns if "." in name and name not in values for inner in _inner(values, name)}
    return {**values, **found} if found else values


def _inner(values: dict[str, Any], name: str) -> list[Any]:
    at: Any = values
    for key in name.split("."):
        if not isinstance(at, dict) or key not in at:
            return []
        at = at[key]
    return [at]
