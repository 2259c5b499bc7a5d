"""A small wiki that answers."""

from collections.abc import Iterator

import pytest
from small_wiki import SmallWiki
from wiki_server import serving


@pytest.fixture
def wiki() -> Iterator[SmallWiki]:
    small = SmallWiki()
    with serving(small):
        yield small
