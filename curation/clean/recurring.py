"""What recurs in a source: counted over all its documents, whatever their order and however they are cut into partitions."""

import json
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import xxhash

from curation.clean.boilerplate import NOTHING, Recurring, outline, units
from curation.clean.chain import clean
from curation.clean.copies import Sketch, groups, sketched
from curation.domains import Domain
from curation.engine import open_engine
from curation.switches import CleaningSwitches
from warehouse.tables import BOILERPLATE, write_table

LEAST_DOCUMENTS = 5
"""A line in fewer is no boilerplate, however small the source is."""

LEAST_OWN = 150
"""Characters that a document must have to itself before it bears witness: copies of one page share all that they have."""

SKETCH = 1 << 21
"""Places of the sketch, 8 MB in all; a source of more lines than that is counted more slowly, and alike."""

DOCUMENTS_AT_A_TIME = 512

OTHER_TEXT = 100  # percent: of lines that cannot be boilerplate, which have no hash

UNITS = pa.schema(
    [
        ("document", pa.int32()),
        ("hash", pa.uint64()),
        ("characters", pa.int32()),
        ("percent", pa.int32()),
        ("listed", pa.bool_()),
    ]
)

TABLE, LINES = "part.parquet", "lines.json"


def find_recurring(extracted: Sequence[Path], domain: Domain, switches: CleaningSwitches, out: Path) -> int:
    """Writes what recurs in the documents of one source into a folder: the table, with counts, and the lines alone.

    Cleaning depends on the lines alone, so that another count of the same lines cleans nothing anew. The lines are written as
    cleaning leaves them: without personal data.
    """
    sketch, documents = _sketched(extracted, domain)
    counts = _counts(extracted, domain, sketch, documents, out) if sketch.has_frequent else {}
    counts = _without_copies(extracted, domain, sketch, counts, documents) if counts else {}
    rows = list(_rows(extracted, domain, switches, sketch, counts))
    lines = sorted({row["line"] for row in rows})
    (out / LINES).write_text(json.dumps(lines, ensure_ascii=False, indent=0), encoding="utf-8")
    return write_table(out / TABLE, [{**row, "of_documents": documents} for row in rows], BOILERPLATE)


def read_recurring(lines: Path, domain: Domain) -> Recurring:
    """What `find_recurring` wrote, as the cleaner takes it."""
    known = json.loads(lines.read_text(encoding="utf-8"))
    if not known:
        return NOTHING
    keys = (unit.key for line in known for unit in units(line, domain, lambda _: True))
    return Recurring(frozenset([*keys, *(f"list {line}" for line in known)]), frozenset(map(outline, known)))


class _Sketch:
    """In how many documents an outline occurs, at most: counts in a fixed room, where several outlines may share a place."""

    def __init__(self) -> None:
        self._counts = np.zeros(SKETCH, dtype=np.uint32)
        self._seen: set[int] = set()

    def note(self, outline: str) -> bool:
        """Notes an outline of the present document; it is worth no closer look yet."""
        self._seen.add(xxhash.xxh3_64_intdigest(outline.encode("utf-8", "replace")) % SKETCH)
        return False

    def end_document(self) -> None:
        """Counts what was noted, each outline once."""
        self._counts[np.fromiter(self._seen, dtype=np.int64, count=len(self._seen))] += 1
        self._seen.clear()

    @property
    def has_frequent(self) -> bool:
        """Whether any outline may be in enough documents."""
        return bool(self._counts.max() >= LEAST_DOCUMENTS)

    def is_frequent(self, outline: str) -> bool:
        """Whether enough documents may have it."""
        return bool(self._counts[xxhash.xxh3_64_intdigest(outline.encode("utf-8", "replace")) % SKETCH] >= LEAST_DOCUMENTS)


def _texts(extracted: Sequence[Path]) -> Iterator[tuple[str, str]]:
    """Source and text of every document that has one."""
    for partition in extracted:
        with pq.ParquetFile(partition) as rows:
            for batch in rows.iter_batches(batch_size=64, columns=["source", "text"]):
                yield from ((row["source"], row["text"]) for row in batch.to_pylist() if row["text"] is not None)


def _sketched(extracted: Sequence[Path], domain: Domain) -> tuple[_Sketch, int]:
    sketch, documents = _Sketch(), 0
    for _, text in _texts(extracted):
        for _ in units(text, domain, sketch.note):
            raise AssertionError("nothing is worth a closer look yet")
        sketch.end_document()
        documents += 1
    return sketch, documents


def _counts(extracted: Sequence[Path], domain: Domain, sketch: _Sketch, documents: int, scratch: Path) -> dict[int, int]:
    """The documents that each recurring unit occurs in, by its hash."""
    path, written = scratch / "units.parquet", 0
    with pq.ParquetWriter(path, UNITS) as writer:
        numbered = enumerate(_texts(extracted))
        while some := list(islice(numbered, DOCUMENTS_AT_A_TIME)):
            tables = [_units_of(number, text, domain, sketch) for number, (_, text) in some]
            written += sum(table.num_rows - 1 for table in tables)
            writer.write_table(pa.concat_tables(tables))
    if not written:
        path.unlink()
        return {}
    with open_engine(Path(__file__).parent, scratch) as engine:
        found = engine.table("recurring.sql", units=[path], least=LEAST_DOCUMENTS, own=LEAST_OWN, documents=documents)
    path.unlink()
    return dict(zip(found["hash"].to_pylist(), found["documents"].to_pylist(), strict=True))


def _units_of(document: int, text: str, domain: Domain, sketch: _Sketch) -> pa.Table:
    known = {_hash(unit.key): (unit.end - unit.start, unit.percent, unit.in_list) for unit in units(text, domain, sketch.is_frequent)}
    other = len(text) - sum(length for length, _, _ in known.values())
    columns = {
        "document": [document] * (len(known) + 1),
        "hash": [*known, None],
        "characters": [*(length for length, _, _ in known.values()), other],
        "percent": [*(percent for _, percent, _ in known.values()), OTHER_TEXT],
        "listed": [*(listed for _, _, listed in known.values()), False],
    }
    return pa.table(columns, schema=UNITS)


def _hash(key: str) -> int:
    return xxhash.xxh3_64_intdigest(key.encode("utf-8", "replace"))


def _without_copies(extracted: Sequence[Path], domain: Domain, sketch: _Sketch, counts: dict[int, int], documents: int) -> dict[int, int]:
    """The counts of those units that still recur often enough if copies of a document count as one.

    Documents are compared by what is left of them: pages that share a long menu are no copies.
    """
    held, rests, percents = list[set[int]](), list[Sketch](), dict[int, int]()
    for _, text in _texts(extracted):
        found = [unit for unit in units(text, domain, sketch.is_frequent) if _hash(unit.key) in counts]
        if found:
            percents.update((_hash(unit.key), unit.percent) for unit in found)
            held.append({_hash(unit.key) for unit in found})
            ends = [0, *(unit.end for unit in found)]
            starts = [*(unit.start for unit in found), len(text)]
            rests.append(sketched(" ".join(text[end:start] for end, start in zip(ends, starts, strict=True))))
    apart = dict[int, set[int]]()
    for group, hashes in zip(groups(rests), held, strict=True):
        for known in hashes:
            apart.setdefault(known, set()).add(group)
    least = {known: max(LEAST_DOCUMENTS, percent * documents / 100) for known, percent in percents.items()}
    return {known: count for known, count in counts.items() if len(apart[known]) >= least[known]}


def _rows(
    extracted: Sequence[Path], domain: Domain, switches: CleaningSwitches, sketch: _Sketch, counts: dict[int, int]
) -> Iterator[dict[str, Any]]:
    """A row for each line that recurs; of lines that differ in a number or an address the first in the alphabet stands for all."""
    shown: dict[int, str] = {}
    sources = set[str]()
    for source, text in _texts(extracted) if counts else ():
        for unit in units(text, domain, sketch.is_frequent):
            if (known := _hash(unit.key)) in counts:
                line = text[unit.start : unit.end].strip()
                shown[known] = min(shown.get(known, line), line)
                sources.add(source)
    cleaned = {known: clean(line, domain, switches).text for known, line in shown.items()}
    for known in sorted(cleaned, key=lambda each: (-counts[each], cleaned[each], each)):
        if cleaned[known]:
            yield {"source": min(sources), "domain": str(domain), "line": cleaned[known], "documents": counts[known]}
