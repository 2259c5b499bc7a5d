"""Clusters: which documents are dropped as duplicates, of which kept document, and why.

Documents are offered for keeping in one total order: most distinct shingles first, then most characters, then smallest
id. One is dropped when it is too much like a document that was kept before it. Similarity to a dropped document never
counts, so that chains of small changes do not merge texts that have nothing in common.
"""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from curation.duplicates.similarity import Indices, ShingleReader, Similarity, compare_all
from curation.settings import DuplicateSettings
from warehouse.tables import DUPLICATES, read_table, write_table

_COLUMNS = ["doc_id", "source", "domain", "exact", "characters", "shingles"]
_EQUAL = Similarity(1.0, 1.0)

LEAST_CONTAINED = 20
"""Distinct shingles from which containment makes a duplicate: a shorter text lies in some long one by chance."""


@dataclass(frozen=True)
class Entry:
    """A signed document without its hashes."""

    doc_id: str
    source: str
    domain: str
    exact: str
    characters: int
    shingles: int

    @property
    def rank(self) -> tuple[int, int, str]:
        """Sorts documents into the order in which they are offered for keeping."""
        return -self.shingles, -self.characters, self.doc_id


@dataclass(frozen=True)
class Match:
    """A document that is like an earlier, kept one."""

    other: Entry
    similarity: Similarity
    kind: str

    @property
    def dropped(self) -> bool:
        return self.kind != "related"


def resolve(signatures: list[Path], pairs: Path, settings: DuplicateSettings, out: Path) -> int:
    """Writes DUPLICATES: one row per dropped document, and one per pair of kept documents that must share a split.

    Exact copies go first, then each candidate pair is compared exactly. Returns the number of rows.
    """
    entries = sorted(_entries(signatures), key=lambda entry: entry.rank)
    copies = _copies(entries)
    originals = [group[0] for group in copies.values()]
    matches = _matches(originals, signatures, pairs, settings)
    rows = sorted(_rows(copies, matches), key=lambda row: (row["doc_id"], row["other_id"]))
    return write_table(out, rows, DUPLICATES)


def _entries(signatures: list[Path]) -> Iterator[Entry]:
    for batch in read_table(signatures, columns=_COLUMNS).to_batches():
        for row in batch.to_pylist():
            yield Entry(**row)


def _copies(entries: list[Entry]) -> dict[str, list[Entry]]:
    """Documents by the digest of their normalised text; the first of each list is the one that may stay."""
    groups: dict[str, list[Entry]] = defaultdict(list)
    for entry in entries:
        groups[entry.exact].append(entry)
    return groups


def _matches(originals: list[Entry], signatures: list[Path], pairs: Path, settings: DuplicateSettings) -> dict[str, list[Match]]:
    """What each original is like among the kept ones: one match where it is dropped, else those it is related to."""
    order = [entry.doc_id for entry in originals]
    reader = ShingleReader(signatures, {entry.doc_id: entry.shingles for entry in originals})
    alike: dict[int, list[Match]] = defaultdict(list)
    for longer, shorter, similarity in compare_all(reader, order, _places(order, pairs)):
        if kind := _kind(similarity, originals[shorter].shingles, settings):
            alike[shorter].append(Match(originals[longer], similarity, kind))
    matches: dict[str, list[Match]] = {}
    dropped: set[str] = set()
    for place in sorted(alike):
        kept = [match for match in alike[place] if match.other.doc_id not in dropped]
        duplicates = [match for match in kept if match.dropped]
        if duplicates:
            dropped.add(order[place])
            kept = [min(duplicates, key=_closest)]
        matches[order[place]] = kept
    return matches


def _places(order: list[str], pairs: Path) -> Indices:
    """Candidate pairs as places in the order, the longer document first; sorted."""
    place_of = {doc_id: place for place, doc_id in enumerate(order)}
    table = read_table(pairs)
    columns = [[place_of[doc_id] for doc_id in table.column(name).to_pylist()] for name in ("a", "b")]
    return np.unique(np.sort(np.array(columns, np.int64).T, axis=1), axis=0)


def _kind(similarity: Similarity, shingles: int, settings: DuplicateSettings) -> str | None:
    if similarity.jaccard >= settings.jaccard:
        return "near"
    if similarity.containment >= settings.containment and shingles >= LEAST_CONTAINED:
        return "contained"
    if max(similarity.jaccard, similarity.containment) >= settings.related:
        return "related"
    return None


def _closest(match: Match) -> tuple[float, float, tuple[int, int, str]]:
    return -match.similarity.jaccard, -match.similarity.containment, match.other.rank


def _rows(copies: dict[str, list[Entry]], matches: dict[str, list[Match]]) -> Iterator[dict[str, Any]]:
    for original, *others in copies.values():
        found = matches.get(original.doc_id, [])
        for match in found:
            yield _row(original, match)
        fate = found[0] if found and found[0].dropped else Match(original, _EQUAL, "exact")
        for copy in others:
            yield _row(copy, fate)


def _row(entry: Entry, match: Match) -> dict[str, Any]:
    return {
        "doc_id": entry.doc_id,
        "other_id": match.other.doc_id,
        "cluster_id": match.other.doc_id if match.dropped else entry.doc_id,
        "domain": entry.domain,
        "source": entry.source,
        "kind": match.kind,
        "jaccard": match.similarity.jaccard,
        "containment": match.similarity.containment,
        "dropped": match.dropped,
        "why": _why(entry, match.other, match.dropped),
    }


def _why(entry: Entry, other: Entry, dropped: bool) -> str:
    """Why the other document was kept rather than this one."""
    if not dropped:
        return "both kept: too different to drop, too alike to be split"
    if other.shingles != entry.shingles:
        return f"has more distinct shingles: {other.shingles} against {entry.shingles}"
    if other.characters != entry.characters:
        return f"has more characters: {other.characters} against {entry.characters}"
    return "as long, and its id comes first"
