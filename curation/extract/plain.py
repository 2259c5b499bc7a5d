"""Plain text: taken as it is, but for times in front of the lines of a transcript."""

import re

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, require_size
from curation.domains import Domain
from curation.extract.dumps import is_page_dump, page_dump_to_text
from curation.extract.speech import paragraphs, timed_lines, without_times

MAX_BYTES = 20_000_000
REFERS_WITHIN = 300  # characters; a line on Wiktionary may stand before

_REFERS = re.compile(r"\bmay (?:also |either )?refer to:")


def extract_plain(item: Captured) -> Extracted:
    """The text of a plain file."""
    require_size(item.content, MAX_BYTES)
    text = decode(item.content, item.charset)
    if item.domain is Domain.TRANSCRIPT:
        utterances = timed_lines(text)
        text = without_times(text) if utterances is None else paragraphs(utterances)
    elif is_page_dump(text):
        text = page_dump_to_text(text)
        if _REFERS.search(text, 0, REFERS_WITHIN):
            raise Dropped(Reason.DISAMBIGUATION, "the page begins by what its title may refer to")
    if not text.strip():
        raise Dropped(Reason.EMPTY, "nothing but white space")
    return Extracted(text, item.title, "plain")
