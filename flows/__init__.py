"""The roof: Prefect flows, command line and report. Orchestration only."""

import atexit
import os


def _end_quietly() -> None:
    """Closes standard error once everything has been said.

    Prefect's threads live on while the interpreter takes itself apart, and DuckDB's bindings then fill the terminal, or a
    server's log, with pages about leaks. Nothing of ours is said so late.
    """
    os.dup2(os.open(os.devnull, os.O_WRONLY), 2)


atexit.register(_end_quietly)
