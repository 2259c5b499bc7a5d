"""A recipe that takes seconds, for tests that run it again and again, and questions about its runs."""

from pathlib import Path
from typing import Any

from tests.flows.conftest import SAMPLE
from tests.flows.services import FINAL, Service

Row = dict[str, Any]

QUICK = {
    "PREFECT_RUNNER_POLL_FREQUENCY": "1",
    "PREFECT_SERVER_SERVICES_SCHEDULER_LOOP_SECONDS": "1",
    "PREFECT_SERVER_DEPLOYMENTS_CONCURRENCY_SLOT_WAIT_SECONDS": "1",
}
"""Settings of a service with which tests wait less."""

_RECIPE = """
name = "NAME"

[[sources]]
kind = "files"
id = "texts"
domain = "lore"
path = "texts"

[splits]
validation = 0.2

[tokenizer]
entries = 400

[training]
steps = 4
batch = 2
block = 32
evaluate_every = 4
checkpoint_every = 4
evaluate_windows = 1
evaluate_tokens = 1000
"""


def small(folder: Path, name: str = "small", more: str = "") -> Path:
    """Writes a recipe about seventeen short texts into a folder, with `more` at its end; returns the folder of the texts."""
    texts = folder / "texts"
    if not texts.exists():
        texts.mkdir(parents=True)
        for text in SAMPLE.glob("lore/[a-gkl]*.md"):
            (texts / text.name).write_bytes(text.read_bytes())
    (folder / f"{name}.toml").write_text(_RECIPE.replace("NAME", name) + more)
    return texts


def ended(up: Service, run: str) -> Row:
    """A flow run once it is over."""
    up.reaches(run, *FINAL)
    row: Row = up.ask("GET", f"/flow_runs/{run}")
    return row


def runs_of(up: Service, flow: str, **filters: Any) -> list[Row]:
    """The runs of a flow that filters of Prefect's let through, in the order in which they were to start."""
    wanted = {"flows": {"name": {"any_": [flow]}}, "flow_runs": filters, "sort": "EXPECTED_START_TIME_ASC"}
    rows: list[Row] = up.ask("POST", "/flow_runs/filter", wanted)
    return rows


def deployment(up: Service, name: str) -> Row:
    """A deployment, which is named as its flow is."""
    row: Row = up.ask("GET", f"/deployments/name/{name}/{name}")
    return row
