"""Stubs: wiki pages that say of themselves that they are only begun."""

from curation.decisions import Reason
from curation.document import Dropped

FEWEST_WORDS = 50
"""Words of a page that calls itself a stub and is kept. In the development corpus 12 of 76 such pages have fewer: a sentence
or two; those above are short articles that hold together."""


def require_more_than_stub(text: str, marked: bool) -> None:
    """Raises Dropped where a page is marked as a stub and has too few words to be anything else."""
    words = len(text.split())
    if marked and words < FEWEST_WORDS:
        detail = f"the page calls itself a stub and has {words} words"
        raise Dropped(Reason.STUB, detail, float(words), float(FEWEST_WORDS))
