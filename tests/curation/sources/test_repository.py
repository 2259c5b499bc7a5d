"""Repositories on a real git server, in local clones, folders and archives."""

import contextlib
import io
import json
import os
import random
import shutil
import signal
import socket
import stat
import subprocess
import sys
import tarfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from archives import tarred, zipped
from captured_source import Captures, extracted, reason
from git_site import Server, Work, git, have_git, serving
from pydantic import ValidationError

from curation.decisions import Reason
from curation.sources.git import command as git_module
from curation.sources.git import commit as git_tree
from curation.sources.git.hosts import numbers_of, parsed
from curation.sources.repository import RepositorySource
from warehouse.errors import SourceError
from warehouse.tables import read_table

pytestmark = pytest.mark.skipif(not have_git(), reason="there is no git on this machine")

MIT = """MIT License

Copyright (c) 2024 Someone

Permission is hereby granted, free of charge, to any person obtaining a copy
of this software and associated documentation files (the "Software"), to deal
in the Software without restriction, including without limitation the rights
to use, copy, modify, merge, publish, distribute, sublicense, and/or sell
copies of the Software, and to permit persons to whom the Software is
furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all
copies or substantial portions of the Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR
IMPLIED, INCLUDING BUT NOT LIMITED TO THE WARRANTIES OF MERCHANTABILITY,
FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE
AUTHORS OR COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER
LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE, ARISING FROM,
OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE
SOFTWARE.
"""
POINTER = (
    "version https://git-lfs.github.com/spec/v1\noid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\nsize 12345\n"
)


def source(**settings: Any) -> RepositorySource:
    """A source that may ask this machine, without a pause."""
    base = {"kind": "repository", "id": "r", "domain": "code", "private_addresses": True, "delay_seconds": 0}
    return RepositorySource.model_validate(base | settings)


@pytest.fixture
def work(tmp_path: Path) -> Work:
    return Work(tmp_path / "work")


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    with serving(tmp_path / "served") as found:
        yield found


@pytest.fixture
def captures(tmp_path: Path) -> Captures:
    (tmp_path / "captures").mkdir()
    return Captures(tmp_path / "captures")


@pytest.fixture
def local(work: Work, captures: Captures) -> Callable[..., dict[str, dict[str, Any]]]:
    """Commits files and captures the local clone."""

    def capture(files: dict[str, Any], **settings: Any) -> dict[str, dict[str, Any]]:
        work.commit(files)
        return captures.again(source(path=str(work.folder), **settings))

    return capture


# Which files, and what is said of each ---------------------------------------------------------------------------------


def test_every_file_of_the_commit_is_an_item_named_by_path_with_its_blob_and_the_commit(
    work: Work, server: Server, captures: Captures
) -> None:
    commit = work.commit({"b/c.py": "c = 1\n", "a.py": "a = 1\n"})
    rows = captures.again(source(url=server.publish(work)))
    assert list(rows) == ["a.py", "b/c.py"]
    row = rows["b/c.py"]
    assert (row["content"], row["revision"]) == (b"c = 1\n", git(work.folder, "rev-parse", "HEAD:b/c.py"))
    assert row["uri"] == f"git+{server.address}/project.git@{commit}#b/c.py"
    assert captures.memory["commit"] == commit


def test_files_that_are_not_committed_are_no_files_of_the_commit(work: Work, captures: Captures) -> None:
    work.commit({"a.py": "a = 1\n"})
    (work.folder / "b.py").write_text("b = 1\n")
    (work.folder / "a.py").write_text("a = 2\n")
    rows = captures.again(source(path=str(work.folder)))
    assert {name: row["content"] for name, row in rows.items()} == {"a.py": b"a = 1\n"}


@pytest.mark.parametrize("revision", ["old", "v1", "refs/heads/old", "light"])
@pytest.mark.parametrize("remote", [True, False])
def test_a_branch_a_tag_or_a_commit_is_captured_as_it_was(
    work: Work, server: Server, captures: Captures, revision: str, remote: bool
) -> None:
    commit = work.commit({"a.py": "old = 1\n"})
    git(work.folder, "branch", "old")
    git(work.folder, "tag", "-a", "v1", "-m", "one")
    git(work.folder, "tag", "light")
    work.commit({"a.py": "new = 1\n"})
    url = server.publish(work)
    where = {"url": url} if remote else {"path": str(work.folder)}
    for asked in (revision, commit):
        assert captures.again(source(revision=asked, **where))["a.py"]["content"] == b"old = 1\n"
        assert captures.memory["commit"] == commit


def test_what_is_left_out_by_path_size_or_language_is_counted(local: Callable[..., Any], captures: Captures) -> None:
    rows = local(
        {"src/a.py": "a = 1\n", "src/b.js": "b\n", "docs/c.py": "c = 1\n", "src/run": "#!/usr/bin/env python3\nx = 1\n", "src/e.py": "",
         "src/big.py": "#" * 99},
        include=["src/*"], exclude=["*/docs/*"], languages=["Python"], min_bytes=1, max_bytes=50,
    )  # fmt: skip
    assert list(rows) == ["src/a.py", "src/run"]
    assert captures.memory["left_out"] == {"language": 1, "path": 1, "size": 2}


def test_a_header_is_of_the_language_that_it_is_written_in(local: Callable[..., Any]) -> None:
    files = {"a.h": "int f(void);\n", "b.h": "template <class T> struct S {};\nnamespace x {}\n"}
    assert list(local(files, languages=["c++"])) == ["b.h"]


def test_a_file_that_is_too_large_is_a_failure_that_says_so(local: Callable[..., Any]) -> None:
    rows = local({"a.py": "#" * 2000}, max_page_megabytes=0.001)
    assert rows["a.py"]["error"] == "larger than max_page_megabytes (0.001): 2,000 bytes"


def test_binary_files_pointers_and_links_are_recorded_and_not_kept(work: Work, captures: Captures) -> None:
    (work.folder / "link.py").symlink_to("/etc/passwd")
    work.commit({"image.png": b"anything", "data": b"a\0b", "large.bin.py": POINTER, "wide.txt": "\ufefftext".encode("utf-16-le")})
    rows = captures.again(source(path=str(work.folder)))
    assert rows["image.png"]["error"].startswith("is binary by its name (image, png)")
    assert rows["data"]["error"] == "is binary: there is a NUL among its first 8,000 bytes"
    assert rows["large.bin.py"]["error"].startswith("is a Git LFS pointer to 12,345 bytes (sha256:4d7a")
    assert rows["link.py"]["error"] == "is a symbolic link; links are not followed"
    assert rows["wide.txt"]["error"] is None


def test_attributes_say_what_is_generated_vendored_documentation_and_in_which_language(local: Callable[..., Any]) -> None:
    rows = local(
        {
            ".gitattributes": "gen/** linguist-generated\nlib/*.py linguist-vendored=true\n*.inc linguist-language=C++\n"
            "lib/own.py -linguist-vendored\n[attr]made linguist-generated\nparser.py made\n",
            "sub/.gitattributes": "*.py linguist-generated\nkept.py linguist-generated=false\n",
            "gen/a/b.py": "x = 1\n", "lib/c.py": "x = 1\n", "lib/own.py": "x = 1\n", "e.inc": "int x;\n", "parser.py": "x = 1\n",
            "sub/f.py": "x = 1\n", "sub/kept.py": "# Generated by hand\nx = 1\n", "vendor/g.py": "x = 1\n",
        }
    )  # fmt: skip
    reasons = {name: reason(row) for name, row in rows.items() if not name.endswith(".gitattributes")}
    assert reasons == {
        "gen/a/b.py": Reason.GENERATED, "sub/f.py": Reason.GENERATED, "parser.py": Reason.GENERATED, "lib/c.py": Reason.VENDORED,
        "vendor/g.py": Reason.VENDORED, "lib/own.py": "", "e.inc": "", "sub/kept.py": "",
    }  # fmt: skip
    assert extracted(rows["e.inc"]).extractor == "code"


def test_a_language_is_counted_as_linguist_counts_it(local: Callable[..., Any]) -> None:
    rows = local(
        {
            ".gitattributes": "doc/** linguist-documentation\ndoc/kept.py linguist-detectable\n"
            "*.x linguist-language=Python\nno.py -linguist-detectable\n",
            "doc/a.py": "a = 1\n", "doc/kept.py": "b = 1\n", "c.x": "c = 1\n", "no.py": "d = 1\n",
        },
        languages=["python"],
    )  # fmt: skip
    assert list(rows) == ["c.x", "doc/kept.py"]


def test_attributes_are_those_of_the_commit_and_not_of_the_clone_or_this_machine(
    work: Work, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.commit({"a.py": "a = 1\n"})
    for place in (work.folder / ".git" / "info" / "attributes", work.folder / ".gitattributes", captures.folder / "git" / "attributes"):
        place.parent.mkdir(exist_ok=True)
        place.write_text("* linguist-generated\n")
    monkeypatch.setenv("XDG_CONFIG_HOME", str(captures.folder))
    assert reason(captures.again(source(path=str(work.folder)))["a.py"]) == ""


def test_the_licence_is_that_of_the_nearest_folder_and_unknown_when_it_is_edited(local: Callable[..., Any], captures: Captures) -> None:
    edited = MIT + "You must also send us a postcard. " * 20
    rows = local(
        {"LICENSE": MIT, "a.py": "a = 1\n", "b/COPYING": edited, "b/c.py": "c = 1\n", "d/LICENSE-MIT": MIT, "d/e.py": "e = 1\n"},
        licence="GPL-3.0",
    )
    assert {name: row["licence"] for name, row in rows.items() if name.endswith(".py")} == {
        "a.py": "MIT",
        "b/c.py": "unknown",
        "d/e.py": "MIT",
    }
    assert captures.memory["licence"] == "MIT"


def test_without_a_licence_that_is_known_the_recipe_has_the_word(local: Callable[..., Any], captures: Captures) -> None:
    assert local({"LICENSE": "Do as you like.", "a.py": "a = 1\n"}, licence="MS-PL")["a.py"]["licence"] == "MS-PL"
    assert captures.memory["licence"] == "unknown"


# Again -----------------------------------------------------------------------------------------------------------------


def test_a_second_capture_fetches_only_what_changed_and_knows_what_is_gone(work: Work, server: Server, captures: Captures) -> None:
    first = work.commit({f"f{n}.py": f"{n} = {os.urandom(900).hex()!r}\n" for n in range(50)})
    url = server.publish(work)
    before = captures.again(source(url=url))
    second = work.commit({"f1.py": "new = 1\n", "f2.py": None, "f50.py": "fifty = 1\n"})
    server.publish(work)
    sent = sum(server.sent)
    after = captures.again(source(url=url))
    assert sum(server.sent) - sent < sent / 20
    assert after["f1.py"]["content"] == b"new = 1\n"
    assert after["f1.py"]["uri"] == f"git+{url}@{second}#f1.py"
    assert after["f2.py"]["gone"] == f"is not in commit {second}"
    same = [name for name in before if name not in ("f1.py", "f2.py")]
    assert [after[name] for name in same] == [before[name] for name in same]
    assert f"@{first}#" in after["f3.py"]["uri"]


def test_what_did_not_change_is_not_fetched_again_even_without_the_kept_clone(work: Work, server: Server, captures: Captures) -> None:
    work.commit({f"f{n}.py": f"{n} = {os.urandom(900).hex()!r}\n" for n in range(50)})
    url = server.publish(work)
    before = captures.again(source(url=url))
    sent = sum(server.sent)
    (captures.folder / "cache").rename(captures.folder / "lost")
    assert captures.again(source(url=url)) == before
    assert sum(server.sent) - sent < sent / 5


def test_an_unchanged_repository_gives_the_same_rows_for_one_question(work: Work, server: Server, captures: Captures) -> None:
    work.commit({"a.py": "a = 1\n", "b.png": b"x", "c": b"\0", "gone.py": "x = 1\n"})
    url = server.publish(work)
    captures.again(source(url=url))
    work.commit({"gone.py": None})
    server.publish(work)
    before = captures.again(source(url=url))
    server.asked.clear()
    assert captures.again(source(url=url)) == before
    assert [line for line in server.asked if "git-upload-pack" in line] == server.asked
    assert len(server.asked) == 2  # the version of the protocol, and the branches


def test_a_file_that_the_recipe_leaves_out_now_is_not_gone(work: Work, server: Server, captures: Captures) -> None:
    work.commit({"a.py": "a = 1\n", "b.js": "b\n"})
    url = server.publish(work)
    captures.again(source(url=url))
    assert list(captures.again(source(url=url, include=["*.py"]))) == ["a.py"]


def test_a_killed_capture_goes_on_with_its_commit_though_the_branch_has_moved(work: Work, server: Server, captures: Captures) -> None:
    work.commit({"a.py": "old = 1\n", "b.py": "b = 1\n"})
    url = server.publish(work)
    captures.again(source(url=url))
    context = captures.contexts[-1]
    work.commit({"a.py": "new = 1\n"})
    server.publish(work)
    again = {item.native_id: item.content for item in source(url=url).items(context)}
    assert again == {"a.py": b"old = 1\n", "b.py": b"b = 1\n"}


_CAPTURE = """
import sys
from pathlib import Path
from curation.capture import capture_source
from curation.sources.context import Context
from curation.sources.repository import RepositorySource
folder = Path(sys.argv[1])
source = RepositorySource(kind="repository", id="r", domain="code", url=sys.argv[2], private_addresses=True, delay_seconds=0)
capture_source(source, Context(folder, folder / "state", cache=folder / "cache"), folder / "out")
"""


def test_a_capture_that_is_killed_at_any_moment_and_started_again_gives_the_same_rows(
    work: Work, server: Server, captures: Captures, tmp_path: Path
) -> None:
    work.commit({f"d{n % 7}/f{n}.py": os.urandom(20_000).hex() for n in range(200)})
    url = server.publish(work)
    whole = list(captures.again(source(url=url)).values())
    killed = tmp_path / "killed"
    (killed / "state").mkdir(parents=True)
    (killed / "out").mkdir()
    command = [sys.executable, "-c", _CAPTURE, str(killed), url]
    moments = random.Random(4)
    for _ in range(5):
        process = subprocess.Popen(command, cwd=Path(__file__).parents[3], stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(moments.uniform(0.4, 1.6))
        process.kill()
        process.wait()
    subprocess.run(command, cwd=Path(__file__).parents[3], check=True)
    rows = [row for path in sorted((killed / "out").glob("*.parquet")) for row in read_table(path).to_pylist()]
    assert rows == whole


def test_locks_of_a_killed_git_do_not_stand_in_the_way(work: Work, server: Server, captures: Captures) -> None:
    work.commit({"a.py": "a = 1\n"})
    url = server.publish(work)
    captures.again(source(url=url))
    clone = next(path for path in (captures.folder / "cache" / "git").iterdir() if path.is_dir())
    (clone / "shallow.lock").touch()
    (clone / "packed-refs.lock").touch()
    work.commit({"a.py": "new = 1\n"})
    server.publish(work)
    assert captures.again(source(url=url))["a.py"]["content"] == b"new = 1\n"
    assert captures.contexts[-1].receipts.of("127.0.0.1").errors == 0


# Submodules ------------------------------------------------------------------------------------------------------------


def _with_submodule(tmp_path: Path, server: Server, work: Work, address: str = "../inner.git") -> tuple[str, str]:
    inner = Work(tmp_path / "inner")
    commit = inner.commit({"i.py": "i = 1\n"})
    server.publish(inner, "inner.git")
    work.commit({"a.py": "a = 1\n", ".gitmodules": f'[submodule "inner"]\n\tpath = deps/inner\n\turl = {address}\n'})
    git(work.folder, "update-index", "--add", "--cacheinfo", f"160000,{commit},deps/inner")
    git(work.folder, "commit", "-q", "-m", "submodule")
    return server.publish(work), commit


def test_submodules_are_recorded_and_not_captured(tmp_path: Path, server: Server, work: Work, captures: Captures) -> None:
    url, commit = _with_submodule(tmp_path, server, work)
    rows = captures.again(source(url=url))
    assert rows["deps/inner"]["error"] == f"is a submodule at commit {commit}; `submodules` does not ask for it"
    assert not [path for path in server.asked if "inner" in path]


def test_submodules_that_are_asked_for_are_captured_at_their_commit(tmp_path: Path, server: Server, work: Work, captures: Captures) -> None:
    url, commit = _with_submodule(tmp_path, server, work)
    rows = captures.again(source(url=url, submodules=True))
    assert rows["deps/inner/i.py"]["content"] == b"i = 1\n"
    assert rows["deps/inner/i.py"]["uri"] == f"git+{server.address}/inner.git@{commit}#i.py"


def test_files_of_a_submodule_that_is_not_asked_for_any_more_are_not_gone(
    tmp_path: Path, server: Server, work: Work, captures: Captures
) -> None:
    url, _ = _with_submodule(tmp_path, server, work)
    captures.again(source(url=url, submodules=True))
    assert list(captures.again(source(url=url))) == [".gitmodules", "a.py", "deps/inner"]


def test_files_of_a_submodule_that_cannot_be_had_now_stand(tmp_path: Path, server: Server, work: Work, captures: Captures) -> None:
    url, _ = _with_submodule(tmp_path, server, work)
    before = captures.again(source(url=url, submodules=True))
    shutil.rmtree(captures.folder / "cache")
    shutil.rmtree(tmp_path / "served" / "inner.git")
    rows = captures.again(source(url=url, submodules=True))
    assert rows["deps/inner/i.py"] == before["deps/inner/i.py"]
    assert rows["deps/inner"]["error"].startswith("is a submodule that cannot be had: git fetch failed")


@pytest.mark.usefixtures("no_hang")
def test_a_repository_that_names_itself_ends(server: Server, work: Work, captures: Captures) -> None:
    first = work.commit({"a.py": "a = 1\n", ".gitmodules": '[submodule "self"]\n\tpath = self\n\turl = ./\n'})
    git(work.folder, "update-index", "--add", "--cacheinfo", f"160000,{first},self")
    git(work.folder, "commit", "-q", "-m", "self")
    rows = captures.again(source(url=server.publish(work), submodules=True))
    assert [name for name in rows if name.endswith(".py")] == ["a.py", "self/a.py"]


def test_a_submodule_elsewhere_is_not_shown_the_secret(
    tmp_path: Path, server: Server, work: Work, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("GIT_TOKEN_OF_TEST", "Basic c2VjcmV0LXZhbHVl")
    with serving(tmp_path / "elsewhere") as other:
        inner = Work(tmp_path / "other-inner")
        inner.commit({"x.py": "x = 1\n"})
        _with_submodule(tmp_path, server, work, other.publish(inner, "inner.git"))
        captures.again(source(url=f"{server.address}/project.git", submodules=True, authorization="env:GIT_TOKEN_OF_TEST"))
        assert (server.authorizations, other.authorizations) == ({"Basic c2VjcmV0LXZhbHVl"}, {None})


@pytest.mark.parametrize("address", ["ext::sh -c touch% {0}/owned", "file://{0}/inner", "--upload-pack=touch {0}/owned", "{0}/inner"])
def test_a_submodule_with_an_address_that_runs_or_reads_something_here_cannot_be_had(
    tmp_path: Path, server: Server, work: Work, captures: Captures, address: str
) -> None:
    url, _ = _with_submodule(tmp_path, server, work, f'"{address.format(tmp_path)}"')
    rows = captures.again(source(url=url, submodules=True))
    assert rows["deps/inner"]["error"].startswith("is a submodule that cannot be had")
    assert rows["a.py"]["content"] == b"a = 1\n"
    assert not (tmp_path / "owned").exists()


# Nothing is executed ---------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        "ext::sh -c touch% /tmp/owned", "file:///srv/repository", "/srv/repository", "--upload-pack=touch /tmp/owned", "-oProxyCommand=x",
        "ssh://-oProxyCommand=touch/x", "git@-oProxyCommand=x:y", "https://user:password@host/x", "https://token@host/x", "https:///x",
        "fd::17/x", "http::ext::sh", "https://host/a b", "https://[::1/x",
    ],
)  # fmt: skip
def test_an_address_that_git_would_make_a_command_of_is_refused(url: str) -> None:
    with pytest.raises(ValidationError) as raised:
        source(url=url)
    assert "password@" not in str(raised.value)


@pytest.mark.parametrize("revision", ["--upload-pack=x", "-x", "a b", "HEAD^", "HEAD:file", "a\nb", ""])
def test_a_revision_that_is_no_name_is_refused(revision: str) -> None:
    with pytest.raises(ValidationError):
        source(url="https://example.org/x", revision=revision)


def test_nothing_of_an_untrusted_local_clone_is_executed(work: Work, captures: Captures, tmp_path: Path) -> None:
    work.commit({"a.py": "a = 1\n", ".gitattributes": "*.py filter=evil diff=evil\n"})
    mark = tmp_path / "owned"
    script = tmp_path / "evil.sh"
    script.write_text(f"#!/bin/sh\ntouch {mark}\ncat\n")
    script.chmod(script.stat().st_mode | stat.S_IEXEC)
    for key in ("core.fsmonitor", "core.sshCommand", "core.pager", "core.gitProxy", "core.alternateRefsCommand",
                "filter.evil.smudge", "filter.evil.clean", "filter.evil.process", "diff.evil.textconv",
                "uploadpack.packObjectsHook", "credential.helper"):  # fmt: skip
        git(work.folder, "config", key, str(script))
    git(work.folder, "config", "remote.origin.url", f"ext::{script}")
    git(work.folder, "config", "remote.origin.promisor", "true")
    git(work.folder, "config", "include.path", str(tmp_path / "further"))
    for hook in ("post-checkout", "reference-transaction", "post-index-change", "pre-auto-gc"):
        (work.folder / ".git" / "hooks").mkdir(exist_ok=True)
        (work.folder / ".git" / "hooks" / hook).symlink_to(script)
    lost = git(work.folder, "rev-parse", "HEAD:a.py")
    (work.folder / ".git" / "objects" / lost[:2] / lost[2:]).unlink()
    rows = captures.again(source(path=str(work.folder)))
    assert rows["a.py"]["error"] == "is listed, and its bytes are not there"
    assert not mark.exists()


def test_git_asks_the_numbers_that_were_checked_and_looks_no_name_up_again(
    work: Work, server: Server, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.commit({"a.py": "bell = 1\n"})
    url = server.publish(work)
    monkeypatch.setattr("curation.sources.git.hosts.resolved", lambda _host, _port: ["127.0.0.1"])  # no one else knows the name
    rows = captures.again(source(url=url.replace("127.0.0.1", "bells.test"), user_agent="test"))
    assert rows["a.py"]["content"] == b"bell = 1\n"


@pytest.mark.parametrize("scheme", ["ssh", "git"])
def test_where_git_cannot_be_held_to_a_number_all_of_them_must_be_public(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setattr("curation.sources.git.hosts.resolved", lambda _host, _port: ["93.184.216.34", "10.0.0.8"])
    with pytest.raises(SourceError, match=r"bells.test is on this machine or in a private network \(10.0.0.8\)"):
        numbers_of(parsed(f"{scheme}://bells.test/project.git"), private=False)
    assert numbers_of(parsed("https://bells.test/project.git"), private=False) == ["93.184.216.34"]


def test_a_local_clone_is_not_written_to(work: Work, captures: Captures) -> None:
    work.commit({"a.py": "a = 1\n"})

    def state() -> dict[str, tuple[int, int]]:
        return {str(path): (path.stat().st_mtime_ns, path.stat().st_size) for path in sorted(work.folder.rglob("*"))}

    before = state()
    captures.again(source(path=str(work.folder)))
    assert state() == before


def test_git_sees_nothing_of_this_users_environment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("GIT_EXEC_PATH", "GIT_SSH_COMMAND", "GIT_EXTERNAL_DIFF", "GIT_TRACE", "GIT_PROXY_COMMAND", "BERRY_SECRET_X", "HOME"):
        monkeypatch.setenv(name, "/evil")
    seen = git_module.Git(tmp_path).environment()
    assert "/evil" not in seen.values()
    wanted = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "GIT_TERMINAL_PROMPT": "0", "GIT_ALLOW_PROTOCOL": "none"}
    assert wanted.items() <= seen.items()


def test_a_secret_in_gits_own_words_is_masked(tmp_path: Path) -> None:
    with pytest.raises(git_module.GitError) as raised:
        git_module.Git(tmp_path, secrets=("token-of-somebody",)).run("token-of-somebody")
    assert "token" not in str(raised.value).removeprefix("git token-of-somebody failed")


def test_a_private_address_is_refused_unless_the_recipe_allows_it(work: Work, server: Server, captures: Captures) -> None:
    work.commit({"a.py": "a = 1\n"})
    url = server.publish(work)
    with pytest.raises(SourceError, match=r"source r: 127\.0\.0\.1 is on this machine or in a private network"):
        captures.again(source(url=url, private_addresses=False))
    assert server.asked == []


def test_a_redirect_is_not_followed(work: Work, server: Server, captures: Captures, tmp_path: Path) -> None:
    work.commit({"a.py": "a = 1\n"})
    url = server.publish(work)
    with serving(tmp_path / "served") as other:
        server.moves_to = other.address
        with pytest.raises(SourceError, match="redirect"):
            captures.again(source(url=url))
        assert other.asked == []


def test_a_host_elsewhere_is_not_asked_without_a_contact(captures: Captures) -> None:
    with pytest.raises(SourceError, match="set `contact` in the recipe"):
        captures.again(source(url="https://git.example.org/x"))


def test_the_server_is_told_who_asks_and_the_secret_goes_to_it_alone(
    work: Work, server: Server, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.commit({"a.py": "a = 1\n"})
    url = server.publish(work)
    server.demands = "Basic c2VjcmV0LXZhbHVl"
    monkeypatch.setenv("GIT_TOKEN_OF_TEST", server.demands)
    captures.contact = "me@example.org"
    rows = captures.again(source(url=url, authorization="env:GIT_TOKEN_OF_TEST"))
    assert rows["a.py"]["content"] == b"a = 1\n"
    assert {agent for agent in server.agents if agent and "(+me@example.org)" not in agent} == set()
    kept = [path.read_bytes() for path in captures.folder.rglob("*") if path.is_file()]
    assert not [text for text in kept if b"c2VjcmV0LXZhbHVl" in text]


def test_a_wrong_secret_is_an_error_without_the_secret(
    work: Work, server: Server, captures: Captures, monkeypatch: pytest.MonkeyPatch
) -> None:
    work.commit({"a.py": "a = 1\n"})
    url = server.publish(work)
    server.demands = "Basic right-one"
    monkeypatch.setenv("GIT_TOKEN_OF_TEST", "Basic wrong-one-here")
    with pytest.raises(SourceError) as raised:
        captures.again(source(url=url, authorization="env:GIT_TOKEN_OF_TEST"))
    assert "wrong-one-here" not in str(raised.value)


# What goes wrong -------------------------------------------------------------------------------------------------------


def test_without_git_there_is_a_sentence(captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nonexistent")
    with pytest.raises(SourceError, match=r"there is no program `git` on this machine\. Install git"):
        captures.again(source(url="http://127.0.0.1:1/x"))


@pytest.mark.parametrize("remote", [True, False])
def test_a_revision_that_is_not_there_is_an_error_that_names_it(work: Work, server: Server, captures: Captures, remote: bool) -> None:
    work.commit({"a.py": "a = 1\n"})
    url = server.publish(work)
    with pytest.raises(SourceError, match=r"has no branch.* 'absent'. Check `revision`"):
        captures.again(source(revision="absent", **({"url": url} if remote else {"path": str(work.folder)})))


@pytest.mark.parametrize("commit", ["0" * 40])
def test_a_commit_that_the_server_has_not_is_an_error(work: Work, server: Server, captures: Captures, commit: str) -> None:
    work.commit({"a.py": "a = 1\n"})
    with pytest.raises(SourceError, match=f"does not give the commit {commit}"):
        captures.again(source(url=server.publish(work), revision=commit))


def test_a_server_that_is_not_there_and_one_without_the_repository_are_errors(server: Server, captures: Captures) -> None:
    with pytest.raises(SourceError, match="git ls-remote failed"):
        captures.again(source(url="http://127.0.0.1:1/x"))
    with pytest.raises(SourceError, match="git ls-remote failed"):
        captures.again(source(url=f"{server.address}/absent.git"))


def test_a_clone_that_grows_too_large_is_given_up(work: Work, server: Server, captures: Captures) -> None:
    work.commit({f"f{n}.py": os.urandom(400_000).hex() for n in range(20)})
    url = server.publish(work)
    with pytest.raises(SourceError, match=r"the clone is larger than max_clone_megabytes \(0\.5\)"):
        captures.again(source(url=url, max_clone_megabytes=0.5))


def test_a_host_that_sends_nothing_is_given_up(captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_module, "SECONDS", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as silent, pytest.raises(SourceError, match=r"git had not ended after 0\.5 s"):
        captures.again(source(url=f"http://127.0.0.1:{silent.getsockname()[1]}/x"))


def test_a_tree_that_lists_files_without_end_is_an_error(work: Work, captures: Captures, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(git_tree, "MOST_FILES", 1_000)
    work.commit({"a": ""})
    blob = git(work.folder, "rev-parse", "HEAD:a")
    tree = git(work.folder, "mktree", given="".join(f"100644 blob {blob}\tf{n}\n" for n in range(10)).encode())
    for _ in range(9):
        tree = git(work.folder, "mktree", given="".join(f"040000 tree {tree}\td{n}\n" for n in range(10)).encode())
    git(work.folder, "update-ref", "refs/heads/bomb", git(work.folder, "commit-tree", tree, "-m", "bomb"))
    with pytest.raises(SourceError, match="lists more than 1,000 files"):
        captures.again(source(path=str(work.folder), revision="bomb"))


def test_names_that_are_no_text_and_names_that_climb_are_only_names(work: Work, captures: Captures) -> None:
    work.commit({".gitattributes": "*.py linguist-generated\n"})
    blob = git(work.folder, "hash-object", "-w", "--stdin", given=b"x = 1\n")
    names = b"".join(f"100644 blob {blob}\t".encode() + name + b"\0" for name in (b"caf\xe9.py", b"tab\tnew\nline.py", b"percent%.py"))
    attributes = git(work.folder, "rev-parse", "HEAD:.gitattributes")
    tree = git(work.folder, "mktree", "-z", given=names + f"100644 blob {attributes}\t.gitattributes\0".encode())
    git(work.folder, "update-ref", "refs/heads/odd", git(work.folder, "commit-tree", tree, "-m", "odd"))
    rows = captures.again(source(path=str(work.folder), revision="odd"))
    assert list(rows) == [".gitattributes", "caf\\udce9.py", "percent%.py", "tab\tnew\nline.py"]
    assert {reason(row) for name, row in rows.items() if name.endswith(".py")} == {Reason.GENERATED}


# Other servers, other places -------------------------------------------------------------------------------------------


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
