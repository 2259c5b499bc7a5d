"""Signals: every number by which a policy may keep or drop a document."""

from typing import Any

from curation.domains import Domain
from curation.signals.characters import character_signals
from curation.signals.language import code_language, natural_language
from curation.signals.lines import line_signals
from curation.signals.repetition import repetition_signals
from curation.signals.words import word_signals

__all__ = ["score"]


def score(text: str, domain: Domain, native_id: str) -> dict[str, Any]:
    """The signals of one document: the columns of the signals table but doc_id, source and domain.

    All are measured on every document; null are only the language of people for code, and what concerns code alone
    for everything else.
    """
    words = text.split()
    code = domain is Domain.CODE
    return {
        **(code_language(text, native_id) if code else natural_language(text)),
        **character_signals(text),
        **word_signals(text, words),
        **line_signals(text),
        **repetition_signals(words),
    }
