"""Odd input: whatever it is, extraction gives a text or a reason, in time and memory that its size bounds.

Growth is measured between two sizes, by the clock of the process. What HTML makes of nested and endless pages has tests of its own.
"""

import gzip
import random
import time
import tracemalloc

import pytest

from curation.clean import clean
from curation.decisions import Reason, judge
from curation.document import Captured, Dropped, Failed
from curation.domains import Domain
from curation.extract import latex_source
from curation.extract.registry import EXTRACTORS, extract
from curation.policies import Policies
from curation.signals import score
from tests.curation.odd_shapes import FRAMES, PROSE, REPEATED, framed
from tests.curation.test_canaries import tarred

KINDS = [*FRAMES, "text/html", "application/xhtml+xml", "application/x-mediawiki-parse+html"]
ODD = {
    "nothing": b"",
    "white space": b" \n\t" * 3_000,
    "one character": b"x",
    "one NUL": b"\x00",
    "NULs": bytes(10_000),
    "control characters": bytes(range(1, 32)) * 300,
    "random bytes": random.Random(1).randbytes(10_000),
    "a picture": b"\x89PNG\r\n\x1a\n" + random.Random(2).randbytes(5_000),
    "a zip cut short": b"PK\x03\x04" + random.Random(3).randbytes(500),
    "a gzip cut short": gzip.compress(PROSE.encode() * 50)[:-20],
    "a tar cut short": tarred({"main.tex": b"\\documentclass{a}" + PROSE.encode() * 50})[:1_000],
    "UTF-16": (PROSE * 5).encode("utf-16"),
    "UTF-16 without a mark": (PROSE * 5).encode("utf-16-be"),
    "UTF-16 cut within a character": (PROSE * 5).encode("utf-16")[:-1],
    "UTF-32": (PROSE * 5).encode("utf-32"),
    "a mark and nothing else": b"\xff\xfe",
    "JSON cut short": b'[["a", 0, 1], ["b", ',
    "XML cut short": b"<page><revision><text>a",
    "half surrogates": PROSE.encode() + b"\xed\xa0\x80\xed\xb0\x80",
    "endless JSON": b"[" * 100_000,
    "numbers without end": b'[["a", ' + b"9" * 5_000 + b", 1e999]]",
    "no numbers": b'[["a", NaN, Infinity]]',
}
MENDED = [
    ("text/plain", "a@b.org "),
    ("application/jats+xml", "- "),
    ("application/jats+xml", "\ue000"),
]
"""Marks whose time once grew with the square of their number."""


def item(kind: str, content: bytes) -> Captured:
    domain = FRAMES[kind][2] if kind in FRAMES else Domain.WIKI
    name = "src/a.py" if domain is Domain.CODE else "a"
    return Captured(content, kind.partition(";")[0], None, name, "test:a", None, domain)


def reason(kind: str, content: bytes) -> Reason | None:
    """Why an item is no document, None where it is kept. Any other exception than the two of extraction comes out."""
    captured = item(kind, content)
    try:
        text = clean(extract(captured).text, captured.domain).text
    except (Dropped, Failed) as refused:
        return refused.reason
    return judge(score(text, captured.domain, captured.native_id), Policies().of(captured.domain))[0].reason


def seconds(kind: str, content: bytes) -> float:
    started = time.process_time()
    reason(kind, content)
    return time.process_time() - started


def test_every_extractor_is_among_them() -> None:
    assert {kind.partition(";")[0] for kind in KINDS} == set(EXTRACTORS)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ODD)
def test_odd_bytes_have_a_reason(kind: str, name: str) -> None:
    assert reason(kind, ODD[name]) is not None or name.startswith("UTF-") or name == "half surrogates"


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", ["NULs", "random bytes", "a picture", "a zip cut short"])
def test_what_is_no_text_is_never_taken_for_one(kind: str, name: str) -> None:
    others = {"application/x-latex-source": Reason.EMPTY, "application/jats+xml": Reason.MALFORMED}
    others["application/x-mediawiki-page+xml"] = Reason.MALFORMED
    assert reason(kind, ODD[name]) is others.get(kind, Reason.BINARY)


@pytest.mark.parametrize("kind", FRAMES)
def test_no_mark_however_often_repeated_is_a_fault(kind: str) -> None:
    for mark in REPEATED:
        reason(kind, framed(kind, mark, 1_000))


@pytest.mark.parametrize(("kind", "mark"), MENDED)
def test_time_grows_no_faster_than_the_text(kind: str, mark: str) -> None:
    quarter = seconds(kind, framed(kind, mark, 20_000))
    assert seconds(kind, framed(kind, mark, 80_000)) < 8 * quarter + 0.1


def test_time_grows_no_faster_than_one_endless_number_among_short_lines_of_code() -> None:
    quarter = seconds("text/x-code", b"\n" * 16_000 + b"1." * 4_000)
    assert seconds("text/x-code", b"\n" * 64_000 + b"1." * 16_000) < 8 * quarter + 0.1


@pytest.mark.slow
@pytest.mark.parametrize("kind", FRAMES)
def test_time_grows_no_faster_than_the_text_whatever_the_mark(kind: str) -> None:
    for mark in REPEATED:
        quarter = seconds(kind, framed(kind, mark, 20_000))
        assert seconds(kind, framed(kind, mark, 80_000)) < 8 * quarter + 0.2, mark


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("content", [b"a" * 1_000_000, PROSE.encode() * 9_000], ids=["letter", "prose"])
def test_a_million_characters_in_one_line_have_a_reason_or_are_kept(kind: str, content: bytes) -> None:
    small = seconds(kind, content[:250_000])
    assert seconds(kind, content) < 8 * small + 1
    assert content.startswith(PROSE.encode()) or reason(kind, content) is not None


@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind != "application/x-latex-source"])  # an archive, with its pictures
def test_a_line_of_50_megabytes_is_dropped_for_its_size_and_held_once(kind: str) -> None:
    content = b"word " * 10_000_000
    tracemalloc.start()
    try:
        assert reason(kind, content) is Reason.TOO_LARGE
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.slow
@pytest.mark.parametrize("kind", FRAMES)
def test_the_longest_line_that_is_read_takes_memory_by_its_size(kind: str) -> None:
    characters = 1_900_000
    content = framed(kind, "word ", characters)
    tracemalloc.start()
    try:
        reason(kind, content)
        assert tracemalloc.get_traced_memory()[1] < 60 * characters
    finally:
        tracemalloc.stop()


def test_the_source_of_a_paper_that_unpacks_to_too_much_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(latex_source, "MOST_EXPANDED", 1_000_000)
    bomb = gzip.compress(tarred({"main.tex": b"\\documentclass{article}\n" + b"%" * 20_000_000}))
    tracemalloc.start()
    try:
        assert reason("application/x-latex-source", bomb) is Reason.MALFORMED
        assert tracemalloc.get_traced_memory()[1] < 5_000_000
    finally:
        tracemalloc.stop()
