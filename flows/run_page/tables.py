"""The warehouse as the pages read it: the report's reader, and this package's statements beside it."""

from flows.report.reader import Reader, Row, domain_order
from flows.report.training_figures import STRAWBERRY
from warehouse.console import query
from warehouse.layout import Workspace
from warehouse.statements import statement


class Tables(Reader):
    """Answers about one recipe and its current snapshot, as far as they are there. Raises WorkspaceError where there is no warehouse."""

    def __init__(self, workspace: Workspace, recipe: str) -> None:
        super().__init__(workspace, recipe)
        self.workspace = workspace

    def own(self, name: str, *values: str | int) -> list[Row]:
        """The rows of a statement of this package, the recipe bound to $1 and `values` from $2 on."""
        answer = query(self.workspace, statement("flows.run_page", name), [self.recipe, *values])
        return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]

    def loss(self) -> Row | None:
        """The trained model's loss on all held-out text; None where none was measured yet."""
        rows = self.rows("held_out_loss.sql")
        return next((row for row in rows if (row["model"], row["domain"]) == (STRAWBERRY, "all")), None)


def by_domain(rows: list[Row]) -> list[Row]:
    """Rows with the domains in their order."""
    return sorted(rows, key=lambda row: domain_order(row["domain"]))
