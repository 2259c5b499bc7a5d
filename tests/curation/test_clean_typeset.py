"""What a printed page did to words is undone where the text itself says what they are."""

import time

import pytest

from curation.clean import clean, replay
from curation.domains import Domain


@pytest.mark.parametrize(
    ("text", "cleaned"),
    [
        ("The ﬁsh and the ﬂoor, eﬃcient oﬀ.", "The fish and the floor, efficient off."),
        ("The sign ﬁ is a ligature.", "The sign ﬁ is a ligature."),
        ("They be-\nlieve it. I believe it.", "They believe it. I believe it."),
        ("They be-\n  lieve it. Believe it.", "They believe it. Believe it."),
        ("They be-\nlieve it.", "They be-\nlieve it."),
        ("A well-\nknown lamp, wellknown and well-known.", "A well-\nknown lamp, wellknown and well-known."),
        ("From Tees-\nSide to teesside.", "From Tees-\nSide to teesside."),
        ("- one-\n- two of onetwo", "- one-\n- two of onetwo"),
    ],
)
def test_words_are_whole(text: str, cleaned: str) -> None:
    assert clean(text, Domain.LORE).text == cleaned


def test_code_stays_as_it_is() -> None:
    text = "x = 'ﬁsh'  # be-\n# lieve, believe\n"
    assert clean(text, Domain.CODE).text == text


def test_edits_tell_what_was_done() -> None:
    text = "The ﬁsh be-\nlieve. We believe."
    made = clean(text, Domain.LORE)
    assert made.cleaners == ("line_ends", "composed")
    assert replay(text, [step.row() for step in made.steps]) == made.text == "The fish believe. We believe."


@pytest.mark.parametrize("text", ["be-\nlieve " * 100_000 + "believe", "a" * 500_000 + "-\nb", "ab-\n" * 200_000])
def test_time_is_linear(text: str) -> None:
    start = time.process_time()
    clean(text, Domain.LORE)
    assert time.process_time() - start < 2
