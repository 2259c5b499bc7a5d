"""Papers of a small arXiv on the loopback interface: which are asked for, and what is recorded of them."""

from typing import Any

import pytest
from arxiv_site import Arxiv, Paper, one_file
from captured_source import Captures, extracted
from pydantic import ValidationError
from small_site import Answer

from curation.sources.papers import PapersSource
from warehouse.errors import SourceError


def test_a_paper_by_id_has_its_source_as_it_came_its_version_title_authors_and_licence(
    arxiv: Arxiv, papers: Any, captures: Captures
) -> None:
    content = one_file("tides")
    arxiv.papers = [Paper("2401.00001", 3, "On  tides &\n more", source=content)]
    row = captures.again(papers(ids=["2401.00001"]))["2401.00001"]
    assert (row["content"], row["media_type"]) == (content, "application/x-latex-source")
    assert (row["revision"], row["uri"]) == ("v3", "https://arxiv.org/abs/2401.00001v3")
    assert (row["title"], row["attribution"], row["licence"]) == ("On tides & more", "A. Author, B. Writer", "CC-BY-4.0")
    assert row["modified"] == "2024-04-03T10:00:00Z"
    assert "This paper is about tides and nothing else." in extracted(row).text


@pytest.mark.parametrize(
    ("stated", "licence"),
    [
        ("http://creativecommons.org/licenses/by-nc-sa/4.0/", "CC-BY-NC-SA-4.0"),
        ("http://creativecommons.org/publicdomain/zero/1.0/", "CC0-1.0"),
        ("http://arxiv.org/licenses/nonexclusive-distrib/1.0/", "LicenseRef-arXiv-nonexclusive-distrib-1.0"),
        ("", "unknown"),
    ],
)
def test_the_licence_is_that_of_each_paper(arxiv: Arxiv, papers: Any, captures: Captures, stated: str, licence: str) -> None:
    arxiv.papers = [Paper("2401.00001", licence=stated, source=one_file("tides"))]
    assert captures.again(papers(ids=["2401.00001"]))["2401.00001"]["licence"] == licence


def test_a_version_that_the_recipe_pins_stays(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("hep-th/9901001", 2, source=one_file("second")), Paper("hep-th/9901001", 1, source=one_file("first"))]
    rows = captures.again(papers(ids=["hep-th/9901001v1"]))
    assert [(row["native_id"], row["revision"]) for row in rows.values()] == [("hep-th/9901001v1", "v1")]
    assert "first" in extracted(rows["hep-th/9901001v1"]).text


def test_a_query_is_read_page_by_page_up_to_the_most_papers(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper(f"2401.{number:05}", source=one_file(f"p{number}")) for number in range(300, 0, -1)]
    rows = captures.again(papers(query="all:tides AND cat:cs.CL", max_papers=250, licences=False))
    assert list(rows) == [f"2401.{number:05}" for number in range(51, 301)]
    asked = [path for path in arxiv.asked if path.startswith("/api/")]
    assert [path.split("&")[1:3] for path in asked] == [[f"start={n}", f"max_results={m}"] for n, m in ((0, 100), (100, 100), (200, 50))]
    assert "search_query=all:tides+AND+cat:cs.CL" in asked[0] and "sortBy=relevance" in asked[0]


def test_a_listing_is_the_newest_papers_of_its_subjects(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides"))]
    captures.again(papers(listing=["cs.CL", "math.CO"]))
    assert "search_query=cat:cs.CL+OR+cat:math.CO" in arxiv.asked[0] and "sortBy=submittedDate&sortOrder=descending" in arxiv.asked[0]


def test_an_empty_page_in_the_midst_of_a_list_is_asked_for_again(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper(f"2401.{number:05}", source=one_file("tides")) for number in range(120)]
    arxiv.empty_first = True
    assert len(captures.again(papers(query="all:x", max_papers=200, licences=False))) == 120


def test_an_id_that_arxiv_does_not_take_or_know_spoils_no_other(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper(f"2401.0000{number}", source=one_file("tides")) for number in range(1, 6)]
    arxiv.malformed = {"9999.99999"}
    rows = captures.again(papers(ids=[paper.id for paper in arxiv.papers] + ["9999.99999", "2312.00001"], licences=False))
    assert [name for name, row in rows.items() if row["error"] is None] == [paper.id for paper in arxiv.papers]
    assert rows["9999.99999"]["error"] == "arXiv says: incorrect id format for 9999.99999"
    assert rows["2312.00001"]["error"] == "arXiv has no such paper"


def test_html_is_captured_where_the_recipe_wants_it(arxiv: Arxiv, papers: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", html=b"<html><body><article><p>On tides.</p></article></body></html>"), Paper("2401.00002")]
    rows = captures.again(papers(ids=["2401.00001", "2401.00002"], content="html"))
    assert rows["2401.00001"]["media_type"] == "text/html"
    assert rows["2401.00002"]["error"] == "arXiv has no HTML of it (HTTP status 404)"


@pytest.mark.parametrize(
    "words", ["We study work on withdrawn drugs", "12 pages. It is about a withdrawal", "Banks, and withdrawn deposits"]
)
def test_a_paper_on_things_withdrawn_is_not_withdrawn(arxiv: Arxiv, papers: Any, captures: Captures, words: str) -> None:
    arxiv.papers = [Paper("2401.00001", abstract=words, comment=words, source=one_file("tides"))]
    assert captures.again(papers(ids=["2401.00001"]))["2401.00001"]["error"] is None


@pytest.mark.parametrize("body", ["", "<feed", "not xml", "<html/>", "{}", '<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>'])
def test_an_answer_that_is_no_feed_is_an_error_or_no_paper(
    arxiv: Arxiv, papers: Any, captures: Captures, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr(arxiv, "_query", lambda _: Answer(body))
    try:
        rows = captures.again(papers(ids=["2401.00001"]))
    except SourceError as error:
        assert str(error).startswith("source p: ")
    else:
        assert rows["2401.00001"]["error"] == "arXiv has no such paper"


def test_a_query_that_arxiv_does_not_take_is_an_error_with_its_words(
    arxiv: Arxiv, papers: Any, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    arxiv.malformed = {"x"}
    wrong = arxiv._query({"id_list": "x", "start": "0", "max_results": "1"})
    monkeypatch.setattr(arxiv, "_query", lambda _: wrong)
    with pytest.raises(SourceError, match="arXiv does not take the query 'all:': incorrect id format"):
        captures.again(papers(query="all:"))


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"ids": ["2401.1"]},
        {"ids": ["2401.00001 "]},
        {"ids": ["../x"]},
        {"ids": ["2401.00001"], "path": "x"},
        {"query": "x", "api": "ftp://x"},
    ],
)
def test_a_source_that_says_nothing_or_too_much_is_refused(settings: dict[str, Any]) -> None:
    with pytest.raises(ValidationError):
        PapersSource.model_validate({"kind": "papers", "id": "p", "domain": "paper"} | settings)


def test_a_dry_run_names_the_list_and_the_first_paper() -> None:
    base = {"kind": "papers", "id": "p", "domain": "paper"}
    by_id = PapersSource.model_validate(base | {"ids": ["2005.14165", "1706.03762"]}).first_requests()
    assert [request.url for request in by_id] == [
        "https://export.arxiv.org/api/query?id_list=1706.03762,2005.14165&start=0&max_results=2",
        "https://export.arxiv.org/e-print/1706.03762",
    ]
    (listed,) = PapersSource.model_validate(base | {"query": "cat:cs.CL AND all:x", "max_papers": 60}).first_requests()
    assert listed.url.startswith("https://export.arxiv.org/api/query?search_query=cat:cs.CL+AND+all:x&start=0&max_results=60")
