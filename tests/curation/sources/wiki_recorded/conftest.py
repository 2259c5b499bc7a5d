"""Real wikis as they were recorded."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from recordings import Opened
from wiki_server import RecordedWiki, serving

from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.fetch.fetcher import open_fetcher
from curation.sources.mediawiki import MediaWikiSource
from curation.sources.wiki.api import WikiApi


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens a recorded wiki: its client, and the wiki itself."""
    with ExitStack() as stack:

        def recorded(name: str = "wikipedia", **how: Any) -> Opened:
            wiki = RecordedWiki(name, **how)
            stack.enter_context(serving(wiki))
            common: dict[str, Any] = {"delay_seconds": 0.0, "private_addresses": True, "titles": ["Any"]}
            source = MediaWikiSource(kind="mediawiki", id="w", domain=Domain.WIKI, wiki=wiki.address, **common)
            (tmp_path / name).mkdir()
            fetcher = stack.enter_context(open_fetcher(source, Context(tmp_path, tmp_path / name, contact="me@a.example"), robots=False))
            return WikiApi(fetcher, wiki.address + wiki.paths[0]), wiki

        yield recorded


@pytest.fixture
def api(opened: Callable[..., Opened]) -> WikiApi:
    return opened()[0]


@pytest.fixture
def fandom(opened: Callable[..., Opened]) -> WikiApi:
    return opened("fandom")[0]
