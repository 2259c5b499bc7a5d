"""MediaWiki dumps, cut into pages as they stream by."""

import gzip
import io
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from typing import IO

import pytest
from archives import Captured, zipped

from curation.sources import dump
from curation.sources.dump import is_dump, pages
from curation.sources.item import Item
from warehouse.digests import sha256_bytes

HEAD = '<mediawiki xmlns="http://www.mediawiki.org/xml/export-0.11/"><siteinfo><base>https://w.example/wiki/Main_Page</base></siteinfo>\n'
END = "</mediawiki>\n"
LARGEST = 1_000_000


def page(number: int, title: str = "", text: str = "text", more: str = "") -> str:
    return (
        f"<page><title>{title or f'Page {number}'}</title><ns>0</ns><id>{number}</id><revision><id>{number}0</id><parentid>3</parentid>"
        f"<timestamp>2020-01-0{number % 9 + 1}T00:00:00Z</timestamp><contributor><id>9</id></contributor>"
        f"<text>{text}</text></revision>{more}</page>"
    )


def whole(*inner: str) -> str:
    return HEAD + "\n".join(inner) + END


def cut(content: str | bytes, largest: int = LARGEST) -> list[Item]:
    stream: IO[bytes] = io.BytesIO(content.encode() if isinstance(content, str) else content)
    return list(pages(stream, "dump.xml", largest))


def test_each_page_is_an_item_with_the_bytes_it_had() -> None:
    one, two = cut(whole(page(1), page(2)))
    assert one.content == page(1).encode()
    assert (two.native_id, two.title, two.revision, two.modified) == ("2", "Page 2", "20", "2020-01-03T00:00:00Z")
    assert (two.uri, two.media_type, two.charset) == ("https://w.example/wiki/Page_2", "application/x-mediawiki-page+xml", "utf-8")


def test_entities_in_a_title_are_resolved_once() -> None:
    (item,) = cut(whole(page(1, title="Q&amp;A &lt;&quot;é&quot;&gt; &amp;amp;")))
    assert item.title == 'Q&A <"é"> &amp;'


def test_the_latest_revision_of_a_history_counts() -> None:
    second = "<revision><id>77</id><timestamp>2021-05-05T00:00:00Z</timestamp><text/></revision>"
    upload = "<upload><timestamp>2022-01-01T00:00:00Z</timestamp></upload>"
    (item,) = cut(whole(page(1, more=second + upload)))
    assert (item.revision, item.modified) == ("77", "2021-05-05T00:00:00Z")


def test_a_page_without_revisions_has_none() -> None:
    (item,) = cut(whole("<page><title>Bare</title><id>5</id></page>"))
    assert (item.native_id, item.revision, item.modified) == ("5", None, None)


def test_a_dump_that_names_no_site_is_addressed_by_its_file() -> None:
    (item,) = cut("<mediawiki>" + page(1) + END)
    assert item.uri == "file:dump.xml#Page_1"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be"])
def test_a_dump_is_read_in_every_encoding_that_xml_requires(encoding: str) -> None:
    content = whole(page(1, text="Привет, é, 🍓")).encode(encoding)
    assert is_dump(content[:4096])
    assert [item.content for item in cut(content)] == [page(1, text="Привет, é, 🍓").encode()]


@pytest.mark.parametrize("size", [2, 3, 7, 64, 257])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_page_may_lie_across_the_edges_of_chunks(size: int, encoding: str, monkeypatch: pytest.MonkeyPatch) -> None:
    content = whole(page(1, text="é" * 50), page(2), page(3)).encode(encoding)
    expected = cut(content)
    monkeypatch.setattr(dump, "CHUNK", size)
    assert [item.content for item in cut(content)] == [item.content for item in expected]
    assert len(expected) == 3


@pytest.mark.parametrize("last", [whole(page(1), page(2))[:-40], whole(page(1)).removesuffix(END), HEAD])
def test_a_truncated_dump_gives_its_whole_pages_and_a_failed_item(last: str) -> None:
    *found, end = cut(last)
    assert all(item.error is None for item in found)
    assert end.native_id == "dump.xml#truncated"
    assert "truncated" in (end.error or "")


def test_a_dump_without_pages_is_a_failed_item_that_says_so() -> None:
    for content in (whole(), "no dump at all", ""):
        (item,) = cut(content)
        assert item.native_id == "dump.xml#empty"
        assert "there is no <page> in it" in (item.error or "")


def test_a_page_larger_than_the_limit_is_a_failed_item_and_the_others_are_read() -> None:
    large = page(2, text="x" * 5000)
    items = cut(whole(page(1), large, page(3)), largest=1000)
    assert [item.native_id for item in items] == ["1", "dump.xml#oversized-2", "3"]
    assert items[1].error == "page 2 is larger than 1000 bytes"


def test_a_page_of_exactly_the_limit_is_read() -> None:
    size = len(page(1).encode())
    assert cut(whole(page(1)), largest=size)[0].error is None
    assert cut(whole(page(1)), largest=size - 1)[0].error is not None


class Endless(io.RawIOBase):
    """A dump with one page that goes on and on, made as it is read."""

    def __init__(self, megabytes: int) -> None:
        self.left = [*([(b"x" * dump.CHUNK)] * megabytes), (HEAD + "<page><title>Long</title>").encode()]
        self.left.insert(0, ("</page>" + page(2) + END).encode())

    def read(self, _size: int = -1) -> bytes:
        return self.left.pop() if self.left else b""


def test_a_huge_page_is_held_in_memory_only_up_to_the_limit() -> None:
    tracemalloc.start()
    items = list(pages(Endless(100), "dump.xml", LARGEST))  # type: ignore[arg-type]
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert [item.native_id for item in items] == ["dump.xml#oversized-1", "2"]
    assert peak < 20e6


Capture = Callable[..., Captured]


def test_a_dump_is_told_by_its_content_and_read_through_its_compression(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "any.bin").write_bytes(gzip.compress(whole(page(1), page(2)).encode()))
    assert [item.native_id for item in capture("any.bin").items] == ["1", "2"]


def test_a_truncated_compressed_dump_gives_its_whole_pages_and_a_failed_item(tmp_path: Path, capture: Capture) -> None:
    content = whole(*(page(number, text=sha256_bytes(str(number).encode()) * 5) for number in range(2000)))
    (tmp_path / "dump.xml.gz").write_bytes(gzip.compress(content.encode())[:-2000])
    captured = capture("dump.xml.gz")
    assert len(captured.contents) > 1000
    assert list(captured.errors) == ["dump.xml"]


def test_pages_of_two_dumps_of_one_source_do_not_share_ids(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"de.xml": whole(page(1)).encode(), "en.xml": whole(page(1)).encode()}))
    assert list(capture("x.zip").contents) == ["de.xml#1", "en.xml#1"]


def test_a_file_that_the_recipe_calls_a_dump_and_that_is_none_is_a_failed_item(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "dump.xml").write_text("<html>404 not found</html>")
    captured = capture("dump.xml", format="mediawiki-xml")
    assert list(captured.errors) == ["dump.xml#empty"]
