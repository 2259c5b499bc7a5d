"""Books in EPUB, whose archive is read file by file: chapters are documents, what is for reading programs is none."""

import pytest
from captured_items import item

from curation.decisions import Reason
from curation.document import Dropped
from curation.extract import extract

CHAPTER = "<p>The ferry had not crossed for nine days. Old Bram said it was the rope; the rope said nothing.</p>"
HEAD = '<?xml version="1.0"?><html xmlns="http://www.w3.org/1999/xhtml" xmlns:epub="http://www.idpf.org/2007/ops"><body>'
NAV = f'{HEAD}<nav epub:type="toc"><ol><li><a href="c1.xhtml">I The rope</a></li></ol></nav></body></html>'
OPF = '<package xmlns="http://www.idpf.org/2007/opf"><metadata/><spine><itemref idref="c1"/></spine></package>'


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("book.epub/mimetype", "application/epub+zip", Reason.DATA),
        ("book.epub/META-INF/container.xml", "<container/>", Reason.DATA),
        ("META-INF/container.xml", "<container/>", Reason.DATA),
        ("book.epub/OEBPS/content.opf", OPF, Reason.DATA),
        ("book.epub/toc.ncx", "<ncx/>", Reason.DATA),
        ("book.epub/nav.xhtml", NAV, Reason.LISTING),
    ],
)
def test_what_only_a_reading_program_needs_is_dropped_with_a_reason(name: str, content: str, reason: Reason) -> None:
    with pytest.raises(Dropped) as raised:
        extract(item(content, "application/octet-stream", name=name))
    assert raised.value.reason is reason


def test_a_chapter_is_a_document_without_the_marks_of_its_notes() -> None:
    note = '<a epub:type="noteref" href="notes.xhtml#n1">*</a>'
    chapter = (
        f"{HEAD}<section epub:type='chapter'><h1>III<br/>The Rope</h1>{CHAPTER}<p>“Pull,” said Lise.{note}</p></section></body></html>"
    )
    found = extract(item(chapter, "application/octet-stream", name="book.epub/c3.xhtml"))
    assert found.text.startswith("# III The Rope\n\nThe ferry had not crossed")
    assert found.text.endswith("said Lise.")
