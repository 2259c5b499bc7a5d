"""A document on its way from bytes to text."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from curation.decisions import Reason
from curation.domains import Domain


@dataclass(frozen=True)
class Captured:
    """One item as its source gave it, with what the source said about it."""

    content: bytes
    media_type: str
    charset: str | None  # as declared by the transport
    native_id: str
    uri: str
    title: str | None
    domain: Domain
    marks: Mapping[str, str] = field(default_factory=dict)  # parameters of the media type


@dataclass(frozen=True)
class TemplateUse:
    """What became of the calls of one template in one page of wikitext; characters are those that can be seen."""

    name: str
    calls: int
    given: int  # characters of the arguments
    kept: int  # characters that came into the text
    on_purpose: bool  # whether templates of this name are left out


@dataclass(frozen=True)
class Extracted:
    """The text of an item before cleaning."""

    text: str
    title: str | None
    extractor: str
    templates: tuple[TemplateUse, ...] = ()


class Dropped(Exception):
    """An item that extraction decides against: there is nothing wrong with it, but it is no document."""

    def __init__(self, reason: Reason, detail: str, value: float | None = None, threshold: float | None = None) -> None:
        super().__init__(f"{reason}: {detail}")
        self.reason = reason
        self.detail = detail
        self.value = value
        self.threshold = threshold


class Failed(Exception):
    """An item that cannot be read as what it says it is."""

    def __init__(self, detail: str, reason: Reason = Reason.EXTRACTION_FAILED) -> None:
        super().__init__(detail)
        self.reason = reason
        self.detail = detail


def require_size(content: bytes, limit: int) -> None:
    """Budgets work by size, never by time, so that a slow machine drops the same documents as a fast one."""
    if len(content) > limit:
        raise Dropped(Reason.TOO_LARGE, f"{len(content):,} bytes, read are at most {limit:,}", float(len(content)), float(limit))
    if not content.strip():
        raise Dropped(Reason.EMPTY, "the item has no bytes other than white space", 0.0)
