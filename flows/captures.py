"""Capture as a stage: one job per source, and what becomes of a source that cannot be captured."""

import json
import os
import shutil
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import cast
from urllib.parse import urlsplit

from prefect import get_run_logger
from prefect.blocks.system import Secret

from curation.capture import RECEIPTS, capture_failure, capture_source, read_earlier, read_memory
from curation.recipe import CONTACT, Recipe
from curation.secrets import variable
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.kinds import capture_settings
from curation.sources.source import OnFailure, Source
from flows import current, stages
from flows.job import Job
from flows.pipeline import Pipeline, key_of
from flows.waits import told_waits
from warehouse.errors import RecipeError, SourceError
from warehouse.layout import Workspace
from warehouse.store import Artifact, Output, find, write_atomic
from warehouse.tables import RECEIPTS as RECEIPTS_TABLE
from warehouse.tables import write_table

WEIGHT = 4_000_000
"""What one source counts for when captures are batched: their sizes are not known before."""

RESUMABLE_SECONDS = 24 * 3600
"""A pass that was cut short longer ago is begun anew: what servers answered then may be out of date."""

OFFLINE = "offline: nothing was asked for"

NOT_THERE = "not there"
"""Stands for the bytes of a source that cannot be had; the error beside it makes the key."""


@dataclass(frozen=True)
class Part:
    """One partition on its way through the stages."""

    name: str
    artifact: Artifact
    source: str = ""


@dataclass(frozen=True)
class Asking:
    """How a run wants remote sources: `refresh` names a new pass over them, where it is a word; `offline` asks none of them.

    `beside` is the recipe whose file the run is of: where its results are kept under another name, they begin from its captures.
    """

    refresh: str = ""
    offline: bool = False
    beside: str = ""


def capture(pipeline: Pipeline, recipe: Recipe, folder: Path, asking: Asking) -> list[Part]:
    """The captures of a recipe's sources.

    A source that cannot be captured raises SourceError, or leaves its last capture standing, as the recipe says; where it
    has none yet, one failed item stands for it. Offline, the last capture of a remote source stands in any case.
    """
    if asking.refresh and asking.offline:
        raise RecipeError("refresh asks the sources of the network again, and offline asks none of them: leave one of the two out.")
    sources = sorted(recipe.sources, key=lambda source: source.id)
    if not asking.offline:
        _load_secrets(sources)
        _require_contact(recipe)
    if asking.beside not in ("", recipe.name):
        for source in sources:
            _begin_from(pipeline.workspace, asking.beside, recipe.name, source)
    line = in_line(sources)
    jobs = [replace(_job(pipeline, recipe, source, folder, asking), line=line.get(source.id, "")) for source in sources]
    states = {job.part: pipeline.workspace.crawl(key_of(stages.CAPTURE, job)) for job in jobs if job.inputs[0] != NOT_THERE}
    with told_waits(pipeline.display, stages.CAPTURE.name, states):
        outputs = pipeline.run(stages.CAPTURE, jobs)
    outputs = [_standing(pipeline, recipe.name, *each) for each in zip(sources, jobs, outputs, strict=True)]
    for job in jobs:
        _hand_in(pipeline, recipe.name, job)
    for state in pipeline.workspace.crawls.glob("*"):
        if not _is_recent(state):
            shutil.rmtree(state, ignore_errors=True)
    captures = current.Captures(tuple(source.id for source in sources), tuple(output.key for output in outputs))
    return _parts(current.save(pipeline.workspace, recipe.name, captures), outputs)


def captured(workspace: Workspace, recipe: str) -> list[Part]:
    """The captures of a recipe's last curation, which may be under way. Raises WorkspaceError where there are none."""
    captures = current.load(workspace, recipe, current.Captures)
    outputs = [find(workspace, stages.CAPTURE.name, key) for key in captures.keys]
    return _parts(captures, [output for output in outputs if output is not None])


def _parts(captures: current.Captures, outputs: list[Output]) -> list[Part]:
    return [
        Part(f"{source}-{Path(name).stem}", artifact, source)
        for source, output in zip(captures.sources, outputs, strict=True)
        for name, artifact in sorted(output.artifacts.items())
        if name.endswith(".parquet")
    ]


def _job(pipeline: Pipeline, recipe: Recipe, source: Source, folder: Path, asking: Asking) -> Job:
    otherwise = partial(capture_failure, source) if source.on_failure is OnFailure.CONTINUE else None
    last = _last(pipeline.workspace, recipe.name, source)
    try:
        found = source.fingerprint(folder)
        again = _pass(pipeline, recipe.name, source, found, asking.refresh) if source.is_remote else ""
        job = replace(_unwritten(source, found, again), weight=WEIGHT, otherwise=otherwise)
        if source.is_remote and asking.offline and find(pipeline.workspace, stages.CAPTURE.name, key_of(stages.CAPTURE, job)) is None:
            if last is None:
                raise SourceError(f"source {source.id}: was never captured, and offline nothing is asked for. Run once with a network.")
            return replace(job, inputs=(NOT_THERE, OFFLINE), call=partial(capture_failure, source, OFFLINE))
    except SourceError as error:
        if otherwise is None:
            raise
        return Job(source.id, (NOT_THERE, str(error)), capture_settings(source), partial(otherwise, str(error)), folder=True, weight=WEIGHT)
    state = pipeline.workspace.crawl(key_of(stages.CAPTURE, job))
    if not _is_recent(state):
        shutil.rmtree(state, ignore_errors=True)
    # what is on this machine is captured alike whatever was captured before: its key does not know of that
    known = last if source.is_remote else None
    context = Context(
        folder,
        state,
        read_earlier(known.folder) if known else Earlier(),
        read_memory(known.folder) if known else {},
        recipe.contact or os.environ.get(CONTACT, ""),
        cache=pipeline.workspace.source_cache,
    )
    return replace(job, call=partial(capture_source, source, context))


def in_line(sources: Sequence[Source]) -> dict[str, str]:
    """Remote sources that share a host, by a word for each such group: they go one after another.

    The delay between two requests holds over all processes anyway; how many requests are with a host at a time does not.
    """
    hosts = {source.id: {urlsplit(request.url).netloc for request in source.first_requests()} for source in sources if source.is_remote}
    line: dict[str, str] = {}
    for source, asked in hosts.items():
        near = [other for other in line if hosts[other] & asked]
        word = min([source, *(line[other] for other in near)])
        joined = {line[other] for other in near}
        line |= {other: word for other, group in line.items() if group in joined} | {source: word}
    return line


def _begin_from(workspace: Workspace, other: str, recipe: str, source: Source) -> None:
    """Makes the last capture of a recipe's source that of another recipe, where that is of a later pass, or the recipe has none."""
    theirs, ours = ((_pass_path(workspace, name, source), _last_path(workspace, name, source)) for name in (other, recipe))
    theirs_begun, ours_begun = (path.stat().st_mtime_ns if path.exists() else 0 for path, _ in (theirs, ours))
    if theirs_begun > ours_begun or not any(path.exists() for path in ours):
        for here, there in zip(ours, theirs, strict=True):
            if there.exists():
                write_atomic(here, there.read_text())


def _unwritten(source: Source, found: str, again: str) -> Job:
    """The job of a source's capture as far as its key goes."""
    return Job(source.id, (found, again), capture_settings(source), capture_failure, folder=True)


def _last(workspace: Workspace, recipe: str, source: Source) -> Output | None:
    """The last good capture of a source, where it is of the same kind and place: ids of another wiki mean other pages."""
    path = _last_path(workspace, recipe, source)
    if not path.exists():
        return None
    key, _, where = path.read_text().partition("\n")
    return find(workspace, stages.CAPTURE.name, key) if where == _where(source) else None


def _last_path(workspace: Workspace, recipe: str, source: Source) -> Path:
    return workspace.current(recipe) / f"{source.id}.capture"


def _where(source: Source) -> str:
    return f"{source.kind} {source.place}"


def _hand_in(pipeline: Pipeline, recipe: str, job: Job) -> None:
    """Makes the receipts of a capture that was just made a partition of their table, and clears what only a restart would need."""
    state = pipeline.workspace.crawl(key_of(stages.CAPTURE, job))
    path = state / RECEIPTS
    if path.exists():
        rows = [{"run_id": pipeline.log.run_id, "source": job.part, **receipt} for receipt in json.loads(path.read_text())]
        target = pipeline.workspace.partition("receipts", recipe, f"{job.part}-{pipeline.log.run_id}")
        aside = pipeline.workspace.scratch / f"receipts-{job.part}.parquet"
        write_table(aside, rows, RECEIPTS_TABLE)
        target.parent.mkdir(parents=True, exist_ok=True)
        aside.replace(target)
        shutil.rmtree(state)


def _standing(pipeline: Pipeline, recipe: str, source: Source, job: Job, output: Output) -> Output:
    """A capture, where it is good; otherwise the last good one of the source, or the failure where there is none."""
    if job.inputs[0] != NOT_THERE and output.key == key_of(stages.CAPTURE, job):
        write_atomic(_last_path(pipeline.workspace, recipe, source), f"{output.key}\n{_where(source)}")
        return output
    last = _last(pipeline.workspace, recipe, source)
    if last is None:
        get_run_logger().warning("source %s could not be captured and has no earlier capture; the run goes on without it", job.part)
        return output
    if job.inputs[1] == OFFLINE:
        get_run_logger().info("source %s: its last capture is used", job.part)
    else:
        get_run_logger().warning("source %s could not be captured; its last capture stands", job.part)
    pipeline.expose_output(stages.CAPTURE, job, last)
    return last


def _pass(pipeline: Pipeline, recipe: str, source: Source, found: str, refresh: str) -> str:
    """The word that names the latest pass over a remote source; a new one captures it again.

    A pass that was cut short, not long ago, goes on under its own word, so that what it was given is not asked for again.
    """
    path = _pass_path(pipeline.workspace, recipe, source)
    word = path.read_text() if path.exists() else ""
    if refresh and not _is_cut_short(pipeline.workspace, key_of(stages.CAPTURE, _unwritten(source, found, word))):
        write_atomic(path, refresh)
        return refresh
    return word


def _pass_path(workspace: Workspace, recipe: str, source: Source) -> Path:
    return workspace.current(recipe) / f"{source.id}.pass"


def _is_cut_short(workspace: Workspace, key: str) -> bool:
    return find(workspace, stages.CAPTURE.name, key) is None and _is_recent(workspace.crawl(key))


def _is_recent(state: Path) -> bool:
    """Whether a capture that is not finished has written something there not long ago."""
    if not state.exists():
        return False
    return time.time() - max(path.stat().st_mtime for path in (state, *state.iterdir())) < RESUMABLE_SECONDS


def _require_contact(recipe: Recipe) -> None:
    """Raises RecipeError where servers of other people would be asked without a word on who asks."""
    if nameless := recipe.nameless():
        raise RecipeError(
            f"recipe {recipe.name}: {', '.join(sorted(nameless))} would ask servers of other people, and the recipe does not say who asks. "
            f"Set `contact` in it, or the variable {CONTACT}, to an address or page by which their owners reach you."
        )


def _load_secrets(sources: Sequence[Source]) -> None:
    """Puts the Prefect Secret blocks that sources refer to where workers, which do not know Prefect, find them."""
    for source, reference in ((each, name) for each in sources for name in each.secrets()):
        if reference.startswith("block:") and variable(reference) not in os.environ:
            try:
                os.environ[variable(reference)] = str(cast(Secret[str], Secret.load(reference.removeprefix("block:"))).get())
            except ValueError as error:
                raise SourceError(
                    f"source {source.id}: there is no Prefect Secret block {reference.removeprefix('block:')!r}. "
                    "Make it in the UI under Blocks, or name a variable with env:NAME."
                ) from error
