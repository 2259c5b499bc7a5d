"""Feeds of four kinds announce pages."""

import json
from typing import Any

import pytest

from curation.sources.crawl.feeds import json_entries, xml_entries
from curation.sources.crawl.sitemaps import Entry
from curation.sources.crawl.xml_stream import ListingError

A = "http://a.example/a"

RSS = """<?xml version="1.0"?><rss version="2.0" xmlns:atom="http://www.w3.org/2005/Atom"><channel><title>t</title>
<link>http://a.example/</link><atom:link rel="self" href="http://a.example/rss"/>{}</channel></rss>"""
RDF = """<?xml version="1.0"?><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">
<channel rdf:about="http://a.example/rss"><link>http://a.example/</link></channel>{}</rdf:RDF>"""
ATOM = """<?xml version="1.0"?><feed xmlns="http://www.w3.org/2005/Atom">
<link href="http://a.example/"/><link rel="self" href="/atom"/>{}</feed>"""


def hrefs(feed: str) -> list[str]:
    return [entry.href for entry in xml_entries([feed.encode()])]


@pytest.mark.parametrize(
    ("item", "href"),
    [
        ("<item><link>http://a.example/a</link></item>", A),
        ("<item><link>\n http://a.example/a\n</link><guid>http://a.example/other</guid></item>", A),
        ("<item><link><![CDATA[http://a.example/a]]></link></item>", A),
        ("<item><guid>http://a.example/a</guid></item>", A),
        ('<item><guid isPermaLink="false">http://a.example/a</guid></item>', ""),
        ("<item><guid>tag:a.example,2024:1</guid></item>", ""),
        ('<item><atom:link href="http://a.example/a"/></item>', A),
        ("<item><link>http://f.example/~r/1</link><f:origLink xmlns:f='f'>http://a.example/a</f:origLink></item>", A),
        ("<item><title>without an address</title></item>", ""),
    ],
)
def test_an_item_of_rss_leads_to_its_page(item: str, href: str) -> None:
    assert hrefs(RSS.format(item)) == [href]


def test_a_feed_of_rss_1_leads_to_its_pages() -> None:
    items = '<item rdf:about="http://a.example/1"><link>http://a.example/a</link></item><item rdf:about="http://a.example/2"/>'
    assert hrefs(RDF.format(items)) == [A, "http://a.example/2"]


@pytest.mark.parametrize(
    ("entry", "href"),
    [
        ('<entry><link href="http://a.example/a"/></entry>', A),
        ('<entry><link rel="enclosure" href="http://a.example/x.mp3"/><link rel="alternate" href="http://a.example/a"/></entry>', A),
        ('<entry><link type="application/pdf" href="/x.pdf"/><link type="text/html" href="http://a.example/a"/></entry>', A),
        ('<entry xml:base="http://a.example/x/"><link href="../a"/></entry>', A),
        ('<entry xml:base="http://b.example/"><link xml:base="http://a.example/" href="a"/></entry>', A),
        ("<entry><id>http://a.example/a</id></entry>", A),
        ("<entry><id>urn:uuid:1</id></entry>", ""),
        ('<entry><link href="http://a.example/a"/><source><link href="http://b.example/"/></source></entry>', A),
    ],
)
def test_an_entry_of_atom_leads_to_its_page(entry: str, href: str) -> None:
    assert hrefs(ATOM.format(entry)) == [href]


def test_an_entry_of_atom_says_when_it_was_changed() -> None:
    entry = '<entry><link href="http://a.example/a"/><updated>2024-05-01T10:00:00Z</updated></entry>'
    assert list(xml_entries([ATOM.format(entry).encode()])) == [Entry(A, "2024-05-01T10:00:00Z")]


def test_links_of_a_feed_are_relative_to_its_base() -> None:
    feed = ATOM.format('<entry><link href="a"/></entry>').replace("<feed ", '<feed xml:base="http://a.example/" ')
    assert hrefs(feed) == [A]


@pytest.mark.parametrize(
    "feed", [ATOM.format('<link rel="next" href="http://a.example/2"/>'), RSS.format('<atom:link rel="next" href="http://a.example/2"/>')]
)
def test_a_feed_in_several_parts_names_its_next(feed: str) -> None:
    assert list(xml_entries([feed.encode()])) == [Entry("http://a.example/2", is_list=True)]


def test_a_feed_with_a_name_of_html_is_read_and_the_fault_is_told() -> None:
    found = []
    with pytest.raises(ListingError, match="nbsp"):
        for entry in xml_entries([RSS.format("<item><title>a&nbsp;b</title><link>http://a.example/a</link></item>").encode()]):
            found.append(entry.href)
    assert found == [A]


@pytest.mark.parametrize(
    ("item", "href"),
    [
        ({"id": "1", "url": A}, A),
        ({"id": A}, A),
        ({"id": "1", "external_url": A}, A),
        ({"id": 1}, ""),
        ({"url": ["x"]}, ""),
        ("no item", ""),
        (None, ""),
    ],
)
def test_an_item_of_a_json_feed_leads_to_its_page(item: Any, href: str) -> None:
    assert list(json_entries(json.dumps({"version": "1.1", "items": [item]}).encode())) == [Entry(href)]


def test_a_json_feed_says_when_items_were_changed_and_names_its_next_part() -> None:
    feed = {"items": [{"url": A, "date_modified": "2024-05-01"}], "next_url": "http://a.example/2"}
    assert list(json_entries(json.dumps(feed).encode())) == [Entry(A, "2024-05-01"), Entry("http://a.example/2", is_list=True)]


@pytest.mark.parametrize("content", [b"{", b'{"items": 3}', b"{}", b'{"items": [' + b"[" * 100_000, b'{"a": ' + b"9" * 10_000 + b"}"])
def test_what_is_no_json_feed_is_told(content: bytes) -> None:
    with pytest.raises(ListingError, match=r"is no JSON"):
        list(json_entries(content))
