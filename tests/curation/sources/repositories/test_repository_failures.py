"""What cannot be had of a repository is said in a sentence."""

import os
import socket

import pytest
from captured_source import Captures, reason
from git_site import Server, Work, git, have_git
from repository_source import source

from curation.decisions import Reason
from curation.sources.git import command as git_module
from curation.sources.git import commit as git_tree
from warehouse.errors import SourceError

pytestmark = pytest.mark.skipif(not have_git(), reason="there is no git on this machine")


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


@pytest.mark.slow
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
