"""Flow runs whose process is gone while the server still takes them for alive.

Prefect's runner says so of a run that dies under it. When the runner itself ends, nobody is left to say it, and the run
would stay Running for ever, or until its heartbeat is missed.
"""

from collections.abc import Collection

from flows.processes import can_be_seen, flow_runs
from flows.service_api import TAG, UNDER_WAY, Api, Row


def end_lost_runs(api: Api, message: str, ended: Collection[str] = (), all_here: bool = False) -> list[str]:
    """Marks runs as Crashed whose process is gone, with those inside them; one that was being cancelled becomes Cancelled.

    `ended` are runs that were under way and have been ended from outside, whatever they made of it themselves. With
    `all_here` every run of a served deployment has its process on this machine, as with a server that only this machine can
    reach; one that has none is lost. Returns the names of the runs.
    """
    lost = [run for run in _rows(api, ended) if run["state_type"] not in ("COMPLETED", "CANCELLED")]
    if all_here and can_be_seen():
        alive = {run_id for run_id, _ in flow_runs()}
        lost += [run for run in _served(api) if run["id"] not in alive and run["id"] not in ended]
    for run in lost:
        for each in (*_inside(api, run["id"]), run):
            _end(api, each, message)
    return [str(run["name"]) for run in lost]


def under_way(api: Api, ids: Collection[str]) -> list[str]:
    """Those of some runs that the server takes for alive."""
    return [run["id"] for run in _rows(api, ids) if run["state_type"] in UNDER_WAY]


def _end(api: Api, run: Row, message: str) -> None:
    if run["state_type"] == "CANCELLING":
        api.set_state(run["id"], "Cancelled", f"cancelled: {message}")
    else:
        api.set_state(run["id"], "Crashed", message)


def _rows(api: Api, ids: Collection[str]) -> list[Row]:
    return api.runs({"flow_runs": {"id": {"any_": list(ids)}}}) if ids else []


def _served(api: Api) -> list[Row]:
    """Runs under way of deployments that a runner serves; those of a work pool are their worker's to watch."""
    filters = {"deployments": {"tags": {"all_": [TAG]}}, "flow_runs": {"state": {"type": {"any_": UNDER_WAY}}}}
    return [run for run in api.runs(filters) if not run["work_pool_name"]]


def _inside(api: Api, run_id: str) -> list[Row]:
    """Runs under way that a run started inside itself, the innermost first."""
    filters = {"flow_runs": {"parent_flow_run_id": {"any_": [run_id]}, "state": {"type": {"any_": UNDER_WAY}}}}
    return [found for run in api.runs(filters) for found in (*_inside(api, run["id"]), run)]
