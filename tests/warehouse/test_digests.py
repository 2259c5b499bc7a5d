"""Digests: the identity of bytes and settings, and the only kind of chance that curation knows."""

import hashlib
import math
import subprocess
import sys
from pathlib import Path

import pytest

from warehouse.digests import BLOCK, digest, fraction, sha256_bytes, sha256_file


@pytest.mark.parametrize("size", [0, 1, BLOCK, BLOCK + 1])
def test_a_file_has_the_digest_of_its_bytes(tmp_path: Path, size: int) -> None:
    path = tmp_path / "file"
    path.write_bytes(b"x" * size)
    assert sha256_file(path) == sha256_bytes(b"x" * size) == hashlib.sha256(b"x" * size).hexdigest()


def test_the_order_of_keys_does_not_count() -> None:
    assert digest({"a": 1, "b": [1, 2]}) == digest({"b": [1, 2], "a": 1})


@pytest.mark.parametrize("other", [{"a": 1, "b": [2, 1]}, {"a": "1", "b": [1, 2]}, {"a": 1}, {"a": None, "b": [1, 2]}])
def test_every_value_counts(other: object) -> None:
    assert digest({"a": 1, "b": [1, 2]}) != digest(other)


@pytest.mark.parametrize("value", [math.nan, math.inf, {1, 2}, b"bytes"])
def test_a_value_without_a_canonical_form_is_refused(value: object) -> None:
    with pytest.raises((TypeError, ValueError)):
        digest(value)


def test_a_draw_depends_on_the_strings_alone() -> None:
    code = "from warehouse.digests import fraction; print(fraction('berrypatch', 'doc'))"
    printed = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join(sys.path)}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert printed == {f"{fraction('berrypatch', 'doc')}\n".encode()}


def test_draws_are_spread_evenly_from_0_to_below_1() -> None:
    draws = [fraction("seed", str(n)) for n in range(4000)]
    assert 0 <= min(draws) < 0.01
    assert 0.99 < max(draws) < 1
    assert abs(sum(draws) / len(draws) - 0.5) < 0.02


def test_the_largest_draw_is_below_1(monkeypatch: pytest.MonkeyPatch) -> None:
    class Largest:
        def digest(self) -> bytes:
            return b"\xff" * 32

    monkeypatch.setattr(hashlib, "sha256", lambda _: Largest())
    assert fraction("any") < 1
