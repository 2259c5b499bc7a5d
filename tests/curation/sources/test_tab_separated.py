"""Tables whose quotation marks, column names and keys are not what a reader of CSV takes for granted."""

import json
from pathlib import Path

import pytest
from table_files import Read


@pytest.mark.parametrize(
    ("rows", "texts"),
    [
        ('1\t"an open mark\n2\ta 5" pipe\n3\tend"\n', ['"an open mark', 'a 5" pipe', 'end"']),
        ('1\t"an open mark\n2\t"another\n3\tplain\n', ['"an open mark', '"another', "plain"]),
        ('1\t"so" she said\n2\tplain\n', ['"so" she said', "plain"]),
        ('1\t"a tab\tand a ""line""\nend"\n2\tplain\n', ['a tab\tand a "line"\nend', "plain"]),
        ('1\t"whole"\n2\t"open\n', ["whole", '"open']),
    ],
)
def test_a_quotation_mark_in_a_cell_between_tabs_costs_no_row(tmp_path: Path, read: Read, rows: str, texts: list[str]) -> None:
    (tmp_path / "a.tsv").write_text("id\ttext\n" + rows)
    captured = read(path="a.tsv")
    assert [content.decode() for content in captured.contents.values() if content] == texts
    assert captured.errors == {}


def test_a_line_that_cannot_be_read_fails_in_its_place_after_an_open_mark(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.tsv").write_bytes(b'id\ttext\n1\t"open\n2\tcaf\xe9\n3\tend\n')
    captured = read(path="a.tsv")
    assert captured.contents == {"a.tsv#1": b'"open', "a.tsv#3": b"end"}
    assert list(captured.errors) == ["a.tsv#2"]


def test_two_columns_of_the_name_that_is_asked_for_fail_the_table(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_text("text,text\nfirst,second\n")
    assert read(path="a.csv").errors == {"a.csv": "has more than one column 'text'; give each a name of its own"}


def test_two_columns_of_a_name_that_nobody_asks_for_are_no_fault(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_text("text,n,n\nfirst,1,2\n")
    assert read(path="a.csv").contents == {"a.csv#1": b"first"}


def test_a_column_with_full_stops_is_a_key_within_others_unless_there_is_one_of_that_name(tmp_path: Path, read: Read) -> None:
    rows = [{"page": {"body": {"text": "a"}}}, {"page.body.text": "b", "page": {"body": {"text": "c"}}}, {"page": {"body": "d"}}]
    (tmp_path / "a.jsonl").write_text("\n".join(map(json.dumps, rows)))
    captured = read(path="a.jsonl", columns={"text": "page.body.text"})
    assert captured.contents == {"a.jsonl#1": b"a", "a.jsonl#2": b"b"}
    assert "column 'page.body.text' is missing" in captured.errors["a.jsonl#3"]
