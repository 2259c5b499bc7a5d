"""Data sets of the Hugging Face hub, read by its own library from a small hub on this machine.

The library reads where the hub is when it is loaded, so each capture is a process of its own.
"""

import importlib.util
import io
import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hub_site import COMMIT, Hub, hub_running

from curation.sources.dataset import DatasetSource

pytestmark = pytest.mark.skipif(importlib.util.find_spec("datasets") is None, reason="needs the extra `datasets`")

PROGRAM = """
import json, sys
from dataclasses import asdict
from pathlib import Path
import datasets
datasets.config.STREAMING_READ_MAX_RETRIES, datasets.config.STREAMING_READ_RETRY_INTERVAL = 1, 0
from curation.sources.context import Context
from curation.sources.dataset import DatasetSource
from warehouse.errors import SourceError
source = DatasetSource.model_validate(json.loads(sys.argv[1]))
context = Context(Path("."), Path("."))
try:
    for item in source.items(context):
        print(json.dumps(asdict(item) | {"content": item.content and item.content.decode()}), flush=True)
except SourceError as error:
    print(json.dumps({"failed": str(error)}))
print(json.dumps(context.memory))
"""

TWICE = """
import json, sys
from pathlib import Path
from curation.capture import capture_source, read_memory
from curation.sources.context import Context
from curation.sources.dataset import DatasetSource
from curation.sources.earlier import Earlier
source = DatasetSource.model_validate(json.loads(sys.argv[1]))
earlier, memory = Earlier(), {}
for name in ("first", "second"):
    out = Path(name)
    out.mkdir()
    capture_source(source, Context(Path("."), out / "state", earlier, memory), out)
    earlier, memory = Earlier(sorted(out.glob("*.parquet"))), read_memory(out)
    print(json.dumps(name))
assert Path("first/00000.parquet").read_bytes() == Path("second/00000.parquet").read_bytes()
"""
ROOT = Path(__file__).parents[3]
ROWS = "".join(json.dumps({"text": f"tale {n}", "name": f"n{n}", "other": n}) + "\n" for n in range(5)).encode()


@pytest.fixture
def hub() -> Iterator[Hub]:
    with hub_running() as running:
        running.files = {"data/train-0.jsonl": ROWS, "data/test-0.jsonl": b'{"text": "held out", "name": "t", "other": 0}\n'}
        yield running


@pytest.fixture
def captured(hub: Hub, tmp_path: Path) -> Callable[..., list[dict[str, Any]]]:
    def capture(program: str = PROGRAM, **settings: Any) -> list[dict[str, Any]]:
        own_hub = {"kind": "dataset", "id": "tales", "domain": "lore", "name": "someone/tales", "private_addresses": True}
        facts = own_hub | settings
        own = {"HF_ENDPOINT": hub.address, "HF_HOME": str(tmp_path / "home"), "HF_HUB_DISABLE_TELEMETRY": "1"}
        paths = os.pathsep.join([str(ROOT), *filter(None, sys.path)])
        outside = {name: value for name, value in os.environ.items() if "proxy" not in name.lower() and name != "HF_TOKEN"}
        command = [sys.executable, "-c", program, json.dumps(facts)]
        environment = {**outside, **own, "PYTHONPATH": paths, "TALES_TOKEN": "hf_secret12345"}
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=tmp_path, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        assert "hf_secret12345" not in done.stdout
        return [json.loads(line) for line in done.stdout.splitlines()]

    return capture


Capture = Callable[..., list[dict[str, Any]]]


def test_rows_of_a_split_are_items_of_the_commit_that_the_revision_stands_for(captured: Capture, hub: Hub) -> None:
    *items, memory = captured(columns={"id": "name"}, revision="v1")
    assert [item["content"] for item in items] == [f"tale {n}" for n in range(5)]
    assert [item["native_id"] for item in items] == [f"n{n}" for n in range(5)]
    assert memory["commit"] == COMMIT
    assert "GET /api/datasets/someone/tales/revision/v1" in hub.asked


def test_a_second_capture_of_the_same_commit_asks_for_no_row_again(captured: Capture, hub: Hub) -> None:
    captured(TWICE)
    assert any(line.startswith("GET /datasets/") for line in hub.asked)
    assert hub.asked[-1] == "GET /api/datasets/someone/tales/revision/main"


def test_only_the_rows_asked_for_of_the_split_asked_for_are_read(captured: Capture) -> None:
    assert [item["content"] for item in captured(max_rows=2)[:-1]] == ["tale 0", "tale 1"]
    assert [item["content"] for item in captured(split="test")[:-1]] == ["held out"]


def test_parquet_of_the_hub_is_read_as_a_stream(captured: Capture, hub: Hub) -> None:
    buffer = io.BytesIO()
    pq.write_table(pa.table({"text": ["one", "two"], "n": [1, 2]}), buffer)
    hub.files = {"data/train-00000-of-00001.parquet": buffer.getvalue()}
    assert [item["content"] for item in captured()[:-1]] == ["one", "two"]


def test_a_token_goes_to_the_hub_and_nowhere_else(captured: Capture, hub: Hub) -> None:
    hub.demands = "hf_secret12345"
    assert len(captured(token="env:TALES_TOKEN")) == 5 + 1
    assert "failed" in captured()[0]


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


def test_a_dry_run_says_what_the_hub_is_asked() -> None:
    source = DatasetSource.model_validate({"kind": "dataset", "id": "tales", "domain": "lore", "name": "someone/tales"})
    assert source.first_requests()[0].url == "https://huggingface.co/api/datasets/someone/tales/revision/main"
    assert source.is_remote
