"""Media types: from a recipe's format, or from an item's name."""

from pathlib import PurePosixPath

from curation.sources.formats import Format

UNKNOWN = "application/octet-stream"
WIKI_PAGE = "application/x-mediawiki-page+xml"
WIKI_DUMP = "application/x-mediawiki-dump+xml"
WIKI_RENDERED = "application/x-mediawiki-parse+html"
WIKITEXT = "text/x-wiki"

_BY_FORMAT = {
    Format.HTML: "text/html",
    Format.WIKITEXT: WIKITEXT,
    Format.MEDIAWIKI_XML: WIKI_DUMP,
    Format.TEXT: "text/plain",
    Format.MARKDOWN: "text/markdown",
    Format.LATEX: "application/x-tex",
    Format.JATS_XML: "application/jats+xml",
    Format.VTT: "text/vtt",
    Format.SRT: "application/x-subrip",
    Format.TRANSCRIPT_JSON: "application/x-transcript+json",
    Format.CODE: "text/x-code",
}

_BY_SUFFIX = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".markdown": "text/markdown",
    ".wiki": WIKITEXT,
    ".mediawiki": WIKITEXT,
    ".tex": "application/x-tex",
    ".vtt": "text/vtt",
    ".srt": "application/x-subrip",
    **dict.fromkeys(
        (".py", ".pyi", ".js", ".mjs", ".cjs", ".ts", ".cs", ".c", ".h", ".cc", ".cpp", ".hpp", ".inl", ".hh", ".cxx"), "text/x-code"
    ),
}


def media_type(name: str, format: Format) -> str:
    """The media type of an item: the recipe's word if it says one, else by the name's ending, else unknown."""
    if format is not Format.AUTO:
        return _BY_FORMAT[format]
    return _BY_SUFFIX.get(PurePosixPath(name).suffix.lower(), UNKNOWN)
