"""DuckDB for set work on Parquet files: in memory, bounded, spilling to disk, with each statement in a `.sql` file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

from warehouse.statements import exact_path

Value = float | int | Path | list[Path]
"""What a statement can be given: a number, one file or several."""

MEMORY_MB = 1024
THREADS = 2


class Engine:
    """One in-memory DuckDB connection that runs statements by their file name.

    The full name, with `.sql`, is written where the statement is used: the code version of a stage is read from there.
    """

    def __init__(self, connection: duckdb.DuckDBPyConnection, statements: Path) -> None:
        self._connection = connection
        self._statements = statements

    def run(self, name: str, **parameters: Value) -> None:
        """Executes the statement in a file with bound parameters, for its effect."""
        self._connection.execute(self._text(name), _bound(parameters))

    def table(self, name: str, **parameters: Value) -> pa.Table:
        """Executes the statement in a file with bound parameters and returns its rows."""
        return self._connection.sql(self._text(name), params=_bound(parameters)).to_arrow_table()

    def register(self, tables: Mapping[str, pa.Table]) -> None:
        """Makes Arrow tables visible to SQL under the given names."""
        for name, table in tables.items():
            self._connection.register(name, table)

    def _text(self, name: str) -> str:
        return (self._statements / name).read_text(encoding="utf-8")


@contextmanager
def open_engine(statements: Path, scratch: Path, memory_mb: int = MEMORY_MB) -> Iterator[Engine]:
    """An engine over the `.sql` files of a folder, which spills below `scratch` when `memory_mb` is not enough."""
    scratch.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(dir=scratch, prefix="duckdb-") as spill:
        config: dict[str, str | bool | int | float | list[str]] = {
            "memory_limit": f"{memory_mb}MB",
            "threads": THREADS,
            "temp_directory": spill,
        }
        with duckdb.connect(":memory:", config=config) as connection:
            yield Engine(connection, statements)


def _bound(parameters: Mapping[str, Value]) -> dict[str, float | str | list[str]]:
    return {name: _plain(value) for name, value in parameters.items()}


def _plain(value: Value) -> float | str | list[str]:
    if isinstance(value, list):
        return [exact_path(path) for path in value]
    return exact_path(value) if isinstance(value, Path) else value
