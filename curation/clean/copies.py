"""Copies: which documents of a source say nearly the same, so that what they share is no boilerplate.

The search for duplicates comes after cleaning; here a rough one is enough, over documents that share a line.
"""

import re
from collections import defaultdict
from collections.abc import Sequence
from itertools import pairwise

import xxhash

SKETCH_SIZE = 64  # of the least hashes of runs of words (Broder, On the resemblance and containment of documents, 1997)
RUN = 4  # words
LOOKED_UP = 16  # of these by which documents meet
LEAST_RESEMBLANCE = 0.45  # of two copies; talks whose speakers are marked in other ways have 0.5 and more, other texts hardly 0.1

_WORD = re.compile(r"\w+")

Sketch = tuple[int, ...]


def sketched(text: str) -> Sketch:
    """What is compared of a text: the least hashes of some words in a row, in order."""
    words = _WORD.findall(text.lower())
    runs = {" ".join(words[start : start + RUN]) for start in range(max(1, len(words) - RUN + 1))}
    return tuple(sorted(xxhash.xxh3_64_intdigest(run.encode("utf-8", "replace")) for run in runs)[:SKETCH_SIZE])


def groups(sketches: Sequence[Sketch]) -> list[int]:
    """For each document the number of its group: documents that are copies of each other, or of a third one, have the same.

    Of the documents that meet at a hash only those are compared that come next to each other in the order of their sketches, so
    that time is bounded by their number; the order of the documents does not matter.
    """
    parents = list(range(len(sketches)))

    def first(number: int) -> int:
        while parents[number] != number:
            parents[number] = parents[parents[number]]
            number = parents[number]
        return number

    meeting = defaultdict[int, list[int]](list)
    for number in sorted(range(len(sketches)), key=lambda each: sketches[each]):
        for value in sketches[number][:LOOKED_UP]:
            meeting[value].append(number)
    for met in meeting.values():
        for one, other in pairwise(met):
            if first(one) != first(other) and _resemblance(sketches[one], sketches[other]) >= LEAST_RESEMBLANCE:
                parents[first(one)] = first(other)
    return [first(number) for number in range(len(sketches))]


def _resemblance(one: Sketch, other: Sketch) -> float:
    """Of the least hashes of both together, the part that is in both."""
    least = sorted({*one, *other})[:SKETCH_SIZE]
    return len({*one} & {*other} & {*least}) / max(1, len(least))
