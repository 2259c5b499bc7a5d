"""Tables of papers: LaTeX and JATS in the same light Markdown as pages, below or above their caption, whatever their source holds."""

import time

import pytest
from captured_items import item

from curation.extract import extract
from curation.extract.latex import title_and_text


def latex(source: str) -> str:
    """The text of a LaTeX source, however short."""
    return title_and_text(source)[1]


def jats(body: str) -> str:
    """The text of a paper in XML with this body."""
    return extract(item(f"<article><front/><body>{body}</body></article>", "application/jats+xml")).text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            r"\begin{tabular}{lr}\toprule Ore & Depth \\ \midrule Gold & 300 \\ Tin & 20 \\ \bottomrule\end{tabular}",
            "| Ore | Depth |\n|---|---|\n| Gold | 300 |\n| Tin | 20 |",
        ),
        (r"\begin{tabular}{|c|c|}\hline 1 & 2 \\ 3 & 4 \\\hline\end{tabular}", "| 1 | 2 |\n| 3 | 4 |"),
        (
            r"\begin{tabularx}{\textwidth}[t]{@{}l>{\bf}p{3cm}X@{}} Hall & King & Fall \\\hline "
            r"& Durin & \\[2pt] Moria & & 1980 \end{tabularx}",
            "| Hall | King | Fall |\n|---|---|---|\n| | Durin | |\n| Moria | | 1980 |",
        ),
        (
            r"\begin{tabular}{lcc} & \multicolumn{2}{c}{Depth} \\ \cmidrule(lr){2-3} Ore & from & to \\ \midrule "
            r"\multirow{2}{*}{Gold} & 1 & 2 \\ & 3 & 4 \end{tabular}",
            "| | Depth | |\n|---|---|---|\n| Ore | from | to |\n| Gold | 1 | 2 |\n| | 3 | 4 |",
        ),
        (
            r"\begin{tabular}{ll}\rowcolor{gray} A\&B & $\{x \mid y\}$ \\ \addlinespace[1ex] "
            r"\cellcolor{red}\textbf{c} & \verb|d&e| \end{tabular}",
            "| A&B | $\\{x \\mid y\\}$ |\n| c | `d&e` |",
        ),
        (
            r"\begin{tabular}{ll}\begin{tabular}{@{}c@{}}Two\\lines\end{tabular} & \makecell{Three\\more} \\ "
            "A cell\nof two lines & $\\begin{matrix}1 & 2\\\\3 & 4\\end{matrix}$ \\\\ \\end{tabular}",
            "| Two lines | Three more |\n| A cell of two lines | $\\begin{matrix}1 & 2\\\\3 & 4\\end{matrix}$ |",
        ),
        (
            r"\begin{longtable}{ll}\caption{Ores.}\\ Ore & t \\ \endfirsthead Ore, continued & t \\ \endhead "
            r"\multicolumn{2}{l}{Turn over} \\ \endfoot Gold & 1 \\ Tin & 2 \\ \end{longtable}",
            "Table 1: Ores.\n\n| Ore | t |\n|---|---|\n| Gold | 1 |\n| Tin | 2 |",
        ),
        (
            r"\begin{deluxetable*}{lc}\tablecaption{Stars.}\tablehead{\colhead{Name} & \colhead{Mass}}\startdata Vega & 2.1 \\ "
            r"Algol & \nodata \enddata\end{deluxetable*}",
            "Table 1: Stars.\n\n| Name | Mass |\n|---|---|\n| Vega | 2.1 |\n| Algol | … |",
        ),
        (
            r"\begin{table}\resizebox{\textwidth}{!}{\begin{tabular}{cc}a & \ding{51}\\b & \cmark\end{tabular}}"
            r"\caption{Both.}Notes.\end{table}",
            "| a | ✓ |\n| b | ✓ |\n\nTable 1: Both.",
        ),
    ],
)
def test_a_table_of_latex_keeps_its_rows_its_columns_and_its_caption(source: str, text: str) -> None:
    assert latex(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"Before \begin{tabular}{c}One\\Two\end{tabular} after", "Before\n\nOne\n\nTwo\n\nafter"),
        (
            r"\begin{tabular}{cc}\includegraphics{a} & \includegraphics{b} \\ (a) & (b)\\ \includegraphics{c}\end{tabular}",
            "",
        ),
        (
            r"\begin{figure}\begin{tabular}{cc}\includegraphics{a} & \includegraphics{b}\end{tabular}\caption{Two mines.}\end{figure}",
            "Figure 1: Two mines.",
        ),
        (
            r"\begin{tabular}{cc}\begin{tabular}{cc}1&2\\3&4\end{tabular} & Beside.\end{tabular}",
            "| 1 | 2 |\n| 3 | 4 |\n\nBeside.",
        ),
        (r"Before \begin{tabular}{cc} a & b \\ after.", "Before\na & b\nafter."),
    ],
)
def test_a_table_of_latex_that_only_places_its_content_or_never_ends_is_no_table(source: str, text: str) -> None:
    assert latex(source) == text


@pytest.mark.parametrize(
    "source",
    [
        r"\begin{table}\begin{tabular}{cc} " * 20_000,
        r"\begin{tabular}{" * 20_000,
        r"\begin{tabular}{cc} a & b " * 5_000 + r"\end{tabular}" * 5_000,
        r"\begin{tabular}{cc}" + r"\hline a \\" * 20_000 + r"\end{tabular}",
        r"\begin{tabular}{cc}" + r"\multicolumn{999}{c}{a} \\" * 5_000 + r"\end{tabular}",
        r"\begin{tabular}{cc}" + "".join("&" * columns + r"a \\" for columns in range(400)) + r"\end{tabular}",
        r"\begin{figure}" + r"\caption{" * 20_000 + r"\end{figure}",
    ],
)
def test_a_table_of_latex_without_an_end_or_a_measure_takes_little_time(source: str) -> None:
    start = time.process_time()
    assert len(latex(source)) < 3 * len(source)
    assert time.process_time() - start < 2


ROWS = "<thead><tr><th>Ore</th><td>Depth</td></tr></thead><tbody><tr><td>Gold</td><td>300</td></tr></tbody>"
TABLE = "| Ore | Depth |\n|---|---|\n| Gold | 300 |"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (
            f"<p>Dug.</p><table-wrap><label>Table 1.</label><caption><p>Ores.</p></caption><table>{ROWS}</table></table-wrap>",
            f"Dug.\n\nTable 1: Ores.\n\n{TABLE}",
        ),
        (
            f"<table-wrap><label>Table 2</label><alternatives><graphic/><table>{ROWS}</table></alternatives>"
            "<table-wrap-foot><p>Note.</p></table-wrap-foot></table-wrap>",
            f"Table 2\n\n{TABLE}\n\nNote.",
        ),
        (
            "<table-wrap><table><tr><td rowspan='2'>Gold</td><td colspan='2'>a<break/>b</td></tr>"
            "<tr><td>1</td><td>2</td></tr></table></table-wrap>",
            "| Gold | a b | |\n| | 1 | 2 |",
        ),
        (
            "<table-wrap><table><tr><td>m<sup>2</sup></td><td><italic>R</italic><sup>a</sup></td><td>.</td></tr>"
            "<tr><td><p>one</p><p>two</p></td><td>3<xref ref-type='table-fn'>b</xref></td><td/></tr></table>"
            "<table-wrap-foot><fn><p><sup>a</sup>See R<sup>2</sup>.</p></fn></table-wrap-foot></table-wrap>",
            "| m^2 | R | . |\n| one two | 3 | |\n\nSee R^2.",
        ),
        ("<table-wrap><table><tr><td>One</td></tr><tr><td>Two</td></tr></table></table-wrap>", "One\n\nTwo"),
        ("<table><tr><td><table><tr><td>1</td><td>2</td></tr></table></td><td>Beside.</td></tr></table>", "| 1 | 2 |\n\nBeside."),
    ],
)
def test_a_table_of_jats_keeps_its_rows_its_columns_and_its_caption(body: str, text: str) -> None:
    assert jats(body) == text


def test_tables_of_jats_in_one_another_take_little_time() -> None:
    start = time.process_time()
    assert "Deep." in jats("<table><tr><td>" * 80 + "Deep." + "</td></tr></table>" * 80)
    assert "end" in jats("<table>" + "<tr><td colspan='40' rowspan='40'>a</td></tr>" * 3_000 + "</table><p>end</p>")
    assert time.process_time() - start < 2


def test_a_formula_of_jats_stands_once_and_as_tex_where_it_has_two_forms() -> None:
    both = "<alternatives><graphic/><tex-math>$x^2$</tex-math><math>x2</math></alternatives>"
    assert jats(f"<p>Let {both} be, and <inline-formula><alternatives><math>y</math></alternatives></inline-formula>.</p>") == (
        "Let $x^2$ be, and y."
    )


def test_a_formula_of_jats_that_is_a_picture_leaves_a_stand_in() -> None:
    drawn = "<inline-formula><inline-graphic/></inline-formula>"
    shown = "<disp-formula><label>(1)</label><graphic/></disp-formula>"
    written = "<inline-formula>n</inline-formula>, <inline-formula><math><mi>m</mi></math><inline-graphic/></inline-formula>"
    assert jats(f"<p>Let {drawn} be the mean of {written}.</p>{shown}<p>So ({drawn}) holds.</p>") == (
        "Let [formula] be the mean of n, m.\n\n[formula]\n\nSo ([formula]) holds."
    )


def test_a_work_that_a_cell_cites_is_named_and_one_behind_et_al_is_not_named_twice() -> None:
    back = "<back><ref-list><ref id='a'><name><surname>Reed</surname></name><year>1990</year></ref></ref-list></back>"
    cited = "<xref ref-type='bibr' rid='a'>[1]</xref>"
    body = f"<p>As Reed et al. {cited} saw, and Low et al. {cited}.</p><table><tr><td>Gold</td><td>{cited}</td></tr></table>"
    text = extract(item(f"<article><front/><body>{body}</body>{back}</article>", "application/jats+xml")).text
    assert text == "As Reed et al. (1990) saw, and Low et al. (1990).\n\n| Gold | Reed (1990) |"
    assert latex(r"\begin{tabular}{ll}Gold & \cite{knuth1984}\\Tin & 2\end{tabular} By Low et al.~\cite{b}.") == (
        "| Gold | Knuth (1984) |\n| Tin | 2 |\n\nBy Low et al."
    )
