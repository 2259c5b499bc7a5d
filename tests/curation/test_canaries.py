"""Canaries: small documents of known fates, each from capture to decision by the product's own stages.

They are data, one file for each domain in `canaries`, and written by us. A canary names what is captured (`content`, or `bytes` in
hexadecimal, or `files` of an archive; `{prose}` and other words at the top of a file stand for a text, `times` repeats `part`) and what
becomes of it: verdict and reason, and where they matter value, threshold, words that the text says or lacks, cleaners, licence.
"""

import io
import tarfile
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from curation.clean.recurring import LINES, find_recurring
from curation.decisions import Reason
from curation.domains import Domain
from curation.extract.registry import EXTRACTORS
from curation.partitions import Cleaning, extract_partition, judge_partition, score_partition
from curation.policies import Policies
from curation.switches import ALL_ON
from warehouse.tables import CAPTURES, read_table, write_table

FOLDER = Path(__file__).parent / "canaries"
CAPTURED = ("media_type", "charset", "title", "error", "gone", "licence")
FATE = ("verdict", "reason", "value", "threshold", "says", "lacks", "cleaners", "text_licence", "extractor", "text")
BUILD = ("name", "why", "id", "content", "bytes", "files", "encoding", "part", "times", "beside", "policy")

ELSEWHERE = {
    Reason.EXTRACTION_FAILED: "stands for a fault of ours: no document is known that leads to one",
    Reason.SCORING_FAILED: "stands for a fault of ours: no document is known that leads to one",
    Reason.EXACT_DUPLICATE: "needs another document: tests of duplicates",
    Reason.NEAR_DUPLICATE: "needs another document: tests of duplicates",
    Reason.CONTAINED: "needs another document: tests of duplicates",
    Reason.OVER_SHARE: "needs other domains: tests of balance",
}
"""Reasons that no canary has, and why."""

Canary = dict[str, Any]


def canaries() -> Iterator[Canary]:
    """Every canary, with its domain and the texts that its file gives names to."""
    for domain in Domain:
        with (FOLDER / f"{domain}.toml").open("rb") as file:
            found = tomllib.load(file)
        for canary in found.pop("canary"):
            unknown = set(canary) - {*CAPTURED, *FATE, *BUILD}
            assert not unknown, f"{canary['name']}: {unknown}"
            yield {**canary, "domain": domain, "texts": found}


ALL = list(canaries())


def filled(text: str, canary: Canary) -> str:
    """A text in which names stand for texts."""
    for name, words in {**canary["texts"], "part": canary.get("part", "") * canary.get("times", 1)}.items():
        text = text.replace(f"{{{name}}}", words)
    return text


def content(canary: Canary) -> bytes | None:
    """The bytes that were captured."""
    if "error" in canary or "gone" in canary:
        return None
    if "bytes" in canary:
        return bytes.fromhex(canary["bytes"])
    if "files" in canary:
        return tarred({name: filled(text, canary).encode() for name, text in canary["files"].items()})
    return filled(canary["content"], canary).encode(canary.get("encoding", "utf-8"))


def tarred(files: dict[str, bytes]) -> bytes:
    """A tar archive as arXiv sends one."""
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w") as archive:
        for name, held in files.items():
            info = tarfile.TarInfo(name)
            info.size = len(held)
            archive.addfile(info, io.BytesIO(held))
    return buffer.getvalue()


def captures(canary: Canary) -> list[dict[str, Any]]:
    """The rows of a source that holds the canary, and what is beside it."""
    name = canary.get("id", canary["name"])
    row = {**dict.fromkeys(CAPTURES.names), **{key: canary.get(key) for key in CAPTURED}}
    row |= {"capture_id": "canary", "source": "s", "domain": str(canary["domain"]), "uri": f"test:{name}", "native_id": name, "bytes": 0}
    row["content"] = content(canary)
    others = (filled(text, canary).encode() for text in canary.get("beside", ()))
    return [row, *({**row, "capture_id": f"beside-{number}", "content": each} for number, each in enumerate(others))]


def fate(canary: Canary, folder: Path) -> dict[str, Any]:
    """The document of a canary, with the row that decides on it."""
    domain = canary["domain"]
    names = ("captures", "extracted", "documents", "signals", "decisions", "recurring")
    captured, extracted, documents, signals, decisions, recurring = (folder / name for name in names)
    recurring.mkdir()
    write_table(captured, captures(canary), CAPTURES)
    extract_partition(captured, extracted)
    if domain is not Domain.CODE:
        find_recurring([extracted], domain, ALL_ON, recurring)
    Cleaning(domain, ALL_ON, recurring / LINES if domain is not Domain.CODE else None)(extracted, documents)
    score_partition(documents, signals)
    judge_partition(documents, signals, Policies.model_validate({domain: canary.get("policy", {})}), decisions)
    document = next(row for row in read_table(documents).to_pylist() if row["doc_id"] == "canary")
    (decisive,) = (row for row in read_table(decisions).to_pylist() if row["doc_id"] == "canary" and row["decisive"])
    return {**document, **decisive}


@pytest.mark.parametrize("canary", ALL, ids=[f"{canary['domain']}-{canary['name']}" for canary in ALL])
def test_a_canary_has_the_fate_that_is_known(canary: Canary, tmp_path: Path) -> None:
    found = fate(canary, tmp_path)
    why = f"{canary['why']} {found['detail']}\n{found['text']}"
    assert (found["verdict"], found["reason"]) == (canary["verdict"], canary.get("reason")), why
    for column in ("value", "threshold"):
        if column in canary:
            assert found[column] == pytest.approx(canary[column], rel=0.005), why
    text = found["text"] or ""
    assert [words for words in canary.get("says", ()) if filled(words, canary) not in text] == [], why
    assert [words for words in canary.get("lacks", ()) if words in text] == [], why
    assert text == filled(canary.get("text", text), canary)
    assert (found["cleaners"] or []) == canary.get("cleaners", found["cleaners"] or []), why
    assert found["licence"] == canary.get("text_licence", found["licence"])
    assert found["extractor"] == canary.get("extractor", found["extractor"])


def test_every_reason_has_a_canary_or_a_reason_to_have_none() -> None:
    seen = {Reason(canary["reason"]) for canary in ALL if "reason" in canary}
    assert [str(reason) for reason in Reason if reason not in seen and reason not in ELSEWHERE] == []
    assert not seen & set(ELSEWHERE)


def test_every_media_type_has_a_canary_that_is_kept() -> None:
    kept = {canary.get("media_type", "").partition(";")[0] for canary in ALL if canary["verdict"] == "kept"}
    assert [kind for kind in EXTRACTORS if kind not in kept] == []


def test_every_cleaner_has_a_canary_that_it_changes() -> None:
    named = {name for canary in ALL for name in canary.get("cleaners", ())}
    assert [name for name in type(ALL_ON).model_fields if name not in named] == []


def test_there_are_sixty_and_more_of_each_domain_and_none_twice() -> None:
    names = [(canary["domain"], canary["name"]) for canary in ALL]
    assert len(set(names)) == len(names) >= 60
    assert all(sum(domain is each for each, _ in names) >= 10 for domain in Domain)
