"""Nothing of a repository is executed, and nothing is told to whom it does not concern."""

import os
import stat
from pathlib import Path

import pytest
from captured_source import Captures
from git_site import Server, Work, git, have_git, serving
from pydantic import ValidationError
from repository_source import source

from curation.sources.git import command as git_module
from curation.sources.git.hosts import numbers_of, parsed
from warehouse.errors import SourceError

pytestmark = pytest.mark.skipif(not have_git(), reason="there is no git on this machine")


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
