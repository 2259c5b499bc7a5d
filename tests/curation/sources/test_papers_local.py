"""Papers of folders and archives on this machine."""

from pathlib import Path

import pytest
from archives import zipped
from arxiv_site import TEX, many_files, one_file
from captured_source import Captures, extracted

from curation.sources.papers import PapersSource

JATS = """<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.2//EN" "x.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta><title-group><article-title>On jats</article-title></title-group>
</article-meta></front><body><sec><title>One</title><p>A paper in JATS about a thing.</p></sec></body></article>"""


def test_a_folder_gives_one_item_for_each_paper_whatever_its_form(tmp_path: Path, captures: Captures) -> None:
    folder = tmp_path / "papers"
    (folder / "one" / "parts").mkdir(parents=True)
    (folder / "one" / "main.tex").write_text("\\documentclass{article}\\begin{document}Main. \\input{parts/a}\\end{document}")
    (folder / "one" / "parts" / "a.tex").write_text("Part.")
    (folder / "one" / "figure.pdf").write_bytes(b"%PDF")
    (folder / "two.xml").write_text(JATS)
    (folder / "three.tar.gz").write_bytes(many_files({"ms.tex": TEX % ("x", "three")}))
    (folder / "four.gz").write_bytes(one_file("four"))
    (folder / "five.html").write_text("<html><body><p>Five is a page.</p></body></html>")
    (folder / "six.zip").write_bytes(zipped({"six.xml": JATS.encode()}))
    rows = captures.again(PapersSource(kind="papers", id="p", domain="paper", path=str(folder)))
    texts = {name: extracted(row).text for name, row in rows.items()}
    assert sorted(texts) == ["five.html", "four.gz", "one/main.tex", "six.zip!/six.xml", "three.tar.gz", "two.xml"]
    assert texts["one/main.tex"].split() == ["Main.", "Part."]
    assert "about three" in texts["three.tar.gz"] and "about four" in texts["four.gz"] and "A paper in JATS" in texts["two.xml"]


def test_no_file_of_a_folder_is_lost_though_no_paper_takes_it_in(tmp_path: Path, captures: Captures) -> None:
    folder = tmp_path / "book"
    folder.mkdir()
    (folder / "book.tex").write_text("\\documentclass{book}\\begin{document}The book. \\input{one}\\end{document}")
    (folder / "a4.tex").write_text("\\def\\paper{a4}\n\\input{book}\n")
    (folder / "one.tex").write_text("Chapter one.")
    (folder / "errata.tex").write_text("\\documentclass{article}\\begin{document}What was wrong.\\end{document}")
    (folder / "two.tex").write_text("Chapter two, which nobody takes in.")
    rows = captures.again(PapersSource(kind="papers", id="p", domain="paper", path=str(folder)))
    assert list(rows) == ["book.tex", "errata.tex", "a4.tex", "two.tex"]
    assert extracted(rows["book.tex"]).text.split() == ["The", "book.", "Chapter", "one."]


def test_a_single_source_file_is_one_paper(tmp_path: Path, captures: Captures) -> None:
    (tmp_path / "2401.00001.tar.gz").write_bytes(many_files({"ms.tex": TEX % ("x", "one"), "b.tex": "unused"}))
    rows = captures.again(PapersSource(kind="papers", id="p", domain="paper", path=str(tmp_path / "2401.00001.tar.gz")))
    assert list(rows) == ["2401.00001.tar.gz"]


def test_an_archive_of_many_papers_is_read_file_by_file(tmp_path: Path, captures: Captures) -> None:
    (tmp_path / "many.tar.gz").write_bytes(many_files({f"p{n}/ms.tex": TEX % ("x", f"p{n}") for n in range(3)}))
    rows = captures.again(PapersSource(kind="papers", id="p", domain="paper", path=str(tmp_path / "many.tar.gz")))
    assert list(rows) == ["p0/ms.tex", "p1/ms.tex", "p2/ms.tex"]


def test_the_fingerprint_of_a_folder_is_that_of_its_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.xml").write_text(JATS)
    source = PapersSource(kind="papers", id="p", domain="paper", path=".")
    before = source.fingerprint(tmp_path)
    assert before == source.fingerprint(tmp_path)
    (tmp_path / "a.xml").write_text(JATS + " ")
    assert before != source.fingerprint(tmp_path)
    assert not source.is_remote and source.first_requests() == []


@pytest.mark.parametrize(
    ("permissions", "licence"),
    [
        (
            '<permissions><license xlink:href="https://creativecommons.org/licenses/by/4.0/"><license-p>x</license-p></license></permissions>',
            "CC-BY-4.0",
        ),
        (
            "<permissions><license><ali:license_ref>http://creativecommons.org/publicdomain/zero/1.0/</ali:license_ref></license></permissions>",
            "CC0-1.0",
        ),
        ('<permissions><license xlink:href="https://press.example/terms"/></permissions>', "ours"),
        ('<ext-link xlink:href="https://creativecommons.org/licenses/by/4.0/"/>', "ours"),
    ],
)
def test_the_licence_of_a_paper_in_jats_is_the_one_that_it_states(
    tmp_path: Path, captures: Captures, permissions: str, licence: str
) -> None:
    (tmp_path / "a.xml").write_text(JATS.replace("</article-meta>", f"{permissions}</article-meta>"))
    rows = captures.again(PapersSource(kind="papers", id="p", domain="paper", licence="ours", path=str(tmp_path)))
    assert rows["a.xml"]["licence"] == licence
