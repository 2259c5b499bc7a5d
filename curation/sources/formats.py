"""Formats that a recipe may name where a name or content does not tell what an item is."""

from enum import StrEnum


class Format(StrEnum):
    """What the items of a source are. `auto` goes by name, then by content."""

    AUTO = "auto"
    HTML = "html"
    WIKITEXT = "wikitext"
    MEDIAWIKI_XML = "mediawiki-xml"
    TEXT = "text"
    MARKDOWN = "markdown"
    LATEX = "latex"
    JATS_XML = "jats-xml"
    VTT = "vtt"
    SRT = "srt"
    TRANSCRIPT_JSON = "transcript-json"
    CODE = "code"
