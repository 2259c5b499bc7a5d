"""Where work runs: one process pool per build, fed by Prefect's thread runner.

Prefect's own process runners build API clients for every task. Here a thread per batch waits while one shared pool of
plain processes, which make no requests, does the work.
"""

import ctypes
import multiprocessing
import os
import signal
import threading
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


@contextmanager
def process_pool(workers: int) -> Iterator[ProcessPoolExecutor]:
    """A pool of spawned processes that end with their parent, however it ends. 0 workers: one per core."""
    context = multiprocessing.get_context("spawn")
    pool = ProcessPoolExecutor(workers or cores(), mp_context=context, initializer=_start_worker)
    try:
        yield pool
    except BaseException:
        # taken before the shutdown, which forgets them. Futures are not cancelled: a thread that waits for a cancelled
        # one waits for ever, while the death of the workers wakes it
        running = list((pool._processes or {}).values())
        pool.shutdown(wait=False)
        for process in running:
            process.terminate()
        raise
    pool.shutdown()


def _start_worker() -> None:
    # Ctrl-C reaches the whole process group; the parent decides what it means
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    for name in ("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS"):
        os.environ.setdefault(name, "1")
    threading.Thread(target=_end_with_parent, daemon=True).start()
    _return_memory()


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


def _return_memory() -> None:
    """Keeps glibc from holding on to freed arenas, which otherwise grow with every large page."""
    try:
        ctypes.CDLL("libc.so.6").mallopt(-8, 1)  # M_ARENA_MAX
    except OSError:
        return  # another C library: nothing to tell it
