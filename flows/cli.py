"""The command line: `berry`."""

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from warehouse.errors import BerryError
from warehouse.layout import Workspace

if TYPE_CHECKING:
    from warehouse.console import Answer, Form  # imports DuckDB, which `berry --help` can do without

HOME = click.option(
    "--home", envvar="BERRY_HOME", default="workspace", show_default=True, type=click.Path(file_okay=False, path_type=Path),
    help="The workspace: the folder that holds everything a recipe produced. BERRY_HOME sets it too.",
)  # fmt: skip
WORKERS = click.option(
    "--workers", default=0, show_default="one per core", type=click.IntRange(0, 256), help="Worker processes. Changes no result."
)
OFFLINE = click.option("--offline", is_flag=True, help="Ask no source of the network: what was captured last is used.")
REFRESH = click.option("--refresh", is_flag=True, help="Capture sources of the network again, not only those that changed on disk.")
FORMAT = click.option(
    "--format", "form", default="table", show_default=True, type=click.Choice(["table", "csv", "json"]), help="How to print it."
)
RECIPE = click.argument("recipe", metavar="RECIPE")
CHANGES = click.option(
    "--set", "changes", multiple=True, metavar="KEY=VALUE",
    help="For this run, as if the recipe said so: training.steps=300, mix.shares.wiki=0.5, quality.lore.min_words=10. May be repeated.",
)  # fmt: skip
SAVE_AS = click.option("--save-as", default="", help="Keep the results under another name than the recipe's, beside its own.")


class PlainErrors(click.Group):
    """Prints an error meant for a person as such, with exit status 1, in place of a traceback."""

    def invoke(self, context: click.Context) -> Any:
        """Runs a command."""
        try:
            return super().invoke(context)
        except BerryError as error:
            click.secho("error: ", fg="red", bold=True, nl=False, err=True)
            click.echo(str(error), err=True)
            sys.exit(1)
        except KeyboardInterrupt:
            click.echo("\nStopped. Everything finished so far is kept: run the same command again and it goes on from there.", err=True)
            sys.exit(130)


@click.group(cls=PlainErrors, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="berrypatch")
def main() -> None:
    """Turns scattered sources into a training-ready corpus, and proves that the corpus is good.

    \b
    Begin with:
      berry build quickstart                       everything, from raw pages to a trained model and a report
      berry sql "select * from ledger"             ask the corpus a question
      berry recipe check my-recipe.toml            check a recipe of your own

    RECIPE is a TOML file, or the name of a built-in one (`berry recipe list`).
    """


@main.command()
@RECIPE
@HOME
@SAVE_AS
@CHANGES
@WORKERS
@REFRESH
@OFFLINE
def build(recipe: str, home: Path, save_as: str, changes: tuple[str, ...], workers: int, refresh: bool, offline: bool) -> None:
    """Makes everything: corpus, vocabulary, shards, model and report.

    What is finished and unchanged is skipped, so the same command resumes a build that was stopped or killed.
    """
    result = _run("flows.build", "build", recipe, home, save_as, changes, workers=workers, refresh=refresh, offline=offline)
    click.echo(_summary(home, result))


@main.command()
@RECIPE
@HOME
@SAVE_AS
@CHANGES
@WORKERS
@REFRESH
@OFFLINE
@click.option("--train", is_flag=True, help="Go on to shards and training where the snapshot differs enough from the trained one.")
def curate(recipe: str, home: Path, save_as: str, changes: tuple[str, ...], train: bool, **more: Any) -> None:
    """Captures the sources, makes a snapshot of what is worth keeping, and writes the report of it."""
    more["then_train"] = train
    result = _run("flows.curate", "curate", recipe, home, save_as, changes, **more)
    click.echo(_summary(home, result))
    click.echo(f'The kept texts: berry sql "{_texts(_name(recipe, save_as))}" --format json --home {home}')


@main.command("train-tokenizer")
@RECIPE
@HOME
@SAVE_AS
@CHANGES
def train_tokenizer(recipe: str, home: Path, save_as: str, changes: tuple[str, ...]) -> None:
    """Trains the vocabulary on the current snapshot."""
    click.echo(f"vocabulary {_run('flows.vocabulary', 'train_tokenizer', recipe, home, save_as, changes)['tokenizer_id']}")


@main.command("write-shards")
@RECIPE
@HOME
@SAVE_AS
@CHANGES
def write_shards(recipe: str, home: Path, save_as: str, changes: tuple[str, ...]) -> None:
    """Writes the current snapshot as token shards."""
    click.echo(f"shards in {_run('flows.shards', 'write_token_shards', recipe, home, save_as, changes)['folder']}")


@main.command()
@RECIPE
@HOME
@SAVE_AS
@CHANGES
@click.option("--again", is_flag=True, help="Train even where the same shards were trained on with the same settings before.")
def train(recipe: str, home: Path, save_as: str, changes: tuple[str, ...], again: bool) -> None:
    """Trains Strawberry on the current shards and writes the report."""
    click.echo(_summary(home, _run("flows.train", "train_strawberry", recipe, home, save_as, changes, again=again)))


@main.group("recipe")
def recipe_group() -> None:
    """Lists, checks and describes recipes."""


@recipe_group.command("list")
def recipe_list() -> None:
    """Lists the recipes that come with the product."""
    from curation.recipe import built_in_recipes, find_recipe, load_recipe

    for name in built_in_recipes():
        click.echo(f"{name:<14}{load_recipe(find_recipe(name)).description}")


@recipe_group.command("check")
@click.argument("file", metavar="FILE")
@click.option("--dry-run", is_flag=True, help="Also print what each source would be asked for, up to its first document. Asks nobody.")
def recipe_check(file: str, dry_run: bool) -> None:
    """Checks a recipe without running it: keys, values, and whether its local sources are there."""
    from curation.recipe import closed_addresses, find_recipe, load_recipe
    from curation.sources.fetch.addresses import PRIVATE
    from curation.sources.request import once

    path = find_recipe(file)
    recipe = load_recipe(path)
    for source in recipe.sources:
        source.fingerprint(path.parent)
    count = len(recipe.sources)
    click.echo(f"{path}: well formed, {count} source{'' if count == 1 else 's'}.")
    if nameless := recipe.nameless():
        click.echo(f"Before it can ask {', '.join(nameless)}, it must say who asks: set `contact` in it, or BERRY_CONTACT.")
    for source in recipe.sources:
        for host in closed_addresses(source):
            click.echo(f"{source.id} may not ask {host}, which is on this machine or in a private network; {PRIVATE}.")
    if not dry_run:
        return
    for source in recipe.sources:
        requests = once(source.first_requests()) if source.is_remote else []
        asks = "asks what its list names when it runs" if source.is_remote else "on this machine, asks no server"
        click.echo(f"\n{source.id} ({source.kind}, {source.domain}):{'' if requests else f' {asks}'}")
        for number, request in enumerate(requests, 1):
            click.echo(f"  {number}. {request.method} {request.url}\n     {request.purpose}")


@recipe_group.command("schema")
def recipe_schema() -> None:
    """Prints the JSON Schema of recipes, for editors that complete and check."""
    from curation.recipe import Recipe

    click.echo(json.dumps(Recipe.model_json_schema(), indent=2))


@main.command()
@click.argument("statement")
@HOME
@FORMAT
def sql(statement: str, home: Path, form: "Form") -> None:
    """Answers a SQL statement over the warehouse, also while a build is running.

    \b
    Views to begin with:
      ledger, drop_reasons, corpus_stats, duplicate_clusters, domain_balance, compression, run_history
      berry sql "show tables"                      all of them
      berry sql "select * from where_is('corpus_train_000000.bin', 1000)"
    """
    _answer(home, statement, form)


@main.command()
@HOME
@FORMAT
def stats(home: Path, form: "Form") -> None:
    """Shows documents, characters and tokens by domain and split."""
    _answer(home, _STATS, form)


@main.command()
@click.argument("uri")
@click.option("--recipe", "name", default="", show_default="all of the workspace", help="The name of a recipe.")
@HOME
@FORMAT
def why(uri: str, name: str, home: Path, form: "Form") -> None:
    """Says why a page was kept, dropped or failed. URI may be a part of an address."""
    asked = "select * from why($1) where $2 in ('', recipe)"
    nothing = f"no document's address{f' in recipe {name}' if name else ''} holds {uri!r}"
    if form == "table":
        from flows.why import blocks

        click.echo(blocks(_asked(home, asked, [uri, name], nothing)))
    else:
        _answer(home, asked, form, [uri, name], nothing)


@main.command()
@click.argument("shard")
@click.argument("position", type=int)
@HOME
@FORMAT
def where(shard: str, position: int, home: Path, form: "Form") -> None:
    """Says which document, source and revision a token came from."""
    _answer(home, "select * from where_is($1, $2)", form, [shard, position], f"no shard {shard} has a token {position}")


@main.command()
@HOME
def verify(home: Path) -> None:
    """Reads every finished file again and compares it with its recorded digest."""
    from warehouse.store import faults

    workspace = Workspace(home)
    if not workspace.store.is_dir():
        raise BerryError(f"{home}: no workspace here. Make one with `berry build RECIPE --home {home}`.")
    found = faults(workspace)
    for fault in found:
        click.echo(fault)
    if found:
        raise BerryError(f"{home}: {len(found)} files are damaged. Delete their folders below {workspace.store} and build again.")
    click.echo(f"{home}: every file is as it was written.")


@main.command()
@HOME
@click.option(
    "--recipes", envvar="BERRY_RECIPES", type=click.Path(file_okay=False, path_type=Path),
    help="A folder of recipes, which the UI offers by name beside the built-in ones. BERRY_RECIPES sets it too.",
)  # fmt: skip
@click.option("--host", default="127.0.0.1", show_default=True, help="Where to listen. Other than loopback demands a password.")
@click.option("--port", default=4200, show_default=True, type=click.IntRange(0, 65_535), help="The UI's port; 0 for any free one.")
@click.option("--detach", is_flag=True, help="Go on in the background, and return when the service is up.")
def up(home: Path, recipes: Path | None, host: str, port: int, detach: bool) -> None:
    """Starts the service: the Prefect UI, the flows to be run from it, and their schedules. Ctrl-C ends it.

    A recipe with a [schedule] section is curated when that says. With PREFECT_API_URL set, the server there is used and
    none is started.
    """
    from flows.up import up as start

    start(home, recipes, host, port, detach)


@main.command()
@HOME
def status(home: Path) -> None:
    """Says what the service of a workspace is doing. Exit status 3 where none is up."""
    from flows.status import status as ask

    found = ask(home)
    if found is None:
        click.echo(f"No service of {home.resolve()} is up. Start one with: berry up --home {home}")
        sys.exit(3)
    click.echo(str(found))


@main.command()
@HOME
def down(home: Path) -> None:
    """Ends the service of a workspace, also one in the background."""
    from flows.up import down as end

    end(home)


@main.command(hidden=True)
def serve() -> None:
    """Serves the flows to the Prefect server at PREFECT_API_URL, without supervision; `berry up` does this and more."""
    from flows.deployments import serve_deployments

    serve_deployments()


PIPE_WIDTH = 400
"""Columns of a table that goes to a file or a pipe: enough that no word is cut."""

_STATS = """
select recipe, domain, split, sum(documents)::bigint as documents, sum(characters)::bigint as characters, sum(tokens)::bigint as tokens
from corpus_stats group by all order by all
"""


def _asked(home: Path, statement: str, parameters: list[Any] | None, nothing: str) -> "Answer":
    """The answer of a workspace. Raises BerryError, saying `nothing`, where that is not empty and the answer is."""
    from warehouse.console import query

    answer = query(Workspace(home.resolve()), statement, parameters)
    if nothing and not answer.rows:
        raise BerryError(f"{home}: {nothing}.")
    return answer


def _answer(home: Path, statement: str, form: "Form", parameters: list[Any] | None = None, nothing: str = "") -> None:
    from warehouse.console import format_answer

    width = None if sys.stdout.isatty() else PIPE_WIDTH
    click.echo(format_answer(_asked(home, statement, parameters, nothing), form, width))


def _name(recipe: str, save_as: str) -> str:
    """The name under which a run's results are kept."""
    from curation.recipe import find_recipe, load_recipe

    return save_as or load_recipe(find_recipe(recipe)).name


def _run(module: str, name: str, recipe: str, home: Path, save_as: str, changes: tuple[str, ...], **more: Any) -> dict[str, Any]:
    """Runs a flow in this process and returns its result; its failure becomes an error message."""
    from curation.recipe import find_recipe

    path = find_recipe(recipe)
    click.echo(f"{name.replace('_', ' ')} {_name(recipe, save_as)} in {home}")
    _quiet_prefect()
    from importlib import import_module

    parameters = {"recipe": str(path), "home": str(home.resolve()), "save_as": save_as} | more
    with _prefect_api() as wait_for_api:
        flow: Callable[..., Any] = getattr(import_module(module), name)  # takes about as long as the API's start
        from flows.assignments import read_assignments

        parameters |= read_assignments(changes, flow)
        wait_for_api()
        state = flow(**parameters, return_state=True)
    if state.is_completed():
        result: dict[str, Any] = state.result()
        return result
    raise BerryError(_plain(state.message or state.name))


def _plain(message: str) -> str:
    """A failed flow's message; where Prefect speaks of an exception, nobody foresaw it, and that is said too."""
    foreseen = not message.startswith("Flow run encountered an exception")
    return (
        message
        if foreseen
        else f"{message}\nThis is a fault of Berrypatch. What was finished is kept: the same command goes on from there."
    )


@contextmanager
def _prefect_api() -> Iterator[Callable[[], None]]:
    """The server that PREFECT_API_URL names, or a private one for as long as the command runs; gives what waits until it answers."""
    if os.environ.get("PREFECT_API_URL"):
        yield lambda: None
        return
    from flows.embedded import embedded_api

    with embedded_api() as api:
        from prefect.settings import PREFECT_API_URL, PREFECT_FLOWS_HEARTBEAT_FREQUENCY, temporary_settings

        # nobody listens for heartbeats here, and each flow would wait a second for their thread to end
        with temporary_settings({PREFECT_API_URL: api.address, PREFECT_FLOWS_HEARTBEAT_FREQUENCY: None}):
            yield api.wait


def _quiet_prefect() -> None:
    os.environ.setdefault("PREFECT_LOGGING_LEVEL", "CRITICAL")
    os.environ.setdefault("PREFECT_SERVER_ANALYTICS_ENABLED", "false")
    os.environ.setdefault("DO_NOT_TRACK", "1")


def _summary(home: Path, result: dict[str, Any]) -> str:
    lines = [f"{key.replace('_', ' '):<12} {value}" for key, value in result.items()]
    return "\n".join([*lines, f'Ask it in SQL: berry sql "select * from ledger" --home {home}'])


def _texts(name: str) -> str:
    """SQL for the kept texts of a recipe."""
    return f"select domain, uri, text from documents semi join corpus using (recipe, doc_id) where recipe = '{name}'"
