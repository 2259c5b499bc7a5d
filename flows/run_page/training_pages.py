"""Pages about the model: its loss while it is trained and after, its rivals, what it writes."""

from collections.abc import Mapping, Sequence
from itertools import groupby

from flows import current
from flows.report.formats import count, counted, decimal, excerpt
from flows.report.reader import Row
from flows.report.training_figures import MODELS, STRAWBERRY
from flows.run_page import curves, pictures
from flows.run_page.curves import Reading
from flows.run_page.lineage import short_id
from flows.run_page.tables import Tables
from flows.run_page.words import Column, Page, absent, asked, listing, page, quotation, table
from warehouse.layout import Workspace

SAMPLE_CHARACTERS = 1_500
"""Characters shown of a generated text."""

ROWS = 8
"""Evaluations that stand below the curve, evenly chosen, beside its last step."""

RIVALS = ("bigram", "unigram")
"""Models of word frequencies: what a trained model has to beat."""


def curve(recipe: str, readings: Sequence[Reading], total_steps: int, levels: Mapping[str, float]) -> Page:
    """The loss so far. `levels` are losses in nats per token to draw as dashed lines, where they are known."""
    if not readings:
        return absent("step of training", recipe, "train")
    last = readings[-1]
    watched = [at for at in readings if at.held_out is not None]
    words = f"step {count(last.step)} of {count(total_steps)}: **loss {decimal(last.loss, 3)}**"
    words += f", held out {decimal(watched[-1].held_out, 3)}" if watched else ""
    chosen = [watched[place * (len(watched) - 1) // max(1, ROWS - 1)] for place in range(ROWS)] if len(watched) > ROWS else watched
    shown = [(count(at.step), decimal(at.loss, 3), decimal(at.held_out, 3)) for at in [*chosen, last]]
    return page(
        words,
        curves.curve(readings, total_steps, levels).markdown,
        table([Column("step"), Column("loss"), Column("held-out loss")], dict.fromkeys(shown)),
        asked(f"select step, split, value from metrics where recipe = '{recipe}' and name = 'loss'")
        + ("" if last.step >= total_steps else ", once the training is through"),
    )


def trained_curve(workspace: Workspace, recipe: str) -> Page:
    """The loss of the trained model over all its steps, from the tables."""
    tables = Tables(workspace, recipe)
    held_out = {row["step"]: row["value"] for row in tables.rows("curve.sql", "loss", "val")}
    readings = [Reading(row["step"], row["value"], held_out.get(row["step"])) for row in tables.rows("curve.sql", "loss", "train")]
    return curve(recipe, readings, readings[-1].step if readings else 0, _levels(tables))


def known_levels(workspace: Workspace, recipe: str) -> dict[str, float]:
    """The rivals' losses in nats per token where they were measured on the current shards, by model; else nothing."""
    shards, model = current.latest(workspace, recipe, current.Shards), current.latest(workspace, recipe, current.Model)
    if shards is None or model is None or model.shards_digest != shards.digest:
        return {}
    return _levels(Tables(workspace, recipe))


def losses(workspace: Workspace, recipe: str) -> Page:
    """The model's loss on held-out text beside its rivals', by domain, in nats per token and bits per byte."""
    tables = Tables(workspace, recipe)
    rows = tables.rows("held_out_loss.sql")
    if not rows:
        return absent("trained model", recipe, "train")
    models = sorted({row["model"] for row in rows}, key=lambda model: (MODELS.index(model) if model in MODELS else len(MODELS), model))
    groups = {domain: {row["model"]: row for row in members} for domain, members in groupby(rows, key=lambda row: row["domain"])}
    drawn = [
        pictures.Rated(domain, group[STRAWBERRY]["bits_per_byte"], {name: group[name]["bits_per_byte"] for name in RIVALS if name in group})
        for domain, group in groups.items()
        if STRAWBERRY in group
    ]
    return page(
        _verdict(groups.get("all", {})),
        pictures.rated("bits per byte, held-out text; shorter is better", drawn, 3).markdown if drawn else "",
        "**Bits per byte**, which can be compared with any other model's:",
        _by_model(groups, models, "bits_per_byte"),
        "**Nats per token**, which depend on the vocabulary:",
        _by_model(groups, models, "nats_per_token"),
        _older(workspace, tables),
        asked(f"select model, domain, nats_per_token, bits_per_byte from baselines where recipe = '{recipe}' and split = 'val'"),
    )


def samples(workspace: Workspace, recipe: str) -> Page:
    """What the model wrote after the beginning of a held-out document, one text per domain."""
    tables = Tables(workspace, recipe)
    rows = tables.rows("sample_rows.sql")
    if not rows:
        return absent("samples", recipe, "train")
    parts = []
    for row in rows:
        form = listing if row["domain"] == "code" else quotation
        parts += [f"**{row['domain']}**", form(row["prompt"], excerpt(row["continuation"], SAMPLE_CHARACTERS))]
    return page(
        f"what the model wrote after the beginnings of {counted(len(rows), 'document')}",
        "Bold is the beginning of a held-out document; the rest was written by the model and is not edited.",
        *parts,
        _older(workspace, tables),
        asked(f"select domain, prompt, continuation from samples where recipe = '{recipe}'"),
    )


def _levels(tables: Tables) -> dict[str, float]:
    rows = tables.rows("held_out_loss.sql")
    return {row["model"]: row["nats_per_token"] for row in rows if row["domain"] == "all" and row["model"] in RIVALS}


def _older(workspace: Workspace, tables: Tables) -> str:
    model = current.latest(workspace, tables.recipe, current.Model)
    if model is None or model.snapshot_id == tables.snapshot:
        return ""
    return f"The model learned from snapshot `{short_id(model.snapshot_id)}`, which is no longer the current one."


def _verdict(whole: Mapping[str, Row]) -> str:
    if STRAWBERRY not in whole:
        return "losses on held-out text"
    own = whole[STRAWBERRY]
    words = f"**{decimal(own['nats_per_token'], 3)} nats per token**, {decimal(own['bits_per_byte'], 3)} bits per byte on held-out text"
    if "bigram" not in whole:
        return words
    gained = whole["bigram"]["nats_per_token"] - own["nats_per_token"]
    return f"{words}; {decimal(abs(gained), 3)} nats {'below' if gained >= 0 else 'above'} the bigram"


def _by_model(groups: Mapping[str, Mapping[str, Row]], models: Sequence[str], figure: str) -> str:
    rows = [[domain, *(decimal(group[name][figure], 3) if name in group else "–" for name in models)] for domain, group in groups.items()]
    return table([Column("domain", False), *(Column(name) for name in models)], rows)
