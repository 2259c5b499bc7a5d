"""Captures of captions."""

from pathlib import Path
from typing import Any

import pytest
from talks import Capture, source

from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.item import Item


@pytest.fixture
def captured(tmp_path: Path) -> Capture:
    def capture(earlier: Earlier | None = None, state: str = "state", **settings: Any) -> dict[str, Item]:
        context = Context(tmp_path, tmp_path / state, earlier or Earlier())
        return {item.native_id: item for item in source(**settings).items(context)}

    return capture
