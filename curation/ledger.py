"""The ledger: every captured document is kept, dropped or failed, and exactly one of them."""

from dataclasses import dataclass
from pathlib import Path

from curation.engine import open_engine
from warehouse.errors import LedgerError
from warehouse.tables import read_table

_DECISION = ["doc_id", "verdict", "decisive"]


@dataclass(frozen=True)
class Account:
    """Documents of one source by their last verdict."""

    source: str
    captured: int
    kept: int
    dropped: int
    failed: int


def kept_documents(decisions: list[Path]) -> set[str]:
    """Ids of the documents that have a decisive row, and none that is not `kept`."""
    table = read_table(decisions, columns=_DECISION)
    kept: set[str] = set()
    lost: set[str] = set()
    for doc_id, verdict, decisive in zip(*(table.column(name).to_pylist() for name in _DECISION), strict=True):
        if decisive:
            (kept if verdict == "kept" else lost).add(doc_id)
    return kept - lost


def check(captures: list[Path], decisions: list[Path], scratch: Path) -> list[Account]:
    """The account of every source, where captured = kept + dropped + failed holds for each.

    A document must have one decisive row at each stage up to the last stage that appears at all, or up to the stage
    that dropped or failed it. Raises LedgerError naming the source and up to three documents where it has not.
    """
    with open_engine(Path(__file__).parent, scratch) as engine:
        engine.run("ledger.sql", captures=captures, decisions=decisions)
        broken = engine.table("ledger_breaches.sql").to_pylist()
        if broken:
            first = broken[0]
            raise LedgerError(
                f"source {first['source']}: {first['documents']} documents are not accounted for exactly once "
                f"({first['problem']}), for example {', '.join(first['examples'])}. "
                "A stage lost or doubled them: run `berry verify`, then build again."
            )
        return [Account(**row) for row in engine.table("ledger_accounts.sql").to_pylist()]
