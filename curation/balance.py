"""Balance: how much of each domain the training text holds, and how often each document is taken.

Shares are of characters. What is asked for is computed here, since it is arithmetic on five numbers; documents are taken
in SQL (balance.sql). Repeating text up to four times is worth nearly as much as fresh text (Muennighoff et al. 2023,
arXiv 2305.16264), hence the default limit.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa

from curation.engine import Engine, open_engine
from curation.settings import MixSettings
from warehouse.errors import MixError
from warehouse.tables import MIX, read_table, write_table

TAKEN = pa.schema([("doc_id", pa.string()), ("split", pa.string()), ("repetitions", pa.int64())])
"""Every document that has a split, and how often it is taken; 0 where it is not."""

_QUOTAS = pa.schema([("domain", pa.string()), ("repetitions", pa.float64())])


@dataclass(frozen=True)
class Quota:
    """What a mix asks of one domain."""

    domain: str
    share: float
    asked: int  # characters
    available: int  # characters
    documents: int
    limit: float  # most repetitions

    @property
    def repetitions(self) -> float:
        """Mean number of times that a character is to be taken."""
        return min(self.asked / self.available, self.limit) if self.available else 0.0


def balance(splits: Path, settings: MixSettings, out_mix: Path, out_taken: Path) -> None:
    """Writes the MIX receipt per domain and TAKEN per document.

    Raises MixError where a domain is asked for that has no training text.
    """
    with open_engine(Path(__file__).parent, out_taken.parent) as engine:
        available = {row["domain"]: row for row in engine.table("balance_available.sql", splits=splits).to_pylist()}
        quotas = _quotas(available, settings)
        engine.register({"quotas": _quota_table(quotas)})
        write_table(out_taken, engine.table("balance.sql", splits=splits), TAKEN)
        write_table(out_mix, list(_receipt(engine, quotas, splits, out_taken)), MIX)


def left_out(mix: Path, settings: MixSettings) -> str:
    """How many documents a mix had no use for, which of its settings that comes from and what to do about it, for the person who
    asked; empty where it took all of them. `mix` is the receipt that `balance` wrote.
    """
    rows = [row for row in read_table(mix).to_pylist() if row["available_documents"]]
    count = sum(row["available_documents"] - row["taken_documents"] for row in rows)
    unasked = [row["domain"] for row in rows if not row["asked_characters"]]
    cut = [row["domain"] for row in rows if row["asked_characters"] and row["taken_documents"] < row["available_documents"]]
    reasons = [_cut(rows, " and ".join(cut), settings)] if cut else []
    reasons += [f"the mix asks for none of {' and '.join(unasked)}: give it a share, or leave its sources out"] if unasked else []
    noun = "document" if count == 1 else "documents"
    return f"{count:,} {noun} dropped (over_share): {'; '.join(reasons)}" if count else ""


def _cut(rows: list[dict[str, Any]], cut: str, settings: MixSettings) -> str:
    """Why there is more text of some domains than a mix has room for."""
    has_shares = any(settings.shares.model_dump().values())
    if settings.characters:
        shares = {row["domain"]: row["asked_share"] for row in rows}
        available = {row["domain"]: row["available_characters"] for row in rows}
        unbound = _largest_total(shares, available, settings.max_repetitions, has_shares)
        instead = f", or set it to 0 for {unbound:,}" if unbound > settings.characters else ""
        return f"`characters` binds: a mix of {settings.characters:,} has no room for more {cut}; raise it{instead}"
    if not has_shares:
        return f"`temperature` binds: at {settings.temperature:g} small domains are lifted at the cost of {cut}; at 1 there is room for all"
    least = max(rows, key=lambda row: (row["asked_characters"] / row["available_characters"], row["domain"]))
    limit, domain = settings.max_repetitions, least["domain"]
    there_is = f"{least['available_characters']:,} characters" + (f" {limit:g} times over" if limit > 1 else "")
    why = f"all of its {there_is} are the {least['asked_share']:.1%} that the mix asks of it, and there is no room for more {cut}"
    return f"domain {domain} binds: {why}; add text to {domain}, lower its share, or raise `max_repetitions`"


def _quotas(available: dict[str, dict[str, Any]], settings: MixSettings) -> list[Quota]:
    asked = {domain: share for domain, share in settings.shares.model_dump().items() if share > 0}
    _require_text(asked, available)
    characters = {domain: row["characters"] for domain, row in available.items()}
    weights = asked or {domain: count**settings.temperature for domain, count in characters.items()}
    total_weight = math.fsum(weights.values())
    shares = {domain: weights.get(domain, 0.0) / total_weight for domain in characters}
    total = settings.characters or _largest_total(shares, characters, settings.max_repetitions, bool(asked))
    return [
        Quota(domain, share, round(share * total), row["characters"], row["documents"], settings.max_repetitions)
        for domain, share in shares.items()
        for row in (available[domain],)
    ]


def _largest_total(shares: dict[str, float], characters: dict[str, int], limit: float, asked: bool) -> int:
    """All text where no shares are asked for, else the most text at which no domain repeats above the limit."""
    if not asked:
        return sum(characters.values())
    return math.floor(min(characters[domain] * limit / share for domain, share in shares.items() if share))


def _require_text(asked: dict[str, float], available: dict[str, dict[str, Any]]) -> None:
    missing = sorted(set(asked) - set(available))
    if missing:
        there = ", ".join(f"{name} ({row['characters']:,} characters)" for name, row in sorted(available.items()))
        raise MixError(
            f"the mix asks for {' and '.join(missing)}, of which no training text was kept. There is {there or 'none'}. "
            f"Add a source of {' and '.join(missing)}, loosen its policy, or set its share to 0; "
            '`berry sql "select * from drop_reasons"`, with the --home of this run, tells what became of what there was.'
        )


def _quota_table(quotas: list[Quota]) -> pa.Table:
    rows = [{"domain": quota.domain, "repetitions": quota.repetitions} for quota in quotas]
    return pa.Table.from_pylist(rows, schema=_QUOTAS)


def _receipt(engine: Engine, quotas: list[Quota], splits: Path, taken: Path) -> Iterator[dict[str, Any]]:
    rows = engine.table("balance_receipt.sql", splits=splits, taken=taken).to_pylist()
    taken_of = {row["domain"]: row for row in rows}
    total = sum(row["characters"] for row in rows)
    for quota in quotas:
        row = taken_of[quota.domain]
        yield {
            "domain": quota.domain,
            "asked_share": quota.share,
            "asked_characters": quota.asked,
            "available_characters": quota.available,
            "available_documents": quota.documents,
            "repetitions": row["characters"] / quota.available,
            "taken_characters": row["characters"],
            "taken_documents": row["documents"],
            "taken_share": row["characters"] / total if total else 0.0,
            "shortfall_characters": max(quota.asked - row["characters"], 0),
            "why": _why(quota),
        }


def _why(quota: Quota) -> str:
    """One sentence for the person who asked for the mix."""
    needed = quota.asked / quota.available
    if not quota.asked:
        return "The mix asks for none of it."
    if needed > quota.limit * (1 + 1e-6):
        return (
            f"{quota.asked:,} characters would need {needed:.2f} repetitions of {quota.available:,}; "
            f"the limit is {quota.limit:g}, so less was taken."
        )
    if math.isclose(needed, quota.limit, rel_tol=1e-6) and quota.limit > 1:
        return f"Repeated {quota.limit:g} times, the limit: there is no more of it."
    if needed > 1:
        return f"There are {quota.available:,} characters, so each is repeated {needed:.2f} times on average."
    if needed < 1:
        return f"{needed:.1%} of the {quota.available:,} characters is enough."
    return "All of it, once."
