"""A wiki as a source: which pages are selected, what of them is captured, and a reason for each that is not."""

import logging
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import ValidationError
from small_wiki import SmallWiki, fill
from wiki_server import Reply, serving

from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.fetch.fetcher import Page as Response
from curation.sources.item import Item
from curation.sources.mediawiki import MediaWikiSource
from curation.sources.wiki.api import seconds_to_wait
from curation.sources.wiki.site import Site, candidates
from warehouse.errors import SourceError

CONTACT = "https://berrypatch.example/contact"


@pytest.fixture
def wiki() -> Iterator[SmallWiki]:
    small = SmallWiki()
    with serving(small):
        yield small


def source(wiki: SmallWiki, /, **settings: Any) -> MediaWikiSource:
    common = {"delay_seconds": 0.0, "private_addresses": True, "wiki": wiki.address}
    return MediaWikiSource(kind="mediawiki", id="w", domain=Domain.WIKI, **{**common, **settings})


def captured(wiki: SmallWiki, tmp_path: Path, /, **settings: Any) -> dict[str, Item]:
    """Items by native id."""
    context = Context(tmp_path, tmp_path / "state", contact=CONTACT)
    context.state.mkdir(exist_ok=True)
    found = list(source(wiki, **settings).items(context))
    assert len({item.native_id for item in found}) == len(found)
    return {item.native_id: item for item in found}


def titles(found: dict[str, Item]) -> list[str | None]:
    return [item.title for item in found.values() if item.content is not None]


def errors(found: dict[str, Item]) -> dict[str, str | None]:
    return {name: item.error for name, item in found.items() if item.error is not None}


# what is captured of a page


def test_a_page_is_captured_as_readers_see_it(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, {"Heron": "== Nest ==\nIt nests in reeds."})
    item = captured(wiki, tmp_path, titles=["Heron"])["1"]
    assert b"<p>It nests in reeds.</p>" in (item.content or b"")
    assert (item.media_type, item.charset, item.title, item.revision) == ("application/x-mediawiki-parse+html", "utf-8", "Heron", "101")
    assert item.modified == "2026-01-01T00:00:00Z"
    assert item.uri == f"{wiki.address}/wiki/Heron"


def test_a_page_is_captured_as_wikitext_where_the_recipe_says_so(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, {"Heron": "== Nest ==\nIt nests in reeds."})
    item = captured(wiki, tmp_path, titles=["Heron"], text="wikitext")["1"]
    assert (item.content, item.media_type) == (b"== Nest ==\nIt nests in reeds.", "text/x-wiki")
    assert (item.revision, item.modified) == ("101", "2026-01-01T00:00:00Z")
    assert not wiki.asked(action="parse")


def test_the_authors_are_named_by_the_wiki_and_the_history_of_the_page(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["AT&T (rig)"])
    item = captured(wiki, tmp_path, titles=["AT&T (rig)"])["1"]
    assert item.attribution == f"Small Wiki, authors listed at {wiki.address}/wiki/AT%26T_(rig)?action=history"


@pytest.mark.parametrize(
    ("stated", "name"),
    [
        ("https://creativecommons.org/licenses/by-sa/4.0/", "CC-BY-SA-4.0"),
        ("https://creativecommons.org/licenses/by-nc-sa/3.0/deed.de", "CC-BY-NC-SA-3.0"),
        ("//creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("https://www.gnu.org/copyleft/fdl.html", "as it says"),
    ],
)
def test_the_licence_is_the_one_that_the_wiki_states(wiki: SmallWiki, tmp_path: Path, stated: str, name: str) -> None:
    fill(wiki, ["Heron"]).licence = stated
    assert captured(wiki, tmp_path, titles=["Heron"])["1"].licence == name


def test_the_recipes_licence_goes_before_the_wikis(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["Heron"])
    assert captured(wiki, tmp_path, titles=["Heron"], licence="MIT")["1"].licence is None


def test_a_page_of_another_content_model_is_captured_under_a_type_of_its_own(wiki: SmallWiki, tmp_path: Path) -> None:
    wiki.write("Module:Tide", "return 1", model="Scribunto")
    item = captured(wiki, tmp_path, titles=["Module:Tide"])["1"]
    assert (item.content, item.media_type) == (b"return 1", "application/x-mediawiki-scribunto")


@pytest.mark.parametrize(("text", "base"), [("rendered", "application/x-mediawiki-parse+html"), ("wikitext", "text/x-wiki")])
def test_the_type_of_a_disambiguation_page_says_so(wiki: SmallWiki, tmp_path: Path, text: str, base: str) -> None:
    wiki.write("Mercury", "{{disambiguation}} A planet. A metal.")
    assert captured(wiki, tmp_path, titles=["Mercury"], text=text)["1"].media_type == f"{base}; page=disambiguation"


def test_an_empty_page_is_captured_empty(wiki: SmallWiki, tmp_path: Path) -> None:
    wiki.write("Void", "")
    assert captured(wiki, tmp_path, titles=["Void"], text="wikitext")["1"].content == b""


@pytest.mark.parametrize(
    ("text", "why"), [("rendered", "permission"), ("wikitext", "the text of revision 101 is hidden by an administrator")]
)
def test_a_hidden_text_is_a_failed_item(wiki: SmallWiki, tmp_path: Path, text: str, why: str) -> None:
    fill(wiki, ["Secret", "Open"]).hidden.add(1)
    found = captured(wiki, tmp_path, titles=["Secret", "Open"], text=text)
    assert why in (found["1"].error or "")
    assert titles(found) == ["Open"]


@pytest.mark.parametrize("text", ["rendered", "wikitext"])
def test_a_page_larger_than_the_limit_is_a_failed_item(wiki: SmallWiki, tmp_path: Path, text: str) -> None:
    fill(wiki, {"Long": "x" * 30_000, "Short": "x"})
    found = captured(wiki, tmp_path, titles=["Long", "Short"], text=text, max_page_megabytes=0.01)
    assert "larger than max_page_megabytes (0.01)" in (found["1"].error or "")
    assert titles(found) == ["Short"]


def test_half_a_pair_of_utf_16_becomes_a_question_mark_and_a_whole_one_its_letter(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["A"])
    answer = rb'{"parse":{"title":"A \ud800","pageid":1,"revid":101,"text":"\ud83c\udf53 \udc00"}}'
    wiki.broken = lambda params: Reply(answer) if params.get("action") == "parse" else None
    item = captured(wiki, tmp_path, titles=["A"])["1"]
    assert (item.title, item.content) == ("A ?", "🍓 ?".encode())


def test_a_page_that_is_deleted_while_it_is_captured_is_gone(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["A", "B"])
    wiki.broken = lambda params: wiki.delete("B") if params.get("action") == "parse" and wiki.at("B") else None
    found = captured(wiki, tmp_path, titles=["A", "B"])
    assert found["2"].gone == "the wiki deleted it while it was captured"


def test_a_page_that_is_edited_while_it_is_captured_has_the_revision_that_was_rendered(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["A"])

    def edit(params: Mapping[str, str]) -> None:
        if params.get("action") == "parse":
            wiki.write("A", "New.")

    wiki.broken = edit
    item = captured(wiki, tmp_path, titles=["A"])["1"]
    assert b"New." in (item.content or b"")
    assert (item.revision, item.modified) == ("102", None)  # the date that is known is the one before


def test_texts_above_the_wikis_own_limit_are_asked_for_again_one_by_one(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, {"A": "a" * 600, "B": "b" * 600, "C": "c" * 2000}).content_limit = 1000
    found = captured(wiki, tmp_path, titles=["A", "B", "C"], text="wikitext")
    assert titles(found) == ["A", "B"]
    assert errors(found) == {"3": "the text of revision 103 is more than the wiki gives in one answer"}


# titles


def test_a_title_is_read_as_the_wiki_reads_it(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["Grey heron"])
    assert titles(captured(wiki, tmp_path, titles=["grey_heron", "Grey heron"])) == ["Grey heron"]


def test_a_title_in_another_form_of_unicode_is_the_same_title(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["Caf\u00e9"])
    assert titles(captured(wiki, tmp_path, titles=["Cafe\u0301"])) == ["Caf\u00e9"]


def test_a_redirect_is_captured_as_what_it_is_and_followed(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, {"Heron": "A bird.", "Herons": "#REDIRECT [[Heron]]"})
    found = captured(wiki, tmp_path, titles=["Herons"])
    assert titles(found) == ["Heron", "Herons"]
    assert (found["2"].content, found["2"].media_type) == (b"#REDIRECT [[Heron]]", "text/x-wiki")


@pytest.mark.parametrize(
    ("title", "why"),
    [
        ("Nobody", "'Nobody' does not exist"),
        ("Bad[title", "'Bad[title' is no title: it has a \"[\""),
        ("A|B", "'A|B' is no title: it has a | in it"),
        ("Special:Version", "'Special:Version' is a special page, which the wiki makes when it is asked for"),
        ("De:Reiher", "'De:Reiher' is a page of another wiki (de)"),
        ("Loop", "'Loop' redirects in a circle"),
        ("Broken", "'Broken' redirects to 'Nobody', which does not exist"),
        ("Deleted", "'Deleted' was deleted"),
    ],
)
def test_a_title_that_leads_to_no_page_is_a_failed_item_with_the_reason(wiki: SmallWiki, tmp_path: Path, title: str, why: str) -> None:
    fill(
        wiki,
        {
            "Heron": "A bird.",
            "Loop": "#REDIRECT [[Loop 2]]",
            "Loop 2": "#REDIRECT [[Loop]]",
            "Broken": "#REDIRECT [[Nobody]]",
            "Deleted": "x",
        },
    )
    wiki.delete("Deleted")
    found = captured(wiki, tmp_path, titles=[title, "Heron"])
    assert errors(found) == {f"title:{title}": why}
    assert "Heron" in titles(found)


def test_a_page_that_moved_without_a_redirect_is_found_by_the_log(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["Old"])
    wiki.move("Old", "Newer", redirect=False)
    wiki.move("Newer", "Newest", redirect=False)
    found = captured(wiki, tmp_path, titles=["Old"])
    assert (titles(found), errors(found)) == (["Newest"], {})


def test_a_page_that_moves_in_a_circle_ends_the_search(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["A"])
    for there, back in (("A", "B"), ("B", "A")):
        wiki.move(there, back, redirect=False)
    wiki.delete("A")
    wiki.events.pop()
    assert "was moved again and again" in (errors(captured(wiki, tmp_path, titles=["A"]))["title:A"] or "")


# categories and whole wikis


def categorised(wiki: SmallWiki) -> SmallWiki:
    texts = {
        "Heron": "[[Category:Birds]]",
        "Category:Birds": "",
        "Category:Waders": "[[Category:Birds]]",
        "Stilt": "[[Category:Waders]]",
        "Category:Small waders": "[[Category:Waders]]",
        "Stint": "[[Category:Small waders]]",
        "Talk:Heron": "[[Category:Birds]]",
        "Rook": "",
    }
    return fill(wiki, texts)


@pytest.mark.parametrize(("depth", "expected"), [(0, ["Heron"]), (1, ["Heron", "Stilt"]), (2, ["Heron", "Stilt", "Stint"])])
def test_a_category_has_the_pages_of_its_subcategories_down_to_a_depth(
    wiki: SmallWiki, tmp_path: Path, depth: int, expected: list[str]
) -> None:
    assert titles(captured(categorised(wiki), tmp_path, categories=["Birds"], category_depth=depth)) == expected
    assert [asked.params["gcmtype"] for asked in wiki.asked(generator="categorymembers")] == ["page|subcat"] * depth + ["page"]


@pytest.mark.parametrize("name", ["Birds", "Category:Birds", "category: Birds", "Category:_Birds"])
def test_a_category_may_be_named_with_or_without_its_namespace(wiki: SmallWiki, tmp_path: Path, name: str) -> None:
    assert "Heron" in titles(captured(categorised(wiki), tmp_path, categories=[name]))


def test_categories_in_a_circle_are_asked_once_each(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, {"Category:A": "[[Category:B]]", "Category:B": "[[Category:A]]", "Page": "[[Category:B]]"})
    assert titles(captured(wiki, tmp_path, categories=["A"], category_depth=9)) == ["Page"]
    assert len(wiki.asked(generator="categorymembers")) == 2


@pytest.mark.parametrize("name", ["Nothing", "Bad[name"])
def test_a_category_without_pages_is_a_failed_item(wiki: SmallWiki, tmp_path: Path, name: str) -> None:
    found = captured(categorised(wiki), tmp_path, categories=["Birds", name])
    assert "has no pages" in (errors(found)[f"category:{name}"] or "")
    assert titles(found) == ["Heron", "Stilt"]


def test_the_namespaces_decide_which_pages_of_a_category_count(wiki: SmallWiki, tmp_path: Path) -> None:
    assert titles(captured(categorised(wiki), tmp_path, categories=["Birds"], namespaces=[1])) == ["Talk:Heron"]


def test_a_whole_wiki_is_every_page_of_its_content_namespaces_but_redirects(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(categorised(wiki), {"Herons": "#REDIRECT [[Heron]]"})
    assert titles(captured(wiki, tmp_path, whole_wiki=True)) == ["Heron", "Stilt", "Stint", "Rook"]


def test_pages_come_by_their_id_however_they_were_found(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {letter}" for letter in "ZYXWVU"]).most = 2
    assert list(captured(wiki, tmp_path, whole_wiki=True)) == ["1", "2", "3", "4", "5", "6"]


def test_more_pages_than_the_limit_are_not_asked_for_and_a_record_says_so(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {letter}" for letter in "ABCDE"])
    found = captured(wiki, tmp_path, whole_wiki=True, max_pages=3)
    assert len(titles(found)) == 3
    assert "max_pages (3)" in (found["(beyond max_pages)"].error or "")


# manners


def test_the_api_is_asked_as_its_etiquette_wants(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(120)])
    captured(wiki, tmp_path, whole_wiki=True)
    assert {asked.at_once for asked in wiki.log} == {1}
    assert {asked.params["maxlag"] for asked in wiki.log} == {"5"}
    assert all(f"(+{CONTACT})" in asked.headers["user-agent"] for asked in wiki.log)
    assert all("gzip" in asked.headers["accept-encoding"] for asked in wiki.log)
    assert {asked.path for asked in wiki.log} == {"/w/api.php"}


def test_no_question_is_asked_twice(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(120)])
    captured(wiki, tmp_path, whole_wiki=True)
    questions = [tuple(sorted(asked.params.items())) for asked in wiki.log]
    assert len(set(questions)) == len(questions)
    assert len(questions) == 1 + 1 + 3 + 120  # the wiki, its list, dates of fifty at a time, the texts


def test_wikitext_is_asked_for_fifty_pages_at_a_time(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(120)])
    captured(wiki, tmp_path, whole_wiki=True, text="wikitext")
    assert len(wiki.log) == 1 + 1 + 3


def test_a_smaller_limit_of_the_server_is_kept_to(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(30)]).values = 8
    assert len(titles(captured(wiki, tmp_path, titles=[f"Page {number}" for number in range(30)]))) == 30
    refused = [asked for asked in wiki.log if len(asked.params.get("titles", asked.params.get("pageids", "")).split("|")) > 8]
    assert len(refused) == 1


def test_long_titles_do_not_make_an_address_too_long(wiki: SmallWiki, tmp_path: Path) -> None:
    long = [f"{letter}{'東' * 80}" for letter in "ABCDEFGHIJKLMNOPQRSTUVWXYZ"]
    fill(wiki, long)
    assert len(titles(captured(wiki, tmp_path, titles=long))) == 26
    assert all(sum(len(value.encode()) * 3 for value in asked.params.values()) < 8000 for asked in wiki.log)


def test_a_wiki_that_lags_is_waited_for(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["Heron"]).lags = 2
    assert titles(captured(wiki, tmp_path, titles=["Heron"])) == ["Heron"]


@pytest.mark.parametrize(
    ("headers", "body", "seconds"),
    [
        ({"mediawiki-api-error": "maxlag", "retry-after": "7"}, b"x" * 9000, 7.0),
        ({}, b'{"error":{"code":"maxlag","lag":9}}', 5.0),  # a proxy may take the header away
        ({"mediawiki-api-error": "ratelimited", "retry-after": "soon"}, b"", 5.0),
        ({"mediawiki-api-error": "badvalue", "retry-after": "7"}, b'{"error":{"code":"badvalue"}}', None),
        ({}, b'{"error":{"code":"maxlag"}}' + b" " * 9000, None),
    ],
)
def test_a_plea_to_wait_is_told_from_an_answer(headers: dict[str, str], body: bytes, seconds: float | None) -> None:
    assert seconds_to_wait(Response("", "", 200, headers, body)) == seconds


# where the API is


@pytest.mark.parametrize("path", ["/w/api.php", "/api.php", "/wiki/api.php"])
def test_the_api_is_found_by_the_address_of_the_wiki(wiki: SmallWiki, tmp_path: Path, path: str) -> None:
    fill(wiki, ["Heron"]).paths = (path,)
    address = wiki.address + ("/wiki/api.php" if path.startswith("/wiki") else "/wiki/Main_Page")
    assert titles(captured(wiki, tmp_path, titles=["Heron"], wiki=address)) == ["Heron"]


@pytest.mark.parametrize(
    ("address", "first"),
    [
        ("https://en.wikipedia.org", "https://en.wikipedia.org/w/api.php"),
        ("https://en.wikipedia.org/wiki/Heron", "https://en.wikipedia.org/w/api.php"),
        ("https://a.example/mediawiki/index.php/Heron", "https://a.example/mediawiki/api.php"),
        ("https://gta.fandom.com/de/wiki/Heron", "https://gta.fandom.com/de/api.php"),
        ("https://a.example/x/api.php?x=y", "https://a.example/x/api.php"),
    ],
)
def test_the_likeliest_place_is_asked_first(address: str, first: str) -> None:
    assert candidates(address)[0] == first


def test_a_site_without_an_api_says_where_it_was_looked_for(wiki: SmallWiki, tmp_path: Path) -> None:
    wiki.paths = ()
    with pytest.raises(SourceError, match=r"/w/api\.php: answered with HTTP status 404; .*/api\.php: .* Check `wiki`"):
        captured(wiki, tmp_path, titles=["Heron"])


def test_a_wiki_that_stops_answering_is_given_up_after_a_few_pages(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(30)])
    wiki.broken = lambda params: Reply(b"down", 503) if params.get("action") == "parse" else None
    with pytest.raises(SourceError, match="source w: 5 pages one after another could not be had"):
        captured(wiki, tmp_path, whole_wiki=True)


def test_one_page_that_cannot_be_had_does_not_stop_the_others(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["A", "B", "C"])
    wiki.broken = lambda params: Reply(b"<html>proxy</html>") if params.get("pageid") == "2" else None
    found = captured(wiki, tmp_path, whole_wiki=True)
    assert titles(found) == ["A", "C"]
    assert "no JSON" in (found["2"].error or "")


def test_a_wiki_that_continues_in_a_circle_is_an_error(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, ["A"])
    answer = b'{"continue":{"gapcontinue":"A","continue":"-||"},"query":{"pages":[]}}'
    wiki.broken = lambda params: Reply(answer) if "generator" in params else None
    with pytest.raises(SourceError, match="in a circle"):
        captured(wiki, tmp_path, whole_wiki=True)


def test_what_a_wiki_warns_of_is_logged_once(wiki: SmallWiki, tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    fill(wiki, {"A": "a" * 600, "B": "b" * 600}).content_limit = 500
    with caplog.at_level(logging.WARNING):
        captured(wiki, tmp_path, titles=["A", "B"], text="wikitext")
    assert caplog.text.count("truncated") == 1


@pytest.mark.parametrize(("base", "mark"), [("https://a.example/wiki/$1", "?"), ("https://a.example/index.php?title=$1", "&")])
def test_the_history_of_a_page_has_an_address_on_every_wiki(base: str, mark: str) -> None:
    site = Site("A", base, None, (0,), frozenset(), "2026-01-01T00:00:00Z")
    assert site.attribution("X y").endswith(f"X_y{mark}action=history")


# settings


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ({}, "selects no page"),
        ({"titles": ["A"], "wiki": "en.wikipedia.org"}, "begins with https://"),
        ({"titles": ["A"], "wiki": "https://me:secret@a.example"}, "a name or a password"),
        ({"titles": [" "]}, "at least 1 character"),
    ],
)
def test_settings_that_cannot_be_meant_are_refused(settings: dict[str, Any], words: str) -> None:
    with pytest.raises(ValidationError, match=words):
        MediaWikiSource(kind="mediawiki", id="w", domain=Domain.WIKI, **{"wiki": "https://a.example", **settings})


@pytest.mark.parametrize("selected", [{"titles": ["Heron"]}, {"categories": ["Birds"]}, {"whole_wiki": True}])
def test_a_dry_run_names_the_first_requests(selected: dict[str, Any]) -> None:
    requests = MediaWikiSource(kind="mediawiki", id="w", domain=Domain.WIKI, wiki="https://a.example", **selected).first_requests()
    purposes = ["what wiki it is", "the same", "the first pages", "the text of the first page"]
    assert [request.purpose.split(",")[0] for request in requests] == purposes
    assert "pageid=NUMBER" in requests[3].url
    paths = ["/w/api.php", "/api.php", "/w/api.php", "/w/api.php"]
    assert [urlsplit(request.url).path for request in requests] == paths


@pytest.mark.parametrize("text", ["rendered", "wikitext"])
@pytest.mark.parametrize("selected", [{"titles": ["Heron"]}, {"categories": ["Birds"]}, {"whole_wiki": True}])
def test_a_dry_run_names_what_is_asked(wiki: SmallWiki, tmp_path: Path, selected: dict[str, Any], text: str) -> None:
    fill(wiki, {"Heron": "[[Category:Birds]]"})
    captured(wiki, tmp_path, **selected, text=text)
    asked = [{name: value for name, value in asked.params.items() if value} for asked in wiki.log]
    for request in source(wiki, **selected, text=text).first_requests():
        assert dict(parse_qsl(urlsplit(request.url.replace("NUMBER", "1")).query)) in asked


def test_a_capture_that_is_interrupted_gives_the_same_items_when_it_is_started_again(wiki: SmallWiki, tmp_path: Path) -> None:
    fill(wiki, [f"Page {number}" for number in range(60)])
    whole = captured(wiki, tmp_path, whole_wiki=True)
    context = Context(tmp_path, tmp_path / "again", contact=CONTACT)
    context.state.mkdir()
    wiki.log.clear()
    first = source(wiki, whole_wiki=True).items(context)
    assert [next(first).native_id for _ in range(7)] == list(whole)[:7]
    first.close()  # type: ignore[attr-defined]
    assert list(source(wiki, whole_wiki=True).items(context)) == list(whole.values())
    assert max(wiki.texts_asked().count(page) for page in whole) <= 2
