"""The warehouse as the report reads it: this package's statements, asked about one recipe."""

from typing import Any

from curation.domains import Domain
from warehouse.console import query
from warehouse.layout import Workspace
from warehouse.statements import statement

Row = dict[str, Any]

DOMAINS = tuple(str(domain) for domain in Domain)
"""The order of domains in every chart and table."""


class Reader:
    """Answers the report's statements for one recipe and its current snapshot.

    Raises WorkspaceError where the workspace holds no tables.
    """

    def __init__(self, workspace: Workspace, recipe: str) -> None:
        self._workspace = workspace
        self.recipe = recipe
        self.lineage = self.rows("lineage_rows.sql")

    @property
    def snapshot(self) -> str:
        """Id of the recipe's current snapshot; empty where there is none yet."""
        return str(self.lineage[0]["snapshot_id"]) if self.lineage else ""

    def rows(self, name: str, *values: str | int) -> list[Row]:
        """The rows of a statement, the recipe bound to $1 and `values` from $2 on; domains come in their fixed order."""
        answer = query(self._workspace, statement("flows.report", name), [self.recipe, *values])
        rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
        return sorted(rows, key=lambda row: domain_order(row["domain"])) if "domain" in answer.columns else rows

    def current(self, name: str) -> list[Row]:
        """The rows of a statement about the current snapshot, which is bound to $2."""
        return self.rows(name, self.snapshot)


def domain_order(domain: str | None) -> tuple[int, str]:
    """Sorts by domain: the five in their order, then any other, then `all`."""
    if domain in DOMAINS:
        return DOMAINS.index(domain), ""
    return len(DOMAINS) + (domain in ("all", None)), domain or ""
