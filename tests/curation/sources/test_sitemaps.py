"""Sitemaps and lists of addresses, read as they come."""

import tracemalloc
from datetime import UTC, datetime

import pytest
from web_site import packed, sitemap, sitemap_index

from curation.sources.crawl.sitemaps import LARGEST, Entry, moment, robots_entries, text_entries, unpacked, xml_entries
from curation.sources.crawl.xml_stream import ListingError

A, B = "http://a.example/a", "http://a.example/b"


def entries(content: bytes) -> list[Entry]:
    return list(xml_entries(unpacked(content)))


def test_a_sitemap_lists_addresses_and_when_they_were_changed() -> None:
    assert entries(sitemap(A, B, lastmod="2024-05-01")) == [Entry(A, "2024-05-01"), Entry(B, "2024-05-01")]


def test_an_index_lists_sitemaps() -> None:
    assert entries(sitemap_index(A, B)) == [Entry(A, is_list=True), Entry(B, is_list=True)]


def test_a_packed_sitemap_is_the_same_as_the_plain_one() -> None:
    plain = sitemap(*(f"{A}{number}" for number in range(5_000)))
    assert entries(packed(plain)) == entries(plain)
    halves = packed(plain[:1000]) + packed(plain[1000:])
    assert entries(halves) == entries(plain)


@pytest.mark.parametrize(
    "content",
    [
        b"<urlset><url><loc> http://a.example/a </loc></url></urlset>",
        b'<?xml version="1.0"?><x:urlset xmlns:x="http://www.sitemaps.org/schemas/sitemap/0.9"><x:url><x:loc>http://a.example/a</x:loc></x:url></x:urlset>',
        b"<!-- made by x --><urlset><url><loc><![CDATA[http://a.example/a]]></loc><priority>1</priority></url></urlset>",
        "<?xml version='1.0' encoding='utf-16'?><urlset><url><loc>http://a.example/a</loc></url></urlset>".encode("utf-16"),
        b'<urlset xmlns:image="i"><url><image:image><image:loc>http://a.example/i.png</image:loc></image:image><loc>http://a.example/a</loc></url></urlset>',
    ],
    ids=["without a namespace", "prefixed", "quoted", "utf-16", "with images"],
)
def test_a_sitemap_of_another_hand_is_read(content: bytes) -> None:
    assert entries(content) == [Entry(A)]


def test_an_address_with_an_ampersand_is_whole() -> None:
    assert entries(sitemap("http://a.example/x?a=1&amp;b=2")) == [Entry("http://a.example/x?a=1&b=2")]


def read_until_error(content: bytes) -> tuple[list[Entry], str]:
    """What a sitemap gives before it is refused, and why it is."""
    found: list[Entry] = []
    with pytest.raises(ListingError) as error:
        found.extend(xml_entries(unpacked(content)))
    return found, str(error.value)


def test_what_a_broken_sitemap_still_says_is_used_and_the_break_is_told() -> None:
    found, error = read_until_error(sitemap(A, B)[:-20])
    assert found[0] == Entry(A)
    assert "not well-formed XML" in error


def test_a_packed_sitemap_that_ends_in_the_middle_is_told() -> None:
    plain = sitemap(*(f"{A}{number * 7919}" for number in range(20_000)))
    found, error = read_until_error(packed(plain)[:-5_000])
    assert len(found) > 1_000
    assert "ends in the middle" in error


BOMB = b"""<?xml version="1.0"?><!DOCTYPE urlset [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;">
<!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;"><!ENTITY d "&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;">]><urlset><url><loc>&d;</loc></url></urlset>"""
FILE = b'<!DOCTYPE urlset [<!ENTITY x SYSTEM "file:///etc/passwd">]><urlset><url><loc>&x;</loc></url></urlset>'


@pytest.mark.parametrize("content", [BOMB, FILE, BOMB.decode().encode("utf-16")], ids=["billion laughs", "file", "in utf-16"])
def test_xml_that_declares_entities_is_refused(content: bytes) -> None:
    found, error = read_until_error(content)
    assert found == []
    assert "declares entities" in error


def test_a_bomb_of_gzip_is_refused_in_little_memory() -> None:
    bomb = packed(b"<urlset>" + b" " * (LARGEST * 2))
    tracemalloc.start()
    found, error = read_until_error(bomb)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (found, "larger than 52 megabytes" in error) == ([], True)
    assert peak < 5_000_000


def test_a_list_of_addresses_has_one_a_line() -> None:
    content = "\ufeffhttp://a.example/a\r\n\n# a remark\n  http://a.example/b".encode()
    assert list(text_entries(unpacked(content))) == [Entry(A), Entry(B)]
    assert list(text_entries(unpacked(packed(content)))) == [Entry(A), Entry(B)]


def test_a_long_list_of_addresses_is_read_in_pieces_without_losing_one() -> None:
    lines = [f"http://a.example/{number}{'x' * (number % 97)}" for number in range(5_000)]
    for end in ("\n", "\r\n"):
        assert [entry.href for entry in text_entries(unpacked(end.join(lines).encode()))] == lines


def test_a_line_without_end_is_no_list_of_addresses() -> None:
    with pytest.raises(ListingError, match="no list of addresses"):
        list(text_entries(unpacked(b"x" * 500_000)))


def test_a_robots_txt_names_sitemaps() -> None:
    content = b"User-agent: *\nDisallow: /x\nSitemap: http://a.example/a\nsitemap: http://a.example/b\n"
    assert list(robots_entries(content)) == [Entry(A, is_list=True), Entry(B, is_list=True)]


@pytest.mark.parametrize(
    ("stamp", "time"),
    [
        ("2024-05-01T10:00:00Z", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01T10:00:00+02:00", datetime(2024, 5, 1, 8, tzinfo=UTC)),
        ("2024-05-01T10:00", datetime(2024, 5, 1, 10, tzinfo=UTC)),
        ("2024-05-01", datetime(2024, 5, 1, 23, 59, 59, tzinfo=UTC)),
        ("2024-02", datetime(2024, 2, 29, 23, 59, 59, tzinfo=UTC)),
        ("2024", datetime(2024, 12, 31, 23, 59, 59, tzinfo=UTC)),
        ("2024-02-30", None),
        ("yesterday", None),
        ("", None),
        ("0001-01-01T00:00:00+23:59", None),
        ("²", None),
        ("2024-13", None),
    ],
)
def test_a_time_is_read_as_it_is_written_and_a_vague_one_is_its_last_moment(stamp: str, time: datetime | None) -> None:
    assert moment(stamp) == time
