"""Duplicates: MinHash and rare shingles nominate pairs of documents, an exact comparison decides."""
