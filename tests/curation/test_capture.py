"""Capture: a source's items as they came, in partitions, with a row for everything that could not be had."""

import io
import os
import subprocess
import sys
import tarfile
from pathlib import Path
from typing import Any

import pytest
from pydantic import TypeAdapter

from curation.capture import (
    PARTITION_BYTES,
    PARTITION_ITEMS,
    TYPICAL_BYTES,
    capture_failure,
    capture_source,
    partitioned,
)
from curation.domains import Domain
from curation.ledger import Account, check
from curation.partitions import Cleaning, extract_partition, judge_partition, score_partition
from curation.policies import Policies
from curation.sources.context import Context
from curation.sources.kinds import AnySource
from warehouse.digests import sha256_bytes
from warehouse.errors import SourceError
from warehouse.tables import CAPTURES, read_table


def source(kind: str = "files", **settings: Any) -> AnySource:
    facts = {"kind": kind, "id": "s", "domain": "lore", **settings}
    return TypeAdapter(AnySource).validate_python(facts)  # type: ignore[no-any-return]


def partitions(folder: Path, captured: AnySource) -> list[list[dict[str, Any]]]:
    out = folder / "out"
    out.mkdir()
    capture_source(captured, Context(folder, folder / "state"), out)
    paths = sorted(out.iterdir())
    assert [path.name for path in paths] == [f"{number:05}.parquet" for number in range(len(paths))]
    assert all(read_table(path).schema == CAPTURES for path in paths)
    return [read_table(path).to_pylist() for path in paths]


@pytest.fixture
def texts(tmp_path: Path) -> Path:
    (tmp_path / "texts").mkdir()
    (tmp_path / "texts" / "a.txt").write_bytes(b"caf\xe9")
    (tmp_path / "texts" / "b.md").write_bytes(b"")
    return tmp_path


def test_a_row_has_the_bytes_as_they_came_and_what_is_known_of_them(texts: Path) -> None:
    ((first, second),) = partitions(texts, source(path="texts", licence="CC0-1.0"))
    assert (first["content"], first["bytes"], first["sha256"]) == (b"caf\xe9", 4, sha256_bytes(b"caf\xe9"))
    assert (first["source"], first["domain"], first["licence"]) == ("s", "lore", "CC0-1.0")
    assert (first["native_id"], first["uri"], first["media_type"]) == ("a.txt", "file:texts/a.txt", "text/plain")
    assert first["revision"] == first["sha256"][:16]
    assert (second["content"], second["error"]) == (b"", None)


def test_an_item_keeps_its_id_when_its_content_or_its_neighbours_change(texts: Path) -> None:
    ((before, *_),) = partitions(texts, source(path="texts"))
    (texts / "texts" / "a.txt").write_text("other")
    (texts / "texts" / "0.txt").write_text("new")
    (texts / "out").rename(texts / "old")
    ((_, after, *_),) = partitions(texts, source(path="texts"))
    assert (after["native_id"], after["capture_id"]) == (before["native_id"], before["capture_id"])
    assert after["revision"] != before["revision"]


def test_the_same_item_of_two_sources_has_two_ids(texts: Path) -> None:
    ((one, *_),) = partitions(texts, source(path="texts"))
    (texts / "out").rename(texts / "old")
    ((other, *_),) = partitions(texts, source(path="texts", id="t"))
    assert one["capture_id"] != other["capture_id"]


def test_members_of_one_name_have_ids_of_their_own(tmp_path: Path) -> None:
    with tarfile.open(tmp_path / "x.tar", "w") as archive:
        for name, content in (("a", b"1"), ("a~2", b"2"), ("a", b"3"), ("a", b"4")):
            info = tarfile.TarInfo(name)
            info.size = 1
            archive.addfile(info, io.BytesIO(content))
    (rows,) = partitions(tmp_path, source(path="x.tar"))
    assert [(row["native_id"], row["content"]) for row in rows] == [("a", b"1"), ("a~2", b"2"), ("a~3", b"3"), ("a~4", b"4")]
    assert len({row["capture_id"] for row in rows}) == 4


def test_a_name_that_is_no_utf8_is_stored_with_escapes(tmp_path: Path) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / os.fsdecode(b"caf\xe9.txt")).write_bytes(b"x")
    ((row,),) = partitions(tmp_path, source(path="f"))
    assert (row["native_id"], row["uri"]) == (r"caf\udce9.txt", r"file:f/caf\udce9.txt")
    assert source(path="f").fingerprint(tmp_path)


@pytest.mark.parametrize("settings", [{"path": "empty"}, {"path": "x.tar"}, {"path": "texts", "include": ["*.pdf"]}])
def test_a_source_without_an_item_leaves_one_failed_row_that_says_so(texts: Path, settings: dict[str, Any]) -> None:
    (texts / "empty").mkdir()
    with tarfile.open(texts / "x.tar", "w") as archive:
        info = tarfile.TarInfo("folder")
        info.type = tarfile.DIRTYPE
        archive.addfile(info)
    ((row,),) = partitions(texts, source(**settings))
    assert (row["content"], row["native_id"], row["error"]) == (None, "(empty)", "the source is empty: nothing in it matches")


def test_an_item_that_cannot_be_read_is_a_row_without_content(tmp_path: Path) -> None:
    (tmp_path / "x.zip").write_bytes(b"PK\x03\x04 and no more")
    ((row,),) = partitions(tmp_path, source(path="x.zip"))
    assert (row["content"], row["sha256"], row["revision"], row["bytes"]) == (None, None, None, 0)
    assert "BadZipFile" in row["error"]


def test_a_source_that_is_not_there_is_an_error(tmp_path: Path) -> None:
    for ask in (lambda absent: absent.fingerprint(tmp_path), lambda absent: capture_source(absent, Context(tmp_path, tmp_path), tmp_path)):
        with pytest.raises(SourceError, match=r"source s: .*absent does not exist"):
            ask(source(path="absent"))


def test_the_failure_of_a_source_is_one_failed_row_that_says_why(tmp_path: Path) -> None:
    capture_failure(source(path="absent", licence="CC0-1.0"), "source s: gone \udce9", tmp_path)
    ((row,),) = [read_table(path).to_pylist() for path in sorted(tmp_path.glob("*.parquet"))]
    assert (row["source"], row["domain"], row["licence"], row["uri"]) == ("s", "lore", "CC0-1.0", "source:s")
    assert (row["content"], row["sha256"], row["error"]) == (None, None, r"source s: gone \udce9")


def test_the_failure_of_a_source_is_failed_in_the_ledger(tmp_path: Path) -> None:
    capture_failure(source(path="absent"), "source s: gone", tmp_path)
    steps = [tmp_path / name for name in ("00000.parquet", "extracted", "documents", "signals", "decisions")]
    captures, extracted, documents, signals, decisions = steps
    extract_partition(captures, extracted)
    Cleaning(Domain.LORE)(extracted, documents)
    score_partition(documents, signals)
    judge_partition(documents, signals, Policies(), decisions)
    assert check([captures], [decisions], tmp_path) == [Account("s", captured=1, kept=0, dropped=0, failed=1)]
    assert read_table(decisions)["detail"].to_pylist() == ["source s: gone"]


@pytest.mark.parametrize(("count", "size"), [(5 * PARTITION_ITEMS, 10), (60, TYPICAL_BYTES // 7), (5, 2 * PARTITION_BYTES)])
def test_a_partition_is_never_larger_than_it_may_be_and_never_empty(count: int, size: int) -> None:
    made = list(partitioned(row(number, size) for number in range(count)))
    assert [each["capture_id"] for rows in made for each in rows] == [row(number, size)["capture_id"] for number in range(count)]
    for rows in made:
        assert 1 <= len(rows) <= PARTITION_ITEMS
        assert sum(each["bytes"] for each in rows[:-1]) < PARTITION_BYTES


def test_a_new_row_changes_the_partition_that_it_is_in_and_no_other() -> None:
    rows = [row(number, TYPICAL_BYTES // 20) for number in range(600)]
    before = cut(rows)
    assert len(before) > 20
    for place in (0, 123, 300, 599):
        after = cut([*rows[:place], row(-1, 10), *rows[place:]])
        assert len(before - after) <= 2


def row(number: int, size: int) -> dict[str, Any]:
    """A row of table captures, as far as partitions look at it."""
    return {"capture_id": sha256_bytes(str(number).encode()), "bytes": size}


def cut(rows: list[dict[str, Any]]) -> set[tuple[str, ...]]:
    """The partitions of some rows."""
    return {tuple(each["capture_id"] for each in part) for part in partitioned(rows)}


CAPTURE = """
import sys
from pathlib import Path
from pydantic import TypeAdapter
from curation.capture import capture_source
from curation.sources.context import Context
from curation.sources.kinds import AnySource

folder, out, facts = Path(sys.argv[1]), Path(sys.argv[2]), sys.argv[3]
out.mkdir()
capture_source(TypeAdapter(AnySource).validate_json(facts), Context(folder, out.with_suffix(".state")), out)
"""


@pytest.mark.parametrize(
    "facts",
    [
        '{"kind": "files", "id": "s", "domain": "lore", "path": "texts"}',
        '{"kind": "web", "id": "s", "domain": "wiki", "start": ["http://w.example/a.html"], "serve": "site"}',
        '{"kind": "python", "id": "s", "domain": "code", "include": ["json/*"]}',
    ],
    ids=["files", "web", "python"],
)
def test_two_captures_of_equal_input_give_equal_bytes(texts: Path, facts: str) -> None:
    (texts / "site").mkdir()
    for name in "abc":
        (texts / "site" / f"{name}.html").write_text("".join(f'<a href="{other}.html">' for other in "cab"))
    running = [
        subprocess.Popen([sys.executable, "-c", CAPTURE, texts, texts / f"out{seed}", facts], env={**os.environ, "PYTHONHASHSEED": seed})
        for seed in "12"
    ]
    assert [process.wait(30) for process in running] == [0, 0]
    one, two = ({path.name: path.read_bytes() for path in (texts / f"out{seed}").iterdir()} for seed in "12")
    assert one == two
    assert one
