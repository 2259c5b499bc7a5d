"""Answers of MediaWiki's API as types: what is asked for is checked, everything else in them is left alone.

Fields are those of formatversion 2. Formatversion 1, which wikis before MediaWiki 1.25 speak alone, writes true as "" and a
text under "*"; both are understood. https://www.mediawiki.org/wiki/API:JSON_version_2
"""

from collections.abc import Mapping
from typing import Annotated, Any, TypeVar

from pydantic import AliasChoices, BaseModel, BeforeValidator, Field, ValidationError

from warehouse.errors import SourceError

_LONGEST_DETAIL = 300  # characters of what a server says that an error message repeats

Query = Mapping[str, Any]
Flag = Annotated[bool, BeforeValidator(lambda value: value is True or value == "")]


class ApiError(SourceError):
    """The API of a wiki refused, or gave no answer that can be understood. `code` is the API's word, empty where it gave none.

    `limit` is how many values it takes where it was given too many.
    """

    def __init__(self, message: str, code: str = "", limit: int | None = None) -> None:
        super().__init__(message)
        self.code = code
        self.limit = limit


class Slot(BaseModel):
    """The text of one revision."""

    content: str | None = Field(None, validation_alias=AliasChoices("content", "*"))
    contentmodel: str = "wikitext"
    texthidden: Flag = False
    textmissing: Flag = False


class Revision(Slot):
    """One revision of a page. Wikis before MediaWiki 1.32 have no slots: the text is the revision's own."""

    revid: int = 0
    timestamp: str | None = None
    slots: dict[str, Slot] = {}

    @property
    def main(self) -> Slot:
        """The text that is the page."""
        return self.slots.get("main", self)


class Page(BaseModel):
    """What `action=query` says of one page."""

    pageid: int = 0  # 0: there is none
    ns: int = 0
    title: str = ""
    missing: Flag = False
    invalid: Flag = False
    invalidreason: str = ""
    special: Flag = False
    redirect: Flag = False
    lastrevid: int = 0
    contentmodel: str = "wikitext"
    pageprops: dict[str, Any] = {}
    revisions: list[Revision] = []

    @property
    def is_disambiguation(self) -> bool:
        """Whether the wiki says that it only lists pages of the same name (extension Disambiguator)."""
        return "disambiguation" in self.pageprops


class Renamed(BaseModel):
    """A title and what the wiki reads it as."""

    source: str = Field(validation_alias="from")
    to: str = ""
    fromencoded: Flag = False
    tointerwiki: str | None = None


class Interwiki(BaseModel):
    """A title that belongs to another wiki."""

    title: str
    iw: str = ""


class LogParameters(BaseModel):
    """Where a move went."""

    target_title: str | None = Field(None, validation_alias=AliasChoices("target_title", "new_title"))


class Change(BaseModel):
    """One entry of the list of recent changes."""

    type: str = ""
    ns: int = 0
    title: str = ""
    pageid: int = 0
    timestamp: str = ""
    actionhidden: Flag = False  # an entry that does not say which page it is about
    logparams: LogParameters | list[Any] = LogParameters()

    @property
    def target(self) -> str | None:
        """The title to which a page was moved."""
        return self.logparams.target_title if isinstance(self.logparams, LogParameters) else None


class LogEntry(BaseModel):
    """One entry of a log."""

    type: str = ""
    action: str = ""
    title: str = ""
    params: LogParameters | list[Any] = LogParameters()

    @property
    def target(self) -> str | None:
        """The title to which a page was moved."""
        return self.params.target_title if isinstance(self.params, LogParameters) else None


class Rendered(BaseModel):
    """What `action=parse` gives."""

    title: str
    pageid: int = 0
    revid: int = 0
    text: Annotated[str, BeforeValidator(lambda value: value.get("*") if isinstance(value, dict) else value)]


class General(BaseModel):
    """What a wiki says of itself."""

    sitename: str = "a wiki"
    server: str = ""
    articlepath: str = "/wiki/$1"
    time: str | None = None


class Namespace(BaseModel):
    """One namespace; those of content hold what the wiki is about."""

    id: int
    name: str = Field("", validation_alias=AliasChoices("name", "*"))
    canonical: str = ""
    content: Flag = False


class Rights(BaseModel):
    """The licence that a wiki states."""

    url: str | None = None
    text: str | None = None


class SiteInfo(BaseModel):
    """The answer to `meta=siteinfo`."""

    general: General
    namespaces: dict[str, Namespace] = {}
    rightsinfo: Rights = Rights()


Model = TypeVar("Model", bound=BaseModel)


def read(model: type[Model], value: object) -> Model:
    """A part of an answer as a type. Raises ApiError where it has another form."""
    try:
        return model.model_validate(value)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(map(str, first["loc"])) or "the whole"
        detail = f"{model.__name__}, {place}: {first['msg']}"[:_LONGEST_DETAIL]
        raise ApiError(f"the wiki's answer has a form that is not known ({detail})") from None


def read_list(model: type[Model], query: Query, name: str) -> list[Model]:
    """A list of an answer, empty where the answer has none. Raises ApiError where it has another form."""
    found = query.get(name, [])
    if not isinstance(found, list):
        raise ApiError(f"the wiki's answer has a form that is not known ({name} is no list)")
    return [read(model, entry) for entry in found]
