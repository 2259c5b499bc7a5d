"""The headline: what a colleague should know after ten seconds."""

from collections.abc import Mapping

from flows.report.corpus_figures import Facts
from flows.report.reader import Reader, Row
from flows.report.training_figures import HEADLINE_MODELS


def headline(reader: Reader, sections: Mapping[str, Facts | None]) -> Facts:
    """Documents, characters, tokens, compression and loss, from the sections' facts; None for what is not there yet."""
    parts = reader.current("snapshot_documents.sql")
    return {
        "recipe": reader.recipe,
        "snapshot": reader.snapshot or None,
        "ledger": _total(sections["ledger"]),
        "characters": sum(part["characters"] for part in parts) if parts else None,
        "tokens": {row["split"]: row["tokens"] for row in reader.rows("shard_tokens.sql")},
        "packed": _total(sections["compression"]),
        "losses": _losses(sections["losses"]),
    }


def _total(facts: Facts | None) -> Row | None:
    return facts["total"] if facts else None


def _losses(facts: Facts | None) -> list[Row]:
    groups = facts["groups"] if facts else []
    return [row for group in groups if group["domain"] == "all" for row in group["rows"] if row["model"] in HEADLINE_MODELS]
