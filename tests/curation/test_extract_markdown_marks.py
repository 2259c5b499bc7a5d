"""Marks of Markdown around words: what they lead to goes, what they say stays."""

import time

import pytest
from captured_items import item

from curation.domains import Domain
from curation.extract import extract


def markdown(source: str, domain: Domain = Domain.WIKI) -> str:
    return extract(item(source, "text/markdown", domain)).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("---\n\nThe first words.\n\n---\n\nThe next.", "---\n\nThe first words.\n\n---\n\nThe next."),
        ("---\nThe first words: they count.\n---\nThe next.", "---\nThe first words: they count.\n---\nThe next."),
        ("---\ntitle: Lanterns\n\n# ours\ntags:\n- a\nnote: >\n  long\n---\nWords.", "Words."),
        ('---\n"title": Lanterns\n...\nWords.', "Words."),
        ("---\nWords.", "---\nWords."),
    ],
)
def test_front_matter_has_keys_and_a_rule_has_not(source: str, text: str) -> None:
    assert markdown(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("# Oil\n\n[![Build](https://b.svg)](https://ci) [![Cov][c]][d]\n\nWords.", "# Oil\n\nWords."),
        ("See [the docs](a.md) and ![a tower](b.png).", "See the docs and a tower."),
        ("Press ![the bell](b.png) to ring.", "Press the bell to ring."),
        ("Words.\n\n![A tower at night](b.png)\n\nMore.", "Words.\n\nMore."),
        ("Words stand by ![](b.png) and go on.", "Words stand by and go on."),
        ("## ![logo](b.png) Oil", "## Oil"),
        ("See [[Oderly]], [[Salt Rope|the rope]] and x[[1, 2]] of [[1, 2]].", "See Oderly, the rope and x[[1, 2]] of [[1, 2]]."),
        ("Press <kbd>Ctrl</kbd>.", "Press Ctrl."),
        ("The lamp\\\nis lit.<br>So it is.<br/>", "The lamp\nis lit.\nSo it is."),
        ("| a<br>b | c |\n|---|---|", "| a b | c |\n|---|---|"),
        ("<p>One.</p><p>Two.</p><table><tr><td>1</td><td>2</td></tr></table>", "One.\n\nTwo.\n\n1 2"),
        ("$$a \\\\\nb$$", "$$a \\\\\nb$$"),
    ],
)
def test_what_marks_say_stays_and_what_they_lead_to_goes(source: str, text: str) -> None:
    assert markdown(source) == text


@pytest.mark.parametrize(
    "source", ["![a" * 100_000, "[](" * 100_000, "[[abc" * 100_000, "<br" * 100_000, "a ![b](c)" * 50_000, "---\na: b\n" * 50_000]
)
def test_time_is_linear_in_the_marks(source: str) -> None:
    start = time.process_time()
    markdown("Words.\n" + source)
    markdown("---\na: " + source)
    assert time.process_time() - start < 2
