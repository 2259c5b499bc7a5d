"""Flow `curate`: from sources to a snapshot."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Any, cast

from prefect import flow
from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner
from pydantic import BaseModel

from curation import balance, ledger, partitions, snapshot, splits
from curation.capture import capture_source, fingerprint
from curation.duplicates import candidates, clusters, minhash
from curation.policies import Policies
from curation.recipe import Recipe, find_recipe
from curation.settings import DuplicateSettings, MixSettings, SplitSettings
from flows import stages
from flows.current import Corpus, combined, save
from flows.pipeline import Job, Pipeline, Stage
from flows.runners import cores
from flows.session import fails_plainly, run_name, session
from warehouse.errors import MixError, RecipeError
from warehouse.store import Artifact, Output, write_atomic
from warehouse.tables import LINEAGE, read_table, write_table

NOMINATE_MEGABYTES = 1024
"""Memory of the join that nominates pairs; beyond it DuckDB spills to disk."""

RUNNER = cast(TaskRunner[PrefectFuture[Any]], ThreadPoolTaskRunner(max_workers=cores() + 2))
"""Threads that hand batches to the process pool and wait; a few more than cores, so that none of these starves."""

CAPTURE_WEIGHT = 4_000_000
"""What one source counts for when captures are batched: their sizes are not known before."""

TABLES = ("captures", "documents", "signals", "decisions", "duplicates", "splits", "mix")
"""Tables whose partitions show the current corpus alone; snapshots and lineage keep every version."""


@flow(name="curate", task_runner=RUNNER, flow_run_name=run_name, persist_result=False)
@fails_plainly
def curate(recipe: str, home: str, workers: int = 0, refresh: str = "") -> dict[str, Any]:
    """Captures the sources of a recipe and makes a snapshot of what is worth keeping.

    Args:
        recipe: Path of a recipe file.
        home: The workspace to work in.
        workers: Processes; 0 for one per core.
        refresh: A new word captures network sources again.
    """
    with session(recipe, home, workers, stages.CURATION) as (pipeline, settings):
        corpus = curate_corpus(pipeline, settings, find_recipe(recipe).parent, refresh)
        return {"snapshot_id": corpus.snapshot_id}


def curate_corpus(pipeline: Pipeline, recipe: Recipe, folder: Path, refresh: str) -> Corpus:
    """Runs the stages of curation one after another and points the recipe at the new snapshot."""
    captures = _capture(pipeline, recipe, folder, refresh)
    extracted = _each(pipeline, stages.EXTRACT, [captures], None, partitions.extract_partition)
    documents = _each(pipeline, stages.CLEAN, [extracted], None, partitions.clean_partition)
    signals = _each(pipeline, stages.SIGNALS, [documents], None, partitions.score_partition)
    decisions = _decide(pipeline, recipe, documents, signals)
    final, snapshot_file, snapshot_id = _assemble(pipeline, recipe, documents, decisions)
    _check_ledger(captures, [*decisions, final], pipeline.workspace.scratch)
    _record(pipeline, recipe, snapshot_file, snapshot_id)
    pipeline.prune(TABLES)
    root = pipeline.workspace.root
    return save(
        pipeline.workspace,
        recipe.name,
        Corpus(
            snapshot_id=snapshot_id,
            snapshot=str(snapshot_file.path.relative_to(root)),
            documents=tuple(str(part.artifact.path.relative_to(root)) for part in documents),
            digest=combined(snapshot_file.sha256, *(part.artifact.sha256 for part in documents)),
        ),
    )


@dataclass(frozen=True)
class Part:
    """One partition on its way through the stages."""

    name: str
    artifact: Artifact


def _capture(pipeline: Pipeline, recipe: Recipe, folder: Path, refresh: str) -> list[Part]:
    absent = recipe.not_captured()
    if absent:
        raise RecipeError(f"recipe {recipe.name}: this version does not capture {', '.join(absent)} yet. Take them out to build the rest.")
    jobs = []
    for source in sorted(recipe.sources, key=lambda source: source.id):
        settings = source.model_dump(mode="json")
        again = _pass(pipeline, recipe.name, source.id, refresh) if source.kind == "web" else ""
        call = partial(capture_source, source, folder)
        jobs.append(Job(source.id, (fingerprint(source, folder), again), settings, call, folder=True, weight=CAPTURE_WEIGHT))
    outputs = pipeline.run(stages.CAPTURE, jobs)
    return [
        Part(f"{job.part}-{Path(name).stem}", artifact)
        for job, output in zip(jobs, outputs, strict=True)
        for name, artifact in sorted(output.artifacts.items())
    ]


def _pass(pipeline: Pipeline, recipe: str, source: str, refresh: str) -> str:
    """The word that names the latest capture of a source of the network; a new one captures it again."""
    path = pipeline.workspace.current(recipe) / f"{source}.pass"
    if refresh:
        write_atomic(path, refresh)
    return path.read_text() if path.exists() else ""


def _each(pipeline: Pipeline, stage: Stage, columns: Sequence[list[Part]], settings: Any, call: Callable[..., object]) -> list[Part]:
    """Runs a stage over partitions; `columns` are the aligned inputs of its call."""
    jobs = [
        Job(
            rows[0].name,
            tuple(part.artifact.sha256 for part in rows),
            settings,
            partial(call, *(part.artifact.path for part in rows)),
            weight=sum(part.artifact.bytes for part in rows),
        )
        for rows in zip(*columns, strict=True)
    ]
    outputs = pipeline.run(stage, jobs)
    return [Part(job.part, output.only()) for job, output in zip(jobs, outputs, strict=True)]


def _decide(pipeline: Pipeline, recipe: Recipe, documents: list[Part], signals: list[Part]) -> list[Part]:
    policies = recipe.policies
    return _each(pipeline, stages.DECISIONS, [documents, signals], policies.model_dump(mode="json"), partial(_judge, policies))


def _judge(policies: Policies, documents: Path, signals: Path, out: Path) -> int:
    return partitions.judge_partition(documents, signals, policies, out)


def _sign(settings: DuplicateSettings, documents: Path, decisions: Path, out: Path) -> int:
    return minhash.sign_partition(documents, decisions, settings, out)


def _one(pipeline: Pipeline, stage: Stage, inputs: Sequence[Artifact], settings: BaseModel | None, call: Callable[..., object]) -> Output:
    """Runs a stage that has one job; its call writes files into a folder."""
    digests = tuple(artifact.sha256 for artifact in inputs)
    job = Job("all", digests, settings.model_dump(mode="json") if settings else None, call, folder=True)
    return pipeline.run(stage, [job])[0]


def _assemble(pipeline: Pipeline, recipe: Recipe, documents: list[Part], decisions: list[Part]) -> tuple[Part, Artifact, str]:
    """From decided documents to a snapshot: duplicates, splits, mix. Returns the late decisions and the snapshot."""
    settings = recipe.duplicates
    signatures = _each(pipeline, stages.SIGNATURES, [documents, decisions], settings.model_dump(mode="json"), partial(_sign, settings))
    signed = [part.artifact for part in signatures]
    texts, decided = [part.artifact for part in documents], [part.artifact for part in decisions]
    pairs = _one(pipeline, stages.CANDIDATES, signed, settings, partial(_nominate, _paths(signed), settings)).only()
    twins = _one(pipeline, stages.DUPLICATES, [*signed, pairs], settings, partial(_resolve, _paths(signed), pairs.path, settings)).only()
    inputs = splits.Inputs(_paths(signed), _paths(texts), twins.path)
    split = _one(pipeline, stages.SPLITS, [*signed, *texts, twins], recipe.splits, partial(_split, inputs, recipe.splits)).only()
    mixed = _one(pipeline, stages.BALANCE, [split], recipe.mix, partial(_balance, split.path, recipe.mix))
    pipeline.expose("mix", "all", mixed["mix.parquet"])
    taken = mixed["taken.parquet"]
    call = partial(_snapshot, _paths(texts), _paths(decided), _Choice(split.path, taken.path, twins.path), settings)
    made = _one(pipeline, stages.SNAPSHOT, [*texts, *decided, split, taken, twins], settings, call)
    final = Part("late", made["decisions.parquet"])
    pipeline.expose("decisions", "late", final.artifact)
    return final, made["snapshot.parquet"], _snapshot_id(made["snapshot.parquet"])


@dataclass(frozen=True)
class _Choice:
    splits: Path
    taken: Path
    duplicates: Path


def _nominate(signatures: list[Path], settings: DuplicateSettings, out: Path) -> int:
    return candidates.nominate(signatures, settings, out / "part.parquet", NOMINATE_MEGABYTES, out.parent)


def _resolve(signatures: list[Path], pairs: Path, settings: DuplicateSettings, out: Path) -> int:
    return clusters.resolve(signatures, pairs, settings, out / "part.parquet")


def _split(inputs: splits.Inputs, settings: SplitSettings, out: Path) -> int:
    return splits.assign(inputs, settings, out / "part.parquet")


def _balance(split: Path, settings: MixSettings, out: Path) -> None:
    balance.balance(split, settings, out / "mix.parquet", out / "taken.parquet")


def _snapshot(documents: list[Path], decisions: list[Path], choice: _Choice, settings: DuplicateSettings, out: Path) -> None:
    snapshot.write_snapshot(documents, choice.splits, choice.taken, out / "snapshot.parquet")
    snapshot.late_decisions(decisions, choice.duplicates, choice.taken, settings, out / "decisions.parquet")


def _snapshot_id(artifact: Artifact) -> str:
    ids = read_table(artifact.path, ["snapshot_id"])["snapshot_id"].unique().to_pylist()
    if not ids:
        raise MixError('no document was kept, so there is no corpus. `berry sql "select * from drop_reasons"` says why each was dropped.')
    return str(ids[0])


def _check_ledger(captures: list[Part], decisions: list[Part], scratch: Path) -> None:
    ledger.check(_paths([part.artifact for part in captures]), _paths([part.artifact for part in decisions]), scratch)


def _record(pipeline: Pipeline, recipe: Recipe, snapshot_file: Artifact, snapshot_id: str) -> None:
    """Adds the snapshot to the recipe's history, unless it is the current one already."""
    pipeline.expose("snapshots", snapshot_id, snapshot_file)
    history = pipeline.workspace.table("lineage") / f"recipe={recipe.name}"
    known = sorted(history.glob("*.parquet"))
    latest = read_table(known[-1]).to_pylist()[0] if known else None
    if latest and latest["snapshot_id"] == snapshot_id:
        return
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


def _paths(artifacts: Sequence[Artifact]) -> list[Path]:
    return [artifact.path for artifact in artifacts]
