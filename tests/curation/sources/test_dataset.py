"""Tables as a source: one item per row, whatever holds the rows."""

import bz2
import gzip
import lzma
import subprocess
import sys
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from archives import Captured, zipped, zstd
from pydantic import ValidationError
from small_tables import MAKERS, ROWS, Read, dataset_source, jsonl, parquet

from curation.sources.context import Context
from curation.sources.files import FilesSource
from warehouse.errors import SourceError


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
        dataset_source(**settings)


def test_the_fingerprint_of_local_tables_is_of_their_bytes(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS))
    before = dataset_source(path="a.jsonl").fingerprint(tmp_path)
    (tmp_path / "a.jsonl").write_bytes(jsonl(ROWS[:2]))
    assert before != dataset_source(path="a.jsonl").fingerprint(tmp_path) != ""
    assert not dataset_source(path="a.jsonl").is_remote
    assert dataset_source(path="a.jsonl").first_requests() == []
    with pytest.raises(SourceError, match="does not exist"):
        dataset_source(path="b.jsonl").fingerprint(tmp_path)


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
