"""The language of a text: py3langid on a sample for prose, name and content for code."""

from functools import cache
from typing import Any

import numpy as np
from py3langid.langid import MODEL_FILE, LanguageIdentifier

from curation.extract.languages import comment_marks, programming_language

SAMPLE = 600  # characters from each of three places


def natural_language(text: str) -> dict[str, Any]:
    """ISO 639-1 code and probability of the likeliest language; null where the text has no letters."""
    sample = sample_of(text)
    known = any(character.isalpha() for character in sample)
    language, confidence = _identifier().classify(sample) if known else (None, None)
    return {
        "language": language,
        "language_confidence": confidence,
        "programming_language": None,
        "comment_ratio": None,
    }


def code_language(text: str, native_id: str) -> dict[str, Any]:
    """The programming language, and the share of lines that are comments."""
    language = programming_language(native_id, text)
    marks = comment_marks(language)
    lines = [stripped for line in text.split("\n") if (stripped := line.lstrip())]
    comments = sum(line.startswith(marks) for line in lines)
    return {
        "language": None,
        "language_confidence": None,
        "programming_language": language,
        "comment_ratio": comments / len(lines) if lines else 0.0,
    }


def sample_of(text: str) -> str:
    """The beginning, the middle and the end of a long text; places depend on its length alone."""
    if len(text) <= 3 * SAMPLE:
        return text
    middle = (len(text) - SAMPLE) // 2
    return "\n".join((text[:SAMPLE], text[middle : middle + SAMPLE], text[-SAMPLE:]))


@cache
def _identifier() -> LanguageIdentifier:
    """The model takes most of a second to load, once per process.

    Its weights are widened to the numbers that they are reckoned with, which otherwise each text would do to hundreds of rows.
    """
    identifier = LanguageIdentifier.from_model_file(MODEL_FILE, norm_probs=True)
    identifier.nb_ptc = identifier.nb_ptc.astype(np.float32)
    return identifier
