"""A wiki as it describes itself: where its API is, its name, its licence, and the addresses of its pages."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urljoin, urlsplit

from curation.sources.fetch.fetcher import Fetcher, FetchError
from curation.sources.wiki.answers import ApiError, Namespace, Rights, SiteInfo, read
from curation.sources.wiki.api import WikiApi, answer_of
from warehouse.errors import SourceError

SCRIPT_PATHS = ("/w/api.php", "/api.php")
"""Where api.php is: as on Wikipedia, and as on Fandom."""

CATEGORY = 14
"""The namespace of categories, on every wiki."""

SITE_INFO = {"action": "query", "meta": "siteinfo", "siprop": "general|namespaces|rightsinfo", "curtimestamp": "1"}

_IN_TITLES = ";@$!*(),/~:"  # what MediaWiki itself leaves as it is in an address (wfUrlencode)
_MOMENT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ")
_CREATIVE_COMMONS = re.compile(r"creativecommons\.org/(?:licenses/(by(?:-n[cd]|-sa){0,2})|publicdomain/(zero))/(\d\.\d)")


@dataclass(frozen=True)
class Site:
    """What is known of a wiki before its pages."""

    name: str
    base: str  # address of a page, with $1 for its title
    licence: str | None
    content_namespaces: tuple[int, ...]
    category_names: frozenset[str]  # what may stand before the colon of a category's title, in lower case
    now: str  # the wiki's own clock, ISO 8601 in UTC

    def uri(self, title: str) -> str:
        """The address of a page."""
        return self.base.replace("$1", quote(title.replace(" ", "_"), safe=_IN_TITLES, errors="replace"))

    def category(self, name: str) -> str:
        """The title of a category by its name, with or without the word for category before it."""
        before, colon, rest = name.replace("_", " ").partition(":")
        return f"Category:{rest.strip()}" if colon and before.strip().lower() in self.category_names else f"Category:{name.strip()}"

    def attribution(self, title: str) -> str:
        """Whom to name: the wiki, and where it lists a page's authors."""
        uri = self.uri(title)
        return f"{self.name}, authors listed at {uri}{'&' if '?' in uri else '?'}action=history"


def candidates(address: str) -> list[str]:
    """Where api.php may be, by the address of a wiki, of one of its pages, or of api.php itself."""
    parts = urlsplit(address)
    root, path = f"{parts.scheme}://{parts.netloc}", parts.path
    if path.endswith("/api.php"):
        return [root + path]
    folder = re.sub(r"(?:/wiki(?:/.*)?|/index\.php(?:/.*)?|/)$", "", path)
    return list(dict.fromkeys([*([f"{root}{folder}/api.php"] if folder else []), *(root + script for script in SCRIPT_PATHS)]))


def open_wiki(fetcher: Fetcher, address: str) -> tuple[WikiApi, Site]:
    """The API of the wiki at an address, and what the wiki says of itself.

    Raises SourceError, with what each place answered, where no API is found.
    """
    faults = []
    for place in candidates(address):
        try:
            response = WikiApi(fetcher, place).respond(SITE_INFO, anywhere=True)
            api = WikiApi(fetcher, response.final_url.partition("?")[0])
            return api, site_of(api.address, answer_of(response))
        except (FetchError, ApiError) as error:
            faults.append(f"{place}: {error}")
    raise SourceError(f"there is no API of MediaWiki to be had. {'; '.join(faults)}. Check `wiki`, or give the address of its api.php.")


def site_of(address: str, answer: Mapping[str, Any]) -> Site:
    """A wiki by its answer to `meta=siteinfo`; `address` is that of its API. Raises ApiError where it is no such answer."""
    info = read(SiteInfo, answer.get("query", {}))
    now = answer.get("curtimestamp") or info.general.time
    if not isinstance(now, str) or not _MOMENT.fullmatch(now):
        raise ApiError("the wiki does not say what time it is")
    return Site(
        name=info.general.sitename,
        base=_page_address(address, info.general.server, info.general.articlepath),
        licence=_licence(info.rightsinfo),
        content_namespaces=tuple(sorted(space.id for space in info.namespaces.values() if space.content)) or (0,),
        category_names=_names_of_categories(info.namespaces.values()),
        now=now,
    )


def _names_of_categories(spaces: Iterable[Namespace]) -> frozenset[str]:
    own = [name for space in spaces if space.id == CATEGORY for name in (space.name, space.canonical) if name]
    return frozenset(name.lower() for name in [*own, "Category"])


def _page_address(api: str, server: str, path: str) -> str:
    try:
        return urljoin(urljoin(api, server), path if "$1" in path else "/wiki/$1")
    except ValueError:
        return urljoin(api, "/wiki/$1")


def _licence(rights: Rights) -> str | None:
    """A licence by its SPDX name where it is one of Creative Commons, else as the wiki words it."""
    if found := _CREATIVE_COMMONS.search(rights.url or ""):
        return f"CC-{found[1].upper()}-{found[3]}" if found[1] else f"CC0-{found[3]}"
    return rights.text or rights.url or None
