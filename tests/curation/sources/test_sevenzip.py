"""7z archives: read like every other archive where the library is there, and told by a reason where it is not."""

import io
import sys
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from archives import FILES, Captured, tarred, zipped

Capture = Callable[..., Captured]


def packed(contents: Mapping[str, bytes], password: str | None = None) -> bytes:
    py7zr = pytest.importorskip("py7zr", reason="needs the extra `archives`")
    buffer = io.BytesIO()
    with py7zr.SevenZipFile(buffer, "w", password=password) as archive:
        for name, content in contents.items():
            archive.writestr(content, name)
    return buffer.getvalue()


def test_every_file_of_an_archive_is_read_whatever_its_name(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "x.dat").write_bytes(packed({**FILES, "empty.txt": b""}))
    captured = capture("x.dat")
    assert captured.contents == {**FILES, "empty.txt": b""}
    assert captured.uris[0] == "file:x.dat!/a.txt"


def test_archives_within_it_and_around_it_are_read(tmp_path: Path, capture: Capture) -> None:
    inner = packed({"in.zip": zipped({"a.txt": b"1"}), "in.tar": tarred({"b.txt": b"2"})})
    (tmp_path / "x.zip").write_bytes(zipped({"y.7z": inner, "after.txt": b"3"}))
    assert capture("x.zip").contents == {"y.7z!/in.zip!/a.txt": b"1", "y.7z!/in.tar!/b.txt": b"2", "after.txt": b"3"}


def test_members_before_damage_are_read_and_the_others_are_told(tmp_path: Path, capture: Capture) -> None:
    noise = bytes((n * n * 31 + n // 7) % 251 for n in range(400_000))
    data = bytearray(packed({"a.txt": b"first", "b.bin": noise, "c.txt": b"last"}))
    data[len(data) // 2] ^= 0xFF
    (tmp_path / "x.7z").write_bytes(data)
    captured = capture("x.7z")
    assert captured.contents["a.txt"] == b"first"
    assert "b.bin" in captured.errors
    assert {*captured.contents, *captured.errors} == {"a.txt", "b.bin", "c.txt"}


@pytest.mark.parametrize("cut", [6, 30, -10])
def test_a_truncated_archive_is_one_failed_item(tmp_path: Path, capture: Capture, cut: int) -> None:
    (tmp_path / "x.7z").write_bytes(packed(FILES)[:cut])
    assert list(capture("x.7z").errors) == ["x.7z"]


def test_an_encrypted_archive_is_told(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "x.7z").write_bytes(packed(FILES, password="secret"))
    assert all("it is encrypted" in error for error in capture("x.7z").errors.values())
    assert capture("x.7z").contents == {}


def test_an_archive_that_unpacks_to_too_much_is_told_and_not_unpacked(
    tmp_path: Path, capture: Capture, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("curation.sources.sevenzip.LARGEST", 10_000)
    (tmp_path / "x.7z").write_bytes(packed({"a.txt": b"a" * 20_000}))
    assert "unpacks to more than 10,000 bytes" in capture("x.7z").errors["x.7z"]


def test_a_path_that_climbs_out_is_written_nowhere(tmp_path: Path, capture: Capture) -> None:
    data = packed({"aa/out.txt": b"x"})
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "x.7z").write_bytes(data.replace("aa/out".encode("utf-16-le"), "../out".encode("utf-16-le")))
    captured = capture("f/x.7z")
    assert not (tmp_path / "out.txt").exists()
    assert captured.errors or captured.contents


def test_without_the_library_the_reason_says_what_to_install(tmp_path: Path, capture: Capture, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "py7zr", None)
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "x.7z").write_bytes(b"7z\xbc\xaf\x27\x1c" + bytes(40))
    (tmp_path / "f" / "y.txt").write_bytes(b"text")
    captured = capture("f")
    assert "pip install 'berrypatch[archives]'" in captured.errors["x.7z"]
    assert captured.contents == {"y.txt": b"text"}
