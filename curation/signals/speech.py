"""Signals of speech: who speaks, how long, and what captions leave in a text."""

import re
from collections import Counter
from typing import Any

from curation.extract.speakers import LONGEST_NAME

_SOUND = re.compile(r"\[[^\[\]\n]{1,60}\]|\([A-Z][A-Z ]{2,40}\)|♪|♫")
_CUE = re.compile(r":\d\d[.,]\d{3}|\[\d{1,2}:\d\d(?::\d\d)?\]|</?[civ](?:[. ][^<>\n]{0,40})?>|<\d\d:\d\d")
_MARK = re.compile(r"[.?!。？！।؟](?:(?<=[。？！।؟])|(?=\s|$|[\"”’)]))")


def recurring_labels(lines: list[str]) -> frozenset[str]:
    """What stands before the colon of two lines or more: names of speakers, or keys of a list."""
    found = Counter(line[:at] for line in lines if (at := _colon(line)) > 0)
    return frozenset(label for label, count in found.items() if count > 1)


def without_labels(lines: list[str], labels: frozenset[str]) -> str:
    """The text without these labels: who speaks is said again and again in any conversation."""
    return "\n".join(line[at + 1 :] if (at := _colon(line)) > 0 and line[:at] in labels else line for line in lines)


def speech_signals(text: str, lines: list[str], labels: frozenset[str], words: int) -> dict[str, Any]:
    """Turns of speakers and their length in words; ends of sentences, sounds and timing marks per word."""
    turns = sum((at := _colon(line)) > 0 and line[:at] in labels for line in lines) if labels else 0
    sounds = len(_SOUND.findall(text)) if "[" in text or "(" in text or "♪" in text else 0
    cues = len(_CUE.findall(text)) if ":" in text or "<" in text else 0
    return {
        "turns": float(turns),
        "words_per_turn": words / turns if turns else None,
        "sentence_marks": len(_MARK.findall(text)) / words if words else 0.0,
        "sounds": sounds / words if words else 0.0,
        "timing_marks": cues / words if words else 0.0,
    }


def _colon(line: str) -> int:
    """Where the colon after a label stands, -1 where none does so early in the line."""
    return line.find(": ", 0, LONGEST_NAME + 2)
