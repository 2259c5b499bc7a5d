"""Forty answers of a real MediaWiki, each read as its index says what it shows."""

import json
import re
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from wiki_server import RECORDED, RecordedWiki, serving

from curation.document import Captured
from curation.domains import Domain
from curation.extract.registry import extract
from curation.sources.context import Context
from curation.sources.earlier import Fact
from curation.sources.fetch.fetcher import Page as Response
from curation.sources.fetch.fetcher import open_fetcher
from curation.sources.mediawiki import MediaWikiSource
from curation.sources.wiki.answers import ApiError, Change, LogEntry, Page, Renamed, Rendered, read, read_list
from curation.sources.wiki.api import WikiApi, answer_of, merge, seconds_to_wait
from curation.sources.wiki.changes import Touched, settled
from curation.sources.wiki.pages import Listed, Selection, why_no_page
from curation.sources.wiki.site import open_wiki, site_of
from curation.sources.wiki.texts import Texts
from curation.sources.wiki.titles import Answered, select_titles

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded answers in ../shared/fixtures/mediawiki are not on this machine"
)

Opened = tuple[WikiApi, RecordedWiki]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[..., Opened]]:
    """Opens a recorded wiki: its client, and the wiki itself."""
    with ExitStack() as stack:

        def recorded(name: str = "wikipedia", **how: Any) -> Opened:
            wiki = RecordedWiki(name, **how)
            stack.enter_context(serving(wiki))
            common: dict[str, Any] = {"delay_seconds": 0.0, "private_addresses": True, "titles": ["Any"]}
            source = MediaWikiSource(kind="mediawiki", id="w", domain=Domain.WIKI, wiki=wiki.address, **common)
            (tmp_path / name).mkdir()
            fetcher = stack.enter_context(open_fetcher(source, Context(tmp_path, tmp_path / name, contact="me@a.example"), robots=False))
            return WikiApi(fetcher, wiki.address + wiki.paths[0]), wiki

        yield recorded


@pytest.fixture
def api(opened: Callable[..., Opened]) -> WikiApi:
    return opened()[0]


@pytest.fixture
def fandom(opened: Callable[..., Opened]) -> WikiApi:
    return opened("fandom")[0]


def params(number: int) -> dict[str, str]:
    """The question of a recording."""
    index = json.loads((RECORDED / "index.json").read_text())
    return {name: value for name, value in index[number - 1]["params"].items() if name not in ("format", "formatversion")}


def recorded(number: int) -> Response:
    """A recording as the response to a question."""
    entry = json.loads((RECORDED / "index.json").read_text())[number - 1]
    headers = {name.lower(): value for name, value in entry["headers"].items()}
    return Response("", "", entry["status"], headers, (RECORDED / entry["file"]).read_bytes())


def query(api: WikiApi, number: int) -> dict[str, Any]:
    found: dict[str, Any] = api.ask(params(number))["query"]
    return found


def pages(api: WikiApi, number: int) -> dict[str, Page]:
    return {page.title: page for page in read_list(Page, query(api, number), "pages")}


def text_of(content: str) -> str:
    return extract(Captured(content.encode(), "application/x-mediawiki-parse+html", "utf-8", "1", "u", "T", Domain.WIKI)).text


def test_every_recording_has_its_test() -> None:
    numbers = {int(found) for name in globals() if name.startswith("test_") for found in re.findall(r"_(\d\d)(?=_)", name)}
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


def test_21_22_what_the_wiki_warns_of_is_kept(opened: Callable[..., Opened]) -> None:
    (api, _), (fandom, _) = opened(), opened("fandom")
    for client, number in ((api, 21), (fandom, 22)):
        client.ask(params(number))
        client.ask(params(number))
    assert api.warnings == ['extracts: "exlimit" was too large for a whole article extracts request, lowered to 1.']
    assert fandom.warnings == [
        "main: Unrecognized parameter: explaintext.",
        'query: Unrecognized value for parameter "prop": extracts',
    ]
    assert "extract" not in query(fandom, 22)["pages"][0]


def test_23_a_rendered_page_is_read_as_text(api: WikiApi) -> None:
    rendered = read(Rendered, api.ask(params(23))["parse"])
    assert (rendered.title, rendered.pageid, rendered.revid) == ("Acantholimon", 298, 440)
    text = text_of(rendered.text)
    assert text.startswith("Acantholimon (prickly thrift) is a genus")
    assert "\n## Species\n\nThere are over 400 species.\n" in text
    assert not [word for word in ("Template:", "[1]", "Retrieved", "NewPP", "References", "File:") if word in text]


def test_24_a_redirect_that_was_followed_is_told(api: WikiApi) -> None:
    answer = api.ask(params(24))["parse"]
    assert [(found.source, found.to) for found in read_list(Renamed, answer, "redirects")] == [("Acantholimon glumaceum", "Acantholimon")]
    with pytest.raises(ApiError, match="text"):  # it was asked for without one
        read(Rendered, answer)


def test_26_a_wiki_that_lags_is_asked_again_after_as_long_as_it_says(opened: Callable[..., Opened]) -> None:
    assert seconds_to_wait(recorded(26)) == 5.0
    api, wiki = opened(lags=1)
    assert query(api, 1)["general"]["sitename"] == "Wikipedia"
    assert len(wiki.log) == 2
    assert wiki.log[0].params == wiki.log[1].params


def test_27_a_refused_edit_is_an_error_and_nothing_to_wait_for() -> None:
    assert seconds_to_wait(recorded(27)) is None
    with pytest.raises(ApiError, match="Invalid CSRF token") as caught:
        answer_of(recorded(27))
    assert caught.value.code == "badtoken"


def test_29_a_text_that_was_left_out_is_asked_for_by_the_servers_own_key(opened: Callable[..., Opened]) -> None:
    api, wiki = opened()
    assert [len(page.revisions) for page in pages(api, 29).values()] == [1, 0]
    assert "truncated" in api.warnings[0]
    with pytest.raises(ApiError, match="never asked"):
        list(api.query(params(29)))
    assert wiki.log[-1].params["rvcontinue"] == "294|436"


def test_30_a_fandom_wiki_is_found_at_its_root(opened: Callable[..., Opened]) -> None:
    client, wiki = opened("fandom")
    found, site = open_wiki(client.fetcher, wiki.address)
    assert found.address == f"{wiki.address}/api.php"
    assert [asked.path for asked in wiki.log] == ["/w/api.php", "/api.php"]
    assert (site.name, site.licence, site.content_namespaces, site.now) == ("Saltmarsh Wiki", "CC-BY-SA-3.0", (0,), "2026-11-21T06:19:29Z")
    assert site.category("Pilots") == "Category:Pilots"


def test_31_a_fandom_page_keeps_the_facts_of_its_infobox_and_no_navigation(fandom: WikiApi) -> None:
    text = text_of(read(Rendered, fandom.ask(params(31))["parse"]).text)
    assert text.startswith("- Species: Human\n- Born: Year of the Late Thaw\n- Home: Wrack Street\n- Trade: Pilot\n- Ship: Patient Heron\n")
    assert "\n### The winter of the broken lamp\n\nSpoiler: When the harbour light failed" in text
    assert "— Odda Ferrier, to the apprentices" in text
    assert not [word for word in ("Contents", "1.1", "•", "NewPP") if word in text]


def test_32_the_servers_clock_is_where_the_next_pass_begins(api: WikiApi) -> None:
    assert api.ask(params(32))["curtimestamp"] == params(34)["rcstart"] == "2026-11-21T06:19:29Z"


def known(api: WikiApi) -> dict[int, Fact]:
    """The six pages of recording 33 as they were captured before the changes."""
    return {
        page.pageid: Fact(
            str(page.pageid), f"u:{page.title}", "text/x-wiki", page.title, str(page.lastrevid), None, None, None, "sha", None, None
        )
        for page in pages(api, 33).values()
    }


def test_33_34_35_recent_changes_name_every_page_that_changed(api: WikiApi) -> None:
    touched = Touched()
    for part in api.query(params(34)):
        for change in read_list(Change, part, "recentchanges"):
            touched.add(change, frozenset({0}))
    assert touched.ids == set(known(api)) | {635}
    moved = {"Lybster", "Lybster, Caithness", "Moishezon manifold", "Moishezon manifolds"}
    assert touched.titles == moved | {"Wideawake", "Robert Model"}


def test_36_37_pages_looked_up_by_id_and_by_title_tell_what_became_of_them(api: WikiApi) -> None:
    before = known(api)
    again = read_list(Page, answer_of(recorded(37))["query"], "pages")  # the same question as 33, after the changes
    by_title = {page.title: page for page in again}
    by_id = {page.pageid: page for page in read_list(Page, query(api, 36), "pages")}
    selection = settled(before, by_id | {page.pageid: page for page in by_title.values() if page.pageid}, frozenset({0}))
    assert selection.gone == {341: "the wiki has deleted it"}
    titles = {number: page.title for number, page in selection.pages.items()}
    assert titles == {
        217: "Moishezon manifolds", 275: "Armeria", 282: "Robert Model", 309: "Collateral source rule", 339: "Lybster, Caithness",
    }  # fmt: skip
    unchanged = [number for number, page in selection.pages.items() if str(page.revision) == before[number].revision]
    assert unchanged == [282]  # deleted and undeleted: it has its old revision again
    assert (by_title["Lybster"].redirect, by_title["Lybster"].pageid) == (True, 636)
    assert (by_title["Moishezon manifold"].missing, by_title["Wideawake"].missing) == (True, True)


def test_38_a_revision_of_a_deleted_page_is_no_page(api: WikiApi) -> None:
    found = query(api, 38)
    assert [page.title for page in read_list(Page, found, "pages")] == ["Armeria"]
    assert found["badrevids"]["497"]["missing"] is True


def test_39_the_log_says_where_a_page_was_moved(api: WikiApi) -> None:
    entries = read_list(LogEntry, query(api, 39), "logevents")
    assert {entry.title: entry.target for entry in entries} == {
        "Moishezon manifold": "Moishezon manifolds",
        "Lybster": "Lybster, Caithness",
    }


def test_40_the_log_tells_deletions_from_undeletions_and_hidden_texts(api: WikiApi) -> None:
    entries = read_list(LogEntry, query(api, 40), "logevents")
    assert [entry.action for entry in entries] == ["restore", "delete", "delete", "revision"]
    assert {entry.target for entry in entries} == {None}


def test_titles_that_were_never_recorded_fail_as_a_whole(api: WikiApi) -> None:
    with pytest.raises(ApiError, match="notrecorded"):
        select_titles(api, ["Never"], Selection())
