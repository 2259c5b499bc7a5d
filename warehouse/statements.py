"""SQL as files: loading the statements that lie beside a module, and naming files inside them."""

from functools import cache
from importlib.resources import files
from pathlib import Path


@cache
def statement(package: str, name: str) -> str:
    """The text of a `.sql` file that lies in a package."""
    return files(package).joinpath(name).read_text(encoding="utf-8")


def exact_path(path: Path) -> str:
    """An absolute path in which DuckDB reads no wildcard, though a folder be named `[old]`."""
    return "".join(f"[{character}]" if character in "[*?" else character for character in str(path.resolve()))


def literal(text: str) -> str:
    """Text as a SQL string literal, for the one place where nothing can be bound: the definition of a view."""
    return "'" + text.replace("'", "''") + "'"
