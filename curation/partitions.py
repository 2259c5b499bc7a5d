"""Stages over partitions: captures to documents, documents to signals, signals to decisions.

Rows leave in the order in which they came, one for each that came. Whatever goes wrong inside one document is
recorded on its row and never costs another document.
"""

import logging
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from curation.clean import clean, clean_title
from curation.clean.boilerplate import NOTHING, Recurring
from curation.clean.licence_header import header_licence
from curation.clean.recurring import read_recurring
from curation.decisions import Decision, Reason, Stage, Verdict, judge
from curation.document import Captured, Dropped, Extracted, Failed
from curation.domains import Domain
from curation.extract import extract
from curation.policies import Policies
from curation.signals import score
from curation.switches import ALL_ON, CleaningSwitches
from warehouse.digests import sha256_bytes
from warehouse.tables import CAPTURES, DECISIONS, DOCUMENTS, SIGNALS, read_table, write_table

EXTRACTED = "extracted"
ROWS_AT_A_TIME = 64

Row = dict[str, Any]

_LOG = logging.getLogger(__name__)


def extract_partition(captures: Path, out: Path) -> int:
    """Writes the documents table with raw text for a captures table; returns its rows."""
    return write_table(out, (_guarded(_extracted, row, _document(row)) for row in _rows(captures, CAPTURES.names)), DOCUMENTS)


@dataclass(frozen=True)
class Cleaning:
    """How the documents of a source are cleaned: the switches of its domain, and the file of the lines that recur in it."""

    domain: Domain
    switches: CleaningSwitches = ALL_ON
    recurring: Path | None = None

    def __call__(self, extracted: Path, out: Path) -> int:
        """Writes the documents table with cleaned texts and titles; a text of which nothing is left is dropped as empty."""
        recurring = read_recurring(self.recurring, self.domain) if self.recurring else NOTHING
        rows = (_titled(row, self.switches) for row in _rows(extracted, DOCUMENTS.names))
        return write_table(out, (_guarded(lambda row: _cleaned(row, self.switches, recurring), row, row) for row in rows), DOCUMENTS)


def score_partition(documents: Path, out: Path) -> int:
    """Writes the signals of every document that has a text; all null where measuring it went wrong."""
    rows = _rows(documents, ["doc_id", "source", "domain", "native_id", "extractor", "text", "verdict"])
    return write_table(out, (_guarded_score(row) for row in rows if row["verdict"] == EXTRACTED), SIGNALS)


def unextracted_partition(captures: Path, detail: str, out: Path) -> int:
    """Writes what `extract_partition` would, with every document failed for a reason that lies outside of it."""
    rows = (_without_text(_document(row), Verdict.FAILED, Reason.EXTRACTION_FAILED, detail) for row in _rows(captures, CAPTURES.names))
    return write_table(out, rows, DOCUMENTS)


def uncleaned_partition(extracted: Path, detail: str, out: Path) -> int:
    """Writes what `Cleaning` would, with every text failed for a reason that lies outside of it."""
    rows = (_failed_text(row, detail) for row in _rows(extracted, DOCUMENTS.names))
    return write_table(out, rows, DOCUMENTS)


def unscored_partition(documents: Path, detail: str, out: Path) -> int:
    """Writes what `score_partition` would, with nothing measured, which the judge records as a failure."""
    _LOG.error("%s: %s", documents, detail)
    rows = _rows(documents, ["doc_id", "source", "domain", "verdict"])
    return write_table(out, (_unmeasured(row) for row in rows if row["verdict"] == EXTRACTED), SIGNALS)


def judge_partition(documents: Path, signals: Path, policies: Policies, out: Path) -> int:
    """Writes the decisions of extraction and quality; every document has exactly one decisive row among them."""
    by_id = {row["doc_id"]: row for row in read_table(signals).to_pylist()}
    columns = ["doc_id", "source", "domain", "extractor", "verdict", "reason", "value", "threshold", "detail"]
    decided = ((row, decision) for row in _rows(documents, columns) for decision in _decisions(row, by_id.get(row["doc_id"]), policies))
    return write_table(out, (_decision_row(row, decision) for row, decision in decided), DECISIONS)


def _rows(path: Path, columns: list[str]) -> Iterator[Row]:
    """Rows of a partition, a few at a time, so that contents do not all become Python objects at once."""
    with pq.ParquetFile(path) as partition:
        for batch in partition.iter_batches(batch_size=ROWS_AT_A_TIME, columns=columns):
            yield from batch.to_pylist()


def _guarded(step: Callable[[Row], Row], row: Row, document: Row) -> Row:
    """The result of a step, or the document with what went wrong. Here any exception is caught, for one document."""
    try:
        return step(row)
    except Dropped as dropped:
        measure = {"value": dropped.value, "threshold": dropped.threshold}
        return _without_text({**document, **measure}, Verdict.DROPPED, dropped.reason, dropped.detail)
    except Failed as failed:
        return _without_text(document, Verdict.FAILED, failed.reason, failed.detail)
    except Exception as error:  # noqa: BLE001  (recorded with its type, and the partition goes on)
        detail = f"{type(error).__name__}: {error}"[:500]
        return _without_text(document, Verdict.FAILED, Reason.EXTRACTION_FAILED, detail)


def _document(capture: Row) -> Row:
    """A document row without a text yet."""
    carried = ("source", "domain", "uri", "native_id", "revision", "title", "licence")
    return {
        "doc_id": capture["capture_id"],
        **{name: capture[name] for name in carried},
        **dict.fromkeys(name for name in DOCUMENTS.names if name not in ("doc_id", *carried)),
    }


def _without_text(document: Row, verdict: Verdict, reason: Reason, detail: str) -> Row:
    empty = dict.fromkeys(("text", "text_sha256", "characters", "bytes"))
    return {**document, **empty, "verdict": str(verdict), "reason": str(reason), "detail": _storable(detail)}


def _with_text(document: Row, text: str) -> Row:
    encoded = text.encode()
    return {
        **document,
        "text": text,
        "text_sha256": sha256_bytes(encoded),
        "characters": len(text),
        "bytes": len(encoded),
        "verdict": EXTRACTED,
    }


def _storable(text: str) -> str:
    """Text without halves of surrogate pairs, which UTF-8 cannot hold."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-8", "replace").decode()
    return text


def _extracted(capture: Row) -> Row:
    if capture["gone"] is not None and capture["content"] is None:
        raise Dropped(Reason.GONE, capture["gone"])
    if capture["error"] is not None or capture["content"] is None:
        raise Failed(capture["error"] or "nothing was captured", Reason.CAPTURE_FAILED)
    found = _extract(capture)
    title = _storable(found.title) if found.title else None
    uses = [{**asdict(use), "name": _storable(use.name)} for use in found.templates]
    document = {
        **_document(capture),
        "title": capture["title"] or title,
        "extractor": found.extractor,
        "templates": uses,
        "cleaners": [],
        "edits": [],
    }
    return _with_text(document, _storable(found.text))


def _extract(capture: Row) -> Extracted:
    return extract(
        Captured(
            content=capture["content"],
            media_type=capture["media_type"] or "",
            charset=capture["charset"],
            native_id=capture["native_id"],
            uri=capture["uri"],
            title=capture["title"],
            domain=Domain(capture["domain"]),
        )
    )


def _titled(document: Row, switches: CleaningSwitches) -> Row:
    """The document with its title cleaned, whatever becomes of its text."""
    return {**document, "title": clean_title(document["title"], switches) or None} if document["title"] else document


def _cleaned(document: Row, switches: CleaningSwitches, recurring: Recurring) -> Row:
    if document["verdict"] != EXTRACTED:
        return document
    made = clean(document["text"], Domain(document["domain"]), switches, recurring)
    if not made.text.strip():
        raise Dropped(Reason.EMPTY, "nothing was left after cleaning")
    licence = header_licence(document["text"]) if "licence_header" in made.cleaners else None
    cleaned = {"cleaners": list(made.cleaners), "edits": [step.row() for step in made.steps], "licence": licence or document["licence"]}
    return _with_text({**document, **cleaned}, made.text)


def _guarded_score(document: Row) -> Row:
    """The signals of a document, or a row of nulls, which the judge records as a failure."""
    try:
        return _scored(document)
    except Exception:  # noqa: BLE001  (logged, and judged as a failure)
        _LOG.exception("document %s could not be measured", document["doc_id"])
        return _unmeasured(document)


def _unmeasured(document: Row) -> Row:
    return {**dict.fromkeys(SIGNALS.names), **{name: document[name] for name in ("doc_id", "source", "domain")}}


def _failed_text(document: Row, detail: str) -> Row:
    if document["verdict"] != EXTRACTED:
        return document
    return _without_text(document, Verdict.FAILED, Reason.EXTRACTION_FAILED, detail)


def _scored(document: Row) -> Row:
    signals = score(document["text"], Domain(document["domain"]), document["native_id"], document["extractor"])
    return {"doc_id": document["doc_id"], "source": document["source"], "domain": document["domain"], **signals}


def _decisions(document: Row, signals: Row | None, policies: Policies) -> list[Decision]:
    if document["verdict"] != EXTRACTED:
        verdict, reason = Verdict(document["verdict"]), Reason(document["reason"])
        return [Decision(Stage.EXTRACT, verdict, reason, document["value"], document["threshold"], document["detail"])]
    if signals is None or signals["characters"] is None:
        return [Decision(Stage.QUALITY, Verdict.FAILED, Reason.SCORING_FAILED, detail="the text could not be measured")]
    return judge(signals, policies.judging(Domain(document["domain"]), document["extractor"]))


def _decision_row(document: Row, decision: Decision) -> Row:
    return {
        "doc_id": document["doc_id"],
        "source": document["source"],
        "domain": document["domain"],
        "stage": str(decision.stage),
        "verdict": str(decision.verdict),
        "reason": None if decision.reason is None else str(decision.reason),
        "value": decision.value,
        "threshold": decision.threshold,
        "detail": decision.detail,
        "decisive": decision.decisive,
    }
