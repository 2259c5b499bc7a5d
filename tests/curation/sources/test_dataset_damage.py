"""Tables that are damaged: a bad row costs itself and says where it is, and the rest is read."""

import gzip
import io
import random
import tracemalloc
from pathlib import Path

import pyarrow.parquet as pq
import pytest
from table_files import MAKERS, ROWS, Read, jsonl, parquet

BAD = b'{"text": "a"}\n{"text": \n[1]\n{"other": 1}\n{"text": 5}\n{"text": null}\n{"text": "caf\xe9"}\n' + b'{"text": "b"}\n'


def test_every_bad_line_is_a_failed_item_with_its_place_and_the_rest_is_read(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.jsonl").write_bytes(BAD)
    captured = read(path="a.jsonl")
    assert captured.contents == {"a.jsonl#1": b"a", "a.jsonl#8": b"b"}
    reasons = {
        "2": "is no JSON",
        "3": "no JSON object, but list",
        "4": "'text' is missing",
        "5": "holds int",
        "6": "is empty",
        "7": "is no JSON",
    }
    assert list(captured.errors) == [f"a.jsonl#{number}" for number in reasons]
    for number, reason in reasons.items():
        assert captured.errors[f"a.jsonl#{number}"].startswith(f"row {number}: ")
        assert reason in captured.errors[f"a.jsonl#{number}"]


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"text": ' + b"1" * 10_000 + b"}", b"\xff\xfe", b'{"text": "x"}{"text": "y"}'])
def test_json_that_hurts_parsers_is_a_failed_item(tmp_path: Path, read: Read, line: bytes) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "a"}\n' + line + b'\n{"text": "b"}\n')
    captured = read(path="a.jsonl")
    assert list(captured.contents.values()) == [b"a", b"b"]
    assert list(captured.errors) == ["a.jsonl#2"]


def test_half_a_character_of_json_is_replaced(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.jsonl").write_bytes(b'{"text": "a\\ud83dz", "t": "\\ud83d"}\n')
    (item,) = read(path="a.jsonl", columns={"title": "t"}).items
    assert (item.content, item.title) == (b"a?z", "?")


@pytest.mark.parametrize("name", ["a.jsonl", "a.csv", "a.txt"])
def test_a_line_of_50_megabytes_is_a_failed_item_and_never_held(tmp_path: Path, read: Read, name: str) -> None:
    before, after = {"a.jsonl": (b'{"text": "a"}\n', b'\n{"text": "b"}\n'), "a.csv": (b"text\na\n", b"\nb\n"), "a.txt": (b"a\n", b"\nb\n")}[
        name
    ]
    (tmp_path / name).write_bytes(before + b"x" * 50_000_000 + after)
    tracemalloc.start()
    captured = read(path=name, max_row_megabytes=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert list(captured.contents.values()) == [b"a", b"b"]
    assert list(captured.errors) == [f"{name}#2"]
    assert "max_row_megabytes (1)" in captured.errors[f"{name}#2"]
    assert peak < 10e6


def test_a_bad_record_of_csv_is_a_failed_item_and_the_rest_is_read(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_bytes(b'id,text\n1,"a, quoted\nline"\n2\n3,x,y\n4,"b"c\n5,caf\xe9\n6,"ok"\n')
    captured = read(path="a.csv", columns={"id": "id"})
    assert captured.contents == {"1": b"a, quoted\nline", "6": b"ok"}
    assert list(captured.errors) == ["a.csv#2", "a.csv#3", "a.csv#4", "a.csv#5"]
    assert "has 1 cells, and the header 2" in captured.errors["a.csv#2"]
    assert "line 6" in captured.errors["a.csv#4"]


def test_a_quote_that_never_ends_is_told(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_bytes(b'text\na\n"b\nc\n')
    captured = read(path="a.csv")
    assert captured.contents == {"a.csv#1": b"a"}
    assert "unexpected end" in captured.errors["a.csv#2"]


@pytest.mark.parametrize("name", MAKERS)
def test_a_table_without_the_column_is_one_failed_item_that_names_those_it_has(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).write_bytes(MAKERS[name](ROWS))
    captured = read(path=name, columns={"text": "body"})
    assert captured.errors == {name: "has no column 'body'; its columns are: text, name, year. Check `columns` in the recipe"}


def test_rows_of_json_without_a_text_are_failed_items_where_another_row_has_one(tmp_path: Path, read: Read) -> None:
    rows = [{"a": 1}, {"a": 1}, {"id": 2}, {"text": "here", "id": 4}, {"a": 1}, {"text": "no id"}]
    (tmp_path / "a.jsonl").write_bytes(jsonl(rows))
    captured = read(path="a.jsonl", columns={"id": "id"})
    assert captured.contents == {"4": b"here"}
    text, identity = "there is no text: column 'text' is missing", "there is no id: column 'id' is missing"
    assert list(captured.errors.values()) == [*(f"row {n}: {text}" for n in (1, 2, 3, 5)), f"row 6: {identity}"]


@pytest.mark.parametrize("name", ["rows.json", "rows.jsonl"])
def test_a_column_that_no_row_of_json_has_is_told_beside_its_documents(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).write_bytes(MAKERS[name](ROWS))
    captured = read(path=name, columns={"title": "headline"})
    assert list(captured.contents.values()) == [b"first", b"second", b"third"]
    assert captured.errors == {name: "has no column 'headline'; its columns are: text, name, year. Check `columns` in the recipe"}


def test_an_array_that_breaks_off_before_any_text_tells_of_its_rows_and_of_the_break(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.json").write_text('[{"a": 1}, {"a": 2}, {"te')
    assert [error.split(":")[0] for error in read(path="a.json").errors.values()] == ["row 1", "row 2", "row 3"]


def test_a_row_without_an_id_is_a_failed_item(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl([{"text": "a"}, {"text": "b", "id": True}, {"text": "c", "id": "3"}]))
    captured = read(path="a.jsonl", columns={"id": "id"})
    assert captured.contents == {"3": b"c"}
    assert len(captured.errors) == 2


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b"[", "the file breaks off within the array"),
        ("a.bin", b"\x00\x01", "its name ends like no table"),
        ("a.parquet", b"PAR1 and no more", "cannot be read"),
        ("a.parquet", b"", "cannot be read"),
        ("a.csv", b"", "has no column 'text'"),
        ("a.csv", b'"text\n', "no header of CSV"),
        ("a.csv", b"te\xffxt\n", "no header of CSV"),
    ],
)
def test_a_file_that_is_no_such_table_is_one_failed_item(tmp_path: Path, read: Read, name: str, content: bytes, reason: str) -> None:
    (tmp_path / name).write_bytes(content)
    captured = read(path=name)
    assert reason in captured.errors[name]
    assert captured.contents == {}


def test_a_truncated_file_gives_the_rows_before_the_break_and_tells_of_it(tmp_path: Path, read: Read) -> None:
    rows = [{"text": f"{n * n * 7919 % 1_000_003:x}" * 40} for n in range(3_000)]
    (tmp_path / "a.jsonl.gz").write_bytes(gzip.compress(jsonl(rows))[:-4_000])
    captured = read(path="a.jsonl.gz")
    assert len(captured.contents) > 1_000
    assert list(captured.errors) == [f"a.jsonl#{len(captured.contents) + 1}"]
    assert "the rows from here on cannot be read" in captured.items[-1].error  # type: ignore[operator]


def test_a_damaged_row_group_costs_itself_and_no_other(tmp_path: Path, read: Read) -> None:
    rows = [{"text": f"{n * n * 7919 % 1_000_003:x}" * 20} for n in range(300)]
    content = bytearray(parquet(rows, row_group_size=100, compression="none", use_dictionary=False, write_page_checksum=True))
    column = pq.ParquetFile(io.BytesIO(content)).metadata.row_group(1).column(0)
    end = column.data_page_offset + column.total_compressed_size
    content[end - 90 : end - 30] = bytes(60)
    (tmp_path / "a.parquet").write_bytes(content)
    captured = read(path="a.parquet")
    assert len(captured.contents) == 200
    (error,) = captured.errors.values()
    assert "rows 101 to 200" in error


@pytest.mark.parametrize("name", MAKERS)
def test_damage_anywhere_gives_reasons_and_never_a_traceback(tmp_path: Path, read: Read, name: str) -> None:
    chance, sound = random.Random(5), MAKERS[name](ROWS * 20)
    for _ in range(200):
        content = bytearray(sound)
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        (tmp_path / name).write_bytes(content[: chance.randint(1, len(content))] if chance.random() < 0.3 else content)
        items = read(path=name, columns={"id": "name"}).items
        assert all((item.content is None) != (item.error is None) for item in items)
