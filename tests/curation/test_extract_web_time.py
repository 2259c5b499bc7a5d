"""Time and text of web pages grow no faster than the pages, whatever their shape: counted in calls, never by a clock."""

import sys
from collections.abc import Callable

import pytest
from captured_items import item

from curation.decisions import Reason
from curation.document import Dropped
from curation.extract import extract
from curation.extract.html import MAX_TAGS, MAX_TEXT

SENTENCE = "The dwarves had dug below the mountain for a hundred years before they came upon the vein of silver."
ARTICLE = f"<p>{SENTENCE}</p>" * 90
SIZE = 1_600

SHAPES: dict[str, Callable[[int], str]] = {
    "raised numbers": lambda n: f"<p>{SENTENCE}" + "x<sup>2</sup> " * n,
    "bare links": lambda n: '<a href="/a">two words</a>' * n,
    "blocks of links": lambda n: '<div><a href="/a">two words</a></div>' * n,
    "rows": lambda n: "<table>" + "<tr><td>a</td><td>b</td></tr>" * n,
    "one wide row above many": lambda n: "<table><tr>" + "<td>a</td>" * n + "</tr>" + "<tr><td>b</td></tr>" * n,
    "cells that span": lambda n: "<table><tr>" + "<td rowspan=40 colspan=40>a</td>" * n + "</tr>" + "<tr><td>b</td></tr>" * n,
    "line breaks": lambda n: "a<br>" * n,
    "coloured code": lambda n: ARTICLE + "<pre>" + "<span>a</span>\n" * n,
    "blocks of code": lambda n: ARTICLE + "<pre>a</pre>" * n,
    "nested lists": lambda n: ARTICLE + "<ul>" * 200 + "<li>a" * n,
    "lists of links": lambda n: ARTICLE + "<ul><li><a href=/>ab cd ef</a></ul>" * n,
    "hidden elements": lambda n: ARTICLE + "<span hidden>a</span>b" * n,
    "spaces in elements": lambda n: ARTICLE + "<p>" + "<i> </i>" * n,
    "posts": lambda n: "<meta name=generator content=phpbb>" + f"<div class=postbody><blockquote>a {n}</blockquote>b</div>" * n,
    "nested containers": lambda n: ("<div class=share>" * 200 + SENTENCE * 3 + "</div>" * 200) * (n // 200),
    "paragraphs": lambda n: f"<p>{SENTENCE}</p>" * n,
    "subheads": lambda n: ARTICLE + "<div class=subhead>abc</div>" * n,
}


def work(page: str) -> tuple[int, int]:
    """Calls that the extraction of a page makes, and the length of its text."""
    calls = 0

    def count(_frame: object, event: str, _argument: object) -> None:
        nonlocal calls
        calls += event in ("call", "c_call")

    sys.setprofile(count)
    try:
        length = len(extract(item(f"<html><body>{page}", "text/html")).text)
    except Dropped:
        length = 0
    finally:
        sys.setprofile(None)
    return calls, length


@pytest.mark.parametrize("shape", SHAPES)
def test_a_page_twice_as_long_takes_about_twice_the_work(shape: str) -> None:
    (calls, length), (more_calls, more_length) = (work(SHAPES[shape](size)) for size in (SIZE, 2 * SIZE))
    assert more_calls < 2.5 * calls
    assert more_length < 2.5 * max(length, 1_000)


@pytest.mark.parametrize("shape", ["raised numbers", "bare links", "rows", "line breaks", "blocks of code", "hidden elements"])
def test_pages_of_many_elements_are_left_to_no_other_extractor(shape: str) -> None:
    """Trafilatura's time grows with the square of the elements."""
    found = extract(item(f"<html><body>{SHAPES[shape](7_000)}", "text/html"))
    assert found.extractor in ("html-container", "html-whole")


def test_a_wide_row_above_many_short_ones_makes_no_huge_text() -> None:
    page = SHAPES["one wide row above many"](SIZE)
    assert work(page)[1] < len(page)


@pytest.mark.parametrize(
    ("page", "value", "threshold"),
    [("<p>a" * (MAX_TAGS + 1), MAX_TAGS + 1, MAX_TAGS), ("x" * (MAX_TEXT + 1), MAX_TEXT + 1, MAX_TEXT)],
)
def test_what_is_too_large_is_dropped_with_value_and_threshold(page: str, value: int, threshold: int) -> None:
    with pytest.raises(Dropped) as dropped:
        extract(item(page, "text/html"))
    assert (dropped.value.reason, dropped.value.value, dropped.value.threshold) == (Reason.TOO_LARGE, value, threshold)


def test_a_title_of_spaces_is_none() -> None:
    assert extract(item(f"<title>{' ' * 1_000_000}</title>{ARTICLE}", "text/html")).title is None
