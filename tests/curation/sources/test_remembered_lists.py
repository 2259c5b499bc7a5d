"""Lists that did not change are not sent again, as far as what they hold is remembered: not without end."""

import pytest
from web_capture import Passes, source
from web_site import Reply, WebSite, page, sitemap

from curation.capture import read_memory
from curation.sources.crawl import seeds


@pytest.fixture
def two_lists(web: WebSite) -> WebSite:
    """Two sitemaps of two pages each."""
    for name in "abcd":
        web.pages[f"/{name}"] = Reply(page(text=name).encode(), etag=f'"{name}"')
    for path, names in (("/one", "ab"), ("/two", "cd")):
        web.pages[path] = Reply(sitemap(*(f"{web.address}/{name}" for name in names)), etag=f'"{path}"')
    return web


@pytest.mark.parametrize(("most", "statuses"), [(4, [304, 304]), (3, [304, 200]), (1, [200, 200])])
def test_a_list_beyond_what_is_remembered_is_sent_again_and_no_page_of_it_is_lost(
    two_lists: WebSite, passes: Passes, monkeypatch: pytest.MonkeyPatch, most: int, statuses: list[int]
) -> None:
    monkeypatch.setattr(seeds, "MOST_REMEMBERED", most)
    site = source(sitemaps=[f"{two_lists.address}/one", f"{two_lists.address}/two"])
    first = passes.run(site)
    remembered = read_memory(first.folder).get("lists", {})
    assert sum(len(each["entries"]) for each in remembered.values()) <= most
    two_lists.log.clear()
    second = passes.run(site, after=first)
    assert [request.status for request in two_lists.log if request.path in ("/one", "/two")] == statuses
    assert second.files == first.files
    assert len(second.rows()) == 4
