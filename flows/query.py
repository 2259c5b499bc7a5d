"""Flow `query-warehouse`: a question in SQL, answered on the run's page."""

import json
from typing import Any

from prefect import flow, get_run_logger
from prefect.artifacts import create_table_artifact

from flows.service import workspace_root
from flows.session import fails_plainly
from warehouse.console import format_answer, query
from warehouse.layout import Workspace

MOST_ROWS = 10_000
"""Rows of one answer: an artifact is one request, and one page."""


@flow(name="query-warehouse", persist_result=False)
@fails_plainly
def query_warehouse(statement: str = "select * from ledger", limit: int = 100, home: str = "") -> dict[str, Any]:
    """Answers one SQL statement over the warehouse as a table artifact. It can read the workspace's tables and nothing else.

    Args:
        statement: A SELECT, DESCRIBE, SHOW, SUMMARIZE or EXPLAIN; `show tables` lists the views.
        limit: Most rows of the answer.
        home: Folder of the workspace; empty for the service's own.
    """
    workspace = Workspace(workspace_root(home))
    answer = query(workspace, statement, limit=max(1, min(limit, MOST_ROWS)))
    rows = json.loads(format_answer(answer, "json"))
    count = f"the first {len(rows)} rows, as the limit is {limit}" if answer.more else f"{len(rows)} rows"
    create_table_artifact(key="answer", table=rows or [dict.fromkeys(answer.columns)], description=f"```sql\n{statement}\n```\n{count}")
    get_run_logger().info("%s: %s", statement, count)
    return {"rows": len(rows), "more": answer.more}
