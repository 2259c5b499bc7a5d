"""Which extractor reads which media type."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import PurePosixPath

from curation.clean.encoding import require_text
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted
from curation.domains import Domain
from curation.extract.books import require_chapter
from curation.extract.captions import extract_captions
from curation.extract.code import extract_code, require_not_vendored
from curation.extract.elements import names
from curation.extract.html import extract_html
from curation.extract.jats import extract_jats
from curation.extract.languages import BY_NAME, BY_SUFFIX
from curation.extract.latex import extract_latex
from curation.extract.latex_source import extract_latex_source
from curation.extract.markdown import extract_markdown
from curation.extract.marks import read_marks, require_own
from curation.extract.plain import extract_plain
from curation.extract.timed_json import extract_timed_json
from curation.extract.verse import without_fences_of_verse
from curation.extract.wikihtml import extract_rendered
from curation.extract.wikitext import extract_page, extract_wikitext
from curation.sources.git.licences import is_licence

Extractor = Callable[[Captured], Extracted]

EXTRACTORS: Mapping[str, Extractor] = {
    "text/html": extract_html,
    "application/xhtml+xml": extract_html,
    "text/x-wiki": extract_wikitext,
    "application/x-mediawiki-page+xml": extract_page,
    "application/x-mediawiki-parse+html": extract_rendered,
    "text/plain": extract_plain,
    "text/markdown": extract_markdown,
    "application/x-tex": extract_latex,
    "application/x-latex-source": extract_latex_source,
    "application/jats+xml": extract_jats,
    "text/vtt": extract_captions,
    "application/x-subrip": extract_captions,
    "application/x-transcript+json": extract_timed_json,
    "text/x-code": extract_code,
}
"""By media type, parameters left out."""

MEDIA_TYPES: Mapping[str, str] = {
    "html": "text/html", "htm": "text/html", "xhtml": "application/xhtml+xml", "wiki": "text/x-wiki", "mediawiki": "text/x-wiki",
    "wikitext": "text/x-wiki", "txt": "text/plain", "text": "text/plain", "rst": "text/plain", "md": "text/markdown",
    "markdown": "text/markdown", "tex": "application/x-tex", "ltx": "application/x-tex", "nxml": "application/jats+xml",
    "vtt": "text/vtt", "srt": "application/x-subrip",
}  # fmt: skip
"""By file name ending."""

SNIFF_BYTES = 1024

PROSE_NAMES = names("readme authors contributors contributing changes changelog history news notice install todo thanks hacking faq")
"""Names without an ending of files that people read."""

_PLAIN = ("text/plain", "text/markdown")
_PAGE = re.compile(rb"<!doctype html|<html[\s>]")
_OTHER_TEXTS = ((b"{\\rtf", "RTF"), (b"%!ps-adobe", "PostScript"))


def extract(item: Captured) -> Extracted:
    """The text of a captured item.

    Raises Dropped where the item is no document and Failed where it cannot be read.
    """
    media_type, marks = item.media_type.partition(";")[0].strip().lower(), read_marks(item.media_type)
    require_own(marks)
    require_chapter(item)
    if item.domain is Domain.CODE and is_licence(item.native_id):
        raise Dropped(Reason.LICENCE_TEXT, f"named {PurePosixPath(item.native_id).name}")
    if media_type in ("application/octet-stream", ""):
        media_type = sniff(item)
    if item.domain is Domain.CODE:
        require_not_vendored(item, marks)
        media_type = "text/x-code" if media_type == "text/plain" and not _is_prose(item.native_id) else media_type
    if media_type in _PLAIN:
        media_type = _in_truth(media_type, item.content[:SNIFF_BYTES])
    extractor = EXTRACTORS.get(media_type)
    if extractor is None:
        raise Dropped(Reason.UNSUPPORTED, f"media type {media_type}")
    extracted = extractor(Captured(**{**vars(item), "media_type": media_type, "marks": marks}))
    return extracted if item.domain is Domain.CODE else replace(extracted, text=without_fences_of_verse(extracted.text))


def _is_prose(name: str) -> bool:
    """Whether a plain file among code is for people; what no ending tells apart is read by programs: grammars, data, settings."""
    path = PurePosixPath(name.lower())
    return path.name not in BY_NAME and (path.suffix in (".txt", ".text", ".rst") or path.name in PROSE_NAMES)


def sniff(item: Captured) -> str:
    """The media type by the ending of the name, else by how the content begins.

    Raises Dropped (binary) where the content is no text.
    """
    require_text(item.content)
    suffix = PurePosixPath(item.native_id.lower()).suffix.lstrip(".")
    if suffix in MEDIA_TYPES:
        return MEDIA_TYPES[suffix]
    if suffix in BY_SUFFIX and suffix != "xml":
        return "text/x-code"
    return _by_content(item.content[:SNIFF_BYTES])


def _in_truth(media_type: str, head: bytes) -> str:
    """What a file that is called a text is by its first words, which no text begins with.

    Raises Dropped (unsupported) for what word processors and printers write.
    """
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if other := next((name for mark, name in _OTHER_TEXTS if start.startswith(mark)), None):
        raise Dropped(Reason.UNSUPPORTED, f"begins as {other}")
    if _PAGE.match(start):
        return "text/html"
    return "text/vtt" if re.match(rb"webvtt\s", start) and b"-->" in head else media_type


def _by_content(head: bytes) -> str:
    start = head.removeprefix(b"\xef\xbb\xbf").lstrip().lower()
    if start.startswith(b"webvtt"):
        return "text/vtt"
    if _is_jats(start):
        return "application/jats+xml"
    if start.startswith((b"<!doctype html", b"<html")) or b"<body" in start:
        return "text/html"
    if start.startswith(b"<page>"):
        return "application/x-mediawiki-page+xml"
    if b"\\documentclass" in start or b"\\begin{document}" in start:
        return "application/x-tex"
    return "text/x-code" if start.startswith(b"#!") else "text/plain"


_JATS = re.compile(rb"<front[\s>]|jats|dtd-version|article-type|<sec[\s>]")


def _is_jats(start: bytes) -> bool:
    """Whether a file that begins so is a paper in JATS, or in NLM's form before it: XML whose root is `article`."""
    is_article = start.startswith((b"<?xml", b"<!doctype article", b"<article")) and re.search(rb"<article[\s>]", start) is not None
    return is_article and b"<html" not in start and _JATS.search(start) is not None
