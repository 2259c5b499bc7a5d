"""`berry why`: one block of lines for each document, for a terminal and for a pipe."""

from typing import Any

import pytest
from click.testing import CliRunner, Result

from flows.cli import main
from flows.why import blocks
from tests.flows import report_tables as rows
from warehouse.catalog import publish
from warehouse.console import Answer, query
from warehouse.layout import Workspace


@pytest.fixture(scope="module")
def workspace(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    """A curated corpus."""
    made = Workspace(tmp_path_factory.mktemp("curated"))
    rows.write_corpus(made)
    publish(made)
    return made


def why(workspace: Workspace, *arguments: str) -> Result:
    """What the command does with these arguments."""
    return CliRunner().invoke(main, ["why", *arguments, "--home", str(workspace.root)])


def one(workspace: Workspace, condition: str) -> tuple[str, str]:
    """The id and the address of the first document of which a condition on `verdicts` is true."""
    ((doc_id, uri),) = query(workspace, f"select doc_id, uri from verdicts where {condition} order by uri limit 1").rows
    return doc_id, uri


def test_a_dropped_document_is_told_with_stage_reason_and_meaning(workspace: Workspace) -> None:
    doc_id, uri = one(workspace, "reason = 'bullets' and domain = 'wiki'")
    assert why(workspace, doc_id).output.splitlines() == [
        uri,
        f"  recipe saltmarrow, document {doc_id}",
        "  dropped at quality: bullets",
        "    Most of the text is short items of lists.",
        "  passed extract",
        "",
        "1 document",
    ]


def test_a_rule_is_told_with_value_and_threshold_and_a_long_sentence_goes_on_below() -> None:
    detail = "short_lines must be at most 0.45 (max_short_lines), not 1. Too many words stand in lines of three or fewer: a list of names."
    row: dict[str, Any] = {"recipe": "r", "uri": "file:a", "doc_id": "d", "outcome": "dropped", "stage": "quality", "verdict": "dropped"}
    row |= {"reason": "short_lines", "value": 1.0, "threshold": 0.45, "detail": detail, "kept_instead": None, "cleaning": None}
    assert blocks(Answer(list(row), [tuple(row.values())])).splitlines()[2:5] == [
        "  dropped at quality: short_lines, 1 against 0.45",
        "    short_lines must be at most 0.45 (max_short_lines), not 1. Too many words stand in lines of",
        "      three or fewer: a list of names.",
    ]


def test_a_kept_document_says_so_with_what_cleaning_did(workspace: Workspace) -> None:
    doc_id, _ = one(workspace, "verdict = 'kept' and domain = 'lore'")
    assert why(workspace, doc_id).output.splitlines()[2:5] == [
        "  kept",
        "  passed extract, quality, duplicates, balance",
        "  edits of cleaning: emails 2",
    ]


def test_a_duplicate_names_what_was_kept_and_a_failure_its_error(workspace: Workspace) -> None:
    copy, broken = (one(workspace, f"{condition} and domain = 'wiki'")[0] for condition in ("stage = 'duplicates'", "verdict = 'failed'"))
    assert "\n    kept instead: https://" in why(workspace, copy).output
    assert "  failed at extract: malformed\n    The item does not parse as what it says it is.\n    post " in why(workspace, broken).output


def test_no_line_but_an_address_is_wider_than_100_columns(workspace: Workspace) -> None:
    said = why(workspace, "tide").output
    assert said.endswith(f"\n\n{query(workspace, 'select count(*) from verdicts').rows[0][0]:,} documents\n")
    assert [line for line in said.splitlines() if len(line) > 100 and "https://" not in line] == []


def test_documents_of_one_recipe_alone_can_be_asked_for(workspace: Workspace) -> None:
    doc_id, _ = one(workspace, "verdict = 'kept'")
    assert why(workspace, doc_id, "--recipe", "saltmarrow").exit_code == 0
    assert why(workspace, doc_id, "--recipe", "other").exit_code == 1


def test_for_a_program_the_rows_are_as_before(workspace: Workspace) -> None:
    doc_id, _ = one(workspace, "verdict = 'kept'")
    assert why(workspace, doc_id, "--format", "csv").output.startswith("recipe,uri,doc_id,outcome,stage,verdict,reason,value,threshold")
