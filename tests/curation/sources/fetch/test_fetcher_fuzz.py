"""Whatever servers send, it is an answer or a typed error: rules, pauses, dates, charsets, bodies, whole responses."""

import json
import math
import re
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from fetching import fetcher, known
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st
from loopback_site import CODINGS, Answer, LoopbackSite, moved, open_site

from curation.clean.encoding import decode
from curation.document import Dropped, Failed
from curation.sources.fetch.charset import content_type
from curation.sources.fetch.decoding import STEP, Body, Damaged, TooLarge, UnknownCoding
from curation.sources.fetch.fetcher import FetchError, Page
from curation.sources.fetch.pace import retry_after
from curation.sources.fetch.robots import product_token, rules_of
from curation.sources.fetch.validators import http_date, validators

settings.register_profile("busy machine", deadline=None, suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture])
settings.load_profile("busy machine")


@pytest.fixture(scope="module")
def web() -> Iterator[LoopbackSite]:
    with open_site() as opened:
        yield opened


LINES = st.sampled_from(
    [
        *("User-agent: *", "User-agent: berrypatch", "Disallow: /", "Disallow:", "Allow: /a", "Disallow: /*a*b*c$", "Disallow: /%zz"),
        *("Crawl-delay: 1e999", "Crawl-delay: -1", "Crawl-delay: nan", "Request-rate: 1/0", "Request-rate: 0/1s", "Visit-time: 99"),
        *("Sitemap: http://[", "Host:", "\ufeffUser-agent: *", "#", ":", "Disallow: /" + "*a" * 200, "Disallow: http://x/"),
    ]
)
ROBOTS = st.one_of(
    st.binary(max_size=500), st.lists(st.one_of(LINES, st.text(max_size=40)), max_size=20).map(lambda x: "\n".join(x).encode())
)
URLS = st.one_of(
    st.text(max_size=60), st.text(max_size=60).map(lambda path: f"http://w.example/{path}"), st.sampled_from(["http://[", "/a" * 9, "//"])
)


@given(ROBOTS, URLS)
def test_whatever_is_in_a_robots_txt_it_allows_or_it_does_not(content: bytes, url: str) -> None:
    rules = rules_of(content, "berrypatch", 0.0)
    assert rules.allow(url) in (True, False)
    assert 0 <= rules.delay < math.inf


def test_a_pattern_that_is_made_to_take_for_ever_does_not() -> None:
    rules = rules_of(b"User-agent: *\nDisallow: /" + b"*a" * 5000 + b"b$\n" * 10, "berrypatch", 0.0)
    begun = time.monotonic()
    assert rules.allow("http://w.example/" + "a" * 60_000)
    assert time.monotonic() - begun < 2


@given(st.text(max_size=50))
def test_whatever_a_client_is_called_it_has_a_name_for_rules(user_agent: str) -> None:
    assert re.fullmatch(r"[A-Za-z_-]+|\*", product_token(user_agent))


@given(st.text(max_size=50), st.text(max_size=50))
@example("Sun, 31 Dec 9999 23:59:59 -2359", "")
@example("Mon, 01 Jan 0001 00:00:00 +2359", "")
@example("Thu, 1 Jan 1970 00:00:99 GMT", "1")
@example("1" * 5000, "")
def test_whatever_a_pause_says_it_is_a_number_of_seconds_or_nothing(value: str, date: str) -> None:
    seconds = retry_after(value, date)
    assert seconds is None or 0 <= seconds < math.inf


@given(st.text(max_size=40), st.text(max_size=40))
@example("0001-01-01T00:00:00+23:59", '"v1"')
@example("9999-12-31T23:59:59-23:59", "é")
def test_whatever_was_kept_of_a_page_goes_out_as_headers_that_can_be_sent(modified: str, etag: str) -> None:
    for name, value in validators(known(etag, modified)):
        assert name in ("If-None-Match", "If-Modified-Since")
        assert value.isascii()
        assert value.isprintable()


@given(st.datetimes())
def test_every_time_is_a_date_of_http(moment: object) -> None:
    assert re.fullmatch(r"\w{3}, \d\d \w{3} \d{4} \d\d:\d\d:\d\d GMT", http_date(moment.isoformat()) or "")  # type: ignore[attr-defined]


@given(st.one_of(st.text(max_size=60), st.text(max_size=30).map(lambda name: f"text/html; charset={name}")))
@example("text/html; charset*=utf-8''%ff%fe")
@example("text/html; charset*0=a; charset*1=b")
@example("text/html; charset=\x00")
def test_whatever_a_content_type_says_it_is_a_type_and_perhaps_a_charset(header: str) -> None:
    media_type, charset = content_type(header)
    assert re.fullmatch(r"[!-~]+/[!-~]+", media_type)
    assert charset is None or re.fullmatch(r"[a-z0-9._:-]{2,40}", charset)


@given(
    st.binary(max_size=300),
    st.one_of(st.none(), st.text(max_size=12), st.sampled_from(["utf-8", "latin-1", "utf-7", "idna", "hex", "rot13"])),
)
def test_whatever_bytes_claim_to_be_in_they_are_a_text_or_none(content: bytes, charset: str | None) -> None:
    with suppress(Dropped, Failed):
        assert isinstance(decode(content, charset), str)


ENCODINGS = st.sampled_from(["gzip", "deflate", "br", "zstd", "gzip, br", "zstd,gzip", "identity", "br,br,br,br", "?"])


@given(ENCODINGS, st.lists(st.binary(max_size=60), max_size=8))
def test_whatever_a_body_is_made_of_it_is_undone_or_told(encoding: str, pieces: list[bytes]) -> None:
    with suppress(Damaged, TooLarge, UnknownCoding):
        body = Body(encoding, 10_000)
        for piece in pieces:
            body.feed(piece)
        assert len(body.finish()) <= 10_000


@given(st.sampled_from(sorted(CODINGS)), st.binary(max_size=2000), st.integers(0, 400), st.integers(0, 255), st.integers(1, 70))
def test_a_coded_body_with_one_wrong_byte_is_undone_or_told(coding: str, text: bytes, place: int, wrong: int, size: int) -> None:
    packed = bytearray(CODINGS[coding](text))
    packed[place % len(packed)] = wrong
    with suppress(Damaged, TooLarge):
        body = Body(coding.removeprefix("raw "), 4000)
        for start in range(0, len(packed), size):
            body.feed(bytes(packed[start : start + size]))
        assert len(body.finish()) <= 4000


@given(st.sampled_from(sorted(CODINGS)), st.integers(1, 400_000))
@settings(max_examples=30)
def test_no_more_than_the_largest_and_a_step_is_ever_held(coding: str, largest: int) -> None:
    body = Body(coding.removeprefix("raw "), largest)
    try:
        body.feed(CODINGS[coding](bytes(500_000)))
    except TooLarge:
        assert len(body._content) <= largest + STEP
    assert len(body.held()) <= largest


HEADS = st.sampled_from(
    [
        *(b"HTTP/1.1 200 OK\r\n", b"HTTP/1.0 200\r\n", b"HTTP/9 200 OK\r\n", b"HTTP/1.1 999 \r\n", b"HTTP/1.1 100 Continue\r\n\r\n"),
        *(b"Content-Length: -1\r\n", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n", b"Transfer-Encoding: gzip\r\n", b"\r\n"),
        *(
            b"Content-Encoding: gzip\r\n",
            b"Location: //[\r\n",
            b"Location: \xff\r\n",
            b"X: \x00\r\n",
            b": x\r\n",
            b"5\r\nberry\r\n0\r\n\r\n",
        ),
        *(b"HTTP/1.1 302 Found\r\nLocation: ?\r\n", b"HTTP/1.1 503 Busy\r\nRetry-After: 0\r\n", b"HTTP/1.1 101 Switching Protocols\r\n"),
    ]
)


@given(st.lists(st.one_of(HEADS, st.binary(max_size=20)), max_size=8).map(b"".join))
def test_whatever_a_server_sends_it_is_a_page_or_a_typed_error(tmp_path: Path, web: LoopbackSite, raw: bytes) -> None:
    with fetcher(tmp_path / str(time.monotonic_ns()), robots=False) as client:
        web.answers["/a"] = Answer(raw=raw)
        try:
            assert isinstance(client.fetch(f"{web.address}/a"), Page)
        except FetchError as error:
            assert str(error)


@given(st.text(max_size=30))
def test_wherever_a_redirect_leads_it_is_a_page_or_a_typed_error(tmp_path: Path, web: LoopbackSite, target: str) -> None:
    with fetcher(tmp_path / str(time.monotonic_ns()), robots=False) as client:
        web.answers["/a"] = moved(target.encode("utf-8", "replace").decode("latin-1").translate({10: None, 13: None}))
        try:
            client.fetch(f"{web.address}/a", hosts=frozenset({web.host}))
        except FetchError as error:
            assert json.dumps(str(error))


@pytest.mark.parametrize(
    "url", ["http://w.example:99999/", "http://\x00/", "http://" + "a" * 300 + ".example/", "http://..example/", "http://ex ample/"]
)
def test_odd_hosts_are_typed_errors(tmp_path: Path, url: str) -> None:
    with fetcher(tmp_path) as client, pytest.raises(FetchError):
        client.fetch(url)
