"""Flow `query-warehouse`: a question in SQL, answered on the run's page."""

import json
from typing import Annotated, Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact
from prefect.runtime import flow_run
from pydantic import Field

from flows.report.formats import counted
from flows.service import workspace_root
from flows.session import fails_plainly
from warehouse.console import format_answer, query
from warehouse.layout import Workspace

MOST_ROWS = 10_000
"""Rows of one answer: an artifact is one request, and one page."""

NAME_CHARACTERS = 60


def _run_name() -> str:
    """What a run is called: the beginning of its statement, which is what tells one from another."""
    statement = " ".join(str(flow_run.get_parameters()["statement"]).split())
    return statement if len(statement) <= NAME_CHARACTERS else f"{statement[: NAME_CHARACTERS - 1]}…"


@flow(name="query-warehouse", flow_run_name=_run_name, persist_result=False)
@fails_plainly
def query_warehouse(
    statement: str = "select * from ledger", limit: Annotated[int, Field(ge=1, le=MOST_ROWS)] = 100, home: str = ""
) -> dict[str, Any]:
    """Answers one SQL statement over the warehouse as a table artifact. It can read the workspace's tables and nothing else.

    Args:
        statement: A SELECT, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN; `show tables` lists the views.
        limit: Most rows of the answer: from 1 to 10,000.
        home: Folder of the workspace; empty for the service's own.
    """
    workspace = Workspace(workspace_root(home))
    answer = query(workspace, statement, limit=limit)
    rows = json.loads(format_answer(answer, "json"))
    count = f"the first {counted(len(rows), 'row')}; there are more" if answer.more else counted(len(rows), "row")
    create_table_artifact(key="answer", table=rows or [dict.fromkeys(answer.columns)], description=f"```sql\n{statement}\n```\n{count}")
    get_run_logger().info("%s: %s", statement, count)
    return {"rows": len(rows), "more": answer.more}
