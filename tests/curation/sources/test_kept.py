"""A document that is kept although its source has it no more: what marks it, how long, and what a pass over it costs."""

import pytest
from test_web_again import by_path, tagged
from web_capture import Pass, Passes, source
from web_site import Reply, WebSite, page, sitemap

from curation.sources.web import WebSource


@pytest.fixture
def web_of_two(web: WebSite) -> WebSite:
    """A start page, and the page that it links to."""
    web.pages["/"] = tagged(page("/b"), '"0"')
    web.pages["/b"] = tagged(page(text="b"), '"b"')
    return web


@pytest.fixture
def of_two(web_of_two: WebSite) -> WebSource:
    return source(f"{web_of_two.address}/", vanished="keep")


def gone(web: WebSite, made: Pass) -> str | None:
    """How a capture says that page /b is gone; that its content is there in any case."""
    row = by_path(web, made.rows())["/b"]
    assert b"b" in row["content"]
    assert row["error"] is None
    mark: str | None = row["gone"]
    return mark


def test_a_page_that_is_gone_is_kept_with_the_reason_until_it_is_back(web_of_two: WebSite, of_two: WebSource, passes: Passes) -> None:
    first = passes.run(of_two)
    back = web_of_two.pages.pop("/b")
    second = passes.run(of_two, after=first)
    assert gone(web_of_two, second) == "HTTP status 404"
    third = passes.run(of_two, after=second)
    assert third.files == second.files
    web_of_two.pages["/b"] = back
    web_of_two.log.clear()
    fourth = passes.run(of_two, after=third)
    assert fourth.files == first.files
    assert {request.status for request in web_of_two.log if request.path == "/b"} == {304}


def test_a_page_that_moved_is_kept_and_its_new_address_is_asked_for_conditionally(
    web_of_two: WebSite, of_two: WebSource, passes: Passes
) -> None:
    first = passes.run(of_two)
    web_of_two.pages["/b"] = Reply(b"", 301, {"Location": "/b2"})
    web_of_two.pages["/b2"] = tagged(page(text="b, moved"), '"b2"')
    second = passes.run(of_two, after=first)
    assert gone(web_of_two, second) == f"moved to {web_of_two.address}/b2"
    web_of_two.log.clear()
    third = passes.run(of_two, after=second)
    assert third.files == second.files
    assert [request.status for request in web_of_two.log if request.path == "/b2"] == [304]


def test_a_busy_server_does_not_bring_a_page_back(web_of_two: WebSite, of_two: WebSource, passes: Passes) -> None:
    first = passes.run(of_two)
    del web_of_two.pages["/b"]
    second = passes.run(of_two, after=first)
    web_of_two.pages["/b"] = Reply(b"", 503)
    assert gone(web_of_two, passes.run(of_two, after=second)) == "HTTP status 404"


def test_a_sitemap_that_still_lists_a_page_does_not_bring_it_back(web: WebSite, passes: Passes) -> None:
    web.pages["/map"] = Reply(sitemap(f"{web.address}/a", f"{web.address}/b", lastmod="2024-05-01T00:00:00Z"))
    dated = {"Last_Modified": "Wed, 01 May 2024 00:00:00 GMT"}
    for path in ("/a", "/b"):
        web.put(path, page(text="b"), **dated)
    site = source(sitemaps=[f"{web.address}/map"], trust_lastmod=True, vanished="keep")
    first = passes.run(site)
    del web.pages["/b"]
    web.pages["/map"] = Reply(sitemap(f"{web.address}/a", f"{web.address}/b", lastmod="2024-05-02"))
    second = passes.run(site, after=first)
    assert gone(web, second) == "HTTP status 404"
    web.pages["/map"] = Reply(sitemap(f"{web.address}/a", f"{web.address}/b", lastmod="2024-05-01T00:00:00Z"))
    assert gone(web, passes.run(site, after=second)) == "HTTP status 404"
