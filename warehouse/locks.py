"""A lock that the kernel frees when its holder dies, however it dies."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from warehouse.errors import WorkspaceError


@contextmanager
def exclusive(path: Path, wait: bool = False) -> Iterator[None]:
    """Holds a file lock for the length of a block.

    Raises WorkspaceError, naming the holder's process, when the lock is taken and `wait` is false, and where the
    folder cannot be written to.
    """
    descriptor = _opened(path)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | (0 if wait else fcntl.LOCK_NB))
        except BlockingIOError:
            holder = os.read(descriptor, 32).decode(errors="replace").strip() or "unknown"
            raise WorkspaceError(
                f"{path.parent}: another build (process {holder}) is working in this workspace. "
                "Wait for it to end, or give this one a workspace of its own with --home."
            ) from None
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, str(os.getpid()).encode(), 0)
        yield
    finally:
        os.close(descriptor)


def _opened(path: Path) -> int:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        return os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise WorkspaceError(
            f"{path.parent}: cannot be written to ({error.strerror}). Name another folder with --home, or make room in this one."
        ) from error
