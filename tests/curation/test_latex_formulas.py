"""Displayed formulas of LaTeX: each can be set by itself, and reads as its author wrote it."""

import pytest

from curation.extract.latex import title_and_text


@pytest.mark.parametrize(
    ("source", "expected"),
    [
        (r"\begin{align} a &= b \\ c &= d \nonumber \\ \end{align}", r"$$\begin{aligned} a &= b \\ c &= d \end{aligned}$$"),
        (r"\begin{align*}a&=b\notag\end{align*}", r"$$a=b$$"),
        (r"\begin{gather} u = v \\ w = z \end{gather}", r"$$\begin{gathered} u = v \\ w = z \end{gathered}$$"),
        (r"\begin{multline} a + b \\ + c \end{multline}", r"$$\begin{gathered} a + b \\ + c \end{gathered}$$"),
        (r"\begin{eqnarray} p &=& q \\ r &=& s \end{eqnarray}", r"$$\begin{array}{rcl} p &=& q \\ r &=& s \end{array}$$"),
        (r"\begin{eqnarray*} p &=& q \end{eqnarray*}", r"$$p = q$$"),
        (r"\begin{alignat}{2} a &= b \\ c &= d \end{alignat}", r"$$\begin{aligned} a &= b \\ c &= d \end{aligned}$$"),
        ("\\begin{align}\na &= b \\\\\nc &= d\n\\end{align}", "$$\\begin{aligned}\na &= b \\\\\nc &= d\n\\end{aligned}$$"),
        (
            r"\begin{align} a &= b \tag{by 1} \\ c &= d \end{align}",
            r"$$\begin{aligned} a &= b \quad \text{(by 1)} \\ c &= d \end{aligned}$$",
        ),
        (r"\begin{cases} 1 & x \\ 0 & y \end{cases}", r"$$\begin{cases} 1 & x \\ 0 & y \end{cases}$$"),
        (
            r"\begin{align} M = \begin{pmatrix} 1 & 2 \end{pmatrix} \end{align}",
            r"$$\begin{aligned} M = \begin{pmatrix} 1 & 2 \end{pmatrix} \end{aligned}$$",
        ),
        (r"\begin{align}R \& D = \$1\end{align}", r"$$R \& D = \$1$$"),
        (r"\begin{equation} x = 1 \nonumber \end{equation}", "$$x = 1$$"),
        (r"\begin{align}\end{align}Words.", "Words."),
    ],
)
def test_rows_of_a_formula_stand_in_an_environment(source: str, expected: str) -> None:
    assert title_and_text(source)[1] == expected


def test_a_number_stands_at_the_end_of_its_row() -> None:
    source = "\\begin{align}\n\\label{eq:a}\na &= \\begin{matrix} 1 \\\\ 2 \\end{matrix}_{\\substack{a \\\\ b}} \\\\\nc &= d\n\\end{align}"
    source += " By \\eqref{eq:a}."
    assert "a &= \\begin{matrix} 1 \\\\ 2 \\end{matrix}_{\\substack{a \\\\ b}} \\quad (1) \\\\\nc &= d\n" in title_and_text(source)[1]


def test_a_numbered_row_bears_its_number() -> None:
    source = r"\begin{align} a &= b \label{eq:a} \\ c &= d \end{align} By \eqref{eq:a}."
    assert title_and_text(source)[1] == "$$\\begin{aligned} a &= b \\quad (1) \\\\ c &= d \\end{aligned}$$\nBy (1)."
