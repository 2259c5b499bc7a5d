"""The capture before this one: facts and content, found quickly in any order."""

import random
import time
from pathlib import Path

import pytest

from curation.capture import capture_source
from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.earlier import HELD, Earlier
from curation.sources.item import Item
from curation.sources.source import Source

PAGES = 3000


def captured(folder: Path, items: list[Item]) -> Earlier:
    """What is known after a capture of some items."""

    class Given(Source):
        kind: str = "given"

        def items(self, context: Context) -> object:  # type: ignore[override]  # noqa: ARG002
            return iter(items)

    folder.mkdir()
    capture_source(Given(id="s", domain=Domain.WIKI), Context(folder, folder), folder)
    return Earlier(sorted(folder.glob("*.parquet")))


@pytest.fixture(scope="module")
def earlier(tmp_path_factory: pytest.TempPathFactory) -> Earlier:
    noise = random.Random(1)
    items = [Item(str(n), f"http://w/{n}", noise.randbytes(8000), "text/html", etag=f'"{n}"', licence="CC0") for n in range(PAGES)]
    return captured(tmp_path_factory.mktemp("e") / "capture", items)


def test_a_fact_is_what_was_captured_without_its_content(earlier: Earlier) -> None:
    fact = earlier.fact("7")
    assert fact is not None
    assert (fact.uri, fact.etag, fact.media_type, fact.error) == ("http://w/7", '"7"', "text/html", None)
    assert earlier.fact("absent") is None
    assert [fact.native_id for fact in earlier.facts()] == [str(n) for n in range(PAGES)]


def test_an_item_comes_back_as_it_was_captured(earlier: Earlier) -> None:
    noise = random.Random(1)
    contents = [noise.randbytes(8000) for _ in range(PAGES)]
    for number in (0, 1, PAGES - 1, 1500, 2):
        item = earlier.item(str(number))
        assert item is not None
        assert (item.content, item.licence, item.etag) == (contents[number], "CC0", f'"{number}"')


def test_what_failed_or_was_not_there_has_no_item(tmp_path: Path) -> None:
    earlier = captured(tmp_path / "c", [Item.failed("a", "u", "broken"), Item.vanished("b", "u", "404")])
    assert [earlier.item(name) for name in "abc"] == [None, None, None]
    assert earlier.fact("a") is not None


def test_without_an_earlier_capture_nothing_is_known() -> None:
    assert Earlier().fact("a") is None
    assert list(Earlier().facts()) == []


def test_every_item_is_had_quickly_in_order_and_at_random(earlier: Earlier) -> None:
    names = [str(number) for number in range(PAGES)]
    for _ in range(2):
        begun = time.monotonic()
        assert all(earlier.item(name) for name in names)
        assert time.monotonic() - begun < 10
        random.Random(2).shuffle(names)
    assert len(earlier._groups) <= HELD
