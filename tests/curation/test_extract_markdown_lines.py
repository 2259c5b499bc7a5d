"""Line ends in the Markdown of papers: what is one paragraph when it is shown is one line."""

import time

import pytest
from captured_items import item

from curation.domains import Domain
from curation.extract import extract
from curation.extract.markdown_lines import without_soft_breaks


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("One line,\nanother.\n\nA new one.", "One line, another.\n\nA new one."),
        ("# Ore\nWords\nof it.\n## Tin\nMore.", "# Ore\nWords of it.\n## Tin\nMore."),
        ("- one\n  thing\n- two\n  - three\n    things\n1. four\nfive", "- one thing\n- two\n  - three things\n1. four five"),
        ("So:\n$$a\n= b$$\nwhere\n$$\nc\nd\n$$\nholds\nnow.", "So:\n$$a\n= b$$\nwhere\n$$\nc\nd\n$$\nholds now."),
        ("Rows:\n| a | b |\n|---|---|\n| c | d |\nand\na | b\nc | d", "Rows:\n| a | b |\n|---|---|\n| c | d |\nand\na | b\nc | d"),
        ("A break  \nthat is\\\nmeant.", "A break  \nthat is\\\nmeant."),
        ("Run:\n\n    a = 1\n    b = 2\n\n    c = 3\n\nand\nwait.", "Run:\n\n    a = 1\n    b = 2\n\n    c = 3\n\nand wait."),
        ("Title\n=====\nWords\n---\n> said\n> he", "Title\n=====\nWords\n---\n> said\n> he"),
    ],
)
def test_a_paragraph_or_an_item_is_one_line_and_other_blocks_stay_as_they_are(source: str, text: str) -> None:
    assert without_soft_breaks(source) == text


def test_it_is_so_in_papers_outside_of_fences_and_not_in_transcripts() -> None:
    source = "# Ore\n\nA line\nand another.\n\n```python\na = 1\nb = 2\n```\n"
    joined = "# Ore\n\nA line and another.\n\n```python\na = 1\nb = 2\n```"
    assert extract(item(source, "text/markdown", Domain.PAPER)).text == joined
    assert extract(item(source, "text/markdown", Domain.TRANSCRIPT)).text == source.strip()


def test_a_paragraph_of_a_hundred_thousand_lines_takes_little_time() -> None:
    start = time.process_time()
    assert "\n" not in without_soft_breaks("many words and more,\n" * 100_000).strip()
    assert time.process_time() - start < 2
