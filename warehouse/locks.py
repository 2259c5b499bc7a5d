"""A lock that the kernel frees when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import WorkspaceError


@contextmanager
def exclusive(path: Path, wait: bool = False, waiting: Callable[[str], object] | None = None) -> Iterator[None]:
    """Holds a file lock for the length of a block.

    With `wait` it stands in line where the lock is taken; `waiting` is told the holder's process first. Raises
    WorkspaceError, naming that process, when the lock is taken and `wait` is false, and where the folder cannot be
    written to.
    """
    descriptor = _opened(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
            if not wait:
                raise WorkspaceError(
                    f"{path}: another run (process {holder}) is at work here. "
                    "Wait for it to end, or give this one a workspace of its own with --home."
                ) from None
            if waiting is not None:
                waiting(holder)
            fcntl.flock(descriptor, fcntl.LOCK_EX)
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def is_held(path: Path) -> bool:
    """Whether somebody holds a lock now."""
    try:
        with path.open("rb") as descriptor:
            fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    except FileNotFoundError:
        return False
    return False


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise WorkspaceError(
            f"{path.parent}: cannot be written to ({error.strerror}). Name another folder with --home, or make room in this one."
        ) from error
