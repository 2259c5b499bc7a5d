"""A small site for the tests: its pages are set one by one, and it remembers what it was asked."""

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True)
class Answer:
    """One response of the small site."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Site:
    """A site of a few pages. A list of answers is given one after the other, the last one for ever.

    With `demands`, a request without this Authorization header is answered with 401.
    """

    pages: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    demands: str = ""
    authorizations: set[str | None] = field(default_factory=set)
    address: str = ""

    def answer(self, path: str) -> Answer:
        found = self.pages.get(path, Answer("no such page", 404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found

    def asked_pages(self) -> list[str]:
        return [path for path in self.asked if path != "/robots.txt"]
