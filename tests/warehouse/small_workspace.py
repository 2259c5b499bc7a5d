"""A workspace with a handful of documents, each of which ends another way."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from curation.decisions import judge
from curation.policies import WikiPolicy
from warehouse.catalog import publish
from warehouse.layout import Workspace
from warehouse.tables import SCHEMAS, write_table


def uri(doc_id: str) -> str:
    return f"https://example.org/{doc_id.title()}_page"


def add(workspace: Workspace, table: str, rows: list[Mapping[str, Any]], recipe: str = "berries", part: str = "all") -> None:
    """Writes one partition as a build does, by rename; columns that a test does not care about are null."""
    schema = SCHEMAS[table]
    path = workspace.partition(table, recipe, part)
    path.parent.mkdir(parents=True, exist_ok=True)
    write_table(path.with_suffix(".part"), [dict.fromkeys(schema.names) | dict(row) for row in rows], schema)
    path.with_suffix(".part").replace(path)


def capture(doc_id: str, domain: str = "wiki", **more: Any) -> dict[str, Any]:
    return {"capture_id": doc_id, "source": f"{domain}-pages", "domain": domain, "uri": uri(doc_id), "title": doc_id.title()} | more


def document(doc_id: str, characters: int, domain: str = "wiki") -> dict[str, Any]:
    return {"doc_id": doc_id, "source": f"{domain}-pages", "domain": domain, "uri": uri(doc_id), "characters": characters}


def decision(doc_id: str, stage: str, verdict: str, reason: str | None = None, **more: Any) -> dict[str, Any]:
    return {
        "doc_id": doc_id,
        "source": "wiki-pages",
        "domain": "wiki",
        "stage": stage,
        "verdict": verdict,
        "reason": reason,
        "decisive": True,
    } | more


def kept(doc_id: str, *stages: str) -> list[dict[str, Any]]:
    return [decision(doc_id, stage, "kept") for stage in stages]


def signals(doc_id: str, **measured: Any) -> dict[str, Any]:
    """A page that breaks no rule of the wiki policy, but for what is given."""
    fine = {
        "language": "en",
        "language_confidence": 1.0,
        "characters": 1000.0,
        "words": 200.0,
        "mean_word_length": 5.0,
        "symbol_ratio": 0.0,
        "alphabetic_words": 0.9,
        "alphanumeric": 0.8,
        "stop_words": 10.0,
        "replacement_characters": 0.0,
    }
    every = dict.fromkeys(SCHEMAS["signals"].names, None) | fine | measured
    return every | {"doc_id": doc_id, "source": "wiki-pages", "domain": "wiki"}


def judged(row: dict[str, Any]) -> list[dict[str, Any]]:
    """The decisions of the quality stage on a row of signals."""
    return [{"doc_id": row["doc_id"], "source": row["source"], "domain": row["domain"], **vars(made)} for made in judge(row, WikiPolicy())]


def snapshot_row(snapshot_id: str, doc_id: str, **more: Any) -> dict[str, Any]:
    plain = {"text_sha256": f"text of {doc_id}", "split": "train", "repetitions": 1, "characters": 100, "bytes": 110, "revision": "7"}
    return plain | {"snapshot_id": snapshot_id, "doc_id": doc_id, "source": "wiki-pages", "domain": "wiki", "uri": uri(doc_id)} | more


def span(shard: str, first: int, last: int, doc_id: str, **more: Any) -> dict[str, Any]:
    plain = {"split": "train", "repetition": 0, "revision": "7", "uri": uri(doc_id), "source": "wiki-pages", "domain": "wiki"}
    return plain | {"shard": shard, "first_token": first, "last_token": last, "doc_id": doc_id} | more


def run(stage: str, status: str, second: int, **more: Any) -> dict[str, Any]:
    started = datetime(2026, 1, 1, 12, tzinfo=UTC) + timedelta(seconds=second)
    return {
        "run_id": "run-1",
        "stage": stage,
        "partition": "all",
        "status": status,
        "started": started,
        "seconds": 2.0,
        "rows": 10,
        "bytes": 100,
    } | more


def make_workspace(folder: Path) -> Workspace:
    """Six pages: apple is kept, birch too short, cedar a near-duplicate of apple, dogwood unreadable, elder over its
    share, and fir not decided beyond extraction."""
    workspace = Workspace(folder)
    pages = ["apple", "birch", "cedar", "elder", "fir"]
    add(workspace, "captures", [*(capture(page) for page in pages), capture("dogwood", error="connection reset")])
    add(workspace, "documents", [document(page, 100 * place) for place, page in enumerate(pages, 1)])
    measured = [
        signals("apple", words=300.0),
        signals("birch", words=10.0, symbol_ratio=0.5),
        signals("cedar"),
        signals("elder", words=20.0),
    ]
    add(workspace, "signals", measured)
    late = [
        *kept("apple", "duplicates", "balance"),
        decision("cedar", "duplicates", "dropped", "near_duplicate", value=0.9, threshold=0.7, detail="apple"),
        *kept("elder", "duplicates"),
        decision("elder", "balance", "dropped", "over_share"),
    ]
    early = [row for page in pages for row in kept(page, "extract")]
    quality = [*judged(measured[0]), *judged(measured[1]), *judged(measured[2]), *kept("elder", "quality")]
    add(workspace, "decisions", [*early, *quality], part="early")
    add(workspace, "decisions", [*late, decision("dogwood", "extract", "failed", "capture_failed", detail="connection reset")], part="late")
    pair = {"cluster_id": "apple", "domain": "wiki", "source": "wiki-pages", "jaccard": 0.9, "containment": 0.95}
    add(
        workspace,
        "duplicates",
        [
            pair | {"doc_id": "cedar", "other_id": "apple", "kind": "near", "dropped": True, "why": "longer"},
            pair | {"doc_id": "elder", "other_id": "apple", "kind": "related", "dropped": False},
        ],
    )
    publish(workspace)
    return workspace
