"""The measurements in `tests/bench`, which no other test runs: each still finds the code that it measures."""

import importlib
from pathlib import Path

import pytest

BENCH = Path(__file__).with_name("bench")
OURS = sorted(path.stem for path in BENCH.glob("*.py") if not path.stem.endswith("_peer"))
"""The modules that need nothing but the product: a peer's own run needs the peer."""


@pytest.mark.parametrize("name", OURS)
def test_a_measurement_can_be_imported(name: str) -> None:
    importlib.import_module(f"tests.bench.{name}")
