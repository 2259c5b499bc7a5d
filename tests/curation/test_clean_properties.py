"""Cleaning, whatever the text: it never raises, it is at rest after one pass, and its explanation replays."""

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from curation.clean import clean, replay
from curation.clean.boilerplate import Recurring, outline
from curation.clean.chain import CLEANERS
from curation.clean.licence_header import header_licence
from curation.domains import Domain
from curation.switches import ALL_ON, CleaningSwitches
from tests.curation.cleaned_texts import texts

LINE = "Words that say something in one line. "
RECURRING = Recurring(frozenset({f"line {LINE.strip()}", "list - item"}), frozenset({outline(LINE), "- item"}))


switches = st.builds(CleaningSwitches, **dict.fromkeys(CleaningSwitches.model_fields, st.booleans()))
sources = st.lists(st.sampled_from([LINE, "- item", "Retrieved from http://a.org", "word word word word word."]), max_size=3).map(
    lambda lines: Recurring(
        frozenset(key for line in lines for key in (f"line {line.strip()}", f"notice {line}", f"list {line}")),
        frozenset(map(outline, lines)),
    )
)


@pytest.mark.parametrize("domain", Domain)
@settings(max_examples=60, deadline=None)
@given(text=texts)
@example(text="&amp;" * 400 + "lt;")
@example(text="\n---" * 300)
@example(text="a" * 3000 + "@b.org")
def test_cleaning_replays_and_a_second_one_changes_nothing(domain: Domain, text: str) -> None:
    made = clean(text, domain, ALL_ON, RECURRING)
    assert replay(text, [step.row() for step in made.steps]) == made.text
    assert clean(made.text, domain, ALL_ON, RECURRING).text == made.text


@pytest.mark.parametrize("domain", Domain)
@settings(max_examples=60, deadline=None)
@given(text=texts, chosen=switches, recurring=sources)
def test_so_it_is_with_any_choice_of_cleaners_and_whatever_recurs(
    domain: Domain, text: str, chosen: CleaningSwitches, recurring: Recurring
) -> None:
    made = clean(text, domain, chosen, recurring)
    assert replay(text, [step.row() for step in made.steps]) == made.text
    assert clean(made.text, domain, chosen, recurring).text == made.text
    assert all(getattr(chosen, name) for name in made.cleaners)


@settings(max_examples=60, deadline=None)
@given(text=texts)
def test_no_cleaner_raises_and_its_edits_are_in_order_and_inside_the_text(text: str) -> None:
    for name, edits in dict.fromkeys([*CLEANERS[Domain.WIKI], *CLEANERS[Domain.CODE]]):
        last = 0
        for start, end, put in edits(text):
            assert last <= start <= end <= len(text), name
            assert (start, text[start:end]) != (end, put), name
            last = end


@settings(max_examples=100, deadline=None)
@given(text=texts)
def test_a_licence_is_told_of_any_text(text: str) -> None:
    assert header_licence(text) is None or header_licence(text)


@pytest.mark.parametrize("name", list(type(ALL_ON).model_fields))
@pytest.mark.parametrize("domain", [Domain.WIKI, Domain.CODE])
def test_a_cleaner_that_is_switched_off_changes_nothing(domain: Domain, name: str) -> None:
    everything = (
        "// Copyright 2020 A\n\nÃ© &lt;x&gt;\r\n<br>e\u0301\u0000 a@b.org +44 20 7946 0958 user 86.134.2.11\n4111 1111 1111 1111\n"
        f"ghp_{'aB3' * 12}\n\n\n\n\n{LINE}\n"
    )
    assert name in clean(everything, domain, ALL_ON, RECURRING).cleaners or name in _not_of(domain)
    assert name not in clean(everything, domain, ALL_ON.model_copy(update={name: False}), RECURRING).cleaners


def _not_of(domain: Domain) -> set[str]:
    return {"entities", "stray_markup", "composed", "boilerplate"} if domain is Domain.CODE else {"licence_header"}
