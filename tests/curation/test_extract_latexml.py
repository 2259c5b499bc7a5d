"""Papers as arXiv serves them in HTML: displayed formulas and listings."""

import time

import pytest
from captured_items import item

from curation.extract import extract


def text_of(body: str) -> str:
    """The text of a paper that LaTeXML has made."""
    return extract(item(f'<html><body><article class="ltx_document">{body}</article></body></html>', "text/html")).text


def formula(tex: str) -> str:
    """A formula with its TeX, as it is served."""
    return f'<math alttext="{tex}"><mi>drawn</mi></math>'


LEFT = formula("\\displaystyle a")
LONG = formula("a_{% \nb}\\leavevmode\\nobreak\\ 5\\% c")
NUMBER = '<td class="ltx_eqn_cell ltx_eqn_eqno"><span>(12)</span></td>'
PAD = '<td class="ltx_eqn_cell"></td>'


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            f'<p>Let</p><table class="ltx_equation ltx_eqn_table"><tr>{PAD}<td>{formula("|x|")}</td>{PAD}{NUMBER}</tr></table><p>hold.</p>',
            "Let\n\n$$|x| \\tag{12}$$\n\nhold.",
        ),
        (
            f'<table class="ltx_equationgroup ltx_eqn_table"><tr><td>{LEFT}</td><td>{formula("=b")}</td>{NUMBER}</tr>'
            f"<tr><td></td><td>{formula('=c')}</td></tr></table>",
            "$$a =b \\tag{12} \\\\ =c$$",
        ),
        (
            '<table class="ltx_eqn_table"><tr><td><span class="mjx-math" aria-label="x^2">x2</span></td></tr></table>',
            "$$x^2$$",
        ),
        (
            f'<table class="ltx_eqn_table"><tr><td>{formula("a")}</td><td>in words</td></tr></table>',
            "| $a$ | in words |",
        ),
        (f"<p>So {LONG} is 5%.</p>", "So $a_{b}\\ 5\\% c$ is 5%."),
        (
            '<div class="ltx_listing ltx_lst_language_C ltx_lstlisting"><div class="ltx_listing_data"><a>⬇</a></div>'
            '<div class="ltx_listingline"><span class="ltx_tag ltx_tag_listingline">1</span>if<span>␣</span>(a)</div>\n'
            '<div class="ltx_listingline"><span class="ltx_tag ltx_tag_listingline">2</span>\u00a0\u00a0b();</div></div>',
            "```c\nif (a)\n  b();\n```",
        ),
    ],
)
def test_displayed_formulas_are_formulas_and_listings_are_code(body: str, text: str) -> None:
    assert text_of(body) == text


def test_tables_of_formulas_in_one_another_take_little_time() -> None:
    start = time.process_time()
    nested = '<table class="ltx_eqn_table"><tr><td>' * 60 + formula("a") + "</td></tr></table>" * 60
    assert "a" in text_of(nested + f'<table class="ltx_eqn_table">{"<tr><td></td></tr>" * 5_000}</table><p>a</p>')
    assert time.process_time() - start < 2
