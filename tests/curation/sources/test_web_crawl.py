"""A crawl keeps within its scope and its limits, out of traps, takes one page for one page, and says what it left out."""

from typing import Any

import pytest
from web_capture import Passes, source
from web_site import Reply, WebSite, page, prose

from curation.sources.crawl.tallies import MOST_REASONS, Tallies
from curation.sources.item import Item


@pytest.fixture
def crawl(web: WebSite, passes: Passes) -> Any:
    """Crawls the site from `/`; items by path, those that stand for many by their name in parentheses."""

    def crawled(*start: str, **settings: Any) -> dict[str, Item]:
        found = passes.items(source(*(web.address + path for path in start or ("/",)), **settings))
        assert len({item.native_id for item in found}) == len(found)
        return {item.native_id.replace(web.address, ""): item for item in found}

    return crawled


def reason(item: Item) -> str:
    return item.error or ""


# scope


def test_only_what_the_patterns_let_in_is_asked_for_and_the_start_always(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/wiki/a", "/wiki/a?action=edit", "/talk/b", "/wiki/Talk:c"))
    web.put("/wiki/a", page("/wiki/d"))
    web.put("/wiki/d", page())
    found = crawl(include=["/wiki/*"], exclude=["*action=*", "*/Talk:*"])
    assert list(found) == ["/", "/wiki/a", "/wiki/d"]
    assert web.asked() == ["/", "/wiki/a", "/wiki/d"]


def test_a_pattern_of_a_whole_address_is_compared_with_the_whole_address(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a", "/b"))
    web.put("/a", page())
    assert list(crawl(include=[f"{web.address}/a"])) == ["/", "/a"]


def test_a_redirect_to_what_the_patterns_leave_out_is_a_failed_item(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a"))
    web.pages["/a"] = Reply(b"", 302, {"Location": "/login"})
    web.put("/login", page(text="log in"))
    assert reason(crawl(exclude=["/login*"])["/a"]) == f"moved to {web.address}/login, which `include` or `exclude` leaves out"


def test_two_addresses_that_lead_to_one_page_give_it_once(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/old", "/older", "/the-new"))
    web.pages["/old"] = web.pages["/older"] = Reply(b"", 301, {"Location": "/the-new"})
    web.put("/the-new", page(text="here"))
    assert list(crawl()) == ["/", "/the-new"]


# one page, many spellings


def test_near_identical_addresses_are_asked_for_once(web: WebSite, crawl: Any) -> None:
    spellings = ["/a?x=1&y=2", "/a?y=2&x=1", "/a?x=1&y=2#part", "/a?x=1&utm_source=z&y=2", "/%61?x=1&y=2"]
    web.put("/", page(*spellings, f"{web.address.replace('http', 'HTTP')}/a?x=1&y=2"))
    web.put("/a?x=1&y=2", page())
    assert list(crawl()) == ["/", "/a?x=1&y=2"]
    assert web.asked() == ["/", "/a?x=1&y=2"]


def test_links_with_a_session_id_are_followed_without_it_and_counted(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a;jsessionid=1F", "/b?PHPSESSID=99"))
    web.put("/a", page())
    web.put("/b", page())
    found = crawl()
    assert list(found)[:3] == ["/", "/a", "/b"]
    assert reason(found["(session jsessionid)"]).startswith(
        "links with a session id (jsessionid), which are asked for without it; 1 address"
    )
    assert "(session PHPSESSID)" in found


def canonical(target: str) -> str:
    return f'<link rel="canonical" href="{target}">'


def test_a_page_that_names_another_as_the_canonical_one_is_not_kept_beside_it(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a", "/z"))
    web.put("/a", page("/from-a", head=canonical("/z")))
    web.put("/z", page("/from-z"))
    web.put("/from-z", page())
    found = crawl()
    assert list(found) == ["/", "/z", "/a", "/from-z"]
    assert reason(found["/a"]) == f"the same page as {web.address}/z, which it names as its canonical address"


def test_a_canonical_page_that_nothing_links_to_is_asked_for(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a?view=print"))
    web.put("/a?view=print", page(head=canonical("/a")))
    web.put("/a", page(text="whole", head=canonical("/a")))
    found = crawl(max_depth=1)
    assert list(found) == ["/", "/a", "/a?view=print"]
    assert found["/a"].error is None


def test_a_canonical_address_in_the_header_counts_for_what_is_no_page(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/copy.pdf"))
    web.put("/copy.pdf", "pdf", Content_Type="application/pdf", Link='</true.pdf>; rel="canonical"')
    web.put("/true.pdf", "pdf", Content_Type="application/pdf")
    assert [path for path, item in crawl().items() if item.error is None] == ["/", "/true.pdf"]


def test_an_index_file_is_its_folder_only_where_it_says_so(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/x/", "/x/index.html", "/y/", "/y/index.html"))
    for path in ("/x/", "/y/", "/y/index.html"):
        web.put(path, page())
    web.put("/x/index.html", page(head=canonical("/x/")))
    assert [path for path, item in crawl().items() if item.error is None] == ["/", "/x/", "/y/", "/y/index.html"]


@pytest.mark.parametrize("target", ["/missing", "http://elsewhere.example/", "/excluded"])
def test_a_page_whose_canonical_address_cannot_be_had_stands_for_itself(web: WebSite, crawl: Any, target: str) -> None:
    web.put("/", page("/a"))
    web.put("/a", page("/b", head=canonical(target)))
    web.put("/b", page())
    web.put("/excluded", page())
    found = crawl(exclude=["/excluded"])
    assert found["/a"].content == web.pages["/a"].body
    assert "/b" in found


def test_a_page_whose_canonical_address_leads_back_to_it_is_the_canonical_page(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a/"))
    web.put("/a/", page("/b", head=canonical("/a")))
    web.pages["/a"] = Reply(b"", 301, {"Location": "/a/"})
    web.put("/b", page())
    found = crawl()
    assert list(found) == ["/", "/a/", "/b"]
    assert found["/a/"].content == web.pages["/a/"].body
    assert list(dict.fromkeys(web.asked())) == ["/", "/a/", "/a", "/b"]


def test_a_page_whose_canonical_address_leads_to_nothing_stands_for_itself(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a"))
    web.put("/a", page(head=canonical("/x")))
    web.pages["/x"] = Reply(b"", 301, {"Location": "/missing"})
    found = crawl()
    assert found["/a"].content == web.pages["/a"].body
    assert reason(found["/missing"]) == "HTTP status 404"


def test_a_page_whose_canonical_address_was_found_missing_before_stands_for_itself(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a", "/b"))
    web.put("/b", page(head=canonical("/a")))
    found = crawl()
    assert (reason(found["/a"]), found["/b"].content) == ("HTTP status 404", web.pages["/b"].body)


def test_pages_that_name_each_other_as_canonical_give_one_page(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a", "/b", "/c"))
    for path, target in (("/a", "/b"), ("/b", "/c"), ("/c", "/a")):
        web.put(path, page(head=canonical(target)))
    found = crawl()
    assert sorted(found) == ["/", "/a", "/b", "/c"]
    assert [path for path, item in found.items() if item.error is None] == ["/", "/c"]


def test_a_canonical_address_beyond_the_most_pages_leaves_the_page_for_itself(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a"))
    web.put("/a", page(head=canonical("/z")))
    web.put("/z", page())
    found = crawl(max_pages=2)
    assert [path for path, item in found.items() if item.error is None] == ["/", "/a"]


# what pages ask of robots


def test_a_page_that_asks_not_to_be_indexed_is_not_kept_but_its_links_are_followed(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a", "/b"))
    web.put("/a", page("/c", head='<meta name="robots" content="noindex">'))
    web.put("/b", page(), X_Robots_Tag="noindex, nofollow")
    web.put("/c", page())
    found = crawl()
    assert reason(found["/a"]) == "asks not to be kept: noindex in its robots meta element"
    assert reason(found["/b"]) == "asks not to be kept: noindex in its X-Robots-Tag header"
    assert found["/c"].error is None


def test_links_that_are_not_to_be_followed_are_counted_in_one_row_but_those_reached_otherwise(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/a") + '<a rel="nofollow" href="/d">')
    web.put("/a", page("/b", "/c", "/", head='<meta name="robots" content="nofollow">'))
    web.put("/d", page())
    found = crawl()
    assert web.asked() == ["/", "/a"]
    assert list(found) == ["/", "/a", "(nofollow)"]
    assert reason(found["(nofollow)"]).endswith(f"; 3 addresses, such as {web.address}/b {web.address}/c {web.address}/d")


# limits and traps


def test_addresses_beyond_the_most_pages_are_rows_up_to_a_hundred_and_then_a_count(web: WebSite, crawl: Any) -> None:
    web.put("/", page(*(f"/p{number:04}" for number in range(1_000))))
    web.rules["/p"] = lambda path: Reply(page(text=path).encode())
    found = crawl(max_pages=11)
    assert len(web.asked()) == 11
    assert len([item for item in found.values() if item.error]) == 101
    assert reason(found["/p0010"]) == "not asked for: max_pages (11) reached"
    assert reason(found["(max_pages)"]).startswith("not asked for: max_pages (11) reached; 890 addresses, such as")


TRAPS = {
    "/deep/": lambda path: page(f"{path}again/"),
    "/calendar": lambda path: page(
        *(f"/calendar?month={int(path[-7:-3] or 2000) + step if '=' in path else 2000 + step}-01" for step in (-1, 0, 1)), text=path
    ),
    "/count": lambda path: page(f"/count?n={int(path.partition('=')[2] or 0) + 1}", text=f"page {path}"),
    "/shop": lambda path: page(*(f"{path}{'&' if '?' in path else '?'}f{number}=1" for number in range(8) if f"f{number}=" not in path)),
    "/nest": lambda path: page(f"/nest?back={path.replace('%', '%25').replace('/', '%2F').replace('?', '%3F')}", text=prose(len(path))),
    "/grow": lambda path: page(f"{path}{'&' if '?' in path else '?'}x={len(path)}", text=prose(len(path))),
}


@pytest.mark.parametrize("trap", TRAPS)
def test_a_trap_ends_and_leaves_one_row_with_the_reason(web: WebSite, crawl: Any, trap: str) -> None:
    web.put("/", page(trap, "/a"))
    web.put("/a", page())
    web.rules[trap] = lambda path: Reply(TRAPS[trap](path).encode())
    found = crawl(max_pages=5_000, max_depth=300)
    left_out = [name for name in found if name.startswith("(")]
    assert [name.startswith("(trap ") for name in left_out] == [True]
    assert reason(found[left_out[0]]).startswith("not asked for: it looks like a trap: ")
    assert len(web.asked()) < 300
    assert "/a" in found


def test_the_recipe_can_say_that_something_is_no_trap(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/deep/"))
    web.rules["/deep/"] = lambda path: Reply(TRAPS["/deep/"](path).encode())
    found = crawl(not_traps=["/deep/*"], max_depth=10)
    assert len(web.asked()) == 11
    assert list(found)[-1] == "(max_depth)"


def test_a_million_links_into_a_trap_are_one_row(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/x"))
    web.put("/x", page(*(f"/t?{'&'.join(f'p{step}={number}' for step in range(13))}" for number in range(20_000))))
    found = crawl()
    assert list(found)[:2] == ["/", "/x"]
    assert [reason(item)[-400:].partition("; see")[0] for name, item in found.items() if name.startswith("(")] != []
    assert "; more than 10000 addresses, such as" in reason(found[list(found)[2]])
    assert len(found) == 3


def test_the_order_of_a_capture_is_that_of_addresses_whatever_comes_first(web: WebSite, crawl: Any) -> None:
    web.put("/", page("/c", "/a", "/b"))
    for path in "abc":
        web.put(f"/{path}", page(f"/{path}/z", f"/{path}/y"))
        for leaf in "yz":
            web.put(f"/{path}/{leaf}", page())
    found = crawl()
    assert list(found) == ["/", "/a", "/b", "/c", "/a/y", "/a/z", "/b/y", "/b/z", "/c/y", "/c/z"]


def test_an_address_that_is_found_many_times_is_counted_and_named_once() -> None:
    tallies = Tallies()
    for url in ("http://a.example/x", "http://a.example/y", "http://a.example/x"):
        tallies.add("limit", "not asked for", url)
    assert [reason(item) for item in tallies.items()] == ["not asked for; 2 addresses, such as http://a.example/x http://a.example/y"]


def test_more_reasons_than_have_a_row_share_one() -> None:
    tallies = Tallies()
    for number in range(1_000):
        tallies.add(f"trap {number}", "a trap", f"http://a.example/{number}")
    assert len(tallies.items()) == MOST_REASONS + 1
    assert "900 addresses" in reason(next(item for item in tallies.items() if item.native_id == "(other)"))
