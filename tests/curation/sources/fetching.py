"""What the tests of the fetcher share: a source with no settings of its own, and a fetcher for it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.earlier import Fact
from curation.sources.fetch.fetcher import Fetcher, open_fetcher
from curation.sources.receipts import Receipts
from curation.sources.source import NetworkSource

CONTACT = "mailto:crawl@example.org"


class PlainSource(NetworkSource):
    """A network source of no kind in particular."""

    kind: Literal["plain"] = "plain"


def plain_source(**settings: Any) -> PlainSource:
    return PlainSource(id="s", domain=Domain.WIKI, **{"delay_seconds": 0.0, "private_addresses": True, **settings})


@contextmanager
def fetcher(
    folder: Path,
    contact: str = CONTACT,
    receipts: Receipts | None = None,
    robots: bool = True,
    stand_in: dict[str, str] | None = None,
    authorization: dict[str, str] | None = None,
    **settings: Any,
) -> Iterator[Fetcher]:
    """A fetcher whose journal is in a folder; settings are those of the source, and private addresses are well."""
    context = Context(folder, folder / "state", contact=contact, receipts=receipts or Receipts())
    with open_fetcher(plain_source(**settings), context, robots, stand_in, authorization) as opened:
        yield opened


def known(etag: str | None = None, modified: str | None = None, sha256: str | None = "0" * 64) -> Fact:
    """What an earlier capture knows of a page."""
    return Fact("n", "u", "text/html", None, None, None, modified, etag, sha256, None, None)
