"""Every page that a run shows: Markdown from the warehouse's tables, which says what is not there yet."""

from flows.run_page.corpus_pages import balance, compression, ledger
from flows.run_page.curves import Reading
from flows.run_page.lineage import lineage
from flows.run_page.outcome import produced
from flows.run_page.training_pages import curve, known_levels, losses, samples, trained_curve
from flows.run_page.words import Page

__all__ = [
    "Page",
    "Reading",
    "balance",
    "compression",
    "curve",
    "known_levels",
    "ledger",
    "lineage",
    "losses",
    "produced",
    "samples",
    "trained_curve",
]
