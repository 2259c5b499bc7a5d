"""Dumps of every age, compression and encoding, from the file to the text of a page."""

import bz2
import gzip
import io
import lzma
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import Captured
from wiki_server import RECORDED

from curation import document
from curation.decisions import Reason
from curation.document import Dropped
from curation.domains import Domain
from curation.extract import extract
from curation.sources.item import Item

Capture = Callable[..., Captured]
EXPORT = RECORDED.parents[1] / "wiki-export" / "wikipedia-sample.xml.gz"

TEXT = "'''Herons''' wade. They weigh 1–2&amp;nbsp;kg."
BEFORE = "<revision><id>7</id><timestamp>2019-01-01T00:00:00Z</timestamp>"
REVISIONS = {
    "0.3": f"{BEFORE}<contributor><username>A</username><id>1</id></contributor><comment>c</comment>"
    f'<text xml:space="preserve">{TEXT}</text></revision>',
    "0.6": f"{BEFORE}<contributor><ip>192.0.2.1</ip></contributor><sha1>x</sha1><text>{TEXT}</text><model>wikitext</model></revision>",
    "0.10": f"{BEFORE}<contributor/><model>wikitext</model><format>text/x-wiki</format>"
    f'<text xml:space="preserve" bytes="9">{TEXT}</text></revision>',
    "0.11": f'{BEFORE}<contributor deleted="deleted"/><comment deleted="deleted"/><origin>7</origin><model>wikitext</model>'
    f'<format>text/x-wiki</format><text bytes="9" sha1="x" xml:space="preserve">{TEXT}</text>'
    "<content><role>extra</role><origin>7</origin><model>json</model><format>application/json</format><text>{}</text></content></revision>",
}
WITHOUT_NS = ("0.3",)


def dump(version: str = "0.10", title: str = "Heron", before: str = "", revision: str = "") -> str:
    space = "" if version in WITHOUT_NS else f"<ns>{1 if title.startswith('Talk:') else 0}</ns>"
    return (
        f'<mediawiki xmlns="http://www.mediawiki.org/xml/export-{version}/" version="{version}" xml:lang="en"><siteinfo>'
        '<base>https://w.example/wiki/Main_Page</base><namespaces><namespace key="0" /><namespace key="1">Talk</namespace></namespaces>'
        f"</siteinfo><page><title>{title}</title>{space}<id>3</id>{before}{revision or REVISIONS[version]}</page></mediawiki>\n"
    )


def text_of(item: Item) -> str:
    assert item.content is not None, item.error
    captured = document.Captured(item.content, item.media_type, item.charset, item.native_id, item.uri, item.title, Domain.WIKI)
    return extract(captured).text


def sevenzipped(content: bytes) -> bytes:
    py7zr = pytest.importorskip("py7zr", reason="py7zr is not installed (the extra `archives`)")
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w") as archive:
        archive.writestr(content, "dump.xml")
    return buffer.getvalue()


PACKED: dict[str, Callable[[bytes], bytes]] = {
    "": bytes,
    ".gz": gzip.compress,
    ".bz2": bz2.compress,
    ".xz": lzma.compress,
    ".7z": sevenzipped,
}


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("ending", PACKED)
def test_a_dump_is_read_through_its_compression_and_its_encoding(tmp_path: Path, capture: Capture, ending: str, encoding: str) -> None:
    declared = f'<?xml version="1.0" encoding="{encoding}"?>\n' + dump()
    (tmp_path / f"dump.xml{ending}").write_bytes(PACKED[ending](declared.encode(encoding)))
    (item,) = capture(f"dump.xml{ending}").items
    assert (item.title, item.uri) == ("Heron", "https://w.example/wiki/Heron")
    assert text_of(item) == "Herons wade. They weigh 1–2\xa0kg."


def test_a_dump_in_several_compressed_streams_is_read_to_its_end(tmp_path: Path, capture: Capture) -> None:
    content = dump().encode()
    (tmp_path / "dump.xml.bz2").write_bytes(bz2.compress(content[:200]) + bz2.compress(content[200:]))  # as multistream dumps are
    assert [item.title for item in capture("dump.xml.bz2").items] == ["Heron"]


@pytest.mark.parametrize("version", REVISIONS)
def test_every_version_of_the_schema_is_read(tmp_path: Path, capture: Capture, version: str) -> None:
    (tmp_path / "dump.xml").write_text(dump(version))
    (item,) = capture("dump.xml").items
    assert (item.native_id, item.revision, item.modified) == ("3", "7", "2019-01-01T00:00:00Z")
    assert text_of(item) == "Herons wade. They weigh 1–2\xa0kg."


def reason(item: Item) -> Reason:
    with pytest.raises(Dropped) as caught:
        text_of(item)
    return caught.value.reason


@pytest.mark.parametrize("version", REVISIONS)
def test_a_talk_page_is_told_in_every_version(tmp_path: Path, capture: Capture, version: str) -> None:
    (tmp_path / "dump.xml").write_text(dump(version, title="Talk:Heron"))
    assert reason(capture("dump.xml").items[0]) is Reason.OTHER_NAMESPACE


def test_a_title_with_a_colon_that_names_no_namespace_is_an_article(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "dump.xml").write_text(dump("0.3", title="Heron: a bird"))
    assert text_of(capture("dump.xml").items[0])


@pytest.mark.parametrize("redirect", ["<redirect />", '<redirect title="Ardea" />'])
def test_a_redirect_is_told_by_its_mark(tmp_path: Path, capture: Capture, redirect: str) -> None:
    (tmp_path / "dump.xml").write_text(dump(before=redirect))
    assert reason(capture("dump.xml").items[0]) is Reason.REDIRECT


@pytest.mark.parametrize("text", ['<text deleted="deleted" />', '<text id="7" bytes="9" />', ""])
def test_a_page_without_a_text_is_dropped_as_empty(tmp_path: Path, capture: Capture, text: str) -> None:
    (tmp_path / "dump.xml").write_text(dump(revision=f"{BEFORE}<contributor/>{text}</revision>"))
    assert reason(capture("dump.xml").items[0]) is Reason.EMPTY


@pytest.mark.skipif(not EXPORT.is_file(), reason="the export in ../shared/wiki-export is not on this machine")
@pytest.mark.parametrize("packed", [".gz", ".bz2"])
def test_a_real_export_gives_each_of_its_pages_once(tmp_path: Path, capture: Capture, packed: str) -> None:
    content = gzip.decompress(EXPORT.read_bytes())
    (tmp_path / f"dump.xml{packed}").write_bytes(PACKED[packed](content))
    items = capture(f"dump.xml{packed}").items
    assert len(items) == len({item.native_id for item in items}) == content.count(b"<page>") == 496
    assert not [item.error for item in items if item.error]
