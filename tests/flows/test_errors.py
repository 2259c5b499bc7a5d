"""What a person sees when something is wrong: a sentence that says what to do, and nothing built is lost."""

import os
import re
import shlex
import zipfile
from pathlib import Path

import pytest

from tests.flows.conftest import Berry

pytestmark = pytest.mark.usefixtures("prefect_home")

ONE_SOURCE = """
name = "one"

[[sources]]
kind = "files"
id = "texts"
domain = "lore"
path = "{path}"
"""

STORY = "The lamp on the quay was lit at dusk, and the keeper wrote the hour in the book before he went in to his supper. "


def plain(done: object) -> str:
    """Standard error, which must hold no traceback."""
    text: str = done.stderr  # type: ignore[attr-defined]
    assert "Traceback" not in text
    return text


def test_a_source_that_does_not_exist_is_named_with_what_to_do(berry: Berry, tmp_path: Path) -> None:
    recipe = tmp_path / "one.toml"
    recipe.write_text(ONE_SOURCE.format(path="nowhere"))
    done = berry("build", recipe, "--home", tmp_path / "home")
    assert done.returncode == 1
    assert "source texts" in plain(done)
    assert "Check `path`" in done.stderr


def test_a_mistyped_key_names_the_file_the_key_and_the_nearest(berry: Berry, tmp_path: Path) -> None:
    recipe = tmp_path / "one.toml"
    recipe.write_text(ONE_SOURCE.format(path=".") + "\n[tokeniser]\nentries = 500\n")
    done = berry("build", recipe, "--home", tmp_path / "home")
    assert done.returncode == 1
    assert "one.toml: tokeniser: unknown key; did you mean 'tokenizer'?" in plain(done)


def test_a_recipe_that_does_not_say_who_asks_asks_nobody(berry: Berry, tmp_path: Path) -> None:
    done = berry("build", "strawberry", "--home", tmp_path / "home")
    assert done.returncode == 1
    assert "the recipe does not say who asks. Set `contact` in it, or the variable BERRY_CONTACT" in plain(done)


def test_damaged_archives_bad_pages_and_empty_sources_are_recorded_and_the_rest_goes_on(berry: Berry, tmp_path: Path) -> None:
    texts = tmp_path / "texts"
    texts.mkdir()
    for number in range(12):
        lines = [f"{STORY}It was night {number * 31 + line} of the {line * 7 + number} winter count." for line in range(40)]
        (texts / f"story{number}.txt").write_text("\n".join(lines))
    with zipfile.ZipFile(texts / "good.zip", "w") as archive:
        archive.writestr("inner.txt", STORY * 3)
    (texts / "broken.zip").write_bytes((texts / "good.zip").read_bytes()[:60])
    (texts / "page.html").write_bytes(b"\x00\x01\x02" * 500)
    (texts / "empty.txt").write_bytes(b"")
    (tmp_path / "void").mkdir()
    recipe = tmp_path / "one.toml"
    recipe.write_text(ONE_SOURCE.format(path="texts") + '\n[[sources]]\nkind = "files"\nid = "void"\ndomain = "wiki"\npath = "void"\n')
    done = berry("curate", recipe, "--home", tmp_path / "home")
    assert done.returncode == 0, plain(done)
    answer = berry("sql", "select reason, example_uri from drop_reasons", "--home", tmp_path / "home", "--format", "csv").stdout
    for fault in ("broken.zip", "page.html", "empty.txt", "source:void"):
        assert fault in answer


def test_where_no_document_is_kept_the_command_that_tells_why_works_as_it_stands(berry: Berry, tmp_path: Path) -> None:
    (tmp_path / "rows.jsonl").write_text('{"body": "a"}\n' * 3)
    recipe = tmp_path / "rows.toml"
    recipe.write_text('name = "rows"\n[[sources]]\nkind = "dataset"\nid = "rows"\ndomain = "lore"\npath = "rows.jsonl"\n')
    done = berry("curate", recipe, "--home", tmp_path / "my home")
    assert done.returncode == 1
    command = re.search(r"`berry (sql .*)` says why each was dropped", plain(done))
    assert command, done.stderr
    assert "has no column 'text'; its columns are: body" in berry(*shlex.split(command[1]), "--format", "csv").stdout


@pytest.mark.skipif(os.geteuid() != 0, reason="needs root, to mount a small file system")
def test_a_full_disk_is_said_plainly_and_the_build_goes_on_after_space_is_made(berry: Berry, tmp_path: Path) -> None:
    import subprocess

    home = tmp_path / "home"
    home.mkdir()
    mounted = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=900k", "tmpfs", str(home)], check=False)
    if mounted.returncode:
        pytest.skip("this machine does not let root mount a tmpfs")
    try:
        texts = tmp_path / "texts"
        texts.mkdir()
        for number in range(40):
            (texts / f"{number}.txt").write_bytes(os.urandom(30_000).hex().encode())
        recipe = tmp_path / "one.toml"
        recipe.write_text(ONE_SOURCE.format(path="texts"))
        done = berry("curate", recipe, "--home", home)
        assert done.returncode == 1
        assert "no space left" in plain(done)
        subprocess.run(["mount", "-o", "remount,size=64m", str(home)], check=True)
        again = berry("curate", recipe, "--home", home)
        assert "no document was kept" in again.stderr
    finally:
        subprocess.run(["umount", str(home)], check=False)


def test_a_workspace_that_is_not_there_says_what_to_run(berry: Berry, tmp_path: Path) -> None:
    done = berry("sql", "select 1", "--home", tmp_path / "none")
    assert done.returncode == 1
    assert "berry build" in plain(done)


def test_an_unknown_view_names_the_nearest(berry: Berry, tmp_path: Path) -> None:
    from warehouse.catalog import publish
    from warehouse.layout import Workspace

    publish(Workspace(tmp_path))
    done = berry("sql", "select * from ledgr", "--home", tmp_path)
    assert done.returncode == 1
    assert "ledger" in plain(done)
