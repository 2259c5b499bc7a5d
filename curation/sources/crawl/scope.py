"""Scope: which addresses belong to a source."""

import re
from collections.abc import Sequence
from fnmatch import translate

from curation.sources.crawl.url_forms import host_of


class Scope:
    """The hosts of a source, and the recipe's patterns.

    A pattern is a glob as for files: `*` is any text, `?` one character. It is compared with the whole address, and one that
    begins with a slash with path and parameters.
    """

    def __init__(
        self, hosts: frozenset[str], include: Sequence[str] = (), exclude: Sequence[str] = (), not_traps: Sequence[str] = ()
    ) -> None:
        self.hosts = hosts
        self._include, self._exclude, self._not_traps = (_compiled(patterns) for patterns in (include, exclude, not_traps))

    def has_host(self, url: str) -> bool:
        """Whether an address is on a host of the source."""
        return host_of(url) in self.hosts

    def wants(self, url: str) -> bool:
        """Whether `include` and `exclude` let an address in."""
        return (not self._include or _matches(self._include, url)) and not _matches(self._exclude, url)

    def holds(self, url: str) -> bool:
        """Whether an address is one of the source's."""
        return self.has_host(url) and self.wants(url)

    def vouches(self, url: str) -> bool:
        """Whether the recipe says that an address is no trap."""
        return _matches(self._not_traps, url)


_Patterns = list[tuple[bool, re.Pattern[str]]]


def _compiled(patterns: Sequence[str]) -> _Patterns:
    return [(pattern.startswith("/"), re.compile(translate(pattern))) for pattern in patterns]


def _matches(patterns: _Patterns, url: str) -> bool:
    return any(pattern.match(url[url.index("/", 8) :] if is_path else url) for is_path, pattern in patterns)
