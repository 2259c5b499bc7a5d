"""The small workspace, made anew for each test that changes it and shared by those that only ask."""

import pytest
from small_workspace import make_workspace

from warehouse.layout import Workspace


@pytest.fixture(scope="session")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    return make_workspace(tmp_path_factory.mktemp("workspace"))
