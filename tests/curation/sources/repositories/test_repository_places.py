"""Other servers of git, local clones, archives and folders."""

import contextlib
import io
import json
import os
import signal
import socket
import stat
import subprocess
import tarfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import tarred, zipped
from captured_source import Captures, reason
from git_site import Server, Work, git, have_git, serving
from repository_source import MIT, source

from curation.decisions import Reason
from warehouse.errors import SourceError

pytestmark = pytest.mark.skipif(not have_git(), reason="there is no git on this machine")


def test_a_server_of_plain_files_gives_the_same(work: Work, server: Server, captures: Captures, tmp_path: Path) -> None:
    commit = work.commit({"a.py": "a = 1\n", "b/c.py": "c = 1\n"})
    server.publish(work)
    git(tmp_path / "served" / "project.git", "update-server-info")
    with serving(tmp_path / "served", smart=False) as dumb:
        rows = captures.again(source(url=f"{dumb.address}/project.git"))
    assert {name: row["content"] for name, row in rows.items()} == {"a.py": b"a = 1\n", "b/c.py": b"c = 1\n"}
    assert captures.memory["commit"] == commit


def test_a_server_that_gives_no_parts_gives_the_same(work: Work, server: Server, captures: Captures, tmp_path: Path) -> None:
    work.commit({"a.py": "a = 1\n"})
    url = server.publish(work)
    git(tmp_path / "served" / "project.git", "config", "uploadpack.allowFilter", "false")
    assert captures.again(source(url=url))["a.py"]["content"] == b"a = 1\n"


def test_a_git_daemon_gives_the_same(work: Work, server: Server, captures: Captures, tmp_path: Path) -> None:
    work.commit({"a.py": "a = 1\n"})
    server.publish(work)
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    options = ["--reuseaddr", "--export-all", "--listen=127.0.0.1", f"--port={port}", f"--base-path={tmp_path / 'served'}"]
    daemon = subprocess.Popen(["git", "daemon", *options], stderr=subprocess.PIPE, start_new_session=True)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port)):
                break
            time.sleep(0.05)
        assert captures.again(source(url=f"git://127.0.0.1:{port}/project.git"))["a.py"]["content"] == b"a = 1\n"
    finally:
        os.killpg(daemon.pid, signal.SIGTERM)
        daemon.communicate()


def test_only_the_files_that_are_wanted_are_fetched(work: Work, server: Server, captures: Captures) -> None:
    work.commit({"a.py": "a = 1\n", "big.js": os.urandom(300_000).hex(), "old.py": os.urandom(300_000).hex()})
    work.commit({"old.py": None})
    captures.again(source(url=server.publish(work), include=["*.py"]))
    assert sum(server.sent) < 100_000


def test_a_bare_repository_and_a_linked_work_tree_are_local_clones_too(work: Work, captures: Captures, tmp_path: Path) -> None:
    work.commit({"a.py": "main = 1\n"})
    git(tmp_path, "clone", "-q", "--bare", str(work.folder), "bare")
    git(work.folder, "worktree", "add", "-q", "-b", "side", str(tmp_path / "linked"))
    (tmp_path / "linked" / "a.py").write_text("side = 1\n")
    git(tmp_path / "linked", "commit", "-q", "-a", "-m", "side")
    git(work.folder, "pack-refs", "--all")
    assert captures.again(source(path=str(tmp_path / "bare")))["a.py"]["content"] == b"main = 1\n"
    assert captures.again(source(path=str(tmp_path / "linked")))["a.py"]["content"] == b"side = 1\n"


def test_the_fingerprint_of_a_local_clone_is_its_commit(work: Work, tmp_path: Path) -> None:
    one = work.commit({"a.py": "a = 1\n"})
    here = source(path=str(work.folder))
    assert here.fingerprint(tmp_path) == one
    (work.folder / "a.py").write_text("not committed")
    assert here.fingerprint(tmp_path) == one
    assert here.fingerprint(tmp_path) != work.commit({"a.py": "a = 2\n"})
    assert not here.is_remote and source(url="https://example.org/x").is_remote


@pytest.mark.parametrize("packed", [zipped, tarred])
def test_an_archive_is_read_without_the_folder_that_holds_all_of_it(
    captures: Captures, tmp_path: Path, packed: Callable[[dict[str, bytes]], bytes]
) -> None:
    files = {
        ".gitattributes": b"g.py linguist-generated\n",
        "a.py": b"a = 1\n",
        "b/g.py": b"g = 1\n",
        "LICENSE": MIT.encode(),
        "inner.zip": zipped({"x.py": b"x"}),
    }
    (tmp_path / "code").write_bytes(packed({f"project-1.0/{name}": content for name, content in files.items()}))
    rows = captures.again(source(path=str(tmp_path / "code")))
    assert list(rows) == list(files)
    assert (rows["a.py"]["content"], rows["a.py"]["licence"], reason(rows["b/g.py"])) == (b"a = 1\n", "MIT", Reason.GENERATED)
    assert rows["inner.zip"]["error"].startswith("is binary by its name")


def test_links_in_an_archive_are_recorded_and_not_followed(captures: Captures, tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "code.zip", "w") as archive:
        link = zipfile.ZipInfo("p/link.py")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")
        archive.writestr("p/a.py", "a = 1\n")
    with tarfile.open(tmp_path / "code.tar", "w") as other:
        for name, kind in (("p/link.py", tarfile.SYMTYPE), ("p/hard.py", tarfile.LNKTYPE), ("p/device", tarfile.CHRTYPE)):
            info = tarfile.TarInfo(name)
            info.type, info.linkname = kind, "/etc/passwd"
            other.addfile(info)
        whole = tarfile.TarInfo("p/a.py")
        whole.size = 6
        other.addfile(whole, io.BytesIO(b"a = 1\n"))
    linked = "is a link; links are not followed"
    rows = captures.again(source(path=str(tmp_path / "code.zip")))
    assert {name: row["error"] for name, row in rows.items()} == {"link.py": linked, "a.py": None}
    rows = captures.again(source(path=str(tmp_path / "code.tar")))
    assert {name: row["error"] for name, row in rows.items()} == {
        "link.py": linked, "hard.py": linked, "device": "is no regular file", "a.py": None,
    }  # fmt: skip


def test_a_folder_is_read_without_its_links(captures: Captures, tmp_path: Path) -> None:
    folder = tmp_path / "folder"
    (folder / "b").mkdir(parents=True)
    (folder / "a.py").write_text("a = 1\n")
    (folder / "b" / "c.py").symlink_to("/etc/passwd")
    (folder / "d").symlink_to("/etc")
    rows = captures.again(source(path=str(folder)))
    assert {name: row["error"] for name, row in rows.items()} == {
        "a.py": None, "b/c.py": "is a symbolic link; links are not followed", "d": "is a symbolic link; links are not followed",
    }  # fmt: skip
    assert rows["a.py"]["uri"] == f"file:{folder}/a.py"


def test_a_path_that_is_not_there_and_a_damaged_archive_are_said_to_be(captures: Captures, tmp_path: Path) -> None:
    with pytest.raises(SourceError, match=r"does not exist\. Check `path`"):
        captures.again(source(path="absent"))
    (tmp_path / "bad.zip").write_bytes(zipped({"a.py": b"a = 1\n" * 99})[:-30])
    rows = captures.again(source(path=str(tmp_path / "bad.zip")))
    assert [row["error"] for row in rows.values() if row["error"]]


def test_a_dry_run_names_the_first_requests_without_a_network() -> None:
    asked = [(request.method, request.url) for request in source(url="https://example.org/x.git").first_requests()]
    assert asked == [
        ("GET", "https://example.org/x.git/info/refs?service=git-upload-pack"),
        ("POST", "https://example.org/x.git/git-upload-pack"),
    ]
    assert source(path="here").first_requests() == []


def test_receipts_say_what_the_host_was_asked(work: Work, server: Server, captures: Captures) -> None:
    work.commit({"a.py": "a = 1\n"})
    captures.again(source(url=server.publish(work)))
    (receipt,) = json.loads((captures.contexts[-1].state / "receipts.json").read_text())
    assert receipt["host"] == "127.0.0.1" and receipt["requests"] == 3 and receipt["bytes"] > 0
