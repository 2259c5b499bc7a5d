"""DuckDB for set work on Parquet files: in memory, bounded, spilling to disk, with each statement in a `.sql` file."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb
import pyarrow as pa

Value = str | float | int | list[str]

MEMORY_MB = 1024
THREADS = 2


class Engine:
    """One in-memory DuckDB connection that runs statements by their file name."""

    def __init__(self, connection: duckdb.DuckDBPyConnection, statements: Path) -> None:
        self._connection = connection
        self._statements = statements

    def run(self, name: str, **parameters: Value) -> None:
        """Executes NAME.sql with bound parameters, for its effect."""
        self._connection.execute(self._text(name), parameters)

    def table(self, name: str, **parameters: Value) -> pa.Table:
        """Executes NAME.sql with bound parameters and returns its rows."""
        return self._connection.sql(self._text(name), params=parameters).to_arrow_table()

    def register(self, tables: Mapping[str, pa.Table]) -> None:
        """Makes Arrow tables visible to SQL under the given names."""
        for name, table in tables.items():
            self._connection.register(name, table)

    def _text(self, name: str) -> str:
        return (self._statements / f"{name}.sql").read_text(encoding="utf-8")


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
