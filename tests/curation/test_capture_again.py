"""Captures of a source after an earlier one: what changed, what did not, what is gone and what could not be had."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, Literal

import pytest
from pydantic import PrivateAttr

from curation.capture import capture_source, read_earlier, read_memory
from curation.domains import Domain
from curation.ledger import Account, check
from curation.partitions import Cleaning, extract_partition, judge_partition, score_partition
from curation.policies import Policies
from curation.sources.context import Context
from curation.sources.earlier import Earlier
from curation.sources.item import Item
from curation.sources.source import NetworkSource, kind
from warehouse.tables import read_table


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


def partition_bytes(folder: Path) -> list[bytes]:
    """The partitions of a capture."""
    return [path.read_bytes() for path in sorted(folder.glob("*.parquet"))]


def decided(capture: Path) -> Path:
    """The decisions on the first partition of a capture."""
    extracted, documents, signals, decisions = (capture / name for name in ("extracted", "documents", "signals", "decisions"))
    extract_partition(capture / "00000.parquet", extracted)
    Cleaning(Domain.LORE)(extracted, documents)
    score_partition(documents, signals)
    judge_partition(documents, signals, Policies(), decisions)
    return decisions


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
    assert (kept["content"], kept["error"], kept["gone"]) == (b"more", None, "HTTP status 410")


def test_a_tombstone_stays_in_the_ledger_as_dropped(tmp_path: Path) -> None:
    captured(tmp_path / "c", [Item.vanished("b", "list:b", "HTTP status 410")])
    decisions = decided(tmp_path / "c")
    assert check([tmp_path / "c" / "00000.parquet"], [decisions], tmp_path) == [Account("s", captured=1, kept=0, dropped=1, failed=0)]
    assert read_table(decisions).to_pylist()[0]["reason"] == "gone"


def test_a_document_that_is_kept_although_gone_is_judged_as_any_other(tmp_path: Path) -> None:
    text = b"The ferry goes to the island at noon, and it is back before the lamps are lit. " * 8
    captured(tmp_path / "one", [item("b", text)])
    captured(tmp_path / "two", [Item.vanished("b", "list:b", "HTTP status 410")], tmp_path / "one", vanished="keep")
    assert decided(tmp_path / "two").read_bytes() == decided(tmp_path / "one").read_bytes()


def test_what_cannot_be_had_this_time_stays_as_it_was_and_is_on_record(tmp_path: Path) -> None:
    before = captured(tmp_path / "one", [item("a", b"text"), item("b", b"more")])
    busy = [Item.failed(name, f"list:{name}", "HTTP status 503", transient=True) for name in "abc"]
    after = captured(tmp_path / "two", busy, tmp_path / "one")
    assert after[:2] == before
    assert (after[2]["native_id"], after[2]["error"]) == ("c", "HTTP status 503")
    assert (after[3]["native_id"], after[3]["content"]) == ("(kept)", None)
    assert after[3]["error"].startswith("2 of its documents could not be looked at this time")
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


# a document that is kept although its source no longer has it

GONE = Item.vanished("b", "list:b", "HTTP status 410")


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A capture that has `a`, and `b` although that is gone."""
    captured(tmp_path / "first", [item("a", b"text"), item("b", b"more", etag='"1"')])
    captured(tmp_path / "kept", [item("a", b"text"), GONE], tmp_path / "first", vanished="keep")
    return tmp_path / "kept"


@pytest.mark.parametrize(
    "given",
    [
        [GONE],
        [Item.failed("b", "list:b", "HTTP status 404")],
        [Item.failed("b", "list:b", "HTTP status 503", transient=True)],
    ],
    ids=["gone", "failed", "busy"],
)
def test_it_stays_marked_and_its_partition_the_same_until_it_is_back(kept: Path, given: list[Item]) -> None:
    captured(kept.parent / "again", [item("a", b"text"), *given], kept, vanished="keep")
    assert partition_bytes(kept.parent / "again") == partition_bytes(kept)


def test_it_stays_marked_where_its_source_could_not_look(kept: Path) -> None:
    standing = read_earlier(kept).standing("b")
    assert standing is not None
    (_, row) = captured(kept.parent / "again", [item("a", b"text"), standing], kept, vanished="keep")
    assert (row["content"], row["gone"]) == (b"more", "HTTP status 410")


@pytest.mark.parametrize("content", [b"more", b"other"])
def test_it_loses_the_mark_when_it_is_back(kept: Path, content: bytes) -> None:
    (_, row) = captured(kept.parent / "back", [item("a", b"text"), item("b", content)], kept, vanished="keep")
    assert (row["content"], row["gone"]) == (content, None)


def test_it_loses_the_mark_when_its_server_says_that_it_is_as_it_was(kept: Path) -> None:
    unchanged = read_earlier(kept).item("b")
    assert unchanged is not None
    captured(kept.parent / "back", [item("a", b"text"), unchanged], kept, vanished="keep")
    assert partition_bytes(kept.parent / "back") == partition_bytes(kept.parent / "first")


def test_it_becomes_a_tombstone_where_the_recipe_comes_to_drop_what_vanished(kept: Path) -> None:
    standing = read_earlier(kept).standing("b")
    assert standing is not None
    for number, given in enumerate(([GONE], [standing])):
        (_, row) = captured(kept.parent / f"dropped{number}", [item("a", b"text"), *given], kept)
        assert (row["content"], row["gone"]) == (None, "HTTP status 410")


def test_it_leaves_with_the_part_of_the_recipe_that_named_it_as_any_other_document_does(kept: Path) -> None:
    (row,) = captured(kept.parent / "left", [item("a", b"text")], kept, vanished="keep")
    assert row["native_id"] == "a"


def test_a_tombstone_outlasts_a_server_that_is_busy(tmp_path: Path) -> None:
    captured(tmp_path / "one", [item("a", b"text"), item("b", b"more")])
    gone = captured(tmp_path / "two", [item("a", b"text"), GONE], tmp_path / "one")
    busy = Item.failed("b", "list:b", "HTTP status 503", transient=True)
    assert captured(tmp_path / "three", [item("a", b"text"), busy], tmp_path / "two") == gone


def test_the_second_of_two_items_of_one_name_is_compared_with_what_it_was(tmp_path: Path) -> None:
    before = captured(tmp_path / "one", [item("a", b"1", etag='"1"'), item("a", b"2", etag='"2"')])
    after = captured(tmp_path / "two", [item("a", b"1", etag='"3"'), item("a", b"2", etag='"4"')], tmp_path / "one")
    assert after == before
