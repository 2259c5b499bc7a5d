"""A run's page: pictures and tables that agree with SQL, survive hostile text, and never fail the run that shows them."""

import re
from base64 import b64decode
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from html import unescape
from html.parser import HTMLParser
from math import nan
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import httpx2
import pytest
from markdown_it import MarkdownIt
from prefect import flow
from prefect.context import SyncClientContext
from prefect.settings import (
    PREFECT_API_URL,
    PREFECT_FLOWS_HEARTBEAT_FREQUENCY,
    PREFECT_LOGGING_TO_API_ENABLED,
    temporary_settings,
)

from flows import current
from flows.embedded import embedded_api
from flows.report.formats import count, decimal
from flows.run_page import corpus_pages, pages
from flows.run_page import page as run_page
from flows.run_page.page import RunPage
from flows.run_page.pages import Page, Reading
from flows.run_page.tables import Tables
from flows.run_page.words import inert
from tests.flows import report_tables as rows
from warehouse import tables
from warehouse.catalog import publish
from warehouse.console import query
from warehouse.digests import digest
from warehouse.errors import WorkspaceError
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


def svg(page: Page) -> ElementTree.Element:
    """The picture of a page."""
    found = re.search(r"!\[[^\]]+\]\(data:image/svg\+xml;base64,([A-Za-z0-9+/=]+)\)", page.markdown)
    assert found
    return ElementTree.fromstring(b64decode(found[1]))


def lines(page: Page) -> dict[str, list[str]]:
    """The rows of a page's tables by their first cell; where several have the same, the first of them."""
    cells = [[cell.strip(" *`") for cell in line.strip("| ").split(" | ")] for line in page.markdown.splitlines() if line.startswith("| ")]
    return {row[0]: row[1:] for row in reversed(cells)}


def answers(workspace: Workspace, page: Page, place: int = 0) -> list[dict[str, Any]]:
    """What the SQL on a page gives."""
    statement = re.findall(r'`berry sql "([^"]+)"`', page.markdown)[place]
    answer = query(workspace, statement)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


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


def test_a_curve_is_drawn_from_the_first_step_on() -> None:
    page = pages.curve("tiny", [Reading(1, 8.9)], 300, {})
    assert page.words == "step 1 of 300: **loss 8.900**"
    assert [element.tag.rpartition("}")[2] for element in svg(page).iter()].count("circle") == 1
    assert "no step of training yet" in pages.curve("tiny", [], 300, {}).markdown


def test_figures_that_are_no_numbers_are_left_out_of_a_curve() -> None:
    readings = [Reading(1, 8.9), Reading(2, nan, nan), Reading(3, 8.5)]
    picture = svg(pages.curve("tiny", readings, 3, {"bigram": nan}))
    assert "nan" not in " ".join(value for element in picture.iter() for value in element.attrib.values())
    assert [element.attrib["points"].count(",") for element in picture.iter() if element.get("class") == "raw"][-1] == 2
    assert "loss" in pages.curve("tiny", [Reading(1, nan)], 3, {}).words


def test_a_curve_does_not_grow_with_its_steps() -> None:
    readings = [Reading(step, 9 - step / 10_000, 9.0 if step % 100 == 0 else None) for step in range(1, 20_001)]
    assert len(pages.curve("tiny", readings, 20_000, {}).markdown) < 25_000


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


@pytest.fixture
def versions(tmp_path: Path) -> Workspace:
    """A workspace with seven snapshots of a corpus of four documents, one source of which has a hostile name."""
    workspace = Workspace(tmp_path)
    rows.write_corpus(workspace)
    capture = tables.read_table(workspace.partition("captures", rows.RECIPE, "all")).to_pylist()[0]
    evil = {**capture, "capture_id": "evil", "source": 'a"]\n```\n<img src=x> --> b'}
    tables.write_table(workspace.partition("captures", rows.RECIPE, "evil"), [evil], tables.CAPTURES)
    known = tables.read_table(workspace.partition("snapshots", rows.RECIPE, "all")).to_pylist()[:5]
    contents, history = [], []
    for place in range(1, 8):
        held = [{**row, "snapshot_id": digest(place)} for row in known[: 3 if place < 7 else 5]]
        if place == 7:
            held = [{**held[0], "text_sha256": "other"}, *held[2:]]
        contents += held
        parent = digest(place - 1) if place > 1 else None
        sizes = {"recipe_digest": "", "documents": len(held), "characters": 10}
        history.append({"sequence": place, "snapshot_id": digest(place), "parent_id": parent, **sizes})
    tables.write_table(workspace.partition("snapshots", rows.RECIPE, "all"), contents, tables.SNAPSHOTS)
    tables.write_table(workspace.partition("lineage", rows.RECIPE, "all"), history, tables.LINEAGE)
    rows.write_vocabulary(workspace)
    publish(workspace)
    return workspace


def graph(page: Page) -> list[str]:
    """The lines of a page's graph."""
    found = re.match(r"```mermaid\n(.*?)\n```\n", page.markdown, re.DOTALL)
    assert found
    return found[1].splitlines()


def test_the_lineage_shows_the_newest_snapshots_and_what_each_changed(versions: Workspace) -> None:
    page = pages.lineage(versions, rows.RECIPE)
    edges = [line for line in graph(page) if "-->" in line]
    assert edges[:5] == [
        'older -->|"+0 −0, 0 changed"| s3',
        *(f's{place} -->|"+0 −0, 0 changed"| s{place + 1}' for place in range(3, 6)),
        's6 -->|"+2 −1, 1 changed"| s7',
    ]
    assert 'older("2 older snapshots")' in graph(page)
    assert lines(page)["7"][-3:] == ["+2", "−1", "1"]
    assert [str(row["sequence"]) for row in answers(versions, page)][:5] == ["7", "6", "5", "4", "3"]


def test_what_was_made_from_an_older_snapshot_hangs_from_it(versions: Workspace) -> None:
    current.save(versions, rows.RECIPE, current.Vocabulary("new", digest(6), "store/v/tokenizer.json"))
    current.save(versions, rows.RECIPE, current.Shards(digest(7), "new", "store/s", "second"))
    current.save(versions, rows.RECIPE, current.Model(digest(5), "first", "store/t", "store/e"))
    drawn = graph(pages.lineage(versions, rows.RECIPE))
    assert {"s6 --> v1", 's5 -->|"by shards since replaced"| model'} <= set(drawn)
    current.save(versions, rows.RECIPE, current.Model(digest(7), "second", "store/t", "store/e"))
    assert "shards --> model" in graph(pages.lineage(versions, rows.RECIPE))


def test_foreign_text_stays_inside_the_labels_of_the_graph(versions: Workspace) -> None:
    drawn = graph(pages.lineage(versions, rows.RECIPE))
    label = r'"[^"`<>\[\]{}|]*(?:<br/>[^"`<>\[\]{}|]*)*"'
    node, edge = rf"\w+[(\[]{label}[)\]]", rf"\w+ -->(?:\|{label}\|)? \w+"
    known = rf"{node}|{edge}|flowchart TD|%%\{{init.*|class \w+ now|classDef .*|linkStyle .*"
    assert [line for line in drawn if not re.fullmatch(known, line)] == []
    assert any("#60;img" in line for line in drawn)


def test_the_report_is_linked_where_there_is_one(trained: Workspace) -> None:
    draw = partial(pages.produced, trained, rows.RECIPE)
    assert lines(draw("http://127.0.0.1/r.html"))["report"][0] == "no report yet; a run of `train-strawberry` writes it"
    trained.report(rows.RECIPE).parent.mkdir(exist_ok=True)
    trained.report(rows.RECIPE).write_text("<!doctype html>")
    assert lines(draw("http://127.0.0.1/r (1).html"))["report"][0] == "[read the report](http://127.0.0.1/r%20%281%29.html)"
    assert lines(draw(""))["report"][0] == "one page of HTML"


@pytest.fixture(scope="module")
def api() -> Iterator[httpx2.Client]:
    """A Prefect API that flows of this test run on, and a client of it."""
    with embedded_api() as server, httpx2.Client(base_url=server.address, timeout=30) as client:
        server.wait()
        settings = {PREFECT_API_URL: server.address, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None, PREFECT_LOGGING_TO_API_ENABLED: False}
        with temporary_settings(settings):
            yield client


@pytest.fixture
def seconds(monkeypatch: pytest.MonkeyPatch) -> Callable[[float], None]:
    """Sets the least time between two updates."""
    return lambda value: monkeypatch.setattr(run_page, "UPDATE_SECONDS", value)


def said(words: str) -> Page:
    return Page(words, f"# {words}")


def artifacts(api: httpx2.Client, key: str) -> list[dict[str, Any]]:
    """All artifacts of a key, the oldest first."""
    found = api.post("/artifacts/filter", json={"artifacts": {"key": {"any_": [key]}}}).json()
    return sorted(found, key=lambda artifact: artifact["created"])


def run(steps: Callable[[], None]) -> None:
    """A flow run that does these steps. Fails where the run does."""
    flow(name="steps")(steps)()


def test_an_artifact_is_made_once_and_then_kept_up_to_date(api: httpx2.Client, seconds: Callable[[float], None]) -> None:
    def steps() -> None:
        page = RunPage("once")
        for words in ("first", "second", "third"):
            page.show("ledger", lambda words=words: said(words))  # type: ignore[misc]

    seconds(0)
    run(steps)
    (artifact,) = artifacts(api, "ledger-once")
    assert (artifact["type"], artifact["description"], artifact["data"]) == ("markdown", "third", "# third")
    assert artifact["flow_run_id"]


def test_updates_that_come_too_soon_are_left_out_but_the_final_one_is_not(api: httpx2.Client, seconds: Callable[[float], None]) -> None:
    drawn: list[str] = []

    def draw(words: str) -> Page:
        drawn.append(words)
        return said(words)

    def steps() -> None:
        page = RunPage("soon")
        for words in ("first", "second", "third"):
            page.show("curve", partial(draw, words), final=words == "third")
        page.show("other", partial(draw, "of another key"))

    seconds(1_000)
    run(steps)
    assert drawn == ["first", "third", "of another key"]
    assert [artifact["description"] for artifact in artifacts(api, "curve-soon")] == ["third"]


def test_what_did_not_change_is_not_sent(api: httpx2.Client) -> None:
    changes: list[str] = []

    def steps() -> None:
        page = RunPage("same")
        for words in ("same", "same", "different"):
            page.show("ledger", partial(said, words), final=True)
            changes.append(artifacts(api, "ledger-same")[0]["updated"])

    run(steps)
    assert changes[0] == changes[1] < changes[2]


def test_a_key_keeps_one_version_of_every_run(api: httpx2.Client) -> None:
    for words in ("Monday", "Tuesday"):
        run(lambda words=words: RunPage("history").show("ledger", partial(said, words)))  # type: ignore[misc]
    assert [artifact["description"] for artifact in artifacts(api, "ledger-history")] == ["Monday", "Tuesday"]
    assert api.get("/artifacts/ledger-history/latest").json()["description"] == "Tuesday"


def test_a_page_that_a_subflow_shares_shows_on_the_subflow(api: httpx2.Client) -> None:
    page = RunPage("shared")

    def steps() -> None:
        page.show("ledger", partial(said, "outer"))
        run(lambda: page.show("ledger", partial(said, "inner")))

    run(steps)
    outer, inner = artifacts(api, "ledger-shared")
    assert outer["flow_run_id"] != inner["flow_run_id"]


def test_the_bar_moves_and_ends_at_the_end(api: httpx2.Client, seconds: Callable[[float], None]) -> None:
    told: list[dict[str, Any]] = []

    def steps() -> None:
        page = RunPage("bar")
        page.progress(12.34, "capture: 1 of 8, ![x](y)")
        told.extend(artifacts(api, "progress-bar"))
        page.progress(50, "too soon")
        told.extend(artifacts(api, "progress-bar"))
        page.progress(100, "done")
        told.extend(artifacts(api, "progress-bar"))

    seconds(1_000)
    run(steps)
    assert [(artifact["type"], float(artifact["data"])) for artifact in told] == [("progress", 12.3)] * 2 + [("progress", 100.0)]
    assert told[0]["description"] == inert("capture: 1 of 8, ![x](y)") != "capture: 1 of 8, ![x](y)"


def test_an_update_that_the_server_refuses_is_a_warning(
    api: httpx2.Client, seconds: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    def steps() -> None:
        page = RunPage("lost")
        page.show("ledger", partial(said, "first"))
        api.delete(f"/artifacts/{artifacts(api, 'ledger-lost')[0]['id']}").raise_for_status()
        page.show("ledger", partial(said, "second"))
        page.show("ledger", partial(said, "third"), final=True)

    seconds(0)
    run(steps)
    assert [record.levelname for record in caplog.records if "did not take ledger" in record.message] == ["WARNING"]


@contextmanager
def unreachable() -> Iterator[None]:
    """A block in which nothing answers at the address of Prefect's API."""
    token = SyncClientContext.__var__.set(None)  # type: ignore[arg-type]
    try:
        with temporary_settings({PREFECT_API_URL: "http://127.0.0.1:9/api"}):
            yield
    finally:
        SyncClientContext.__var__.reset(token)


def test_a_server_that_is_gone_does_not_fail_the_run_and_is_left_in_peace(
    api: httpx2.Client, seconds: Callable[[float], None], caplog: pytest.LogCaptureFixture
) -> None:
    drawn: list[str] = []

    def draw(words: str) -> Page:
        drawn.append(words)
        return said(words)

    def steps() -> None:
        page = RunPage("gone")
        with unreachable():
            for words in ("first", "second", "third"):
                page.show("ledger", partial(draw, words), final=words == "third")

    seconds(0)
    run(steps)
    assert drawn == ["first", "third"]
    assert len([record for record in caplog.records if "did not take ledger" in record.message]) == 1
    assert artifacts(api, "ledger-gone") == []


@pytest.mark.usefixtures("api")
def test_a_page_that_cannot_be_drawn_is_a_warning(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    run(lambda: RunPage("none").show("ledger", partial(pages.ledger, Workspace(tmp_path), "none")))
    assert [record.message for record in caplog.records if record.message.startswith("ledger could not be drawn: there is no warehouse")]


def test_outside_of_a_flow_run_nothing_is_drawn(api: httpx2.Client) -> None:
    def draw() -> Page:
        raise WorkspaceError("drawn")

    RunPage("outside").show("ledger", draw, final=True)
    RunPage("outside").progress(100, "done")
    assert artifacts(api, "progress-outside") == []
