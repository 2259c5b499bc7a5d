"""What `berry why` prints: one block of lines for each document, which a terminal of 80 columns shows whole."""

import textwrap
from itertools import groupby
from typing import Any

from curation.decisions import Reason
from flows.report.formats import counted
from warehouse.console import Answer, shown

WIDTH = 100
"""Columns of a line at most; a longer address stays in one piece, so that it can be copied."""

_EXPLANATIONS = {str(reason): reason.explanation for reason in Reason}

Row = dict[str, Any]


def blocks(answer: Answer, width: int = WIDTH) -> str:
    """An answer of the macro `why`: what became of each document, at which stage, by which figures, and what cleaning did."""
    rows = [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]
    documents = [_block(list(group), width) for _, group in groupby(rows, key=lambda row: (row["recipe"], row["doc_id"]))]
    return "\n\n".join([*documents, counted(len(documents), "document")])


def _block(rows: list[Row], width: int) -> str:
    first = rows[0]
    passed = [row["stage"] for row in rows if row["verdict"] == "kept"]
    against = [row for row in rows if row["verdict"] != "kept"]
    lines = [shown(first["uri"]), f"  recipe {shown(first['recipe'])}, document {first['doc_id']}"]
    if first["outcome"] in ("kept", "pending"):
        lines.append(f"  {first['outcome']}")
    for row in against:
        head = f"{row['outcome']} at {row['stage']}: " if row is against[0] else "also: "
        lines += _wrapped(head + _verdict(row), "  ", width)
        lines += [line for sentence in _details(row) for line in _wrapped(sentence, "    ", width)]
    if passed:
        lines += _wrapped(f"passed {', '.join(passed)}{_times(rows[-1])}", "  ", width)
    if first["cleaning"]:
        lines += _wrapped(f"edits of cleaning: {first['cleaning'].replace(': ', ' ').replace(';', ',')}", "  ", width)
    return "\n".join(lines)


def _verdict(row: Row) -> str:
    if row["value"] is None or row["threshold"] is None:
        return row["reason"] or "no reason given"
    return f"{row['reason']}, {shown(row['value'])} against {shown(row['threshold'])}"


def _details(row: Row) -> list[str]:
    detail = f"kept instead: {shown(row['kept_instead'])}" if row["kept_instead"] else shown(row["detail"])
    explanation = _EXPLANATIONS.get(row["reason"], "")
    return [part for part in ("" if explanation in detail else explanation, detail) if part]


def _times(last: Row) -> str:
    times = last["value"] if last["stage"] == "balance" else None
    return f"; {shown(times)} times in the training text" if times is not None and times > 1 else ""


def _wrapped(text: str, indent: str, width: int) -> list[str]:
    return textwrap.wrap(
        text, width, initial_indent=indent, subsequent_indent=indent + "  ", break_long_words=False, break_on_hyphens=False
    )
