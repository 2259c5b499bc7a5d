"""Archives are read in place, also within one another; what is damaged is told, and the rest goes on."""

import bz2
import gzip
import io
import lzma
import os
import socket
import time
import tracemalloc
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from archives import FILES, PACKERS, Captured, tarred, zipped, zstd

Capture = Callable[..., Captured]
NOISE = bytes((n * n * 31 + n // 7) % 251 for n in range(40_000))


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
    assert "BadZipFile" in captured.errors["x.zip"]
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


@pytest.mark.parametrize("kind", PACKERS)
def test_an_empty_archive_gives_nothing(tmp_path: Path, capture: Capture, kind: str) -> None:
    (tmp_path / "x").write_bytes(PACKERS[kind]({}))
    assert [item for item in capture("x").items if item.content and item.content.strip(b"\x00")] == []


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
