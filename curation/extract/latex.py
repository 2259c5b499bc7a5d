"""LaTeX sources: words as light Markdown, formulas as they are."""

import re

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, require_size
from curation.extract.citations import bibliography
from curation.extract.latex_conditions import decided
from curation.extract.latex_macros import without_comments, written_out
from curation.extract.latex_names import DEFINED
from curation.extract.latex_numbers import numbered, statements
from curation.extract.latex_reader import INDENT, MARKS, Reader
from curation.extract.latex_scanner import tidy
from curation.extract.sections import without_apparatus

MAX_BYTES = 16_000_000
_TITLE = re.compile(r"\\title\s*(?:\[[^\]]{0,300}\])?\s*\{")
_LONGEST_TITLE = 2_000  # characters of its source
_KEPT = re.compile("\ue000(\\d+)\ue001")
_ITEM = rf"{INDENT}*(?:-|\d{{1,4}}\.) "
_BETWEEN_ITEMS = re.compile(rf"^({_ITEM}[^\n]*)\n\n(?={_ITEM})", re.MULTILINE)


def extract_latex(item: Captured) -> Extracted:
    """The text of a LaTeX file, with or without a preamble."""
    require_size(item.content, MAX_BYTES)
    title, text = title_and_text(decode(item.content, item.charset).replace("\r\n", "\n"))
    if not text:
        raise Dropped(Reason.EMPTY, "nothing but definitions, figures and references")
    return Extracted(text, item.title or title, "latex")


def title_and_text(source: str) -> tuple[str | None, str]:
    """The title of a document, if it has one, and its body; of a file that has no preamble the whole."""
    source = written_out(decided(without_comments(MARKS.sub("", source))), DEFINED)
    _, opened, body = source.partition("\\begin{document}")
    body = body.partition("\\end{document}")[0] if opened else source
    reader = Reader(numbered(body, statements(source)), bibliography(source))
    text = tidy(reader.read()).replace(" \n", "\n").replace("\n ", "\n")
    text = without_apparatus(re.sub(r"\n{3,}", "\n\n", text)).strip()
    text = _BETWEEN_ITEMS.sub(r"\1\n", text).replace(INDENT, "  ")
    return _title(source), _KEPT.sub(lambda found: reader.kept[int(found.group(1))], text)


def _title(source: str) -> str | None:
    """What stands in the title command."""
    if found := _TITLE.search(source):
        return Reader(source[found.end() : found.end() + _LONGEST_TITLE], {}).line(until="}") or None
    return None
