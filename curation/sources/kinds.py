"""The kinds of source that a recipe may name, one typed model each, told apart by `kind`."""

import re
from enum import StrEnum
from typing import Annotated, Any, Literal
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator

from curation.domains import Domain
from curation.secrets import SecretReference


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


class OnFailure(StrEnum):
    """What becomes of a run when a source as a whole cannot be captured: the site is down, the file is gone."""

    FAIL = "fail"
    CONTINUE = "continue"


def _kind(description: str) -> Any:
    return Field(title="Kind", description=description)


class Source(BaseModel):
    """What every source has."""

    model_config = ConfigDict(hide_input_in_errors=True)  # an input that is refused may be a secret

    id: str = Field(title="Name", pattern=r"^[a-z0-9][a-z0-9._-]*$", description="Short and unique; lower case, digits, dashes.")
    domain: Domain = Field(title="Domain", description="The kind of text it holds.")
    licence: str = Field("unknown", title="Licence", description="As the source states it.")
    on_failure: OnFailure = Field(
        OnFailure.FAIL,
        title="On failure",
        description="Where nothing of it can be captured: fail the run, or continue without it and record one failed item.",
    )

    def capture_settings(self) -> dict[str, Any]:
        """Everything that decides what a capture of it holds: all settings but how a failure is met."""
        return self.model_dump(mode="json", exclude={"on_failure"})


class FilesSource(Source):
    """Local files, folders and archives (zip, tar, gz, bz2, xz), read in place."""

    kind: Literal["files"] = _kind("Files, folders and archives on this machine.")
    path: str = Field(title="Path", description="File, folder, archive or glob pattern; relative to the recipe's folder.")
    format: Format = Field(Format.AUTO, title="Format", description="What the files are; `auto` tells by name and content.")
    include: list[str] = Field([], title="Include", description="Only members whose path matches one of these patterns.")
    exclude: list[str] = Field([], title="Exclude", description="No member whose path matches one of these patterns.")
    document_start: str = Field(
        "", title="Document start", description="Regular expression for the line that opens each document in a file of many."
    )
    origin: str = Field("", title="Origin", description="Address under which the files are published; their URIs begin with it.")
    max_item_megabytes: float = Field(64.0, gt=0, le=1024, title="Largest item", description="A larger one is recorded as failed.")

    @field_validator("document_start")
    @classmethod
    def _compiles(cls, pattern: str) -> str:
        try:
            re.compile(pattern.encode(), re.MULTILINE)
        except re.error as error:
            raise ValueError(f"is no regular expression ({error})") from None
        return pattern


class PythonSource(Source):
    """What the running Python carries: its standard library's code, or its reference text."""

    kind: Literal["python"] = _kind("What the running Python carries.")
    content: Literal["code", "reference"] = Field("code", title="Content", description="The library's code, or the text of help().")
    include: list[str] = Field([], title="Include", description="Only modules whose path matches one of these patterns.")
    exclude: list[str] = Field([], title="Exclude", description="No module whose path matches one of these patterns.")


class WebSource(Source):
    """Pages of one site, captured over HTTP by following its links."""

    kind: Literal["web"] = _kind("Pages of a site, by its links.")
    start: list[str] = Field(title="Start", min_length=1, description="Addresses to begin at; only their hosts are visited.")
    serve: str = Field("", title="Serve", description="A folder that a loopback server serves in place of the site while it is captured.")
    user_agent: str = Field(
        "berrypatch/0.1", pattern="^[!-~][ -~]*$", title="User agent", description="Name a contact here for sites of other people."
    )
    delay_seconds: float = Field(1.0, ge=0, title="Delay", description="Least time between two requests to one host.")
    max_pages: int = Field(1_000, ge=1, title="Most pages", description="Addresses beyond are recorded as not asked for.")
    max_depth: int = Field(8, ge=0, title="Deepest link", description="Links between a start address and a page.")
    max_page_megabytes: float = Field(8.0, gt=0, le=1024, title="Largest page", description="A larger one is recorded as failed.")
    authorization: SecretReference = Field(
        "",
        title="Authorization",
        description="Where the value of the Authorization header is kept, as env:NAME or block:NAME; sent to the addresses of Start alone.",
    )

    @field_validator("start")
    @classmethod
    def _are_addresses(cls, start: list[str]) -> list[str]:
        for url in start:
            parts = urlsplit(url)
            if "@" in (parts.netloc or url):
                raise ValueError("holds a name or a password before an @; take it out, and say in `authorization` where it is kept")
            if parts.scheme not in ("http", "https") or not parts.netloc:
                raise ValueError(f"{url!r} is no address; it begins with http:// or https:// and a host")
        return start


class MediaWikiSource(Source):
    """Articles of a wiki by its API. Declared only: this version does not capture it yet."""

    kind: Literal["mediawiki"] = _kind("Articles of a wiki by its API; not captured by this version.")
    api: str = Field(title="API", description="Address of api.php.")
    titles: list[str] = Field([], title="Titles", description="Articles by title.")
    categories: list[str] = Field([], title="Categories", description="All articles of these categories.")
    category_depth: int = Field(1, ge=0, le=5, title="Category depth", description="Levels of subcategories.")


class YouTubeSource(Source):
    """Captions of videos and playlists. Declared only: this version does not capture it yet."""

    kind: Literal["youtube"] = _kind("Captions of videos; not captured by this version.")
    videos: list[str] = Field([], title="Videos", description="Ids or addresses of videos.")
    playlists: list[str] = Field([], title="Playlists", description="Ids or addresses of playlists.")
    languages: list[str] = Field(["en"], title="Languages", description="Languages of captions, the best first.")


class RepositorySource(Source):
    """Files of a git repository. Declared only: this version does not capture it yet."""

    kind: Literal["repository"] = _kind("Files of a git repository; not captured by this version.")
    url: str = Field(title="Address", description="Where git clones it from.")
    revision: str = Field("HEAD", title="Revision", description="Branch, tag or commit.")
    include: list[str] = Field([], title="Include", description="Only files whose path matches one of these patterns.")
    exclude: list[str] = Field([], title="Exclude", description="No file whose path matches one of these patterns.")


class ArxivSource(Source):
    """Papers of arXiv. Declared only: this version does not capture it yet."""

    kind: Literal["arxiv"] = _kind("Papers of arXiv; not captured by this version.")
    ids: list[str] = Field([], title="Papers", description="arXiv identifiers.")
    query: str = Field("", title="Query", description="A search in arXiv's own syntax.")
    max_papers: int = Field(100, ge=1, title="Most papers", description="Of what the query finds.")


AnySource = Annotated[
    FilesSource | PythonSource | WebSource | MediaWikiSource | YouTubeSource | RepositorySource | ArxivSource,
    Field(discriminator="kind"),
]

CAPTURED_KINDS = frozenset({"files", "python", "web"})
"""Kinds that this version captures; a build refuses the others before it starts."""
