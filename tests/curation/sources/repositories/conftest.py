"""A repository to work in, a git server, and captures of it."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from captured_source import Captures
from git_site import Server, Work, serving
from repository_source import source


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path / "work")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "served") as found:
        yield found


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    (tmp_path / "captures").mkdir()
    return Captures(tmp_path / "captures")


@pytest.fixture
def local(work: Work, captures: Captures) -> Callable[..., dict[str, dict[str, Any]]]:
    """Commits files and captures the local clone."""

    def capture(files: dict[str, Any], **settings: Any) -> dict[str, dict[str, Any]]:
        work.commit(files)
        return captures.again(source(path=str(work.folder), **settings))

    return capture
