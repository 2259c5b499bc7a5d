"""Traps are recognised by what they are; a site that is merely large is none."""

import pytest

from curation.sources.crawl.traps import CALENDAR_PAGES, ENOUGH_ALIKE, MOST_COMBINATIONS, Traps

SITE = "http://a.example"


def reasons(paths: list[str], traps: Traps | None = None) -> list[str]:
    """Asks for addresses one after the other, as a crawl does; the reasons of those that were refused."""
    known, found = traps or Traps(), []
    for path in paths:
        if trap := known.trap(SITE + path):
            found.append(f"{trap.pattern}: {trap.reason}")
        else:
            known.admitted(SITE + path)
    return found


@pytest.mark.parametrize(
    ("path", "reason"),
    [
        ("/a/b/a/b/a/b", f"{SITE}/a/b/…: parts of the path come 3 times in a row"),
        ("/x/more/more/more/", f"{SITE}/x/more/…: parts of the path come 3 times in a row"),
        ("/" + "/".join(f"p{number}" for number in range(21)), f"{SITE}/p0/p1/…: a path of more than 20 parts"),
        ("/x?" + "y" * 2_000, f"{SITE}/…: longer than 2000 characters"),
        ("/x?" + "&".join(f"p{number}=1" for number in range(13)), f"{SITE}/x?…: endless parameters"),
        ("/x?" + "&".join(f"tag={number}" for number in range(5)), f"{SITE}/x?…: endless parameters"),
        ("/login?next=%252Flogin%253Fnext%253D%25252F", f"{SITE}/login?…: an address within an address"),
    ],
)
def test_an_address_that_can_only_be_of_a_trap_is_recognised_alone(path: str, reason: str) -> None:
    assert [found[: len(reason)] for found in reasons([path])] == [reason]


@pytest.mark.parametrize(
    "path",
    [
        *("/2011/11/11/11/", "/a/b/a/b", "/wiki/Main_Page", "/index.php?title=A&action=raw&oldid=7", "/x?next=%2Fhome", "/1/1/1/1"),
        *("/2019/05/12/a-title", "/?p=190512", "/x?tag=a&tag=b"),
    ],
)
def test_an_address_of_an_ordinary_site_is_none(path: str) -> None:
    assert reasons([path]) == []


@pytest.mark.parametrize(
    ("form", "pattern"),
    [
        ("/calendar/{year}/{month:02}", "/calendar/#/#"),
        ("/calendar/{year}-{month:02}-03/", "/calendar/#-#-#/"),
        ("/events?month={year}-{month:02}", "/events?month"),
        ("/events?year={year}&month={month}", "/events?month&year"),
        ("/events?date={year}{month:02}", "/events?date"),
        ("/e?v=list&when={year}-{month:02}-01T00:00", "/e?v&when"),
    ],
)
def test_a_calendar_ends_after_so_many_dates(form: str, pattern: str) -> None:
    paths = [form.format(year=1990 + number // 12, month=number % 12 + 1) for number in range(CALENDAR_PAGES + 3)]
    assert reasons(paths) == [f"{SITE}{pattern}: a calendar: more than {CALENDAR_PAGES} dates"] * 3


@pytest.mark.parametrize("form", ["/{year}/{month:02}/post-{number}", "/?p={year}{month:02}", "/index.php?id={number}", "/page/{number}"])
def test_posts_that_carry_dates_or_numbers_are_no_calendar(form: str) -> None:
    paths = [form.format(year=1990 + number // 12, month=number % 12 + 1, number=number) for number in range(CALENDAR_PAGES * 2)]
    assert reasons(paths) == []


def test_filters_that_are_combined_without_end_end() -> None:
    paths = [f"/shop?{'&'.join(f'{name}=1' for name in 'abcdef' if name in chosen)}" for chosen in map(chosen_of, range(1, 64))]
    found = reasons(paths)
    assert len(found) == len(paths) - MOST_COMBINATIONS
    assert set(found) == {f"{SITE}/shop?…: endless parameters: they come in more than {MOST_COMBINATIONS} combinations"}


def chosen_of(number: int) -> str:
    return "".join(name for place, name in enumerate("abcdef") if number >> place & 1)


def had(paths: list[str], gists: list[str]) -> Traps:
    traps = Traps()
    for path, gist in zip(paths, gists, strict=True):
        traps.admitted(SITE + path)
        traps.had(SITE + path, gist)
    return traps


NUMBERED = [f"/x?n={number}" for number in range(20)]


def test_parameters_whose_pages_are_all_alike_are_endless() -> None:
    traps = had(NUMBERED[:ENOUGH_ALIKE], ["same"] * ENOUGH_ALIKE)
    assert (
        reasons(["/x?n=99", "/x?n=100", "/y?n=99", "/x?m=1"], traps)
        == [f"{SITE}/x?n: endless parameters: 8 of 8 pages of this form have the same text but for digits"] * 2
    )


def test_parameters_whose_pages_differ_are_a_large_site() -> None:
    assert reasons(["/x?n=99"], had(NUMBERED, [f"text {number}" for number in range(20)])) == []
    assert reasons(["/x?n=99"], had(NUMBERED, ["log in"] * 10 + [f"text {number}" for number in range(10)])) == []
    assert reasons(["/x?n=99"], had(NUMBERED[:7], ["same"] * 7)) == []
