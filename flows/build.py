"""Flow `build`: everything from raw sources to a trained model and a report."""

from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from flows.captures import Asking, capture
from flows.curate import curate_corpus
from flows.forms import (
    DuplicateChanges,
    MixChanges,
    ShardChanges,
    SplitChanges,
    Threshold,
    TokenizerChanges,
    TrainingChanges,
    WorkerCount,
    changed,
)
from flows.runners import task_runner
from flows.schedules import stand_for_missed_runs
from flows.service import on_a_server
from flows.session import Work, completed, fails_plainly, opened, read_recipe, run_name, session, show_outcome, this_run
from flows.shards import make_shards
from flows.stages import CURATION_TO_SHARDS, EVERYTHING
from flows.train import train_next
from flows.vocabulary import make_vocabulary


@flow(name="build", task_runner=task_runner(), flow_run_name=run_name, persist_result=False)
@fails_plainly
def build(
    recipe: str = "quickstart",
    home: str = "",
    save_as: str = "",
    quality: tuple[Threshold, ...] = (),
    duplicates: DuplicateChanges = DuplicateChanges(),
    splits: SplitChanges = SplitChanges(),
    mix: MixChanges = MixChanges(),
    tokenizer: TokenizerChanges = TokenizerChanges(),
    shards: ShardChanges = ShardChanges(),
    training: TrainingChanges = TrainingChanges(),
    refresh: bool = False,
    offline: bool = False,
    workers: WorkerCount = 0,
) -> State[dict[str, Any]]:
    """Makes a corpus, its vocabulary and its shards, and has Strawberry trained on them.

    On a server the training is a run of its own, started by an event; elsewhere it follows here.

    Args:
        recipe: Name or path of a recipe.
        home: Folder of the workspace; empty for the service's own.
        save_as: Keeps the results under another name, so that a variant does not replace the recipe's own.
        quality: Thresholds that differ from the recipe's.
        duplicates: What counts as the same text; empty boxes are as the recipe says.
        splits: Held-out text; empty boxes are as the recipe says.
        mix: How much of each domain; empty boxes are as the recipe says.
        tokenizer: The vocabulary; empty boxes are as the recipe says.
        shards: Files of token ids; empty boxes are as the recipe says.
        training: The model and how it is trained; empty boxes are as the recipe says.
        refresh: Capture sources of the network again.
        offline: Ask no source of the network: what was captured last is used.
        workers: Processes; 0 for one per core.
    """
    stand_for_missed_runs()
    asked, folder = read_recipe(recipe)
    settings = changed(
        asked,
        save_as=save_as,
        quality=quality,
        duplicates=duplicates,
        splits=splits,
        mix=mix,
        tokenizer=tokenizer,
        shards=shards,
        training=training,
    )
    covered = CURATION_TO_SHARDS if on_a_server() else EVERYTHING
    with opened(settings, home, covered):
        with session(settings, home, workers, covered, Work.CORPUS) as pipeline:
            captures = capture(pipeline, settings, folder, Asking(this_run() if refresh else "", offline, asked.name))
            corpus, _, said = curate_corpus(pipeline, settings, captures)
            vocabulary = make_vocabulary(pipeline, settings)
            made = make_shards(pipeline, settings)
            show_outcome(pipeline, said["sources"])
            paths = {"shards": str(pipeline.workspace.shards(settings.name))}
        facts = {"snapshot_id": corpus.snapshot_id, **said, "tokenizer_id": vocabulary.tokenizer_id, **paths}
        facts |= train_next(settings, made, {"recipe": recipe, "home": home, "save_as": save_as}, training)
    after = f"strawberry: {facts['strawberry']}" if "strawberry" in facts else f"training: {facts['training']}"
    return completed(facts, said["sources"], "with its shards", after)
