"""The reference pages say what the code says."""

import pytest

from flows.reference import PAGES, commands_page, recipe_page, tables_page
from flows.reference_parts import COMMAND
from tests.flows.conftest import ROOT

REFERENCE = ROOT / "docs" / "reference"


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_what_the_code_makes(name: str) -> None:
    written = (REFERENCE / name).read_text(encoding="utf-8")
    assert written == PAGES[name](), f"docs/reference/{name} is out of date. Renew it with: {COMMAND}"


def test_nothing_else_lies_among_the_reference_pages() -> None:
    assert {path.name for path in REFERENCE.iterdir()} == set(PAGES)


def test_a_key_comes_with_its_title_type_range_default_and_meaning() -> None:
    row = "| `jaccard` | Jaccard | float | > 0, ≤ 1 | `0.7` | Exact similarity from which a document is a near-duplicate. |"
    assert row in recipe_page().splitlines()


def test_a_domain_lists_only_what_differs_from_the_base_policy() -> None:
    wiki = recipe_page().split("### `[policies.wiki]`")[1].split("###")[0]
    assert "| `min_alphabetic_words` | Words with a letter | `0.5` |" in wiki
    assert "min_characters" not in wiki


def test_a_kind_of_source_lists_only_keys_of_its_own() -> None:
    files = recipe_page().split('### `kind = "files"`')[1].split("###")[0]
    assert "| `path` |" in files
    assert "| `licence` |" not in files


def test_a_column_that_no_view_shows_is_said_to_be_in_the_files_only() -> None:
    assert "| `content` | `large_binary` | In the files only. |" in tables_page().splitlines()


def test_a_macro_comes_with_the_columns_of_its_answer() -> None:
    where_is = tables_page().split("### `where_is`")[1].split("###")[0]
    assert "| `offset` | BIGINT |" in where_is


def test_lines_that_the_help_keeps_as_they_are_become_code() -> None:
    assert "```\nViews to begin with:\n  ledger," in commands_page()


def test_a_reason_comes_with_its_meaning_and_what_its_rule_compares() -> None:
    rows = PAGES["reasons.md"]().splitlines()
    assert "| `bullets` | Most of the text is short items of lists. | `short_items` at most `max_short_items` |" in rows
    assert "| `redirect` | The page only points to another page. |  |" in rows
