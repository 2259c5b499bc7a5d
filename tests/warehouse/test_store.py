"""The store of finished outputs: nothing is computed twice, nothing is ever half there."""

import json
import os
import resource
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from warehouse.digests import sha256_bytes
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace
from warehouse.store import commit, disk_full, expose, faults, find, stage_key, write_atomic
from warehouse.tables import SAMPLES, write_table


@pytest.fixture
def workspace(tmp_path: Path) -> Workspace:
    return Workspace(tmp_path / "workspace")


def writes(text: str) -> Callable[[Path], object]:
    return lambda folder: (folder / "part.txt").write_text(text)


def never(_: Path) -> None:
    raise AssertionError("this key is finished and must not be computed again")


def everything_below(folder: Path) -> dict[str, bytes]:
    return {p.relative_to(folder).as_posix(): p.read_bytes() for p in sorted(folder.rglob("*")) if p.is_file()}


def run_python(code: str, *arguments: object, **options: object) -> subprocess.Popen[str]:
    command = [sys.executable, "-c", code, *map(str, arguments)]
    return subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, **options)  # type: ignore[call-overload,no-any-return]


@pytest.mark.parametrize(
    "other",
    [
        {"stage": "clean"},
        {"inputs": ["b", "a"]},
        {"inputs": ["a"]},
        {"settings": {"x": 2}},
        {"code": "2"},
    ],
)
def test_a_key_changes_with_everything_that_the_output_depends_on(other: dict[str, object]) -> None:
    facts = {"stage": "extract", "inputs": ["a", "b"], "settings": {"x": 1}, "code": "1"}
    assert stage_key(**facts) == stage_key(**facts)  # type: ignore[arg-type]
    assert stage_key(**facts) != stage_key(**(facts | other))  # type: ignore[arg-type]


def test_an_unknown_key_is_not_found(workspace: Workspace) -> None:
    assert find(workspace, "extract", "k1") is None


def test_an_output_names_its_files_with_digest_size_and_rows(workspace: Workspace) -> None:
    rows = [{"domain": "wiki", "doc_id": str(n), "prompt": "p", "continuation": "c"} for n in range(3)]

    def produce(folder: Path) -> None:
        (folder / "notes").mkdir()
        (folder / "notes" / "a.txt").write_text("abc")
        write_table(folder / "part.parquet", rows, SAMPLES)

    output = commit(workspace, "extract", "k1", produce)

    assert set(output.artifacts) == {"notes/a.txt", "part.parquet"}
    assert output["part.parquet"].rows == 3
    assert (output["notes/a.txt"].bytes, output["notes/a.txt"].sha256) == (3, sha256_bytes(b"abc"))
    assert find(workspace, "extract", "k1") == output


def test_a_finished_key_is_never_computed_again(workspace: Workspace) -> None:
    first = commit(workspace, "extract", "k1", writes("once"))
    assert commit(workspace, "extract", "k1", never) == first


def test_equal_content_has_an_equal_digest_whatever_made_it(workspace: Workspace) -> None:
    one, two = (commit(workspace, stage, stage, writes("same")) for stage in ("extract", "clean"))
    other = commit(workspace, "extract", "k2", writes("other"))
    assert one.digest == two.digest != other.digest


def test_a_failing_stage_leaves_nothing_behind(workspace: Workspace) -> None:
    def produce(folder: Path) -> None:
        (folder / "part.txt").write_text("half")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        commit(workspace, "extract", "k1", produce)
    assert everything_below(workspace.root) == {}


KILLED_WITHIN_PRODUCE = """
import sys, time
from pathlib import Path
from warehouse.layout import Workspace
from warehouse.store import commit

def produce(folder):
    with (folder / "part.txt").open("w") as handle:
        handle.write("some of it, ")
        handle.flush()
        if sys.argv[2] == "hang":
            print("begun", flush=True)
            time.sleep(60)
        handle.write("and the rest")

commit(Workspace(Path(sys.argv[1])), "extract", "k1", produce)
"""


def test_a_kill_leaves_nothing_under_the_key_and_a_retry_gives_identical_bytes(tmp_path: Path) -> None:
    killed, undisturbed = Workspace(tmp_path / "killed"), Workspace(tmp_path / "undisturbed")
    process = run_python(KILLED_WITHIN_PRODUCE, killed.root, "hang")
    assert process.stdout is not None
    assert process.stdout.readline() == "begun\n"
    process.send_signal(signal.SIGKILL)
    process.communicate()
    assert find(killed, "extract", "k1") is None
    assert everything_below(killed.store) == {}

    for workspace in (killed, undisturbed):
        assert run_python(KILLED_WITHIN_PRODUCE, workspace.root, "go on").wait(30) == 0

    assert everything_below(killed.store) == everything_below(undisturbed.store)
    assert len(everything_below(killed.store)) == 2


def test_two_that_compute_one_key_at_once_both_get_it_whole(workspace: Workspace) -> None:
    both_are_computing = threading.Barrier(2)

    def produce(folder: Path) -> None:
        both_are_computing.wait(10)
        (folder / "part.txt").write_text("same")

    outputs = []
    threads = [threading.Thread(target=lambda: outputs.append(commit(workspace, "extract", "k1", produce))) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert outputs[0] == outputs[1]
    assert faults(workspace) == []
    assert list(workspace.scratch.iterdir()) == []


def test_an_output_is_never_seen_in_part(workspace: Workspace) -> None:
    def produce(folder: Path) -> None:
        for number in range(100):
            (folder / f"{number}.txt").write_text("x")

    done = threading.Event()
    seen: set[int] = set()

    def look() -> None:
        while not done.is_set():
            seen.update(len(list(folder.iterdir())) for folder in workspace.store.glob("extract/*"))

    looking = threading.Thread(target=look)
    looking.start()
    for key in range(5):
        commit(workspace, "extract", str(key), produce)
    done.set()
    looking.join()
    assert seen <= {101}


@pytest.mark.parametrize("damage", [lambda path: os.truncate(path, 3), Path.unlink])
def test_an_output_with_a_shortened_or_missing_file_counts_as_absent(workspace: Workspace, damage: Callable[[Path], None]) -> None:
    output = commit(workspace, "extract", "k1", writes("whole"))
    damage(output["part.txt"].path)
    assert find(workspace, "extract", "k1") is None
    assert commit(workspace, "extract", "k1", writes("whole")).only().path.read_text() == "whole"


@pytest.mark.parametrize("content", [b"", b"\xff", b"[]", b'{"files": {"part.txt": {}}}'])
def test_an_output_with_a_damaged_manifest_counts_as_absent(workspace: Workspace, content: bytes) -> None:
    output = commit(workspace, "extract", "k1", writes("whole"))
    (output.folder / "manifest.json").write_bytes(content)
    assert find(workspace, "extract", "k1") is None
    assert faults(workspace) == [f"{output.folder}/manifest.json: missing or damaged"]
    assert commit(workspace, "extract", "k1", writes("whole")) == output


def test_the_store_finds_a_flipped_byte(workspace: Workspace) -> None:
    commit(workspace, "extract", "k1", writes("whole"))
    path = commit(workspace, "extract", "k2", writes("other")).only().path
    assert faults(workspace) == []
    content = bytearray(path.read_bytes())
    content[2] ^= 1
    path.write_bytes(content)
    assert faults(workspace) == [f"{path}: bytes differ from the manifest"]


def test_the_store_finds_a_missing_file(workspace: Workspace) -> None:
    path = commit(workspace, "extract", "k1", writes("whole")).only().path
    path.unlink()
    assert faults(workspace) == [f"{path}: missing"]


def test_an_empty_workspace_has_no_faults(workspace: Workspace) -> None:
    assert faults(workspace) == []


NO_ROOM = """
import sys
from pathlib import Path
from warehouse.errors import WorkspaceError
from warehouse.layout import Workspace
from warehouse.store import commit
from warehouse.tables import SAMPLES, write_table

def produce(count):
    rows = [{"domain": "wiki", "doc_id": str(n), "prompt": str(n * 7919), "continuation": None} for n in range(count)]
    return lambda folder: write_table(folder / "part.parquet", rows, SAMPLES)

workspace = Workspace(Path(sys.argv[1]))
commit(workspace, "extract", "small", produce(10))
try:
    commit(workspace, "extract", "large", produce(100_000))
except WorkspaceError as error:
    print(error)
"""


def assert_that_a_full_disk_is_said_and_costs_nothing(workspace: Workspace, **options: object) -> None:
    said, complaint = run_python(NO_ROOM, workspace.root, **options).communicate(timeout=30)
    assert "no space left" in said, complaint
    assert str(workspace.root) in said
    assert "run the same command again" in said
    assert faults(workspace) == []
    assert find(workspace, "extract", "small") is not None
    assert find(workspace, "extract", "large") is None
    assert list(workspace.scratch.iterdir()) == []


def test_a_file_beyond_the_limit_of_sizes_is_an_error_and_what_was_there_stays(workspace: Workspace) -> None:
    limit = 20_000
    assert_that_a_full_disk_is_said_and_costs_nothing(
        workspace, preexec_fn=lambda: resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))
    )


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    place = tmp_path / "disk"
    place.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", place], capture_output=True, check=False)
    if mounted.returncode:
        pytest.skip("no small disk: mounting one needs root and is not allowed here")
    yield place
    subprocess.run(["umount", place], check=True)


def test_a_full_disk_is_an_error_and_what_was_there_stays(small_disk: Path) -> None:
    assert_that_a_full_disk_is_said_and_costs_nothing(Workspace(small_disk))


def test_a_full_disk_that_duckdb_meets_is_told_as_one(small_disk: Path) -> None:
    duckdb = pytest.importorskip("duckdb")

    def produce(folder: Path) -> None:
        duckdb.sql(f"COPY (SELECT range i, random() r FROM range(100000)) TO '{folder}/part.parquet'")

    with pytest.raises(WorkspaceError, match="no space left"):
        commit(Workspace(small_disk), "extract", "k1", produce)


def test_a_full_disk_is_told_even_where_the_workspace_does_not_exist_yet(tmp_path: Path) -> None:
    assert "no space left" in str(disk_full(tmp_path / "not" / "made", OSError(28, "No space left on device")))


def test_an_exposed_file_is_the_artifact_itself(workspace: Workspace) -> None:
    artifact = commit(workspace, "extract", "k1", writes("whole")).only()
    target = workspace.partition("documents", "r", "a-00000")
    expose(artifact, target)
    assert target.samefile(artifact.path)


def test_exposing_twice_changes_nothing_and_leaves_nothing_behind(workspace: Workspace) -> None:
    artifact = commit(workspace, "extract", "k1", writes("whole")).only()
    target = workspace.partition("documents", "r", "a-00000")
    for _ in range(2):
        expose(artifact, target)
        assert [path.name for path in target.parent.iterdir()] == [target.name]


def test_a_file_that_cannot_be_exposed_leaves_nothing_behind(workspace: Workspace) -> None:
    artifact = commit(workspace, "extract", "k1", writes("whole")).only()
    target = workspace.partition("documents", "r", "a-00000")
    target.mkdir(parents=True)
    with pytest.raises(IsADirectoryError):
        expose(artifact, target)
    assert list(target.parent.iterdir()) == [target]


def test_a_reader_sees_the_old_or_the_new_file_and_never_none(workspace: Workspace) -> None:
    artifacts = [commit(workspace, "extract", str(n), writes(str(n) * 1000)).only() for n in range(2)]
    target = workspace.partition("documents", "r", "a-00000")
    expose(artifacts[0], target)
    done = threading.Event()
    seen: set[str] = set()

    def read() -> None:
        while not done.is_set():
            try:
                seen.add(target.read_text())
            except OSError as error:
                seen.add(repr(error))

    reader = threading.Thread(target=read)
    reader.start()
    for turn in range(300):
        expose(artifacts[turn % 2], target)
    done.set()
    reader.join()
    assert seen <= {"0" * 1000, "1" * 1000}


def test_a_file_is_exposed_to_another_file_system_by_a_copy(workspace: Workspace) -> None:
    elsewhere = Path("/dev/shm")
    if not elsewhere.is_dir() or elsewhere.stat().st_dev == workspace.root.parent.stat().st_dev:
        pytest.skip("there is one file system only")
    artifact = commit(workspace, "extract", "k1", writes("whole")).only()
    folder = elsewhere / f"berrypatch-{os.getpid()}"
    try:
        expose(artifact, folder / "part.txt")
        assert [path.read_text() for path in folder.iterdir()] == ["whole"]
    finally:
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()


def test_a_small_file_is_written_whole_in_utf8_and_not_at_all_when_unchanged(tmp_path: Path) -> None:
    path = tmp_path / "new" / "pointer.json"
    write_atomic(path, json.dumps("é", ensure_ascii=False))
    first = path.stat().st_ino
    assert path.read_bytes() == '"é"'.encode()
    write_atomic(path, '"é"')
    assert path.stat().st_ino == first
    write_atomic(path, '"e"')
    assert path.read_text() == '"e"'
    assert [p.name for p in path.parent.iterdir()] == ["pointer.json"]
