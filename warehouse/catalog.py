"""The catalog: a small DuckDB file of views and macros over the tables' Parquet files.

DuckDB lets one process write a file and then no other may read it. So nothing is ever written into the published file:
a new one is built aside and put in its place by rename. Readers keep the one they opened; nobody waits.
"""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from warehouse.digests import sha256_bytes
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace
from warehouse.locks import exclusive
from warehouse.statements import exact_path, literal, statement
from warehouse.tables import SCHEMAS, meanings, write_table

STORAGE_VERSION = "v1.2.0"
"""The oldest DuckDB whose shell can open the published file."""

NO_RECIPE = "_"
"""Partition of the empty files that let a view exist before its table has a row."""

VIEW_OF = {"compression": "compression_by_source"}
"""The views over a table that do not bear its name."""

_FILES_ONLY = {"captures": {"content"}}
"""Columns that no view shows."""


def publish(workspace: Workspace) -> bool:
    """Puts the views of this version of the program over a workspace's tables; True where the file had to be written.

    Safe while others read, publish, or add partitions; new partitions need no publishing. A second call writes nothing.
    Raises WorkspaceError where the folder cannot be written.
    """
    if "?" in str(workspace.root.resolve()):
        raise WorkspaceError(f"DuckDB can write no database below {workspace.root}: choose a folder without ? in its path")
    try:
        with exclusive(workspace.publish_lock, wait=True):
            _create_empty_partitions(workspace)
            if published_definition(workspace.database) == definition(workspace):
                return False
            _replace(workspace)
            return True
    except (OSError, duckdb.IOException) as fault:
        raise WorkspaceError(
            f"the warehouse at {workspace.database} cannot be written ({fault}): make the folder writable or free some space"
        ) from fault


def definition(workspace: Workspace) -> str:
    """Identity of what `publish` would write: the statements and the place of the tables."""
    return sha256_bytes("\n".join([_statements(), str(workspace.root.resolve())]).encode())


def published_definition(database: Path) -> str:
    """The definition inside a published file; empty where there is none or it cannot be read."""
    if not database.is_file():
        return ""
    try:
        with attached(database) as connection:
            found = connection.execute("SELECT definition FROM warehouse_definition").fetchone()
    except duckdb.Error:  # foreign, damaged, or held open for writing: replaced by rename all the same
        return ""
    return str(found[0]) if found else ""


@contextmanager
def attached(database: Path) -> Iterator[duckdb.DuckDBPyConnection]:
    """A connection of its own to a published file, read-only.

    Connecting to the path would share one instance with everyone in this process: with its settings, and with the file
    as it was before the last publishing.
    """
    with duckdb.connect() as connection:
        connection.execute(f"ATTACH {literal(str(database.resolve()))} AS warehouse (READ_ONLY); USE warehouse")
        yield connection


def names(connection: duckdb.DuckDBPyConnection) -> list[str]:
    """The views and macros that a published file offers."""
    rows = connection.execute(
        """
        SELECT view_name FROM duckdb_views() WHERE NOT internal
        UNION
        SELECT function_name FROM duckdb_functions() WHERE NOT internal AND function_type = 'table_macro'
        ORDER BY 1
        """
    ).fetchall()
    return [name for (name,) in rows]


def _statements() -> str:
    return statement("warehouse", "views.sql") + statement("warehouse", "macros.sql") + "".join(_column_comments())


def _column_comments() -> Iterator[str]:
    for table, schema in SCHEMAS.items():
        for column, meaning in meanings(schema).items():
            if column not in _FILES_ONLY.get(table, ()):
                yield f'COMMENT ON COLUMN {VIEW_OF.get(table, table)}."{column}" IS {literal(meaning)};\n'


def _replace(workspace: Workspace) -> None:
    # not in the scratch folder, which a build that starts at this moment clears
    aside = workspace.root / f".warehouse.{os.getpid()}.duckdb"
    filled = (
        _statements()
        .replace("{tables}", exact_path(workspace.tables).replace("'", "''"))
        .replace("{definition}", literal(definition(workspace)))
        .replace("{root}", literal(str(workspace.root.resolve())))
    )
    aside.unlink(missing_ok=True)
    try:
        with duckdb.connect(aside, config={"storage_compatibility_version": STORAGE_VERSION}) as connection:
            connection.execute(f"BEGIN; {filled} COMMIT; CHECKPOINT")
        aside.replace(workspace.database)
    finally:
        aside.unlink(missing_ok=True)


def _create_empty_partitions(workspace: Workspace) -> None:
    """Empty partitions with the columns of today, whose types the views take where older partitions lack a column."""
    for table, schema in SCHEMAS.items():
        path = workspace.partition(table, NO_RECIPE, "empty")
        if path.exists() and pq.read_schema(path).names == schema.names:
            continue
        path.parent.mkdir(parents=True, exist_ok=True)
        aside = path.with_suffix(".tmp")
        write_table(aside, pa.Table.from_pylist([], schema=schema), schema)
        aside.replace(path)
