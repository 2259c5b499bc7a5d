"""The elements of one JSON array, one after the other: memory holds one of them, however large the file.

Only strings and brackets are looked at, to see where an element ends; what it is, its reader finds out. So an element that is no
JSON costs itself, where its strings and brackets end.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import IO

CHUNK = 1 << 16

_MARK = re.compile(rb'["\[\]{},]')
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def is_array(head: bytes) -> bool:
    """Whether a file of JSON that begins so is one array."""
    return head.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"[")


def elements(stream: IO[bytes], largest: int) -> Iterator[bytes | None]:
    """Every element of an array as it is written; None in place of one of more than `largest` bytes.

    Raises EOFError where the array breaks off, and ValueError where something follows it.
    """
    strings, element, depth, count = _Strings(), _Element(largest), 0, 0
    while chunk := stream.read(CHUNK):
        start = 0
        for place, sign in strings.marks_outside(chunk):
            if depth == 0:
                depth, start = 1, place + 1
            elif depth > 1 or sign in b"[{":
                depth += (sign in b"[{") - (sign in b"]}")
            else:
                element.add(chunk[start:place])
                written, start = element.taken(), place + 1
                if sign == b"," or count or written is None or written.strip():  # an empty array has no element
                    yield written
                count += 1
                if sign != b",":
                    _require_end(chunk[start:], stream)
                    return
        element.add(chunk[start:])
    raise EOFError("the file breaks off within the array")


@dataclass
class _Strings:
    """What of a text is within strings, chunk by chunk."""

    is_open: bool = False
    is_escaped: bool = False  # the first character of the next chunk

    def marks_outside(self, chunk: bytes) -> Iterator[tuple[int, bytes]]:
        """The brackets and commas outside strings, by their place."""
        position = 0
        while position < len(chunk):
            if self.is_open:
                position = self._end(chunk, position + self.is_escaped)
            elif mark := _MARK.search(chunk, position):
                position = mark.end()
                self.is_open = mark[0] == b'"'
                if not self.is_open:
                    yield mark.start(), mark[0]
            else:
                return

    def _end(self, chunk: bytes, position: int) -> int:
        found = _IN_STRING.match(chunk, position)
        end = found.end() if found else position
        self.is_open = not chunk.startswith(b'"', end)
        self.is_escaped = chunk.startswith(b"\\", end)
        return end + 1


@dataclass
class _Element:
    """The element that is being read, as far as it is kept."""

    largest: int
    held: bytearray = field(default_factory=bytearray)
    is_lost: bool = False

    def add(self, part: bytes) -> None:
        self.is_lost = self.is_lost or len(self.held) + len(part) > self.largest
        if self.is_lost:
            self.held.clear()
        else:
            self.held += part

    def taken(self) -> bytes | None:
        """The element, None where it was too long. The next one begins."""
        written = None if self.is_lost else bytes(self.held)
        self.held.clear()
        self.is_lost = False
        return written


def _require_end(left: bytes, stream: IO[bytes]) -> None:
    while not left.strip():
        left = stream.read(CHUNK)
        if not left:
            return
    raise ValueError("there is more after the array")
