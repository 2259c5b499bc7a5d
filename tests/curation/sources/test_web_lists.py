"""Sitemaps, feeds and lists of addresses tell a crawl where to begin."""

import json
from typing import Any

import pytest
from web_capture import Passes, source
from web_site import Reply, WebSite, packed, page, sitemap, sitemap_index

from curation.sources.item import Item
from warehouse.errors import SourceError


@pytest.fixture
def crawl(web: WebSite, passes: Passes) -> Any:
    """Captures what lists at some paths lead to; items by path."""

    def crawled(*lists: str, kind: str = "sitemaps", **settings: Any) -> dict[str, Item]:
        found = passes.items(source(**{kind: [web.address + path for path in lists], "max_depth": 0, **settings}))
        return {item.native_id.replace(web.address, ""): item for item in found}

    return crawled


@pytest.fixture
def pages(web: WebSite) -> list[str]:
    """Four pages; their addresses."""
    for name in "abcd":
        web.put(f"/{name}", page(text=name))
    return [f"{web.address}/{name}" for name in "abcd"]


def reason(item: Item) -> str:
    return item.error or ""


def test_the_pages_of_a_sitemap_are_captured_and_their_links_followed_as_deep_as_wanted(web: WebSite, crawl: Any, pages: list[str]) -> None:
    web.put("/b", page("/d", "/e"))
    web.put("/e", page())
    web.pages["/sitemap.xml"] = Reply(sitemap(*pages[:2]))
    assert list(crawl("/sitemap.xml")) == ["/a", "/b"]
    assert list(crawl("/sitemap.xml", max_depth=1)) == ["/a", "/b", "/d", "/e"]


def test_an_index_leads_to_sitemaps_of_every_kind_each_read_once_though_they_name_each_other(
    web: WebSite, crawl: Any, pages: list[str]
) -> None:
    site = web.address
    web.pages["/index.xml"] = Reply(sitemap_index(f"{site}/1.xml.gz", f"{site}/deeper.xml", f"{site}/index.xml"))
    web.pages["/deeper.xml"] = Reply(sitemap_index(f"{site}/2.txt", f"{site}/index.xml", f"{site}/1.xml.gz"))
    web.pages["/1.xml.gz"] = Reply(packed(sitemap(*pages[:2])), headers={"Content-Type": "application/x-gzip"})
    web.pages["/2.txt"] = Reply("\n".join(pages[2:]).encode(), headers={"Content-Type": "text/plain"})
    assert list(crawl("/index.xml")) == ["/a", "/b", "/c", "/d"]
    assert web.asked()[:4] == ["/index.xml", "/1.xml.gz", "/deeper.xml", "/2.txt"]


def test_the_sitemaps_that_a_robots_txt_names_are_read(web: WebSite, crawl: Any, pages: list[str]) -> None:
    web.pages["/robots.txt"] = Reply(f"User-agent: *\nDisallow: /c\nSitemap: {web.address}/map\n".encode())
    web.pages["/map"] = Reply(sitemap(*pages))
    found = crawl("/robots.txt")
    assert list(found) == ["/a", "/b", "/c", "/d"]
    assert reason(found["/c"]) == "robots.txt does not allow this page"


RSS = '<rss version="2.0"><channel><item><link>{}</link></item><item><link>{}</link></item></channel></rss>'
RDF = (
    '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns="http://purl.org/rss/1.0/">'
    "<item><link>{}</link></item><item><link>{}</link></item></rdf:RDF>"
)
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><entry><link href="{}"/></entry><entry><link href="{}"/></entry></feed>'
JSON = '{{"version": "https://jsonfeed.org/version/1.1", "items": [{{"url": "{}"}}, {{"url": "{}"}}]}}'


@pytest.mark.parametrize("feed", [RSS, RDF, ATOM, JSON], ids=["RSS 2.0", "RSS 1.0", "Atom", "JSON Feed"])
@pytest.mark.parametrize("kind", ["feeds", "sitemaps"])
def test_the_pages_of_a_feed_are_captured_and_a_feed_may_be_a_sitemap(
    web: WebSite, crawl: Any, pages: list[str], feed: str, kind: str
) -> None:
    web.pages["/feed"] = Reply(feed.format(*pages[:2]).encode())
    assert list(crawl("/feed", kind=kind)) == ["/a", "/b"]


def test_a_feed_in_parts_is_read_to_its_end_and_a_circle_of_parts_ends(web: WebSite, crawl: Any, pages: list[str]) -> None:
    for name, page_of_it, following in (("/1", pages[0], "/2"), ("/2", pages[1], "/1")):
        web.pages[name] = Reply(json.dumps({"items": [{"url": page_of_it}], "next_url": web.address + following}).encode())
    assert list(crawl("/1", kind="feeds")) == ["/a", "/b"]


def test_the_lines_of_a_start_file_are_addresses_to_begin_at(web: WebSite, passes: Passes, pages: list[str]) -> None:
    (passes.folder / "list.txt").write_text(f"# mine\n{pages[0]}\n\n{pages[2]}#part\nno address\n")
    listed = source(start_file="list.txt", max_depth=0)
    found = {item.native_id.replace(web.address, ""): item for item in passes.items(listed)}
    assert list(found) == ["/a", "/c", "(start_file)"]
    assert reason(found["(start_file)"]).endswith("1 address, such as no address")
    before = listed.fingerprint(passes.folder)
    (passes.folder / "list.txt").write_text(pages[0])
    assert listed.fingerprint(passes.folder) != before


def test_a_start_file_that_is_missing_is_an_error_that_says_what_to_do(passes: Passes) -> None:
    with pytest.raises(SourceError, match=r"list.txt cannot be read: No such file or directory. Check `start_file`"):
        passes.items(source(start_file="list.txt"))


def test_a_source_without_anything_to_begin_at_is_refused() -> None:
    with pytest.raises(ValueError, match="nothing to begin at: set `start`, `start_file`, `sitemaps` or `feeds`"):
        source()


@pytest.mark.parametrize("host", ["http://a.example", "a b", "", "a.example/x"])
def test_a_host_that_is_none_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="is no host; it is written as"):
        source("http://a.example/", hosts=[host])


def test_listed_addresses_on_other_hosts_are_one_row_that_says_what_to_set(web: WebSite, crawl: Any, pages: list[str]) -> None:
    web.pages["/map"] = Reply(sitemap(pages[0], "http://b.example/x", "http://c.example/y"))
    found = crawl("/map")
    assert list(found) == ["/a", "(other hosts in lists)"]
    assert reason(found["(other hosts in lists)"]).startswith(
        "not asked for: listed, but not on a host of the source; see `hosts`; 2 addresses"
    )


def test_a_further_host_belongs_to_the_source(web: WebSite, passes: Passes) -> None:
    other = web.address.replace("127.0.0.1", "localhost")
    web.put("/", page(f"{other}/a"))
    web.put("/a", page())
    found = passes.items(source(f"{web.address}/", hosts=[other.removeprefix("http://")]))
    assert [item.uri for item in found] == [f"{web.address}/", f"{other}/a"]


def test_the_patterns_hold_for_listed_addresses(web: WebSite, crawl: Any, pages: list[str]) -> None:
    web.pages["/map"] = Reply(sitemap(*pages))
    assert list(crawl("/map", exclude=["/b"], include=["/?"])) == ["/a", "/c", "/d"]


@pytest.mark.parametrize(
    ("reply", "error"),
    [
        (Reply(b"", 404), "HTTP status 404"),
        (Reply(b"<!DOCTYPE html><html><p>no such page"), "is a page of HTML, not a sitemap or a feed"),
        (Reply(b"\x1f\x8bxyz"), "is damaged"),
        (Reply(b"{}"), "is no JSON Feed"),
        (Reply(b"<urlset><url>"), "is not well-formed XML"),
        (Reply(b"<!DOCTYPE x [<!ENTITY a 'b'>]><urlset/>"), "declares entities"),
        (Reply(b"x" * 200_000), "no list of addresses"),
    ],
)
def test_a_list_that_cannot_be_read_is_a_failed_item_with_the_reason(
    web: WebSite, crawl: Any, pages: list[str], reply: Reply, error: str
) -> None:
    web.pages["/good"], web.pages["/map"] = Reply(sitemap(*pages[:2])), reply
    found = crawl("/map", "/good")
    assert [path for path, item in found.items() if item.error is None] == ["/a", "/b"]
    assert error in reason(found["/map"])


def test_an_entry_without_an_address_is_counted(web: WebSite, crawl: Any, pages: list[str]) -> None:
    web.pages["/feed"] = Reply(RSS.format(pages[0], "").encode())
    assert "entries without an address of the web; 1 address" in reason(crawl("/feed", kind="feeds")["(no address in /feed)"])


@pytest.mark.parametrize("reply", [Reply(sitemap("/a", "not an address")), Reply(b"/a\nnot an address\n")], ids=["XML", "text"])
@pytest.mark.usefixtures("pages")
def test_an_entry_of_a_sitemap_that_is_no_address_is_recorded_and_not_asked_for(web: WebSite, crawl: Any, reply: Reply) -> None:
    web.pages["/map"] = reply
    found = crawl("/map")
    assert list(found) == ["/a", "(no address in /map)"]
    assert reason(found["(no address in /map)"]) == "the list has entries without an address of the web; 1 address, such as not an address"
    assert web.asked() == ["/map", "/a"]


@pytest.mark.usefixtures("pages")
def test_an_entry_of_a_feed_may_be_relative_to_it(web: WebSite, crawl: Any) -> None:
    web.pages["/feed"] = Reply(RSS.format("a", "./b").encode())
    assert list(crawl("/feed", kind="feeds")) == ["/a", "/b"]


@pytest.mark.parametrize(
    "reply", [Reply(b"", 404), Reply(sitemap()), Reply(sitemap("http://b.example/"))], ids=["missing", "empty", "elsewhere"]
)
def test_lists_that_lead_to_no_page_are_a_source_that_cannot_be_had(web: WebSite, crawl: Any, reply: Reply) -> None:
    web.pages["/map"] = reply
    with pytest.raises(SourceError, match="source site: nothing could be had"):
        crawl("/map")


def test_a_dry_run_tells_what_is_asked_for_first() -> None:
    requests = source("http://a.example/x", sitemaps=["http://a.example/map"], feeds=["http://a.example/feed"]).first_requests()
    assert [(request.url.removeprefix("http://a.example"), request.purpose) for request in requests] == [
        ("/robots.txt", "what the site allows"),
        ("/map", "a sitemap"),
        ("/feed", "a feed"),
        ("/x", "the first page"),
    ]
