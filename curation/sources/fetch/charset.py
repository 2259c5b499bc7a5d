"""What a Content-Type header says of a body: its media type, and the charset that it declares.

The charset is only the server's word. What bytes are really written in is told by `curation.clean.encoding.decode`, from
their mark, this word, the page's own, and the bytes themselves.
"""

import re
from email.message import Message

UNDECLARED = "application/octet-stream"
"""The type of a body of which nothing is said (RFC 9110, 8.3)."""

_TYPE = re.compile(r"[!#$&^_.+a-z0-9-]+/[!#$&^_.+a-z0-9-]+")
_CHARSET = re.compile(r"[a-z0-9._:-]{2,40}")


def content_type(header: str) -> tuple[str, str | None]:
    """Media type, `application/octet-stream` where the header names none, and charset, None where it names none."""
    declared = Message()
    declared["content-type"] = header.replace("\r", " ").replace("\n", " ")
    media_type = _TYPE.match(header.strip().lower())
    charset = (declared.get_content_charset() or "").strip("'\" ")
    return media_type.group() if media_type else UNDECLARED, charset if _CHARSET.fullmatch(charset) else None
