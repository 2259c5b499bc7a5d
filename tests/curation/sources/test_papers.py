"""Papers of a small arXiv on the loopback interface, and of folders."""

import gzip
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from archives import zipped
from arxiv_site import TEX, Arxiv, Paper, many_files, one_file
from captured_source import Captures, extracted, reason
from conftest import running
from pydantic import ValidationError
from small_site import Answer

from curation.decisions import Reason
from curation.document import Failed
from curation.sources.context import Context
from curation.sources.papers import PapersSource
from warehouse.errors import SourceError

JATS = """<?xml version="1.0"?><!DOCTYPE article PUBLIC "-//NLM//DTD JATS (Z39.96) Journal Publishing DTD v1.2//EN" "x.dtd">
<article xmlns:xlink="http://www.w3.org/1999/xlink"><front><article-meta><title-group><article-title>On jats</article-title></title-group>
</article-meta></front><body><sec><title>One</title><p>A paper in JATS about a thing.</p></sec></body></article>"""


@pytest.fixture
def arxiv() -> Iterator[Arxiv]:
    with running() as small:
        found = Arxiv(address=small.address, asked=small.asked)
        small.answer = found.answer  # type: ignore[method-assign]
        yield found


@pytest.fixture
def source(arxiv: Arxiv) -> Callable[..., PapersSource]:
    def made(**settings: Any) -> PapersSource:
        base = {
            "kind": "papers", "id": "p", "domain": "paper", "private_addresses": True, "delay_seconds": 0,
            "api": f"{arxiv.address}/api/query", "oai": f"{arxiv.address}/oai", "site": arxiv.address,
        }  # fmt: skip
        return PapersSource.model_validate(base | settings)

    return made


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    return Captures(tmp_path)


# arXiv -----------------------------------------------------------------------------------------------------------------


def test_a_paper_by_id_has_its_source_as_it_came_its_version_title_authors_and_licence(
    arxiv: Arxiv, source: Any, captures: Captures
) -> None:
    content = one_file("tides")
    arxiv.papers = [Paper("2401.00001", 3, "On  tides &\n more", source=content)]
    row = captures.again(source(ids=["2401.00001"]))["2401.00001"]
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
def test_the_licence_is_that_of_each_paper(arxiv: Arxiv, source: Any, captures: Captures, stated: str, licence: str) -> None:
    arxiv.papers = [Paper("2401.00001", licence=stated, source=one_file("tides"))]
    assert captures.again(source(ids=["2401.00001"]))["2401.00001"]["licence"] == licence


def test_a_version_that_the_recipe_pins_stays(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("hep-th/9901001", 2, source=one_file("second")), Paper("hep-th/9901001", 1, source=one_file("first"))]
    rows = captures.again(source(ids=["hep-th/9901001v1"]))
    assert [(row["native_id"], row["revision"]) for row in rows.values()] == [("hep-th/9901001v1", "v1")]
    assert "first" in extracted(rows["hep-th/9901001v1"]).text


def test_a_query_is_read_page_by_page_up_to_the_most_papers(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    arxiv.papers = [Paper(f"2401.{number:05}", source=one_file(f"p{number}")) for number in range(300, 0, -1)]
    rows = captures.again(source(query="all:tides AND cat:cs.CL", max_papers=250, licences=False))
    assert list(rows) == [f"2401.{number:05}" for number in range(51, 301)]
    asked = [path for path in arxiv.asked if path.startswith("/api/")]
    assert [path.split("&")[1:3] for path in asked] == [[f"start={n}", f"max_results={m}"] for n, m in ((0, 100), (100, 100), (200, 50))]
    assert "search_query=all:tides+AND+cat:cs.CL" in asked[0] and "sortBy=relevance" in asked[0]


def test_a_listing_is_the_newest_papers_of_its_subjects(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides"))]
    captures.again(source(listing=["cs.CL", "math.CO"]))
    assert "search_query=cat:cs.CL+OR+cat:math.CO" in arxiv.asked[0] and "sortBy=submittedDate&sortOrder=descending" in arxiv.asked[0]


def test_an_empty_page_in_the_midst_of_a_list_is_asked_for_again(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    arxiv.papers = [Paper(f"2401.{number:05}", source=one_file("tides")) for number in range(120)]
    arxiv.empty_first = True
    assert len(captures.again(source(query="all:x", max_papers=200, licences=False))) == 120


def test_an_id_that_arxiv_does_not_take_or_know_spoils_no_other(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    arxiv.papers = [Paper(f"2401.0000{number}", source=one_file("tides")) for number in range(1, 6)]
    arxiv.malformed = {"9999.99999"}
    rows = captures.again(source(ids=[paper.id for paper in arxiv.papers] + ["9999.99999", "2312.00001"], licences=False))
    assert [name for name, row in rows.items() if row["error"] is None] == [paper.id for paper in arxiv.papers]
    assert rows["9999.99999"]["error"] == "arXiv says: incorrect id format for 9999.99999"
    assert rows["2312.00001"]["error"] == "arXiv has no such paper"


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
    arxiv: Arxiv, source: Any, captures: Captures, content: bytes, why: str
) -> None:
    arxiv.papers = [Paper("2401.00001", source=content)]
    for _ in range(2):
        row = captures.again(source(ids=["2401.00001"]))["2401.00001"]
        assert row["error"].startswith("arXiv has no LaTeX source of it") and why in row["error"]
    assert [path for path in arxiv.asked if path.startswith("/e-print/")] == ["/e-print/2401.00001v1"]


def test_html_is_captured_where_the_recipe_wants_it(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", html=b"<html><body><article><p>On tides.</p></article></body></html>"), Paper("2401.00002")]
    rows = captures.again(source(ids=["2401.00001", "2401.00002"], content="html"))
    assert rows["2401.00001"]["media_type"] == "text/html"
    assert rows["2401.00002"]["error"] == "arXiv has no HTML of it (HTTP status 404)"


@pytest.mark.parametrize(
    "words",
    [
        "This paper has been withdrawn by the author due to an error in Lemma 2",
        "Withdrawn: the proof is wrong",
        "The submission was withdrawn by arXiv administrators",
    ],
)
def test_a_withdrawn_paper_is_recorded_and_one_that_was_captured_is_gone(arxiv: Arxiv, source: Any, captures: Captures, words: str) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides")), Paper("2401.00002", comment=words)]
    asked = source(ids=["2401.00001", "2401.00002"])
    assert captures.again(asked)["2401.00002"]["error"] == f"is withdrawn: {words}"
    arxiv.papers[0] = Paper("2401.00001", 2, comment=words)
    assert captures.again(asked)["2401.00001"]["gone"] == f"is withdrawn: {words}"
    assert "/e-print/2401.00001v2" not in arxiv.asked


@pytest.mark.parametrize(
    "words", ["We study work on withdrawn drugs", "12 pages. It is about a withdrawal", "Banks, and withdrawn deposits"]
)
def test_a_paper_on_things_withdrawn_is_not_withdrawn(arxiv: Arxiv, source: Any, captures: Captures, words: str) -> None:
    arxiv.papers = [Paper("2401.00001", abstract=words, comment=words, source=one_file("tides"))]
    assert captures.again(source(ids=["2401.00001"]))["2401.00001"]["error"] is None


def test_a_second_capture_asks_for_new_versions_and_new_papers_alone(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("one")), Paper("2401.00002", source=one_file("two"))]
    asked = source(query="all:x")
    before = captures.again(asked)
    arxiv.asked.clear()
    assert captures.again(asked) == before
    assert len(arxiv.asked) == 1
    arxiv.papers = [Paper("2401.00002", 2, source=one_file("new")), Paper("2401.00003", source=one_file("three"))]
    arxiv.asked.clear()
    rows = captures.again(asked)
    assert rows["2401.00001"]["gone"] == "is not among the papers that arXiv finds for this recipe any more"
    assert rows["2401.00002"]["revision"] == "v2"
    assert [path for path in arxiv.asked if path.startswith("/e-print/")] == ["/e-print/2401.00002v2", "/e-print/2401.00003v1"]


def test_a_list_that_cannot_be_had_is_an_error_of_the_source_and_nothing_is_gone(
    arxiv: Arxiv, source: Any, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("one"))]
    captures.again(source(query="all:x"))
    monkeypatch.setattr(arxiv, "_query", lambda _: Answer("down", 503))
    with pytest.raises(SourceError, match=r"source p: .*503"):
        captures.again(source(query="all:x"))


@pytest.mark.parametrize("body", ["", "<feed", "not xml", "<html/>", "{}", '<feed xmlns="http://www.w3.org/2005/Atom"><entry/></feed>'])
def test_an_answer_that_is_no_feed_is_an_error_or_no_paper(
    arxiv: Arxiv, source: Any, captures: Captures, monkeypatch: pytest.MonkeyPatch, body: str
) -> None:
    monkeypatch.setattr(arxiv, "_query", lambda _: Answer(body))
    try:
        rows = captures.again(source(ids=["2401.00001"]))
    except SourceError as error:
        assert str(error).startswith("source p: ")
    else:
        assert rows["2401.00001"]["error"] == "arXiv has no such paper"


def test_a_query_that_arxiv_does_not_take_is_an_error_with_its_words(
    arxiv: Arxiv, source: Any, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    arxiv.malformed = {"x"}
    wrong = arxiv._query({"id_list": "x", "start": "0", "max_results": "1"})
    monkeypatch.setattr(arxiv, "_query", lambda _: wrong)
    with pytest.raises(SourceError, match="arXiv does not take the query 'all:': incorrect id format"):
        captures.again(source(query="all:"))


def test_requests_to_all_hosts_together_keep_the_pace(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides"))]
    with running() as other:
        second = Arxiv(papers=arxiv.papers, times=arxiv.times)
        other.answer = second.answer  # type: ignore[method-assign]
        captures.again(source(ids=["2401.00001"], delay_seconds=0.3, oai=f"{other.address}/oai"))
    gaps = [later - earlier for earlier, later in zip(arxiv.times, arxiv.times[1:], strict=False)]
    assert len(gaps) == 2 and min(gaps) > 0.2


def test_two_captures_at_once_keep_the_pace_together(arxiv: Arxiv, source: Any, tmp_path: Path) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides")), Paper("2401.00002", source=one_file("waves"))]

    def capture(number: int) -> None:
        state = tmp_path / f"state-{number}"
        state.mkdir()
        context = Context(tmp_path, state, cache=tmp_path / "cache")
        assert [item.error for item in source(ids=[f"2401.0000{number}"], delay_seconds=0.3, licences=False).items(context)] == [None]

    with ThreadPoolExecutor(2) as together:
        list(together.map(capture, (1, 2)))
    gaps = [later - earlier for earlier, later in zip(arxiv.times, arxiv.times[1:], strict=False)]
    assert len(gaps) == 3 and min(gaps) > 0.2


def test_arxiv_itself_is_asked_once_in_three_seconds_whatever_the_recipe_says() -> None:
    def pace(**settings: Any) -> float:
        return PapersSource.model_validate({"kind": "papers", "id": "p", "domain": "paper", "ids": ["2401.00001"]} | settings).pace_seconds

    local = {"api": "http://127.0.0.1/api", "oai": "http://127.0.0.1/oai"}
    assert [pace(), pace(delay_seconds=0), pace(delay_seconds=5)] == [3.0, 3.0, 5.0]
    assert pace(delay_seconds=0, **local) == 3.0
    assert pace(delay_seconds=0, site="http://127.0.0.1", **local) == 0.0


@pytest.mark.usefixtures("no_hang")
def test_answers_from_before_a_restart_cost_no_wait(arxiv: Arxiv, source: Any, tmp_path: Path) -> None:
    arxiv.papers = [Paper("2401.00001", source=one_file("tides"))]
    for delay in (0.0, 3600.0):
        context = Context(tmp_path, tmp_path / "state", cache=tmp_path / "cache")
        assert [item.error for item in source(ids=["2401.00001"], delay_seconds=delay, licences=False).items(context)] == [None]
    assert len(arxiv.times) == 2


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


# LaTeX sources ---------------------------------------------------------------------------------------------------------


def _extracted(arxiv: Arxiv, source: Any, captures: Captures, content: bytes) -> Any:
    arxiv.papers = [Paper("2401.00001", title="", source=content)]
    return extracted(captures.again(source(ids=["2401.00001"], licences=False))["2401.00001"])


def test_a_paper_in_many_files_is_read_as_one_in_its_order(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    found = _extracted(arxiv, source, captures, many_files({
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


def test_the_author_says_which_file_is_the_main_one(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    document = "\\documentclass{article}\\begin{document}This is the %s one, and there is more of it.\\end{document}"
    for guide, text in (
        ("00README.XXX", "b.tex toplevelfile\n"),
        ("00README.json", '{"sources": [{"filename": "b.tex", "usage": "toplevel"}]}'),
    ):
        found = _extracted(arxiv, source, captures, many_files({"main.tex": document % "wrong", "b.tex": document % "right", guide: text}))
        assert "right" in found.text and "wrong" not in found.text
        captures.number += 10


def test_documents_side_by_side_are_all_of_the_paper_and_those_in_folders_below_are_not(
    arxiv: Arxiv, source: Any, captures: Captures
) -> None:
    document = "\\documentclass{article}\\begin{document}This is the %s.\\end{document}"
    found = _extracted(arxiv, source, captures, many_files(
        {"main.tex": document % "paper", "supplement.tex": document % "supplement", "template/sample.tex": document % "sample"}
    ))  # fmt: skip
    assert "paper" in found.text and "supplement" in found.text and "sample" not in found.text


@pytest.mark.parametrize("content", [many_files({"a.tex": TEX % ("x", "tides")}, zipped=False), one_file("tides")])
def test_a_plain_tar_and_a_single_file_are_sources_too(arxiv: Arxiv, source: Any, captures: Captures, content: bytes) -> None:
    assert "This paper is about tides" in _extracted(arxiv, source, captures, content).text


def test_a_source_with_nothing_to_read_says_so(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    def why(files: dict[str, str]) -> str:
        arxiv.papers = [Paper("2401.00001", source=many_files(files))]
        captures.number += 10
        return reason(captures.again(source(ids=["2401.00001"], licences=False))["2401.00001"])

    assert why({"withdrawn.tex": "%auto-ignore\nThis paper was withdrawn."}) == Reason.EMPTY
    assert why({"readme.txt": "hello"}) == Reason.EMPTY
    assert why({"plain.tex": "\\input amstex\nPlain TeX.\\bye"}) == Reason.UNSUPPORTED


def test_damaged_and_boundless_sources_are_failures_of_their_own(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    whole = many_files({"a.tex": TEX % ("x", "tides")})
    bomb = gzip.compress(bytes(450_000_000), 9)
    for bad, why in ((whole[:-40], "it breaks off before its end"), (bomb, "it unpacks to more than 400,000,000 bytes")):
        captures.number += 10
        arxiv.papers = [Paper("2401.00001", source=bad)]
        row = captures.again(source(ids=["2401.00001"], licences=False))["2401.00001"]
        with pytest.raises(Failed, match=f"the source cannot be opened: {why}"):
            extracted(row)


def test_files_that_take_in_one_another_end(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    doubling = {f"f{n}.tex": f"x{n} \\input{{f{n + 1}}}\\input{{f{n + 1}}}" for n in range(40)}
    main = "\\documentclass{article}\\begin{document}Begins here. \\input{a}\\input{f0}\\end{document}"
    loop = {"a.tex": "\\input{b} A", "b.tex": "\\input{a} B", "main.tex": main}
    text = _extracted(arxiv, source, captures, many_files(doubling | loop)).text
    assert "Begins here." in text and text.count("A\n") == 1


def test_a_path_in_a_source_that_climbs_takes_in_nothing_of_this_machine(arxiv: Arxiv, source: Any, captures: Captures) -> None:
    main = "\\documentclass{article}\\begin{document}Begins. \\input{/etc/passwd}\\input{../../../../etc/passwd}\\end{document}"
    found = _extracted(arxiv, source, captures, many_files({"main.tex": main, "../../evil.tex": "evil"}))
    assert found.text == "Begins."


# Folders ---------------------------------------------------------------------------------------------------------------


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
