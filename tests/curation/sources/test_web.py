"""A site as a source: its pages by their links, within limits, with a reason for every page that could not be had."""

import logging
import tempfile
from pathlib import Path
from typing import Any

import pytest
from small_site import Answer, Site

from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.item import Item
from curation.sources.kinds import WebSource
from curation.sources.web import fingerprint, items
from warehouse.errors import SourceError


def source(*start: str, **settings: Any) -> WebSource:
    return WebSource(
        kind="web", id="site", domain=Domain.WIKI, start=list(start), **{"delay_seconds": 0.0, "private_addresses": True, **settings}
    )


def captured(of: WebSource, folder: Path = Path()) -> list[Item]:
    """What a source gives, in a capture that nothing was before."""
    with tempfile.TemporaryDirectory() as state:
        return list(items(of, Context(folder, Path(state))))


def crawl(site: Site, *start: str, **settings: Any) -> dict[str, Item]:
    """Items by address, the site's own address left out."""
    found = captured(source(*(f"{site.address}{path}" for path in start or ("/",)), **settings))
    assert len({item.native_id for item in found}) == len(found)
    return {item.uri.removeprefix(site.address): item for item in found}


def links(*targets: str) -> Answer:
    return Answer("".join(f'<p><a href="{target}">link</a>' for target in targets))


def errors(found: dict[str, Item]) -> dict[str, str | None]:
    return {uri: item.error for uri, item in found.items() if item.error is not None}


def test_pages_are_found_by_their_links_level_by_level_in_order(site: Site) -> None:
    site.pages = {"/": links("/c", "a"), "/a": links("/d"), "/c": links("/b", "/"), "/b": links(), "/d": links()}
    assert list(crawl(site)) == ["/", "/a", "/c", "/b", "/d"]
    assert site.asked_pages() == ["/", "/a", "/c", "/b", "/d"]


def test_an_item_carries_what_the_server_said_of_it(site: Site) -> None:
    headers = {"Content-Type": 'Text/HTML; Charset="ISO-8859-1"; x=y', "Last-Modified": "Wed, 21 Oct 2015 07:28:00 GMT", "ETag": '"v1"'}
    site.pages = {"/": Answer(b"caf\xe9", headers=headers)}
    item = crawl(site)["/"]
    assert (item.content, item.media_type, item.charset) == (b"caf\xe9", "text/html", "iso-8859-1")
    assert (item.modified, item.etag) == ("2015-10-21T07:28:00+00:00", '"v1"')


@pytest.mark.parametrize("headers", [{}, {"Content-Type": "", "Last-Modified": "yesterday"}])
def test_what_the_server_does_not_say_is_left_open(site: Site, headers: dict[str, str]) -> None:
    site.pages = {"/": Answer("x", headers=headers)}
    item = crawl(site)["/"]
    assert (item.charset, item.modified, item.error) == (None, None, None)


def test_only_the_hosts_of_the_start_are_visited(site: Site) -> None:
    site.pages = {"/": links("http://elsewhere.example/", "//elsewhere.example/", "mailto:a@b.example", "javascript:x()", "ftp://a/b")}
    assert list(crawl(site)) == ["/"]


@pytest.mark.parametrize("href", ["http://[broken", "http://a:b:c/", "http://" + "x" * 70_000, "\x01:", "http:///x", "%zz"])
def test_a_link_that_is_no_address_does_no_harm(site: Site, href: str) -> None:
    site.pages = {"/": links(href, "/a"), "/a": links()}
    assert "/a" in crawl(site)


def test_a_link_that_is_too_long_to_ask_for_is_a_failed_item(site: Site) -> None:
    site.pages = {"/": links("/" + "x" * 70_000, "/a"), "/a": links()}
    found = crawl(site)
    assert found["/a"].error is None
    assert len(errors(found)) == 1


def test_one_page_with_many_spellings_is_one_page(site: Site) -> None:
    upper = site.address.replace("http://127.0.0.1", "HTTP://127.0.0.1")
    site.pages = {"/": links("#part", site.address, f"{upper}/#top", " / ", "./"), "/a%20b": links()}
    site.pages["/x"] = links("/a b", "/a%20b")
    assert list(crawl(site, "", "/x")) == ["/", "/x", "/a%20b"]


def test_links_are_relative_to_the_base_that_a_page_declares(site: Site) -> None:
    site.pages = {"/": Answer('<base href="/deep/"><a href="a">'), "/deep/a": links()}
    assert list(crawl(site)) == ["/", "/deep/a"]


def test_a_page_that_robots_txt_forbids_is_a_failed_item_and_is_not_asked_for(site: Site) -> None:
    site.pages = {"/robots.txt": Answer("User-agent: *\nDisallow: /private"), "/": links("/private", "/public"), "/public": links()}
    assert errors(crawl(site)) == {"/private": "robots.txt does not allow this page"}
    assert site.asked_pages() == ["/", "/public"]


def test_a_missing_page_is_a_failed_item(site: Site) -> None:
    site.pages = {"/": links("/absent")}
    assert errors(crawl(site)) == {"/absent": "HTTP status 404"}


def test_a_page_that_fails_once_is_captured(site: Site) -> None:
    site.pages = {"/": links("/a"), "/a": [Answer("", 500), Answer("here")]}
    assert crawl(site)["/a"].content == b"here"


def test_a_page_that_fails_for_good_is_a_failed_item(site: Site) -> None:
    site.pages = {"/": links("/a"), "/a": Answer("", 500)}
    assert errors(crawl(site)) == {"/a": "HTTP status 500"}


def test_a_redirect_leads_to_the_page_under_its_own_address(site: Site) -> None:
    site.pages = {"/": links("/old"), "/old": Answer("", 301, {"Location": "new"}), "/new": Answer("here")}
    found = crawl(site, max_depth=1)
    assert list(found) == ["/", "/new"]
    assert found["/new"].content == b"here"


def test_a_circle_of_redirects_is_a_failed_item(site: Site) -> None:
    site.pages = {"/": links("/a"), "/a": Answer("", 302, {"Location": "/b"}), "/b": Answer("", 302, {"Location": "/a"})}
    assert "moved in a circle" in (errors(crawl(site))["/a"] or "")
    assert site.asked_pages() == ["/", "/a", "/b"]


@pytest.mark.parametrize("location", ["http://elsewhere.example/", "mailto:a@b.example"])
def test_a_redirect_to_somewhere_else_is_a_failed_item_that_names_it(site: Site, location: str) -> None:
    site.pages = {"/": links("/old"), "/old": Answer("", 301, {"Location": location})}
    assert errors(crawl(site)) == {"/old": f"moved to {location}, which is not on a host of the source"}


def test_a_redirect_without_an_address_is_a_failed_item(site: Site) -> None:
    site.pages = {"/": links("/a"), "/a": Answer("", 304, {})}
    assert errors(crawl(site)) == {"/a": "HTTP status 304"}


def test_a_page_larger_than_the_limit_is_a_failed_item(site: Site) -> None:
    site.pages = {"/": links("/fits", "/large"), "/fits": Answer("x" * 1000), "/large": Answer("x" * 1001)}
    assert errors(crawl(site, max_page_megabytes=0.001)) == {"/large": "larger than max_page_megabytes (0.001)"}


def test_a_file_that_is_no_text_is_captured_and_not_searched_for_links(site: Site) -> None:
    site.pages = {"/": links("/image"), "/image": Answer('<a href="/a">', headers={"Content-Type": "image/png"})}
    assert list(crawl(site)) == ["/", "/image"]


@pytest.mark.parametrize("body", [b"", b"   ", b"\x00\xff\xfe", b"<!-- only a comment -->", b"<a href='/a'" * 100])
def test_a_page_that_is_no_html_is_captured(site: Site, body: bytes) -> None:
    site.pages = {"/": Answer(body)}
    assert crawl(site)["/"].content == body


def test_endless_links_end_at_the_most_pages(site: Site) -> None:
    site.answer = lambda path: links(f"{path}x")  # type: ignore[method-assign]
    found = crawl(site, max_pages=5, max_depth=100)
    assert len(site.asked_pages()) == 5
    assert errors(found) == {"/xxxxx": "not asked for: max_pages (5) reached"}


def test_links_are_followed_to_the_deepest_allowed(site: Site) -> None:
    site.pages = {"/": links("/a"), "/a": links("/b"), "/b": links()}
    assert list(crawl(site, max_depth=1)) == ["/", "/a", "/b"]
    assert site.asked_pages() == ["/", "/a"]


def test_links_below_the_deepest_allowed_are_counted_in_one_row(site: Site) -> None:
    site.pages = {"/": links("/a"), "/a": links("/b", "/c", "/"), "/b": links()}
    below = crawl(site, max_depth=1)["/b"]
    assert below.native_id == "(max_depth)"
    assert below.error == f"not asked for: max_depth (1) reached; 2 addresses, such as {site.address}/b {site.address}/c"


def test_with_a_depth_of_zero_the_addresses_of_the_recipe_are_all_that_is_wanted(site: Site) -> None:
    site.pages = {"/": links("/a"), "/x": links("/b")}
    assert list(crawl(site, "/", "/x", max_depth=0)) == ["/", "/x"]


def test_a_dead_host_among_others_is_a_failed_item(site: Site) -> None:
    site.pages = {"/": Answer("here")}
    found = captured(source(f"{site.address}/", "http://127.0.0.1:1/"))
    assert [(item.uri, item.error is None) for item in found] == [("http://127.0.0.1:1/", False), (f"{site.address}/", True)]
    assert "robots.txt cannot be had" in (found[0].error or "")


def test_a_dead_host_is_a_source_that_cannot_be_had() -> None:
    with pytest.raises(SourceError, match=r"nothing could be had of 1 page: http://127.0.0.1:1/.*robots.txt cannot be had"):
        captured(source("http://127.0.0.1:1/"))


def test_a_host_without_an_address_is_a_source_that_cannot_be_had() -> None:
    with pytest.raises(SourceError, match=r"nothing could be had of 1 page: http://nowhere.invalid/.* try again.$"):
        captured(source("http://nowhere.invalid/"))


def test_how_many_addresses_could_not_be_had_is_said() -> None:
    with pytest.raises(SourceError, match=r"nothing could be had of 2 pages and 1 list; the first, http://127.0.0.1:1/map: 127"):
        captured(source("http://127.0.0.1:1/", "http://127.0.0.1:1/a", sitemaps=["http://127.0.0.1:1/map"]))


def test_a_source_that_could_not_be_had_is_told_by_the_settings_that_it_has(site: Site) -> None:
    site.pages = {"/map": Answer("<html><body><p>A page.</p></body></html>")}
    with pytest.raises(SourceError, match=r"not a sitemap or a feed. Check the network and `sitemaps`, and try again.$"):
        captured(source(sitemaps=[f"{site.address}/map"]))


def test_where_an_address_is_private_the_network_is_not_blamed() -> None:
    with pytest.raises(SourceError, match=r"set `private_addresses` in the recipe if that is meant.$"):
        captured(source("http://127.0.0.1:1/", private_addresses=False))


DENIED = Answer("User-agent: *\nDisallow: /")
AWAY = Answer("", 301, {"Location": "http://elsewhere.example/"})
CIRCLE = Answer("", 302, {"Location": "/"})


@pytest.mark.parametrize(
    ("pages", "why"),
    [
        ({"/robots.txt": Answer("", 503)}, "robots.txt cannot be had"),
        ({"/robots.txt": DENIED}, "robots.txt does not allow this page"),
        ({"/": Answer("", 503)}, "HTTP status 503"),
        ({}, "HTTP status 404"),
        ({"/": AWAY}, "moved to http://elsewhere.example/"),
        ({"/": CIRCLE}, "moved in a circle"),
    ],
    ids=["no robots.txt", "forbidden", "busy", "missing", "moved away", "circle"],
)
def test_a_site_without_a_single_page_is_a_source_that_cannot_be_had(site: Site, pages: dict[str, Answer], why: str) -> None:
    site.pages = dict(pages)
    with pytest.raises(SourceError, match=f"source site: nothing could be had of .*{why}"):
        crawl(site)


def test_a_site_with_one_page_left_is_captured_and_its_failures_are_items(site: Site) -> None:
    site.pages = {"/a": Answer("here"), "/b": Answer("", 503)}
    assert errors(crawl(site, "/a", "/b", "/c")) == {"/b": "HTTP status 503", "/c": "HTTP status 404"}


SECRET = "Bearer raspberry/jam+cream"


@pytest.fixture
def closed_site(site: Site, monkeypatch: pytest.MonkeyPatch) -> Site:
    """A site that demands an Authorization header, which the environment holds."""
    monkeypatch.setenv("SITE_SECRET", SECRET)
    site.demands = SECRET
    site.pages = {"/robots.txt": Answer("User-agent: *\nDisallow: /private"), "/": links("/a", "/private"), "/a": links()}
    return site


def test_a_site_that_demands_authorization_gets_it_with_every_request(closed_site: Site) -> None:
    assert errors(crawl(closed_site, authorization="env:SITE_SECRET")) == {"/private": "robots.txt does not allow this page"}
    assert closed_site.authorizations == {SECRET}
    assert "/a" in closed_site.asked


def test_a_site_that_demands_authorization_and_gets_none_is_a_source_that_cannot_be_had(closed_site: Site) -> None:
    with pytest.raises(SourceError, match="HTTP status 401"):
        crawl(closed_site)
    assert closed_site.authorizations == {None}


def test_a_secret_that_is_not_set_is_an_error_that_names_source_and_variable(site: Site) -> None:
    with pytest.raises(SourceError, match=r"source site: the secret env:UNSET_SECRET is not there: .* UNSET_SECRET is not set"):
        crawl(site, authorization="env:UNSET_SECRET")
    assert site.asked == []


def test_a_secret_is_not_sent_to_the_host_that_a_robots_txt_moved_to(closed_site: Site, other_site: Site) -> None:
    closed_site.pages["/robots.txt"] = Answer("", 301, {"Location": f"{other_site.address}/robots.txt"})
    crawl(closed_site, authorization="env:SITE_SECRET")
    assert (other_site.asked, other_site.authorizations) == (["/robots.txt"], {None})


def test_a_secret_is_not_sent_to_the_host_that_a_page_moved_to(closed_site: Site, other_site: Site) -> None:
    closed_site.pages["/a"] = Answer("", 302, {"Location": f"{other_site.address}/"})
    assert "moved to" in (crawl(closed_site, authorization="env:SITE_SECRET")["/a"].error or "")
    assert other_site.asked == []


def test_a_secret_is_no_fact_of_the_folder_that_stands_in_for_a_site(folder: Path) -> None:
    served = source("https://w.example/Main.html", authorization="env:UNSET_SECRET", **SERVED)
    assert len(captured(served, folder)) == 4


@pytest.mark.parametrize(
    "echo",
    [
        Answer(f"you sent {SECRET}"),
        Answer("<a href='/b?token=raspberry/jam+cream'>"),
        Answer("<a href='/b?token=raspberry%2Fjam%2Bcream'>"),
        Answer("", 302, {"Location": "/b?token=raspberry/jam+cream"}),
        Answer("", headers={"Content-Type": "text/html", "ETag": "raspberry/jam+cream"}),
    ],
    ids=["text", "link", "quoted link", "redirect", "header"],
)
def test_a_page_that_sends_the_secret_back_is_a_failed_item_without_it(closed_site: Site, echo: Answer) -> None:
    closed_site.pages["/a"] = echo
    found = crawl(closed_site, authorization="env:SITE_SECRET")
    assert "sent back" in (found["/a"].error or "")
    assert "raspberry" not in repr(found)
    assert set(found) == {"/", "/a", "/private"}


def test_a_secret_in_what_a_site_made_us_complain_of_is_masked(site: Site, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SITE_SECRET", "Bearer raspberry")
    site.pages["/robots.txt"] = Answer("", 301, {"Location": "http://a:raspberry/"})
    with pytest.raises(SourceError, match=r"Invalid port: '\*\*\*'"):
        crawl(site, authorization="env:SITE_SECRET")


def test_a_secret_in_the_address_on_another_host_that_a_page_moved_to_is_not_told(closed_site: Site) -> None:
    closed_site.pages["/a"] = Answer("", 302, {"Location": "http://elsewhere.example/?token=raspberry/jam+cream"})
    found = crawl(closed_site, authorization="env:SITE_SECRET")
    assert "raspberry" not in repr(found)
    assert "secret of `authorization`" in (found["/a"].error or "")


def test_a_secret_is_in_no_log(closed_site: Site, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    closed_site.pages = {"/": [Answer("", 503), links("/a")], "/a": Answer("x", headers={"Content-Length": "5"})}
    crawl(closed_site, authorization="env:SITE_SECRET")
    assert "GET" in caplog.text
    assert "raspberry" not in caplog.text


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "wiki" / "sub").mkdir(parents=True)
    (tmp_path / "wiki" / "Main.html").write_text('<a href="sub/a.html"><a href="sub"><a href="old.md">')
    (tmp_path / "wiki" / "sub" / "a.html").write_text('<a href="../Main.html">')
    (tmp_path / "wiki" / "old.md").write_text("# Old")
    return tmp_path


SERVED = {"serve": "wiki", "delay_seconds": 9.0}


def test_a_served_folder_is_captured_under_the_sites_own_address(folder: Path) -> None:
    found = {item.uri: item for item in captured(source("https://w.example/Main.html", **SERVED), folder)}
    assert list(found) == [
        *("https://w.example/Main.html", "https://w.example/old.md", "https://w.example/sub/", "https://w.example/sub/a.html"),
    ]
    assert found["https://w.example/sub/a.html"].content == (folder / "wiki" / "sub" / "a.html").read_bytes()
    assert found["https://w.example/old.md"].media_type == "text/markdown"


def test_a_served_folder_lists_no_names_and_states_no_times(folder: Path) -> None:
    found = captured(source("https://w.example/Main.html", **SERVED), folder)
    assert [item.error for item in found if item.uri.endswith("/sub/")] == ["HTTP status 404"]
    assert {item.modified for item in found} == {None}


def test_a_served_folder_that_is_missing_is_an_error(tmp_path: Path) -> None:
    for ask in (fingerprint, captured):
        with pytest.raises(SourceError, match=r"source site: the folder to serve, .*wiki, does not exist. Check `serve`"):
            ask(source("https://w.example/", **SERVED), tmp_path)


def test_the_fingerprint_of_a_served_folder_is_that_of_its_files(folder: Path) -> None:
    served = source("https://w.example/Main.html", **SERVED)
    before = fingerprint(served, folder)
    assert fingerprint(served, folder) == before
    (folder / "wiki" / "old.md").write_text("# New")
    assert fingerprint(served, folder) != before


def test_a_site_of_the_network_has_no_fingerprint() -> None:
    assert fingerprint(source("https://w.example/"), Path()) == ""
