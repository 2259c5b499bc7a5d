"""A whole wiki is compared by its recent changes, and otherwise by every revision."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from small_wiki import SmallWiki, fill
from wiki_passes import WHOLE, Passes, gone, texts
from wiki_server import serving


def test_a_whole_wiki_is_compared_by_its_recent_changes(whole: Passes) -> None:
    whole.run()
    assert not whole.used_recent_changes
    whole.wiki.days_pass(7)
    whole.wiki.write("Heron", "New.")
    whole.run()
    assert whole.used_recent_changes
    assert {asked.params.get("rcstart") for asked in whole.wiki.asked(list="recentchanges")} == {None, "2026-01-02T23:50:05Z"}


def silent_end(wiki: SmallWiki) -> None:
    wiki.keeps_days = 3


def long_ago(wiki: SmallWiki) -> None:
    wiki.days_pass(40)


def busy(wiki: SmallWiki) -> None:
    for number in range(501):
        wiki.write("Talk:Noise", f"{number}")


def secret(wiki: SmallWiki) -> None:
    wiki.write("Talk:Noise", "x")
    wiki.changes[-1] |= {"actionhidden": True}


def no_list(wiki: SmallWiki) -> None:
    wiki.changes.clear()


@pytest.mark.parametrize("obstacle", [silent_end, long_ago, busy, secret, no_list])
def test_where_recent_changes_cannot_tell_all_revisions_are_compared(whole: Passes, obstacle: Callable[[SmallWiki], None]) -> None:
    whole.run()
    whole.wiki.days_pass(7)
    whole.wiki.write("Heron", "New.")
    whole.wiki.delete("Rook")
    obstacle(whole.wiki)
    rows = whole.run()
    assert not whole.used_recent_changes
    assert (texts(rows)["Heron"], gone(rows)) == ('<div class="mw-parser-output"><p>New.</p></div>', {"5": "the wiki has deleted it"})
    assert whole.wiki.texts_asked() == ["2"]


def test_an_entry_that_does_not_name_the_page_is_followed_by_title(whole: Passes) -> None:
    whole.run()
    whole.wiki.days_pass(7)
    whole.wiki.delete("Rook")
    whole.wiki.move("Stint", "Little stint", redirect=False)
    for change in whole.wiki.changes[-2:]:
        change["pageid"] = 0
    rows = whole.run()
    assert whole.used_recent_changes
    assert (gone(rows), rows["4"]["title"]) == ({"5": "the wiki has deleted it"}, "Little stint")


def test_an_undeletion_that_names_no_page_is_followed_by_title(whole: Passes) -> None:
    first = whole.run()
    whole.wiki.days_pass(7)
    whole.wiki.delete("Rook")
    whole.wiki.days_pass(1)
    whole.run()
    whole.wiki.days_pass(7)
    whole.wiki.undelete("Rook")
    whole.wiki.changes[-1]["pageid"] = 0
    assert whole.run() == first
    assert whole.used_recent_changes


def test_a_page_that_moves_in_or_out_of_the_namespace_comes_or_goes(whole: Passes) -> None:
    whole.wiki.write("Draft:Egret", "Soon.")
    whole.run()
    whole.wiki.days_pass(7)
    whole.wiki.move("Draft:Egret", "Egret", redirect=False)
    whole.wiki.move("Rook", "Draft:Rook", redirect=False)
    rows = whole.run()
    assert whole.used_recent_changes
    assert "Egret" in texts(rows)
    assert gone(rows) == {"5": "it is at 'Draft:Rook' now, which the recipe does not select"}


def test_changes_in_other_namespaces_are_not_looked_up(whole: Passes) -> None:
    whole.run()
    whole.wiki.days_pass(7)
    whole.wiki.write("Talk:Heron", "What a bird.")
    whole.run()
    assert len(whole.wiki.log) == 3  # the wiki, how far back its changes go, the changes


def test_an_edit_just_before_the_last_capture_that_showed_late_is_not_lost(whole: Passes) -> None:
    whole.run()
    whole.wiki.days_pass(-5 / 24 / 60)
    whole.wiki.write("Heron", "Late.")
    whole.wiki.days_pass(2)
    assert "Late." in texts(whole.run())["Heron"]
    assert whole.used_recent_changes


def test_other_settings_than_the_last_time_make_a_new_list(whole: Passes) -> None:
    whole.run()
    whole.wiki.days_pass(1)
    whole.run(namespaces=[0, 14])
    assert not whole.used_recent_changes


def test_a_page_that_the_recipe_no_longer_names_is_not_gone(wiki: SmallWiki, tmp_path: Path) -> None:
    passes = Passes(wiki, tmp_path, {"titles": ["Heron", "Stilt", "Rook"], "vanished": "keep"})
    passes.run()
    wiki.delete("Rook")
    rows = passes.run(titles=["Heron", "Rook"])
    assert sorted(texts(rows)) == ["Heron", "Rook"]


def test_a_namespace_that_is_called_otherwise_renames_its_pages(wiki: SmallWiki, tmp_path: Path) -> None:
    passes = Passes(wiki, tmp_path, {"categories": ["Birds"]})
    passes.run()
    wiki.articles[2] = replace(wiki.articles[2], title="Vogel: Heron")
    assert passes.run()["2"]["title"] == "Vogel: Heron"


def test_a_page_that_left_its_category_is_gone(wiki: SmallWiki, tmp_path: Path) -> None:
    passes = Passes(wiki, tmp_path, {"categories": ["Birds"]})
    passes.run()
    wiki.write("Rook", "A chess piece.")
    assert gone(passes.run()) == {"5": "it is at 'Rook' now, which the recipe does not select"}


def test_a_capture_that_was_cut_short_is_not_built_on(whole: Passes) -> None:
    whole.settings["max_pages"] = 2
    whole.run()
    whole.wiki.days_pass(1)
    rows = whole.run()
    assert not whole.used_recent_changes
    assert len(texts(rows)) == 2


def test_a_second_pass_over_five_hundred_pages_takes_under_a_hundredth_of_the_bytes(tmp_path: Path) -> None:
    wiki = SmallWiki()
    with serving(wiki):
        fill(wiki, {f"Page {number}": " ".join(f"word{number * 7919 % 977 + place}" for place in range(300)) for number in range(500)})
        wiki.days_pass(1)
        passes = Passes(wiki, tmp_path, dict(WHOLE))
        first = passes.run()
        cost = sum(asked.sent for asked in wiki.log)
        wiki.days_pass(1)
        assert passes.run() == first
        assert sum(asked.sent for asked in wiki.log) < cost / 100
        assert len(wiki.log) == 3
