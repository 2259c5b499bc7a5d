"""Tables as a source: one item per row, whatever holds the rows; a bad row costs itself and says where it is."""

import bz2
import csv
import gzip
import io
import json
import lzma
import random
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from archives import Captured, zipped, zstd
from pydantic import ValidationError

from curation.sources.context import Context
from curation.sources.dataset import DatasetSource
from curation.sources.files import FilesSource
from warehouse.errors import SourceError

Read = Callable[..., Captured]
ROWS = [{"text": "first", "name": "a", "year": 1}, {"text": "second", "name": "b", "year": 2}, {"text": "third", "name": "c", "year": 3}]


def jsonl(rows: list[dict[str, Any]]) -> bytes:
    return "".join(json.dumps(row) + "\n" for row in rows).encode()


def csved(rows: list[dict[str, Any]], delimiter: str = ",") -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return buffer.getvalue().encode()


def parquet(rows: list[dict[str, Any]], **settings: Any) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist(rows), buffer, **settings)
    return buffer.getvalue()


MAKERS = {
    "rows.jsonl": jsonl,
    "rows.csv": csved,
    "rows.tsv": lambda rows: csved(rows, "\t"),
    "rows.parquet": parquet,
}


def source(**settings: Any) -> DatasetSource:
    return DatasetSource.model_validate({"kind": "dataset", "id": "rows", "domain": "lore", **settings})


@pytest.fixture
def read(tmp_path: Path) -> Read:
    return lambda **settings: Captured(list(source(**settings).items(Context(tmp_path, tmp_path / "state"))))


@pytest.mark.parametrize("name", MAKERS)
def test_every_row_is_an_item(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).write_bytes(MAKERS[name](ROWS))
    captured = read(path=name)
    assert list(captured.contents.values()) == [b"first", b"second", b"third"]
    assert len(captured.contents) == 3
    assert captured.uris[0].startswith(f"file:{name}#")
    assert {item.media_type for item in captured.items} == {"text/plain"}


def test_lines_of_a_text_are_rows(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.txt").write_bytes(b"one\r\n\ntwo")
    assert read(path="a.txt").contents == {"a.txt#1": b"one", "a.txt#3": b"two"}


@pytest.mark.parametrize("name", MAKERS)
def test_columns_say_what_is_the_id_the_title_and_so_on(tmp_path: Path, read: Read, name: str) -> None:
    row = {"body": "words", "key": 7, "head": "Title", "at": "https://e.org/7", "by": "CC0-1.0", "when": "2024-05-06T07:08:09"}
    (tmp_path / name).write_bytes(MAKERS[name]([row]))
    columns = {"text": "body", "id": "key", "title": "head", "uri": "at", "licence": "by", "modified": "when"}
    (item,) = read(path=name, columns=columns).items
    assert (item.native_id, item.content, item.title) == ("7", b"words", "Title")
    assert (item.uri, item.licence, item.modified) == ("https://e.org/7", "CC0-1.0", "2024-05-06T07:08:09")


def test_a_time_of_parquet_is_a_time(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.parquet").write_bytes(parquet([{"text": "x", "when": datetime(2024, 5, 6, tzinfo=UTC)}]))
    assert read(path="a.parquet", columns={"modified": "when"}).items[0].modified == "2024-05-06T00:00:00+00:00"


def test_a_row_has_the_id_of_its_column_or_else_of_its_place_and_twice_the_same(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS))
    assert list(read(path="a.jsonl", columns={"id": "name"}).contents) == ["a", "b", "c"]
    assert list(read(path="a.jsonl").contents) == ["a.jsonl#1", "a.jsonl#2", "a.jsonl#3"]
    assert read(path="a.jsonl").items == read(path="a.jsonl").items


@pytest.mark.parametrize("name", MAKERS)
def test_only_as_many_rows_as_the_recipe_says_are_read(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).write_bytes(MAKERS[name](ROWS))
    assert len(read(path=name, max_rows=2).items) == 2


def test_what_the_texts_are_is_the_recipes_word(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS))
    assert read(path="a.jsonl", format="wikitext").items[0].media_type == "text/x-wiki"


@pytest.mark.parametrize(
    ("ending", "compress"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zst", zstd.compress)]
)
@pytest.mark.parametrize("name", MAKERS)
def test_compressed_tables_are_read(tmp_path: Path, read: Read, name: str, ending: str, compress: Callable[[bytes], bytes]) -> None:
    (tmp_path / f"{name}.{ending}").write_bytes(compress(MAKERS[name](ROWS)))
    assert list(read(path=f"{name}.{ending}").contents.values()) == [b"first", b"second", b"third"]


def test_a_folder_and_an_archive_of_tables_are_read_whatever_their_kinds(tmp_path: Path, read: Read) -> None:
    contents = {name: make(ROWS) for name, make in MAKERS.items()}
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "x.zip").write_bytes(zipped(contents))
    (tmp_path / "f" / "y.jsonl").write_bytes(jsonl(ROWS))
    captured = read(path="f")
    assert len(captured.contents) == 15
    assert captured.contents["x.zip!/rows.parquet#2"] == b"second"


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


def test_a_mark_at_the_beginning_is_no_part_of_the_first_column(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.csv").write_bytes(b"\xef\xbb\xbftext;n\na;1\n")
    (tmp_path / "a.jsonl").write_bytes(b'\xef\xbb\xbf{"text": "a"}\n')
    assert read(path="a.csv").contents == read(path="a.csv", table="csv").contents == {"a.csv#1": b"a"}
    assert read(path="a.jsonl").contents == {"a.jsonl#1": b"a"}


@pytest.mark.parametrize("name", ["rows.csv", "rows.parquet"])
def test_a_table_without_the_column_is_one_failed_item_that_names_those_it_has(tmp_path: Path, read: Read, name: str) -> None:
    (tmp_path / name).write_bytes(MAKERS[name](ROWS))
    captured = read(path=name, columns={"text": "body"})
    assert captured.errors == {name: "has no column 'body'; its columns are: text, name, year. Check `columns` in the recipe"}


def test_a_row_without_an_id_is_a_failed_item(tmp_path: Path, read: Read) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl([{"text": "a"}, {"text": "b", "id": True}, {"text": "c", "id": "3"}]))
    captured = read(path="a.jsonl", columns={"id": "id"})
    assert captured.contents == {"3": b"c"}
    assert len(captured.errors) == 2


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("a.json", b'[{"text": "a"}]', "one JSON array, not JSON lines"),
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


@pytest.mark.parametrize(
    ("settings", "fault"),
    [
        ({}, "give either `path`"),
        ({"path": "a", "name": "b/c"}, "give either `path`"),
        ({"name": "../x"}, "name"),
        ({"path": "a", "columns": {"text": ""}}, "columns.text"),
    ],
)
def test_a_source_that_cannot_be_meant_is_refused(settings: dict[str, Any], fault: str) -> None:
    with pytest.raises(ValidationError, match=fault):
        source(**settings)


def test_the_fingerprint_of_local_tables_is_of_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS))
    before = source(path="a.jsonl").fingerprint(tmp_path)
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS[:2]))
    assert before != source(path="a.jsonl").fingerprint(tmp_path) != ""
    assert not source(path="a.jsonl").is_remote
    assert source(path="a.jsonl").first_requests() == []
    with pytest.raises(SourceError, match="does not exist"):
        source(path="b.jsonl").fingerprint(tmp_path)


@pytest.mark.parametrize("name", MAKERS)
def test_a_source_of_files_reads_rows_where_it_is_given_columns(tmp_path: Path, name: str) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({name: MAKERS[name](ROWS), "b.txt": b"a text\nof two lines", "c.vtt": b"WEBVTT"}))
    files = FilesSource.model_validate({"kind": "files", "id": "f", "domain": "lore", "path": "x.zip", "columns": {"id": "name"}})
    captured = Captured(list(files.items(Context(tmp_path, tmp_path))))
    assert captured.contents == {"a": b"first", "b": b"second", "c": b"third", "b.txt": b"a text\nof two lines", "c.vtt": b"WEBVTT"}


def test_a_source_of_files_without_columns_takes_a_table_for_a_file(tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_bytes(jsonl(ROWS))
    files = FilesSource.model_validate({"kind": "files", "id": "f", "domain": "lore", "path": "rows.jsonl"})
    assert [item.content for item in files.items(Context(tmp_path, tmp_path))] == [jsonl(ROWS)]


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


PROGRAM = r"""
import re, sys
from pathlib import Path
from curation.sources.context import Context
from curation.sources.dataset import DatasetSource
source = DatasetSource.model_validate({"kind": "dataset", "id": "r", "domain": "lore", "path": sys.argv[1]})
rows = sum(1 for _ in source.items(Context(Path("."), Path("."))))
print(rows, re.search(r"VmHWM:\s+(\d+) kB", Path("/proc/self/status").read_text())[1])
"""


@pytest.mark.slow
@pytest.mark.parametrize("name", ["rows.jsonl", "rows.csv", "rows.parquet"])
def test_memory_does_not_grow_with_the_file(tmp_path: Path, name: str) -> None:
    peaks = []
    for count in (1_000, 100_000):
        rows = ({"text": f"{n * n * 7919 % 1_000_003:x} " * 300} for n in range(count))
        path = tmp_path / f"{count}" / name
        path.parent.mkdir()
        path.write_bytes(MAKERS[name](list(rows)))
        done = subprocess.run([sys.executable, "-c", PROGRAM, str(path)], capture_output=True, text=True, check=True)
        found, peak = map(int, done.stdout.split())
        assert found == count
        peaks.append(peak)
    assert peaks[1] - peaks[0] < 60_000  # KiB, of a file of 200 MB
