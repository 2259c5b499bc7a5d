"""Names of characters in XML whose document type definition is elsewhere: `&mdash;` without a file or a network."""

import re
from html.entities import html5

_NAMED = re.compile(rb"&([A-Za-z][A-Za-z0-9]{1,31});")
_OF_XML = frozenset((b"amp", b"lt", b"gt", b"quot", b"apos"))
_OPENS, _CLOSES = b"<![CDATA[", b"]]>"


def with_characters(content: bytes) -> bytes:
    """XML in which references to the characters that HTML names, with them the ISO sets of JATS, are numbers.

    Names that nobody knows are seen as they are written, since a parser would leave them out. What CDATA holds is no reference.
    """
    if b"&" not in content:
        return content
    first, *others = content.split(_OPENS)
    parts = [_NAMED.sub(_numbered, first)]
    for other in others:
        data, closed, rest = other.partition(_CLOSES)
        parts.append(data + closed + _NAMED.sub(_numbered, rest))
    return _OPENS.join(parts)


def _numbered(found: re.Match[bytes]) -> bytes:
    if found[1] in _OF_XML:
        return found[0]
    characters = html5.get(found[1].decode("ascii") + ";")
    return "".join(f"&#{ord(each)};" for each in characters).encode() if characters else b"&amp;" + found[1] + b";"
