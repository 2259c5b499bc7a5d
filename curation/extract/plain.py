"""Plain text: taken as it is, but for times in front of the lines of a transcript."""

import re
from collections.abc import Iterator

from curation.clean.encoding import decode
from curation.decisions import Reason
from curation.document import Captured, Dropped, Extracted, require_size
from curation.domains import Domain
from curation.extract.dumps import is_page_dump, page_dump_to_text
from curation.extract.speech import LEADING_TIME, Utterance, paragraphs, without_times
from curation.extract.turns import Turns

MAX_BYTES = 20_000_000
REFERS_WITHIN = 300  # characters; a line on Wiktionary may stand before

LEAST_TIMED = 0.45  # of lines; where times stand on lines of their own, a few lines may be longer than one

_REFERS = re.compile(r"\bmay (?:also |either )?refer to:")


def extract_plain(item: Captured) -> Extracted:
    """The text of a plain file."""
    require_size(item.content, MAX_BYTES)
    text = decode(item.content, item.charset)
    if item.domain is Domain.TRANSCRIPT:
        utterances = _timed_lines(text)
        text = without_times(text) if utterances is None else paragraphs(utterances)
    elif is_page_dump(text):
        text = page_dump_to_text(text)
        if _REFERS.search(text, 0, REFERS_WITHIN):
            raise Dropped(Reason.DISAMBIGUATION, "the page begins by what its title may refer to")
    if not text.strip():
        raise Dropped(Reason.EMPTY, "nothing but white space")
    return Extracted(text, item.title, "plain")


def _timed_lines(text: str) -> Iterator[Utterance] | None:
    """The lines of a transcript that gives each line its time, before it or on a line above; None where most lines have none."""
    lines = [line for line in text.split("\n") if line.strip()]
    times = [LEADING_TIME.match(line) for line in lines]
    if not lines or sum(time is not None for time in times) < LEAST_TIMED * len(lines):
        return None
    said = [line[time.end() :] if time else line for line, time in zip(lines, times, strict=True)]
    turns = Turns([line for line in said if line])
    return (each for line in said if line for each in turns.of(Utterance(0.0, 0.0, line.strip())))
