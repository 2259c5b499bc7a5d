"""Extraction: from an item's bytes to its text."""

from curation.extract.registry import extract

__all__ = ["extract"]
