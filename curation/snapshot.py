"""Snapshots: an immutable version of a corpus, and the last decisions that led to it."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

from curation.decisions import Decision, Reason, Stage, Verdict
from curation.engine import open_engine
from curation.settings import DuplicateSettings
from warehouse.digests import digest
from warehouse.errors import LedgerError
from warehouse.tables import DECISIONS, SNAPSHOTS, write_table

ID_LENGTH = 16

_REASONS = {"exact": Reason.EXACT_DUPLICATE, "near": Reason.NEAR_DUPLICATE, "contained": Reason.CONTAINED}


def write_snapshot(documents: list[Path], splits: Path, taken: Path, out: Path) -> str:
    """Writes SNAPSHOTS, one row per document that is taken, sorted by doc_id, and returns the snapshot's id.

    The id is the digest of the rows: equal corpora have equal ids, whenever and wherever they were made.
    """
    with open_engine(Path(__file__).parent, out.parent) as engine:
        rows = engine.table("snapshot_rows.sql", documents=documents, splits=splits, taken=taken).to_pylist()
    snapshot_id = digest([digest(row) for row in rows])[:ID_LENGTH]
    write_table(out, [{"snapshot_id": snapshot_id, **row} for row in rows], SNAPSHOTS)
    return snapshot_id


def late_decisions(decisions: list[Path], duplicates: Path, taken: Path, settings: DuplicateSettings, out: Path) -> int:
    """Writes the DECISIONS of the stages duplicates and balance for every document that passed all earlier stages.

    Returns the number of rows. Raises LedgerError where a document is neither a duplicate nor in TAKEN.
    """
    with open_engine(Path(__file__).parent, out.parent) as engine:
        fates = engine.table("late_decisions.sql", decisions=decisions, duplicates=duplicates, taken=taken).to_pylist()
    rows = [_row(fate, decision) for fate in fates for decision in _decide(fate, settings)]
    return write_table(out, rows, DECISIONS)


def _decide(fate: dict[str, Any], settings: DuplicateSettings) -> Iterator[Decision]:
    if fate["kind"] is not None:
        yield _duplicate(fate, settings)
        return
    if fate["repetitions"] is None:
        raise LedgerError(
            f"document {fate['doc_id']} of source {fate['source']} passed the quality stage, but is neither "
            "a duplicate nor in the mix: a stage lost it. Build again."
        )
    yield Decision(Stage.DUPLICATES, Verdict.KEPT)
    if fate["repetitions"]:
        yield Decision(Stage.BALANCE, Verdict.KEPT, value=float(fate["repetitions"]))
    else:
        yield Decision(Stage.BALANCE, Verdict.DROPPED, Reason.OVER_SHARE, 0.0, detail="not needed for its domain's share")


def _duplicate(fate: dict[str, Any], settings: DuplicateSettings) -> Decision:
    """The measure that decided, its threshold, and the document that was kept instead."""
    value, threshold = {
        "exact": (1.0, 1.0),
        "near": (fate["jaccard"], settings.jaccard),
        "contained": (fate["containment"], settings.containment),
    }[fate["kind"]]
    return Decision(Stage.DUPLICATES, Verdict.DROPPED, _REASONS[fate["kind"]], value, threshold, fate["other_id"])


def _row(fate: dict[str, Any], decision: Decision) -> dict[str, Any]:
    return {"doc_id": fate["doc_id"], "source": fate["source"], "domain": fate["domain"], **vars(decision)}
