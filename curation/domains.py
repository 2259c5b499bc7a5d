"""The five kinds of text that a corpus is made of."""

from enum import StrEnum


class Domain(StrEnum):
    """A kind of text. Policies, shingles and shares are set per domain."""

    WIKI = "wiki"
    LORE = "lore"
    TRANSCRIPT = "transcript"
    CODE = "code"
    PAPER = "paper"
