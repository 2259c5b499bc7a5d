"""A tiny recipe over texts that come with the product, and the command line as a person runs it."""

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.flows.changing_site import Site

ROOT = Path(__file__).resolve().parents[2]
SAMPLE = ROOT / "flows" / "recipes" / "sample"

TINY = """
name = "tiny"

[[sources]]
kind = "web"
id = "wiki"
domain = "wiki"
start = ["http://saltmarrow.test/Saltmarrow.html"]
serve = "SAMPLE/wiki"
delay_seconds = 0
max_pages = 24

[[sources]]
kind = "files"
id = "lore"
domain = "lore"
path = "SAMPLE/lore"

[[sources]]
kind = "files"
id = "talks"
domain = "transcript"
path = "SAMPLE/talks"

[[sources]]
kind = "python"
id = "python"
domain = "code"
include = ["json/*.py", "email/*.py", "logging/*.py"]

[[sources]]
kind = "python"
id = "reference"
domain = "paper"
content = "reference"
include = ["reference/[a-d]*"]

[splits]
validation = 0.15

[tokenizer]
entries = 700

[training]
steps = 24
batch = 2
block = 32
evaluate_every = 8
checkpoint_every = 4
evaluate_windows = 2
evaluate_tokens = 1000
"""


@pytest.fixture(scope="session", autouse=True)
def prefect_home(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Prefect's own files go to a folder of this test run."""
    os.environ["PREFECT_HOME"] = str(tmp_path_factory.mktemp("prefect"))
    os.environ["PREFECT_SERVER_ANALYTICS_ENABLED"] = "false"
    os.environ.pop("PREFECT_API_URL", None)


@pytest.fixture
def tiny(tmp_path: Path) -> Path:
    """The file of the tiny recipe."""
    path = tmp_path / "tiny.toml"
    path.write_text(TINY.replace("SAMPLE", str(SAMPLE)))
    return path


Berry = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def berry() -> Berry:
    """Runs `berry` with arguments in a process of its own."""

    def run(*arguments: str | Path, timeout: float = 180) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "flows", *map(str, arguments)]
        return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=timeout, check=False)

    return run


@pytest.fixture
def site() -> Iterator[Site]:
    """A site of its own for each test."""
    with Site() as made:
        threading.Thread(target=made.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True).start()
        yield made
        made.shutdown()
