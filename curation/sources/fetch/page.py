"""What a request comes to: a page, or the reason why there is none."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from warehouse.errors import SourceError


class FetchError(SourceError):
    """An address that could not be had, and why, in words. `transient`: the next time may go better."""

    def __init__(self, message: str, status: int | None = None, transient: bool = False) -> None:
        super().__init__(message)
        self.status = status
        self.transient = transient


class Refused(FetchError):
    """An address that we do not ask, whatever would be there: it is private, or nobody is named who asks."""


@dataclass(frozen=True)
class Page:
    """A response: what was asked for, where redirects led, status, headers (names in lower case) and body.

    `unchanged`: the server says that it is as it was before (304), and sends no body.
    """

    url: str
    final_url: str
    status: int
    headers: Mapping[str, str] = field(repr=False)
    content: bytes = field(repr=False)
    unchanged: bool = False


@dataclass(frozen=True)
class Answer:
    """The response to one request: status, headers (names in lower case, no cookies) and body, its codings undone."""

    status: int
    headers: Mapping[str, str]
    content: bytes
