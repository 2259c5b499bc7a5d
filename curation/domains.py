"""The five kinds of text that a corpus is made of."""

from enum import StrEnum


class Domain(StrEnum):
    """A kind of text. Policies, shingles and shares are set per domain."""

    WIKI = "wiki"
    LORE = "lore"
    TRANSCRIPT = "transcript"
    CODE = "code"
    PAPER = "paper"


def is_code(domain: Domain, extractor: str | None) -> bool:
    """Whether a text is source code. In a source of code there may be prose as well: a README, a manual."""
    return domain is Domain.CODE and extractor == "code"
