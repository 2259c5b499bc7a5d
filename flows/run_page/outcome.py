"""The page that says what a run made, and where it lies."""

from urllib.parse import quote

from flows import current
from flows.report.formats import count, counted, decimal, duration
from flows.report.reader import Row
from flows.run_page.lineage import short_id
from flows.run_page.tables import Tables
from flows.run_page.words import Column, Page, absent, asked, folded, inert, page, table
from warehouse.layout import Workspace


def produced(workspace: Workspace, recipe: str, report_address: str, brought: str = "") -> Page:
    """Snapshot, vocabulary, shards, model and report with their sizes and places, and the time of every stage.

    `report_address` is where the report can be read in a browser; empty where it is not served. `brought` says what the
    sources brought in this run, where it captured them.
    """
    tables = Tables(workspace, recipe)
    if not tables.lineage:
        return absent("snapshot", recipe, "curate")
    newest = tables.lineage[0]
    size = f"{counted(newest['documents'], 'document')}, {counted(newest['characters'], 'character')}"
    lines = [_report(tables, report_address), _corpus(tables, newest, size), _vocabulary(tables), _shards(tables), _model(tables)]
    places = [f"- {name}: `{where}`" for name, _, where in lines if where]
    return page(
        f"**snapshot {short_id(newest['snapshot_id'])}**: {size}",
        f"The sources brought: {brought}." if brought else "",
        table([Column("", False), Column("made", False)], [(f"**{name}**", what) for name, what, _ in lines]),
        folded("Where it lies", "\n".join([f"- workspace: {inert(str(workspace.root))}", *places])),
        _asked_hosts(tables),
        _times(tables),
        asked(f"select * from corpus_stats where recipe = '{recipe}'"),
    )


_Line = tuple[str, str, str]
"""What was made, its size, and its path below the workspace, empty where it is not made yet."""


def _corpus(tables: Tables, newest: Row, size: str) -> _Line:
    pointer = current.latest(tables.workspace, tables.recipe, current.Corpus)
    place = pointer.snapshot if pointer is not None else ""
    return "snapshot", f"`{newest['snapshot_id'][:16]}`, number {newest['sequence']}: {size}", place


def _vocabulary(tables: Tables) -> _Line:
    pointer = current.latest(tables.workspace, tables.recipe, current.Vocabulary)
    if pointer is None:
        return "vocabulary", "no vocabulary yet", ""
    facts = {row["tokenizer_id"]: row for row in tables.own("vocabularies.sql")}.get(pointer.tokenizer_id)
    size = f": {counted(facts['entries'], 'token')}, {count(facts['never_used'])} of them never used" if facts else ""
    return "vocabulary", f"`{short_id(pointer.tokenizer_id)}`{size}{_of(pointer.snapshot_id, tables)}", pointer.path


def _shards(tables: Tables) -> _Line:
    pointer = current.latest(tables.workspace, tables.recipe, current.Shards)
    if pointer is None:
        return "shards", "no shards yet", ""
    tokens = {row["split"]: row["tokens"] for row in tables.rows("shard_tokens.sql")}
    sizes = [f"{counted(tokens[split], 'token')} {split}" for split in ("train", "val", "test") if split in tokens]
    return "shards", f"{', '.join(sizes)}{_of(pointer.snapshot_id, tables)}", f"shards/{tables.recipe}"


def _model(tables: Tables) -> _Line:
    pointer = current.latest(tables.workspace, tables.recipe, current.Model)
    if pointer is None:
        return "model", "no model yet; a run of `train-strawberry` makes it", ""
    whole = tables.loss()
    loss = [f"{decimal(whole[figure], 3)} {figure.replace('_', ' ')}" for figure in ("nats_per_token", "bits_per_byte")] if whole else []
    return "model", f"{', '.join(loss) or 'trained'}{_of(pointer.snapshot_id, tables)}", f"models/{tables.recipe}"


def _report(tables: Tables, address: str) -> _Line:
    path = tables.workspace.report(tables.recipe)
    if not path.is_file():
        return "report", "no report yet; a run of `train-strawberry` writes it", ""
    link = f"[read the report]({quote(address, safe=':/?&=#%')})" if address else "one page of HTML"
    return "report", link, f"reports/{path.name}"


def _of(snapshot_id: str, tables: Tables) -> str:
    """Which snapshot something was made from, where that is no longer the current one."""
    return "" if snapshot_id == tables.snapshot else f" (of the older snapshot `{short_id(snapshot_id)}`)"


def _asked_hosts(tables: Tables) -> str:
    """What hosts were asked, where any was."""
    rows = tables.own("asked_hosts.sql")
    if not rows:
        return ""
    figures = ("requests", "unchanged", "bytes", "errors")
    lines = [[inert(row["source"]), inert(row["host"]), *(count(row[name]) for name in figures), duration(row["waited"])] for row in rows]
    columns = [Column("source", False), Column("host", False), *map(Column, figures), Column("waited")]
    return folded("What the sources' hosts were asked", table(columns, lines))


def _times(tables: Tables) -> str:
    rows = tables.rows("stage_times.sql")
    if not rows:
        return ""
    lines = [
        [row["stage"], count(row["partitions"]), duration(row["span"]), count(row["rows"]), "skipped" if row["skipped"] else "done"]
        for row in rows
    ]
    columns = [Column("stage", False), Column("partitions"), Column("time"), Column("rows"), Column("newest run", False)]
    return folded("Time per stage, from the newest run that computed something of it", table(columns, lines))
