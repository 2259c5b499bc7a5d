"""What a run that a server started may use: nothing outside of the service's own folders."""

from pathlib import Path
from uuid import uuid4

import pytest

from flows.service import workspace_root
from flows.session import read_recipe
from tests.flows.small import small
from warehouse.errors import WorkspaceError


def test_no_link_leads_a_run_that_a_server_started_out_of_what_it_may_use(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    small(tmp_path / "elsewhere")
    for name in ("home", "recipes"):
        (tmp_path / name).mkdir()
        monkeypatch.setenv(f"BERRY_{name.upper()}", str(tmp_path / name))
    (tmp_path / "home" / "link").symlink_to(tmp_path / "elsewhere")
    (tmp_path / "recipes" / "linked.toml").symlink_to(tmp_path / "elsewhere" / "small.toml")
    assert workspace_root(str(tmp_path / "home" / "link")) == tmp_path / "elsewhere"
    assert read_recipe("linked")[1] == tmp_path / "elsewhere"
    monkeypatch.setenv("PREFECT__FLOW_RUN_ID", str(uuid4()))
    with pytest.raises(WorkspaceError, match="outside of what this service may use"):
        workspace_root(str(tmp_path / "home" / "link"))
    with pytest.raises(WorkspaceError, match="outside of what this service may use"):
        read_recipe("linked")
