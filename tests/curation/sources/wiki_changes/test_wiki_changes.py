"""A second pass over a wiki: what changed is fetched, what did not is not, and what is gone is known to be gone."""

from pathlib import Path

import pytest
from small_wiki import SmallWiki
from wiki_passes import Passes, gone, texts


def test_nothing_is_fetched_again_from_a_wiki_that_did_not_change(passes: Passes) -> None:
    first = passes.run()
    passes.wiki.days_pass(1)
    assert passes.run() == first
    assert passes.wiki.texts_asked() == []


def test_of_an_edited_page_the_new_text_is_fetched_and_of_no_other(passes: Passes) -> None:
    passes.run()
    passes.wiki.days_pass(1)
    edited = passes.wiki.write("Stilt", "The stilt stands. [[Category:Birds]]")
    rows = passes.run()
    assert "The stilt stands." in texts(rows)["Stilt"]
    assert passes.wiki.texts_asked() == [str(edited.pageid)]


def test_a_page_that_moved_keeps_its_id_and_gets_its_new_title(passes: Passes) -> None:
    first = passes.run()
    passes.wiki.days_pass(1)
    passes.wiki.move("Heron", "Grey heron")
    rows = passes.run()
    assert (first["2"]["title"], rows["2"]["title"], rows["2"]["uri"]) == ("Heron", "Grey heron", f"{passes.wiki.address}/wiki/Grey_heron")
    assert gone(rows) == {}


def test_a_page_that_moved_without_a_redirect_is_found(passes: Passes) -> None:
    passes.run()
    passes.wiki.days_pass(1)
    passes.wiki.move("Heron", "Grey heron", redirect=False)
    rows = passes.run()
    assert rows["2"]["title"] == "Grey heron"
    assert (gone(rows), [row["error"] for row in rows.values() if row["error"]]) == ({}, [])


def test_a_deleted_page_is_gone_and_stays_gone(passes: Passes) -> None:
    passes.run()
    for _ in range(3):
        passes.wiki.days_pass(1)
        if passes.wiki.at("Rook"):
            passes.wiki.delete("Rook")
        rows = passes.run()
        assert gone(rows) == {"5": "the wiki has deleted it"}
        assert sorted(texts(rows)) == ["Heron", "Stilt", "Stint"]
        assert not [row for row in rows.values() if row["error"]]
    assert not passes.wiki.asked(pageids="5")


def test_the_last_version_of_a_deleted_page_is_kept_where_the_recipe_says_so(passes: Passes) -> None:
    passes.settings |= {"vanished": "keep"}
    first = passes.run()
    for _ in range(3):
        passes.wiki.days_pass(1)
        if passes.wiki.at("Rook"):
            passes.wiki.delete("Rook")
        assert passes.run()["5"] == first["5"] | {"gone": "the wiki has deleted it"}
    assert passes.wiki.texts_asked() == []


@pytest.mark.parametrize("vanished", ["drop", "keep"])
def test_an_undeleted_page_is_back_with_its_old_revision(passes: Passes, vanished: str) -> None:
    passes.settings |= {"vanished": vanished}
    first = passes.run()
    passes.wiki.days_pass(1)
    passes.wiki.delete("Rook")
    passes.run()
    passes.wiki.days_pass(1)
    passes.wiki.undelete("Rook")
    rows = passes.run()
    assert rows == first


def test_a_page_deleted_and_undeleted_between_two_passes_did_not_change(passes: Passes) -> None:
    first = passes.run()
    passes.wiki.days_pass(1)
    passes.wiki.delete("Rook")
    passes.wiki.undelete("Rook")
    assert passes.run() == first
    assert passes.wiki.texts_asked() == []


def test_a_new_page_at_the_title_of_a_deleted_one_is_another_page(passes: Passes) -> None:
    passes.run()
    passes.wiki.days_pass(1)
    passes.wiki.delete("Rook")
    again = passes.wiki.write("Rook", "A chess piece. [[Category:Birds]]")
    rows = passes.run()
    assert gone(rows) == {"5": "the wiki has deleted it"}
    assert "A chess piece." in rows[str(again.pageid)]["content"].decode()


def test_a_page_that_became_a_redirect_holds_its_old_text_no_more(passes: Passes) -> None:
    passes.run()
    passes.wiki.days_pass(1)
    passes.wiki.write("Rook", "#REDIRECT [[Heron]]")
    rows = passes.run()
    assert "wades" not in (rows["5"]["content"] or b"").decode()
    assert rows["5"]["gone"] == "'Rook' has become a redirect" or rows["5"]["content"] == b"#REDIRECT [[Heron]]"


def test_a_pass_that_knows_the_one_before_gives_the_rows_of_one_that_knows_nothing(passes: Passes) -> None:
    passes.run()
    wiki = passes.wiki
    wiki.days_pass(1)
    wiki.write("Heron", "It has eaten. [[Category:Birds]]")
    wiki.write("Egret", "New. [[Category:Birds]]")
    wiki.move("Stilt", "Black stilt")
    wiki.move("Stint", "Little stint", redirect=False)
    wiki.delete("Rook")
    after = passes.run()
    assert gone(after) == {"5": "the wiki has deleted it"}
    fresh = passes.run(fresh=True)
    kept = {name: row for name, row in after.items() if row["gone"] is None}
    assert list(kept.items()) == [(name, row) for name, row in fresh.items() if row["error"] is None]


def test_a_deleted_page_is_on_record_once_however_the_recipe_writes_its_title(wiki: SmallWiki, tmp_path: Path) -> None:
    passes = Passes(wiki, tmp_path, {"titles": ["rook", "Heron"]})
    passes.run()
    wiki.days_pass(1)
    wiki.delete("Rook")
    rows = passes.run()
    assert (list(rows), gone(rows)) == (["2", "5"], {"5": "the wiki has deleted it"})


def test_a_page_that_failed_is_asked_for_again(passes: Passes) -> None:
    passes.wiki.hidden.add(3)
    assert passes.run()["3"]["error"]
    passes.wiki.hidden.clear()
    passes.wiki.days_pass(1)
    rows = passes.run()
    assert "Stilt" in texts(rows)
    assert passes.wiki.texts_asked() == ["3"]


def test_text_of_another_kind_is_fetched_anew(passes: Passes) -> None:
    passes.run()
    passes.wiki.days_pass(1)
    assert texts(passes.run(text="wikitext"))["Heron"] == "Heron wades. [[Category:Birds]]"


def test_a_licence_that_changed_holds_for_pages_that_did_not(passes: Passes) -> None:
    passes.run()
    passes.wiki.licence = "https://creativecommons.org/licenses/by/4.0/"
    assert {row["licence"] for row in passes.run().values()} == {"CC-BY-4.0"}
    assert {row["licence"] for row in passes.run(licence="MIT").values()} == {"MIT"}
