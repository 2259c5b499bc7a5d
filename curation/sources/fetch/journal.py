"""The journal of a capture: every final answer is in it before anybody sees it, so that a restart need not ask again.

A SQLite database in the capture's state folder. Its write-ahead log outlives a killed process, not a machine that loses
power a moment later; then the last answers are asked for again. Large bodies are files beside it.
"""

import json
import os
import sqlite3
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import astuple, dataclass
from pathlib import Path

from curation.sources.fetch.page import Answer, FetchError
from curation.sources.receipts import Receipt
from warehouse.errors import SourceError

FILE = "answers.sqlite"
BODIES = "bodies"
IN_TABLE = 1_000_000
"""Bytes; a larger body is a file."""

_TABLES = """
CREATE TABLE IF NOT EXISTS answers (
    key BLOB PRIMARY KEY,      -- digest of the request
    given REAL NOT NULL,       -- when, in seconds since the epoch
    status INTEGER,
    headers TEXT,              -- JSON; null where there is an error
    content BLOB,              -- null where it is a file
    error TEXT,
    transient INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS hosts (
    host TEXT PRIMARY KEY,
    requests INTEGER NOT NULL,
    unchanged INTEGER NOT NULL,
    bytes INTEGER NOT NULL,
    waited REAL NOT NULL,
    errors INTEGER NOT NULL,
    robots TEXT NOT NULL,
    asked REAL NOT NULL,       -- when it was last asked, in seconds since the epoch
    closed_until REAL NOT NULL, -- when a pause ends that it asked for
    written REAL NOT NULL      -- when this was written, by the same clock
);
"""

CHEAP_ANSWERS = 100
"""So many answers are soon had again."""


@dataclass(frozen=True)
class Given:
    """An answer, and when it was given, in seconds since the epoch."""

    answer: Answer
    at: float


@dataclass(frozen=True)
class HostState:
    """What is known of a host: its receipt, and the times that its pace goes by, in seconds since the epoch."""

    receipt: Receipt
    asked: float
    closed_until: float
    written: float


class Journal:
    """The answers and hosts of one capture; for any number of threads.

    Every method raises SourceError where the disk does not take or give what it should.
    """

    def __init__(self, state: Path) -> None:
        self._state = state
        self._lock = threading.Lock()
        with self._told():
            state.mkdir(parents=True, exist_ok=True)
            try:
                self._database = self._opened()
            except sqlite3.DatabaseError:
                # what is damaged is of no use; everything in it can be asked for again
                for path in state.glob(f"{FILE}*"):
                    path.unlink()
                self._database = self._opened()

    def _opened(self) -> sqlite3.Connection:
        database = sqlite3.connect(self._state / FILE, timeout=60, isolation_level=None, check_same_thread=False)
        try:
            database.execute("PRAGMA journal_mode = WAL")
            database.execute("PRAGMA synchronous = NORMAL")
            database.executescript(_TABLES)
            database.execute("SELECT count(*) FROM answers").fetchone()
            database.execute("SELECT written FROM hosts").fetchone()  # one of an older version has none
        except sqlite3.DatabaseError:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Ends the use of it."""
        self._database.close()

    def find(self, key: bytes, since: float = 0.0) -> Given | None:
        """The answer to a request where one was given since a time. Raises the FetchError that was kept in its place."""
        with self._told():
            query = "SELECT given, status, headers, content, error, transient FROM answers WHERE key = ? AND given >= ?"
            row = self._database.execute(query, (key, since)).fetchone()
            if row is None:
                return None
            given, status, headers, content, error, transient = row
            if error is not None:
                raise FetchError(error, status, bool(transient))
            if content is None:
                path = self._body(key)
                if not path.exists():
                    return None
                content = path.read_bytes()
        return Given(Answer(status, json.loads(headers), content), given)

    def keep(self, key: bytes, answer: Answer | FetchError) -> None:
        """Puts an answer on disk, or why there was none."""
        row: tuple[object, ...]
        if isinstance(answer, FetchError):
            row = (None, None, str(answer), answer.transient)
        else:
            inside = len(answer.content) <= IN_TABLE
            if not inside:
                self._write_body(key, answer.content)
            row = (json.dumps(dict(answer.headers)), answer.content if inside else None, None, False)
        with self._told():
            self._database.execute("INSERT OR REPLACE INTO answers VALUES (?, ?, ?, ?, ?, ?, ?)", (key, time.time(), answer.status, *row))

    def forget_failures(self) -> None:
        """Leaves out what failed, and everything where it is little, so that another try of a source that failed asks again.

        Little, since a programming interface may say in a good answer what is wrong.
        """
        with self._told():
            (count,) = self._database.execute("SELECT count(*) FROM answers").fetchone()
            few = "" if count <= CHEAP_ANSWERS else "WHERE transient OR error IS NOT NULL OR status >= 400"
            self._database.execute(f"DELETE FROM answers {few}")

    def note(self, host: HostState) -> None:
        """Puts on disk what is known of a host."""
        with self._told():
            row = (*astuple(host.receipt), host.asked, host.closed_until, host.written)
            self._database.execute("INSERT OR REPLACE INTO hosts VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", row)

    def hosts(self) -> list[HostState]:
        """What is known of every host."""
        with self._told():
            rows = self._database.execute("SELECT * FROM hosts ORDER BY host").fetchall()
        return [HostState(Receipt(*row[:-3]), *row[-3:]) for row in rows]

    def _body(self, key: bytes) -> Path:
        return self._state / BODIES / key.hex()

    def _write_body(self, key: bytes, content: bytes) -> None:
        path = self._body(key)
        with self._told():
            path.parent.mkdir(exist_ok=True)
            scratch = path.with_suffix(f".{os.getpid()}.{threading.get_ident()}")
            scratch.write_bytes(content)
            scratch.replace(path)

    @contextmanager
    def _told(self) -> Iterator[None]:
        """One thread at a time; an error of the disk in words."""
        with self._lock:
            try:
                yield
            except (sqlite3.Error, OSError) as error:
                raise SourceError(
                    f"what was fetched cannot be kept in {self._state}: {error}. See that the disk has room and can be written to."
                ) from error
