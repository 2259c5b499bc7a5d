"""Captures from a small hub. The library reads where the hub is when it is loaded, so each capture is a process of its own."""

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from hub_site import PUBLISH, Hub

from warehouse.tables import read_table

TOKEN = "hf_secret12345"
ROOT = Path(__file__).parents[3]
_HEAD = """
import json, os, sys
from dataclasses import asdict
from pathlib import Path
import datasets
datasets.config.STREAMING_READ_MAX_RETRIES, datasets.config.STREAMING_READ_RETRY_INTERVAL = 1, 0
from curation.capture import capture_source, read_earlier, read_memory
from curation.sources.context import Context
from curation.sources.dataset import DatasetSource
from warehouse.errors import SourceError
"""
_ITEMS = """
source = DatasetSource.model_validate(json.loads(sys.argv[1]))
context = Context(Path("."), Path(sys.argv[2]), contact="mailto:me@example.org")
try:
    for item in source.items(context):
        print(json.dumps(asdict(item) | {"content": item.content and item.content.decode()}), flush=True)
except SourceError as error:
    print(json.dumps({"failed": str(error)}))
print(json.dumps(context.memory))
"""
_CAPTURES = """
import urllib.request
settings, number, state, dies = json.loads(sys.argv[1]), int(sys.argv[2]), sys.argv[3], int(sys.argv[4])
for count, facts in enumerate(settings):
    if count:
        urllib.request.urlopen(os.environ["HF_ENDPOINT"] + sys.argv[5])
    source, earlier, out = DatasetSource.model_validate(facts), Path(str(number)), Path(str(number + 1))
    place = Path(state or f"state-{number}")
    context = Context(Path("."), place, read_earlier(earlier), read_memory(earlier), contact="mailto:me@example.org")
    if dies:
        for given, _ in enumerate(source.items(context), 1):
            if given == dies:
                os._exit(0)
    out.mkdir()
    try:
        capture_source(source, context, out)
    except SourceError as error:
        print(error)
    number += 1
"""


@dataclass
class Captures:
    """Captures of data set `someone/tales`."""

    folder: Path
    hub: Hub
    number: int = 0
    said: str = ""

    def items(self, **settings: Any) -> list[dict[str, Any]]:
        """The items of a source, or why it failed; last, what it remembers."""
        self.number += 1
        return [json.loads(line) for line in self._run(_ITEMS, _source(settings), f"state-{self.number}").splitlines()]

    def again(self, *several: dict[str, Any], state: str = "", dies: int = 0) -> list[dict[str, dict[str, Any]]]:
        """The rows of each capture by native id, of settings one after the other; each knows the one before it.

        Between two of them the hub publishes what is coming. `dies`: items after which the process is killed.
        """
        sources = [_source(settings) for settings in several]
        self.said = self._run(_CAPTURES, sources, str(self.number), state, str(dies), PUBLISH)
        if dies:
            return []
        first, self.number = self.number, self.number + len(several)
        return [_rows(self.folder / str(number)) for number in range(first + 1, self.number + 1)]

    def forget_last(self) -> None:
        """Takes the last capture away."""
        shutil.rmtree(self.folder / str(self.number))
        self.number -= 1

    def written(self) -> dict[str, bytes]:
        """The files of the last capture."""
        return {path.name: path.read_bytes() for path in (self.folder / str(self.number)).iterdir()}

    def receipts(self, state: str) -> list[dict[str, Any]]:
        """What a capture asked."""
        found: list[dict[str, Any]] = json.loads((self.folder / state / "receipts.json").read_text())
        return found

    def _run(self, program: str, settings: Any, *words: str) -> str:
        own = {"HF_ENDPOINT": self.hub.address, "HF_HOME": str(self.folder / "home"), "TALES_TOKEN": TOKEN, "HF_TOKEN": TOKEN[::-1]}
        outside = {name: value for name, value in os.environ.items() if "proxy" not in name.lower()}
        environment = {**outside, **own, "PYTHONPATH": os.pathsep.join([str(ROOT), *filter(None, sys.path)])}
        command = [sys.executable, "-c", _HEAD + program, json.dumps(settings), *words]
        done = subprocess.run(command, capture_output=True, text=True, env=environment, cwd=self.folder, timeout=300, check=False)
        assert done.returncode == 0, done.stderr
        assert TOKEN not in done.stdout
        return done.stdout


def _source(settings: dict[str, Any]) -> dict[str, Any]:
    return {"kind": "dataset", "id": "tales", "domain": "lore", "name": "someone/tales", "private_addresses": True, **settings}


def _rows(folder: Path) -> dict[str, dict[str, Any]]:
    paths = sorted(folder.glob("*.parquet"))
    return {row["native_id"]: row for row in read_table(paths).to_pylist()} if paths else {}
