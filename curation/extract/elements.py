"""Elements and comments inside a text format, found in time linear in the text's length."""

import re
from collections.abc import Callable


def without_comments(text: str, *, with_lines: bool = False) -> str:
    """Leaves out HTML comments; one that never ends hides the rest, as MediaWiki has it.

    `with_lines`: also the end of a line that holds nothing else, so that a comment between items of a list does not part them.
    """
    first, *parts = text.split("<!--")
    kept, begins_line = [first], not first or first.endswith("\n")
    for part in parts:
        after = part.partition("-->")[2]
        if with_lines and begins_line and after.startswith("\n"):
            after = after[1:]
        begins_line = after.endswith("\n") if after else begins_line
        kept.append(after)
    return "".join(kept)


def replace_elements(text: str, opening: re.Pattern[str], replacement: Callable[[str, str], str]) -> str:
    """Replaces elements with their content; an element that is never closed loses only its tag.

    Each kind of closing tag is searched for once more only while one lies ahead, so that time stays linear.
    """
    parts: list[str] = []
    position = 0
    exhausted: set[str] = set()
    lowered = text.lower()
    if len(lowered) != len(text):  # a few letters change their length
        lowered = text
    for match in opening.finditer(text):
        if match.start() < position:
            continue
        name = match.group(1).lower()
        parts.append(text[position : match.start()])
        position = match.end()
        if match.group().endswith("/>") or name in exhausted:
            continue
        end = lowered.find(f"</{name}>", position)
        if end < 0:
            exhausted.add(name)
            continue
        parts.append(replacement(name, text[position:end]))
        position = end + len(name) + 3
    return "".join(parts) + text[position:]


def names(text: str, separator: str = " ") -> frozenset[str]:
    """A set of names that are written in one string, so that a long list stays readable."""
    return frozenset(text.split(separator))


def nothing(_name: str, _body: str) -> str:
    """What stands for an element that is left out."""
    return ""
