"""The warehouse as the report reads it: named statements about one recipe, asked of the published views."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import duckdb

from curation.domains import Domain
from warehouse.layout import Workspace
from warehouse.statements import statement

Row = dict[str, Any]

DOMAINS = tuple(str(domain) for domain in Domain)
"""The order of domains in every chart and table."""


class Reader:
    """Answers the report's statements for one recipe and its current snapshot."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, recipe: str) -> None:
        self._connection = connection
        self.recipe = recipe
        self.lineage = self.rows("lineage_rows.sql")

    @property
    def snapshot(self) -> str:
        """Id of the recipe's current snapshot; empty where there is none yet."""
        return str(self.lineage[0]["snapshot_id"]) if self.lineage else ""

    def rows(self, name: str, /, **parameters: str | int) -> list[Row]:
        """The rows of a statement of this package, with `$recipe` bound; domains in their fixed order."""
        table = self._connection.execute(statement("flows.report", name), {"recipe": self.recipe, **parameters})
        columns = [column[0] for column in table.description or []]
        rows = [dict(zip(columns, row, strict=True)) for row in table.fetchall()]
        return sorted(rows, key=lambda row: domain_order(row["domain"])) if "domain" in columns else rows

    def current(self, name: str) -> list[Row]:
        """The rows of a statement about the current snapshot, bound as `$snapshot`."""
        return self.rows(name, snapshot=self.snapshot)


@contextmanager
def open_reader(workspace: Workspace, recipe: str) -> Iterator[Reader]:
    """Opens a workspace's published warehouse for reading only."""
    with duckdb.connect(str(workspace.database), read_only=True) as connection:
        yield Reader(connection, recipe)


def domain_order(domain: str | None) -> tuple[int, str]:
    """Sorts by domain: the five in their order, then any other, then `all`."""
    if domain in DOMAINS:
        return DOMAINS.index(domain), ""
    return (len(DOMAINS) + (domain in ("all", None))), domain or ""
