"""Figures of the corpus: the ledger, the reasons, the mix, the duplicates and the compression, each None where absent."""

from collections import defaultdict
from collections.abc import Iterable
from itertools import groupby
from typing import Any

from curation.decisions import Reason
from flows.report.charts import Step, bar, pair, waterfall
from flows.report.reader import Reader, Row, domain_order

Facts = dict[str, Any]

CLUSTERS = 12
"""Clusters of duplicates that are shown, the largest ones."""

MEMBERS = 24
"""Members shown of one cluster."""

REASONS = 5
"""Reasons shown of each domain before the rest is folded away."""

EXAMPLES = 3
"""Documents shown of each reason, all but the first folded away."""

_EXPLANATIONS = {str(reason): reason.explanation for reason in Reason}

_LOSSES = (
    ("failed", "failed"),
    ("extract", "dropped at extract"),
    ("quality", "dropped by quality"),
    ("duplicates", "duplicates"),
    ("balance", "over the mix"),
    ("pending", "not decided yet"),
)


def ledger(reader: Reader) -> Facts | None:
    """The waterfall from captured to kept, and each source's account with whether it adds up."""
    accounts = reader.rows("ledger_rows.sql")
    if not accounts:
        return None
    steps = waterfall_steps(reader.rows("losses_by_step.sql"))
    most = max(account["captured"] for account in accounts)
    return {
        "steps": steps,
        "domains": list(steps[0].parts),
        "chart": waterfall("Documents from captured to kept", steps),
        "accounts": [_account(account, most) for account in accounts],
        "total": _account(total(accounts), 0),
        "agrees": steps[-1].parts == _by_domain(accounts, "kept"),
    }


def waterfall_steps(losses: Iterable[Row]) -> list[Step]:
    """Captured, every loss, and what they leave; documents on which a stage is still to decide are a step of their own."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for row in losses:
        found[row["step"]][row["domain"]] = row["documents"]
    captured = found["captured"]
    steps = [Step(name, found[step]) for step, name in _LOSSES if found[step] or step != "pending"]
    left = {domain: documents - sum(step.parts.get(domain, 0) for step in steps) for domain, documents in captured.items()}
    return [Step("captured", captured, total=True), *steps, Step("kept", left, total=True)]


def total(accounts: list[Row]) -> Row:
    """The account of all sources together."""
    columns = ("captured", "kept", "dropped", "failed", "pending")
    return {"source": "all sources", "domain": None, **{name: sum(account[name] for account in accounts) for name in columns}}


def reasons(reader: Reader) -> Facts | None:
    """Why documents were dropped or failed, by domain, the commonest reason first."""
    rows = reader.rows("reasons.sql", EXAMPLES)
    if not rows:
        return None
    most = max(row["documents"] for row in rows)
    groups = []
    for domain, members in groupby(rows, key=lambda row: row["domain"]):
        told = [{**row, "why": _EXPLANATIONS.get(row["reason"], ""), "bar": bar(row["documents"], domain, most)} for row in members]
        groups.append(
            {"domain": domain, "documents": sum(row["documents"] for row in told), "shown": told[:REASONS], "folded": told[REASONS:]}
        )
    return {"groups": groups}


def cleaning(reader: Reader) -> Facts | None:
    """What cleaning did to the text of each domain, by cleaner, the one that changed most documents first."""
    texts = reader.rows("text_rows.sql")
    if not texts:
        return None
    done: dict[str, list[Row]] = defaultdict(list)
    rows = reader.rows("cleaning_rows.sql")
    most = max((row["documents"] for row in rows), default=0)
    for row in rows:
        done[row["domain"]].append({**row, "bar": bar(row["documents"], row["domain"], most)})
    return {"groups": [{**text, "cleaners": done[text["domain"]]} for text in texts]}


def mix(reader: Reader) -> Facts | None:
    """Text and documents per domain before and after balance, with what was asked, taken, repeated and missed."""
    rows = reader.rows("mix_rows.sql")
    if not rows:
        return None
    characters = max(max(row["available_characters"], row["taken_characters"]) for row in rows)
    documents = max(max(row["available_documents"], row["taken_documents"]) for row in rows)
    for row in rows:
        row["characters"] = pair(row["available_characters"], row["taken_characters"], row["domain"], characters)
        row["documents"] = pair(row["available_documents"], row["taken_documents"], row["domain"], documents)
    names = ("available_characters", "available_documents", "taken_characters", "taken_documents", "shortfall_characters")
    return {"rows": rows, "total": {name: sum(row[name] for row in rows) for name in names}}


def clusters(reader: Reader) -> Facts | None:
    """The largest clusters of duplicates: what was kept, and what was dropped for being like it."""
    rows = reader.rows("largest_clusters.sql", CLUSTERS, MEMBERS)
    if not rows:
        return None
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["cluster_id"]].append(row)
    found = [{**members[0], "members": members, "left_out": members[0]["documents"] - 1 - len(members)} for members in grouped.values()]
    found.sort(key=lambda cluster: (-cluster["documents"], cluster["cluster_id"]))
    return {"clusters": found}


def compression(reader: Reader) -> Facts | None:
    """Characters and bytes per token on held-out text, by domain and for the whole."""
    rows = reader.current("held_out_compression.sql")
    if not rows:
        return None
    measured = {row["domain"] for row in rows}
    absent = [row["domain"] for row in reader.current("snapshot_domains.sql") if row["domain"] not in measured]
    whole = {name: sum(row[name] for row in rows) for name in ("documents", "characters", "bytes", "tokens")}
    for row in [*rows, whole]:
        row["characters_per_token"] = row["characters"] / row["tokens"]
        row["bytes_per_token"] = row["bytes"] / row["tokens"]
    most = max(row["bytes_per_token"] for row in rows)
    for row in rows:
        row["bar"] = bar(row["bytes_per_token"], row["domain"], most)
    return {"rows": rows, "total": whole, "absent": absent}


def _account(account: Row, most: int) -> Row:
    balanced = account["captured"] == account["kept"] + account["dropped"] + account["failed"]
    shown = bar(account["kept"], account["domain"], most), bar(account["captured"], f"{account['domain']} pale", most)
    return {**account, "balanced": balanced, "kept_bar": shown[0], "captured_bar": shown[1]}


def _by_domain(accounts: Iterable[Row], column: str) -> dict[str, int]:
    sums: dict[str, int] = defaultdict(int)
    for account in accounts:
        sums[account["domain"]] += account[column]
    return {domain: sums[domain] for domain in sorted(sums, key=domain_order)}
