"""A client of MediaWiki's API that keeps to its etiquette: one request at a time, named, compressed, and waiting where a wiki lags.

https://www.mediawiki.org/wiki/API:Etiquette, https://www.mediawiki.org/wiki/API:Continue and, for maxlag,
https://www.mediawiki.org/wiki/Manual:Maxlag_parameter. The API says what went wrong in an answer with status 200.
"""

import json
import logging
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode, urlsplit

from curation.sources.fetch.fetcher import Fetcher, FetchError
from curation.sources.fetch.fetcher import Page as Response
from curation.sources.wiki.answers import ApiError, Query

MAXLAG = 5
"""Seconds that the databases of a wiki may lag; a wiki that lags more answers that we shall wait."""

PAUSE = 5.0
"""Seconds to wait where a wiki asks to wait and does not say how long."""

BATCH = 50
"""Values of one parameter that a wiki takes from everybody (API:Data formats, limits)."""

LONGEST_VALUES = 6_000
"""Characters of one parameter in an address: servers refuse addresses of more than 8 kB, and a letter may take nine."""

LARGEST_ANSWER = 64_000_000
"""Bytes of an answer about many pages: a wiki's own limit is 8 MiB (`$wgAPIMaxResultSize`) before JSON escapes."""

_WAIT = frozenset({"maxlag", "ratelimited"})
_SHORT = 4_000  # bytes; an answer that asks to wait is short, so that longer ones are not parsed twice

_SURROGATE = re.compile(rb"\\u[dD][89a-fA-F]")

_LOG = logging.getLogger(__name__)

Parameters = Mapping[str, str]


@dataclass
class WikiApi:
    """The API of one wiki."""

    fetcher: Fetcher
    address: str  # of api.php
    batch: int = BATCH
    warnings: list[str] = field(default_factory=list)

    def ask(self, parameters: Parameters, largest: int = LARGEST_ANSWER) -> dict[str, Any]:
        """The answer to one question. `largest`, in bytes, is the most that it may have; 0: as much as the source's pages.

        Raises FetchError where there is no answer and ApiError where it is an error or is not understood.
        """
        answer = answer_of(self.respond(parameters, largest))
        self._note_warnings(answer)
        return answer

    def respond(self, parameters: Parameters, largest: int = LARGEST_ANSWER, anywhere: bool = False) -> Response:
        """The response to one question, whatever it says. `anywhere`: it may lead to another host. Raises FetchError."""
        hosts = None if anywhere else frozenset({urlsplit(self.address).netloc})
        url = question(self.address, parameters)
        try:
            return self.fetcher.fetch(url, accept="application/json", largest=largest, hosts=hosts, not_yet=seconds_to_wait)
        except FetchError as error:
            if error.status != 200 or not error.transient:
                raise
            raise FetchError("the wiki asked to wait at every try, since its databases lag; try again later", 200, True) from error

    def query(self, parameters: Parameters) -> Iterator[dict[str, Any]]:
        """Answers to `action=query`, each complete for its pages: what comes in parts is merged by page.

        Raises as `ask` does, and ApiError where a wiki continues in a circle.
        """
        asked = {"action": "query", "continue": "", **parameters}
        merged: dict[str, Any] = {}
        seen: set[str] = set()
        while True:
            answer = self.ask(asked)
            merge(merged, answer.get("query", {}))
            following = answer.get("continue")
            if "batchcomplete" in answer or not following:
                yield merged
                merged = {}
            if not following:
                return
            place = json.dumps(following, sort_keys=True)
            if not isinstance(following, dict) or place in seen:
                raise ApiError(f"the wiki continues its answer in a circle, or nowhere: {place[:200]}")
            seen.add(place)
            asked = {"action": "query", **parameters, **{str(name): str(value) for name, value in following.items()}}

    def query_each(self, name: str, values: Sequence[str], parameters: Parameters) -> Iterator[dict[str, Any]]:
        """Answers about many values of a parameter, in batches as large as the wiki takes them. Raises as `query` does."""
        start = 0
        while start < len(values):
            some = self._batch(values, start)
            try:
                yield from list(self.query({**parameters, name: "|".join(some)}))
            except ApiError as error:
                if error.code != "toomanyvalues" or len(some) == 1:
                    raise
                self.batch = max(1, min(error.limit or len(some) // 2, len(some) - 1))
                continue
            start += len(some)

    def _batch(self, values: Sequence[str], start: int) -> list[str]:
        some, size = list[str](), 0
        for value in values[start : start + self.batch]:
            size += len(quote(value, safe="")) + 3
            if some and size > LONGEST_VALUES:
                break
            some.append(value)
        return some

    def _note_warnings(self, answer: Mapping[str, Any]) -> None:
        found = answer.get("warnings")
        for module, warning in found.items() if isinstance(found, dict) else ():
            words = (warning.get("warnings") or warning.get("*")) if isinstance(warning, dict) else warning
            text = f"{module}: {words}"
            if text not in self.warnings:
                self.warnings.append(text)
                _LOG.warning("%s warns: %s", self.address, text[:500])


def question(address: str, parameters: Parameters) -> str:
    """The address of one question to an API."""
    common = {"format": "json", "formatversion": "2", "maxlag": str(MAXLAG)}
    return f"{address}?{urlencode({**parameters, **common}, errors='replace')}"


def seconds_to_wait(response: Response) -> float | None:
    """Seconds after which to ask again where a wiki answers that it lags or that we are too fast; None for an answer."""
    code = response.headers.get("mediawiki-api-error", "")
    if code not in _WAIT and len(response.content) < _SHORT:
        try:
            code = _error(json.loads(response.content)).get("code", "")
        except (ValueError, RecursionError):
            return None
    if code not in _WAIT:
        return None
    asked = response.headers.get("retry-after", "").strip()
    return float(asked) if asked.isdecimal() and len(asked) < 10 else PAUSE


def answer_of(response: Response) -> dict[str, Any]:
    """The answer in a response, in the form of formatversion 2. Raises ApiError where there is none, or an error."""
    if response.status != 200:
        raise ApiError(f"answered with HTTP status {response.status}")
    try:
        answer = _read(response.content)
    except (ValueError, RecursionError):
        start = response.content[:60].decode("utf-8", "replace")
        raise ApiError(f"answered with something that is no JSON: {start!r}") from None
    if not isinstance(answer, dict):
        raise ApiError("answered with JSON that is no answer of MediaWiki")
    if "error" in answer:
        error = _error(answer)
        code, limit = str(error.get("code", "")), error.get("limit")
        info = str(error.get("info") or error.get("text") or "no reason given")[:500]
        raise ApiError(f"the wiki refuses: {info} ({code})", code, limit if isinstance(limit, int) else None)
    query = answer.get("query", {})
    if not isinstance(query, dict):
        query = answer["query"] = {}  # PHP writes an empty dictionary as a list
    if isinstance(query.get("pages"), dict):
        query["pages"] = list(query["pages"].values())
    return answer


def _read(content: bytes) -> object:
    """JSON, with a question mark for each half of a pair that JSON can name and UTF-8 cannot write."""
    answer: object = json.loads(content)
    if _SURROGATE.search(content):
        answer = json.loads(json.dumps(answer, ensure_ascii=False).encode("utf-8", "replace"))
    return answer


def _error(answer: object) -> Mapping[str, Any]:
    found = answer.get("error") if isinstance(answer, dict) else None
    return found if isinstance(found, dict) else {}


def merge(merged: dict[str, Any], part: Query) -> None:
    """Adds the next part of an answer: pages by their id, lists appended, dictionaries joined."""
    for name, value in part.items():
        held = merged.get(name)
        if name == "pages" and isinstance(value, list):
            _merge_pages(merged.setdefault("pages", []), value)
        elif isinstance(held, list) and isinstance(value, list):
            held.extend(entry for entry in value if entry not in held)
        elif isinstance(held, dict) and isinstance(value, dict):
            merge(held, value)
        else:
            merged[name] = value


def _merge_pages(held: list[Any], more: list[Any]) -> None:
    places = {_key(page): place for place, page in enumerate(held)}
    for page in more:
        place = places.get(_key(page))
        if place is None or not isinstance(page, dict):
            places[_key(page)] = len(held)
            held.append(page)
        else:
            merge(held[place], page)


def _key(page: object) -> str:
    return str(page.get("pageid") or page.get("title")) if isinstance(page, dict) else repr(page)
