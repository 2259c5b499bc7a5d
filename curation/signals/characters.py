"""Shares of kinds of characters."""

from typing import Any

import numpy as np

_ASCII_ALPHANUMERIC = np.array([chr(code).isalnum() for code in range(128)])


def character_signals(text: str) -> dict[str, Any]:
    """Number of characters, and the shares that are letters or digits, and that stand for lost ones."""
    length = len(text)
    return {
        "characters": float(length),
        "alphanumeric": _alphanumeric(text) / length if length else 0.0,
        "replacement_characters": text.count("\ufffd") / length if length else 0.0,
    }


def _alphanumeric(text: str) -> int:
    """How many characters are letters or digits in any script."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    ascii_counts = np.bincount(codes[codes < 128], minlength=128)
    total = int(ascii_counts[_ASCII_ALPHANUMERIC].sum())
    if not text.isascii():
        others, counts = np.unique(codes[codes >= 128], return_counts=True)
        total += sum(int(count) for code, count in zip(others, counts, strict=True) if chr(code).isalnum())
    return total
