"""Archives are read in place, also within one another; what is damaged is told, and the rest goes on."""

import bz2
import gzip
import lzma
import os
import socket
from collections.abc import Callable
from pathlib import Path

import pytest
from archives import FILES, PACKERS, tarred, zipped, zstd
from captured_archives import NOISE, Capture


@pytest.mark.parametrize("kind", PACKERS)
def test_every_file_of_an_archive_is_read(tmp_path: Path, capture: Capture, kind: str) -> None:
    (tmp_path / f"x.{kind}").write_bytes(PACKERS[kind](FILES))
    captured = capture(f"x.{kind}")
    assert captured.contents == FILES
    assert captured.uris == [f"file:x.{kind}!/a.txt", f"file:x.{kind}!/folder/b.txt"]


@pytest.mark.parametrize(
    ("ending", "compress"), [("gz", gzip.compress), ("bz2", bz2.compress), ("xz", lzma.compress), ("zst", zstd.compress)]
)
def test_a_compressed_file_is_read_under_its_name_without_the_ending(
    tmp_path: Path, capture: Capture, ending: str, compress: Callable[[bytes], bytes]
) -> None:
    (tmp_path / f"page.html.{ending}").write_bytes(compress(b"<p>"))
    captured = capture(f"page.html.{ending}")
    assert captured.contents == {"page.html": b"<p>"}
    assert captured.items[0].media_type == "text/html"


@pytest.mark.parametrize("ending", ["txt", "zip", ""])
def test_an_archive_is_told_by_its_bytes_whatever_its_name(tmp_path: Path, capture: Capture, ending: str) -> None:
    (tmp_path / f"packed.{ending}").write_bytes(PACKERS["tar.gz"](FILES))
    assert capture(f"packed.{ending}").contents == FILES


def test_a_file_named_as_an_archive_that_holds_none_is_a_damaged_archive(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "plain.tar.gz").write_bytes(b"text")
    captured = capture("plain.tar.gz")
    assert captured.contents == {}
    assert "named as an archive" in (captured.items[0].error or "")


def test_a_text_that_begins_like_a_compressed_file_is_a_text(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "a.txt").write_bytes(b"BZh9 is how a bzip2 file begins")
    assert capture("a.txt").contents == {"a.txt": b"BZh9 is how a bzip2 file begins"}


@pytest.mark.parametrize("inner", PACKERS)
@pytest.mark.parametrize("outer", PACKERS)
def test_an_archive_within_an_archive_is_read(tmp_path: Path, capture: Capture, outer: str, inner: str) -> None:
    members = {f"one.{inner}": PACKERS[inner](FILES), "after.txt": b"third", f"two.{inner}": PACKERS[inner]({"c.txt": NOISE})}
    (tmp_path / "outer").write_bytes(PACKERS[outer](members))
    assert capture("outer").contents == {
        **{f"one.{inner}!/{name}": content for name, content in FILES.items()},
        "after.txt": b"third",
        f"two.{inner}!/c.txt": NOISE,
    }


def test_archives_are_opened_to_a_depth_of_three_and_kept_closed_below(tmp_path: Path, capture: Capture) -> None:
    fourth = zipped({"deepest.txt": b"x"})
    (tmp_path / "1.zip").write_bytes(zipped({"2.zip": zipped({"3.zip": zipped({"4.zip": fourth, "3.txt": b"y"})})}))
    assert capture("1.zip").contents == {"2.zip!/3.zip!/4.zip": fourth, "2.zip!/3.zip!/3.txt": b"y"}


def test_a_folder_is_read_in_the_order_of_its_names_with_the_archives_in_it(tmp_path: Path, capture: Capture) -> None:
    for name, content in {"f/b.txt": b"2", "f/a.zip": zipped({"x.txt": b"1"}), "f/sub/c.html.gz": gzip.compress(b"3")}.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    captured = capture("f")
    assert list(captured.contents.items()) == [("a.zip!/x.txt", b"1"), ("b.txt", b"2"), ("sub/c.html", b"3")]
    assert captured.uris == ["file:f/a.zip!/x.txt", "file:f/b.txt", "file:f/sub/c.html"]


def test_a_member_is_not_taken_for_the_archive_whose_name_begins_alike(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "readme").write_bytes(b"outside")
    (tmp_path / "f" / "readme.zip").write_bytes(zipped({"readme": b"inside"}))
    assert capture("f").contents == {"readme": b"outside", "readme.zip!/readme": b"inside"}


@pytest.mark.parametrize("name", ["../../etc/passwd", "/etc/passwd"])
def test_a_member_whose_path_climbs_out_is_read_in_place_and_written_nowhere(tmp_path: Path, capture: Capture, name: str) -> None:
    (tmp_path / "x.tar").write_bytes(tarred({name: b"not the real one"}))
    (tmp_path / "x.zip").write_bytes(zipped({name: b"not the real one"}))
    for path in ("x.tar", "x.zip"):
        assert list(capture(path).contents.values()) == [b"not the real one"]
    assert sorted(p.name for p in tmp_path.iterdir()) == ["x.tar", "x.zip"]


def test_the_time_of_a_member_is_kept_and_that_of_a_file_is_not(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "f" / "a.tar").write_bytes(tarred({"x": b""}))
    (tmp_path / "f" / "b.zip").write_bytes(zipped({"x": b""}))
    (tmp_path / "f" / "c.txt").write_bytes(b"")
    assert [item.modified for item in capture("f").items] == ["2020-09-13T12:26:40+00:00", "2020-01-02T03:04:06", None]


def test_a_time_that_is_none_is_left_out(tmp_path: Path, capture: Capture) -> None:
    content = bytearray(zipped({"x": b"y"}))
    for place in (10, content.index(b"PK\x01\x02") + 12):
        content[place : place + 4] = b"\xff\xff\xff\xff"
    (tmp_path / "x.zip").write_bytes(content)
    assert [(item.content, item.modified) for item in capture("x.zip").items] == [(b"y", None)]


@pytest.mark.parametrize("kind", PACKERS)
def test_an_empty_archive_gives_nothing(tmp_path: Path, capture: Capture, kind: str) -> None:
    (tmp_path / "x").write_bytes(PACKERS[kind]({}))
    assert [item for item in capture("x").items if item.content and item.content.strip(b"\x00")] == []


@pytest.mark.usefixtures("no_hang")
def test_what_is_no_regular_file_is_a_failed_item_and_is_never_opened(tmp_path: Path, capture: Capture) -> None:
    folder = tmp_path / "f"
    folder.mkdir()
    os.mkfifo(folder / "fifo")
    (folder / "link-to-nothing").symlink_to("absent")
    (folder / "link-to-itself").symlink_to("link-to-itself")
    (folder / "link-to-device").symlink_to("/dev/zero")
    (folder / "text.txt").write_text("text")
    here = Path.cwd()
    with socket.socket(socket.AF_UNIX) as listener:
        os.chdir(folder)  # the path of a socket is short
        try:
            listener.bind("socket")
        finally:
            os.chdir(here)
        captured = capture("f")
    assert captured.contents == {"text.txt": b"text"}
    names = ("fifo", "link-to-device", "link-to-itself", "link-to-nothing", "socket")
    assert captured.errors == dict.fromkeys(names, "is no regular file")


@pytest.mark.usefixtures("no_hang")
def test_a_source_that_is_no_regular_file_is_a_failed_item(tmp_path: Path, capture: Capture) -> None:
    os.mkfifo(tmp_path / "fifo")
    assert capture("fifo").errors == {"fifo": "is no regular file"}


@pytest.mark.usefixtures("no_hang")
def test_a_link_to_a_folder_is_not_followed_and_told(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "f" / "sub").mkdir(parents=True)
    (tmp_path / "f" / "sub" / "loop").symlink_to("..")
    (tmp_path / "f" / "a.txt").write_bytes(b"x")
    captured = capture("f", include=["*.txt"])
    assert captured.contents == {"a.txt": b"x"}
    assert captured.errors == {"sub/loop": "is a link to a folder; such links are not followed"}


def test_a_link_to_a_file_is_read(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "f").mkdir()
    (tmp_path / "target.txt").write_bytes(b"x")
    (tmp_path / "f" / "a.txt").symlink_to(tmp_path / "target.txt")
    assert capture("f").contents == {"a.txt": b"x"}


@pytest.mark.skipif(os.geteuid() == 0, reason="nothing is unreadable for root")
def test_an_unreadable_file_and_an_unreadable_folder_are_failed_items(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "f" / "closed").mkdir(parents=True)
    (tmp_path / "f" / "a.txt").write_bytes(b"x")
    (tmp_path / "f" / "secret.txt").write_bytes(b"x")
    (tmp_path / "f" / "secret.txt").chmod(0)
    (tmp_path / "f" / "closed").chmod(0)
    try:
        captured = capture("f")
    finally:
        (tmp_path / "f" / "closed").chmod(0o700)
    assert captured.contents == {"a.txt": b"x"}
    assert captured.errors == {
        "closed": "cannot be listed: Permission denied",
        "secret.txt": "cannot be read: PermissionError: Permission denied",
    }
