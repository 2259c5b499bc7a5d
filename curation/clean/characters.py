"""Where in a text something lies that could be somebody's: found at the speed of memory, so that only there a pattern is tried."""

import re
from collections.abc import Iterable, Iterator

import numpy as np
import numpy.typing as npt

Marks = npt.NDArray[np.bool_]
Window = tuple[int, int]

MARGIN = 24  # characters around digits that a pattern may need

_DIGIT, _HEX = bytearray(256), bytearray(256)
for _character in b"0123456789":
    _DIGIT[_character] = _HEX[_character] = 1
for _character in b"abcdefABCDEF:":
    _HEX[_character] = 1
_DIGIT_TABLE, _HEX_TABLE = bytes(_DIGIT), bytes(_HEX)
_BESIDE_STOP, _BESIDE_COLON = np.frombuffer(_DIGIT_TABLE, dtype=np.bool_), np.frombuffer(_HEX_TABLE, dtype=np.bool_)
_TOKEN_TABLE = bytes(chr(code).isalnum() or chr(code) in "_-+/=.~%!@#$^&*:" if code < 128 else 0 for code in range(256))


def dense_digits(text: str, digits: int, within: int) -> Iterator[Window]:
    """Parts of a text around so many ASCII digits that lie within so many characters; they do not overlap."""
    return _windows(np.flatnonzero(_marked(text, _DIGIT_TABLE)), digits, within, len(text))


def dotted_digits(text: str) -> Iterator[Window]:
    """Parts of a text around three full stops in a row that stand between digits, at most three digits apart."""
    return _separated(text, ".", _BESIDE_STOP, 8) if text.count(".") >= 3 else iter(())


def colons(text: str) -> Iterator[Window]:
    """Parts of a text around three colons in a row that stand between hexadecimal digits, at most four digits apart."""
    return _separated(text, ":", _BESIDE_COLON, 10) if text.count(":") >= 3 else iter(())


def long_tokens(text: str, characters: int, digits: int) -> Iterator[Window]:
    """Runs of at least so many characters of which keys and passwords are made, with so many digits among them."""
    if len(text) < characters:
        return
    breaks = np.concatenate(([-1], np.flatnonzero(~_marked(text, _TOKEN_TABLE)), [len(text)]))
    long = np.flatnonzero(np.diff(breaks) > characters)
    if not len(long):
        return
    starts, ends = breaks[long] + 1, breaks[long + 1]
    places = np.flatnonzero(_marked(text, _DIGIT_TABLE))
    mixed = np.searchsorted(places, ends) - np.searchsorted(places, starts) >= digits
    yield from zip(starts[mixed].tolist(), ends[mixed].tolist(), strict=True)


def found_in(text: str, windows: Iterable[Window], pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """What a pattern finds in some parts of a text, in order and without overlap."""
    last = 0
    for left, right in windows:
        for found in pattern.finditer(text, max(last, left), right):
            yield found
            last = found.end()


def _separated(text: str, mark: str, beside: Marks, within: int) -> Iterator[Window]:
    codes = np.frombuffer(text.encode("ascii", "replace"), dtype=np.uint8)
    marks = np.flatnonzero(codes == ord(mark))
    marks = marks[(marks > 0) & (marks < len(text) - 1)]
    return _windows(marks[beside[codes[marks - 1]] & beside[codes[marks + 1]]], 3, within, len(text))


def _marked(text: str, table: bytes) -> Marks:
    """Whether each character of a text is in a table. Characters beyond ASCII become question marks, one each."""
    return np.frombuffer(text.encode("ascii", "replace").translate(table), dtype=np.bool_)


def _windows(places: npt.NDArray[np.intp], count: int, within: int, length: int) -> Iterator[Window]:
    if len(places) < count:
        return
    first = np.flatnonzero(places[count - 1 :] - places[: len(places) - count + 1] <= within)
    if not len(first):
        return
    starts, ends = places[first] - MARGIN, places[first + count - 1] + MARGIN
    breaks = np.flatnonzero(starts[1:] > ends[:-1])
    lefts = starts[np.concatenate(([0], breaks + 1))].tolist()
    rights = ends[np.concatenate((breaks, [len(first) - 1]))].tolist()
    yield from ((max(0, left), min(length, right)) for left, right in zip(lefts, rights, strict=True))
