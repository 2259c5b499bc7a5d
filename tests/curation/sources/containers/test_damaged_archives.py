"""Of a damaged archive everything is read that can be, and the rest is told."""

import bz2
import gzip
import io
import lzma
import os
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from archives import FILES, PACKERS, tarred, zipped, zstd
from captured_archives import NOISE, Capture


def damaged_zip() -> bytes:
    content = bytearray(zipped({"good.txt": b"good", "bad.txt": NOISE, "last.txt": b"last"}))
    start = content.index(b"bad.txt") + 500
    content[start : start + 20] = b"\x00" * 20
    return bytes(content)


def zip_with_a_wrong_checksum() -> bytes:
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_STORED) as archive:
        for name, content in {"good.txt": b"good", "bad.txt": b"these bytes will change", "last.txt": b"last"}.items():
            archive.writestr(name, content)
    return buffer.getvalue().replace(b"these bytes", b"those bytes")


def encrypted_zip() -> bytes:
    content = bytearray(zipped({"good.txt": b"good", "bad.txt": b"secret", "last.txt": b"last"}))
    place = content.index(b"bad.txt")
    content[place - 24] |= 1  # the flag of encryption, in the local header and in the directory
    place = content.index(b"bad.txt", place + 10)
    content[place - 38] |= 1
    return bytes(content)


@pytest.mark.parametrize(
    ("content", "why"),
    [(damaged_zip(), "cannot be read"), (zip_with_a_wrong_checksum(), "Bad CRC-32"), (encrypted_zip(), "encrypted")],
    ids=["damaged", "wrong checksum", "encrypted"],
)
@pytest.mark.parametrize("outer", ["", "tar.gz"])
def test_one_bad_member_of_a_zip_is_a_failed_item_and_the_rest_is_read(
    tmp_path: Path, capture: Capture, content: bytes, why: str, outer: str
) -> None:
    (tmp_path / "x").write_bytes(PACKERS[outer]({"x.zip": content}) if outer else content)
    inside = "x.zip!/" if outer else ""
    captured = capture("x")
    assert captured.contents == {f"{inside}good.txt": b"good", f"{inside}last.txt": b"last"}
    assert list(captured.errors) == [f"{inside}bad.txt"]
    assert why in captured.errors[f"{inside}bad.txt"]


@pytest.mark.parametrize("outer", PACKERS)
def test_a_damaged_archive_within_an_archive_costs_only_itself(tmp_path: Path, capture: Capture, outer: str) -> None:
    broken = zipped(FILES)[:-30]
    (tmp_path / "x").write_bytes(PACKERS[outer]({"a.txt": b"first", "broken.zip": broken, "c.txt": b"third"}))
    captured = capture("x")
    assert captured.contents == {"a.txt": b"first", "c.txt": b"third"}
    assert list(captured.errors) == ["broken.zip"]
    assert captured.items[1].uri == "file:x!/broken.zip"


def test_a_zip_that_cannot_be_opened_at_all_is_one_failed_item(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "x.zip").write_bytes(zipped(FILES)[:60])
    captured = capture("x.zip", include=["*.txt"])
    assert list(captured.errors) == ["x.zip"]
    assert captured.errors["x.zip"] == "cannot be read: BadZipFile: x.zip was cut off or is damaged: the directory at its end is missing"
    assert captured.uris == ["file:x.zip"]


@pytest.mark.parametrize(
    ("ending", "compress"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zst", zstd.compress)]
)
def test_a_truncated_compressed_file_is_a_failed_item(
    tmp_path: Path, capture: Capture, ending: str, compress: Callable[[bytes], bytes]
) -> None:
    (tmp_path / f"a.txt.{ending}").write_bytes(compress(NOISE)[:-20])
    captured = capture(f"a.txt.{ending}")
    (error,) = captured.errors.values()
    assert captured.contents == {}
    assert "end-of-stream" in error


def incompressible(names: str) -> Mapping[str, bytes]:
    return {name: os.urandom(20_000) for name in names}


def test_a_truncated_tar_gz_gives_what_lies_before_the_break_and_tells_of_it(tmp_path: Path, capture: Capture) -> None:
    files = incompressible("abcd")
    (tmp_path / "x.tar.gz").write_bytes(gzip.compress(tarred(files))[:50_000])
    captured = capture("x.tar.gz")
    assert captured.contents == {name: files[name] for name in "ab"}
    assert set(captured.errors) == {"c", "x.tar.gz"}


@pytest.mark.parametrize("cut", [20_000, 512 + 20_480, 512 + 20_480 + 100])
def test_a_tar_that_breaks_off_is_told_wherever_it_does(tmp_path: Path, capture: Capture, cut: int) -> None:
    (tmp_path / "x.tar").write_bytes(tarred(incompressible("abcd"))[:cut])
    captured = capture("x.tar")
    assert captured.errors
    assert "d" not in captured.contents


def test_a_damaged_header_within_a_tar_does_not_pass_for_its_end(tmp_path: Path, capture: Capture) -> None:
    content = bytearray(tarred(incompressible("abcd")))
    content[2 * (512 + 20_480) + 150] ^= 0xFF  # within the checksum of the third header
    (tmp_path / "x.tar").write_bytes(content)
    captured = capture("x.tar", include=["?"])
    assert list(captured.contents) == ["a", "b"]
    assert "breaks off at byte 41984" in captured.errors["x.tar"]
