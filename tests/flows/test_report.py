"""The build report: one page that holds what the tables hold, fetches nothing, and survives hostile text."""

import re
from html.parser import HTMLParser
from pathlib import Path

import pytest

from flows.report import write_report
from flows.report.corpus_figures import waterfall_steps
from flows.report.formats import plain, uri
from flows.report.page import SECTIONS
from flows.report.reader import Reader
from flows.report.series import envelope, smooth, ticks
from tests.flows import report_tables as rows
from warehouse.catalog import publish
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace


class Page(HTMLParser):
    """The elements of a page with their attributes, and its visible text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[tuple[str, dict[str, str | None]]] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.text += data


def report(workspace: Workspace, name: str = "report.html") -> str:
    """The page that a workspace's tables give."""
    publish(workspace)
    out = workspace.root / name
    write_report(workspace, rows.RECIPE, out)
    return out.read_text(encoding="utf-8")


def absent(html: str) -> set[str]:
    """Anchors of the sections that have nothing to show."""
    return set(re.findall(r'<section id="(\w+)" class="absent">', html))


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which everything was built."""
    workspace = Workspace(tmp_path_factory.mktemp("trained"))
    rows.write_corpus(workspace)
    rows.write_vocabulary(workspace)
    rows.write_training(workspace)
    rows.write_runs(workspace)
    return workspace


@pytest.fixture(scope="module")
def html(trained: Workspace) -> str:
    return report(trained)


@pytest.fixture(scope="module")
def page(html: str) -> Page:
    return Page(html)


def test_nothing_is_fetched_and_nothing_runs(html: str, page: Page) -> None:
    assert not {"script", "link", "img", "iframe", "object", "embed", "base", "form"} & {tag for tag, _ in page.elements}
    for tag, attributes in page.elements:
        assert not {"src", "srcset", "action", "data", "style"} & attributes.keys(), (tag, attributes)
        assert not [name for name in attributes if name.startswith("on")], (tag, attributes)
        assert (attributes.get("href") or "#").startswith("#"), (tag, attributes)
    style = html[html.index("<style>") : html.index("</style>")]
    assert "url(" not in style and "@import" not in style
    assert "default-src 'none'" in html


def test_document_addresses_are_text_and_no_links(page: Page) -> None:
    assert "https://saltmarrow-wiki.example/" in page.text
    assert all("example" not in (attributes.get("href") or "") for _, attributes in page.elements)


def test_hostile_text_is_shown_and_not_obeyed(html: str, page: Page) -> None:
    assert rows.HOSTILE not in html
    assert rows.HOSTILE in page.text
    assert not re.search(r"[\x00-\x08\x0b-\x1f\x7f]", html)


def test_every_section_stands_in_order_and_says_how_to_read_it(html: str) -> None:
    assert absent(html) == set()
    places = [html.index(f'<section id="{section.anchor}"') for section in SECTIONS]
    assert places == sorted(places)
    assert html.count('<p class="reading">') == len(SECTIONS)


def test_sections_without_data_say_what_to_run(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    rows.write_corpus(workspace)
    curated = report(workspace)
    assert absent(curated) == {"compression", "training", "losses", "samples", "timings"}
    assert f"run <code>berry build {rows.RECIPE}</code>" in curated
    rows.write_vocabulary(workspace)
    assert "compression" not in absent(report(workspace))


def test_an_empty_warehouse_still_gives_a_page(tmp_path: Path) -> None:
    html = report(Workspace(tmp_path))
    assert absent(html) == {section.anchor for section in SECTIONS}
    assert "no snapshot yet" in html


def test_a_workspace_without_a_warehouse_is_refused(tmp_path: Path) -> None:
    with pytest.raises(WorkspaceError, match="berry build"):
        write_report(Workspace(tmp_path), rows.RECIPE, tmp_path / "report.html")


def test_the_waterfall_ends_at_what_the_ledger_keeps(trained: Workspace) -> None:
    reader = Reader(trained, rows.RECIPE)
    captured, *losses, kept = waterfall_steps(reader.rows("losses_by_step.sql"))
    accounts = reader.rows("ledger_rows.sql")
    assert captured.documents == sum(account["captured"] for account in accounts)
    assert captured.documents - sum(loss.documents for loss in losses) == kept.documents
    assert kept.documents == sum(account["kept"] for account in accounts) > 0
    assert [loss.name for loss in losses] == ["failed", "dropped at extract", "dropped by quality", "duplicates", "over the mix"]


def test_every_source_is_ticked_where_it_adds_up(html: str) -> None:
    assert html.count('aria-label="adds up"') == len(rows.SOURCES) + 2
    assert "does not add up" not in html


def test_what_each_cleaner_did_is_counted_by_domain(html: str) -> None:
    section = html[html.index('<section id="cleaning"') : html.index('<section id="mix"')]
    assert re.findall(r"<small>(\d+) of (\d+) documents changed", section) == [
        ("0", "600"), ("260", "260"), ("0", "96"), ("0", "310"), ("0", "44")
    ]  # fmt: skip
    assert re.findall(r'<th scope="row">(\w+)</th>.*?((?:<td class="n(?: extra)?">[\d,]+</td>)+)', section) == [
        ("emails", '<td class="n">260</td><td class="n">520</td><td class="n extra">9,620</td><td class="n extra">3,640</td>')
    ]


def test_a_reason_shows_what_was_wrong_with_its_example(html: str) -> None:
    assert re.search(r'<em class="failed">failed</em>.*?<span class="why">post [^<]+ is malformed</span>', html)


def test_a_reason_has_two_more_examples_folded_away_and_none_where_there_are_none(html: str) -> None:
    section = html[html.index('<section id="reasons"') : html.index('<section id="cleaning"')]
    rows_of = [
        (row, int(row.rpartition('<td class="n">')[2].replace(",", ""))) for row in re.findall(r"<tr>(.*?)</td></tr>", section, re.S)
    ]
    assert max(documents for _, documents in rows_of) > 3
    for row, documents in rows_of:
        assert row.count('<bdi class="uri"') == min(documents, 3), row
        assert ("more example" in row) == (documents > 1)
    assert "select * from verdicts" in section


def test_a_domain_without_held_out_text_is_named_beside_the_compression_of_the_others(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    rows.write_corpus(workspace)
    rows.write_vocabulary(workspace, without="paper")
    section = report(workspace).partition('<section id="compression"')[2].partition("</section>")[0]
    assert "No document was held out for validation of: paper" in section


def test_no_domain_is_named_where_all_have_held_out_text(html: str) -> None:
    assert "No document was held out" not in html


def test_a_domain_of_which_nothing_could_be_read_has_no_characters(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    rows.write_corpus(workspace, textless="paper")
    section = report(workspace).partition('<section id="cleaning"')[2].partition("</section>")[0]
    assert "0 of 44 documents changed, 0 characters" in section


def test_a_source_that_does_not_add_up_gets_a_cross(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    rows.write_corpus(workspace, undecided=1)
    html = report(workspace)
    assert html.count('aria-label="does not add up"') == 3
    assert "not decided yet" in html


def test_equal_tables_give_equal_bytes(tmp_path: Path) -> None:
    pages = []
    for name in ("one", "two"):
        workspace = Workspace(tmp_path / name)
        rows.write_corpus(workspace)
        rows.write_training(workspace, steps=50)
        pages.append(report(workspace))
    assert pages[0] == pages[1]


def test_charts_say_what_they_show(page: Page) -> None:
    charts = [attributes for tag, attributes in page.elements if tag == "svg" and attributes.get("role") == "img"]
    assert len(charts) == 3
    assert all(chart.get("aria-label") for chart in charts)
    others = [attributes for tag, attributes in page.elements if tag == "svg" and attributes.get("class") in ("bar", "pair")]
    assert all(chart.get("aria-hidden") == "true" for chart in others)


def test_the_loss_stands_beside_its_rivals(page: Page) -> None:
    for figure in ("3.790", "5.110", "6.840", "unigram 6.84", "bigram 5.11", "+0.0130"):
        assert figure in page.text


def test_a_long_run_is_drawn_with_few_points(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    rows.write_training(workspace, steps=10_000)
    html = report(workspace)
    assert max(len(points.split()) for points in re.findall(r'points="([^"]*)"', html)) <= 900
    assert len(html) < 120_000


def test_a_spike_of_one_step_survives_thinning() -> None:
    points = [(float(step), 9.0 if step == 4_321 else 1.0) for step in range(10_000)]
    thinned = envelope(points, 100)
    assert (4_321.0, 9.0) in thinned
    assert len(thinned) <= 200
    assert thinned == sorted(thinned)


def test_a_smoothed_line_stays_on_a_straight_one() -> None:
    line = [(float(x), 2.0 * x) for x in range(60)]
    assert [y for _, y in smooth(line, 11)][:50] == pytest.approx([y for _, y in line][:50])


@pytest.mark.parametrize(
    ("low", "high", "expected"),
    [(3.2, 9.1, [2, 4, 6, 8, 10]), (0, 0.002, [0, 0.0005, 0.001, 0.0015, 0.002]), (5, 5, [5])],
)
def test_an_axis_has_round_figures(low: float, high: float, expected: list[float]) -> None:
    assert ticks(low, high) == pytest.approx(expected)


def test_foreign_text_loses_what_breaks_a_page() -> None:
    assert plain("a\x00b\x1b[31m\x85") == "a␀b␛[31m�"
    assert plain("e" + "\u0301" * 40) == "e" + "\u0301" * 4
    assert plain("line\r\nline\ttab שלום 🦀") == "line\nline\ttab שלום 🦀"


def test_a_long_address_keeps_both_ends() -> None:
    shown = uri("https://a.example/" + "x" * 900 + "/last-part.html")
    assert len(shown) == 140
    assert shown.startswith("https://a.example/") and shown.endswith("/last-part.html")
