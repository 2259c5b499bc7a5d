"""However redirects, canonical addresses and missing pages are tangled, every page is captured, or its row says where it went."""

import random
import re

import pytest
from web_capture import Passes, source
from web_site import Reply, WebSite, page

PAGES = 7


def tangle(web: WebSite, seed: int) -> None:
    """A start page that leads to seven addresses, each a page, a page with a canonical address, a redirect, or missing."""
    draw = random.Random(seed)
    web.pages.clear()
    web.pages["/"] = Reply(page(*(f"/{number}" for number in range(PAGES) if draw.random() < 0.8), "/0").encode(), etag='"start"')
    for number in range(PAGES):
        what, other = draw.choice(["page", "canonical", "canonical", "redirect", "missing"]), f"/{draw.randrange(PAGES)}"
        if what == "redirect":
            web.pages[f"/{number}"] = Reply(b"", 301, {"Location": other})
        elif what != "missing":
            head = f'<link rel="canonical" href="{other}">' if what == "canonical" else ""
            body = page(f"/{draw.randrange(PAGES)}", head=head, text=f"text {number}")
            web.pages[f"/{number}"] = Reply(body.encode(), etag=f'"{number}"')


@pytest.mark.parametrize("seed", range(80))
def test_every_page_is_captured_or_its_row_names_one_that_is(web: WebSite, passes: Passes, seed: int) -> None:
    tangle(web, seed)
    site = source(f"{web.address}/")
    first = passes.run(site)
    rows = {row["native_id"].removeprefix(web.address): row for row in first.rows()}
    for path in dict.fromkeys(web.asked()):
        reply = web.pages.get(path, Reply(status=404))
        if reply.status == 200 and rows[path]["content"] is None:
            assert captured(rows, path, web), rows[path]["error"]
        elif reply.status == 404:
            assert rows[path]["error"] == "HTTP status 404"
    web.log.clear()
    second = passes.run(site, after=first)
    assert second.files == first.files
    assert [request.path for request in web.log if request.status == 200 and request.path != "/robots.txt"] == []


def captured(rows: dict[str, dict[str, str]], path: str, web: WebSite) -> bool:
    """Whether the page that a row names, or that the address it names leads to, was captured."""
    for _ in range(PAGES):
        found = re.search(r"the same page as \S+?(/\d), which", rows[path]["error"] or "") if path in rows else None
        path = found[1] if found else web.pages[path].headers.get("Location", path) if path in web.pages else path
        if path in rows and rows[path]["content"] is not None:
            return True
    return False
