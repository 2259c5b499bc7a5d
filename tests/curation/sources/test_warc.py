"""Web archives: one item per page, as it was served; what is no page has a reason, and a file that breaks off says so."""

import base64
import gzip
import hashlib
import random
import tracemalloc
import zlib
from collections.abc import Callable
from pathlib import Path

import brotli
import pytest
from archives import Captured, zipped, zstd

from curation.sources.files import FilesSource, items

Capture = Callable[..., Captured]
PAGE = b"<html><p>Page</p></html>"


def record(kind: str, uri: str, block: bytes, **headers: str) -> bytes:
    lines = {
        "WARC-Type": kind,
        "WARC-Record-ID": f"<urn:uuid:{hashlib.md5(uri.encode() + block).hexdigest()}>",
        "WARC-Date": "2024-05-06T07:08:09Z",
        "WARC-Target-URI": uri,
        "Content-Type": "application/http; msgtype=response",
        "Content-Length": str(len(block)),
        **{name.replace("_", "-"): value for name, value in headers.items()},
    }
    head = "".join(f"{name}: {value}\r\n" for name, value in lines.items())
    return f"WARC/1.1\r\n{head}\r\n".encode() + block + b"\r\n\r\n"


def http(body: bytes, status: int = 200, **headers: str) -> bytes:
    fields = {"Content-Type": "text/html; charset=utf-8", **{name.replace("_", "-"): value for name, value in headers.items()}}
    lines = "".join(f"{name}: {value}\r\n" for name, value in fields.items())
    return f"HTTP/1.1 {status} Word\r\n{lines}\r\n".encode() + body


def response(uri: str, body: bytes = PAGE, status: int = 200, **headers: str) -> bytes:
    return record("response", uri, http(body, status, **headers))


def sha1(payload: bytes) -> str:
    return "sha1:" + base64.b32encode(hashlib.sha1(payload, usedforsecurity=False).digest()).decode()


def chunked(body: bytes, size: int = 7) -> bytes:
    parts = [body[at : at + size] for at in range(0, len(body), size)]
    return b"".join(f"{len(part):x};x=1\r\n".encode() + part + b"\r\n" for part in parts) + b"0\r\n\r\n"


INFO = record("warcinfo", "", b"software: test", Content_Type="application/warc-fields")


@pytest.mark.parametrize(("name", "compress"), [("x.warc", bytes), ("x.warc.gz", gzip.compress), ("x.warc.zst", zstd.compress)])
def test_every_page_is_an_item_under_its_address_however_the_file_is_packed(
    tmp_path: Path, capture: Capture, name: str, compress: Callable[[bytes], bytes]
) -> None:
    request = record("request", "https://e.org/a", b"GET / HTTP/1.1\r\n\r\n")
    parts = [INFO, request, response("https://e.org/a"), response("https://e.org/b", b"text", Content_Type="text/plain")]
    (tmp_path / name).write_bytes(b"".join(map(compress, parts)))
    captured = capture(name)
    assert [item.uri for item in captured.items] == ["https://e.org/a", "https://e.org/b"]
    assert [item.content for item in captured.items] == [PAGE, b"text"]
    assert captured.errors == {}


def test_what_the_server_said_of_a_page_is_kept_and_when_it_was_captured_is_not(tmp_path: Path, capture: Capture) -> None:
    said = {"Content_Type": "text/html; charset=koi8-r", "Last_Modified": "Wed, 01 May 2024 10:00:00 GMT", "ETag": '"1"'}
    (tmp_path / "x.warc").write_bytes(response("https://e.org/a", **said))
    (item,) = capture("x.warc").items
    assert (item.native_id, item.media_type, item.charset) == ("https://e.org/a", "text/html", "koi8-r")
    assert (item.modified, item.etag) == ("2024-05-01T10:00:00+00:00", '"1"')
    (tmp_path / "y.warc").write_bytes((tmp_path / "x.warc").read_bytes().replace(b"2024-05-06T07", b"2025-05-06T07"))
    assert capture("y.warc").items == [item]


def test_pages_of_two_files_have_two_ids(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "x.zip").write_bytes(zipped({"1.warc": response("https://e.org/a"), "2.warc": response("https://e.org/a")}))
    assert list(capture("x.zip").contents) == ["1.warc#https://e.org/a", "2.warc#https://e.org/a"]


@pytest.mark.parametrize(
    ("coding", "encode"),
    [
        ("gzip", gzip.compress),
        ("x-gzip", gzip.compress),
        ("deflate", zlib.compress),
        ("deflate", lambda body: zlib.compress(body)[2:-4]),
        ("br", brotli.compress),
        ("zstd", zstd.compress),
        ("gzip, br", lambda body: brotli.compress(gzip.compress(body))),
        ("identity", bytes),
        ("gzip", bytes),  # decoded by the archive, which left the header
    ],
)
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_body_is_decoded(tmp_path: Path, capture: Capture, coding: str, encode: Callable[[bytes], bytes], in_chunks: bool) -> None:
    body = encode(PAGE)
    headers = {"Content_Encoding": coding, **({"Transfer_Encoding": "chunked"} if in_chunks else {})}
    (tmp_path / "x.warc").write_bytes(response("https://e.org/a", chunked(body) if in_chunks else body, **headers))
    assert capture("x.warc").contents == {"https://e.org/a": PAGE}


def test_a_header_of_chunks_that_the_archive_took_out_is_overlooked(tmp_path: Path, capture: Capture) -> None:
    (tmp_path / "x.warc").write_bytes(response("https://e.org/a", PAGE, Transfer_Encoding="chunked"))
    assert capture("x.warc").contents == {"https://e.org/a": PAGE}


@pytest.mark.parametrize(
    "digest", [sha1(PAGE), "sha256:" + hashlib.sha256(PAGE).hexdigest(), "sha1:" + hashlib.sha1(PAGE).hexdigest(), "x:y"]
)
@pytest.mark.parametrize("in_chunks", [False, True])
def test_a_page_agrees_with_its_digest(tmp_path: Path, capture: Capture, digest: str, in_chunks: bool) -> None:
    block = http(chunked(PAGE), Transfer_Encoding="chunked") if in_chunks else http(PAGE)
    (tmp_path / "x.warc").write_bytes(record("response", "https://e.org/a", block, WARC_Payload_Digest=digest))
    assert capture("x.warc").errors == {}


def test_a_digest_may_be_of_the_body_with_its_chunks(tmp_path: Path, capture: Capture) -> None:
    block = http(chunked(PAGE), Transfer_Encoding="chunked")
    (tmp_path / "x.warc").write_bytes(record("response", "https://e.org/a", block, WARC_Payload_Digest=sha1(chunked(PAGE))))
    assert capture("x.warc").errors == {}


REASONS = {
    "moved": (response("https://e.org/moved", b"", 301, Location="/"), "HTTP status 301"),
    "missing": (response("https://e.org/missing", b"no", 404), "HTTP status 404"),
    "picture": (response("https://e.org/picture", b"\x89PNG", Content_Type="image/png"), "image/png is no text"),
    "damaged": (record("response", "https://e.org/damaged", http(PAGE), WARC_Payload_Digest=sha1(b"other")), "digest of its payload"),
    "cut": (record("response", "https://e.org/cut", http(PAGE), WARC_Truncated="length"), "cut off while it was captured (length)"),
    "revisit": (record("revisit", "https://e.org/revisit", http(b""), WARC_Payload_Digest=sha1(b"?")), "had not changed (revisit)"),
    "strange": (record("continuation", "https://e.org/strange", b"x"), "type continuation"),
    "dns": (record("response", "dns:e.org", b"1.2.3.4", Content_Type="text/dns"), "no answer of a web server"),
    "no-status": (record("response", "https://e.org/no-status", b"<html>"), "no status line"),
    "bad-gzip": (response("https://e.org/bad-gzip", b"\x1f\x8b\x08" + b"x" * 30, Content_Encoding="gzip"), "cannot be decoded from gzip"),
    "half-gzip": (response("https://e.org/half-gzip", gzip.compress(PAGE)[:-9], Content_Encoding="gzip"), "cannot be decoded from gzip"),
    "half-chunk": (response("https://e.org/half-chunk", chunked(PAGE)[:-9], Transfer_Encoding="chunked"), "chunks break off"),
    "unknown": (response("https://e.org/unknown", PAGE, Content_Encoding="x-mine"), "'x-mine', which is not known"),
}


@pytest.mark.parametrize("name", REASONS)
def test_what_is_no_page_is_a_failed_item_with_the_reason_and_the_rest_is_read(tmp_path: Path, capture: Capture, name: str) -> None:
    part, reason = REASONS[name]
    (tmp_path / "x.warc").write_bytes(INFO + part + response("https://e.org/after"))
    captured = capture("x.warc")
    assert list(captured.contents) == ["https://e.org/after"]
    (error,) = captured.errors.values()
    assert reason in error


def test_a_revisit_of_a_page_of_the_same_file_is_no_loss(tmp_path: Path, capture: Capture) -> None:
    first = record("response", "https://e.org/a", http(PAGE), WARC_Payload_Digest=sha1(PAGE))
    again = record("revisit", "https://e.org/a", http(b"", 304), WARC_Payload_Digest=sha1(PAGE))
    (tmp_path / "x.warc").write_bytes(first + again)
    assert len(capture("x.warc").items) == 1


def test_resources_and_conversions_are_pages_too(tmp_path: Path, capture: Capture) -> None:
    parts = record("resource", "https://e.org/a", PAGE, Content_Type="text/html") + record(
        "conversion", "https://e.org/b", b"its text", Content_Type="text/plain"
    )
    (tmp_path / "x.warc").write_bytes(parts)
    assert capture("x.warc").contents == {"https://e.org/a": PAGE, "https://e.org/b": b"its text"}


def test_many_records_that_are_no_page_are_counted(tmp_path: Path, capture: Capture) -> None:
    parts = [response(f"https://e.org/{number}", b"", 404) for number in range(150)]
    parts += [response(f"https://e.org/p{number}", b"", Content_Type="image/png") for number in range(30)]
    (tmp_path / "x.warc").write_bytes(b"".join(parts))
    captured = capture("x.warc")
    assert len(captured.errors) == 101
    assert captured.items[-1].native_id == "x.warc#others"
    assert captured.items[-1].error == "80 more records that are no page. 50: HTTP status 404; 30: image/png is no text"


@pytest.mark.parametrize("cut", [20, 300, 500, -100, -3])
def test_a_file_that_breaks_off_gives_what_lies_before_and_says_so(tmp_path: Path, capture: Capture, cut: int) -> None:
    whole = response("https://e.org/a") + response("https://e.org/b")
    (tmp_path / "x.warc").write_bytes(whole[:cut])
    captured = capture("x.warc")
    expected = 2 if cut == -3 else 1 if abs(cut) >= len(whole) // 2 or cut == -100 else 0
    assert len(captured.contents) == expected
    assert list(captured.errors) == ([] if cut == -3 else ["x.warc#broken"])


def test_a_compressed_file_that_breaks_off_gives_what_lies_before_and_says_so(tmp_path: Path, capture: Capture) -> None:
    noise = random.Random(1).randbytes(30_000).hex().encode()
    parts = [gzip.compress(response(f"https://e.org/{number}", noise)) for number in range(5)]
    (tmp_path / "x.warc.gz").write_bytes(b"".join(parts)[:-10_000])
    captured = capture("x.warc.gz")
    assert len(captured.contents) == 4
    assert "what follows is lost" in captured.errors["x.warc#broken"]


@pytest.mark.parametrize("pages", [4, 40, 400])
@pytest.mark.parametrize("apart", [True, False], ids=["a member a record", "one member"])
def test_no_record_that_can_be_unpacked_is_lost_with_the_one_that_breaks_off(
    tmp_path: Path, capture: Capture, pages: int, apart: bool
) -> None:
    chance = random.Random(pages)
    parts = [response(f"https://e.org/{number}", PAGE + chance.randbytes(300).hex().encode()) for number in range(pages)]
    packed = b"".join(map(gzip.compress, parts)) if apart else gzip.compress(b"".join(parts))
    for cut in (9, 40, 200, 700):
        broken = packed[:-cut]
        (tmp_path / "x.warc.gz").write_bytes(broken)
        readable, left = b"", broken
        while left:
            member = zlib.decompressobj(wbits=31)
            readable += member.decompress(left)
            left = member.unused_data
        whole = sum(readable.startswith(part, sum(map(len, parts[:number]))) for number, part in enumerate(parts))
        assert len(capture(path="x.warc.gz").contents) == whole


@pytest.mark.parametrize(
    ("content", "held"), [(b"a text", "its content is none"), (b"WARC/1.0\r\n\r\n", "its content is none"), (b"", "it is empty")]
)
def test_a_file_that_is_not_compressed_and_is_named_so_is_told_in_plain_words(
    tmp_path: Path, capture: Capture, content: bytes, held: str
) -> None:
    (tmp_path / "x.warc.gz").write_bytes(content)
    assert capture("x.warc.gz").errors == {"x.warc.gz": f"is named as an archive (.gz), and {held}; give it the name of what it is"}


@pytest.mark.parametrize("length", ["", "-1", "1e3", "many"])
def test_a_record_without_a_length_ends_the_file(tmp_path: Path, capture: Capture, length: str) -> None:
    (tmp_path / "x.warc").write_bytes(response("https://e.org/a") + record("response", "https://e.org/b", b"", Content_Length=length))
    captured = capture("x.warc")
    assert list(captured.contents) == ["https://e.org/a"]
    assert "after 1 records a record does not say how long it is" in captured.errors["x.warc#broken"]


def test_a_page_larger_than_the_limit_is_told_and_never_held(tmp_path: Path, capture: Capture) -> None:
    bomb = gzip.compress(bytes(50_000_000))
    parts = (
        response("https://e.org/a", b"x" * 30_000_000)
        + response("https://e.org/b", bomb, Content_Encoding="gzip")
        + response("https://e.org/c")
    )
    (tmp_path / "x.warc").write_bytes(parts)
    del parts
    tracemalloc.start()
    captured = capture("x.warc", max_item_megabytes=1)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert list(captured.contents) == ["https://e.org/c"]
    assert all("larger than max_item_megabytes (1)" in error for error in captured.errors.values())
    assert len(captured.errors) == 2
    assert peak < 10e6


def test_damage_anywhere_gives_reasons_and_never_a_traceback(tmp_path: Path) -> None:
    chance = random.Random(7)
    sound = (
        INFO + b"".join(part for part, _ in REASONS.values()) + response("https://e.org/a", gzip.compress(PAGE), Content_Encoding="gzip")
    )
    for _ in range(400):
        content = bytearray(sound)
        for _ in range(chance.randint(1, 8)):
            content[chance.randrange(len(content))] = chance.randrange(256)
        (tmp_path / "x.warc").write_bytes(content)
        source = FilesSource.model_validate({"kind": "files", "id": "s", "domain": "lore", "path": "x.warc"})
        assert all((item.content is None) != (item.error is None) for item in items(source, tmp_path))
