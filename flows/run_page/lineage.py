"""Where a recipe's artifacts come from: sources, snapshots, vocabulary, shards and model as one graph."""

import re
from collections.abc import Iterator, Sequence

from flows import current
from flows.report.formats import count, counted, decimal, plain
from flows.report.reader import Row
from flows.run_page.pictures import short
from flows.run_page.tables import Tables, by_domain
from flows.run_page.words import Column, Page, absent, asked, page, table
from warehouse.layout import Workspace

SNAPSHOTS = 5
"""Snapshots that are shown, the newest ones."""

SOURCES = 12
"""Sources that are named in the graph."""

_HEAD = ('%%{init: {"flowchart": {"wrappingWidth": 420, "rankSpacing": 28, "nodeSpacing": 28}}}%%', "flowchart TD")
_STYLE = ("classDef now stroke:#d8487a,stroke-width:3px", "linkStyle default stroke:#9a9da6,stroke-width:1.5px")
_SPECIAL = re.compile(r"[^\w .,:·+−-]")


def lineage(workspace: Workspace, recipe: str) -> Page:
    """The graph from the sources to the model, and the newest snapshots with what each one changed."""
    tables = Tables(workspace, recipe)
    snapshots = tables.own("snapshot_changes.sql", SNAPSHOTS)
    if not snapshots:
        return absent("snapshot", recipe, "curate")
    newest = snapshots[-1]
    figures = [
        [count(row["sequence"]), f"`{short_id(row['snapshot_id'])}`", count(row["documents"]), short(row["characters"]), *_changes(row)]
        for row in reversed(snapshots)
    ]
    names = ("number", "snapshot", "documents", "characters", "added", "removed", "changed")
    return page(
        f"**snapshot {short_id(newest['snapshot_id'])}**, number {newest['sequence']} of recipe {recipe}",
        "\n".join(["```mermaid", *_HEAD, *_corpus(tables, snapshots), *_products(tables, snapshots), *_STYLE, "```"]),
        table([Column(name) for name in names], figures),
        asked(f"select * from lineage where recipe = '{recipe}' order by sequence desc"),
    )


def short_id(identity: str) -> str:
    """The beginning of a digest: enough to tell a recipe's apart, and for SQL's snapshot_of() and snapshot_diff() to find it."""
    return identity[:8]


def _changes(row: Row) -> tuple[str, str, str]:
    if row["parent_id"] is None:
        return "–", "–", "–"
    return f"+{count(row['added'])}", f"−{count(row['removed'])}", count(row["changed"])


def _corpus(tables: Tables, snapshots: Sequence[Row]) -> Iterator[str]:
    """The chain of snapshots, and the sources above the newest. Nodes go by their place: foreign text is in labels alone."""
    before = ""
    if snapshots[0]["parent_id"] is not None:
        yield f"older({_label(counted(snapshots[0]['sequence'] - 1, 'older snapshot'))})"
        before = "older"
    for row in snapshots:
        node = f"s{row['sequence']}"
        name, size = f"snapshot {short_id(row['snapshot_id'])}", counted(row["documents"], "document")
        yield f"{node}({_label(name, size)})"
        if before:
            added, removed, changed = _changes(row)
            yield f"{before} -->|{_label(f'{added} {removed}, {changed} changed')}| {node}"
        before = node
    sources = by_domain(tables.own("sources.sql"))
    lines = [f"{row['source']} · {row['domain']} · {count(row['kept'])} of {count(row['captured'])} kept" for row in sources[:SOURCES]]
    lines += [f"and {counted(len(sources) - SOURCES, 'other source')}"] if len(sources) > SOURCES else []
    yield f"sources[{_label(*(lines or ['no captures']))}]"
    yield f"sources --> {before}"
    yield f"class {before} now"


def _products(tables: Tables, snapshots: Sequence[Row]) -> Iterator[str]:
    """Vocabularies, shards and model, each below what it was made from."""
    packed = tables.own("shards_of.sql")
    tokens = {row["split"]: row["tokens"] for row in tables.rows("shard_tokens.sql")}
    entries = {row["tokenizer_id"]: row["entries"] for row in tables.own("vocabularies.sql")}
    made_from = {row["tokenizer_id"]: row["snapshot_id"] for row in packed}
    trained = current.latest(tables.workspace, tables.recipe, current.Vocabulary)
    if trained is not None:
        made_from[trained.tokenizer_id] = trained.snapshot_id
    for place, (tokenizer_id, snapshot_id) in enumerate(made_from.items()):
        size = counted(entries[tokenizer_id], "token") if tokenizer_id in entries else "no shards yet"
        yield f"v{place}({_label(f'vocabulary {short_id(tokenizer_id)}', size)})"
        yield from _below(snapshot_id, snapshots, f"v{place}")
    for row in packed:
        size = f"{short(tokens.get('train', 0))} tokens for training"
        yield f"shards({_label('shards', size)})"
        yield f"v{list(made_from).index(row['tokenizer_id'])} --> shards"
        yield from _below(row["snapshot_id"], snapshots, "shards")
    yield from _model(tables, snapshots)


def _model(tables: Tables, snapshots: Sequence[Row]) -> Iterator[str]:
    model = current.latest(tables.workspace, tables.recipe, current.Model)
    shards = current.latest(tables.workspace, tables.recipe, current.Shards)
    if model is None:
        return
    whole = tables.loss()
    loss = [f"{decimal(whole['nats_per_token'])} nats per token"] if whole else []
    yield f"model({_label('model', *loss)})"
    if shards is not None and shards.digest == model.shards_digest:
        yield "shards --> model"
    else:
        yield from _below(model.snapshot_id, snapshots, "model", "by shards since replaced")


def _below(snapshot_id: str, snapshots: Sequence[Row], node: str, how: str = "") -> Iterator[str]:
    """An edge from the snapshot that a node was made from; one that came back counts as its newest place."""
    places = {row["snapshot_id"]: f"s{row['sequence']}" for row in snapshots}
    above = places.get(snapshot_id, "older" if snapshots[0]["parent_id"] is not None else "")
    if above:
        yield f"{above} -->{f'|{_label(how)}|' if how else ''} {node}"


def _label(*lines: str) -> str:
    """Lines of foreign text as one quoted label, in which nothing is left that Mermaid or HTML could read."""
    return '"' + "<br/>".join(_SPECIAL.sub(lambda match: f"#{ord(match[0])};", plain(line)) for line in lines) + '"'
