"""Parts of an EPUB that are for reading programs: its type, its packing list, its tables of contents. Chapters are pages.

https://www.w3.org/TR/epub-33/#sec-ocf
"""

import re

from curation.decisions import Reason
from curation.document import Captured, Dropped

TYPE = b"application/epub+zip"
"""What the file `mimetype` of every EPUB holds."""

_PACKING = re.compile(
    r"\.(?:opf|ncx)$|(?:^|[/!#])META-INF/(?:container|encryption|manifest|metadata|rights|signatures)\.xml$", re.IGNORECASE
)
_CONTENTS = re.compile(rb"<nav\b[^<>]{0,200}\bepub:type\s*=\s*[\"']toc\b")
_PARAGRAPH = re.compile(rb"<p[\s>]")


def require_chapter(item: Captured) -> None:
    """Raises Dropped where an item is a part of a book that holds no text of it."""
    if _PACKING.search(item.native_id):
        raise Dropped(Reason.DATA, "a packing list of an EPUB")
    if len(item.content) < 100 and item.content.strip() == TYPE:
        raise Dropped(Reason.DATA, "the type of an EPUB")
    if b"epub:type" in item.content and _CONTENTS.search(item.content) and not _PARAGRAPH.search(item.content):
        raise Dropped(Reason.LISTING, "the table of contents of an EPUB")
