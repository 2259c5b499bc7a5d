"""The charset of a page: what the server says, and what the bytes say against it."""

import codecs

import pytest

from curation.clean.encoding import decode
from curation.sources.fetch.charset import content_type

TEXT = "Die Bärenklau-Beere wächst – süß & rot"


@pytest.mark.parametrize(
    ("header", "said"),
    [
        ("text/html; charset=utf-8", ("text/html", "utf-8")),
        ('Text/HTML; Charset="ISO-8859-1"; x=y', ("text/html", "iso-8859-1")),
        ("text/html;charset='utf-8'", ("text/html", "utf-8")),
        ("application/xhtml+xml", ("application/xhtml+xml", None)),
        ("text/html; charset=", ("text/html", None)),
        ("text/html; charset=no such thing", ("text/html", None)),
        ("", ("application/octet-stream", None)),
        ("html", ("application/octet-stream", None)),
        ("text/html, text/html; charset=utf-8", ("text/html", "utf-8")),
    ],
)
def test_what_a_content_type_says(header: str, said: tuple[str, str | None]) -> None:
    assert content_type(header) == said


META = b'<meta charset="windows-1252">'


@pytest.mark.parametrize(
    ("content", "declared"),
    [
        (TEXT.encode(), "text/html; charset=utf-8"),
        (TEXT.encode("cp1252"), "text/html; charset=iso-8859-1"),
        (TEXT.encode(), "text/html; charset=iso-8859-1"),
        (codecs.BOM_UTF8 + TEXT.encode(), "text/html; charset=koi8-r"),
        (TEXT.encode("utf-16"), "text/html; charset=utf-8"),
        (META + TEXT.encode("cp1252"), "text/html"),
        (META + TEXT.encode("cp1252"), "text/html; charset=no-such-charset"),
        (TEXT.encode("cp1252") * 20, "text/html"),
    ],
    ids=["header", "header as browsers read it", "lying header", "mark", "mark of UTF-16", "meta", "unknown header and meta", "content"],
)
def test_a_text_is_read_whoever_knows_its_charset(content: bytes, declared: str) -> None:
    assert TEXT in decode(content, content_type(declared)[1])
