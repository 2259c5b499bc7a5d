"""Digests: the identity of bytes, of settings, and of draws that must not depend on chance."""

import hashlib
import json
from pathlib import Path
from typing import Any

BLOCK = 1 << 20


def sha256_bytes(content: bytes) -> str:
    """SHA-256 of some bytes, in hex."""
    return hashlib.sha256(content).hexdigest()


def sha256_file(path: Path) -> str:
    """SHA-256 of a file's bytes, in hex, read in blocks of one MiB."""
    hasher = hashlib.sha256()
    with path.open("rb") as handle:
        while block := handle.read(BLOCK):
            hasher.update(block)
    return hasher.hexdigest()


def digest(value: Any) -> str:
    """SHA-256 of a JSON-like value in canonical form: sorted keys, no spaces, no NaN.

    Raises TypeError or ValueError where the value has no such form.
    """
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return sha256_bytes(text.encode())


def fraction(*parts: str) -> float:
    """A number in [0, 1) drawn from strings alone: the only kind of chance that curation knows."""
    joined = "\x1f".join(parts).encode("utf-8", "surrogatepass")
    # 53 bits, as many as a float holds exactly: with more, the largest draws would round up to 1
    return (int.from_bytes(hashlib.sha256(joined).digest()[:7], "big") >> 3) / 2**53
