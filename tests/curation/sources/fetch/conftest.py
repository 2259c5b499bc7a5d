"""What the tests of the fetcher share: two sites on the loopback interface."""

from collections.abc import Iterator

import pytest
from loopback_site import LoopbackSite, open_site


@pytest.fixture
def web() -> Iterator[LoopbackSite]:
    with open_site() as opened:
        yield opened


@pytest.fixture
def other() -> Iterator[LoopbackSite]:
    with open_site() as opened:
        yield opened
