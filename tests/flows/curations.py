"""Curations from the command line, and questions about what came of them."""

from collections import Counter
from pathlib import Path
from typing import Any

from tests.flows.conftest import Berry
from tests.flows.test_errors import plain
from warehouse.console import query
from warehouse.layout import Workspace


def curate(berry: Berry, recipe: Path, home: Path, *options: str) -> str:
    """What `berry curate` says."""
    done = berry("curate", recipe, "--home", home, *options)
    assert done.returncode == 0, plain(done)
    return done.stdout


def rows(home: Path, statement: str) -> list[tuple[Any, ...]]:
    """The answer of a workspace to a statement."""
    return [tuple(row) for row in query(Workspace(home), statement).rows]


def newest_run(home: Path, stage: str) -> Counter[str]:
    """What became of the partitions of a stage in the newest run."""
    statement = f"select status, count(*) from runs where stage = '{stage}' and run_id = (select max(run_id) from runs) group by all"
    return Counter(dict(rows(home, statement)))
