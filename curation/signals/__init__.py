"""Signals: every number by which a policy may keep or drop a document."""

from typing import Any

from curation.domains import Domain, is_code
from curation.signals.characters import character_signals
from curation.signals.code import code_signals
from curation.signals.language import code_language, natural_language
from curation.signals.lines import line_signals
from curation.signals.lists import list_signals
from curation.signals.repetition import repetition_signals
from curation.signals.speech import recurring_labels, speech_signals, without_labels
from curation.signals.unspaced import parted
from curation.signals.words import numbered, word_signals, words_of

__all__ = ["score"]

_OF_PROSE = (
    "turns",
    "words_per_turn",
    "sentence_marks",
    "sounds",
    "timing_marks",
    "short_lines",
    "short_items",
    "short_cells",
    "data_lines",
    "fenced_code",
    "markup",
)
_OF_CODE = ("literals", "numbers", "mean_identifier")


def score(text: str, domain: Domain, native_id: str, extractor: str = "code") -> dict[str, Any]:
    """The signals of one document: the columns of the signals table but doc_id, source and domain.

    All are measured on every document, but for those that mean nothing there and are null: for code the language of people and
    what concerns running text alone, for everything else what concerns code alone. `extractor` tells a README from code.
    """
    lines = [stripped for line in text.split("\n") if (stripped := line.strip())]
    own = _code(text, native_id) if is_code(domain, extractor) else _prose(text, lines)
    return {**own, **character_signals(text), **line_signals(text, lines)}


def _code(text: str, native_id: str) -> dict[str, Any]:
    words = numbered(text.split())
    return {
        **dict.fromkeys(_OF_PROSE),
        **code_language(text, native_id),
        **code_signals(text, words),
        **word_signals(text, words),
        **repetition_signals(words),
    }


def _prose(text: str, lines: list[str]) -> dict[str, Any]:
    spaced = parted(text)
    if spaced != text:
        lines = [stripped for line in spaced.split("\n") if (stripped := line.strip())]
    words, labels = numbered(words_of(spaced)), recurring_labels(lines)
    return {
        **dict.fromkeys(_OF_CODE),
        **natural_language(text),
        **word_signals(spaced, words),
        **repetition_signals(numbered(words_of(without_labels(lines, labels))) if labels else words),
        **speech_signals(spaced, lines, labels, len(words.ids)),
        **list_signals(spaced, lines, labels, len(words.ids)),
    }
