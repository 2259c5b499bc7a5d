"""Flow runs whose process is gone while the server still takes them for alive.

Prefect's runner says so of a run that dies under it. When the runner itself ends, nobody is left to say it, and the run
would stay Running for ever, or until its heartbeat is missed.
"""

from collections.abc import Collection
from datetime import UTC, datetime, timedelta

from flows.processes import can_be_seen, flow_runs
from flows.service_api import TAG, UNDER_WAY, Api, Row

LATELY = timedelta(minutes=10)
"""How long after its end a cancelled run is looked at."""


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


def end_cancelled_runs(api: Api, seen: Collection[str]) -> set[str]:
    """Ends the runs that were being cancelled and had no process at the look before this one, `seen`, and have none now.

    Prefect's runner ends those that it started and sees ending. A run that somebody cancels in the moment in which it has
    completed is nobody's, and would stay Cancelling for ever. For a server that only this machine can reach. Returns the
    runs without a process, for the next look.
    """
    if not can_be_seen():
        return set()
    cancelling = [run for run in _served(api) if run["state_type"] == "CANCELLING"]
    alive = {run_id for run_id, _ in flow_runs()} if cancelling else set()
    without = [run for run in cancelling if run["id"] not in alive]
    for run in without:
        if run["id"] in seen:
            for each in (*_inside(api, run["id"]), run):
                _end(api, each, "it had no process any more.")
    return {run["id"] for run in without if run["id"] not in seen}


def restore_completed_runs(api: Api) -> None:
    """Makes runs Completed again that were complete when somebody cancelled them, and whose process was still on its way out.

    Prefect's runner ends such a process, and writes Cancelled over what the run had made of itself.
    """
    lately = f"{datetime.now(UTC) - LATELY:%Y-%m-%dT%H:%M:%SZ}"
    wanted = {"state": {"type": {"any_": ["CANCELLED"]}}, "end_time": {"after_": lately}}
    for run in api.runs({"deployments": {"tags": {"all_": [TAG]}}, "flow_runs": wanted}):
        completed = _completed_before(api, run)
        if completed is not None and not run["work_pool_name"]:
            _restore(api, run, completed)


def under_way(api: Api, ids: Collection[str]) -> list[str]:
    """Those of some runs that the server takes for alive."""
    return [run["id"] for run in _rows(api, ids) if run["state_type"] in UNDER_WAY]


def _end(api: Api, run: Row, message: str) -> None:
    if run["state_type"] == "CANCELLING":
        completed = _completed_before(api, run)
        if completed is not None:
            _restore(api, run, completed)
        else:
            api.set_state(run["id"], "Cancelled", f"cancelled: {message}")
    else:
        api.set_state(run["id"], "Crashed", message)


def _completed_before(api: Api, run: Row) -> Row | None:
    """The state in which a run was when it was cancelled, where it was complete."""
    before = [state for state in api.states(run["id"]) if state["type"] not in ("CANCELLING", "CANCELLED")]
    return before[-1] if before and before[-1]["type"] == "COMPLETED" else None


def _restore(api: Api, run: Row, completed: Row) -> None:
    api.set_state(run["id"], "Completed", completed["message"] or "it was complete before it was cancelled.", completed["name"])


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
