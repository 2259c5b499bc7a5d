"""The ledger law: captured = kept + dropped + failed, for every source."""

from pathlib import Path
from typing import Any

import pytest
from duplicate_texts import decision

from curation.decisions import RULES, Bound, Rule
from curation.ledger import Account, check
from curation.partitions import judge_partition
from curation.policies import Policies, WikiPolicy
from warehouse.errors import LedgerError
from warehouse.tables import CAPTURES, DECISIONS, DOCUMENTS, SIGNALS, read_table, write_table

STAGES = ("extract", "quality", "duplicates", "balance")


def path_of(doc_id: str, last: str = "balance", verdict: str = "kept", source: str = "wiki-dump") -> list[dict[str, Any]]:
    """Decisive rows of a document up to its last stage."""
    before = STAGES[: STAGES.index(last)]
    return [*(decision(doc_id, stage, source=source) for stage in before), decision(doc_id, last, verdict, source=source)]


def accounts(folder: Path, captured: str, decisions: list[list[dict[str, Any]]], source: str = "wiki-dump") -> list[Account]:
    row = {**dict.fromkeys(CAPTURES.names), "source": source, "bytes": 1}
    write_table(folder / "captures", [{**row, "capture_id": name} for name in captured], CAPTURES)
    write_table(folder / "decisions", [row for rows in decisions for row in rows], DECISIONS)
    return check([folder / "captures"], [folder / "decisions"], folder)


def test_every_document_is_counted_once(tmp_path: Path) -> None:
    fates = [path_of("a"), path_of("b", "quality", "dropped"), path_of("c", "extract", "failed"), path_of("d", "duplicates", "dropped")]
    assert accounts(tmp_path, "abcd", fates) == [Account("wiki-dump", captured=4, kept=1, dropped=2, failed=1)]


def test_the_law_holds_after_each_stage(tmp_path: Path) -> None:
    assert accounts(tmp_path, "ab", [path_of("a", "quality"), path_of("b", "extract", "dropped")])[0].kept == 1


def test_rows_that_do_not_decide_do_not_count(tmp_path: Path) -> None:
    fates = [[*path_of("a", "quality", "dropped"), decision("a", verdict="dropped", decisive=False)]]
    assert accounts(tmp_path, "a", fates)[0].dropped == 1


@pytest.mark.parametrize(
    ("captured", "fates", "problem"),
    [
        ("ab", [path_of("a")], "captured, but never decided"),
        ("a", [path_of("a"), path_of("b")], "decided, but never captured"),
        ("ab", [path_of("a"), path_of("b", "quality")], "kept, and then lost"),
        ("a", [path_of("a"), [decision("a", "quality")]], "decided twice at one stage"),
        ("a", [path_of("a", "quality", "dropped"), [decision("a", "balance")]], "decided again after"),
        ("aa", [path_of("a")], "captured more than once"),
    ],
)
def test_a_lost_or_doubled_document_breaks_the_law(tmp_path: Path, captured: str, fates: list[list[dict[str, Any]]], problem: str) -> None:
    with pytest.raises(LedgerError, match=f"source wiki-dump: 1 documents .*{problem}"):
        accounts(tmp_path, captured, fates)


def test_the_error_names_three_documents(tmp_path: Path) -> None:
    with pytest.raises(LedgerError, match=r"4 documents .* for example a, b, c\. "):
        accounts(tmp_path, "abcde", [path_of("e")])


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: str(rule.reason))
def test_a_document_that_breaks_any_rule_is_counted_as_dropped_with_value_and_threshold(tmp_path: Path, rule: Rule) -> None:
    doc = {"doc_id": "a", "source": "wiki-dump", "domain": "wiki", "extractor": "plain", "verdict": "extracted"}
    value, threshold = (1.0, 2.0) if rule.bound is Bound.AT_LEAST else (2.0, 1.0)
    write_table(tmp_path / "documents", [{**dict.fromkeys(DOCUMENTS.names), **doc}], DOCUMENTS)
    own = {name: doc[name] for name in ("doc_id", "source", "domain")}
    write_table(tmp_path / "signals", [{**dict.fromkeys(SIGNALS.names), **own, "characters": 2.0, rule.signal: value}], SIGNALS)
    off = {**{other.setting: 0 for other in RULES}, rule.setting: threshold}
    judge_partition(
        tmp_path / "documents", tmp_path / "signals", Policies(wiki=WikiPolicy.model_construct(languages=[], **off)), tmp_path / "made"
    )
    rows = read_table(tmp_path / "made").to_pylist()
    assert [(row["reason"], row["value"], row["threshold"]) for row in rows] == [(str(rule.reason), value, threshold)]
    assert accounts(tmp_path, "a", [[path_of("a", "extract")[0]], rows]) == [Account("wiki-dump", captured=1, kept=0, dropped=1, failed=0)]
