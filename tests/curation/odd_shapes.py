"""Odd content for every extractor: what is no text, and marks of each format repeated until something nests, or never ends."""

from collections.abc import Mapping
from html import escape

from curation.domains import Domain

PROSE = "The lamp of the keeper burned in the tower for as long as there was oil to be had, and that was for many a year. "

REPEATED: tuple[str, ...] = (
    "a", " ", "\n", "\t", "é", "\u200b", "\u0301", "\u0001", "\u001b", "word ", "Word. ", "a\n", "\n\n a", "0", "1,", "1 ", "0x1f, ",
    ".", ":", "-", "=", "#", "# ", "* ", "> ", "'", "\"", "''", "'''", "\"\"\"", "`", "```\n", "~~~\n", "|", "|-\n", "| a ", "!", "![",
    "[", "]", "[[", "]]", "[a](", "[a](b) ", "[[a|", "(", ")", "{", "}", "{{", "}}", "{{{", "{{a|", "{|\n", "{|\n|", "<", ">", "</",
    "<a ", "<a>", "<p>", "<ref>", "<ref name=a/>", "<math>", "<nowiki>", "<pre>", "<!--", "-->", "<div>", "<script>", "<sec>", "<p><p>",
    "<sup>1</sup>", "<xref ref-type='bibr'>", "<math><mi>", "<v a>", "<c>", "<00:00:00.100>", ">> ", "- ", "♪", "[Music] ", "(laughs) ",
    "&", "&amp;", "&amp;amp;", "&#38;", "&lt;", "\\", "\\a", "\\\\", "\\begin{a}", "\\begin{itemize}\\item ", "\\end{a}", "\\section{",
    "\\def\\a{\\a\\a}\\a ", "\\newcommand{\\b}{\\b}\\b ", "\\input{main} ", "\\cite{", "\\footnote{", "\\frac{", "{\\bf ", "\\left(",
    "\\if", "\\verb|", "$", "$$", "\\(", "\\[", "\\[a\\]", "%", "%\n", "^", "^{", "_", "_{", "~", ",", ";", "@", "a@b.org ", "http://a",
    "://a:b@", "/*", "*/", "//", "// a\n", "# a\n", "/* a */\n", "::", "1.2.", "+44 20 ", "4111 ", "Copyright ", "A: a\n", "Ada: ",
    "[00:01] ", "00:00:01.000 --> 00:00:02.000\n", "-->\n", "1\n\n", "\ue000", "\ue001", "\ufffd", "\r", "\r\n", "\u2029", "\u0000",
    "Ã©", "â€™", "𝕏", "ﷺ", "漢", "a漢", "=a=\n", "== a ==\n", "----\n", ":label:`a` ", ":cite:`", "(**", "<b ", "title: ", "---\n",
)  # fmt: skip
"""Marks that some extractor, cleaner or measure gives a meaning."""

FRAMES: Mapping[str, tuple[str, str, Domain]] = {
    "text/plain": ("", "", Domain.WIKI),
    "text/plain; speech": ("", "", Domain.TRANSCRIPT),
    "text/markdown": ("# A\n\n", "\n", Domain.PAPER),
    "text/markdown; speech": ("# A\n\n", "\n", Domain.TRANSCRIPT),
    "text/x-wiki": ("'''A''' is one. ", "", Domain.WIKI),
    "application/x-mediawiki-page+xml": ("<page><title>A</title><ns>0</ns><revision><text>", "</text></revision></page>", Domain.LORE),
    "application/x-tex": ("\\documentclass{article}\\begin{document}\nWords. ", "\n\\end{document}", Domain.PAPER),
    "application/x-latex-source": ("\\documentclass{article}\\begin{document}\nWords. ", "\n\\end{document}", Domain.PAPER),
    "application/jats+xml": ("<article><body><p>Words. ", "</p></body></article>", Domain.PAPER),
    "text/vtt": ("WEBVTT\n\n00:00:00.000 --> 00:00:01.000\nWords. ", "\n", Domain.TRANSCRIPT),
    "application/x-subrip": ("1\n00:00:00,000 --> 00:00:01,000\nWords. ", "\n", Domain.TRANSCRIPT),
    "application/x-transcript+json": ('[["Words. ', '", 0, 1]]', Domain.TRANSCRIPT),
    "text/x-code": ("import a\n", "\n", Domain.CODE),
}
"""By media type, what goes before and behind so that its extractor goes on reading. Pages of HTML have tests of their own."""


def framed(kind: str, mark: str, characters: int) -> bytes:
    """A mark repeated up to so many characters, in the frame of a media type."""
    before, behind, _ = FRAMES[kind]
    inner = mark * (characters // len(mark))
    if kind == "application/x-mediawiki-page+xml":
        inner = escape(inner, quote=False)
    elif kind == "application/x-transcript+json":
        inner = inner.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r").replace("\t", "\\t")
    return f"{before}{inner}{behind}".encode()
