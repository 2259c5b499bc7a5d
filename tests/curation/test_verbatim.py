"""Code in running text: where it is, and that what cleans markup leaves it alone."""

import time

import pytest
from captured_items import item

from curation.clean import clean
from curation.clean.verbatim import code_spans
from curation.domains import Domain
from curation.extract import extract


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("plain", []),
        ("a `b` c `d`", ["`b`", "`d`"]),
        ("a ``b`c`` d", ["``b`c``"]),
        ("one ` alone", []),
        ("a `b\nc` d", []),
        ("an \\`escaped` one", []),
        ("x\n```py\na\n\n`b`\n```\ny `c`", ["```py\na\n\n`b`\n```", "`c`"]),
        ("~~~\na\n```\nb\n~~~~\nc", ["~~~\na\n```\nb\n~~~~"]),
        ("```\nnever closed `but` this", ["`but`"]),
    ],
)
def test_code_is_what_stands_between_closed_backquotes(text: str, code: list[str]) -> None:
    assert [text[start:end] for start, end in code_spans(text)] == code


CODE = "```html\n<div>\n  <p>Hello &amp; welcome</p>\n  <br>\n</div>\n```\n`Vec<u>` and `&nbsp;`"


def test_markup_in_code_is_no_stray_markup() -> None:
    assert clean(f"{CODE} &amp; <p>more</p>", Domain.WIKI).text == f"{CODE} & more"


def test_markup_in_the_code_of_markdown_stays() -> None:
    source = "Use `<div>` and `<script>`, as in\n\n```html\n<p>Hi</p>\n```\n\nbut <b>not</b> ![`x`](a.png) this [`a<b`](u) `</script>`."
    made = extract(item(source, "text/markdown"))
    assert made.text == "Use `<div>` and `<script>`, as in\n\n```html\n<p>Hi</p>\n```\n\nbut not this `a<b` `</script>`."


@pytest.mark.parametrize("mark", ["`", "` ", "```\n", "~~~a\n", "``` x\n`` y\n", "```\nx\n````a\n"])
def test_time_is_linear_in_the_marks(mark: str) -> None:
    started = time.process_time()
    assert len(list(code_spans(mark * (500_000 // len(mark))))) <= 250_000
    assert time.process_time() - started < 5
