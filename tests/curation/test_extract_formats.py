"""Rows of tables and chapters of books become the same text, whatever holds them."""

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from curation.document import Captured, Extracted
from curation.domains import Domain
from curation.extract import extract
from curation.sources.context import Context
from curation.sources.dataset import DatasetSource
from curation.sources.files import FilesSource

ROW = {"key": "7", "head": "Ore", "body": "# Ore\n\nWe [dug](https://e.org) for *ore*.\n"}
CHAPTER = """<?xml version="1.0" encoding="UTF-8"?>
<html xmlns="http://www.w3.org/1999/xhtml"><head><title>Ore</title></head>
<body><h1>Ore</h1><p>We <a href="b.xhtml">dug</a> for ore.</p></body></html>
"""


def csved(row: dict[str, str]) -> bytes:
    buffer = io.StringIO()
    writer = csv.DictWriter(buffer, list(row))
    writer.writeheader()
    writer.writerow(row)
    return buffer.getvalue().encode()


def parquet(row: dict[str, str]) -> bytes:
    buffer = io.BytesIO()
    pq.write_table(pa.Table.from_pylist([row]), buffer)
    return buffer.getvalue()


def lines(row: dict[str, str]) -> bytes:
    return json.dumps(row).encode() + b"\n"


def texts(source: DatasetSource | FilesSource, folder: Path) -> list[Extracted]:
    found = []
    for each in source.items(Context(folder, folder / "state")):
        assert each.content is not None
        found.append(extract(Captured(each.content, each.media_type, each.charset, each.native_id, each.uri, each.title, Domain.LORE)))
    return found


@pytest.mark.parametrize(("name", "made"), [("a.jsonl", lines), ("a.json", lines), ("a.csv", csved), ("a.parquet", parquet)])
def test_a_row_is_read_as_what_the_recipe_says_its_column_holds(tmp_path: Path, name: str, made: Callable[[dict[str, str]], bytes]) -> None:
    (tmp_path / name).write_bytes(made(ROW))
    columns = {"text": "body", "id": "key", "title": "head"}
    settings = {"kind": "dataset", "id": "rows", "domain": "lore", "path": name, "columns": columns, "format": "markdown"}
    (found,) = texts(DatasetSource.model_validate(settings), tmp_path)
    assert (found.text, found.title) == ("# Ore\n\nWe dug for *ore*.", "Ore")


@pytest.mark.parametrize(("name", "content"), [("a.txt", "Ore\n\nWe dug for ore."), ("a.xhtml", CHAPTER)])
def test_a_file_of_text_and_a_chapter_of_a_book_are_read(tmp_path: Path, name: str, content: str) -> None:
    (tmp_path / name).write_text(content)
    settings = {"kind": "files", "id": "books", "domain": "lore", "path": name}
    (found,) = texts(FilesSource.model_validate(settings), tmp_path)
    assert found.text.removeprefix("# ") == "Ore\n\nWe dug for ore."
