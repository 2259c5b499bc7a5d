"""Capture: a source's items as they came, in partitions, with a row for everything that could not be had."""

import io
import os
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import PrivateAttr, TypeAdapter

from curation.capture import (
    PARTITION_BYTES,
    PARTITION_ITEMS,
    TYPICAL_BYTES,
    capture_failure,
    capture_source,
    partitioned,
    read_earlier,
    read_memory,
)
from curation.domains import Domain
from curation.ledger import Account, check
from curation.partitions import Cleaning, extract_partition, judge_partition, score_partition
from curation.policies import Policies
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.item import Item
from curation.sources.kinds import AnySource
from curation.sources.source import NetworkSource, kind
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


class Listed(NetworkSource):
    """A source whose server is a list."""

    kind: Literal["listed"] = kind("A list.")
    _given: list[Item] = PrivateAttr([])

    def items(self, context: Context) -> Iterator[Item]:
        """What the list has."""
        context.memory["passes"] = context.memory.get("passes", 0) + 1
        yield from self._given


def captured(folder: Path, given: list[Item], earlier: Path | None = None, **settings: Any) -> list[dict[str, Any]]:
    """The rows of a capture into a folder, after that in another folder."""
    source = Listed(**{"kind": "listed", "id": "s", "domain": Domain.WIKI, **settings})
    source._given = given
    folder.mkdir()
    before, memory = (read_earlier(earlier), read_memory(earlier)) if earlier else (Earlier(), {})
    capture_source(source, Context(folder, folder.parent / f"{folder.name}.state", before, memory), folder)
    return [each for path in sorted(folder.glob("*.parquet")) for each in read_table(path).to_pylist()]


def item(name: str, content: bytes, **facts: Any) -> Item:
    """An item of a list."""
    return Item(name, f"list:{name}", content, "text/plain", **facts)


def test_an_item_whose_bytes_did_not_change_keeps_its_row_whatever_the_server_says_of_it(tmp_path: Path) -> None:
    before = captured(
        tmp_path / "one", [item("a", b"text", etag='"1"', modified="2026-11-01T00:00:00+00:00"), item("b", b"old", etag='"1"')]
    )
    given = [item("a", b"text", etag='"2"', modified="2026-11-02T00:00:00+00:00"), item("b", b"new", etag='"2"')]
    after = captured(tmp_path / "two", given, tmp_path / "one")
    assert after[0] == before[0]
    assert (after[1]["content"], after[1]["etag"]) == (b"new", '"2"')
    asked_with = read_earlier(tmp_path / "two").fact("a")
    assert asked_with is not None
    assert (asked_with.etag, asked_with.modified) == ('"2"', "2026-11-02T00:00:00+00:00")


def test_what_a_source_no_longer_has_is_a_row_that_says_so_or_stays_as_the_recipe_wants(tmp_path: Path) -> None:
    captured(tmp_path / "one", [item("a", b"text"), item("b", b"more")])
    given = [item("a", b"text"), Item.vanished("b", "list:b", "HTTP status 410")]
    _, tombstone = captured(tmp_path / "drop", given, tmp_path / "one")
    assert (tombstone["native_id"], tombstone["content"], tombstone["error"], tombstone["gone"]) == ("b", None, None, "HTTP status 410")
    _, kept = captured(tmp_path / "keep", given, tmp_path / "one", vanished="keep")
    assert (kept["content"], kept["gone"]) == (b"more", None)


def test_a_tombstone_stays_in_the_ledger_as_dropped(tmp_path: Path) -> None:
    captured(tmp_path / "c", [Item.vanished("b", "list:b", "HTTP status 410")])
    steps = [tmp_path / "c" / "00000.parquet", *(tmp_path / name for name in ("extracted", "documents", "signals", "decisions"))]
    captures, extracted, documents, signals, decisions = steps
    extract_partition(captures, extracted)
    Cleaning(Domain.LORE)(extracted, documents)
    score_partition(documents, signals)
    judge_partition(documents, signals, Policies(), decisions)
    assert check([captures], [decisions], tmp_path) == [Account("s", captured=1, kept=0, dropped=1, failed=0)]
    assert read_table(decisions).to_pylist()[0]["reason"] == "gone"


def test_what_cannot_be_had_this_time_stays_as_it_was_and_is_on_record(tmp_path: Path) -> None:
    before = captured(tmp_path / "one", [item("a", b"text"), item("b", b"more")])
    busy = [Item.failed(name, f"list:{name}", "HTTP status 503", transient=True) for name in "abc"]
    after = captured(tmp_path / "two", busy, tmp_path / "one")
    assert after[:2] == before
    assert (after[2]["native_id"], after[2]["error"]) == ("c", "HTTP status 503")
    assert (after[3]["native_id"], after[3]["content"]) == ("(kept)", None)
    assert after[3]["error"].startswith("2 of its documents could not be had this time")
    lasting = captured(tmp_path / "three", [Item.failed("a", "list:a", "HTTP status 403"), item("b", b"more")], tmp_path / "one")
    assert [each["error"] for each in lasting] == ["HTTP status 403", None]


def test_a_tombstone_stays_until_its_document_is_back(tmp_path: Path) -> None:
    captured(tmp_path / "one", [item("a", b"text"), item("b", b"more")])
    gone = captured(tmp_path / "two", [item("a", b"text"), Item.vanished("b", "list:b", "HTTP status 410")], tmp_path / "one")
    still = captured(tmp_path / "three", [item("a", b"text")], tmp_path / "two")
    assert still == gone
    refused = [item("a", b"text"), Item.failed("b", "list:b", "HTTP status 404")]
    assert captured(tmp_path / "refused", refused, tmp_path / "two") == gone
    back = captured(tmp_path / "four", [item("a", b"text"), item("b", b"more")], tmp_path / "three")
    assert [(each["native_id"], each["gone"]) for each in back] == [("a", None), ("b", None)]


def test_what_a_source_remembers_is_there_at_its_next_capture(tmp_path: Path) -> None:
    captured(tmp_path / "one", [item("a", b"text")])
    captured(tmp_path / "two", [item("a", b"text")], tmp_path / "one")
    assert read_memory(tmp_path / "two") == {"passes": 2}


def test_the_licence_of_an_item_goes_before_that_of_its_source(tmp_path: Path) -> None:
    rows = captured(tmp_path / "one", [item("a", b"text", licence="CC0-1.0"), item("b", b"text")], licence="MIT")
    assert [each["licence"] for each in rows] == ["CC0-1.0", "MIT"]


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
