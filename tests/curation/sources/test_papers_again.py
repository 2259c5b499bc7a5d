"""Papers of arXiv captured again: what is asked for anew, what is gone, and what only left the window of a query."""

import gzip
from typing import Any

import pytest
from arxiv_site import Arxiv, Paper, one_file
from captured_source import Captures
from small_site import Answer

from warehouse.errors import SourceError


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"%PDF-1.5 ...", "only a PDF"),
        (gzip.compress(b"%!PS-Adobe-2.0\n"), "only PostScript"),
        (b"<html>please wait</html>", "a page of HTML in its place"),
        (b"", "what it gives is empty"),
    ],
    ids=["pdf", "postscript", "html", "nothing"],
)
def test_a_paper_without_a_source_is_recorded_and_not_asked_for_again(
    arxiv: Arxiv, papers: Any, captures: Captures, content: bytes, why: str
) -> None:
    arxiv.papers = [Paper("2401.00001", source=content)]
    for _ in range(2):
        row = captures.again(papers(ids=["2401.00001"]))["2401.00001"]
        assert row["error"].startswith("arXiv has no LaTeX source of it") and why in row["error"]
    assert [path for path in arxiv.asked if path.startswith("/e-print/")] == ["/e-print/2401.00001v1"]


@pytest.mark.parametrize(
    "words",
    [
        "This paper has been withdrawn by the author due to an error in Lemma 2",
        "Withdrawn: the proof is wrong",
        "The submission was withdrawn by arXiv administrators",
    ],
)
def test_a_withdrawn_paper_is_recorded_and_one_that_was_captured_is_gone(arxiv: Arxiv, papers: Any, captures: Captures, words: str) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides")), Paper("2401.00002", comment=words)]
    asked = papers(ids=["2401.00001", "2401.00002"])
    assert captures.again(asked)["2401.00002"]["error"] == f"is withdrawn: {words}"
    arxiv.papers[0] = Paper("2401.00001", 2, comment=words)
    assert captures.again(asked)["2401.00001"]["gone"] == f"is withdrawn: {words}"
    assert "/e-print/2401.00001v2" not in arxiv.asked


def test_a_second_capture_asks_for_new_versions_and_new_papers_alone(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("one")), Paper("2401.00002", source=one_file("two"))]
    asked = papers(query="all:x")
    before = captures.again(asked)
    arxiv.asked.clear()
    assert captures.again(asked) == before
    assert len(arxiv.asked) == 1
    arxiv.papers = [Paper("2401.00002", 2, source=one_file("new")), Paper("2401.00003", source=one_file("three"))]
    arxiv.asked.clear()
    rows = captures.again(asked)
    assert rows["2401.00001"]["gone"] == "arXiv has no such paper"
    assert rows["2401.00002"]["revision"] == "v2"
    assert [path for path in arxiv.asked if path.startswith("/e-print/")] == ["/e-print/2401.00002v2", "/e-print/2401.00003v1"]


def test_a_list_that_cannot_be_had_is_an_error_of_the_source_and_nothing_is_gone(
    arxiv: Arxiv, papers: Any, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("one"))]
    captures.again(papers(query="all:x"))
    monkeypatch.setattr(arxiv, "_query", lambda _: Answer("down", 503))
    with pytest.raises(SourceError, match=r"source p: .*503"):
        captures.again(papers(query="all:x"))


@pytest.mark.parametrize("wanted", [{"listing": ["cs.CL"]}, {"query": "cat:cs.CL", "sort": "updated"}], ids=["listing", "query"])
def test_a_paper_that_only_left_the_newest_stays_and_is_asked_for_by_its_id(
    arxiv: Arxiv, papers: Any, captures: Captures, wanted: dict[str, Any]
) -> None:
    asked = papers(**wanted, max_papers=2, licences=False)
    arxiv.papers = [Paper(f"2401.0000{n}", source=one_file(f"p{n}")) for n in (2, 1)]
    first = captures.again(asked)
    arxiv.papers = [Paper(f"2401.0000{n}", source=one_file(f"p{n}")) for n in (4, 3, 2, 1)]
    for number in range(2):
        arxiv.asked.clear()
        rows = captures.again(asked)
        assert {name: rows[name] for name in first} == first
        assert [row["gone"] for row in rows.values()] == [None] * 4
        assert [path for path in arxiv.asked if "id_list" in path] == ["/api/query?id_list=2401.00001,2401.00002&start=0&max_results=2"]
        assert len([path for path in arxiv.asked if path.startswith("/e-print/")]) == (0 if number else 2)


def test_a_paper_that_could_not_be_had_is_asked_for_again_although_it_left_the_newest(
    arxiv: Arxiv, papers: Any, captures: Captures
) -> None:
    asked = papers(listing=["cs.CL"], max_papers=1, licences=False)
    arxiv.papers = [Paper("2401.00001", source=b"\x1f\x8b and no more")]
    captures.again(asked)
    arxiv.papers.insert(0, Paper("2401.00002", source=one_file("two")))
    assert "damaged" in captures.again(asked)["2401.00001"]["error"]
    arxiv.papers[1].source = one_file("one")
    assert captures.again(asked)["2401.00001"]["content"]


@pytest.mark.parametrize("vanished", ["drop", "keep"])
def test_outside_the_newest_arxiv_itself_says_what_is_gone_or_new(arxiv: Arxiv, papers: Any, captures: Captures, vanished: str) -> None:
    asked = papers(listing=["cs.CL"], max_papers=3, licences=False, vanished=vanished)
    arxiv.papers = [Paper(f"2401.0000{n}", source=one_file(f"p{n}")) for n in (3, 2, 1)]
    first = captures.again(asked)
    new = [Paper(f"2402.0000{n}", source=one_file(f"p{n}")) for n in (3, 2, 1)]
    arxiv.papers = [*new, Paper("2401.00003", 2, source=one_file("mended")), Paper("2401.00002", 2, comment="Withdrawn: it is wrong")]
    for _ in range(2):
        rows = captures.again(asked)
        assert (rows["2401.00003"]["revision"], rows["2401.00003"]["gone"]) == ("v2", None)
        left = ("2401.00001", "2401.00002")
        assert [rows[name]["gone"] for name in left] == ["arXiv has no such paper", "is withdrawn: Withdrawn: it is wrong"]
        kept = [first[name]["content"] for name in left] if vanished == "keep" else [None, None]
        assert [rows[name]["content"] for name in left] == kept


@pytest.mark.parametrize("vanished", ["drop", "keep"])
@pytest.mark.parametrize(
    ("before", "now"),
    [
        ({"listing": ["cs.CL"]}, {"listing": ["math.CO"]}),
        ({"listing": ["cs.CL"]}, {"listing": ["cs.CL"], "max_papers": 1}),
        ({"listing": ["cs.CL"]}, {"ids": ["2401.00002"]}),
        ({"ids": ["2401.00001", "2401.00002"]}, {"ids": ["2401.00002"]}),
    ],
)
def test_what_the_recipe_asks_for_no_more_leaves_without_a_trace(
    arxiv: Arxiv, papers: Any, captures: Captures, vanished: str, before: dict[str, Any], now: dict[str, Any]
) -> None:
    arxiv.papers = [Paper(f"2401.0000{n}", source=one_file(f"p{n}")) for n in (2, 1)]
    captures.again(papers(**before, licences=False, vanished=vanished))
    arxiv.papers.pop()
    assert list(captures.again(papers(**now, licences=False, vanished=vanished))) == ["2401.00002"]


def test_an_answer_that_lacks_papers_once_makes_nothing_gone(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("one")), Paper("2401.00002", source=one_file("two"))]
    asked = papers(ids=["2401.00001", "2401.00002"], licences=False)
    first = captures.again(asked)
    arxiv.hidden_once = {"2401.00002"}
    assert captures.again(asked) == first


def test_an_error_of_arxiv_makes_nothing_gone(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("one"))]
    asked = papers(ids=["2401.00001"], licences=False)
    first = captures.again(asked)
    arxiv.malformed = {"2401.00001"}
    rows = captures.again(asked)
    assert rows["2401.00001"] == first["2401.00001"]
    assert "incorrect id format" in rows["(kept)"]["error"]
