"""The questions that people ask, answered from tables whose content is known."""

from pathlib import Path
from typing import Any

import pytest
from small_workspace import add, capture, decision, document, kept, run, snapshot_row, span, uri

from warehouse.catalog import publish
from warehouse.console import query
from warehouse.errors import QueryError
from warehouse.layout import Workspace


def ask(workspace: Workspace, statement: str, *parameters: Any) -> list[dict[str, Any]]:
    answer = query(workspace, statement, parameters)
    return [dict(zip(answer.columns, row, strict=True)) for row in answer.rows]


@pytest.fixture
def fresh(tmp_path: Path) -> Workspace:
    publish(Workspace(tmp_path))
    return Workspace(tmp_path)


def test_every_captured_document_is_in_the_ledger_once(workspace: Workspace) -> None:
    (row,) = ask(workspace, "FROM ledger")
    assert row == {
        "recipe": "berries",
        "source": "wiki-pages",
        "domain": "wiki",
        "captured": 6,
        "kept": 1,
        "dropped": 3,
        "failed": 1,
        "pending": 1,
    }


def test_the_first_stage_that_refuses_a_document_is_its_verdict(workspace: Workspace) -> None:
    found = {row["doc_id"]: (row["verdict"], row["stage"], row["reason"]) for row in ask(workspace, "FROM verdicts")}
    assert found == {
        "apple": ("kept", "balance", None),
        "birch": ("dropped", "quality", "few_words"),
        "cedar": ("dropped", "duplicates", "near_duplicate"),
        "dogwood": ("failed", "extract", "capture_failed"),
        "elder": ("dropped", "balance", "over_share"),
        "fir": ("pending", "extract", None),
    }


def test_captures_are_pending_before_any_decision_and_unreadable_ones_failed(fresh: Workspace) -> None:
    add(fresh, "captures", [capture("apple"), capture("birch", error="gone")])
    assert [(row["pending"], row["failed"], row["kept"]) for row in ask(fresh, "FROM ledger")] == [(1, 1, 0)]


def test_a_document_counts_as_kept_only_up_to_the_stage_that_its_recipe_has_reached(fresh: Workspace) -> None:
    add(fresh, "captures", [capture("apple"), capture("birch")])
    add(fresh, "decisions", [*kept("apple", "extract"), *kept("birch", "extract")])
    assert [(row["kept"], row["pending"]) for row in ask(fresh, "FROM ledger")] == [(2, 0)]
    add(fresh, "decisions", kept("apple", "quality"), part="more")
    assert [(row["kept"], row["pending"]) for row in ask(fresh, "FROM ledger")] == [(1, 1)]


def test_recipes_do_not_mix(fresh: Workspace) -> None:
    for recipe, verdict in (("a", "kept"), ("b", "dropped")):
        add(fresh, "captures", [capture("apple")], recipe)
        add(fresh, "decisions", [decision("apple", "extract", verdict)], recipe)
    assert [(row["recipe"], row["kept"], row["dropped"]) for row in ask(fresh, "FROM ledger")] == [("a", 1, 0), ("b", 0, 1)]


def test_drop_reasons_count_each_document_once_with_an_example(workspace: Workspace) -> None:
    asked = ("documents", "characters", "example_uri", "example_detail")
    found = {row["reason"]: tuple(row[name] for name in asked) for row in ask(workspace, "FROM drop_reasons")}
    assert found == {
        "few_words": (1, 200, uri("birch"), "words must be at least 40 (min_words), not 10. The text has too few words."),
        "near_duplicate": (1, 300, uri("cedar"), f"of {uri('apple')}"),
        "over_share": (1, 400, uri("elder"), None),
        "capture_failed": (1, 0, uri("dogwood"), "connection reset"),
    }


def test_a_cluster_names_its_kept_document_and_the_dropped_ones(workspace: Workspace) -> None:
    (row,) = ask(workspace, "FROM duplicate_clusters")
    assert (row["cluster_id"], row["size"], row["kept_title"], row["members"]) == ("apple", 2, "Apple", [uri("cedar")])


def test_why_lists_every_decision_on_a_page_by_a_part_of_its_address(workspace: Workspace) -> None:
    found = ask(workspace, "SELECT * FROM why($1)", "BIRCH_p")
    assert [(row["stage"], row["reason"], row["decisive"]) for row in found] == [
        ("extract", None, True),
        ("quality", "few_words", True),
        ("quality", "symbols", False),
    ]
    assert {row["outcome"] for row in found} == {"dropped"}


def test_why_names_the_page_that_was_kept_instead(workspace: Workspace) -> None:
    last = ask(workspace, "SELECT * FROM why($1)", "cedar")[-1]
    assert (last["stage"], last["value"], last["threshold"], last["kept_instead"]) == ("duplicates", 0.9, 0.7, uri("apple"))


def test_why_says_how_often_each_cleaner_changed_the_text(fresh: Workspace) -> None:
    step = {"cleaner": "emails", "skip": [4, 9], "cut": [12, 12], "put": ["<EMAIL>", "<EMAIL>"]}
    other = {"cleaner": "boilerplate", "skip": [0], "cut": [40], "put": [""]}
    again = {"cleaner": "emails", "skip": [0], "cut": [11], "put": ["<EMAIL>"]}
    add(fresh, "captures", [capture("apple")])
    add(fresh, "documents", [document("apple", 90) | {"edits": [step, other, again]}])
    assert [row["cleaning"] for row in ask(fresh, "SELECT * FROM why('apple')")] == ["emails: 3; boilerplate: 1"]
    assert ask(fresh, "SELECT cleaner, edits, characters_cut, characters_put FROM cleanings ORDER BY cleaner") == [
        {"cleaner": "boilerplate", "edits": 1, "characters_cut": 40, "characters_put": 0},
        {"cleaner": "emails", "edits": 3, "characters_cut": 35, "characters_put": 21},
    ]


def test_the_meter_of_lost_text_adds_up_by_template_and_shows_true_losses_first(fresh: Workspace) -> None:
    loot = {"name": "loot", "calls": 2, "given": 20, "kept": 5, "on_purpose": False}
    measure = {"name": "convert", "calls": 1, "given": 3, "kept": 18, "on_purpose": False}
    note = {"name": "efn", "calls": 1, "given": 90, "kept": 0, "on_purpose": True}
    add(fresh, "documents", [document("apple", 90) | {"templates": [loot, note]}, document("birch", 90) | {"templates": [loot, measure]}])
    found = ask(fresh, "SELECT * EXCLUDE (recipe, source, domain) FROM template_losses")
    assert [tuple(row.values()) for row in found] == [
        ("loot", False, 2, 4, 40, 10, 30),
        ("convert", False, 1, 1, 3, 18, 0),
        ("efn", True, 1, 1, 90, 0, 90),
    ]


def test_why_takes_wildcards_for_what_they_are(workspace: Workspace) -> None:
    assert ask(workspace, "SELECT * FROM why('%')") == []


def test_why_answers_for_a_page_that_nothing_has_decided_on(fresh: Workspace) -> None:
    add(fresh, "captures", [capture("apple")])
    assert [row["outcome"] for row in ask(fresh, "SELECT * FROM why('apple')")] == ["pending"]


def test_preview_of_a_stricter_limit_counts_what_it_would_drop(workspace: Workspace) -> None:
    (row,) = ask(workspace, "SELECT * FROM preview('words', 250)")
    assert (row["documents"], row["kept_now"], row["kept"], row["newly_dropped"], row["newly_kept"]) == (4, 3, 2, 1, 0)


def test_preview_of_a_looser_limit_brings_back_only_what_no_other_rule_drops(fresh: Workspace) -> None:
    from small_workspace import judged, signals

    rows = [signals("apple", words=10.0), signals("birch", words=10.0, symbol_ratio=0.5), signals("cedar")]
    add(fresh, "signals", rows)
    add(fresh, "decisions", [made for row in rows for made in judged(row)])
    (found,) = ask(fresh, "SELECT * FROM preview('words', 5, rule := 'min')")
    assert (found["kept_now"], found["kept"], found["newly_kept"], found["dropped"]) == (1, 2, 1, 1)


def test_preview_of_an_unknown_signal_is_an_error_not_a_zero(workspace: Workspace) -> None:
    with pytest.raises(QueryError, match="there is no signal named wordz"):
        ask(workspace, "SELECT * FROM preview('wordz', 5)")


def test_where_is_counts_from_the_beginning_of_the_document_across_shards(fresh: Workspace) -> None:
    one, two = "corpus_train_000000.bin", "corpus_train_000001.bin"
    add(fresh, "spans", [span(one, 0, 9, "apple"), span(one, 10, 19, "birch"), span(two, 0, 4, "birch"), span(two, 5, 8, "cedar")])
    found = [ask(fresh, "SELECT * FROM where_is($1, $2)", *place)[0] for place in ((one, 10), (one, 13), (two, 0), (two, 5))]
    assert [(row["doc_id"], row["offset"], row["revision"]) for row in found] == [
        ("birch", 0, "7"),
        ("birch", 3, "7"),
        ("birch", 10, "7"),
        ("cedar", 0, "7"),
    ]
    assert ask(fresh, "SELECT * FROM where_is($1, 99)", two) == []


def test_corpus_stats_wait_for_tokens_until_there_are_shards(fresh: Workspace) -> None:
    add(fresh, "snapshots", [snapshot_row("s1", "apple", repetitions=3), snapshot_row("s1", "birch", repetitions=0)])
    assert [(row["documents"], row["characters"], row["tokens"]) for row in ask(fresh, "FROM corpus_stats")] == [(1, 100, None)]
    counted = {"domain": "wiki", "source": "wiki-pages", "split": "train", "documents": 1, "characters": 100, "bytes": 110, "tokens": 40}
    add(fresh, "compression", [counted | {"snapshot_id": "s0"}])
    assert [row["tokens"] for row in ask(fresh, "FROM corpus_stats")] == [None], "the tokens of another snapshot are not this one's"
    add(fresh, "compression", [counted | {"snapshot_id": "s1"}])
    assert [row["tokens"] for row in ask(fresh, "FROM corpus_stats")] == [40]
    assert [(row["characters_per_token"], row["bytes_per_token"]) for row in ask(fresh, "FROM compression")] == [(2.5, 2.75)]


def test_domain_balance_compares_shares_before_and_after_the_mix(fresh: Workspace) -> None:
    add(
        fresh,
        "splits",
        [{"doc_id": d, "domain": m, "split": "train", "characters": 300} for d, m in (("apple", "wiki"), ("birch", "code"))],
    )
    add(
        fresh,
        "snapshots",
        [snapshot_row("s", "apple", characters=300, repetitions=3), snapshot_row("s", "birch", domain="code", characters=300)],
    )
    add(fresh, "mix", [{"domain": "wiki", "asked_share": 0.75, "available_characters": 300, "taken_characters": 900}])
    found = {
        row["domain"]: (row["available_share"], row["asked_share"], row["taken_share"], row["repetitions"])
        for row in ask(fresh, "FROM domain_balance")
    }
    assert found == {"wiki": (0.5, 0.75, 0.75, 3.0), "code": (0.5, None, 0.25, 1.0)}


def test_a_diff_of_snapshots_says_what_kind_of_change_each_document_saw(fresh: Workspace) -> None:
    old = [snapshot_row("aaaa1", name) for name in ("apple", "birch", "cedar", "elder", "fir")]
    new = [
        snapshot_row("bbbb2", "apple"),
        snapshot_row("bbbb2", "birch", text_sha256="another", characters=150),
        snapshot_row("bbbb2", "cedar", split="val"),
        snapshot_row("bbbb2", "elder", repetitions=2),
        snapshot_row("bbbb2", "gorse"),
    ]
    add(fresh, "snapshots", old, part="old")
    add(fresh, "snapshots", new, part="new")
    found = {row["doc_id"]: (row["change"], row["characters"]) for row in ask(fresh, "SELECT * FROM snapshot_diff('aaaa', 'bbbb')")}
    assert found == {
        "birch": ("changed text", 50),
        "cedar": ("moved split", 0),
        "elder": ("other repetitions", 0),
        "fir": ("removed", -100),
        "gorse": ("added", 100),
    }


def test_run_history_adds_up_a_build(fresh: Workspace) -> None:
    add(fresh, "runs", [run("extract", "done", 0), run("quality", "skipped", 5), run("splits", "failed", 8, error="disk full")])
    (row,) = ask(fresh, "FROM run_history")
    assert (row["seconds"], row["done"], row["skipped"], row["failed"], row["rows"], row["first_error"]) == (10.0, 1, 1, 1, 10, "disk full")
    assert row["started"].isoformat() == "2026-01-01T12:00:00+00:00"


def test_every_view_and_macro_says_what_it_is_for(workspace: Workspace) -> None:
    silent = """
        SELECT view_name FROM duckdb_views() WHERE NOT internal AND comment IS NULL
        UNION ALL
        SELECT function_name FROM duckdb_functions() WHERE NOT internal AND comment IS NULL
    """
    assert ask(workspace, silent) == []


def test_a_recipe_named_like_a_number_stays_a_name(fresh: Workspace) -> None:
    add(fresh, "documents", [document("apple", 5)], recipe="2024")
    assert ask(fresh, "SELECT recipe FROM documents") == [{"recipe": "2024"}]
