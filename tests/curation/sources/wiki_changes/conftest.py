"""A wiki of four birds, and passes over it."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from small_wiki import SmallWiki, fill
from wiki_passes import SELECTIONS, WHOLE, Passes
from wiki_server import serving


@pytest.fixture
def wiki() -> Iterator[SmallWiki]:
    small = SmallWiki()
    with serving(small):
        texts = {name: f"{name} wades. [[Category:Birds]]" for name in ("Heron", "Stilt", "Stint", "Rook")}
        fill(small, {"Category:Birds": "", **texts})
        yield small


@pytest.fixture(params=SELECTIONS)
def passes(request: pytest.FixtureRequest, wiki: SmallWiki, tmp_path: Path) -> Passes:
    return Passes(wiki, tmp_path, dict(SELECTIONS[request.param]))


@pytest.fixture
def whole(wiki: SmallWiki, tmp_path: Path) -> Passes:
    """A wiki that is older than its first capture."""
    wiki.days_pass(1)
    return Passes(wiki, tmp_path, dict(WHOLE))
