"""A repository captured again: what changed, what is gone, and captures that were killed."""

import contextlib
import os
import random
import subprocess
import sys
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from captured_source import Captures
from git_site import Server, Work, have_git
from repository_source import source

from curation.sources.context import Context
from curation.sources.fetch.hosts import paces
from curation.sources.fetch.pace import SHARED
from warehouse.errors import SourceError
from warehouse.tables import read_table

pytestmark = pytest.mark.skipif(not have_git(), reason="there is no git on this machine")


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
from urllib.parse import urlsplit
from curation.capture import capture_source
from curation.sources.context import Context
from curation.sources.repository import RepositorySource
folder = Path(sys.argv[1])
source = RepositorySource(kind="repository", id="r", domain="code", url=sys.argv[2], private_addresses=True, delay_seconds=0)
capture_source(source, Context(folder, folder / "state", cache=folder / "cache"), folder / "out")
"""


@pytest.mark.slow
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
        process = subprocess.Popen(command, cwd=Path(__file__).parents[4], stderr=subprocess.DEVNULL)
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(moments.uniform(0.4, 1.6))
        process.kill()
        process.wait()
    subprocess.run(command, cwd=Path(__file__).parents[4], check=True)
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


def test_the_delay_holds_from_capture_to_capture_and_a_host_that_wants_to_be_left_alone_is_not_asked(
    work: Work, server: Server, tmp_path: Path
) -> None:
    work.commit({"a.py": "print(1)\n"})
    recipe = source(url=server.publish(work), delay_seconds=0.4)
    contexts = [Context(tmp_path, tmp_path / name, cache=tmp_path / "cache") for name in ("one", "two", "three")]
    for context in contexts[:2]:
        context.state.mkdir()
        list(recipe.items(context))
    waited = [sum(receipt.waited for receipt in context.receipts.by_host.values()) for context in contexts]
    assert waited[1] > 0.3
    SHARED.of(urlsplit(recipe.url).netloc, paces(contexts[0])).leave_alone(3600, 429)
    with pytest.raises(SourceError, match=r"the host asks to be left alone for 3[56]\d\d s more. Try again later"):
        list(recipe.items(contexts[2]))
