"""Flow `train-tokenizer`: from a snapshot to a vocabulary."""

from functools import partial
from typing import Any

from prefect import flow
from prefect.client.schemas.objects import State

from curation.recipe import Recipe
from flows import calls, current, stages
from flows.forms import TokenizerChanges, changed
from flows.job import Job
from flows.pipeline import Pipeline
from flows.runners import task_runner
from flows.session import Work, completed, fails_plainly, read_recipe, run_name, session, show_outcome
from tokenizer import corpus


@flow(name="train-tokenizer", task_runner=task_runner(), flow_run_name=run_name, persist_result=False)
@fails_plainly
def train_tokenizer(
    recipe: str = "quickstart", home: str = "", save_as: str = "", tokenizer: TokenizerChanges = TokenizerChanges()
) -> State[dict[str, Any]]:
    """Trains the vocabulary of a recipe on its current snapshot.

    Args:
        recipe: Name or path of a recipe.
        home: Folder of the workspace; empty for the service's own.
        save_as: The name under which the results are kept, where it is not the recipe's.
        tokenizer: The vocabulary; empty boxes are as the recipe says.
    """
    settings = changed(read_recipe(recipe)[0], save_as=save_as, tokenizer=tokenizer)
    with session(settings, home, 1, [stages.TOKENIZER], Work.CORPUS) as pipeline:
        made = make_vocabulary(pipeline, settings)
        show_outcome(pipeline)
        return completed({"tokenizer_id": made.tokenizer_id}, f"vocabulary {made.tokenizer_id[:16]} of snapshot {made.snapshot_id}")


def make_vocabulary(pipeline: Pipeline, recipe: Recipe) -> current.Vocabulary:
    """Runs the stage and points the recipe at the vocabulary."""
    source = current.load(pipeline.workspace, recipe.name, current.Corpus)
    texts = corpus.Corpus(*source.paths(pipeline.workspace))
    job = Job(
        source.snapshot_id,
        (source.digest,),
        recipe.tokenizer.model_dump(mode="json"),
        partial(calls.train_vocabulary, texts, recipe.tokenizer),
        folder=True,
    )
    made = pipeline.run(stages.TOKENIZER, [job])[0]
    vocabulary = made["tokenizer.json"]
    return current.save(
        pipeline.workspace,
        recipe.name,
        current.Vocabulary(vocabulary.sha256, source.snapshot_id, str(vocabulary.path.relative_to(pipeline.workspace.root))),
    )
