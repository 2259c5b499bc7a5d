"""The lineage on a run's page: snapshots, what each changed, and what was made from them."""

import re
from pathlib import Path

import pytest

from flows import current
from flows.run_page import pages
from flows.run_page.pages import Page
from tests.flows import report_tables as rows
from tests.flows.page_reading import answers, lines
from warehouse import tables
from warehouse.catalog import publish
from warehouse.digests import digest
from warehouse.layout import Workspace


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
