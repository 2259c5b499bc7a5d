"""Tables: each has one shape, and the same rows are the same bytes."""

from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from warehouse.tables import SAMPLES, SCHEMAS, SPLITS, read_table, write_table


def samples(count: int) -> list[dict[str, Any]]:
    return [{"domain": "wiki", "doc_id": str(n), "prompt": str(n**5), "continuation": None if n % 3 else "é"} for n in range(count)]


def test_what_is_written_is_read_again(tmp_path: Path) -> None:
    assert write_table(tmp_path / "a.parquet", samples(5), SAMPLES) == 5
    assert read_table(tmp_path / "a.parquet").to_pylist() == samples(5)


def test_the_same_rows_are_the_same_bytes(tmp_path: Path) -> None:
    for name in "ab":
        write_table(tmp_path / name, samples(3000), SAMPLES)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_the_same_rows_in_other_chunks_are_the_same_bytes(tmp_path: Path) -> None:
    rows = [row | {"prompt": row["prompt"] * (number % 20)} for number, row in enumerate(samples(30_000))]
    whole = pa.Table.from_pylist(rows, schema=SAMPLES)
    chunked = pa.concat_tables([whole.slice(0, 777), whole.slice(777, 20_000), whole.slice(20_777)])
    write_table(tmp_path / "whole", whole, SAMPLES)
    write_table(tmp_path / "chunked", chunked, SAMPLES)
    assert (tmp_path / "whole").read_bytes() == (tmp_path / "chunked").read_bytes()


def test_columns_take_the_order_and_the_types_of_their_table(tmp_path: Path) -> None:
    row = {"bytes": 2, "characters": 1, "split": "val", "group_id": "g", "domain": "d", "source": "s", "doc_id": "i"}
    narrow = pa.table({name: pa.array([value], pa.int32() if isinstance(value, int) else pa.string()) for name, value in row.items()})
    write_table(tmp_path / "a", narrow, SPLITS)
    write_table(tmp_path / "b", [row], SPLITS)
    assert read_table(tmp_path / "a").schema == SPLITS
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


@pytest.mark.parametrize("change", [{"another": 1}, {"prompt": ...}])
def test_rows_with_too_many_or_too_few_columns_are_refused(tmp_path: Path, change: dict[str, Any]) -> None:
    row = {key: value for key, value in (samples(1)[0] | change).items() if value is not ...}
    with pytest.raises(ValueError, match=next(iter(change))):
        write_table(tmp_path / "a", [samples(1)[0], row], SAMPLES)
    with pytest.raises(ValueError, match="are not those of its table"):
        write_table(tmp_path / "a", pa.Table.from_pylist([row]), SAMPLES)
    assert not (tmp_path / "a").exists()


@pytest.mark.parametrize("value", ["many", 1.5])
def test_a_value_of_another_type_is_refused(tmp_path: Path, value: object) -> None:
    row = {"doc_id": "i", "source": "s", "domain": "d", "group_id": "g", "split": "val", "characters": value, "bytes": 1}
    with pytest.raises((pa.ArrowInvalid, pa.ArrowTypeError, ValueError)):
        write_table(tmp_path / "a", [row], SPLITS)
    with pytest.raises(pa.ArrowInvalid):
        write_table(tmp_path / "a", pa.Table.from_pylist([row]), SPLITS)


@pytest.mark.parametrize("name", SCHEMAS)
def test_every_table_can_be_empty(tmp_path: Path, name: str) -> None:
    assert write_table(tmp_path / "a", [], SCHEMAS[name]) == 0
    assert read_table(tmp_path / "a").schema == SCHEMAS[name]


def test_partitions_are_read_in_the_order_given(tmp_path: Path) -> None:
    for number, name in enumerate("ab"):
        write_table(tmp_path / name, samples(2)[number : number + 1], SAMPLES)
    found = read_table([tmp_path / "b", tmp_path / "a"], columns=["doc_id"])
    assert found.to_pylist() == [{"doc_id": "1"}, {"doc_id": "0"}]


def test_a_folder_named_by_its_recipe_adds_no_column(tmp_path: Path) -> None:
    path = tmp_path / "recipe=r" / "a.parquet"
    path.parent.mkdir()
    write_table(path, samples(1), SAMPLES)
    assert read_table(path).column_names == SAMPLES.names
