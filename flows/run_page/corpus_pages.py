"""Pages about the corpus: what was kept, what the mix took, how far the vocabulary compresses."""

from collections import defaultdict
from collections.abc import Sequence

from curation.decisions import Reason
from flows.report.charts import Step
from flows.report.corpus_figures import total
from flows.report.formats import count, counted, decimal, share
from flows.report.reader import Row
from flows.run_page import pictures
from flows.run_page.tables import Tables
from flows.run_page.words import Column, Page, absent, asked, folded, inert, page, table
from warehouse.layout import Workspace

REASONS = 8
"""Reasons that are drawn of their own; the others are drawn together and listed below the picture."""

_EXPLANATIONS = {str(reason): reason.explanation for reason in Reason}


def ledger(workspace: Workspace, recipe: str) -> Page:
    """From captured to kept: what each reason took away, and the account of every source."""
    tables = Tables(workspace, recipe)
    accounts = tables.rows("ledger_rows.sql")
    if not accounts:
        return absent("captures", recipe, "curate")
    reasons, whole = tables.own("losses_by_reason.sql"), total(accounts)
    names = ["captured", "kept", "dropped", "failed", *(["pending"] if whole["pending"] else [])]
    rows = [[inert(row["source"]), row["domain"] or "", *(count(row[name]) for name in names)] for row in [*accounts, whole]]
    words = f"**{count(whole['kept'])} of {counted(whole['captured'], 'document')} kept**, {count(whole['dropped'])} dropped, "
    words += f"{count(whole['failed'])} failed" + (f", {count(whole['pending'])} not decided yet" if whole["pending"] else "")
    return page(
        words,
        pictures.ledger(waterfall(accounts, reasons)).markdown,
        table([Column("source", False), Column("domain", False), *map(Column, names)], rows),
        _reasons(reasons),
        asked(f"select * from ledger where recipe = '{recipe}'", f"select * from drop_reasons where recipe = '{recipe}'"),
    )


def waterfall(accounts: Sequence[Row], reasons: Sequence[Row]) -> list[Step]:
    """Captured; what each of the commonest reasons took, in the order of the stages; failed, pending, kept."""
    lost: dict[tuple[int, str], dict[str, int]] = defaultdict(lambda: defaultdict(int))
    for row in reasons:
        if row["verdict"] == "dropped":
            lost[row["place"], row["reason"]][row["domain"]] += row["documents"]
    weight = {why: sum(domains.values()) for why, domains in lost.items()}
    common = sorted(lost, key=lambda why: -weight[why])
    common = common if len(common) <= REASONS + 1 else common[:REASONS]
    rest: dict[str, int] = defaultdict(int)
    for why in lost.keys() - set(common):
        for domain, documents in lost[why].items():
            rest[domain] += documents
    order = sorted(common, key=lambda why: (why[0], -weight[why]))
    steps = [Step(reason, dict(lost[place, reason])) for place, reason in order]
    steps += [Step("other reasons", dict(rest))] if rest else []
    steps += [Step("failed", _sums(accounts, "failed"))]
    pending = _sums(accounts, "pending")
    steps += [Step("not decided yet", pending)] if any(pending.values()) else []
    return [Step("captured", _sums(accounts, "captured"), total=True), *steps, Step("kept", _sums(accounts, "kept"), total=True)]


def balance(workspace: Workspace, recipe: str, left_out: str = "") -> Page:
    """What each domain had at hand for training, was asked for and gave. `left_out` says what the mix had no use for."""
    rows = Tables(workspace, recipe).rows("mix_rows.sql")
    if not rows:
        return absent("mix", recipe, "curate")
    drawn = [pictures.Balance(row["domain"], row["available_characters"], row["asked_characters"], row["taken_characters"]) for row in rows]
    missed = [row["domain"] for row in rows if row["shortfall_characters"] > 0.01 * row["asked_characters"]]
    words = f"**{pictures.short(sum(row['taken_characters'] for row in rows))} characters** for training"
    figures = [
        [
            row["domain"],
            count(row["available_characters"]),
            count(row["taken_characters"]),
            decimal(row["repetitions"]),
            share(row["asked_share"]),
            share(row["taken_share"]),
        ]
        for row in rows
    ]
    names = ("at hand", "taken", "times", "asked share", "taken share")
    reasons = "\n".join(f"- {row['domain']}: {inert(row['why'])}" for row in rows if row["why"])
    return page(
        words + (f"; less than asked for of {', '.join(missed)}" if missed else ""),
        pictures.balance(drawn).markdown,
        table([Column("domain", False), *map(Column, names)], figures),
        reasons,
        f"{left_out}." if left_out else "",
        asked(f"select * from mix where recipe = '{recipe}'"),
    )


def compression(workspace: Workspace, recipe: str) -> Page:
    """Bytes and characters per token on validation text, which the vocabulary has not seen."""
    tables = Tables(workspace, recipe)
    rows = tables.current("held_out_compression.sql")
    if not rows:
        packed = {row["snapshot_id"] for row in tables.own("shards_of.sql")} - {tables.snapshot}
        return absent("shards of the current snapshot" if packed else "shards", recipe, "write-shards")
    whole: Row = {name: sum(row[name] for row in rows) for name in ("documents", "characters", "bytes", "tokens")}
    every = [*rows, {"domain": "all", **whole}]
    drawn = [pictures.Rated(row["domain"], row["bytes"] / row["tokens"], {}) for row in every]
    figures = [
        [
            row["domain"],
            *(count(row[name]) for name in ("documents", "bytes", "tokens")),
            decimal(row["bytes"] / row["tokens"]),
            decimal(row["characters"] / row["tokens"]),
        ]
        for row in every
    ]
    names = ("documents", "bytes", "tokens", "bytes per token", "characters per token")
    return page(
        f"**{decimal(whole['bytes'] / whole['tokens'])} bytes per token** on validation text; more is fewer tokens for the same text",
        pictures.rated("bytes per token, validation text", drawn, 2).markdown,
        table([Column("domain", False), *map(Column, names)], figures),
        asked(f"select * from compression where recipe = '{recipe}' and split = 'val'"),
    )


def _reasons(rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    sums: dict[tuple[str, str, str], int] = defaultdict(int)
    for row in rows:
        sums[row["stage"], row["verdict"], row["reason"]] += row["documents"]
    ordered = sorted(sums.items(), key=lambda entry: (-entry[1], entry[0]))
    lines = [
        [f"`{reason}`", stage, verdict, count(documents), inert(_EXPLANATIONS.get(reason, ""))]
        for (stage, verdict, reason), documents in ordered
    ]
    columns = [Column("reason", False), Column("stage", False), Column("verdict", False), Column("documents"), Column("", False)]
    return folded(f"Every reason ({len(lines)})", table(columns, lines))


def _sums(accounts: Sequence[Row], column: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for account in accounts:
        sums[account["domain"]] += account[column]
    return dict(sums)
