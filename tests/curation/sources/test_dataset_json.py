"""JSON files that hold one array of objects: each is a row by its number, and memory holds one."""

import gzip
import json
import random
import tracemalloc
from pathlib import Path

import pytest
from table_files import Read

from curation.sources import json_array
from curation.sources.json_array import elements

STRANGE = ['a "quoted" ]},[{ text', "ends in \\", '\\"', "über ]", ""]


@pytest.mark.parametrize("indent", [None, 2])
def test_each_object_of_an_array_is_a_row_by_its_number_whatever_is_in_it(tmp_path: Path, read: Read, indent: int | None) -> None:
    rows = [{"more": [[{}], {"a": "]"}], "text": text} for text in STRANGE]
    (tmp_path / "a.json").write_text(f" \n{json.dumps(rows, indent=indent, ensure_ascii=False)}\n", encoding="utf-8-sig")
    assert read(path="a.json").contents == {f"a.json#{number}": text.encode() for number, text in enumerate(STRANGE, 1)}


def test_an_empty_array_has_no_row(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.json").write_text(" [ ]\n")
    assert read(path="a.json").items == []


def test_a_bad_object_of_an_array_is_a_failed_item_with_its_number_and_the_rest_is_read(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.json").write_text('[{"text": "a"}, {"text": }, 7, {"text": ["b"}}, {"text": "' + "x" * 2_000 + '"}, , {"text": "c"}, ]')
    captured = read(path="a.json", max_row_megabytes=0.001)
    assert captured.contents == {"a.json#1": b"a", "a.json#7": b"c"}
    errors = {name: error.split(" (")[0] for name, error in captured.errors.items()}
    assert errors.pop("a.json#4").startswith("row 4: is no JSON: ")
    assert errors == {
        "a.json#2": "row 2: is no JSON: Expecting value: line 1 column 11",
        "a.json#3": "row 3: is no JSON object, but int",
        "a.json#5": "row 5: the row is longer than max_row_megabytes",
        "a.json#6": "row 6: is no JSON: Expecting value: line 1 column 2",
        "a.json#8": "row 8: is no JSON: Expecting value: line 1 column 2",
    }


@pytest.mark.parametrize("rest", ['{"text": "b', '{"text": ["b"}, {"text": "c"}]', ""])
def test_an_array_without_an_end_gives_the_rows_before_the_break_and_tells_of_it(tmp_path: Path, read: Read, rest: str) -> None:
    (tmp_path / "a.json").write_text('[{"text": "a"}, ' + rest)
    captured = read(path="a.json")
    assert captured.contents == {"a.json#1": b"a"}
    assert captured.errors == {"a.json#2": "row 2: the rows from here on cannot be read: EOFError: the file breaks off within the array"}


@pytest.mark.parametrize("rest", ['[{"text": "b"}, {"text": "c"}]\n', '{"text": "b"}\n{"text": "c"}', '{\n"text": "b"}{"text":\n"c"}'])
def test_what_follows_an_array_is_read_too(tmp_path: Path, read: Read, rest: str) -> None:
    (tmp_path / "a.jsonl").write_text(f'[{{"text": "a"}}, 7]\n\n{rest}')
    captured = read(path="a.jsonl")
    assert sorted(filter(None, captured.contents.values())) == [b"a", b"b", b"c"]
    assert captured.errors == {"a.jsonl#2": "row 2: is no JSON object, but int"}


def test_a_bracket_too_many_costs_the_line_that_it_stands_in(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.json").write_text('[{"text": "a"}], {"text": "b"}]\n{"text": "c"}')
    captured = read(path="a.json")
    assert captured.contents == {"a.json#1": b"a", "a.json#3": b"c"}
    assert captured.errors == {"a.json#2": "row 2: is no JSON: Expecting value: line 1 column 1 (char 0)"}


@pytest.mark.parametrize("name", ["a.json", "a.jsonl"])
def test_objects_over_several_lines_are_a_row_each(tmp_path: Path, read: Read, name: str) -> None:
    rows = [{"more": [[{}], {"a": "]"}], "text": text} for text in STRANGE]
    (tmp_path / name).write_text("\n".join(json.dumps(row, indent=2, ensure_ascii=False) for row in rows), encoding="utf-8-sig")
    assert list(read(path=name).contents.values()) == [text.encode() for text in STRANGE]


def test_an_object_that_holds_the_rows_is_one_failed_item(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.json").write_text(json.dumps({"rows": [{"text": "a"}, {"text": "b"}]}, indent=1))
    captured = read(path="a.json")
    assert captured.errors == {"a.json": "has no column 'text'; its columns are: rows. Check `columns` in the recipe"}
    assert captured.contents == {}


def test_objects_over_several_lines_that_break_off_are_told(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.json").write_text('{\n"text": "a"\n}\n{\n"text": "b"\n')
    captured = read(path="a.json")
    assert captured.contents == {"a.json#1": b"a"}
    assert captured.errors == {"a.json#2": "row 2: the rows from here on cannot be read: EOFError: the file breaks off within an object"}


def test_elements_are_the_same_however_the_file_comes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    chance = random.Random(3)
    rows = [{"text": "".join(chance.choices('ab"\\[]{},ü\n', k=chance.randrange(30)))} for _ in range(200)]
    path = tmp_path / "a.json"
    path.write_text(json.dumps(rows, ensure_ascii=False))
    for size in (1, 2, 3, 7, 100, 1 << 16):
        monkeypatch.setattr(json_array, "CHUNK", size)
        with path.open("rb") as stream:
            assert [json.loads(element or b"") for element in elements(stream, 1_000)] == rows


def test_an_array_of_one_line_of_50_megabytes_is_never_held(tmp_path: Path, read: Read) -> None:
    long, short = b"x" * 30_000_000, [b'{"text": "%s"}' % (b"y" * 100_000)] * 200
    (tmp_path / "a.json.gz").write_bytes(gzip.compress(b", ".join([b'[{"text": "%s"}' % long, *short]) + b"]", 1))
    tracemalloc.start()
    try:
        items = read(path="a.json.gz", max_rows=3, max_row_megabytes=1).items
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert [len(item.content or b"") for item in items] == [0, 100_000, 100_000]
    assert peak < 5_000_000
