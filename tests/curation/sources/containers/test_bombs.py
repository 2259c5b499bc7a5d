"""Archives that would fill memory or a disk, and members that are too large."""

import gzip
import io
import time
import tracemalloc
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import PACKERS, zipped
from captured_archives import Capture


def test_a_member_larger_than_the_limit_is_a_failed_item_and_the_rest_is_read(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"fits": b"x" * 10_000, "large": b"x" * 10_001, "small": b"x"}))
    captured = capture("x.zip", max_item_megabytes=0.01)
    assert list(captured.contents) == ["fits", "small"]
    assert captured.errors == {"large": "larger than max_item_megabytes (0.01)"}


def bomb_of_gzip() -> bytes:
    return gzip.compress(bytes(1 << 20)) * 1024  # members of a gzip file follow one another: 1 GiB


def bomb_of_zip() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED, compresslevel=1) as archive, archive.open("bomb", "w") as member:
        for _ in range(200):
            member.write(bytes(1 << 20))
    return buffer.getvalue()


@pytest.mark.parametrize("bomb", [bomb_of_gzip, bomb_of_zip])
def test_a_bomb_is_not_read_beyond_the_limit(tmp_path: Path, capture: Capture, bomb: Callable[[], bytes]) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"bomb.gz": bomb(), "after.txt": b"after"}))
    tracemalloc.start()
    begun = time.monotonic()
    captured = capture("x.zip", max_item_megabytes=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert (list(captured.contents), len(captured.errors)) == (["after.txt"], 1)
    assert peak < 20e6
    assert time.monotonic() - begun < 2


def bomb_of_overlaps(members: int) -> bytes:
    """A zip whose directory names one member of 1 MB many times."""
    one = zipped({"a": bytes(1_000_000)})
    directory, end = one.index(b"PK\x01\x02"), one.index(b"PK\x05\x06")
    entries = one[directory:end] * members
    counts = members.to_bytes(2, "little") * 2
    tail = one[end : end + 8] + counts + len(entries).to_bytes(4, "little") + directory.to_bytes(4, "little") + bytes(2)
    return one[:directory] + entries + tail


def test_members_that_lie_over_one_another_to_fill_a_disk_are_not_read(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "x.zip").write_bytes(bomb_of_overlaps(2_000))
    assert "taken for a bomb" in capture("x.zip").errors["x.zip"]


def test_a_bomb_of_many_items_is_not_read_to_its_end(tmp_path: Path, capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("curation.sources.bombs.SMALL", 3_000_000)
    line = b'{"text": "a"}\n'
    (tmp_path / "x.jsonl.gz").write_bytes(gzip.compress(line * 100 + bytes(100_000_000)))
    captured = capture("x.jsonl.gz", columns={"text": "text"})
    assert len(captured.contents) == 100
    assert "taken for a bomb" in captured.errors["x.jsonl#101"]


def test_an_archive_of_little_that_shrinks_well_is_no_bomb(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"a.txt": b"a" * 5_000_000}))
    assert list(capture("x.zip").contents) == ["a.txt"]


@pytest.mark.parametrize("outer", ["tar.gz", "zip"])
def test_small_members_are_read_without_starting_the_stream_again(
    tmp_path: Path, capture: Capture, outer: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    rewinds = []
    rewind = gzip._GzipReader._rewind  # type: ignore[attr-defined]
    monkeypatch.setattr(gzip._GzipReader, "_rewind", lambda self: (rewinds.append(1), rewind(self)))  # type: ignore[attr-defined]
    files = {f"{n}": b"text" * (n % 66 if n % 4 else n) for n in range(2000)}
    nested = {"inner.zip": zipped(files), **files}
    (tmp_path / "x").write_bytes(PACKERS["tar.gz"](nested) if outer == "tar.gz" else zipped({"x.tar.gz": PACKERS["tar.gz"](nested)}))
    assert len(capture("x").contents) == 4000
    assert rewinds == []
