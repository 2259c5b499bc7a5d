"""Flow `curate`: from sources to a snapshot."""

import shlex
from collections.abc import Callable, Sequence
from functools import partial
from logging import INFO, WARNING
from pathlib import Path
from typing import Any

from prefect import flow, get_run_logger
from prefect.client.schemas.objects import State
from prefect.states import Completed
from pydantic import BaseModel

from curation import ledger, partitions, splits
from curation.balance import left_out
from curation.changes import changes
from curation.clean.recurring import LINES, find_recurring
from curation.domains import Domain
from curation.recipe import Recipe
from flows import calls, stages
from flows.captures import Asking, Part, capture
from flows.current import Corpus, combined, latest, save
from flows.follow import follow
from flows.forms import DuplicateChanges, MixChanges, SplitChanges, Threshold, WorkerCount, changed
from flows.job import Job
from flows.pipeline import Pipeline
from flows.reports import make_report
from flows.run_page import pages
from flows.runners import task_runner
from flows.schedules import stand_for_missed_runs
from flows.session import Work, fails_plainly, read_recipe, run_name, session, show_outcome, this_run
from flows.stage import Stage
from warehouse.errors import MixError
from warehouse.store import Artifact, Output
from warehouse.tables import LINEAGE, read_table, write_table

TABLES = ("captures", "documents", "boilerplate", "signals", "decisions", "duplicates", "splits", "mix")
"""Tables whose partitions show the current corpus alone; snapshots and lineage keep every version."""


@flow(name="curate", task_runner=task_runner(), flow_run_name=run_name, persist_result=False)
@fails_plainly
def curate(
    recipe: str = "quickstart",
    home: str = "",
    save_as: str = "",
    quality: tuple[Threshold, ...] = (),
    duplicates: DuplicateChanges = DuplicateChanges(),
    splits: SplitChanges = SplitChanges(),
    mix: MixChanges = MixChanges(),
    refresh: bool = False,
    offline: bool = False,
    then_train: bool = False,
    workers: WorkerCount = 0,
) -> State[dict[str, Any]]:
    """Captures the sources of a recipe, makes a snapshot of what is worth keeping, and writes the report of it.

    Args:
        recipe: Name or path of a recipe.
        home: Folder of the workspace; empty for the service's own.
        save_as: Keeps the results under another name, so that a variant does not replace the recipe's own.
        quality: Thresholds that differ from the recipe's.
        duplicates: What counts as the same text; empty boxes are as the recipe says.
        splits: Held-out text; empty boxes are as the recipe says.
        mix: How much of each domain; empty boxes are as the recipe says.
        refresh: Capture sources of the network again.
        offline: Ask no source of the network: what was captured last is used.
        then_train: Go on to shards and training where the snapshot differs enough from what the model was trained on.
        workers: Processes; 0 for one per core.
    """
    stand_for_missed_runs()
    asked, folder = read_recipe(recipe)
    settings = changed(asked, save_as=save_as, quality=quality, duplicates=duplicates, splits=splits, mix=mix)
    with session(settings, home, workers, stages.CURATION_AND_REPORT, Work.CORPUS) as pipeline:
        captures = capture(pipeline, settings, folder, Asking(this_run() if refresh else "", offline, asked.name))
        corpus, new, said = curate_corpus(pipeline, settings, captures)
        made = {"snapshot_id": corpus.snapshot_id, **said, "report": make_report(pipeline, settings)}
        if then_train:
            made |= follow(pipeline, settings, {"recipe": recipe, "home": home, "save_as": save_as})
        show_outcome(pipeline, said["sources"])
    if new:
        return Completed(message=said["sources"], data=made)
    return Completed(name="Unchanged", message=f"nothing new: {said['sources']}", data=made)


def curate_corpus(pipeline: Pipeline, recipe: Recipe, captures: list[Part]) -> tuple[Corpus, bool, dict[str, str]]:
    """Runs the stages after capture one after another and points the recipe at the snapshot.

    Also gives whether the snapshot is new, and in words what the sources brought and, where it left text out, what the balance did.
    """
    before = latest(pipeline.workspace, recipe.name, Corpus)
    extracted = _each(pipeline, stages.EXTRACT, [captures], None, partitions.extract_partition, partitions.unextracted_partition)
    documents = _clean(pipeline, recipe, extracted)
    signals = _each(pipeline, stages.SIGNALS, [documents], None, partitions.score_partition, partitions.unscored_partition)
    decisions = _decide(pipeline, recipe, documents, signals)
    pipeline.show("ledger", pages.ledger)
    final, snapshot_file, snapshot_id = _assemble(pipeline, recipe, documents, decisions)
    _settle(captures, [*decisions, final], pipeline.workspace.scratch)
    new = _record(pipeline, recipe, snapshot_file, snapshot_id)
    pipeline.prune(TABLES)
    root = pipeline.workspace.root
    corpus = save(
        pipeline.workspace,
        recipe.name,
        Corpus(
            snapshot_id=snapshot_id,
            snapshot=str(snapshot_file.path.relative_to(root)),
            documents=tuple(str(part.artifact.path.relative_to(root)) for part in documents),
            digest=combined(snapshot_file.sha256, *(part.artifact.sha256 for part in documents)),
            captures=tuple(str(part.artifact.path.relative_to(root)) for part in captures),
        ),
    )
    said = {"sources": _brought(pipeline, before, corpus)}
    get_run_logger().info(said["sources"])
    if words := left_out(pipeline.workspace.partition("mix", recipe.name, "all"), recipe.mix):
        said["balance"] = words
        get_run_logger().info("balance: %s", words)
    pipeline.show("ledger", pages.ledger)
    pipeline.show("balance", lambda workspace, name: pages.balance(workspace, name, words))
    return corpus, new, said


def _brought(pipeline: Pipeline, before: Corpus | None, corpus: Corpus) -> str:
    """What the captures of a corpus brought since the one before it, and the way from snapshot to snapshot."""
    workspace = pipeline.workspace
    known = [path for name in (before.captures if before else ()) if (path := workspace.root / name).is_file()]
    found = changes(known, [workspace.root / name for name in corpus.captures], workspace.root / corpus.snapshot, workspace.scratch)
    absent = [entry.partition for entry in pipeline.log.entries if (entry.stage, entry.status) == (stages.CAPTURE.name, "failed")]
    said = f"{found}; could not be captured: {', '.join(absent)}" if absent else str(found)
    if before is None or before.snapshot_id == corpus.snapshot_id:
        return f"{said}; snapshot {corpus.snapshot_id}"
    return f"{said}; snapshot {before.snapshot_id} -> {corpus.snapshot_id}"


def _each(
    pipeline: Pipeline,
    stage: Stage,
    columns: Sequence[list[Part]],
    settings: Any,
    call: Callable[..., object],
    lost: Callable[[Path, str, Path], object] | None = None,
) -> list[Part]:
    """Runs a stage over partitions; `columns` are the aligned inputs of its call."""
    jobs = [
        Job(
            rows[0].name,
            tuple(part.artifact.sha256 for part in rows),
            settings,
            partial(call, *(part.artifact.path for part in rows)),
            weight=sum(part.artifact.bytes for part in rows),
            lost=lost,
        )
        for rows in zip(*columns, strict=True)
    ]
    outputs = pipeline.run(stage, jobs)
    return [Part(part.name, output.only(), part.source) for part, output in zip(columns[0], outputs, strict=True)]


def _clean(pipeline: Pipeline, recipe: Recipe, extracted: list[Part]) -> list[Part]:
    """The documents of all sources: each source is cleaned by the switches of its domain, and of the lines that recur in it."""
    recurring = _recurring(pipeline, recipe, extracted)
    domains = {source.id: source.domain for source in recipe.sources}
    jobs = []
    for part in extracted:
        domain, lines = domains[part.source], recurring.get(part.source)
        cleaning = partitions.Cleaning(domain, recipe.policies.of(domain).cleaning, lines.path if lines else None)
        jobs.append(
            Job(
                part.name,
                (part.artifact.sha256, lines.sha256 if lines else ""),
                {"domain": domain, "switches": cleaning.switches.model_dump()},
                partial(cleaning, part.artifact.path),
                weight=part.artifact.bytes,
                lost=partitions.uncleaned_partition,
            )
        )
    outputs = pipeline.run(stages.CLEAN, jobs)
    return [Part(part.name, output.only(), part.source) for part, output in zip(extracted, outputs, strict=True)]


def _recurring(pipeline: Pipeline, recipe: Recipe, extracted: list[Part]) -> dict[str, Artifact]:
    """The file of the lines that recur in each source of prose, by the source's id."""
    jobs = []
    for source in sorted(recipe.sources, key=lambda source: source.id):
        switches = recipe.policies.of(source.domain).cleaning
        parts = [part.artifact for part in extracted if part.source == source.id]
        if source.domain is Domain.CODE or not switches.boilerplate or not parts:
            continue
        call = partial(find_recurring, _paths(parts), source.domain, switches)
        settings = {"domain": source.domain, "switches": switches.model_dump()}
        weight = sum(part.bytes for part in parts)
        jobs.append(Job(source.id, tuple(part.sha256 for part in parts), settings, call, folder=True, weight=weight))
    outputs = pipeline.run(stages.BOILERPLATE, jobs)
    return {job.part: output[LINES] for job, output in zip(jobs, outputs, strict=True)}


def _decide(pipeline: Pipeline, recipe: Recipe, documents: list[Part], signals: list[Part]) -> list[Part]:
    policies = recipe.policies
    return _each(pipeline, stages.DECISIONS, [documents, signals], policies.thresholds(), partial(calls.judge, policies))


def _one(pipeline: Pipeline, stage: Stage, inputs: Sequence[Artifact], settings: BaseModel | None, call: Callable[..., object]) -> Output:
    """Runs a stage that has one job; its call writes files into a folder."""
    digests = tuple(artifact.sha256 for artifact in inputs)
    job = Job("all", digests, settings.model_dump(mode="json") if settings else None, call, folder=True)
    return pipeline.run(stage, [job])[0]


def _assemble(pipeline: Pipeline, recipe: Recipe, documents: list[Part], decisions: list[Part]) -> tuple[Part, Artifact, str]:
    """From decided documents to a snapshot: duplicates, splits, mix. Returns the late decisions and the snapshot."""
    settings = recipe.duplicates
    signatures = _each(pipeline, stages.SIGNATURES, [documents, decisions], settings.model_dump(mode="json"), partial(calls.sign, settings))
    signed = [part.artifact for part in signatures]
    texts, decided = [part.artifact for part in documents], [part.artifact for part in decisions]
    pairs = _one(pipeline, stages.CANDIDATES, signed, settings, partial(calls.nominate, _paths(signed), settings)).only()
    twins = _one(
        pipeline, stages.DUPLICATES, [*signed, pairs], settings, partial(calls.resolve, _paths(signed), pairs.path, settings)
    ).only()
    inputs = splits.Inputs(_paths(signed), _paths(texts), twins.path)
    split = _one(
        pipeline, stages.SPLITS, [*signed, *texts, twins], recipe.splits, partial(calls.assign_splits, inputs, recipe.splits)
    ).only()
    mixed = _one(pipeline, stages.BALANCE, [split], recipe.mix, partial(calls.balance_domains, split.path, recipe.mix))
    pipeline.expose("mix", "all", mixed["mix.parquet"])
    taken = mixed["taken.parquet"]
    call = partial(calls.make_snapshot, _paths(texts), _paths(decided), calls.Choice(split.path, taken.path, twins.path), settings)
    made = _one(pipeline, stages.SNAPSHOT, [*texts, *decided, split, taken, twins], settings, call)
    final = Part("late", made["decisions.parquet"])
    pipeline.expose("decisions", "late", final.artifact)
    return final, made["snapshot.parquet"], _snapshot_id(pipeline, made["snapshot.parquet"])


def _snapshot_id(pipeline: Pipeline, artifact: Artifact) -> str:
    ids = read_table(artifact.path, ["snapshot_id"])["snapshot_id"].unique().to_pylist()
    if not ids:
        asked = f'`berry sql "select * from drop_reasons" --home {shlex.quote(str(pipeline.workspace.root))}`'
        raise MixError(f"no document was kept, so there is no corpus. {asked} says why each was dropped.")
    return str(ids[0])


def _settle(captures: list[Part], decisions: list[Part], scratch: Path) -> None:
    """Checks the ledger and says it in the run's log. Raises LedgerError where a document is not accounted for exactly once."""
    captured, decided = ([part.artifact.path for part in parts] for parts in (captures, decisions))
    settled = ledger.check(captured, decided, scratch)
    for account in settled:
        words = f"{account.captured} captured = {account.kept} kept + {account.dropped} dropped + {account.failed} failed"
        get_run_logger().log(WARNING if account.failed else INFO, "source %s: %s", account.source, words)


def _record(pipeline: Pipeline, recipe: Recipe, snapshot_file: Artifact, snapshot_id: str) -> bool:
    """Adds the snapshot to the recipe's history, unless it is the current one already; whether it was added."""
    pipeline.expose("snapshots", snapshot_id, snapshot_file)
    history = pipeline.workspace.table("lineage") / f"recipe={recipe.name}"
    known = sorted(history.glob("*.parquet"))
    latest = read_table(known[-1]).to_pylist()[0] if known else None
    if latest and latest["snapshot_id"] == snapshot_id:
        return False
    rows = read_table(snapshot_file.path, ["characters"])
    row = {
        "sequence": len(known) + 1,
        "snapshot_id": snapshot_id,
        "parent_id": latest["snapshot_id"] if latest else None,
        "recipe_digest": recipe.digest,
        "documents": rows.num_rows,
        "characters": sum(rows["characters"].to_pylist()),
    }
    history.mkdir(parents=True, exist_ok=True)
    aside = pipeline.workspace.scratch / f"lineage-{snapshot_id}.parquet"
    write_table(aside, [row], LINEAGE)
    aside.replace(history / f"{row['sequence']:06}.parquet")
    return True


def _paths(artifacts: Sequence[Artifact]) -> list[Path]:
    return [artifact.path for artifact in artifacts]
