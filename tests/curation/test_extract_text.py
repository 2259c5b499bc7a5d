"""Plain text, Markdown, LaTeX, JATS and code, and the choice among them."""

import time

import pytest
from captured_items import item

from curation.decisions import Reason
from curation.document import Dropped, Failed
from curation.domains import Domain
from curation.extract import extract
from curation.extract.languages import programming_language
from curation.extract.latex import title_and_text


def test_front_matter_gives_the_title_and_goes() -> None:
    found = extract(item("---\ntitle: Drivechain\ntags: [a]\n---\nWords [here](https://x.org/a_(b)) ![pic](p.png).\n", "text/markdown"))
    assert (found.text, found.title) == ("Words here.", "Drivechain")


def test_code_in_markdown_stays_as_it_is() -> None:
    source = "Text <div>here</div>\n\n```{.python .input}\n#@tab all\nif a < b:\n    x = [1](2)\n```\n"
    assert extract(item(source, "text/markdown")).text == "Text here\n\n```python\nif a < b:\n    x = [1](2)\n```"


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("As in :numref:`sec_rnn` (:eqref:`eq_a`), see Figure :numref:`fig_b`.", 'As in Section "rnn" (Equation "a"), see Figure "b".'),
        (":citet:`Lu.Li.2014` and :citet:`Lu.Li.Ng.ea.2017` agree :cite:`x`.", "Lu and Li (2014) and Lu et al. (2017) agree."),
        ("Loss falls (:cite:`a`, :cite:`b`).", "Loss falls."),
        ("We [**take a step\nback**] [**here**](https://x.org).", "We take a step\nback **here**."),
        ("One.\n\n:begin_tab:`jax`\n[Discussions](https://x.org/1)\n:end_tab:\n\nSee\n[two](https://x.org)\n", "One.\n\nSee\ntwo"),
        ("One.\n\n```toc\n:maxdepth: 2\n\nwhy\n```\n\n```python\n%load_ext x\n```\n\nTwo.", "One.\n\nTwo."),
        ("```python\n%%tab jax\nx = 1\n```", "```python\nx = 1\n```"),
        ("```matlab\n%note\nx = 1\n```", "```matlab\n%note\nx = 1\n```"),
        ("```python\nx = 1  #@save\n```", "```python\nx = 1\n```"),
        (
            "# A\n:label:`sec_a`\n\n```python\nf(**a)\n```\n\nIn (**we take\na step**). (**b**)",
            "# A\n\n```python\nf(**a)\n```\n\nIn we take\na step. b",
        ),
        ("Two (**bold**) words.", "Two (**bold**) words."),
        ("[News](https://x.org/1)\n\nWords.\n\n[Talk](https://x.org/2)\n\n[Talk](https://x.org/3)\n", "News\n\nWords."),
    ],
)
def test_markdown_of_a_book_keeps_its_sentences_whole(source: str, text: str) -> None:
    assert extract(item(source, "text/markdown")).text == text


def test_a_file_of_many_links_takes_no_time() -> None:
    start = time.process_time()
    extract(item("Words.\n\n" + "[a](https://x.org)\n\n" * 50_000, "text/markdown"))
    assert time.process_time() - start < 2


def cell(tag: str, code: str) -> str:
    return f"```{{.python .input}}\n{tag}\n{code}\n```\n\n" if tag else f"```{{.python .input}}\n{code}\n```\n\n"


@pytest.mark.parametrize(
    ("source", "kept"),
    [
        (cell("%%tab mxnet", "m = 1") + cell("%%tab pytorch", "p = 1") + cell("%%tab all", "x = 1"), ["m = 1", "x = 1"]),
        (cell("%%tab mxnet", "m") + cell("%%tab pytorch", "p") + "Then\n\n" + cell("%%tab pytorch, jax", "pj"), ["p", "pj"]),
        (cell("", "m = 1") + cell("#@tab pytorch", "p = 1") + "Then\n\n" + cell("", "x = 1"), ["p = 1", "x = 1"]),
        (
            cell("#@tab pytorch", "p") + "\n:begin_tab:`jax`\nkeys\n:end_tab:\n\n:begin_tab:`pytorch, mxnet`\nseeds\n:end_tab:\n",
            ["p", "seeds"],
        ),
        (
            cell(
                "%%tab jax, mxnet",
                "def f(x):\n    if tab.selected('mxnet'):\n        y = x\n    if tab.selected('jax'):\n        z = x\n    return 1",
            ),
            ["def f(x):", "    z = x", "    return 1"],
        ),
        (cell("", "a = 1") + cell("", "b = 1"), ["a = 1", "b = 1"]),
    ],
)
def test_of_code_in_several_frameworks_one_is_kept(source: str, kept: list[str]) -> None:
    lines = extract(item(source, "text/markdown")).text.split("\n")
    assert [line for line in lines if line and not line.startswith("```") and line != "Then"] == kept


@pytest.mark.parametrize(
    ("source", "text"),
    [
        ("\\titleformat{\\chapter}[display]{\\it 2}{a}{b}\nBy \\cref{thm:x} in \\autoref{sec:y}.", 'By Theorem "x" in Section "y".'),
        ("\\begin{narrowmultline*}\n\\lam{x}{y}\n\\end{narrowmultline*}", "$$\\lam{x}{y}$$"),
        ("\\begin{IEEEeqnarray}{c}x=1\\end{IEEEeqnarray}", "$$x=1$$"),
        ("So \\narrowequation{\\eqv{A}{\\{b\\}}.} \\ensuremath{c_{1}}", "So\n$$\\eqv{A}{\\{b\\}}.$$\n$c_{1}$"),
        ("\\section{Paths}\n\\label{p}\nA \\emph{path}~is % hidden\nshort.", "## Paths\n\nA path is short."),
        ("Let $x \\in A$ and \\begin{equation}\n\\label{e} y=1\n\\end{equation}", "Let $x \\in A$ and\n$$y=1$$"),
        ("See~\\cite{a}, \\ref{b}; \\href{http://x}{here}.", 'See [a], "b"; here.'),
        ("Erd\\H{o}s, Poincar\\'e, na\\\"{\\i}ve, \\ss", "Erdős, Poincaré, naïve, ß"),
        ("\\begin{itemize}\\item one\\item two\\end{itemize}", "- one\n- two"),
        ("\\begin{figure}\\caption{x}\\end{figure}``Yes''---no", 'Figure 1: x\n\n"Yes"—no'),
        ("\\documentclass{a}\\newcommand{\\x}{y}\\begin{document}Body.\\end{document}after", "Body."),
        ("\\begin{document} % and \\end{document} at the end\nBody.\\end{document}", "Body."),
        ("one,\n\\index{a}\n\\index{b}\ntwo", "one, two"),
        ("\\begin{verbatim}\n  a_b\n\\end{verbatim}", "```\n  a_b\n```"),
    ],
)
def test_latex_becomes_words_and_formulas(source: str, text: str) -> None:
    assert title_and_text(source)[1] == text


@pytest.mark.parametrize(
    "mark",
    [
        "{",
        "\\a{",
        "\\begin{verbatim}",
        "$ ",
        "\\item[",
        "\\ensuremath{",
        "\\label{a} ",
        "\\(",
        "\\newcommand{\\a}{",
        "\\begin{lemma}",
        "\\caption{",
        "\\cite{a} ",
    ],
)
def test_latex_that_never_closes_neither_crashes_nor_takes_long(mark: str) -> None:
    assert isinstance(title_and_text(mark * 20_000)[1], str)


def test_a_paper_is_title_abstract_and_body_without_its_references() -> None:
    paper = (
        "<article><front><article-meta><article-title>On <italic>Ore</italic></article-title><abstract><p>Short.</p></abstract>"
        "</article-meta></front><body><sec><title>Method</title><p>We dug (<xref ref-type='bibr'>1</xref>; <xref ref-type='bibr'>2</xref>)"
        " as in <xref ref-type='fig'>Figure 1</xref> <xref ref-type='bibr'>[3]</xref>, <xref ref-type='bibr'>[4]</xref>.</p>"
        "<fig><caption><p>A mine.</p></caption></fig></sec></body>"
        "<back><ref-list><ref>Book</ref></ref-list></back></article>"
    )
    assert extract(item(paper, "application/jats+xml")).text == "# On Ore\n\nShort.\n\n## Method\n\nWe dug as in Figure 1.\n\nA mine."


CITED = "<xref ref-type='bibr' rid='a'>[1]</xref>"


@pytest.mark.parametrize(
    ("paragraph", "text"),
    [
        (f"Ore {CITED},{CITED}–{CITED}, and tin {CITED}, {CITED}.", "Ore, and tin."),
        (f"Ore [{CITED}–{CITED}] ({CITED}; {CITED}) and [{CITED}], too.", "Ore and Reed and Low (1990), too."),
        (f"As shown by {CITED}, it is.", "As shown by Reed and Low (1990), it is."),
        ("In 1.2 · 10<sup>5</sup> years, H<sub>2</sub>O, m<sup>2</sup>, Reed<sup>1</sup>.", "In 1.2 · 10^5 years, H2O, m^2, Reed1."),
        (
            "Dug.</p><fig><label>Figure 2.</label><caption><title>A mine.</title><p>In <i>May</i>.</p></caption></fig><p>Left.",
            "Dug.\n\nFigure 2: A mine. In May.\n\nLeft.",
        ),
        (
            "Dug.</p><table-wrap><label>Table 1</label><caption><p>Yields.</p></caption><table><td>9</td></table></table-wrap><p>Left.",
            "Dug.\n\nTable 1: Yields.\n\nLeft.",
        ),
    ],
)
def test_a_paper_keeps_captions_powers_and_the_authors_that_a_sentence_needs(paragraph: str, text: str) -> None:
    names = "<name><surname>Reed</surname></name><name><surname>Low</surname></name><year>1990</year>"
    back = f"<back><ref-list><ref id='a'>{names}</ref></ref-list></back>"
    paper = f"<article><front/><body><sec><p>{paragraph}</p></sec></body>{back}</article>"
    assert extract(item(paper, "application/jats+xml")).text == text


@pytest.mark.parametrize(
    ("head", "extractor"),
    [
        ("<article>", "jats"),
        ('<?xml version="1.0"?><article dtd-version="1.2">', "jats"),
        (
            '<!DOCTYPE article PUBLIC "-//NLM//DTD Journal Archiving and Interchange DTD v3.0//EN"><article article-type="x">',
            "jats",
        ),
        ("<!doctype html><html><article>", "html-container"),
    ],
)
def test_a_paper_in_xml_is_told_from_a_page_by_its_content(head: str, extractor: str) -> None:
    words = "We dug for ore on the northern slope until the rain came. " * 20
    body = f"<front><article-meta><article-title>On Ore</article-title></article-meta></front><body><p>{words}</p></body></article>"
    found = extract(item(head + body, "application/octet-stream"))
    assert found.extractor.startswith(extractor), found.extractor


def test_a_dumped_page_loses_its_frame_and_its_hard_line_ends() -> None:
    dump = (
        "Accessed today\n****** Gold ******\nFrom Wikipedia\nJump_to_navigation Jump_to_search\nShort description\n"
        "Gold is a dense_metal that is known for its lustre and of which most rings are\nmade, [1] says     g   {\\displaystyle g}  "
        "[{\\displaystyle g}].\n\u2070\n"
        "***** Uses[edit] *****\n    * Rings\n          o Old_rings\nNothing more.\n"
        "***** References[edit] *****\n   1. ^ Book\n***** Navigation menu *****\n    * Log_in\n"
    )
    assert extract(item(dump, "text/plain")).text == (
        "Short description\n\nGold is a dense metal that is known for its lustre and of which most rings are "
        "made,  says $g$.\n\n## Uses\n\n- Rings\n  - Old rings\n\nNothing more."
    )


def test_a_dumped_page_that_lists_what_its_title_may_refer_to_is_no_article() -> None:
    dump = "****** Gold ******\nJump_to_navigation Jump_to_search\nLook it up.\nGold may refer to:\n    * Gold_(metal)\n"
    with pytest.raises(Dropped) as dropped:
        extract(item(dump, "text/plain"))
    assert dropped.value.reason is Reason.DISAMBIGUATION


def code(content: str, name: str) -> str:
    return extract(item(content, "application/octet-stream", Domain.CODE, name)).text


def test_code_is_taken_as_it_is() -> None:
    source = "def f():\n\treturn 1\n"
    assert code(source, "pkg/a.py") == source


@pytest.mark.parametrize(
    ("content", "name", "reason"),
    [
        ("x = 1\n", "pip/_vendor/a.py", Reason.VENDORED),
        ("x=1;\n", "dist/a.min.js", Reason.MINIFIED),
        ("var a=1;" * 1000, "a.js", Reason.MINIFIED),
        ("# Generated by a tool. DO NOT EDIT\nx = 1\n", "a.py", Reason.GENERATED),
        ("/* A very long notice. */\n\n// Code generated by a tool; DO NOT EDIT.\npackage a\n", "a.go", Reason.GENERATED),
        ('"use strict";\nObject.defineProperty(exports, "__esModule", { value: true });\n', "a.js", Reason.GENERATED),
        ('{"a": 1}', "package.json", Reason.DATA),
        ("Permission is granted.\n", "LICENSE", Reason.LICENCE_TEXT),
        ("graph \x01\x02\x03 of bytes", "si2.A99", Reason.BINARY),
        ("x = 1\n", "lib/site-packages/a.py", Reason.VENDORED),
        ("DATA = [\n" + "  1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18,\n" * 60 + "]\n", "a.py", Reason.DATA),
        ("\x7fELF\x00\x01", "a.py", Reason.BINARY),
    ],
)
def test_code_that_nobody_here_wrote_is_dropped_with_a_reason(content: str, name: str, reason: Reason) -> None:
    with pytest.raises(Dropped) as dropped:
        code(content, name)
    assert dropped.value.reason is reason


@pytest.mark.parametrize(
    "content",
    [
        "# Yields the keys generated by the iterator, automatically.\nx = 1\n",
        "# Yields the keys that were\n# generated by the iterator.\nx = 1\n",
        "import a\n\n# Generated by the search below.\nx = 1\n",
        '"""Reads what was\ngenerated by the search."""\nx = 1\n',
        'HEADER = """\n# Generated by a tool. DO NOT EDIT\n"""\n',
        "// Package keys sorts keys. Do not modify the slices that Keys returns: they are shared.\npackage keys\n",
        "# The parser was generated once by hand in 1998.\nx = 1\n",
    ],
)
def test_words_about_generating_do_not_make_code_generated(content: str) -> None:
    assert code(content, "a.py")


@pytest.mark.parametrize("name", ["pkg/pods/frozen.go", "shop/vendor/frozen.go", "shop/vendor/sort/frozen.go"])
def test_a_package_of_ones_own_is_not_vendored_for_its_name(name: str) -> None:
    assert code("package frozen\n", name)


def test_packages_below_their_hosts_are_vendored() -> None:
    with pytest.raises(Dropped, match="a folder named vendor"):
        code("package frozen\n", "vendor/example.org/ice/frozen.go")


@pytest.mark.parametrize(
    "notice",
    [
        "DO NOT EDIT", "Do not edit!", "Do not edit this file.", "do not modify it by hand", "DO NOT EDIT - made by a tool",
        "Please do not edit these generated files.", "This file is generated.", "This source file was generated by a tool.",
        "The code is automatically generated.", "Do not edit or move",
    ],
)  # fmt: skip
def test_a_notice_that_the_file_is_made_by_a_program_drops_it(notice: str) -> None:
    with pytest.raises(Dropped) as dropped:
        code(f"# {notice}\nx = 1\n", "a.py")
    assert dropped.value.reason is Reason.GENERATED


@pytest.mark.parametrize(
    ("name", "text", "language"),
    [
        ("a.py", "", "python"),
        ("a.h", "int f(void);", "c"),
        ("a.h", "namespace x {", "c++"),
        ("a.h", "@interface A : B\n", "objective-c"),
        ("a.m", "#import <A.h>\n", "objective-c"),
        ("a.m", "function y = f(x)\n  y = x;\nend\n", "matlab"),
        ("a.pl", "use strict;\nmy $x = 1;\n", "perl"),
        ("a.pl", ":- module(a, [b/1]).\nb(1).\n", "prolog"),
        ("a.v", "module a(input b);\n", "verilog"),
        ("a.v", "Theorem a : True.\n", "coq"),
        ("a.ts", "export const a = 1\n", "typescript"),
        ("a.ts", "<?xml version='1.0'?>\n<TS></TS>\n", "xml"),
        ("page", "<?php echo 1;\n", "php"),
        ("a.ipynb", "{}", "json"),
        ("run", "#!/usr/bin/env python3\n", "python"),
        ("Makefile", "", "make"),
        ("notes", "hello", None),
    ],
)
def test_the_language_comes_from_the_name_or_the_first_line(name: str, text: str, language: str | None) -> None:
    assert programming_language(name, text) == language


@pytest.mark.parametrize(
    ("content", "name", "extractor"),
    [
        ("# Title\n\nText.", "README.md", "markdown"),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nHi", "noname", "captions"),
        ("<!DOCTYPE html><html><body><div class='mw-parser-output'><p>Hi</p></div></body></html>", "noname", "html-element"),
        ("just words", "noname", "plain"),
    ],
)
def test_an_item_of_unknown_type_is_told_by_name_and_content(content: str, name: str, extractor: str) -> None:
    assert extract(item(content, "application/octet-stream", name=name)).extractor == extractor


def test_a_media_type_that_nothing_reads_is_a_reason() -> None:
    with pytest.raises(Dropped) as dropped:
        extract(item("x", "audio/mpeg"))
    assert dropped.value.reason is Reason.UNSUPPORTED


def test_a_file_that_is_not_a_paper_fails() -> None:
    with pytest.raises(Failed):
        extract(item("hello", "application/jats+xml"))
