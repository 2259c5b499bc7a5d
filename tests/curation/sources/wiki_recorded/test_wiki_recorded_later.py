"""The later recordings: warnings, rendered pages, other servers, recent changes and the log."""

from collections.abc import Callable

import pytest
from recordings import Opened, pages, params, query, recorded, text_of
from wiki_server import RECORDED

from curation.sources.earlier import Fact
from curation.sources.wiki.answers import ApiError, Change, LogEntry, Page, Renamed, Rendered, read, read_list
from curation.sources.wiki.api import WikiApi, answer_of, seconds_to_wait
from curation.sources.wiki.changes import Touched, settled
from curation.sources.wiki.pages import Selection
from curation.sources.wiki.site import open_wiki
from curation.sources.wiki.titles import select_titles

pytestmark = pytest.mark.skipif(
    not RECORDED.is_dir(), reason="the recorded answers in ../shared/fixtures/mediawiki are not on this machine"
)


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
