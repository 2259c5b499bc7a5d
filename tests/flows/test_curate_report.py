"""What a curation leaves for a person who does not want to train yet: the report, and texts to take away."""

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from tests.flows.conftest import ROOT, Berry
from tests.flows.curations import rows
from tests.flows.small import small
from tests.flows.test_docs import FENCE


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a recipe `mine`, whose texts hold an address of e-mail each."""
    made = tmp_path_factory.mktemp("curated")
    for text in small(made, "mine").glob("*.md"):
        text.write_text(f"{text.read_text()}\n\nThe keeper reads letters that come to keeper@lamp-post-tower.net before the tide turns.\n")
    return made


@pytest.fixture(scope="module")
def said(folder: Path) -> str:
    """What the curation of it says."""
    done = subprocess.run(
        [sys.executable, "-m", "flows", "curate", str(folder / "mine.toml"), "--home", str(folder / "workspace")],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def script(page: str, folder: Path) -> str:
    """What the Python of a page of the documentation prints in a folder with a workspace."""
    blocks = [match[2] for match in FENCE.finditer((ROOT / "docs" / "how-to" / page).read_text()) if match[1] == "python"]
    uri = rows(folder / "workspace", "select uri from corpus order by uri limit 1")[0][0]
    code = "\n".join(blocks).replace("quickstart", "mine").replace("http://saltmarrow.test/Harrow_Quay.html", str(uri))
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "HF_HOME": str(folder / "hf"), "HF_HUB_OFFLINE": "1"}
    done = subprocess.run([sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, check=False, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_a_curation_writes_the_report_of_what_there_is_and_says_where_it_is(folder: Path, said: str) -> None:
    page = folder / "workspace" / "reports" / "mine.html"
    assert re.search(rf"^report +{re.escape(str(page))}$", said, re.MULTILINE), said
    html = page.read_text()
    assert set(re.findall(r'<section id="(\w+)" class="absent">', html)) >= {"compression", "training", "losses", "samples"}
    assert "run <code>berry build mine</code>" in html


def test_the_statement_that_a_curation_ends_with_gives_the_kept_texts(folder: Path, said: str, berry: Berry) -> None:
    (statement,) = re.findall(r'^The kept texts: berry sql "(.*)" --format json', said, re.MULTILINE)
    found = json.loads(berry("sql", statement, "--home", folder / "workspace", "--format", "json").stdout)
    assert len(found) == rows(folder / "workspace", "select kept from ledger")[0][0] > 0
    assert all(row["domain"] == "lore" and row["text"] for row in found)


@pytest.mark.usefixtures("said")
def test_the_page_on_texts_writes_every_kept_text_to_files(folder: Path) -> None:
    pytest.importorskip("datasets")
    pytest.importorskip("pandas")
    assert script("get-the-texts.md", folder)
    kept = rows(folder / "workspace", "select kept from ledger")[0][0]
    assert len(list((folder / "texts").glob("*.txt"))) == len((folder / "mine.jsonl").read_text().splitlines()) == kept


@pytest.mark.usefixtures("said")
def test_the_page_on_cleaning_shows_what_was_cut(folder: Path) -> None:
    assert "emails 'keeper@lamp-post-tower.net' -> '<EMAIL>'" in script("clean.md", folder)
