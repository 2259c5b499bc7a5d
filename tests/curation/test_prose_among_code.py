"""Prose in a source of code: READMEs and manuals are judged as what they are."""

from pathlib import Path
from typing import Any

import pytest
from captured_items import item
from test_partitions import capture

from curation.decisions import Reason
from curation.document import Dropped
from curation.domains import Domain
from curation.extract import extract
from curation.partitions import Cleaning, extract_partition, judge_partition, score_partition
from curation.policies import DocumentationPolicy, Policies
from warehouse.tables import CAPTURES, read_table, write_table

MANUAL = (
    "**NAME:** the lamp that the dwarves have carried down with them into the halls of the mountain, where it was always dark\n"
    "**USE:** a lamp is to be filled with oil, and it burns for as long as the oil lasts, which is one night and half of the day\n"
    "**WARNING:** nobody may take the lamp to the lake, since the water of the lake has put out all that were brought there\n"
)
DEFAULTS = Policies()
PROGRAM = "".join(f"def lamp_{n}(oil):\n    # why: {n}\n    return oil - {n} if oil else None\n\n\n" for n in range(8))


def outcome(folder: Path, name: str, text: str, media_type: str, policies: Policies = DEFAULTS) -> tuple[dict[str, Any], str | None]:
    """Signals of a file in a source of code, and the reason why it is dropped."""
    write_table(folder / "captures", [capture(name, text.encode(), media_type, domain="code")], CAPTURES)
    extract_partition(folder / "captures", folder / "raw")
    Cleaning(Domain.CODE)(folder / "raw", folder / "documents")
    score_partition(folder / "documents", folder / "signals")
    judge_partition(folder / "documents", folder / "signals", policies, folder / "decisions")
    reasons = [row["reason"] for row in read_table(folder / "decisions").to_pylist() if row["decisive"]]
    return read_table(folder / "signals").to_pylist()[0], reasons[0]


def test_a_manual_is_no_file_of_comments_and_long_lines(tmp_path: Path) -> None:
    signals, reason = outcome(tmp_path, "docs/lamp.md", MANUAL, "text/markdown")
    assert (signals["language"], signals["comment_ratio"], reason) == ("en", None, None)


def test_a_program_is_judged_as_code(tmp_path: Path) -> None:
    signals, reason = outcome(tmp_path, "lamp.py", PROGRAM, "text/x-code")
    assert (signals["programming_language"], signals["data_lines"], reason) == ("python", None, None)


def test_a_manual_in_another_language_is_dropped_by_the_thresholds_of_documentation(tmp_path: Path) -> None:
    german = (
        "Die Lampe brennt so lange, wie Öl darin ist, und niemand darf sie an den See tragen, weil das Wasser sie löscht. Wer unten im "
        "Berg arbeitet, soll immer zwei davon bei sich haben und am Abend dem Wächter sagen, wie viel noch übrig ist. Im Winter liegt "
        "das Öl in einem Keller neben der Schmiede."
    )
    assert outcome(tmp_path, "LIESMICH.md", german, "text/markdown")[1] == "language"
    assert (
        outcome(tmp_path, "LIESMICH.md", german, "text/markdown", Policies(documentation=DocumentationPolicy(languages=["de"])))[1] is None
    )


@pytest.mark.parametrize(
    ("name", "extractor"),
    [
        ("README.txt", "plain"),
        ("AUTHORS", "plain"),
        ("docs/use.rst", "plain"),
        ("lamp.g4", "code"),
        ("CMakeLists.txt", "code"),
        ("lamp.pc", "code"),
    ],
)
def test_a_plain_file_is_prose_where_its_name_says_so(name: str, extractor: str) -> None:
    for media_type in ("text/plain", "application/octet-stream"):
        assert extract(item(MANUAL, media_type, Domain.CODE, name)).extractor == extractor


def test_prose_of_another_project_is_vendored_like_its_code() -> None:
    with pytest.raises(Dropped) as caught:
        extract(item(MANUAL, "text/markdown", Domain.CODE, "_vendor/lamp/README.md"))
    assert caught.value.reason is Reason.VENDORED
