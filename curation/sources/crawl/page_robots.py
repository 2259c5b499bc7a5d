"""What a page asks of robots: `noindex`, `nofollow` and their like, from its markup and from its headers.

Robots meta tag and X-Robots-Tag as https://developers.google.com/search/docs/crawling-indexing/robots-meta-tag describes them.
"""

from collections.abc import Iterable
from dataclasses import dataclass

OURS = frozenset({"robots", "berrypatch"})
"""Names of meta elements that speak to us."""

_WITH_VALUE = frozenset({"max-snippet", "max-image-preview", "max-video-preview", "unavailable_after"})
_NOT_KEPT = ("noindex", "none", "noai")
_NOT_FOLLOWED = frozenset({"nofollow", "none"})


@dataclass(frozen=True)
class Wishes:
    """The directives that a page states for us, in lower case, each with where it stands."""

    stated: frozenset[tuple[str, str]] = frozenset()

    def __or__(self, other: "Wishes") -> "Wishes":
        return Wishes(self.stated | other.stated)

    @property
    def against_keeping(self) -> str:
        """Why the page is not to be kept, as `noindex in its X-Robots-Tag header`; empty where it may be.

        `noai` is the word by which owners of sites say that a page is no training text.
        """
        words = (f"{word} in its {place}" for wanted in _NOT_KEPT for word, place in sorted(self.stated) if word == wanted)
        return next(words, "")

    @property
    def may_follow(self) -> bool:
        """Whether its links may be followed."""
        return not any(word in _NOT_FOLLOWED for word, _ in self.stated)


NO_WISHES = Wishes()


def of_meta(contents: Iterable[str]) -> Wishes:
    """The directives of the meta elements that speak to us."""
    return Wishes(frozenset((word, "robots meta element") for content in contents for word in _words(content)))


def of_header(value: str) -> Wishes:
    """The directives of an X-Robots-Tag header: those for everybody, and those for us by name.

    A name before a colon is whom the words after it are for, up to the next name.
    """
    stated, speaks_to_us = set(), True
    for part in value.lower().split(","):
        name, colon, rest = (text.strip() for text in part.partition(":"))
        if colon and name not in _WITH_VALUE:
            speaks_to_us, name = name in OURS, rest
        if speaks_to_us:
            stated |= {(word, "X-Robots-Tag header") for word in _words(name)}
    return Wishes(frozenset(stated))


def _words(text: str) -> list[str]:
    return [word for part in text.lower().split(",") for word in part.split()]
