"""What a service writes of itself, as `berry status` and `berry down` read it."""

import json
import os
from dataclasses import asdict
from pathlib import Path

import pytest

from flows.service_state import describe, lock_of, running
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace
from warehouse.locks import exclusive


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    """A workspace whose service is this process."""
    made = Workspace(tmp_path)
    made.service.mkdir()
    describe(made, os.getpid(), "http://127.0.0.1:4200", "http://127.0.0.1:4200/api", own_server=True)
    return made


def test_a_service_is_up_as_long_as_it_holds_its_lock(workspace: Workspace) -> None:
    with exclusive(lock_of(workspace)):
        found = running(workspace)
        assert found is not None
        assert (found.pid, found.address) == (os.getpid(), "http://127.0.0.1:4200")
    assert running(workspace) is None


def test_what_a_newer_version_adds_is_passed_over(workspace: Workspace) -> None:
    path = workspace.service / "service.json"
    path.write_text(json.dumps(json.loads(path.read_text()) | {"colour": "red"}))
    with exclusive(lock_of(workspace)):
        found = running(workspace)
    assert found is not None
    assert "colour" not in asdict(found)


@pytest.mark.parametrize("content", ["{", "[]", "{}", '{"pid": 4}'])
def test_a_damaged_description_is_an_error_that_says_what_to_do(workspace: Workspace, content: str) -> None:
    (workspace.service / "service.json").write_text(content)
    with (
        exclusive(lock_of(workspace)),
        pytest.raises(WorkspaceError, match=r"is damaged, or of another version .* End it where it was started"),
    ):
        running(workspace)
