"""A second pass over a site that has more pages than are asked for: those that were captured go before new ones."""

import pytest
from test_web_again import by_path, tagged
from web_capture import Passes, source
from web_site import Reply, WebSite, page

REFUSED = "not asked for: max_pages (3) reached"


@pytest.fixture
def full(web: WebSite) -> WebSite:
    """A start page that links to two pages: as many as are asked for."""
    links(web, "/a", "/b")
    for name in ("a", "b", "c", "d"):
        web.pages[f"/{name}"] = tagged(page(text=name), f'"{name}"')
    return web


def links(web: WebSite, *paths: str) -> None:
    """Makes the start page link to some pages."""
    web.pages["/"] = tagged(page(*paths), f'"{paths}"')


@pytest.mark.parametrize("vanished", ["drop", "keep"])
def test_a_captured_page_that_is_no_longer_linked_goes_before_a_new_one(full: WebSite, passes: Passes, vanished: str) -> None:
    site = source(f"{full.address}/", max_pages=3, vanished=vanished)
    before = passes.run(site)
    links(full, "/a", "/c")
    for _ in range(2):
        before = passes.run(site, after=before)
        rows = by_path(full, before.rows())
        assert (rows["/b"]["content"], rows["/b"]["gone"], rows["/c"]["error"]) == (full.pages["/b"].body, None, REFUSED)


@pytest.mark.parametrize("vanished", ["drop", "keep"])
def test_a_page_that_is_gone_makes_room_in_the_pass_after_and_stays_gone(full: WebSite, passes: Passes, vanished: str) -> None:
    site = source(f"{full.address}/", max_pages=3, vanished=vanished)
    first = passes.run(site)
    links(full, "/a", "/c")
    content = {"keep": full.pages.pop("/b").body, "drop": None}[vanished]
    second = passes.run(site, after=first)
    third = passes.run(site, after=second)
    for made, error in ((second, REFUSED), (third, None)):
        rows = by_path(full, made.rows())
        assert (rows["/b"]["content"], rows["/b"]["gone"], rows["/c"]["error"]) == (content, "HTTP status 404", error)


def test_an_unchanged_site_that_fills_the_limit_is_the_same_again_whatever_its_addresses_lead_to(full: WebSite, passes: Passes) -> None:
    links(full, "/a", "/missing", "/old", "/z1", "/z2")
    full.pages["/old"] = Reply(b"", 301, {"Location": "/b"})
    full.pages["/a"] = tagged(page("/c", text="a"), '"a"')
    site = source(f"{full.address}/", max_pages=5)
    first = passes.run(site)
    assert {path for path, row in by_path(full, first.rows()).items() if row["content"]} == {"/", "/a", "/b"}
    assert passes.run(site, after=first).files == first.files


def test_an_address_that_the_recipe_comes_to_name_goes_before_what_was_captured(full: WebSite, passes: Passes) -> None:
    first = passes.run(source(f"{full.address}/", max_pages=3))
    rows = by_path(full, passes.run(source(f"{full.address}/", f"{full.address}/d", max_pages=3), after=first).rows())
    assert {path for path, row in rows.items() if row["content"]} == {"/", "/a", "/d"}


def test_fewer_pages_than_before_are_those_that_were_captured(full: WebSite, passes: Passes) -> None:
    links(full, "/b", "/c")
    first = passes.run(source(f"{full.address}/", max_pages=3))
    links(full, "/a", "/b", "/c")
    rows = by_path(full, passes.run(source(f"{full.address}/", max_pages=2), after=first).rows())
    assert {path for path, row in rows.items() if row["content"]} == {"/", "/b"}
