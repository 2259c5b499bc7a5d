"""Cleaning: what a document's text is freed from before it is measured, with an explanation that can be replayed."""

from curation.clean.chain import CLEANERS, Cleaned, clean, clean_title
from curation.clean.edits import replay

__all__ = ["CLEANERS", "Cleaned", "clean", "clean_title", "replay"]
