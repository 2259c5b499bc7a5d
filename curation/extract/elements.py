"""Elements and comments inside a text format, found in time linear in the text's length."""

import re
from collections.abc import Callable


def without_comments(text: str) -> str:
    """Leaves out HTML comments; one that never ends hides the rest, as MediaWiki has it."""
    parts = text.split("<!--")
    return parts[0] + "".join(part.partition("-->")[2] for part in parts[1:])


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
