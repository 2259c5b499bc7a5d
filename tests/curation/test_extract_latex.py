"""LaTeX of authors: their macros, references, citations and captions."""

import time

import pytest
from captured_items import item

from curation.extract import extract
from curation.extract.latex import title_and_text


def text_of(source: str) -> str:
    """The text of a source, however short."""
    return title_and_text(source)[1]


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\newcommand{\model}{Strawberry}We train \model{} and \model.", "We train Strawberry and Strawberry."),
        (r"\newcommand\model{Strawberry\xspace} \model is small, \model.", "Strawberry is small, Strawberry."),
        (r"\def\pair#1#2{(#1; #2)}The pair \pair{a}b.", "The pair (a; b)."),
        (r"\newcommand{\norm}[2][2]{\|#2\|_{#1}}$\norm{x} + \norm[1]{y}$", r"$\|x\|_{2} + \|y\|_{1}$"),
        (r"\def\R{\mathbb{R}}\newcommand{\Rn}{\R^n}$x \in \Rn$", r"$x \in \mathbb{R}^n$"),
        (r"\DeclareMathOperator{\Tr}{Tr}$\Tr A$", r"$\operatorname{Tr} A$"),
        (r"\def\be{\begin{equation}}\def\ee{\end{equation}}\be x = 1 \ee", "$$x = 1$$"),
        (r"\newcommand{\half}{\ensuremath{\frac{1}{2}}}A \half and $\half x$.", r"A $\frac{1}{2}$ and ${\frac{1}{2}} x$."),
        (r"\let\eps\varepsilon $\eps$", r"$\varepsilon$"),
        (r"\def\eps{\varepsilon}$\eps n$ and $2\eps{}n$", r"$\varepsilon n$ and $2\varepsilon{}n$"),
        (r"\providecommand{\a}{no}\newcommand{\a}{yes}\providecommand{\a}{no}\a", "yes"),
        (r"\newcommand{\annatodo}[1]{\textbf{#1}}Done.\annatodo{Check this.}", "Done."),
        (r"\newenvironment{note}[1]{\begin{quote}#1}{\end{quote}}\begin{note}x\end{note}", "x"),
        ("\\newcommand{\\x}{y}\n\\begin{verbatim}\n\\x % not hidden\n\\end{verbatim}", "```\n\\x % not hidden\n```"),
        (r"Types such as \nat, \LEM{} and \Coq~too, {\em not} \noindent that.", r"Types such as $\nat$, $\LEM$ and $\Coq$ too, not that."),
        (r"\setlength\itemsep{0em}\itemsep0pt Words.", "Words."),
    ],
)
def test_macros_are_written_out(source: str, text: str) -> None:
    assert text_of(source) == text


def test_a_title_may_stand_in_a_macro() -> None:
    source = r"\newcommand{\model}{Strawberry}\title{\model: a network}\begin{document}Words.\end{document}"
    assert extract(item(source, "application/x-tex")).title == "Strawberry: a network"


@pytest.mark.parametrize(
    "source",
    [
        r"\def\a{\a\a}\a " * 50,
        "".join(
            rf"\def\{name}{{\{below}\{below}\{below}\{below}}}" for name, below in zip("abcdefghijklmno", "bcdefghijklmnop", strict=True)
        )
        + r"\a",
        r"\newcommand{\a}[1]{#1#1}" + r"\a{" * 20_000,
        r"\newcommand{\a}[1]{#1#1}" + r"\a{" * 12 + "x" * 2000 + "}" * 12,
        r"\newcommand{\a}[9]{#1}" + r"\a" * 20_000,
    ],
)
def test_macros_that_grow_without_end_are_bounded(source: str) -> None:
    start = time.process_time()
    assert len(text_of(source)) < 5_000_000
    assert time.process_time() - start < 10


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("One line,\nanother \\emph{of\nit}; $a\n= b$.\n \nA new one.", "One line, another of it; $a = b$.\n\nA new one."),
        ("Before\n\\noindent\nafter.\n\\index{a}\n\nA new one.", "Before after.\n\nA new one."),
        ("Where\n\\[\na\n= b\n\\]\nholds, and $$c$$.", "Where\n$$a\n= b$$\nholds, and\n$$c$$."),
        ("Run\n\\begin{verbatim}\na\n  b\n\\end{verbatim}\nand\nwait.", "Run\n\n```\na\n  b\n```\n\nand wait."),
        ("\\section{A long\ntitle}\nText\\footnote{A\n\nnote.}\\\\[2pt]\nbroken.", "## A long title\n\nText (A note.)\nbroken."),
        ("\\begin{lemma}\nIt\nholds.\n\\end{lemma}\nSo.", "Lemma 1. It holds.\n\nSo."),
        (
            "\\begin{proof}\nBy\nsight.\n\\end{proof}\n\\begin{proof}[Proof of \\emph{it}]So.\\end{proof}",
            "Proof. By sight.\n\nProof of it. So.",
        ),
        ("\\begin{minipage}{2cm}\nA\\hbox to 3cm{b}\\vskip 1em\\kern-1pt c\n\\end{minipage}", "Ab c"),
        ("A. \\def\\x{b}The operator :=, the pair ( \\x ).", "A. The operator :=, the pair (b)."),
        ("\\begin{document}\\title{On\nOre}\\maketitle Words.\\end{document}", "# On Ore\n\nWords."),
    ],
)
def test_a_paragraph_is_one_line(source: str, text: str) -> None:
    assert text_of(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (
            "\\begin{lstlisting}[language=Python, caption={A \\emph{lamp}.}, label=a]\n[x]\n\\end{lstlisting}",
            "A lamp.\n\n```python\n[x]\n```",
        ),
        ("\\begin{minted}[breaklines]{c}\nint a;\n\\end{minted}", "```c\nint a;\n```"),
        ("\\begin{verbatim}\n[x] {y}\n```\n\\end{verbatim}", "````\n[x] {y}\n```\n````"),
    ],
)
def test_a_listing_is_as_it_was_with_its_language_and_its_caption(source: str, text: str) -> None:
    assert text_of(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("So:\n\\begin{itemize}\n\\item one\nthing\n\n\\item two\n\\end{itemize}\nThen", "So:\n\n- one thing\n- two\n\nThen"),
        (
            r"\begin{enumerate}\item a\begin{enumerate*}\item b\item c\end{enumerate*}\item[3.] d\item\label{x} e\end{enumerate}"
            r"By \ref{x}.",
            "1. a\n  1. b\n  2. c\n- 3. d\n2. e\n\nBy 2.",
        ),
        (r"\begin{description}\item[Gold ore] heavy\item[--] light\end{description}", "- Gold ore: heavy\n- light"),
        (r"\begin{itemize}\item a" + "\n\nMore of it.\n\n" + r"\item b\end{itemize}", "- a\n\nMore of it.\n\n- b"),
    ],
)
def test_items_of_a_list_stand_together_with_their_marks(source: str, text: str) -> None:
    assert text_of(source) == text


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"\SI{5.2}{\kilo\metre\per\second\squared}, \qty[x=y]{3}{kg.m^{-1}}", "5.2 km/s^2, 3 kg m^-1"),
        (r"\SIrange{1}{2}{\micro\metre} in \si{\newton\per\square\metre}", "1 to 2 µm in N/m^2"),
        (r"\num{1e5} lamps, \num{-1.5e-3}, \num{e6}, \numlist{1;2;30}, \num{n}", "1 × 10^5 lamps, -1.5 × 10^-3, 10^6, 1, 2 and 30, n"),
        (r"\numrange{1}{2} of \enquote{ours}", '1 to 2 of "ours"'),
        (r"\ang{45}, \ang{1;2;3}, \ang{;;4}, \SI{45}{\degree}, \SIlist{1;2}{\metre}", "45°, 1°2′3″, 4″, 45°, 1 and 2 m"),
        (r"10\textsuperscript{6} and the 5\textsuperscript{th}", "10^6 and the 5th"),
        (r"a \textquotedblleft q\textquotedblright{} and\phantom{xx} b", 'a "q" and b'),
        (r"\unit{\milli\metre\tothe{4}\per\degreeCelsius} of \qty(x)", "mm^4/°C of (x)"),
        (r"Any element of \unit, or \unit{} itself.", r"Any element of $\unit$, or $\unit$ itself."),
    ],
)
def test_a_quantity_has_its_unit(source: str, text: str) -> None:
    assert text_of(source) == text


LABELLED = r"""
\section{Ore}\label{sec:ore}
\begin{equation}\label{eq:mass} m = 1 \end{equation}
\begin{align} a &= 1 \nonumber \\ b &= 2 \label{eq:b} \end{align}
\begin{figure}\includegraphics{a}\label{fig:early}\caption{A \emph{mine}.}\end{figure}
\begin{table}\begin{tabular}{cc}Ore & t\\\hline Tin & 1\end{tabular}\caption[short]{Yields \cite{x}.}\label{tab:y}\end{table}
\subsection{Deep}\label{sub}
\begin{lemma}[Zorn]\label{lem:z} Chains end. \end{lemma}
"""


@pytest.mark.parametrize(
    ("reference", "text"),
    [
        (r"Section~\ref{sec:ore} and \S\ref{sub}", "Section 1 and §1.1"),
        (r"Eq.~\eqref{eq:mass}, (\ref{eq:b})", "Eq. (1), (2)"),
        (r"Figure~\ref{fig:early}; \cref{tab:y}", "Figure 1; Table 1"),
        (r"in \ref{tab:y}", "in Table 1"),
        (r"Lemma \ref{lem:z}, \autoref{lem:z}", "Lemma 1.1, Lemma 1.1"),
        (r"Section~\ref{sec:elsewhere} on page~\pageref{sec:elsewhere}", 'Section "elsewhere"'),
    ],
)
def test_a_reference_names_what_it_refers_to(reference: str, text: str) -> None:
    assert text_of(f"{LABELLED}\nSee {reference}.").endswith(f"See {text}.")


def test_captions_and_statements_stand_with_their_numbers() -> None:
    assert text_of(f"{LABELLED}\nSee \\eqref{{eq:b}}.") == (
        "## Ore\n\n$$m = 1$$\n\n$$\\begin{aligned} a &= 1 \\\\ b &= 2 \\quad (2) \\end{aligned}$$\n\nFigure 1: A mine.\n\n"
        "| Ore | t |\n|---|---|\n| Tin | 1 |\n\nTable 1: Yields.\n\n"
        "### Deep\n\nLemma 1.1 (Zorn). Chains end.\n\nSee (2)."
    )


@pytest.mark.parametrize(
    ("source", "text"),
    [
        (r"Loss falls~\cite{a,b}, and more \citep[see][p.~3]{c}.", "Loss falls, and more."),
        (r"Known~\cite{a},~\cite{b}.", "Known."),
        (r"As shown by \cite{knuth1984tex}, it holds.", "As shown by Knuth (1984), it holds."),
        (r"See \cite[Lemma~6.3]{Jech}.", "See [Jech, Lemma 6.3]."),
        (
            r"\citet{Lu:2014} and \citeauthor{ng92} agree, as in \citealt{goodman_2010}.",
            "Lu (2014) and Ng agree, as in Goodman (2010).",
        ),
        (
            "\\citet{gw} agree.\n\\begin{thebibliography}{9}\\bibitem[{Goodman \\& Weare(2010)}]{gw} Book.\\end{thebibliography}",
            "Goodman & Weare (2010) agree.",
        ),
    ],
)
def test_a_citation_is_named_where_the_sentence_needs_it(source: str, text: str) -> None:
    assert text_of(source) == text


def test_a_long_paper_is_read_whole() -> None:
    source = "\\begin{document}" + "rain" * 1_000_100 + " The end.\\end{document}"
    assert extract(item(source, "application/x-tex")).text.endswith("The end.")
