"""What is made of the LaTeX source of a paper: many files, their order, and sources that are damaged or have no bounds."""

import gzip
from typing import Any

import pytest
from arxiv_site import TEX, Arxiv, Paper, many_files, one_file
from captured_source import Captures, extracted, reason

from curation.decisions import Reason
from curation.document import Failed


def _extracted(arxiv: Arxiv, papers: Any, captures: Captures, content: bytes) -> Any:
    arxiv.papers = [Paper("2401.00001", title="", source=content)]
    return extracted(captures.again(papers(ids=["2401.00001"], licences=False))["2401.00001"])


def test_a_paper_in_many_files_is_read_as_one_in_its_order(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    found = _extracted(arxiv, papers, captures, many_files({
        "macros.tex": "\\newcommand{\\x}{y}",
        "sections/two.tex": "\\section{Two}\nThe second part.\n\\input{sections/deeper}\n",
        "sections/deeper.tex": "A deeper part.\n\\endinput\nnever read\n",
        "paper.tex": "\\documentclass{article}\n\\title{On parts}\n\\input macros\n\\begin{document}\nThe first part.\n%\\input{unused}\n"
        "\\include{sections/two}\nThe third part.\n\\input{absent}\n\\input{paper}\n\\end{document}\n",
        "unused.tex": "must not appear",
        "figure.png": b"\x89PNG\0",
    }))  # fmt: skip
    places = [found.text.index(words) for words in ("The first part.", "The second part.", "A deeper part.", "The third part.")]
    assert places == sorted(places)
    assert found.title == "On parts"
    assert "never read" not in found.text and "must not appear" not in found.text


def test_the_author_says_which_file_is_the_main_one(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    document = "\\documentclass{article}\\begin{document}This is the %s one, and there is more of it.\\end{document}"
    for guide, text in (
        ("00README.XXX", "b.tex toplevelfile\n"),
        ("00README.json", '{"sources": [{"filename": "b.tex", "usage": "toplevel"}]}'),
    ):
        found = _extracted(arxiv, papers, captures, many_files({"main.tex": document % "wrong", "b.tex": document % "right", guide: text}))
        assert "right" in found.text and "wrong" not in found.text
        captures.number += 10


def test_documents_side_by_side_are_all_of_the_paper_and_those_in_folders_below_are_not(
    arxiv: Arxiv, papers: Any, captures: Captures
) -> None:
    document = "\\documentclass{article}\\begin{document}This is the %s.\\end{document}"
    found = _extracted(arxiv, papers, captures, many_files(
        {"main.tex": document % "paper", "supplement.tex": document % "supplement", "template/sample.tex": document % "sample"}
    ))  # fmt: skip
    assert "paper" in found.text and "supplement" in found.text and "sample" not in found.text


@pytest.mark.parametrize("content", [many_files({"a.tex": TEX % ("x", "tides")}, zipped=False), one_file("tides")])
def test_a_plain_tar_and_a_single_file_are_sources_too(arxiv: Arxiv, papers: Any, captures: Captures, content: bytes) -> None:
    assert "This paper is about tides" in _extracted(arxiv, papers, captures, content).text


def test_a_source_with_nothing_to_read_says_so(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    def why(files: dict[str, str]) -> str:
        arxiv.papers = [Paper("2401.00001", source=many_files(files))]
        captures.number += 10
        return reason(captures.again(papers(ids=["2401.00001"], licences=False))["2401.00001"])

    assert why({"withdrawn.tex": "%auto-ignore\nThis paper was withdrawn."}) == Reason.EMPTY
    assert why({"readme.txt": "hello"}) == Reason.EMPTY
    assert why({"plain.tex": "\\input amstex\nPlain TeX.\\bye"}) == Reason.UNSUPPORTED


def test_damaged_and_boundless_sources_are_failures_of_their_own(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    whole = many_files({"a.tex": TEX % ("x", "tides")})
    bomb = gzip.compress(bytes(450_000_000), 9)
    for bad, why in ((whole[:-40], "it breaks off before its end"), (bomb, "it unpacks to more than 400,000,000 bytes")):
        captures.number += 10
        arxiv.papers = [Paper("2401.00001", source=bad)]
        row = captures.again(papers(ids=["2401.00001"], licences=False))["2401.00001"]
        with pytest.raises(Failed, match=f"the source cannot be opened: {why}"):
            extracted(row)


@pytest.mark.slow
def test_files_that_take_in_one_another_end(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    doubling = {f"f{n}.tex": f"x{n} \\input{{f{n + 1}}}\\input{{f{n + 1}}}" for n in range(40)}
    main = "\\documentclass{article}\\begin{document}Begins here. \\input{a}\\input{f0}\\end{document}"
    loop = {"a.tex": "\\input{b} A", "b.tex": "\\input{a} B", "main.tex": main}
    text = _extracted(arxiv, papers, captures, many_files(doubling | loop)).text
    assert "Begins here." in text and text.count("A\n") == 1


def test_a_path_in_a_source_that_climbs_takes_in_nothing_of_this_machine(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    main = "\\documentclass{article}\\begin{document}Begins. \\input{/etc/passwd}\\input{../../../../etc/passwd}\\end{document}"
    found = _extracted(arxiv, papers, captures, many_files({"main.tex": main, "../../evil.tex": "evil"}))
    assert found.text == "Begins."
