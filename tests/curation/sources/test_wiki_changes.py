"""A second pass over a wiki: what changed is fetched, what did not is not, and what is gone is known to be gone."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from small_wiki import SmallWiki, fill
from wiki_server import serving

from curation.capture import capture_source, read_memory
from curation.domains import Domain
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.mediawiki import MediaWikiSource

Row = dict[str, Any]
WHOLE: dict[str, Any] = {"whole_wiki": True}
SELECTIONS: dict[str, dict[str, Any]] = {
    "whole wiki": WHOLE,
    "category": {"categories": ["Birds"]},
    "titles": {"titles": ["Heron", "Stilt", "Stint", "Rook"]},
}


@dataclass
class Passes:
    """Captures a wiki again and again, each pass with what the one before left."""

    wiki: SmallWiki
    folder: Path
    settings: dict[str, Any] = field(default_factory=dict)
    number: int = 0

    def run(self, fresh: bool = False, **changed: Any) -> dict[str, Row]:
        """The rows of a pass by native id; a fresh one knows of none before it."""
        before = self.folder / str(self.number)
        self.number += 1
        out, state = self.folder / str(self.number), self.folder / f"state-{self.number}"
        out.mkdir()
        state.mkdir()
        common = {"delay_seconds": 0.0, "private_addresses": True, "wiki": self.wiki.address}
        source = MediaWikiSource(kind="mediawiki", id="w", domain=Domain.WIKI, **{**common, **self.settings, **changed})
        memory = {} if fresh else read_memory(before)
        earlier = Earlier() if fresh else Earlier(sorted(before.glob("*.parquet")))
        self.wiki.log.clear()
        capture_source(source, Context(self.folder, state, earlier, memory, "me@a.example"), out)
        return {row["native_id"]: row for path in sorted(out.glob("*.parquet")) for row in pq.read_table(path).to_pylist()}

    @property
    def used_recent_changes(self) -> bool:
        return bool(self.wiki.asked(list="recentchanges")) and not self.wiki.asked(generator="allpages")


@pytest.fixture
def wiki() -> Iterator[SmallWiki]:
    small = SmallWiki()
    with serving(small):
        texts = {name: f"{name} wades. [[Category:Birds]]" for name in ("Heron", "Stilt", "Stint", "Rook")}
        fill(small, {"Category:Birds": "", **texts})
        yield small


@pytest.fixture(params=SELECTIONS)
def passes(request: pytest.FixtureRequest, wiki: SmallWiki, tmp_path: Path) -> Passes:
    return Passes(wiki, tmp_path, dict(SELECTIONS[request.param]))


def texts(rows: dict[str, Row]) -> dict[str, str]:
    """Texts by title, without the frame of the page."""
    return {row["title"]: row["content"].decode() for row in rows.values() if row["content"] is not None}


def gone(rows: dict[str, Row]) -> dict[str, str]:
    return {name: row["gone"] for name, row in rows.items() if row["gone"] is not None}


# however the pages are selected


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


# how a whole wiki is compared


@pytest.fixture
def whole(wiki: SmallWiki, tmp_path: Path) -> Passes:
    """A wiki that is older than its first capture."""
    wiki.days_pass(1)
    return Passes(wiki, tmp_path, dict(WHOLE))


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


# what it costs


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
