"""The headline: what a colleague should know after ten seconds."""

from flows.report.corpus_figures import Facts, compression, total
from flows.report.reader import Reader
from flows.report.training_figures import MODELS, whole_losses


def headline(reader: Reader) -> Facts:
    """Documents, characters, tokens, compression and loss of the recipe as it stands; None for what is not there yet."""
    accounts = reader.rows("ledger_rows.sql")
    parts = reader.current("snapshot_documents.sql")
    packed = compression(reader)
    return {
        "recipe": reader.recipe,
        "snapshot": reader.snapshot or None,
        "ledger": total(accounts) if accounts else None,
        "parts": parts,
        "characters": sum(part["characters"] for part in parts) if parts else None,
        "tokens": {row["split"]: row["tokens"] for row in reader.rows("shard_tokens.sql")},
        "packed": packed["total"] if packed else None,
        "losses": [row for row in whole_losses(reader) if row["model"] in MODELS],
    }
