"""Forty answers of a real MediaWiki, each read as its index says what it shows."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from recordings import Opened, pages, params, query, recorded
from wiki_server import RECORDED, RecordedWiki, serving

from curation.sources.wiki.answers import ApiError, Page, read_list
from curation.sources.wiki.api import WikiApi, answer_of, merge
from curation.sources.wiki.pages import Listed, why_no_page
from curation.sources.wiki.site import site_of
from curation.sources.wiki.texts import Texts
from curation.sources.wiki.titles import Answered

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded answers in ../shared/fixtures/mediawiki are not on this machine"
)


def test_every_recording_has_its_test() -> None:
    tests = "".join(path.read_text() for path in Path(__file__).parent.glob("test_*.py"))
    numbers = {int(found) for name in re.findall(r"^def test(\w+)", tests, re.M) for found in re.findall(r"_(\d\d)(?=_)", name)}
    assert numbers == set(range(1, 41)) == {int(path.name[:2]) for path in RECORDED.glob("[0-9]*.json")}


def test_01_the_wiki_says_what_it_is_and_under_which_licence(api: WikiApi) -> None:
    site = site_of(api.address, api.ask(params(1)))
    assert (site.name, site.licence, site.content_namespaces) == ("Wikipedia", "CC-BY-SA-3.0", (0,))
    assert site.uri("Café (rig)") == "http://127.0.0.1:8800/wiki/Caf%C3%A9_(rig)"


def test_02_03_a_list_goes_on_where_the_server_says_with_all_that_it_says(opened: Callable[..., Opened]) -> None:
    api, wiki = opened()
    parts = api.query(params(2))
    titles = [page.title for _ in range(2) for page in read_list(Page, next(parts), "allpages")]
    assert len(titles) == 10
    assert {name: wiki.log[1].params[name] for name in params(3)} == params(3)


def test_04_texts_of_many_pages_come_in_one_answer(api: WikiApi) -> None:
    found = pages(api, 4)
    assert (found["Acantholimon"].redirect, found["Acantholimon glumaceum"].redirect) == (False, True)
    assert "'''Acantholimon'''" in (found["Acantholimon"].revisions[0].main.content or "")
    assert (found["Acantholimon"].revisions[0].revid, found["Acantholimon"].lastrevid) == (440, 440)


def test_05_formatversion_1_is_read_as_formatversion_2(api: WikiApi) -> None:
    old = RecordedWiki(old=True)
    with serving(old):
        spoken = answer_of(recorded(5))["query"]
        assert old.reply(params(5)).body == recorded(5).content
    assert read_list(Page, spoken, "pages") == read_list(Page, query(api, 4), "pages")


def test_06_07_08_parts_of_an_answer_are_merged_by_page(opened: Callable[..., Opened]) -> None:
    api, wiki = opened()
    with pytest.raises(ApiError, match="never asked"):  # the third was recorded with another cllimit
        list(api.query(params(6)))
    assert {name: wiki.log[1].params[name] for name in params(7)} == params(7)
    assert {name: wiki.log[2].params[name] for name in params(8) if name != "cllimit"} | {"cllimit": "max"} == params(8)
    merged: dict[str, Any] = {}
    for number in (6, 7, 8):
        merge(merged, answer_of(recorded(number))["query"])
    found = {page["title"]: page for page in merged["pages"]}
    assert {title: len(page["categories"]) for title, page in found.items()} == {"Alabama": 10, "Algeria": 23, "Amphibian": 5}
    assert {title: page["lastrevid"] for title, page in found.items()} == {"Alabama": 67, "Algeria": 107, "Amphibian": 148}
    assert "batchcomplete" in answer_of(recorded(8))


def test_09_odd_titles_lead_to_their_pages_or_have_a_reason(api: WikiApi) -> None:
    found = Answered()
    found.add(query(api, 9))
    alabama, coffee = found.of("alabama_"), found.of("Cafe\u0301 (rig)")
    assert isinstance(alabama, Page) and isinstance(coffee, Page)
    assert (alabama.pageid, coffee.pageid) == (66, 624)
    assert found.of("de:Anarchismus") == "is a page of another wiki (de)"
    reasons = {
        title: why_no_page(page) for title in ("No such page", "Bad[title", "Special:Version") if isinstance(page := found.of(title), Page)
    }
    assert reasons == {
        "No such page": "does not exist",
        "Bad[title": 'is no title: The requested page title contains invalid characters: "[".',
        "Special:Version": "is a special page, which the wiki makes when it is asked for",
    }


def test_10_redirects_lead_to_pages_sections_other_wikis_nowhere_or_in_circles(api: WikiApi) -> None:
    found = Answered()
    found.add(query(api, 10))
    ends = {title: page.title if isinstance(page := found.of(title), Page) else page for title in params(10)["titles"].split("|")}
    assert ends == {
        "Acantholimon glumaceum": "Acantholimon",
        "AccessibleComputing": "redirects to 'Computer accessibility', which does not exist",
        "Rig/Redirect to section": "Anarchism",
        "Rig/Double redirect": "Anarchism",
        "Rig/Broken redirect": "redirects to 'Rig/No such page', which does not exist",
        "Rig/Redirect loop A": "redirects in a circle",
        "Rig/Redirect to itself": "redirects in a circle",
        "Rig/Interwiki redirect": "redirects to another wiki (de:Anarchismus)",
    }


def test_11_a_redirect_that_was_not_followed_is_captured_as_one(api: WikiApi) -> None:
    page = pages(api, 11)["Acantholimon glumaceum"]
    assert (page.redirect, Listed.of(page).media_type(rendered=True)) == (True, "text/x-wiki")
    assert (page.revisions[0].main.content or "").startswith("#REDIRECT [[Acantholimon]]")


def test_12_a_hidden_text_is_told_from_an_empty_one(api: WikiApi) -> None:
    page = pages(api, 12)["Rig/Suppressed revision"]
    assert [revision.main.texthidden for revision in page.revisions] == [False, True]
    site = site_of(api.address, api.ask(params(1)))
    hidden = page.model_copy(update={"revisions": page.revisions[1:]})
    item = Texts(api, site, False, None, 1000)._source(Listed.of(page), hidden)
    assert item.error == "the text of revision 875 is hidden by an administrator"


def test_13_a_history_comes_newest_first_and_goes_on(opened: Callable[..., Opened]) -> None:
    api, wiki = opened()
    with pytest.raises(ApiError, match="never asked"):
        list(api.query(params(13)))
    assert wiki.log[1].params["rvcontinue"] == "20020902011032|573"
    revisions = pages(api, 13)["Ella Wishes You a Swinging Christmas"].revisions
    assert [revision.revid for revision in revisions] == [577, 576, 575, 574]
    assert [revision.timestamp for revision in revisions] == sorted((revision.timestamp or "" for revision in revisions), reverse=True)


@pytest.mark.parametrize(("number", "code"), [(14, "invalidparammix"), (15, "toomanyvalues"), (25, "missingtitle"), (28, "badvalue")])
def test_14_15_25_28_an_error_within_a_good_response_is_an_error(api: WikiApi, number: int, code: str) -> None:
    with pytest.raises(ApiError, match="the wiki refuses: ") as caught:
        api.ask(params(number))
    assert caught.value.code == code


def test_15_again_a_batch_shrinks_to_the_servers_limit(opened: Callable[..., Opened]) -> None:
    api, wiki = opened()
    api.batch = 51
    with pytest.raises(ApiError, match="never asked"):
        list(api.query_each("titles", params(15)["titles"].split("|"), {}))
    assert [len(asked.params["titles"].split("|")) for asked in wiki.log] == [51, 50]
    assert api.batch == 50


def test_16_17_members_of_a_category_go_on_by_a_key_that_is_kept_as_it_is(opened: Callable[..., Opened]) -> None:
    api, wiki = opened()
    with pytest.raises(ApiError, match="never asked"):  # the second part was recorded with another cmlimit
        list(api.query(params(16)))
    assert wiki.log[1].params["cmcontinue"] == params(17)["cmcontinue"]
    members = [page for number in (16, 17) for page in read_list(Page, query(api, number), "categorymembers")]
    assert len({page.pageid for page in members}) == 17
    assert [page.title for page in members if page.ns == 14] == ["Category:Rig loop", "Category:Rig oddities/Deep"]


def test_18_the_wiki_says_which_pages_are_disambiguations(api: WikiApi) -> None:
    found = {title: page.is_disambiguation for title, page in pages(api, 18).items()}
    assert found == {"Mercury (rig)": True, "Austin (disambiguation)": True, "IPod (rig)": False, "Alabama": False}


def test_19_pages_that_are_no_wikitext_have_types_of_their_own(api: WikiApi) -> None:
    assert {title: Listed.of(page).media_type(rendered=False) for title, page in pages(api, 19).items()} == {
        "Module:Rig": "application/x-mediawiki-scribunto",
        "MediaWiki:Common.css": "application/x-mediawiki-css",
        "User:Rig editor 1/data.json": "application/x-mediawiki-json",
        "Talk:Anarchism": "text/x-wiki",
        "Rig/Empty page": "text/x-wiki",
    }
    assert pages(api, 19)["Rig/Empty page"].revisions[0].main.content == ""


def test_20_extracts_come_for_one_page_at_a_time(opened: Callable[..., Opened]) -> None:
    api, wiki = opened()
    with pytest.raises(ApiError, match="never asked"):
        list(api.query(params(20)))
    assert wiki.log[1].params["excontinue"] == "1"
    assert ["extract" in page for page in query(api, 20)["pages"]] == [False, True]
