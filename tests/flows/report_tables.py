"""A small invented warehouse with something in every table, hostile text included, for tests of what reads it."""

import math
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from warehouse import tables
from warehouse.digests import digest, fraction
from warehouse.layout import Workspace

RECIPE = "saltmarrow"
SNAPSHOT = digest("snapshot")
HOSTILE = '<script>alert("x")</script><img src="https://evil.example/x.png" onerror=alert(1)>'
ODD = "bell\x00\x07\u202egnipeels\u202c \u05d0\u05d1\u05d2 \U0001f980\U0001f980 e" + "\u0301" * 40
SOURCES = {
    "saltmarrow-wiki": ("wiki", 420),
    "wikipedia": ("wiki", 180),
    "drift-letters": ("lore", 260),
    "lighthouse-talks": ("transcript", 96),
    "python-library": ("code", 310),
    "tide-papers": ("paper", 44),
}
REASONS = {
    "extract": ("redirect", "disambiguation", "listing", "empty"),
    "quality": ("too_short", "few_stop_words", "repeated_lines", "bullets", "language", "top_2gram", "long_lines", "comments"),
    "duplicates": ("near_duplicate", "exact_duplicate", "contained"),
    "balance": ("over_share",),
}


def write_corpus(workspace: Workspace, undecided: int = 0, textless: str = "") -> None:
    """Tables of a curated corpus that was never trained on; the last stage missed so many of its documents.

    No text could be had of the domain `textless`.
    """
    documents = [_document(source, domain, number) for source, (domain, size) in SOURCES.items() for number in range(size)]
    _write(workspace, "captures", [_capture(document) for document in documents])
    _write(
        workspace,
        "documents",
        [_text(document) | ({"characters": None} if document["domain"] == textless else {}) for document in documents],
    )
    decisions = [row for document in documents for row in _decisions(document)]
    missed = [row for row in decisions if row["stage"] == "balance"][:undecided]
    _write(workspace, "decisions", [row for row in decisions if row not in missed])
    _write(workspace, "duplicates", _duplicates(documents))
    _write(workspace, "mix", [_mix(domain) for domain in ("wiki", "lore", "transcript", "code", "paper")])
    _write(workspace, "snapshots", [_snapshot(document) for document in documents if document["fate"][0] == "kept"])
    lineage = {"parent_id": digest("parent"), "recipe_digest": digest("recipe"), "documents": 700, "characters": 5_200_000}
    older = {**lineage, "sequence": 1, "snapshot_id": digest("parent"), "parent_id": None}
    _write(workspace, "lineage", [older, {**lineage, "sequence": 2, "snapshot_id": SNAPSHOT}])


def write_vocabulary(workspace: Workspace, without: str = "") -> None:
    """Tables of a vocabulary and its shards; no text is held out of the domain `without`."""
    tokenizer = {"tokenizer_id": digest("tokenizer"), "snapshot_id": SNAPSHOT}
    facts = {"entries": 8192, "pattern": "o200k", "trained_characters": 4_650_000, "never_used": 126}
    _write(workspace, "tokenizers", [{**tokenizer, **facts}])
    packed = {"wiki": 3.56, "lore": 3.74, "transcript": 3.36, "code": 3.33, "paper": 2.94}
    rows = []
    for place, (domain, ratio) in enumerate(packed.items()):
        size = 90_000 - 14_000 * place
        amounts = {"documents": 12 - place, "characters": size - 900, "bytes": size, "tokens": round(size / ratio)}
        rows.append({**tokenizer, "domain": domain, "source": domain, "split": "val", **amounts})
    _write(workspace, "compression", [row for row in rows if row["domain"] != without])
    _write(workspace, "spans", [_span("train", 1_420_000), _span("val", 81_000), _span("test", 80_000)])


def write_training(workspace: Workspace, steps: int = 600) -> None:
    """Tables of a trained model, its rivals and its samples."""
    rows = [row for step in range(1, steps + 1) for row in _metrics(step, steps)]
    _write(workspace, "metrics", rows)
    shift = {"strawberry": 0.0, "strawberry with shuffled retention": 0.013, "bigram": 1.32, "unigram": 3.05}
    levels = {"all": 3.79, "wiki": 3.71, "lore": 3.98, "transcript": 3.62, "code": 2.61, "paper": 4.22}
    _write(workspace, "baselines", [_baseline(m, d, v + s) for m, s in shift.items() for d, v in levels.items()])
    _write(workspace, "samples", _samples())


def write_runs(workspace: Workspace) -> None:
    """Tables of two runs: one that did everything, and one that skipped all but the report."""
    first = datetime(2026, 11, 20, 14, 3, tzinfo=UTC)
    stages = {"capture": 41.2, "clean": 18.0, "duplicates": 22.5, "tokenizer": 6.1, "training": 7_260.0, "report": 0.6}
    rows, again, clock = [], [], first
    for stage, seconds in stages.items():
        for part in range(2):
            entry = {"stage": stage, "partition": f"{stage}-{part}", "rows": 655, "bytes": 2_400_000, "key": digest(stage), "error": None}
            rows.append({**entry, "run_id": "20261120T140300", "status": "done", "started": clock, "seconds": seconds / 2})
            later = {"run_id": "20261121T090000", "started": first + timedelta(days=1)}
            again.append({**entry, **later, "status": "done" if stage == "report" else "skipped", "seconds": 0.4})
        clock += timedelta(seconds=seconds / 2)
    _write(workspace, "runs", [*rows, *again])


def _write(workspace: Workspace, name: str, rows: list[dict[str, Any]]) -> None:
    path: Path = workspace.partition(name, RECIPE, "all")
    path.parent.mkdir(parents=True, exist_ok=True)
    tables.write_table(path, rows, tables.SCHEMAS[name])


def _document(source: str, domain: str, number: int) -> dict[str, Any]:
    draw = fraction(source, str(number))
    fate: tuple[str, str, str] = ("kept", "balance", "")
    for verdict, stage, below in (("failed", "extract", 0.02), ("dropped", "extract", 0.16), ("dropped", "quality", 0.31)):
        if fate[0] == "kept" and draw < below:
            fate = (verdict, stage, "malformed" if verdict == "failed" else "")
    if fate[0] == "kept" and draw < 0.42:
        fate = ("dropped", "duplicates", "")
    if fate[0] == "kept" and draw < 0.48 and domain == "wiki":
        fate = ("dropped", "balance", "over_share")
    title = {3: HOSTILE, 5: ODD}.get(number, f"The tide at post {number}")
    tail = "long/" * 120 if number == 7 else ""
    uri = f"https://{source}.example/{tail}The_tide_at_post_{number}?q=<b>{number}</b>"
    ids = {"doc_id": digest([source, number]), "source": source, "domain": domain}
    return {**ids, "uri": uri, "title": title, "characters": 900 + 97 * number, "fate": fate}


def _capture(document: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(tables.CAPTURES.names)
    return {**row, **{name: document[name] for name in ("source", "domain", "uri", "title")}, "capture_id": document["doc_id"]}


def _text(document: Mapping[str, Any]) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(tables.DOCUMENTS.names)
    edits = [{"cleaner": "emails", "skip": [4, 0], "cut": [17, 20], "put": ["<EMAIL>", "<EMAIL>"]}] if document["domain"] == "lore" else []
    facts = {"cleaners": [step["cleaner"] for step in edits], "edits": edits, "extractor": "text", "verdict": "extracted"}
    return {**row, **{name: document[name] for name in ("doc_id", "source", "domain", "uri", "title", "characters")}, **facts}


def _decisions(document: Mapping[str, Any]) -> list[dict[str, Any]]:
    verdict, last, reason = document["fate"]
    rows = []
    for stage in REASONS:
        decided = stage == last
        ids = {name: document[name] for name in ("doc_id", "source", "domain")}
        why = reason or REASONS[stage][int(len(REASONS[stage]) * fraction(document["doc_id"]) ** 2)]
        shown = why if decided and verdict != "kept" else None
        detail = f"post {document['uri'][-8:]} is malformed" if verdict == "failed" and decided else None
        facts = {"value": None, "threshold": None, "detail": detail, "decisive": True}
        rows.append({**ids, **facts, "stage": stage, "verdict": verdict if decided else "kept", "reason": shown})
        if decided:
            break
    return rows


def _duplicates(documents: list[dict[str, Any]]) -> list[dict[str, Any]]:
    kept: dict[str, list[str]] = {}
    for document in documents:
        if document["fate"][0] == "kept":
            kept.setdefault(document["domain"], []).append(document["doc_id"])
    rows = []
    for document in documents:
        if document["fate"][1:2] != ("duplicates",):
            continue
        places = kept[document["domain"]]
        other = places[int(len(places) * fraction(document["doc_id"], "other") ** 4)]
        alike = round(0.7 + 0.3 * fraction(document["doc_id"]), 3)
        ids = {name: document[name] for name in ("doc_id", "domain", "source")} | {"other_id": other, "cluster_id": other}
        facts = {"kind": "near", "jaccard": alike, "containment": min(1.0, alike + 0.1), "dropped": True}
        rows.append({**ids, **facts, "why": "has more distinct shingles: 812 against 790"})
    return rows


def _snapshot(document: Mapping[str, Any]) -> dict[str, Any]:
    names = ("doc_id", "source", "domain", "uri", "characters")
    facts = {"snapshot_id": SNAPSHOT, "revision": "1", "text_sha256": "", "split": "train", "repetitions": 1}
    return {**{name: document[name] for name in names}, **facts, "bytes": document["characters"]}


def _mix(domain: str) -> dict[str, Any]:
    available = {"wiki": 2_410_000, "lore": 1_120_000, "transcript": 410_000, "code": 1_630_000, "paper": 96_000}[domain]
    times = {"wiki": 0.72, "lore": 1.0, "transcript": 2.2, "code": 0.9, "paper": 4.0}[domain]
    taken, asked = round(available * times), {"paper": 600_000}.get(domain, round(available * times))
    facts = {"asked_share": asked / 6_000_000, "asked_characters": asked, "taken_share": taken / 5_840_000}
    facts |= {"available_characters": available, "taken_characters": taken, "shortfall_characters": asked - taken}
    why = "the most repetitions that the recipe allows" if domain == "paper" else None
    documents = available // 14_000
    counts = {"available_documents": documents, "taken_documents": round(documents * min(1.0, times))}
    return {"domain": domain, **facts, **counts, "repetitions": times, "why": why}


def _span(split: str, tokens: int) -> dict[str, Any]:
    row: dict[str, Any] = dict.fromkeys(tables.SPANS.names)
    return {**row, "split": split, "shard": f"saltmarrow_{split}_000001.bin", "first_token": 0, "last_token": tokens - 1}


def _metrics(step: int, steps: int) -> list[dict[str, Any]]:
    place = step / steps
    level = 3.45 + 5.55 * math.exp(-place * 22) + 1.5 * math.exp(-place * 3.1)
    noise = 0.5 * (fraction("noise", str(step)) + fraction("more", str(step)) - 1)
    rate = 2e-3 * min(1.0, place * 20) * (1.0 if place < 0.6 else 0.1 + 0.45 * (1 + math.cos((place - 0.6) / 0.4 * math.pi)))
    base = {"step": step, "domain": "all", "tokens_seen": step * 4096}
    rows = [{**base, "split": "train", "name": "loss", "value": level + noise * (0.4 + math.exp(-place * 9))}]
    rows.append({**base, "split": "train", "name": "learning_rate", "value": rate})
    if step % max(1, steps // 40) == 0:
        rows.append({**base, "split": "val", "name": "loss", "value": level + 0.27 * place})
    return rows


def _baseline(model: str, domain: str, nats: float) -> dict[str, Any]:
    amounts = {"documents": 10, "tokens": 16_000, "bytes": 54_000}
    bits = nats / math.log(2) / 3.38
    return {"model": model, "split": "val", "domain": domain, **amounts, "nats_per_token": nats, "bits_per_byte": bits}


def _samples() -> list[dict[str, Any]]:
    texts = {
        "wiki": ("Gull Fen is a marsh east of ", "Harrow Quay, where the Bell Wardens keep the seventh post."),
        "lore": ("I have kept the lamp for nine winters, and ", "the sea has kept me, and the water is patient, said the keeper."),
        "transcript": ("PIP: so the thing about boats is ", f"that they are boats, right?\n\nHOST: Right. {HOSTILE}\n\nPIP: {ODD}"),
        "code": ("def drowned(posts, tide):\n", "    for post in posts:\n        if post.height < tide.height:\n            yield post\n"),
        "paper": ("We show that the tide clock is ", "a function of two variables; the proof follows from Lemma 2."),
    }
    return [{"domain": domain, "doc_id": domain, "prompt": prompt, "continuation": text} for domain, (prompt, text) in texts.items()]
