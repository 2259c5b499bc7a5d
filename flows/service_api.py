"""Prefect's API over plain HTTP, for what has to answer at once: importing Prefect takes a second or two."""

import base64
import os
import uuid
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any

import httpx2

from warehouse.errors import WorkspaceError

TAG = "berrypatch"
"""Every deployment of ours carries it."""

UNDER_WAY = ("RUNNING", "PENDING", "CANCELLING")
PAGE = 200
"""Rows that Prefect's API gives at once."""

Row = dict[str, Any]


class Api:
    """The part of Prefect's API that a service needs. Raises WorkspaceError where it refuses, httpx2 errors where it is silent."""

    def __init__(self, address: str, timeout: float = 10) -> None:
        """`address` ends in /api. Who we are comes from PREFECT_API_AUTH_STRING or PREFECT_API_KEY; `timeout` is in seconds."""
        is_ours = "//127." in address or "//localhost" in address or "//[::1]" in address
        self._http = httpx2.Client(base_url=address, timeout=timeout, headers=_credentials(), trust_env=not is_ours)
        self._token_asked = False

    def __enter__(self) -> "Api":
        return self

    def __exit__(self, *_: object) -> None:
        self._http.close()

    def is_healthy(self) -> bool:
        """Whether the server answers."""
        try:
            return self._http.get("/health").status_code == 200
        except httpx2.TransportError:
            return False

    def clock(self) -> datetime:
        """The server's clock, to the second."""
        return parsedate_to_datetime(self._http.get("/health").headers["date"])

    def deployments(self) -> list[Row]:
        """Our deployments, by name."""
        rows: list[Row] = self._post("/deployments/filter", {"deployments": {"tags": {"all_": [TAG]}}, "limit": PAGE})
        return sorted(rows, key=lambda row: str(row["name"]))

    def runs(self, filters: Row, sort: str = "ID_DESC", limit: int = PAGE) -> list[Row]:
        """Flow runs that a filter of Prefect's lets through."""
        rows: list[Row] = self._post("/flow_runs/filter", {**filters, "sort": sort, "limit": limit})
        return rows

    def states(self, run_id: str) -> list[Row]:
        """The states that a flow run has been in, the earliest first."""
        rows: list[Row] = self._read(self._http.get("/flow_run_states/", params={"flow_run_id": run_id}))
        return sorted(rows, key=lambda row: str(row["timestamp"]))

    def set_state(self, run_id: str, kind: str, message: str, name: str = "") -> None:
        """Ends a flow run's state as it is, whatever it was. `name`: what people see of it, where that is not its kind."""
        state = {"type": kind.upper(), "name": name or kind, "message": message}
        self._post(f"/flow_runs/{run_id}/set_state", {"state": state, "force": True})

    def _post(self, path: str, body: Row) -> Any:
        self._ask_for_token()
        return self._read(self._http.post(path, json=body))

    def _read(self, answer: httpx2.Response) -> Any:
        if answer.status_code == 401:
            raise WorkspaceError(f"{self._http.base_url} wants a password. Set PREFECT_API_AUTH_STRING to its user:password.")
        if answer.is_error:
            raise WorkspaceError(f"{answer.request.url}: answered {answer.status_code}: {answer.text[:300]}")
        return answer.json()

    def _ask_for_token(self) -> None:
        """Prefect's protection against forged requests, where a server has it on."""
        if self._token_asked:
            return
        self._token_asked = True
        client = str(uuid.uuid4())
        answer = self._http.get("/csrf-token", params={"client": client})
        if answer.status_code == 200:
            self._http.headers |= {"Prefect-Csrf-Client": client, "Prefect-Csrf-Token": answer.json()["token"]}


def _credentials() -> dict[str, str]:
    if secret := os.environ.get("PREFECT_API_AUTH_STRING") or os.environ.get("PREFECT_SERVER_API_AUTH_STRING"):
        return {"Authorization": f"Basic {base64.b64encode(secret.encode()).decode()}"}
    if key := os.environ.get("PREFECT_API_KEY"):
        return {"Authorization": f"Bearer {key}"}
    return {}
