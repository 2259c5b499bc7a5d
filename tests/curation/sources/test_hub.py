"""Data sets of the Hugging Face hub, read by its own library from a small hub on this machine."""

import importlib.util
import io
import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hub_capture import TOKEN, Captures
from hub_site import COMMIT, PUBLISH, Hub, hub_running

from curation.recipe import Recipe
from curation.sources.dataset import DatasetSource

pytestmark = pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="needs the extra `datasets`")

Capture = Callable[..., list[dict[str, Any]]]
ROWS = "".join(json.dumps({"text": f"tale {n}", "name": f"n{n}", "other": n}) + "\n" for n in range(5)).encode()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_running() as running:
        running.files = {"data/train-0.jsonl": ROWS, "data/test-0.jsonl": b'{"text": "held out", "name": "t", "other": 0}\n'}
        yield running


@pytest.fixture
def captures(tmp_path: Path, hub: Hub) -> Captures:
    return Captures(tmp_path, hub)


@pytest.fixture
def captured(captures: Captures) -> Capture:
    return captures.items


def test_rows_of_a_split_are_items_of_the_commit_that_the_revision_stands_for(captured: Capture, hub: Hub) -> None:
    *items, memory = captured(columns={"id": "name"}, revision="v1")
    assert [item["content"] for item in items] == [f"tale {n}" for n in range(5)]
    assert [item["native_id"] for item in items] == [f"n{n}" for n in range(5)]
    assert memory["commit"] == COMMIT
    assert "GET /api/datasets/someone/tales/revision/v1" in hub.asked


@pytest.mark.slow
def test_a_second_capture_of_the_same_commit_asks_for_no_row_again(captures: Captures, hub: Hub) -> None:
    first, second = captures.again({}, {})
    assert first == second
    assert any(line.startswith("GET /datasets/") for line in hub.asked)
    assert hub.asked[-2:] == [f"GET {PUBLISH}", "GET /api/datasets/someone/tales/revision/main"]


@pytest.mark.slow
def test_only_the_rows_asked_for_of_the_split_asked_for_are_read(captured: Capture) -> None:
    assert [item["content"] for item in captured(max_rows=2)[:-1]] == ["tale 0", "tale 1"]
    assert [item["content"] for item in captured(split="test")[:-1]] == ["held out"]


def test_parquet_of_the_hub_is_read_as_a_stream(captured: Capture, hub: Hub) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": ["one", "two"], "n": [1, 2]}), buffer)
    hub.files = {"data/train-00000-of-00001.parquet": buffer.getvalue()}
    assert [item["content"] for item in captured()[:-1]] == ["one", "two"]


def test_a_token_goes_to_the_hub_and_into_no_sentence(captured: Capture, hub: Hub) -> None:
    hub.demands, hub.echoes = TOKEN, True
    assert len(captured(token="env:TALES_TOKEN")) == 5 + 1
    failed, _ = captured(token="env:TALES_TOKEN", revision="absent")
    assert "no use for ***" in failed["failed"]


def test_without_a_token_in_the_recipe_none_is_sent(captured: Capture, hub: Hub) -> None:
    hub.demands = TOKEN
    assert "cannot be opened" in captured()[0]["failed"]
    assert hub.tokens == {None}


def test_the_hub_is_told_who_asks_and_what_it_is_asked_is_in_the_receipt(captures: Captures, hub: Hub) -> None:
    captures.again({}, state="state")
    assert {re.sub(r"/\S+ ", " ", agent) for agent in hub.agents} == {"berrypatch (+mailto:me@example.org)"}
    (receipt,) = captures.receipts("state")
    assert receipt["requests"] == len(hub.asked)
    assert receipt["bytes"] > sum(hub.sent.values())


def test_a_hub_in_a_private_network_is_asked_where_the_recipe_allows_it_alone(captured: Capture, hub: Hub) -> None:
    failed, _ = captured(private_addresses=False)
    assert "is on this machine or in a private network" in failed["failed"]
    assert hub.asked == []


@pytest.mark.parametrize("scheme", ["", "file://", "https://hub.example"])
def test_files_that_are_not_on_the_hub_are_not_read(captured: Capture, hub: Hub, tmp_path: Path, scheme: str) -> None:
    (tmp_path / "secret.jsonl").write_text('{"text": "a secret"}\n')
    hub.files["README.md"] = f"---\nconfigs:\n- config_name: default\n  data_files: {scheme}{tmp_path}/secret.jsonl\n---\n".encode()
    failed, _ = captured()
    assert "cannot be opened" in failed["failed"]


@pytest.mark.parametrize("card", [b"---\na: [\n---\n", b"---\nconfigs: 3\n---\n", b"---\nconfigs:\n- data_files: 7\n---\n"])
def test_a_card_that_is_no_card_is_an_error_of_the_source_in_words(captured: Capture, hub: Hub, card: bytes) -> None:
    hub.files["README.md"] = card
    failed, _ = captured()
    assert failed["failed"].startswith("source tales: the data set 'someone/tales' cannot be opened: ")


@pytest.mark.parametrize(
    ("settings", "reason"),
    [
        ({"name": "someone/else"}, "cannot be opened"),
        ({"split": "absent"}, "cannot be opened"),
        ({"revision": "absent"}, "cannot be opened"),
        ({"columns": {"text": "body"}}, "has no column 'body'; its columns are: text, name, other"),
        ({"token": "env:NOT_SET"}, "NOT_SET is not set"),
    ],
)
def test_what_is_not_there_is_an_error_of_the_source_in_words(captured: Capture, settings: dict[str, Any], reason: str) -> None:
    failed, _ = captured(**settings)
    assert failed["failed"].startswith("source tales: ")
    assert reason in failed["failed"]


def test_a_file_that_is_no_table_is_told_after_the_rows_before_it(captured: Capture, hub: Hub) -> None:
    hub.files["data/train-1.jsonl"] = b"no json at all\n"
    items = captured()
    assert [item.get("content") for item in items[:5]] == [f"tale {n}" for n in range(5)]
    assert "the rows from here on cannot be read" in items[5]["error"]


@pytest.mark.slow
def test_a_network_that_breaks_off_is_an_error_of_the_source_and_no_end_of_the_data(captured: Capture, hub: Hub) -> None:
    hub.files["data/train-1.jsonl"] = ROWS * 100_000
    hub.break_after = 8_000_000
    *_, last, _ = captured()
    assert "broke off after row" in last["failed"]


def test_a_folder_of_the_same_name_does_not_pass_for_the_data_set(captured: Capture, tmp_path: Path) -> None:
    (tmp_path / "someone" / "tales").mkdir(parents=True)
    failed, _ = captured()
    assert "there is a folder 'someone/tales' here" in failed["failed"]


def test_a_recipe_must_say_who_asks_for_a_data_set_of_the_hub(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("BERRY_CONTACT", raising=False)
    tales = {"kind": "dataset", "id": "tales", "domain": "lore", "name": "someone/tales"}
    local = {"kind": "dataset", "id": "local", "domain": "lore", "path": "tales.jsonl"}
    assert Recipe.model_validate({"name": "r", "sources": [tales, local]}).nameless() == ["tales"]


def test_a_dry_run_says_what_the_hub_is_asked() -> None:
    source = DatasetSource.model_validate({"kind": "dataset", "id": "tales", "domain": "lore", "name": "someone/tales"})
    assert source.first_requests()[0].url == "https://huggingface.co/api/datasets/someone/tales/revision/main"
    assert source.is_remote
