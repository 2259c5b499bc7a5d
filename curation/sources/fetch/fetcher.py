"""One polite HTTP client beneath every source of a network.

Every page passes the rules of its host (`robots`) and is asked for by a `client`: that waits for its turn (`pace`), sends
and reads within limits (`transport`, `meter`, `decoding`, `addresses`), and puts its final answer on disk (`journal`).
"""

from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import contextmanager
from urllib.parse import urldefrag, urljoin, urlsplit

import httpx2

from curation.sources.context import Context
from curation.sources.earlier import Fact
from curation.sources.fetch.client import Client, Means, NotYet, Question, host_of, origin
from curation.sources.fetch.in_order import in_order
from curation.sources.fetch.journal import Given, Journal
from curation.sources.fetch.page import Answer, FetchError, Page
from curation.sources.fetch.robots import LARGEST, Robots, is_redirect
from curation.sources.fetch.robots import REDIRECTS as REDIRECTS_TO_RULES
from curation.sources.fetch.transport import Transport, web_address
from curation.sources.fetch.validators import validators
from curation.sources.source import NetworkSource
from warehouse.digests import sha256_bytes

__all__ = ["FetchError", "Fetcher", "Page", "open_fetcher", "origin"]

REDIRECTS = 5
"""Redirects that are followed to a page."""

RULES = "/robots.txt"


@contextmanager
def open_fetcher(
    source: NetworkSource,
    context: Context,
    robots: bool = True,
    stand_in: Mapping[str, str] | None = None,
    authorization: Mapping[str, str] | None = None,
) -> Iterator["Fetcher"]:
    """The client of one capture.

    Without `robots`, robots.txt is not asked: for programming interfaces whose etiquette says so. `stand_in` maps a host to
    the `address:port` that is asked in its place. `authorization` maps an origin (`https://host`) to the value of the
    Authorization header that it, and nothing else, is sent.

    An error that leaves the block takes what failed for the time being out of the journal, so that another try asks again;
    a kill does not.
    """
    stand_in = stand_in or {}
    journal = Journal(context.state)
    try:
        with Transport(source.private_addresses, frozenset(stand_in.values())) as transport:
            yield Fetcher(source, context, Means(transport, journal, stand_in, authorization or {}), robots)
    except Exception:
        journal.forget_failures()
        raise
    finally:
        journal.close()


class Fetcher:
    """Fetches pages; for any number of threads."""

    def __init__(self, source: NetworkSource, context: Context, means: Means, robots: bool) -> None:
        self._largest = int(source.max_page_megabytes * 1e6)
        self._concurrency = source.concurrency
        self._client = Client(source, context, means, self._asked_delay)
        self._robots = Robots(self._client.agent, self._read_robots) if robots else None

    def fetch(
        self,
        url: str,
        fact: Fact | None = None,
        accept: str = "",
        largest: int = 0,
        hosts: frozenset[str] | None = None,
        not_yet: Callable[[Page], float | None] | None = None,
    ) -> Page:
        """The response to an address, redirects followed. `largest`, in bytes, goes before the source's own limit.

        `fact` is what is known of it from before, for a conditional request. `hosts` are those that a redirect may lead to;
        None: any. `not_yet` gives the seconds after which to ask again where a response is no answer. The same request is
        sent once in a capture, and answered from the journal after that.

        Raises FetchError, and SourceError where the journal cannot be written.
        """
        address, seen = self._next(url, url), [url]
        while True:
            self._require_allowed(address)
            headers = (("Accept", accept or "*/*"), *validators(fact, moved=len(seen) > 1))
            question = Question(address, headers, largest or self._largest)
            answer = self._rules(url, address) or self._client.ask(question, not_yet and _of_pages(not_yet, url, address)).answer
            target = answer.headers.get("location")
            if target is None or not is_redirect(answer):
                unchanged = answer.status == 304 and question.is_conditional
                return Page(url, address, answer.status, answer.headers, answer.content, unchanged)
            address = self._next(address, target)
            if hosts is not None and urlsplit(address).netloc not in hosts:
                raise FetchError(f"moved to {address}, which is not on a host of the source", answer.status)
            if address in seen or len(seen) > REDIRECTS:
                raise FetchError(f"moved in a circle, or too often: {' to '.join([*seen, address])}", answer.status)
            seen.append(address)

    def fetch_all(
        self,
        urls: Iterable[str],
        facts: Callable[[str], Fact | None] | None = None,
        accept: str = "",
        largest: int = 0,
        hosts: frozenset[str] | None = None,
        not_yet: Callable[[Page], float | None] | None = None,
    ) -> Iterator[tuple[str, Page | FetchError]]:
        """The responses to many addresses, in their order, each with what went wrong in its place.

        `facts` gives what is known of an address from before. `urls` is read a few ahead; each host is asked in their order,
        for as many at a time as the source's `concurrency` says.
        """

        def fetched(url: str, fact: Fact | None) -> Page | FetchError:
            try:
                return self.fetch(url, fact, accept, largest, hosts, not_yet)
            except FetchError as error:
                return error

        asked = ((url, facts(url) if facts else None) for url in urls)
        for (url, _), answer in in_order(asked, lambda pair: fetched(*pair), lambda pair: host_of(pair[0]), self._concurrency):
            yield url, answer

    def repeats_secret(self, page: Page) -> bool:
        """Whether a site sent back what it was authorized with, so that its response holds a secret."""
        return self._client.holds_secret(page.headers, page.content)

    def _next(self, address: str, target: str) -> str:
        """Where a redirect leads. Raises FetchError for what is no address, or holds the secret of the one who asked."""
        try:
            found = urldefrag(urljoin(address, target)).url
            httpx2.URL(found)
        except (ValueError, httpx2.InvalidURL) as error:
            raise FetchError(f"could not be had: {type(error).__name__}: {self._client.masked(str(error))}") from error
        if self._client.holds_secret({"location": target}):
            raise FetchError("moved to an address with the secret of `authorization`, which the site sent back; it is not followed")
        return found

    def _rules(self, url: str, address: str) -> Answer | None:
        """The answer by which the rules were read, where they are asked for as a page; None where it was not read to its end."""
        if not self._robots or url != f"{origin(url)}{RULES}":
            return None
        answer = self._client.ask(_of_rules(address)).answer
        return answer if len(answer.content) < LARGEST else None

    def _require_allowed(self, url: str) -> None:
        web_address(url)
        if self._robots and not self._robots.of(origin(url)).allow(url):
            raise FetchError("robots.txt does not allow this page")

    def _asked_delay(self, url: str) -> float:
        known = self._robots and self._robots.known(origin(url))
        return known.delay if known else 0.0

    def _read_robots(self, url: str, since: float) -> Given:
        """The last answer to a robots.txt, redirects followed."""
        address = url
        for _ in range(REDIRECTS_TO_RULES + 1):
            given = self._client.ask(_of_rules(address), since=since)
            target = given.answer.headers.get("location")
            if target is None or not is_redirect(given.answer):
                break
            address = self._next(address, target)
        found = 200 <= given.answer.status < 300
        self._client.receipts.of(host_of(url)).robots = sha256_bytes(given.answer.content) if found else ""
        return given


def _of_rules(address: str) -> Question:
    return Question(address, (), LARGEST, cut=True)


def _of_pages(not_yet: Callable[[Page], float | None], url: str, address: str) -> NotYet:
    return lambda answer: not_yet(Page(url, address, answer.status, answer.headers, answer.content))
