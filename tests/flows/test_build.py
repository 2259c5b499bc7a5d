"""The main job, from the command line, on a tiny recipe over real pages, files and Python's own library."""

import csv
import io
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.flows.artifacts import digests, kill_when, reaches, running_in_group, start_build
from tests.flows.conftest import ROOT, SAMPLE, TINY, Berry

pytestmark = pytest.mark.usefixtures("prefect_home")


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Path]:
    """A recipe and the workspace of its undisturbed build."""
    folder = tmp_path_factory.mktemp("built")
    recipe, home = folder / "tiny.toml", folder / "home"
    recipe.write_text(TINY.replace("SAMPLE", str(SAMPLE)))
    done = subprocess.run(
        [sys.executable, "-m", "flows", "build", str(recipe), "--home", str(home)], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return recipe, home


def rows(berry: Berry, home: Path, statement: str) -> list[dict[str, str]]:
    """The answer to a statement."""
    done = berry("sql", statement, "--home", home, "--format", "csv")
    assert done.returncode == 0, done.stderr
    return list(csv.DictReader(io.StringIO(done.stdout)))


def test_every_capture_is_kept_dropped_or_failed(built: tuple[Path, Path], berry: Berry) -> None:
    ledger = rows(berry, built[1], "select * from ledger")
    assert {row["source"] for row in ledger} == {"wiki", "lore", "talks", "python", "reference"}
    for row in ledger:
        assert int(row["captured"]) == int(row["kept"]) + int(row["dropped"]) + int(row["failed"]) > 0


def test_the_corpus_has_text_of_all_five_domains_in_train_and_validation(built: tuple[Path, Path], berry: Berry) -> None:
    found = rows(berry, built[1], "select distinct domain, split from corpus_stats where tokens > 0")
    held = {(row["domain"], row["split"]) for row in found}
    assert {(domain, split) for domain in ("wiki", "lore", "transcript", "code", "paper") for split in ("train", "val")} <= held


def test_a_token_leads_back_to_its_document_source_and_revision(built: tuple[Path, Path], berry: Berry) -> None:
    found = rows(berry, built[1], "select * from where_is('corpus_train_000000.bin', 1000)")
    assert len(found) == 1
    assert found[0]["uri"]
    assert found[0]["revision"]


def test_no_group_of_alike_documents_is_in_train_and_in_validation(built: tuple[Path, Path], berry: Berry) -> None:
    assert rows(berry, built[1], "select group_id from splits group by group_id having count(distinct split) > 1") == []


def test_a_second_build_skips_every_stage_and_changes_no_byte(built: tuple[Path, Path], berry: Berry) -> None:
    recipe, home = built
    before = {
        path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in home.rglob("*") if path.is_file() and "runs" not in path.parts
    }
    done = berry("build", recipe, "--home", home)
    assert done.returncode == 0, done.stderr
    stages = re.findall(r"^  (\w+) +(skipped|[\d.]+ s)", done.stdout, re.MULTILINE)
    assert len(stages) == 17
    assert {state for _, state in stages} == {"skipped"}
    after = {path: (path.stat().st_mtime_ns, path.stat().st_ino) for path in home.rglob("*") if path.is_file() and "runs" not in path.parts}
    changed = {path for path in before.keys() | after.keys() if before.get(path) != after.get(path)}
    assert {path.suffix for path in changed} <= {".lock"}


@pytest.mark.parametrize("stage", ["extract", *(pytest.param(stage, marks=pytest.mark.slow) for stage in ("snapshot", "training"))])
def test_a_build_killed_at_a_stage_and_started_again_ends_with_the_same_bytes(
    built: tuple[Path, Path], berry: Berry, tmp_path: Path, stage: str
) -> None:
    recipe, undisturbed = built
    home = tmp_path / "home"
    assert kill_when(home, recipe, stage), "the build ended before it could be killed"
    done = berry("build", recipe, "--home", home)
    assert done.returncode == 0, done.stdout + done.stderr
    assert digests(home) == digests(undisturbed)


@pytest.mark.slow
def test_order_of_sources_and_number_of_workers_change_no_byte(built: tuple[Path, Path], berry: Berry, tmp_path: Path) -> None:
    recipe, undisturbed = built
    head, *sources = re.split(r"(?=\[\[sources\]\])", recipe.read_text())
    last, rest = re.split(r"(?=\[splits\])", sources[-1])
    shuffled = tmp_path / "tiny.toml"
    shuffled.write_text("".join([head, last, *reversed(sources[:-1]), rest]))
    done = berry("build", shuffled, "--home", tmp_path / "home", "--workers", "1")
    assert done.returncode == 0, done.stdout + done.stderr
    assert digests(tmp_path / "home") == digests(undisturbed)


@pytest.mark.parametrize("stage", ["capture", pytest.param("training", marks=pytest.mark.slow)])
def test_ctrl_c_ends_a_build_at_once_and_leaves_no_process_behind(built: tuple[Path, Path], tmp_path: Path, stage: str) -> None:
    build = start_build(tmp_path / "home", built[0])
    assert reaches(build, tmp_path / "home", stage)
    os.killpg(build.pid, signal.SIGINT)
    assert build.wait(15) == 130
    time.sleep(2)
    assert running_in_group(build.pid) == []


def test_training_refuses_shards_of_another_vocabulary(built: tuple[Path, Path], berry: Berry, tmp_path: Path) -> None:
    home, recipe = tmp_path / "home", tmp_path / "tiny.toml"
    shutil.copytree(built[1], home)
    recipe.write_text(built[0].read_text().replace("entries = 700", "entries = 650"))
    assert berry("train-tokenizer", recipe, "--home", home).returncode == 0
    done = berry("train", recipe, "--home", home)
    assert done.returncode == 1
    assert "berry write-shards" in done.stderr


def test_tokens_of_an_older_corpus_are_not_shown_for_a_new_one(built: tuple[Path, Path], berry: Berry, tmp_path: Path) -> None:
    home, recipe = tmp_path / "home", tmp_path / "tiny.toml"
    shutil.copytree(built[1], home)
    recipe.write_text(built[0].read_text().replace("validation = 0.15", "validation = 0.3"))
    assert berry("curate", recipe, "--home", home).returncode == 0
    assert {row["tokens"] for row in rows(berry, home, "select tokens from corpus_stats")} == {""}


def test_the_report_is_one_page_that_fetches_nothing(built: tuple[Path, Path]) -> None:
    page = (built[1] / "reports" / "tiny.html").read_text()
    assert not re.search(r"""(?:src|href)\s*=\s*["']?(?:https?:)?//""", page)


def test_the_model_is_compared_with_baselines_on_every_domain(built: tuple[Path, Path], berry: Berry) -> None:
    found = rows(berry, built[1], "select model, domain from baselines")
    models = {row["model"] for row in found}
    assert {"strawberry", "unigram", "bigram"} <= models
    assert {row["domain"] for row in found if row["model"] == "strawberry"} == {"wiki", "lore", "transcript", "code", "paper", "all"}


def test_a_trained_model_is_in_the_history_with_what_it_was_made_from(built: tuple[Path, Path], berry: Berry) -> None:
    (model,) = rows(berry, built[1], "select * from models")
    (snapshot,) = rows(berry, built[1], "select snapshot_id from lineage")
    (vocabulary,) = rows(berry, built[1], "select tokenizer_id from tokenizers")
    (whole,) = rows(berry, built[1], "select bits_per_byte from baselines where model = 'strawberry' and domain = 'all'")
    assert model["snapshot_id"] == snapshot["snapshot_id"]
    assert model["tokenizer_id"] == vocabulary["tokenizer_id"]
    assert model["bits_per_byte"] == whole["bits_per_byte"]


def test_verify_finds_a_flipped_byte(built: tuple[Path, Path], berry: Berry, tmp_path: Path) -> None:
    home = tmp_path / "home"
    shutil.copytree(built[1], home)
    assert berry("verify", "--home", home).returncode == 0
    victim = next((home / "store" / "tokenizer").glob("*/tokenizer.json"))
    content = bytearray(victim.read_bytes())
    content[len(content) // 2] ^= 1
    victim.write_bytes(content)
    done = berry("verify", "--home", home)
    assert done.returncode == 1
    assert "tokenizer.json" in done.stdout


def test_json_answers_are_json(built: tuple[Path, Path], berry: Berry) -> None:
    done = berry("sql", "select * from ledger limit 2", "--home", built[1], "--format", "json")
    assert len(json.loads(done.stdout)) == 2
