"""Which pages of a wiki are captured: by title, by category, or all."""

from pathlib import Path

import pytest
from small_wiki import SmallWiki, fill
from wiki_capture import captured, errors, titles


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
