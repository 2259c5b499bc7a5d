"""How much of the training text differs between two snapshots: what tells whether a model is out of date."""

from dataclasses import dataclass
from pathlib import Path

from curation.engine import open_engine


@dataclass(frozen=True)
class Difference:
    """What separates the training splits of two snapshots. Held-out text does not count: no model has seen it.

    Documents are told apart by their id, characters by the text they belong to: a document that only changed its name is
    one removed and one added, and no character differs. A document that is taken twice counts its characters twice.
    """

    added: int  # documents
    removed: int
    revised: int  # same document, other text
    come: int  # characters of the new training text that the old one has not
    gone: int  # characters of the old training text that the new one has no longer
    old_characters: int
    new_characters: int
    share: float
    """Share of the training text that differs, 0 to 1: the larger of `come` and `gone` over the larger of the two totals, so
    that text which takes the place of other text counts once. 1 where there is no old snapshot."""


def difference(old: Path | None, new: Path, scratch: Path) -> Difference:
    """Compares two files of table snapshots, each of one snapshot. `old` is None where there is nothing to compare with."""
    with open_engine(Path(__file__).parent, scratch) as engine:
        (row,) = engine.table("difference.sql", old=old or new, has_old=int(old is not None), new=new).to_pylist()
    total = max(row["old_characters"], row["new_characters"])
    share = max(row["come"], row["gone"]) / total if total else 0.0
    return Difference(**row, share=1.0 if old is None else share)
