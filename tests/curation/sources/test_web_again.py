"""A second pass asks for what may have changed, and nothing of what has not is lost, sent or made again."""

from typing import Any

import pytest
from web_capture import Passes, source
from web_site import Reply, WebSite, large_site, page, sitemap

from warehouse.errors import SourceError


def tagged(body: str, etag: str, **headers: str) -> Reply:
    return Reply(body.encode(), headers={"Content-Type": "text/html; charset=utf-8", **headers}, etag=etag)


def by_path(web: WebSite, rows: list[dict[str, Any]]) -> dict[str, dict[str, Any]]:
    return {row["native_id"].replace(web.address, ""): row for row in rows}


def test_a_second_pass_over_500_unchanged_pages_costs_a_hundredth_and_gives_the_same_bytes(web: WebSite, passes: Passes) -> None:
    large_site(web, 500)
    site = source(f"{web.address}/")
    first = passes.run(site)
    cost, pages = web.bytes_sent(), [request for request in web.log if request.status == 200]
    assert len(pages) == 501
    web.log.clear()
    second = passes.run(site, after=first)
    assert second.files == first.files
    assert web.bytes_sent() < 0.01 * cost
    assert all(request.conditional and request.status == 304 for request in web.log if request.path != "/robots.txt")
    assert len(web.asked()) == len(set(web.asked())) == 501


@pytest.fixture
def small(web: WebSite) -> WebSite:
    """A start page with links to three pages, one of which leads on."""
    web.pages["/"] = tagged(page("/a", "/b", "/old"), '"0"')
    web.pages["/a"] = tagged(page("/c", text="a"), '"a"')
    web.pages["/b"] = tagged(page(text="b"), '"b"')
    web.pages["/c"] = tagged(page(text="c"), '"c"')
    web.pages["/old"] = Reply(b"", 301, {"Location": "/new"})
    web.pages["/new"] = tagged(page(text="new"), '"n"')
    return web


def test_what_changed_is_fetched_and_the_links_of_what_did_not_are_followed(small: WebSite, passes: Passes) -> None:
    site = source(f"{small.address}/")
    first = passes.run(site)
    small.pages["/c"] = tagged(page("/d", text="changed"), '"c2"')
    small.pages["/d"] = tagged(page(text="d"), '"d"')
    small.log.clear()
    before, after = by_path(small, first.rows()), by_path(small, passes.run(site, after=first).rows())
    assert {request.path for request in small.log if request.status == 200} == {"/c", "/d"}
    assert b"changed" in after["/c"]["content"]
    assert "/d" in after
    assert [after[path] == before[path] for path in ("/", "/a", "/b", "/new")] == [True] * 4


def test_a_page_behind_a_redirect_is_asked_for_conditionally(small: WebSite, passes: Passes) -> None:
    site = source(f"{small.address}/")
    first = passes.run(site)
    small.log.clear()
    second = passes.run(site, after=first)
    assert [(request.path, request.status) for request in small.log if request.path in ("/old", "/new")] == [("/old", 301), ("/new", 304)]
    assert second.files == first.files


@pytest.mark.parametrize("status", [404, 410])
@pytest.mark.parametrize("linked", [True, False])
def test_a_page_that_is_gone_becomes_a_tombstone_whether_or_not_it_is_still_linked(
    small: WebSite, passes: Passes, status: int, linked: bool
) -> None:
    site = source(f"{small.address}/")
    first = passes.run(site)
    small.pages["/b"] = Reply(b"gone", status)
    small.pages["/"] = small.pages["/"] if linked else tagged(page("/a", "/old"), '"02"')
    row = by_path(small, passes.run(site, after=first).rows())["/b"]
    assert (row["gone"], row["content"], row["error"]) == (f"HTTP status {status}", None, None)


def test_a_page_that_nothing_links_to_any_more_is_asked_for_directly(small: WebSite, passes: Passes) -> None:
    site = source(f"{small.address}/")
    first = passes.run(site)
    small.pages["/"] = tagged(page("/b", "/old"), '"02"')
    small.log.clear()
    after = by_path(small, passes.run(site, after=first).rows())
    assert [(request.path, request.status) for request in small.log][-2:] == [("/a", 304), ("/c", 304)]
    assert {"/a", "/c"} < set(after)


def test_a_page_that_moved_is_gone_and_its_new_address_is_there(small: WebSite, passes: Passes) -> None:
    site = source(f"{small.address}/")
    first = passes.run(site)
    small.pages["/b"] = Reply(b"", 301, {"Location": "/b2"})
    small.pages["/b2"] = tagged(page(text="b"), '"b"')
    after = by_path(small, passes.run(site, after=first).rows())
    assert after["/b"]["gone"] == f"moved to {small.address}/b2"
    assert b"b" in after["/b2"]["content"]


def test_a_page_that_cannot_be_had_for_the_time_being_is_kept_and_the_row_says_so(small: WebSite, passes: Passes) -> None:
    site = source(f"{small.address}/")
    first = passes.run(site)
    small.pages["/a"] = Reply(b"", 503)
    after = by_path(small, passes.run(site, after=first).rows())
    assert after["/a"] == by_path(small, first.rows())["/a"]
    assert after["/c"]["content"]
    assert after["(kept HTTP status 503)"]["error"] == (
        f"kept as captured before, for it could not be asked for again (HTTP status 503); 1 address, such as {small.address}/a"
    )


def test_a_site_that_is_down_at_the_second_pass_is_a_source_that_cannot_be_had(small: WebSite, passes: Passes) -> None:
    site = source(f"{small.address}/")
    first = passes.run(site)
    small.pages.clear()
    small.rules["/"] = lambda _: Reply(b"", 503)
    why = r"nothing could be had of 6 pages; the first, http.* Without a network, `--offline` builds from what was captured before.$"
    with pytest.raises(SourceError, match=why):
        passes.run(site, after=first)


def test_a_page_whose_spelling_changed_keeps_its_name(web: WebSite, passes: Passes) -> None:
    web.pages["/"] = tagged(page("/x?b=2&a=1"), '"0"')
    web.pages["/x?b=2&a=1"] = web.pages["/x?a=1&b=2"] = tagged(page(text="x"), '"x"')
    site = source(f"{web.address}/")
    first = passes.run(site)
    web.pages["/"] = tagged(page("/x?a=1&b=2"), '"1"')
    assert set(by_path(web, passes.run(site, after=first).rows())) == {"/", "/x?b=2&a=1"}


def test_a_header_that_forbids_to_follow_links_is_remembered_where_an_unchanged_page_does_not_repeat_it(
    web: WebSite, passes: Passes
) -> None:
    web.pages["/"] = tagged(page("/a"), '"0"')
    web.pages["/a"] = tagged(page("/b"), '"a"', **{"X-Robots-Tag": "nofollow"})
    web.put("/b", page())
    site = source(f"{web.address}/")
    first = passes.run(site)
    web.pages["/a"] = tagged(page("/b"), '"a"')
    assert passes.run(site, after=first).files == first.files


def test_a_copy_of_a_canonical_page_is_not_sent_again(web: WebSite, passes: Passes) -> None:
    web.pages["/"] = tagged(page("/a", "/z"), '"0"')
    web.pages["/a"] = tagged(page(head='<link rel="canonical" href="/z">'), '"a"')
    web.pages["/z"] = tagged(page(), '"z"')
    site = source(f"{web.address}/")
    first = passes.run(site)
    web.log.clear()
    second = passes.run(site, after=first)
    assert second.files == first.files
    assert {request.status for request in web.log if request.path != "/robots.txt"} == {304}
    del web.pages["/z"]
    third = by_path(web, passes.run(site, after=second).rows())
    assert (third["/z"]["gone"], third["/a"]["content"]) == ("HTTP status 404", web.pages["/a"].body)


def test_a_page_whose_canonical_address_leads_back_to_it_is_not_sent_again(web: WebSite, passes: Passes) -> None:
    web.pages["/"] = tagged(page("/a", "/a/"), '"0"')
    web.pages["/a"] = Reply(b"", 301, {"Location": "/a/"})
    web.pages["/a/"] = tagged(page(head='<link rel="canonical" href="/a">'), '"a"')
    site = source(f"{web.address}/")
    first = passes.run(site)
    assert {path for path, row in by_path(web, first.rows()).items() if row["content"]} == {"/", "/a/"}
    web.log.clear()
    assert passes.run(site, after=first).files == first.files
    assert {request.status for request in web.log if request.path in ("/", "/a/")} == {304}


# lists


@pytest.fixture
def listed(web: WebSite) -> WebSite:
    """A sitemap of two pages."""
    web.pages["/map"] = tagged("", '"m"')
    restamp(web, "2024-05-01")
    for name in "ab":
        web.pages[f"/{name}"] = tagged(page(text=name), f'"{name}"')
    return web


def restamp(web: WebSite, lastmod: str) -> None:
    web.pages["/map"] = Reply(sitemap(f"{web.address}/a", f"{web.address}/b", lastmod=lastmod), etag=f'"{lastmod}"')


def test_a_list_that_did_not_change_is_not_sent_again(listed: WebSite, passes: Passes) -> None:
    site = source(sitemaps=[f"{listed.address}/map"])
    first = passes.run(site)
    listed.log.clear()
    second = passes.run(site, after=first)
    assert second.files == first.files
    assert [request.status for request in listed.log if request.path == "/map"] == [304]
    third = passes.run(site, after=second)
    assert third.files == first.files


def test_a_page_that_its_sitemap_says_is_unchanged_is_asked_for_all_the_same(listed: WebSite, passes: Passes) -> None:
    site = source(sitemaps=[f"{listed.address}/map"])
    first = passes.run(site)
    listed.log.clear()
    passes.run(site, after=first)
    assert listed.asked() == ["/map", "/a", "/b"]


def test_a_page_that_a_trusted_sitemap_says_is_unchanged_is_not_asked_for(listed: WebSite, passes: Passes) -> None:
    site = source(sitemaps=[f"{listed.address}/map"], trust_lastmod=True)
    first = passes.run(site)
    listed.log.clear()
    second = passes.run(site, after=first)
    assert listed.asked() == ["/map"]
    assert second.files == first.files


def test_a_page_that_a_trusted_sitemap_says_is_newer_is_asked_for(listed: WebSite, passes: Passes) -> None:
    site = source(sitemaps=[f"{listed.address}/map"], trust_lastmod=True)
    first = passes.run(site)
    restamp(listed, "2024-05-02")
    listed.pages["/a"] = tagged(page(text="newer"), '"a2"')
    listed.log.clear()
    second = by_path(listed, passes.run(site, after=first).rows())
    assert listed.asked() == ["/map", "/a", "/b"]
    assert b"newer" in second["/a"]["content"]


def test_what_could_not_be_had_is_asked_for_again_though_a_trusted_sitemap_says_nothing_new(listed: WebSite, passes: Passes) -> None:
    site = source(sitemaps=[f"{listed.address}/map"], trust_lastmod=True)
    first = passes.run(site)
    restamp(listed, "2024-05-02")
    newer, listed.pages["/a"] = tagged(page(text="newer"), '"a2"'), Reply(b"", 503)
    second = passes.run(site, after=first)
    listed.pages["/a"] = newer
    assert b"newer" in by_path(listed, passes.run(site, after=second).rows())["/a"]["content"]
