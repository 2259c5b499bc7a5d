"""Cleaning: what a document's text is freed from before it is measured."""

from curation.clean.text import CLEANERS
from curation.domains import Domain

__all__ = ["CLEANERS", "clean"]


def clean(text: str, domain: Domain) -> tuple[str, list[str]]:
    """The cleaned text, and the names of the cleaners that changed something, in order."""
    used = []
    for name, cleaner in CLEANERS[domain].items():
        cleaned = cleaner(text)
        if cleaned != text:
            used.append(name)
        text = cleaned
    return text, used
