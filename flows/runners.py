"""Where work runs, chosen by configuration in one place: processes of this machine, Prefect workers, or a Dask cluster.

Embedded, a thread per batch borrows one worker process and waits; the workers make no requests, while Prefect's own
process runner builds API clients for every task. On Prefect workers that share the workspace a batch of partitions is a run of its own,
for which the thread waits. On Dask a batch is a task of the cluster, and computes where it is.
"""

import ctypes
import logging
import multiprocessing
import os
import signal
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from enum import StrEnum
from queue import SimpleQueue
from typing import Any, ParamSpec, TypeVar, cast

from prefect.futures import PrefectFuture
from prefect.task_runners import TaskRunner, ThreadPoolTaskRunner

from warehouse.errors import WorkspaceError

P = ParamSpec("P")
T = TypeVar("T")
AnyRunner = TaskRunner[PrefectFuture[Any]]

THREADS = 64
"""Batches that may wait for a worker at once; the workers themselves are as many as the run asks for."""

CONNECT_SECONDS = 10
"""How long a cluster's scheduler may take to answer, and its first worker to come: both may be starting beside the run."""


class EngineKind(StrEnum):
    """What does the work of a stage's partitions."""

    EMBEDDED = "embedded"  # worker processes of the run
    WORKERS = "workers"  # runs of their own, on Prefect workers that share the workspace
    DASK = "dask"


@dataclass(frozen=True)
class Engine:
    """The configured engine; BERRY_ENGINE, BERRY_DASK_ADDRESS and BERRY_WORKERS set it."""

    kind: EngineKind
    address: str  # of a Dask scheduler; empty for a local cluster
    workers: int


def configured_engine() -> Engine:
    """The engine that the environment names. Raises WorkspaceError for one that does not exist."""
    kind, count = os.environ.get("BERRY_ENGINE", EngineKind.EMBEDDED), os.environ.get("BERRY_WORKERS", "0")
    if kind not in list(EngineKind):
        raise WorkspaceError(f"BERRY_ENGINE is {kind!r}; it is one of {', '.join(EngineKind)}.")
    if not count.isdecimal():
        raise WorkspaceError(f"BERRY_WORKERS is {count!r}; it is a number of processes, or 0 for one per core.")
    return Engine(EngineKind(kind), os.environ.get("BERRY_DASK_ADDRESS", ""), int(count) or cores())


def task_runner() -> AnyRunner:
    """Prefect's task runner for the configured engine: threads that feed this run's workers, or a Dask cluster.

    Raises WorkspaceError where Dask is asked for and not installed.
    """
    engine = configured_engine()
    if engine.kind is not EngineKind.DASK:
        return cast(AnyRunner, ThreadPoolTaskRunner(max_workers=THREADS))
    try:
        from prefect_dask.task_runners import DaskTaskRunner
    except ImportError as error:
        raise WorkspaceError("BERRY_ENGINE is dask, and Dask is not installed. Install it with: pip install 'berrypatch[dask]'") from error
    logging.getLogger("distributed").setLevel(logging.WARNING)
    logging.getLogger("distributed.client").setLevel(logging.CRITICAL)  # a lost scheduler is said once, by the stage that it was lost in
    if engine.address:
        return cast(AnyRunner, DaskTaskRunner(address=engine.address))
    # one thread per process: a stage is bound by Python's own work, which threads do not share out
    cluster = {"n_workers": engine.workers, "threads_per_worker": 1, "dashboard_address": None, "silence_logs": logging.WARNING}
    return cast(AnyRunner, DaskTaskRunner(cluster_kwargs=cluster))


def cores() -> int:
    """Processors that this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


class Stopped(WorkspaceError):
    """The run is ending, and its workers are gone."""


class Workers:
    """Worker processes that threads borrow, one call at a time.

    Each is a pool of one process, so that one that is killed costs no other its work.
    """

    def __init__(self, count: int) -> None:
        self.count = count
        self._idle: SimpleQueue[ProcessPoolExecutor | None] = SimpleQueue()
        self._started: set[ProcessPoolExecutor] = set()
        self._closed = False
        for _ in range(count):
            self._idle.put(None)  # started when it is first needed

    def call(self, function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
        """The result of a call in a worker process, which is waited for.

        Raises what the call raises, BrokenProcessPool where the process was killed, and Stopped once the run is ending.
        """
        worker = self._idle.get()
        try:
            if self._closed:
                raise Stopped("the run is ending")
            if worker is None:
                worker = ProcessPoolExecutor(1, mp_context=multiprocessing.get_context("spawn"), initializer=_start_worker)
                self._started.add(worker)
            return worker.submit(function, *arguments, **named).result()
        except BrokenProcessPool:
            if worker is not None:
                self._started.discard(worker)
                worker.shutdown(wait=False)
            worker = None
            if self._closed:
                raise Stopped("the run is ending") from None
            raise
        finally:
            self._idle.put(worker)

    def close(self, at_once: bool) -> None:
        """Ends the processes: after their current call, or at once, which wakes the threads that wait for them."""
        self._closed = True
        workers = list(self._started)
        # taken before the shutdown, which forgets them
        running = [process for worker in workers for process in (worker._processes or {}).values()]
        for worker in workers:
            worker.shutdown(wait=not at_once)
        for process in running if at_once else ():
            process.terminate()


_WORKERS: ContextVar[Workers | None] = ContextVar("workers", default=None)


@contextmanager
def open_workers(count: int) -> Iterator[int]:
    """The workers of a run for the length of a block, as the engine has it; gives their number. 0: as configured."""
    engine = configured_engine()
    if engine.kind is EngineKind.DASK:
        yield _cluster_threads(engine.address) if engine.address else engine.workers
        return
    workers = Workers(count or engine.workers)
    token = _WORKERS.set(workers)
    try:
        yield workers.count
    except BaseException:
        workers.close(at_once=True)
        raise
    else:
        workers.close(at_once=False)
    finally:
        _WORKERS.reset(token)


def in_worker(function: Callable[P, T], *arguments: P.args, **named: P.kwargs) -> T:
    """The result of a call in a worker process of this run; on a cluster this process is one already."""
    workers = _WORKERS.get()
    return function(*arguments, **named) if workers is None else workers.call(function, *arguments, **named)


def _cluster_threads(address: str) -> int:
    """How many batches an existing cluster computes at once. Raises WorkspaceError where it is not to be had."""
    from distributed import Client

    connect: Callable[..., Any] = Client  # which has no types
    try:
        client = connect(address, timeout=CONNECT_SECONDS, set_as_default=False)
    except (OSError, ValueError) as error:
        raise WorkspaceError(
            f"BERRY_DASK_ADDRESS is {address}, and no Dask scheduler answers there ({error}). Start one with `dask scheduler`, or "
            "unset BERRY_DASK_ADDRESS for a cluster of this machine's own."
        ) from error
    with client:
        try:
            client.wait_for_workers(1, CONNECT_SECONDS)
        except TimeoutError as error:
            raise WorkspaceError(f"the Dask scheduler at {address} has no workers. Start one with `dask worker {address}`.") from error
        return int(sum(client.nthreads().values()))


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
