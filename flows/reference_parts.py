"""What the reference pages are made of: a page with its note, tables, code."""

from collections.abc import Iterable

COMMAND = "python -m flows.reference docs/reference"
NOTE = f"<!-- Written from the code by `{COMMAND}`. Changes made here are lost. -->"


def page(title: str, introduction: str, sections: Iterable[str]) -> str:
    """A page of Markdown, with the note that it is written by a program."""
    return "\n\n".join([f"# {title}", NOTE, introduction, *sections]) + "\n"


def grid(header: tuple[str, ...], rows: Iterable[Iterable[str]]) -> str:
    """A table; bars and line ends within cells do not break it."""
    lines = [header, ["---"] * len(header), *rows]
    return "\n".join("| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in line) + " |" for line in lines)


def code(text: object) -> str:
    """A word as code."""
    return f"`{text}`"
