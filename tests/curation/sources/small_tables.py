"""Small tables in every form, and what a source of data sets makes of them."""

import csv
import io
import json
from collections.abc import Callable
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
from archives import Captured

from curation.sources.dataset import DatasetSource

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


def dataset_source(**settings: Any) -> DatasetSource:
    return DatasetSource.model_validate({"kind": "dataset", "id": "rows", "domain": "lore", **settings})
