"""A run's page: pictures and tables that agree with SQL, survive hostile text, and never fail the run that shows them."""

import re
from collections.abc import Callable
from functools import partial
from html import unescape
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt

from flows import current
from flows.report.formats import count, decimal
from flows.run_page import corpus_pages, pages
from flows.run_page.pages import Page
from flows.run_page.tables import Tables
from flows.run_page.words import inert
from tests.flows import report_tables as rows
from tests.flows.page_reading import answers, lines, svg
from warehouse import tables
from warehouse.catalog import publish
from warehouse.digests import digest
from warehouse.layout import Workspace

Draw = Callable[[Workspace, str], Page]

DRAWN: tuple[Draw, ...] = (pages.ledger, pages.balance, pages.compression, pages.losses, pages.trained_curve)

EVERY: tuple[Draw, ...] = (*DRAWN, pages.samples, pages.lineage, partial(pages.produced, report_address="http://127.0.0.1/r.html"))

HOSTILE = ("![x](https://evil.example/x.png)", "<img src=x>", "[a](javascript:1)", "a | b", "`c`", "**d** _e_ ~~f~~", "# g", "\n\n- h")


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A workspace in which everything was built."""
    workspace = Workspace(tmp_path_factory.mktemp("trained"))
    rows.write_corpus(workspace)
    rows.write_vocabulary(workspace)
    rows.write_training(workspace)
    rows.write_runs(workspace)
    publish(workspace)
    return workspace


@pytest.fixture
def curated(tmp_path: Path) -> Workspace:
    """A workspace in which the corpus is made and nothing after it."""
    workspace = Workspace(tmp_path)
    rows.write_corpus(workspace)
    publish(workspace)
    return workspace


class Elements(HTMLParser):
    """The elements of a piece of HTML, and its text."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.text = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:  # noqa: ARG002 its base class says so
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        self.text += data


@pytest.mark.parametrize("draw", DRAWN)
def test_a_picture_stands_alone(trained: Workspace, draw: Draw) -> None:
    picture = svg(draw(trained, rows.RECIPE))
    names = {element.tag.rpartition("}")[2] for element in picture.iter()}
    assert names <= {"svg", "title", "style", "rect", "line", "text", "polyline", "circle"}
    assert not [name for element in picture.iter() for name in element.attrib if "href" in name or name.startswith("on")]
    assert "url(" not in "".join(picture.itertext()) and "@import" not in "".join(picture.itertext())
    assert {"viewBox", "width", "height"} <= picture.attrib.keys()


@pytest.mark.parametrize("draw", EVERY)
def test_pages_stay_small_and_say_their_gist_in_a_line(trained: Workspace, draw: Draw) -> None:
    page = draw(trained, rows.RECIPE)
    assert len(page.markdown) < 100_000
    assert page.words and "\n" not in page.words


def test_the_ledger_agrees_with_its_sql(trained: Workspace) -> None:
    page = pages.ledger(trained, rows.RECIPE)
    shown = lines(page)
    for row in answers(trained, page):
        assert shown[row["source"]] == [row["domain"], *(count(row[name]) for name in ("captured", "kept", "dropped", "failed"))]
    reasons = answers(trained, page, 1)
    assert sum(row["documents"] for row in reasons) == sum(row["dropped"] + row["failed"] for row in answers(trained, page))
    assert shown["redirect"][2] == count(sum(row["documents"] for row in reasons if row["reason"] == "redirect"))


def test_the_waterfall_leads_from_captured_to_kept(trained: Workspace) -> None:
    reader = Tables(trained, rows.RECIPE)
    captured, *losses, kept = corpus_pages.waterfall(reader.rows("ledger_rows.sql"), reader.own("losses_by_reason.sql"))
    assert [losses[-2].name, losses[-1].name] == ["other reasons", "failed"]
    assert captured.documents - sum(loss.documents for loss in losses) == kept.documents > 0
    left = {domain: documents - sum(loss.parts.get(domain, 0) for loss in losses) for domain, documents in captured.parts.items()}
    assert left == kept.parts


def test_documents_that_wait_for_a_stage_are_named(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    rows.write_corpus(workspace, undecided=7)
    publish(workspace)
    page = pages.ledger(workspace, rows.RECIPE)
    assert "7 not decided yet" in page.words
    assert "not decided yet" in "".join(svg(page).itertext())


def test_the_balance_agrees_with_its_sql_and_names_what_falls_short(trained: Workspace) -> None:
    page = pages.balance(trained, rows.RECIPE)
    for row in answers(trained, page):
        assert lines(page)[row["domain"]][:2] == [count(row["available_characters"]), count(row["taken_characters"])]
    assert page.words.endswith("less than asked for of paper")
    assert "paper: the most repetitions that the recipe allows" in page.markdown


def test_the_balance_says_what_the_mix_had_no_use_for(trained: Workspace) -> None:
    words = "204 documents dropped (over_share): domain code binds"
    assert f"{words}." in pages.balance(trained, rows.RECIPE, words).markdown
    assert "over_share" not in pages.balance(trained, rows.RECIPE).markdown


def test_the_compression_agrees_with_its_sql(trained: Workspace) -> None:
    page = pages.compression(trained, rows.RECIPE)
    answered = answers(trained, page)
    for row in answered:
        assert lines(page)[row["domain"]][-2:] == [decimal(row["bytes_per_token"]), decimal(row["characters_per_token"])]
    whole = sum(row["bytes"] for row in answered) / sum(row["tokens"] for row in answered)
    assert decimal(whole) in page.words and lines(page)["all"][3] == decimal(whole)


def test_the_losses_agree_with_their_sql(trained: Workspace) -> None:
    page = pages.losses(trained, rows.RECIPE)
    models = ("strawberry", "strawberry with shuffled retention", "bigram", "unigram")
    found = {(row["domain"], row["model"]): row for row in answers(trained, page)}
    bits, nats = (lines(Page("", half)) for half in page.markdown.split("**Nats per token**"))
    for domain in ("all", "wiki", "paper"):
        assert bits[domain] == [decimal(found[domain, model]["bits_per_byte"], 3) for model in models]
        assert nats[domain] == [decimal(found[domain, model]["nats_per_token"], 3) for model in models]
    assert "1.320 nats below the bigram" in page.words


def test_the_curve_of_a_finished_training_agrees_with_its_sql(trained: Workspace) -> None:
    page = pages.trained_curve(trained, rows.RECIPE)
    losses = {(row["step"], row["split"]): row["value"] for row in answers(trained, page)}
    assert lines(page)["600"] == [decimal(losses[600, "train"], 3), decimal(losses[600, "val"], 3)]
    assert {"unigram 6.84", "bigram 5.11"} <= {element.text for element in svg(page).iter()}


def test_rivals_are_known_levels_only_where_they_were_measured_on_the_same_shards(trained: Workspace) -> None:
    assert pages.known_levels(trained, rows.RECIPE) == {}
    current.save(trained, rows.RECIPE, current.Shards(rows.SNAPSHOT, "v", "store/shards", "one"))
    current.save(trained, rows.RECIPE, current.Model(rows.SNAPSHOT, "one", "store/t", "store/e"))
    assert pages.known_levels(trained, rows.RECIPE).keys() == {"bigram", "unigram"}
    current.save(trained, rows.RECIPE, current.Shards(rows.SNAPSHOT, "v", "store/shards", "two"))
    assert pages.known_levels(trained, rows.RECIPE) == {}


@pytest.mark.parametrize("draw", EVERY)
def test_an_empty_warehouse_says_what_is_missing(tmp_path: Path, draw: Draw) -> None:
    workspace = Workspace(tmp_path)
    publish(workspace)
    page = draw(workspace, "tiny")
    assert re.fullmatch(r"no [a-z ]+ yet", page.words)
    assert page.words in page.markdown and "`berry build tiny`" in page.markdown


def test_in_the_middle_of_a_build_pages_show_what_is_there(curated: Workspace) -> None:
    missing = {draw.__name__: draw(curated, rows.RECIPE).words for draw in (pages.compression, pages.losses, pages.samples)}
    assert missing == {"compression": "no shards yet", "losses": "no trained model yet", "samples": "no samples yet"}
    made = lines(pages.produced(curated, rows.RECIPE, ""))
    assert made["snapshot"][0].endswith("number 2: 700 documents, 5,200,000 characters")
    for name in ("vocabulary", "shards", "model", "report"):
        assert made[name][0].startswith(f"no {name} yet")


def test_shards_of_an_older_snapshot_are_not_this_ones(tmp_path: Path) -> None:
    workspace = Workspace(tmp_path)
    rows.write_corpus(workspace)
    rows.write_vocabulary(workspace)
    publish(workspace)
    lineage = tables.read_table(workspace.partition("lineage", rows.RECIPE, "all")).to_pylist()
    newer = {**lineage[-1], "sequence": 3, "snapshot_id": digest("newer"), "parent_id": rows.SNAPSHOT}
    tables.write_table(workspace.partition("lineage", rows.RECIPE, "next"), [newer], tables.LINEAGE)
    assert pages.compression(workspace, rows.RECIPE).words == "no shards of the current snapshot yet"


@pytest.mark.parametrize("draw", [pages.losses, pages.samples])
def test_a_model_of_an_older_snapshot_is_called_one(trained: Workspace, draw: Draw) -> None:
    current.save(trained, rows.RECIPE, current.Model(digest("older"), "d", "store/t", "store/e"))
    assert f"snapshot `{digest('older')[:8]}`, which is no longer the current one" in draw(trained, rows.RECIPE).markdown
    current.save(trained, rows.RECIPE, current.Model(rows.SNAPSHOT, "d", "store/t", "store/e"))
    assert "no longer the current one" not in draw(trained, rows.RECIPE).markdown


def test_samples_are_text_and_nothing_else(trained: Workspace) -> None:
    page = pages.samples(trained, rows.RECIPE)
    parsed = MarkdownIt("commonmark", {"html": True}).enable("table").parse(page.markdown)
    tokens = [token for outer in parsed for token in (outer, *(outer.children or []))]
    assert not {"image", "link_open", "html_inline"} & {token.type for token in tokens}
    html = Elements("".join(token.content for token in tokens if token.type == "html_block"))
    assert set(html.elements) == {"blockquote", "b", "br", "pre", "code"}
    assert rows.HOSTILE in html.text
    assert "    for post in posts:\n        if post" in html.text


@pytest.mark.parametrize("text", HOSTILE)
def test_foreign_text_in_a_cell_is_text(text: str) -> None:
    parsed = MarkdownIt("commonmark").enable(["table", "strikethrough"]).parse(f"| a | b |\n| --- | --- |\n| {inert(text)} | x |")
    cells = [token for token in parsed if token.type == "inline"]
    assert [[child.type for child in cell.children or []] for cell in cells] == [["text"]] * 4
    assert cells[2].children and " ".join(text.split()) == cells[2].children[0].content.replace("\u2060", "")


@pytest.mark.parametrize("text", ["see https://evil.example/x", "see www.evil.example", "write to someone@evil.example"])
def test_addresses_in_foreign_text_do_not_become_links(text: str) -> None:
    assert not re.search(r"https?://|www\.|\w@\w", unescape(inert(text)))


def test_the_report_is_linked_where_there_is_one(trained: Workspace) -> None:
    draw = partial(pages.produced, trained, rows.RECIPE)
    assert lines(draw("http://127.0.0.1/r.html"))["report"][0] == "no report yet; a run of `train-strawberry` writes it"
    trained.report(rows.RECIPE).parent.mkdir(exist_ok=True)
    trained.report(rows.RECIPE).write_text("<!doctype html>")
    assert lines(draw("http://127.0.0.1/r (1).html"))["report"][0] == "[read the report](http://127.0.0.1/r%20%281%29.html)"
    assert lines(draw(""))["report"][0] == "one page of HTML"
