"""The recipe for development, on fifty real sources and eighteen packages: what the product promises, at size.

Run with `make test-slow`. Training is cut short here; everything before it is the recipe's own.
"""

import csv
import io
import random
import re
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flows.artifacts import digests, kill_when
from tests.flows.conftest import ROOT, Berry

SHARED = ROOT.parent / "shared"
PACKAGES = ROOT / ".cache" / "shared-code"

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not (SHARED / "corpus").is_dir(), reason="the corpus in ../shared is not on this machine"),
    pytest.mark.usefixtures("prefect_home"),
]


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The shared recipe with forty steps of training, where its paths still lead to the sources."""
    if not (PACKAGES / "manifest.json").is_file():
        subprocess.run([sys.executable, SHARED / "tools" / "get-code", PACKAGES], check=True)
    text = (ROOT / "tests" / "recipes" / "shared.toml").read_text()
    text = text.replace("../../../shared", str(SHARED)).replace("../../.cache", str(ROOT / ".cache"))
    text = re.sub(r"steps = 500", "steps = 40", text)
    text = re.sub(r"evaluate_every = 50", "evaluate_every = 20", text)
    text = re.sub(r"evaluate_tokens = 20_000", "evaluate_tokens = 2_000", text)
    path = tmp_path_factory.mktemp("recipe") / "shared.toml"
    path.write_text(re.sub(r"checkpoint_every = 100", "checkpoint_every = 10", text))
    return path


@pytest.fixture(scope="module")
def undisturbed(recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The workspace of a build that nothing interrupted."""
    home = tmp_path_factory.mktemp("undisturbed") / "home"
    subprocess.run([sys.executable, "-m", "flows", "build", str(recipe), "--home", str(home)], cwd=ROOT, check=True)
    return home


def rows(berry: Berry, home: Path, statement: str) -> list[dict[str, str]]:
    """The answer to a statement."""
    done = berry("sql", statement, "--home", home, "--format", "csv")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_at_least_25_million_characters_of_all_five_domains_are_kept(undisturbed: Path, berry: Berry) -> None:
    kept = rows(berry, undisturbed, "select domain, sum(characters) as characters from corpus_stats group by domain")
    assert {row["domain"] for row in kept} == {"wiki", "lore", "transcript", "code", "paper"}
    assert sum(int(row["characters"]) for row in kept) >= 25_000_000


def test_no_capture_is_unaccounted_for(undisturbed: Path, berry: Berry) -> None:
    ledger = rows(berry, undisturbed, "select * from ledger")
    assert len(ledger) == 68
    assert all(int(row["captured"]) == int(row["kept"]) + int(row["dropped"]) + int(row["failed"]) for row in ledger)


def test_a_build_killed_at_three_stages_ends_with_the_same_bytes(recipe: Path, undisturbed: Path, berry: Berry, tmp_path: Path) -> None:
    home = tmp_path / "home"
    for stage, count in (("extract", 20), ("duplicates", 1), ("training", 2)):
        assert kill_when(home, recipe, stage, count), f"the build ended before it could be killed at {stage}"
    assert berry("build", recipe, "--home", home, timeout=1800).returncode == 0
    assert digests(home) == digests(undisturbed)


def test_order_of_sources_and_number_of_workers_change_no_byte(recipe: Path, undisturbed: Path, berry: Berry, tmp_path: Path) -> None:
    text = recipe.read_text()
    head, sources, tail = (
        text[: text.index("[[sources]]")],
        text[text.index("[[sources]]") : text.index("[mix]")],
        text[text.index("[mix]") :],
    )
    blocks = [f"[[sources]]{block}" for block in sources.split("[[sources]]")[1:]]
    random.Random(7).shuffle(blocks)
    shuffled = recipe.with_name("shuffled.toml")
    shuffled.write_text(head + "".join(blocks) + tail)
    home = tmp_path / "home"
    assert berry("build", shuffled, "--home", home, "--workers", "3", timeout=1800).returncode == 0
    assert digests(home) == digests(undisturbed)


def test_a_second_build_skips_every_stage(recipe: Path, undisturbed: Path, berry: Berry) -> None:
    before, started = digests(undisturbed), time.monotonic()
    done = berry("build", recipe, "--home", undisturbed)
    print(f"second build: {time.monotonic() - started:.1f} s")
    assert done.returncode == 0
    assert len(re.findall(r"^  \w+ +skipped", done.stdout, re.MULTILINE)) == 17
    assert digests(undisturbed) == before
