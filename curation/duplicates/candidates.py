"""Candidates: the pairs of documents that are worth an exact comparison.

Two routes nominate. MinHash bands find documents that are alike as a whole. They miss a page that is contained in a
collection twenty times its size, since the Jaccard similarity of the two is near zero; such a page is found by its
rarest shingles. The second route alone is exact for small buckets; the first finds alike documents where the crowd
limit has cut a bucket of boilerplate.
"""

from pathlib import Path

import pyarrow as pa

from curation.engine import open_engine
from curation.settings import DuplicateSettings
from warehouse.tables import write_table

PAIRS = pa.schema([("a", pa.string()), ("b", pa.string())])
"""Candidate pairs by doc_id, a < b in code point order, distinct and sorted."""

CROWD = 64
"""A document is compared with at most so many of the longest documents of one bucket.

Boilerplate makes buckets of thousands, whose pairs would be millions. Two real copies also share shingles that are rarer
than boilerplate, so they meet in a small bucket; a page of nothing but boilerplate is most likely to be contained in the
longest documents that carry it.
"""


def nominate(signatures: list[Path], settings: DuplicateSettings, out: Path, memory_mb: int, scratch: Path) -> int:
    """Writes the candidate pairs (PAIRS) of all signatures and returns their number.

    Of exact copies only one takes part. The work is DuckDB's, within `memory_mb` and spilling below `scratch`; the order
    of the partitions makes no difference.
    """
    with open_engine(Path(__file__).parent, scratch, memory_mb) as engine:
        engine.run("first_copies.sql", signatures=signatures)
        engine.run("band_buckets.sql", signatures=signatures)
        engine.run("held_shingles.sql", signatures=signatures)
        engine.run("rare_buckets.sql", containment=min(settings.containment, settings.related))
        return write_table(out, engine.table("pairs.sql", crowd=CROWD), PAIRS)
