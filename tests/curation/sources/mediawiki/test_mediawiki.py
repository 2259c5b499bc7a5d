"""A wiki as a source: which pages are selected, what of them is captured, and a reason for each that is not."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import pytest
from pydantic import ValidationError
from small_wiki import SmallWiki, fill
from wiki_capture import CONTACT, captured, errors, source, titles
from wiki_server import Reply

from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.mediawiki import MediaWikiSource


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
