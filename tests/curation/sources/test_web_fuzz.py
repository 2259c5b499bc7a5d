"""Whatever a site sends, it is read, or refused in words: nothing else is raised, and nothing takes long."""

import gzip
import json
from collections.abc import Iterable
from typing import Any

import pytest

from curation.sources.crawl.feeds import json_entries
from curation.sources.crawl.feeds import xml_entries as feed_entries
from curation.sources.crawl.links import read
from curation.sources.crawl.page_robots import of_header
from curation.sources.crawl.sitemaps import moment, robots_entries, text_entries, unpacked, xml_entries
from curation.sources.crawl.traps import Traps
from curation.sources.crawl.url_forms import address, key, session_of
from curation.sources.crawl.xml_stream import ListingError

hypothesis = pytest.importorskip("hypothesis")
given, settings, st = hypothesis.given, hypothesis.settings, hypothesis.strategies

BOUNDED = settings(max_examples=300, deadline=5_000, derandomize=True, suppress_health_check=list(hypothesis.HealthCheck))

PIECES = [
    *("<urlset>", "</urlset>", "<url>", "</url>", "<loc>", "</loc>", "<lastmod>", "http://a.example/x", "<sitemapindex>", "<sitemap>"),
    *(
        "<rss>",
        "<channel>",
        "<item>",
        "</item>",
        "<link>",
        "</link>",
        "<guid isPermaLink='false'>",
        "<feed xmlns='http://www.w3.org/2005/Atom'>",
    ),
    *(
        "<entry>",
        "</entry>",
        "<link href='/y'/>",
        "<link rel='next' href='?p=2'/>",
        "xml:base='http://['",
        "<![CDATA[",
        "]]>",
        "&amp;",
        "&x;",
    ),
    *(
        "<!DOCTYPE x [",
        "<!ENTITY a 'b'>",
        "]>",
        "<!--",
        "-->",
        "<?xml version='1.0' encoding='utf-16'?>",
        "<?xml version='1.0'?>",
        "\x00",
        "&#0;",
    ),
    *(
        "<a href='",
        "'>",
        "<base href='",
        "<meta name='robots' content='",
        "<link rel='canonical' href='",
        "<head>",
        "</head>",
        "</html>",
        "\ufeff",
    ),
    *(
        "<meta http-equiv='refresh' content='0;url=",
        "<iframe src='//",
        "<frameset>",
        "<svg>",
        "<table>",
        "\n",
        " ",
        "é",
        "\u2028",
        "%",
        "?",
        "#",
    ),
]
MARKUP = st.lists(st.sampled_from(PIECES) | st.text(max_size=8), max_size=40).map("".join)
BYTES = (
    MARKUP.map(lambda text: text.encode("utf-8", "replace"))
    | MARKUP.map(lambda text: text.encode("utf-16", "replace"))
    | st.binary(max_size=300)
)


def exhausted(entries: Iterable[Any]) -> None:
    """Reads to the end, or to an error in words."""
    try:
        for entry in entries:
            assert isinstance(entry.href, str)
    except ListingError as error:
        assert str(error)


@BOUNDED
@given(BYTES)
def test_sitemaps_and_feeds(content: bytes) -> None:
    exhausted(xml_entries(unpacked(content)))
    exhausted(feed_entries(unpacked(content)))
    exhausted(text_entries(unpacked(content)))
    exhausted(robots_entries(content))
    exhausted(json_entries(content))


@BOUNDED
@given(BYTES, st.integers(0, 400), st.integers(0, 400))
def test_damaged_gzip(content: bytes, cut: int, flipped: int) -> None:
    packed = bytearray(gzip.compress(content, mtime=0))
    packed[flipped % len(packed)] ^= 1 + cut % 255
    exhausted(xml_entries(unpacked(bytes(packed[: cut + 2]))))
    exhausted(xml_entries(unpacked(bytes(packed))))


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=9), inner, max_size=3),
    max_leaves=5,
)


@BOUNDED
@given(
    st.dictionaries(st.sampled_from(["items", "next_url", "version"]), st.lists(st.fixed_dictionaries({"url": JSON, "id": JSON})) | JSON)
)
def test_json_feeds(feed: Any) -> None:
    exhausted(json_entries(json.dumps(feed).encode()))


@BOUNDED
@given(
    BYTES,
    st.sampled_from([None, "utf-8", "utf-16", "latin-1", "shift_jis", "nonsense", "\x00"]),
    st.text(max_size=60),
    st.text(max_size=60),
)
def test_pages(content: bytes, charset: str | None, link: str, robots: str) -> None:
    found = read("http://a.example/b?c", content, "text/html", charset, {"link": link, "x-robots-tag": robots}, gist=True)
    for url in [*found.links, *found.refused, *filter(None, [found.canonical])]:
        assert address(url) == url
    assert isinstance(found.wishes.may_follow, bool)


HREFS = st.text(max_size=60) | st.lists(
    st.sampled_from(
        [*"/?#&=.:;@[]%\\", "..", "http:", "https://", "a.example", ":80", "%41", "%2F", "utm_x", "sid=0123456789abcdef", "é", "xn--", "\t"]
    ),
    max_size=20,
).map("".join)


@BOUNDED
@given(HREFS, HREFS)
def test_addresses_are_their_own_addresses_and_have_keys_of_their_own(href: str, base: str) -> None:
    session_of(href, base)
    url = address(href, base)
    if url is None:
        return
    assert url.isascii()
    assert address(url) == url
    assert key(key(url)) == key(url)
    assert Traps().trap(url) is None or len(url) > 20


@BOUNDED
@given(st.text(max_size=40))
def test_headers_and_times(text: str) -> None:
    moment(text)
    of_header(text)


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize(
    "content",
    [
        b"<urlset>" + b"<url>" * 200_000,
        b"<rss>" + b"<item><link>" * 100_000,
        b"<urlset " + b"a='b' " * 100_000 + b"/>",
        b"<html>" + b"<div>" * 300_000 + b"<a href='/x'>",
        b"<a href='" + b"../" * 300_000 + b"'>",
        b"<a href='/?" + b"&" * 300_000 + b"'>",
        b"<a " * 300_000,
        b"<meta http-equiv=refresh content='" + b" " * 300_000 + b"'>",
        b"<" * 1_000_000,
        b'{"items": [' + b'{"url": ' * 100_000,
    ],
    ids=["nested urls", "nested items", "attributes", "nested pages", "dots", "parameters", "anchors", "refresh", "brackets", "json"],
)
def test_what_is_made_to_take_long_does_not(content: bytes) -> None:
    for entries in (xml_entries, feed_entries, text_entries):
        exhausted(entries(unpacked(content)))
    exhausted(json_entries(content))
    read("http://a.example/", content, "text/html", None, {"link": "<" * 100_000, "x-robots-tag": ":," * 100_000}, gist=True)


@pytest.mark.usefixtures("no_hang")
@pytest.mark.parametrize(
    "header", ["<" * 100_000, "<x>;" * 50_000 + "canonical", '<x>; rel="' * 50_000 + "canonical", "<x>" + "; a" * 50_000 + "canonical"]
)
def test_a_link_header_that_is_made_to_take_long_does_not(header: str) -> None:
    read("http://a.example/", b"", "text/plain", None, {"link": header})
