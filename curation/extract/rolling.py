"""Roll-up captions, which show each line again while the next one appears below it: every spoken word once."""

from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise
from typing import NamedTuple

ROLLING_SHARE = 0.3  # of cues that carry words over from the cue before; people seldom repeat a whole line
CLEARED = 2.0  # seconds without captions after which what was shown is gone
FLUSH = 0.05  # seconds; a cue as short as this only holds a line in its place
LONG_WORDS = 3  # words of a line that nobody repeats by chance
MOST_SHOWN = 8  # lines that a screen shows at once


class Cue(NamedTuple):
    """What a screen shows from one time to another, in seconds, line by line, without tags."""

    start: float
    end: float
    lines: tuple[str, ...]
    sources: tuple[str, ...]  # the same lines with their tags
    timed: tuple[bool, ...]  # whether a line gives its words' times, which only a line that appears now does


def is_rolling(cues: Sequence[Cue]) -> bool:
    """Whether cues carry words over from one to the next by design."""
    pairs = carried = long = 0
    for before, cue in pairwise(cues):
        if not before.lines or not cue.lines:
            continue
        pairs += 1
        if words := _carried_words(before, cue):
            carried += 1
            long += words >= LONG_WORDS
    return carried > ROLLING_SHARE * pairs and (long > 0 or carried >= LONG_WORDS)


def unrolled(cues: Iterable[Cue]) -> Iterator[Cue]:
    """Cues with only the words that first appear in them."""
    shown: tuple[str, ...] = ()
    until = 0.0
    for cue in cues:
        if not cue.lines:
            continue
        if cue.start - until >= CLEARED:
            shown = ()
        length = _carried(shown, cue)
        shown, until = cue.lines[-MOST_SHOWN:], cue.end
        if rest := _after(cue, length):
            yield rest


def _carried_words(before: Cue, cue: Cue) -> int:
    """Words at the beginning of a cue that are left from the one before; 0 where a speaker may have repeated them."""
    if cue.start - before.end >= CLEARED:
        return 0
    length = _carried(before.lines[-MOST_SHOWN:], cue)
    text = " ".join(cue.lines)
    is_whole = length == len(text)
    is_moved = cue.sources != before.sources or cue.end - cue.start <= FLUSH or before.end - before.start <= FLUSH
    return len(text[:length].split()) if not is_whole or is_moved else 0


def _carried(shown: tuple[str, ...], cue: Cue) -> int:
    """Characters at the beginning of a cue's joined lines that were shown before: the longest end of what was shown."""
    if not shown or not cue.lines[0].startswith(tuple(line[:1] for line in shown)):
        return 0
    appears = cue.timed.index(True) if True in cue.timed else len(cue.lines)
    text = " ".join(cue.lines[:appears])
    for start in range(int(_is_one_more(shown, cue)), len(shown)):
        old = " ".join(shown[start:])
        if text == old or text.startswith(old + " "):
            return len(old)
    return 0


def _is_one_more(shown: tuple[str, ...], cue: Cue) -> bool:
    """Whether equal lines roll by: `no, no` above one more `no` looks as it did before."""
    return shown == cue.lines and len(shown) > 1 and len(set(shown)) == 1 and cue.end - cue.start > FLUSH


def _after(cue: Cue, length: int) -> Cue | None:
    """A cue without its first characters, of which the ends of lines count one each."""
    if not length:
        return cue
    for number, line in enumerate(cue.lines):
        if length < len(line):
            rest = line[length:].lstrip()
            source = cue.sources[number] if rest == line else rest
            lines, sources = (rest, *cue.lines[number + 1 :]), (source, *cue.sources[number + 1 :])
            return Cue(cue.start, cue.end, lines, sources, cue.timed[number:])
        length = max(0, length - len(line) - 1)
    return None
