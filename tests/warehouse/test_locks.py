"""Locks: one build per workspace, and none that outlives its holder."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from warehouse.errors import WorkspaceError
from warehouse.locks import exclusive

HOLD = """
import sys, time
from pathlib import Path
from warehouse.locks import exclusive

with exclusive(Path(sys.argv[1])):
    print("held", flush=True)
    time.sleep(60)
"""


@contextmanager
def held_by_another_process(path: Path) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen([sys.executable, "-c", HOLD, path], stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "held\n"
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def test_a_second_holder_is_refused_and_told_who_holds_it(tmp_path: Path) -> None:
    path = tmp_path / "workspace" / "build.lock"
    with (
        held_by_another_process(path) as holder,
        pytest.raises(WorkspaceError, match=rf"{path.parent}.*process {holder.pid}\b.*--home"),
        exclusive(path),
    ):
        pass


def test_a_refused_holder_does_not_take_the_name_off_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "build.lock"
    with held_by_another_process(path) as holder:
        for _ in range(2):
            with pytest.raises(WorkspaceError, match=str(holder.pid)), exclusive(path):
                pass


def test_a_killed_holder_frees_the_lock(tmp_path: Path) -> None:
    path = tmp_path / "build.lock"
    with held_by_another_process(path) as holder:
        holder.send_signal(signal.SIGKILL)
        holder.wait()
        with exclusive(path):
            assert path.read_text() == str(os.getpid())


def test_a_lock_is_free_after_its_block_even_when_that_failed(tmp_path: Path) -> None:
    with pytest.raises(ZeroDivisionError), exclusive(tmp_path / "lock"):
        raise ZeroDivisionError
    with exclusive(tmp_path / "lock"):
        pass


def test_one_who_waits_gets_the_lock_when_its_holder_is_gone(tmp_path: Path) -> None:
    path = tmp_path / "lock"
    with held_by_another_process(path) as holder:
        killer = subprocess.Popen(["sh", "-c", f"sleep 0.2; kill -9 {holder.pid}"])
        begun = time.monotonic()
        with exclusive(path, wait=True):
            assert time.monotonic() - begun > 0.1
        killer.wait()


def test_a_folder_that_cannot_be_written_to_is_an_error_that_says_so(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    with pytest.raises(WorkspaceError, match="cannot be written to"), exclusive(tmp_path / "file" / "build.lock"):
        pass
