"""Partitions: every capture comes out as one document with one decisive verdict, whatever went wrong on the way."""

from pathlib import Path
from typing import Any

import pytest

from curation.domains import Domain
from curation.partitions import Cleaning, extract_partition, judge_partition, score_partition
from curation.policies import Policies, WikiPolicy
from curation.switches import ALL_ON, CleaningSwitches
from warehouse.digests import sha256_bytes, sha256_file
from warehouse.tables import CAPTURES, SIGNALS, read_table, write_table

PROSE = (
    "The dwarves have dug with care, and they kept to the deep halls of the mountain that was theirs to keep. "
    "Nobody else went down there, since the way was long and the lamps were few, but those who did came back with silver. "
)


def capture(name: str, content: bytes | None, media_type: str = "text/plain", **others: Any) -> dict[str, Any]:
    row = dict.fromkeys(CAPTURES.names)
    named = {"capture_id": name, "source": "s", "domain": "wiki", "uri": f"test:{name}", "native_id": name, "revision": "1"}
    return {**row, **named, "media_type": media_type, "content": content, "bytes": len(content or b""), **others}


CAPTURED = [
    capture("good", PROSE.encode(), title="Dwarves", licence="CC0"),
    capture("unread", None, error="404 Not Found"),
    capture("page", b"<page><title>X</title><ns>0</ns><redirect title='Y'/></page>", "application/x-mediawiki-page+xml"),
    capture("broken", b"<page>", "application/x-mediawiki-page+xml"),
    capture("invisible", "\u200b\u200b".encode()),
    capture("short", b"Too short."),
    capture("odd", b"x", domain="no such domain"),
    capture("huge", b"x" * 20_000_001),
    capture("surrogate", b'[["half \\ud800 pair", 0, 1]]', "application/x-transcript+json"),
]


@pytest.fixture
def run(tmp_path: Path) -> Path:
    write_table(tmp_path / "captures", CAPTURED, CAPTURES)
    extract_partition(tmp_path / "captures", tmp_path / "raw")
    Cleaning(Domain.WIKI)(tmp_path / "raw", tmp_path / "documents")
    score_partition(tmp_path / "documents", tmp_path / "signals")
    judge_partition(tmp_path / "documents", tmp_path / "signals", Policies(wiki=WikiPolicy(min_words=10)), tmp_path / "decisions")
    return tmp_path


def rows(path: Path) -> dict[str, dict[str, Any]]:
    return {row["doc_id"]: row for row in read_table(path).to_pylist()}


def test_rows_leave_in_the_order_in_which_they_came(run: Path) -> None:
    names = [row["capture_id"] for row in CAPTURED]
    assert list(rows(run / "raw")) == list(rows(run / "documents")) == names


def test_what_the_source_said_is_carried_over(run: Path) -> None:
    document = rows(run / "documents")["good"]
    assert {name: document[name] for name in ("title", "licence", "uri", "extractor")} == {
        "title": "Dwarves", "licence": "CC0", "uri": "test:good", "extractor": "plain",
    }  # fmt: skip


def test_size_and_digest_are_those_of_the_cleaned_text(run: Path) -> None:
    document = rows(run / "documents")["good"]
    assert document["cleaners"] == ["spacing"]
    assert document["text_sha256"] == sha256_bytes(document["text"].encode())
    assert (document["characters"], document["bytes"]) == (len(document["text"]), len(document["text"].encode()))


@pytest.mark.parametrize(
    ("name", "verdict", "reason"),
    [
        ("good", "kept", None),
        ("unread", "failed", "capture_failed"),
        ("page", "dropped", "redirect"),
        ("broken", "failed", "malformed"),
        ("invisible", "dropped", "empty"),
        ("short", "dropped", "too_short"),
        ("odd", "failed", "extraction_failed"),
    ],
)
def test_each_document_has_exactly_one_decisive_row(run: Path, name: str, verdict: str, reason: str | None) -> None:
    decisive = [row for row in read_table(run / "decisions").to_pylist() if row["doc_id"] == name and row["decisive"]]
    assert [(row["verdict"], row["reason"]) for row in decisive] == [(verdict, reason)]


def test_what_extraction_measured_is_in_the_decision(run: Path) -> None:
    row = rows(run / "decisions")["huge"]
    assert (row["reason"], row["value"], row["threshold"]) == ("too_large", 20_000_001, 20_000_000)


def test_an_unexpected_error_is_recorded_with_its_type_and_message(run: Path) -> None:
    assert rows(run / "documents")["odd"]["detail"] == "ValueError: 'no such domain' is not a valid Domain"


def test_half_a_surrogate_pair_does_not_stop_a_partition(run: Path) -> None:
    assert "half" in rows(run / "documents")["surrogate"]["text"]


def test_only_documents_with_a_text_have_signals(run: Path) -> None:
    assert set(rows(run / "signals")) == {"good", "short", "surrogate"}


def test_the_same_captures_give_the_same_bytes(run: Path) -> None:
    extract_partition(run / "captures", run / "again")
    assert sha256_file(run / "again") == sha256_file(run / "raw")


def test_a_document_that_could_not_be_measured_is_a_failure(run: Path) -> None:
    write_table(run / "none", [], SIGNALS)
    judge_partition(run / "documents", run / "none", Policies(), run / "decided")
    found = [row for row in read_table(run / "decided").to_pylist() if row["doc_id"] == "good"]
    assert [(row["verdict"], row["reason"]) for row in found] == [("failed", "scoring_failed")]


@pytest.mark.parametrize(
    ("switches", "title"), [(ALL_ON, "Write to <EMAIL> – & ring"), (CleaningSwitches(emails=False), "Write to ann@site.org – & ring")]
)
@pytest.mark.parametrize("content", [PROSE.encode() * 3, None])
def test_titles_are_cleaned_by_the_same_switches(tmp_path: Path, content: bytes | None, switches: CleaningSwitches, title: str) -> None:
    raw = capture("a", content, title="Write to ann@site.org \u00e2\u0080\u0093 &amp; ring\u200b", error=None if content else "404")
    write_table(tmp_path / "captures", [raw], CAPTURES)
    extract_partition(tmp_path / "captures", tmp_path / "raw")
    Cleaning(Domain.WIKI, switches)(tmp_path / "raw", tmp_path / "documents")
    assert rows(tmp_path / "documents")["a"]["title"] == title
