"""Flow `compute-partitions`: a part of one stage of another run's curation, where several workers share a workspace."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from prefect import flow, get_run_logger
from prefect.runtime import flow_run

from flows.captures import captured
from flows.curate import curate_corpus
from flows.forms import DuplicateChanges, MixChanges, SplitChanges, Threshold, changed
from flows.job import Job, run_job
from flows.pipeline import Pipeline, key_of
from flows.progress import Lines
from flows.run_log import RunLog
from flows.runners import task_runner
from flows.service import workspace_root
from flows.session import fails_plainly, own_room, read_recipe
from flows.stage import Stage
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace
from warehouse.store import Output


def part_name() -> str:
    """What a run of this flow is called: the stage and the first partition."""
    parameters = flow_run.get_parameters()
    parts = parameters["parts"]
    return f"{parameters['stage']}: {parts[0]}" + (f" and {len(parts) - 1} more" if len(parts) > 1 else "")


@flow(name="compute-partitions", task_runner=task_runner(), flow_run_name=part_name, persist_result=False)
@fails_plainly
def compute_partitions(
    stage: str,
    parts: list[str],
    recipe: str = "quickstart",
    home: str = "",
    save_as: str = "",
    quality: tuple[Threshold, ...] = (),
    duplicates: DuplicateChanges = DuplicateChanges(),
    splits: SplitChanges = SplitChanges(),
    mix: MixChanges = MixChanges(),
) -> dict[str, Any]:
    """Computes some partitions of one stage for a run of `curate` or `build` that waits for them. Started by these alone.

    Args:
        stage: Name of the stage; those before it are finished.
        parts: Names of the partitions.
        recipe: As the waiting run has it, like all that follows.
        home: Folder of the workspace.
        save_as: Name of the results.
        quality: Changed thresholds.
        duplicates: Changed settings.
        splits: Changed settings.
        mix: Changed settings.
    """
    settings = changed(read_recipe(recipe)[0], save_as=save_as, quality=quality, duplicates=duplicates, splits=splits, mix=mix)
    with own_room(Workspace(workspace_root(home))) as workspace:
        pipeline = _PartOfStage(workspace, settings.name, RunLog(workspace, settings.name), Lines(), stage=stage, parts=frozenset(parts))
        try:
            curate_corpus(pipeline, settings, captured(workspace, settings.name))
        except _Reached as reached:
            return {"partitions": reached.partitions}
    raise WorkspaceError(f"there is no stage {stage!r} in curation")


class _Reached(Exception):
    """The stage that was asked for is done, and the stages after it are not this run's."""

    def __init__(self, partitions: int) -> None:
        self.partitions = partitions


@dataclass
class _PartOfStage(Pipeline):
    """Finds every stage finished, up to the one of which it computes its part."""

    stage: str = ""
    parts: frozenset[str] = frozenset()

    def run(self, stage: Stage, jobs: Sequence[Job]) -> list[Output]:
        if stage.name != self.stage:
            return [self.finished(stage, key_of(stage, job)) for job in jobs]
        chosen = [job for job in jobs if job.part in self.parts]
        for job in chosen:
            entry = run_job(self.workspace, stage.name, job, key_of(stage, job))
            get_run_logger().info("%s: %d rows in %.1f s", entry.partition, entry.rows, entry.seconds)
        raise _Reached(len(chosen))
