"""The service that flows may run in: whether there is one, what it allows, and where it works.

BERRY_HOME is its workspace, BERRY_RECIPES a folder of recipes. Whoever can reach the server can name a recipe and a
workspace in a form, so a run that a server started stays below these two and the built-in recipes.
"""

import os
from pathlib import Path
from urllib.parse import quote

from curation.recipe import BUILT_IN
from warehouse.errors import WorkspaceError

HOME = "workspace"
"""The workspace where nothing else is said."""


def on_a_server() -> bool:
    """Whether flow runs are kept by a server that people look at, rather than by a private one for one command."""
    return bool(os.environ.get("PREFECT_API_URL"))


def started_by_a_server() -> bool:
    """Whether a server had this process started, for a run that somebody or something else asked for."""
    return "PREFECT__FLOW_RUN_ID" in os.environ


def report_address(recipe: str) -> str:
    """Where a recipe's report can be read in a browser; empty where no service of ours serves it."""
    reports = os.environ.get("BERRY_REPORTS_URL", "")
    return f"{reports}/{quote(recipe)}.html" if reports else ""


def workspace_root(home: str) -> Path:
    """The folder of a workspace that a parameter names; empty: the service's own.

    Raises WorkspaceError where a server started this run and the folder lies outside of what the service allows.
    """
    return permitted(Path(home or os.environ.get("BERRY_HOME", HOME)), "workspace")


def permitted(path: Path, what: str) -> Path:
    """A path without links, where this run may use it. Raises WorkspaceError where it may not."""
    found = path.resolve()
    if started_by_a_server() and not any(found.is_relative_to(root) for root in _roots()):
        raise WorkspaceError(
            f"{what} {path} is outside of what this service may use: {', '.join(map(str, _roots()))}. "
            "Start the service with --home and --recipes for other folders."
        )
    return found


def _roots() -> list[Path]:
    named = [os.environ.get("BERRY_HOME", HOME), os.environ.get("BERRY_RECIPES", "")]
    return [*(Path(name).resolve() for name in named if name), BUILT_IN.resolve()]
