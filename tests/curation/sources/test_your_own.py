"""A kind of source that another distribution adds: built from the page that documents it, installed, and captured."""

import os
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
PAGE = (ROOT / "docs" / "sources" / "your-own.md").read_text()

MAILS = """From a@example.org Mon Jan  1 00:00:00 2024
From: a@example.org
Message-ID: <1@example.org>
Subject: A first mail
Content-Type: text/plain; charset=utf-8

Words of the first mail.

From b@elsewhere.net Mon Jan  1 00:00:00 2024
From: b@elsewhere.net
Message-ID: <2@elsewhere.net>

Words of another sender.

From c@example.org Mon Jan  1 00:00:00 2024
From: c@example.org
Message-ID: <3@example.org>
Content-Type: multipart/mixed; boundary="x"

--x

part
--x--
"""

CAPTURE = """
import json, sys
from pathlib import Path
from curation.capture import capture_source
from curation.recipe import load_recipe
from curation.sources.context import Context
from curation.sources.kinds import capture_settings
from warehouse.tables import read_table
recipe, out = Path(sys.argv[1]), Path(sys.argv[2])
(source,) = load_recipe(recipe).sources
out.mkdir()
capture_source(source, Context(recipe.parent, out / "state"), out)
rows = read_table(out / "00000.parquet").to_pylist()
kept = [[row["native_id"], row["title"], row["content"].decode() if row["content"] else row["error"]] for row in rows]
print(json.dumps([kept, capture_settings(source).get("origin")]))
"""


def blocks(language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", PAGE, re.MULTILINE | re.DOTALL)


def install(folder: Path, name: str, module: str, points: dict[str, str], version: str = "1.0") -> None:
    """What `pip install` leaves behind: the module, and the distribution's metadata."""
    facts = folder / f"{name.replace('-', '_')}-{version}.dist-info"
    facts.mkdir(parents=True)
    (folder / f"{name.replace('-', '_')}.py").write_text(module)
    (facts / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {name}\nVersion: {version}\n")
    lines = "".join(f"{point} = {value}\n" for point, value in points.items())
    (facts / "entry_points.txt").write_text(f"[berrypatch.sources]\n{lines}")


def run(*arguments: str, site: Path) -> subprocess.CompletedProcess[str]:
    paths = os.pathsep.join([str(site), str(ROOT), *filter(None, sys.path)])
    environment = {**os.environ, "PYTHONPATH": paths}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=environment, timeout=120, check=False)


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "letters.toml"
    path.write_text(blocks("toml")[1])
    (tmp_path / "list.mbox").write_text(MAILS)
    return path


@pytest.fixture
def site(tmp_path: Path) -> Path:
    project = tomllib.loads(blocks("toml")[0])
    (module,) = blocks("python")
    install(tmp_path / "site", project["project"]["name"], module, project["project"]["entry-points"]["berrypatch.sources"])
    return tmp_path / "site"


def test_the_kind_of_the_page_is_captured_like_any_other(recipe: Path, site: Path, tmp_path: Path) -> None:
    done = run("-c", CAPTURE, str(recipe), str(tmp_path / "out"), site=site)
    assert done.returncode == 0, done.stderr
    assert done.stdout.strip() == (
        '[[["<1@example.org>", "A first mail", "Words of the first mail.\\n"], '
        '["<3@example.org>", null, "it has several parts, and this kind reads plain mails only"]], "berrypatch-mailbox==1.0"]'
    )


def test_a_mistyped_key_of_the_kind_is_told_as_in_any_other(recipe: Path, site: Path, tmp_path: Path) -> None:
    recipe.write_text(recipe.read_text().replace("sender =", "sendr ="))
    wrong = run("-c", CAPTURE, str(recipe), str(tmp_path / "out"), site=site)
    assert wrong.returncode != 0
    assert "sources[0] (list).sendr: unknown key; did you mean 'sender'?" in wrong.stderr


def test_without_the_distribution_the_error_names_the_kinds_there_are(recipe: Path, tmp_path: Path) -> None:
    recipe.write_text(recipe.read_text().replace("mailbox", "zzz"))
    done = run("-c", CAPTURE, str(recipe), str(tmp_path / "out"), site=tmp_path)
    assert "kind 'zzz' is unknown; one of files, python, web, " in done.stderr


BROKEN = {
    "does not import": ("import not_there_at_all", "broken:Kind", "ModuleNotFoundError"),
    "leaves": ("raise SystemExit(3)", "broken:Kind", "SystemExit"),
    "is not there": ("", "broken:Kind", "AttributeError"),
    "is no source": ("class Kind: pass", "broken:Kind", "is no subclass of curation.sources.source.Source"),
    "has no word": ("from curation.sources.source import Source\nclass Kind(Source): pass", "broken:Kind", "must be a Literal of one word"),
    "has two words": (
        "from typing import Literal\nfrom curation.sources.source import Source\n"
        "class Kind(Source):\n    kind: Literal['one', 'files'] = 'one'",
        "broken:Kind",
        "must be a Literal of one word",
    ),
    "is not defined": (
        "from typing import Literal\nfrom curation.sources.source import Source\n"
        "class Kind(Source):\n    kind: Literal['one'] = 'one'\n    other: 'Nowhere' = None",
        "broken:Kind",
        "Nowhere",
    ),
    "takes a name": (
        "from typing import Literal\nfrom curation.sources.source import Source\nclass Kind(Source):\n    kind: Literal['files'] = 'files'",
        "broken:Kind",
        "there is a kind 'files' already",
    ),
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_kind_that_is_broken_is_a_warning_and_costs_nothing_else(recipe: Path, site: Path, tmp_path: Path, fault: str) -> None:
    module, value, reason = BROKEN[fault]
    install(site, "broken", module, {"a-broken-one": value})
    done = run("-c", CAPTURE, str(recipe), str(tmp_path / "out"), site=site)
    assert done.returncode == 0, done.stderr
    assert "the source kind a-broken-one of broken==1.0 cannot be used" in done.stderr
    assert reason in done.stderr
    assert "A first mail" in done.stdout


def test_a_new_version_of_a_kind_captures_again(recipe: Path, site: Path, tmp_path: Path) -> None:
    (site / "berrypatch_mailbox-1.0.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: berrypatch-mailbox\nVersion: 2.0\n")
    assert "berrypatch-mailbox==2.0" in run("-c", CAPTURE, str(recipe), str(tmp_path / "out"), site=site).stdout
