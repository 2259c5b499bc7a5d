"""Podcasts captured again: what a feed that is busy, damaged or gone costs, and what a feed that names other transcripts does."""

from pathlib import Path

import pytest
from captured_source import Captures, Row
from small_site import Answer, Site
from talks import VTT, episode, feed, source, tag

from curation.sources.captions import CaptionsSource


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path / "captures")


@pytest.fixture
def show(site: Site) -> Site:
    """A show of three episodes, of which the transcript of each can be had, and another show of one."""
    site.pages = {f"/{name}.vtt": Answer(VTT) for name in ("e1", "e2", "e3", "other")}
    site.pages |= {"/feed": listing("e1", "e2", "e3"), "/second": listing("other")}
    return site


def listing(*names: str) -> Answer:
    """A feed of episodes whose transcripts are named as they are."""
    return feed(*(episode(name, tag(f"/{name}.vtt")) for name in names))


def both(show: Site, vanished: str = "keep") -> CaptionsSource:
    """A recipe of the two shows."""
    return source(podcasts=[f"{show.address}/feed", f"{show.address}/second"], vanished=vanished)


def of_show(show: Site, rows: dict[str, Row]) -> dict[str, Row]:
    """The rows of the first show's episodes by their names."""
    return {name.rpartition("#")[2]: row for name, row in rows.items() if name.startswith(f"{show.address}/feed#")}


@pytest.mark.parametrize("vanished", ["drop", "keep"])
@pytest.mark.parametrize("answer", [Answer("busy", 503), Answer("<rss>bad"), Answer("", 403)], ids=["busy", "damaged", "closed"])
def test_a_feed_that_cannot_be_read_costs_nothing_that_was_captured_before(
    show: Site, captures: Captures, answer: Answer, vanished: str
) -> None:
    captures.again(both(show, vanished))
    show.pages["/feed"] = listing("e1", "e2")
    del show.pages["/e3.vtt"]
    before = captures.again(both(show, vanished))
    assert of_show(show, before)["e3"]["gone"]
    show.pages["/feed"] = answer
    for _ in range(2):
        show.asked.clear()
        rows = captures.again(both(show, vanished))
        assert of_show(show, rows) == of_show(show, before)
        assert rows["(kept)"]["error"].startswith("2 of its documents could not be looked at this time")
        assert rows[f"{show.address}/feed"]["error"]
        assert {path for path in show.asked if path.endswith(".vtt")} == {"/other.vtt"}


def test_of_a_feed_that_is_gone_an_episode_stays_until_its_transcript_is_gone(show: Site, captures: Captures) -> None:
    captures.again(both(show))
    del show.pages["/feed"], show.pages["/e2.vtt"]
    rows = of_show(show, captures.again(both(show)))
    assert [bool(row["gone"]) for row in rows.values()] == [False, True, False]


def test_an_episode_that_left_the_window_of_most_entries_stays_until_the_recipe_wants_fewer(show: Site, captures: Captures) -> None:
    two, one = (source(podcasts=[f"{show.address}/feed"], max_entries=most) for most in (2, 1))
    show.pages["/feed"] = listing("e2", "e3")
    captures.again(two)
    show.pages["/feed"] = listing("e1", "e2", "e3")
    assert list(of_show(show, captures.again(two))) == ["e1", "e2", "e3"]
    assert list(of_show(show, captures.again(one))) == ["e1", "(more)"]


def test_an_episode_that_could_not_be_had_is_asked_for_again_although_it_left_the_window(show: Site, captures: Captures) -> None:
    two = source(podcasts=[f"{show.address}/feed"], max_entries=2)
    show.pages["/feed"] = listing("e2", "e3")
    transcript, show.pages["/e3.vtt"] = show.pages["/e3.vtt"], Answer("busy", 503)
    assert of_show(show, captures.again(two))["e3"]["error"]
    show.pages["/feed"] = listing("e1", "e2", "e3")
    assert of_show(show, captures.again(two))["e3"]["error"]
    show.pages["/e3.vtt"] = transcript
    assert of_show(show, captures.again(two))["e3"]["content"]


@pytest.mark.parametrize("there", [True, False])
@pytest.mark.parametrize("tags", [[], [tag("/moved.vtt")]], ids=["no transcript", "another that is not there"])
def test_a_transcript_that_its_feed_names_no_more_is_gone_when_its_host_says_so(
    show: Site, captures: Captures, tags: list[str], there: bool
) -> None:
    before = of_show(show, captures.again(both(show)))["e1"]
    show.pages["/feed"] = feed(episode("e1", *tags))
    if not there:
        del show.pages["/e1.vtt"]
    row = of_show(show, captures.again(both(show)))["e1"]
    assert (row["content"], row["gone"] is None) == (before["content"], there)


def test_a_language_that_the_recipe_wants_no_more_makes_nothing_gone(show: Site, captures: Captures) -> None:
    captures.again(both(show))
    german = both(show).model_copy(update={"languages": ["de"]})
    assert "no transcript in de" in of_show(show, captures.again(german))["e1"]["error"]


def test_two_episodes_of_one_name_stay_two(show: Site, captures: Captures) -> None:
    show.pages["/feed"] = feed(episode("e", tag("/e1.vtt")), episode("e", tag("/e2.vtt")))
    first = captures.again(both(show))
    for _ in range(2):
        assert captures.again(both(show)) == first
