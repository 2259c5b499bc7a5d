"""Patterns that cut text into pieces before byte pairs are merged: no merge crosses a cut.

Sources: the patterns that OpenAI publishes with its vocabularies (github.com/openai/tiktoken,
tiktoken_ext/openai_public.py: gpt2, cl100k_base, o200k_base). Every character falls into exactly one piece, so that
cutting loses nothing.
"""

from collections.abc import Mapping
from typing import Any

from tokenizers import Regex
from tokenizers.pre_tokenizers import ByteLevel, PreTokenizer, Sequence, Split

from curation.settings import Pattern

_ENDINGS = "(?i:'s|'t|'re|'ve|'m|'ll|'d)"
_UPPER = r"\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}"
_LOWER = r"\p{Ll}\p{Lm}\p{Lo}\p{M}"

EXPRESSIONS: Mapping[Pattern, str] = {
    Pattern.GPT2: r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+",
    Pattern.GPT4: "|".join(
        [
            _ENDINGS,
            r"[^\r\n\p{L}\p{N}]?\p{L}+",
            r"\p{N}{1,3}",
            r" ?[^\s\p{L}\p{N}]+[\r\n]*",
            r"\s*[\r\n]+",
            r"\s+(?!\S)",
            r"\s+",
        ]
    ),
    Pattern.O200K: "|".join(
        [
            rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]*[{_LOWER}]+{_ENDINGS}?",
            rf"[^\r\n\p{{L}}\p{{N}}]?[{_UPPER}]+[{_LOWER}]*{_ENDINGS}?",
            r"\p{N}{1,3}",
            r" ?[^\s\p{L}\p{N}]+[\r\n/]*",
            r"\s*[\r\n]+",
            r"\s+(?!\S)",
            r"\s+",
        ]
    ),
}
"""One regular expression per pattern, in Oniguruma's syntax; its matches are the pieces."""

LONGEST_TRAINING_PIECE = 128
"""Characters. Training a byte pair costs time in the length of every piece that holds it: one million letters without a
space (a genome, a minified file) would take hours. Cutting them in training alone costs nothing in ordinary text."""


def pre_tokenizer(pattern: Pattern) -> PreTokenizer:
    """The cutter that a vocabulary carries: pieces by the pattern, then bytes in GPT-2's printable alphabet."""
    return Sequence([_pieces(pattern), _bytes()])


def training_pre_tokenizer(pattern: Pattern) -> PreTokenizer:
    """The same, with pieces of at most LONGEST_TRAINING_PIECE characters. Used to learn merges, never to encode."""
    shorter = Split(Regex(f"(?m:.{{1,{LONGEST_TRAINING_PIECE}}})"), behavior="isolated")
    return Sequence([_pieces(pattern), shorter, _bytes()])


def pattern_of(definition: Mapping[str, Any]) -> Pattern | None:
    """The pattern that a `tokenizer.json` carries; None where it is none of ours."""
    cutters = (definition.get("pre_tokenizer") or {}).get("pretokenizers") or [{}]
    expression = (cutters[0].get("pattern") or {}).get("Regex")
    return next((pattern for pattern, known in EXPRESSIONS.items() if known == expression), None)


def _pieces(pattern: Pattern) -> PreTokenizer:
    return Split(Regex(EXPRESSIONS[pattern]), behavior="isolated")


def _bytes() -> PreTokenizer:
    return ByteLevel(add_prefix_space=False, use_regex=False)
