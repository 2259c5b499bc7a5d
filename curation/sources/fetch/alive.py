"""Which of the processes that share a folder are alive: each has a number, and a lock on it that ends with the process, however
that ends.

The numbers are bytes of one file, and the locks those of POSIX: held by a process, and let go where it closes the file. So a
process opens it once.
"""

import fcntl
import os
import secrets
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

FILE = "alive"

_HIGHEST = 1 << 40


@dataclass
class _Process:
    """This process, and the file of each folder that it has its lock in."""

    pid: int
    number: int
    files: dict[Path, int]


_LOCK = threading.Lock()
_PROCESS = _Process(0, 0, {})


def number_in(folder: Path) -> int:
    """The number of this process, by which others that share a folder see that it is alive, where the disk can tell them."""
    with _LOCK:
        with suppress(OSError):
            _opened(folder)
        return _PROCESS.number


def is_alive(folder: Path, number: int) -> bool:
    """Whether the process of a number in a folder is alive; it is taken to be where that cannot be told."""
    with _LOCK, suppress(OSError):
        descriptor = _opened(folder)
        if number != _PROCESS.number:
            fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, number)
            fcntl.lockf(descriptor, fcntl.LOCK_UN, 1, number)
            return False
    return True


def _opened(folder: Path) -> int:
    if os.getpid() != _PROCESS.pid:  # also in a child, which has none of its parent's locks
        _PROCESS.pid, _PROCESS.number, _PROCESS.files = os.getpid(), 1 + secrets.randbelow(_HIGHEST), {}
    file = folder / FILE
    descriptor = _PROCESS.files.get(folder)
    if descriptor is None or not _is_there(file, descriptor):
        descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o666)
        fcntl.lockf(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, _PROCESS.number)
        _PROCESS.files[folder] = descriptor
    return descriptor


def _is_there(file: Path, descriptor: int) -> bool:
    """Whether a file that was opened is still the one of its name: the folder may have been cleared."""
    try:
        return os.path.samestat(file.stat(), os.fstat(descriptor))
    except OSError:
        return False
