"""Repositories within repositories."""

import shutil
from pathlib import Path

import pytest
from captured_source import Captures
from git_site import Server, Work, git, have_git, serving
from repository_source import source

pytestmark = pytest.mark.skipif(not have_git(), reason="there is no git on this machine")


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
