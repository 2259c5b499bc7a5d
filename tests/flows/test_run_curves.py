"""The curve of the loss on a run's page."""

from math import nan

from flows.run_page import pages
from flows.run_page.pages import Reading
from tests.flows.page_reading import svg


def test_a_curve_is_drawn_from_the_first_step_on() -> None:
    page = pages.curve("tiny", [Reading(1, 8.9)], 300, {})
    assert page.words == "step 1 of 300: **loss 8.900**"
    assert [element.tag.rpartition("}")[2] for element in svg(page).iter()].count("circle") == 1
    assert "no step of training yet" in pages.curve("tiny", [], 300, {}).markdown


def test_figures_that_are_no_numbers_are_left_out_of_a_curve() -> None:
    readings = [Reading(1, 8.9), Reading(2, nan, nan), Reading(3, 8.5)]
    picture = svg(pages.curve("tiny", readings, 3, {"bigram": nan}))
    assert "nan" not in " ".join(value for element in picture.iter() for value in element.attrib.values())
    assert [element.attrib["points"].count(",") for element in picture.iter() if element.get("class") == "raw"][-1] == 2
    assert "loss" in pages.curve("tiny", [Reading(1, nan)], 3, {}).words


def test_a_curve_does_not_grow_with_its_steps() -> None:
    readings = [Reading(step, 9 - step / 10_000, 9.0 if step % 100 == 0 else None) for step in range(1, 20_001)]
    assert len(pages.curve("tiny", readings, 20_000, {}).markdown) < 25_000
