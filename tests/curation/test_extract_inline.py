"""What stands raised, lowered or drawn in a line of HTML: formulas, powers, fractions, and the marks of footnotes."""

import pytest
from captured_items import item
from lxml import etree

from curation.extract import extract
from curation.extract.mathml import formula_text

BEFORE = "The ferry was built in the year of the flood, and it has carried salt, goats and strangers ever since."


def text_of(line: str) -> str:
    return extract(item(f"<html><body><p>{BEFORE} {line}</p></body></html>", "text/html")).text.removeprefix(f"{BEFORE} ")


def wiki_text_of(line: str) -> str:
    page = f'<html><body class="ns-0"><div class="mw-parser-output"><p>{BEFORE} {line}</p></div></body></html>'
    return extract(item(page, "text/html")).text.removeprefix(f"{BEFORE} ")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        ("<mi>x</mi>", "x"),
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<mn>2</mn><mfrac><mn>1</mn><mn>2</mn></mfrac>", "2 1/2"),
        ("<msup><mn>10</mn><mn>6</mn></msup>", "10^6"),
        ("<mn>3</mn><mo>×</mo><msup><mn>10</mn><mrow><mo>−</mo><mn>12</mn></mrow></msup>", "3×10^−12"),
        ("<mi>r</mi><mo>=</mo><mfrac><mi>a</mi><mi>b</mi></mfrac>", "$r=\\frac{a}{b}$"),
        ("<mi>v</mi><mo>=</mo><msqrt><mi>g</mi><mi>h</mi></msqrt>", "$v=\\sqrt{gh}$"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "$\\sqrt[3]{x}$"),
        ("<msub><mi>m</mi><mn>0</mn></msub><msup><mi>e</mi><mrow><mi>k</mi><mi>t</mi></mrow></msup>", "$m_0 e^{kt}$"),
        ("<mi>D</mi><mi>O</mi><msub><mi>C</mi><mrow><mi>a</mi><mi>u</mi></mrow></msub>", "$DOC_{au}$"),
        ("<mi>rate</mi><mi>k</mi>", "rate k"),
        ("<mi>sin</mi><mo>&#x2061;</mo><mi>x</mi>", "$\\sin x$"),
        ("<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>", "$∑_{i=1}^n i$"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "$\\bar{x}$"),
        ("<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>", "$\\binom{n}{k}$"),
        ("<mmultiscripts><mi>C</mi><mprescripts/><mn>6</mn><mn>14</mn></mmultiscripts>", "${}_6^{14}C$"),
        ("<mtable><mtr><mtd><mi>a</mi></mtd><mtd><mi>b</mi></mtd></mtr></mtable>", "$\\begin{matrix} a & b \\end{matrix}$"),
        ("<semantics><mi>x</mi><annotation encoding='application/x-tex'>x^{2}</annotation></semantics>", "$x^{2}$"),
        ("<mfrac><mn>1</mn></mfrac>", "$\\frac{1}{}$"),
    ],
)
def test_mathml_is_written_as_tex_and_bare_where_it_reads_without(body: str, text: str) -> None:
    assert formula_text(etree.fromstring(f"<math xmlns='http://www.w3.org/1998/Math/MathML'>{body}</math>")) == text


@pytest.mark.parametrize("text", [text_of, wiki_text_of], ids=["web", "wiki"])
def test_formulas_of_pages_keep_their_fractions_and_powers(text: object) -> None:
    assert callable(text)
    half, million = "<math><mfrac><mn>1</mn><mn>2</mn></mfrac></math>", "<math><msup><mn>10</mn><mn>6</mn></msup></math>"
    assert text(f"Half is {half}, ten to the six {million}.") == "Half is 1/2, ten to the six 10^6."


def test_formulas_of_papers_keep_their_fractions() -> None:
    ratio = "<mml:math><mml:mfrac><mml:mn>1</mml:mn><mml:mn>2</mml:mn></mml:mfrac></mml:math>"
    body = f"<body><sec><p>The ratio {ratio} was held.</p></sec></body>"
    paper = f'<article xmlns:mml="http://www.w3.org/1998/Math/MathML"><front/>{body}</article>'
    assert extract(item(paper, "application/jats+xml")).text == "The ratio 1/2 was held."


def test_the_source_of_a_formula_that_a_script_draws_is_taken_once() -> None:
    drawn = '<span class="MathJax_Preview"></span><span class="MathJax">ab</span><script type="math/tex">\\frac{a}{b}</script>'
    assert text_of(f"It is {drawn} long.") == "It is $\\frac{a}{b}$ long."


@pytest.mark.parametrize("text", [text_of, wiki_text_of], ids=["web", "wiki"])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("sold in 1950<sup><a href='#f'>3</a></sup> to", "sold in 1950 to"),
        ("a day <sup><a href='#fn1'>[1]</a></sup>.", "a day."),
        ("a day<a href='#fn2'><sup>2</sup></a>.", "a day."),
        ("by Bram<a role='doc-noteref' href='#n1'>*</a> once", "by Bram once"),
        ("by Bram<a class='footnote-ref' href='#n1'>4</a> once", "by Bram once"),
        ("500<sup>1</sup> crowns in 1911<sup>2</sup>", "500 crowns in 1911"),
        ("in the tower.<sup>1</sup> It", "in the tower. It"),
        ("it is dry. <sup><a href='#n1'>[1]</a></sup><i>Later</i> it rained", "it is dry. Later it rained"),
        ("the war<sup>2</sup> (in May)<sup>3</sup>", "the war (in May)"),
        ("the war <sup>1</sup> <sup>2</sup>.", "the war."),
    ],
)
def test_marks_of_footnotes_go(line: str, expected: str, text: object) -> None:
    assert callable(text)
    assert text(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("10<sup>6</sup> and 2<sup>10</sup>", "10^6 and 2^10"),
        ("10<sup><a href='/exponent'>6</a></sup>", "10^6"),
        ("12<sup>2</sup> = 144", "12^2 = 144"),
        ("100<sup>2</sup> = 10,000", "100^2 = 10,000"),
        ("E = mc<sup>2</sup>, km<sup>2</sup>, s<sup>−1</sup>, Ca<sup>2+</sup>", "E = mc^2, km^2, s^−1, Ca^2+"),
        ("(a+b)<sup>2</sup>, e<sup>x</sup>, 2<sup>n</sup>", "(a+b)^2, e^x, 2^n"),
        ("x<sub>i</sub><sup>2</sup>, H<sub>2</sub>O", "x_i^2, H2O"),
        ("log<sub>2</sub> 8, v<sub>max</sub>, 101<sub>2</sub>", "log_2 8, v_max, 101_2"),
        ("7<sup>1</sup>/<sub>2</sub> miles", "7 1/2 miles"),
        ("<sup>3</sup>⁄<sub>4</sub> of <sup>14</sup>C", "3/4 of 14C"),
        ("the 1<sup>st</sup>, M<sup>lle</sup>, <i>x</i><sup>2</sup>", "the 1st, Mlle, x^2"),
        ("3<sup>9</sup> positions, 26<sup>6</sup> plates, 8<sup>64</sup>.", "3^9 positions, 26^6 plates, 8^64."),
        ("1.5<sup>20</sup> and 1,000<sup>4</sup> too", "1.5^20 and 1,000^4 too"),
        ("cages (5<sup>12</sup>6<sup>2</sup>)", "cages (5^12 6^2)"),
        ("7–6<sup>(8–6)</sup>, 6–7<sup>5</sup>, 7–6<sup>1</sup>", "7–6(8–6), 6–7^5, 7–6^1"),
        ("C♯<sup>7</sup>, Cmaj<sup>7</sup>, Dm<sup>7</sup>", "C♯^7, Cmaj^7, Dm^7"),
        ("|x|<sup>2</sup>, 10<sup>3–5</sup>", "|x|^2, 10^3–5"),
    ],
)
def test_powers_indices_and_fractions_are_written(line: str, expected: str) -> None:
    assert text_of(line) == expected


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("signed <a href='/t'>the Treaty of Kiel<sup>1</sup></a> in 1814.", "signed the Treaty of Kiel in 1814."),
        ("by <a href='/c'>carbon-14 (<sup>14</sup>C)</a> to 900", "by carbon-14 (14C) to 900"),
        ("<a href='/t'>the year 1950<sup>2</sup></a>, <a href='#x'>section<sup>[2]</sup></a>", "the year 1950, section"),
        ("<a href='/w'>Windows<sup>*</sup></a> and <a href='/h'><sup>13</sup>C</a>", "Windows and 13C"),
        ("a day<a href='#fn2'><b><sup>2</sup></b></a>.", "a day."),
    ],
)
def test_a_link_goes_only_with_a_sign_that_is_all_of_it(line: str, expected: str) -> None:
    assert text_of(line) == expected


def test_the_letter_that_a_note_begins_with_stays() -> None:
    assert text_of("</p><p><a href='#ref'><sup>A</sup></a> Built in the year of the flood.").split("\n\n")[-1][0] == "A"


def test_a_cross_reference_of_a_manual_is_no_mark_of_a_footnote() -> None:
    assert text_of("See <a class='reference internal' href='#go'>go</a> and step <a href='#s2'>2</a>.") == "See go and step 2."


def test_links_of_headings_to_themselves_and_back_from_notes_go() -> None:
    assert text_of("It is <code>query</code><a class='headerlink' href='#q'>¶</a>. So <a href='#fnref1'>↩</a>") == "It is query. So"


def test_a_heading_of_two_lines_is_one() -> None:
    page = f"<html><body><h2>III<br/>The Ferryman</h2><p>{BEFORE}</p></body></html>"
    assert extract(item(page, "text/html")).text == f"## III The Ferryman\n\n{BEFORE}"


@pytest.mark.parametrize("text", [text_of, wiki_text_of], ids=["web", "wiki"])
@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("the <code>&lt;p&gt;</code> element, <code>a\n&amp;&amp; b</code>", "the `<p>` element, `a && b`"),
        ("as <code>Vec<span>&lt;u&gt;</span></code> is", "as `Vec<u>` is"),
        ("write <code>`&lt;p&gt;`</code> here", "write `` `<p>` `` here"),
        ("call <code>go()</code> now", "call go() now"),
    ],
)
def test_code_that_looks_like_markup_stands_between_backquotes(line: str, expected: str, text: object) -> None:
    assert callable(text)
    assert text(line) == expected


def test_code_in_a_block_has_its_fence_alone() -> None:
    assert text_of("</p><pre><code>&lt;p&gt; &lt;b&gt;</code></pre><p>").split("\n\n")[-1] == "```\n<p> <b>\n```"
