"""The elements of a JSON array, or values one after the other over several lines each: memory holds one, however large the file.

Only strings and brackets are looked at, to see where an element ends; what it is, its reader finds out. So an element that is no
JSON costs itself, where its strings and brackets end.
"""

import io
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

CHUNK = 1 << 16

_MARK = re.compile(rb'["\[\]{},]')
_IN_STRING = re.compile(rb'(?:[^"\\]++|\\.)*+', re.DOTALL)
_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


def is_array(head: bytes) -> bool:
    """Whether JSON that begins so is an array."""
    return head.removeprefix(_BYTE_ORDER_MARK).lstrip().startswith(b"[")


def is_spread(head: bytes) -> bool:
    """Whether JSON that begins so has its values over several lines each: the first one ends where an object must go on."""
    first, end, _ = head.removeprefix(_BYTE_ORDER_MARK).lstrip().partition(b"\n")
    return bool(end) and first.startswith(b"{") and first.rstrip().endswith((b"{", b"[", b",", b":"))


def elements(stream: io.BufferedReader, largest: int) -> Iterator[bytes | None]:
    """Every element of an array as it is written; None in place of one of more than `largest` bytes. Reads no further than its end.

    Raises EOFError where the array breaks off.
    """
    strings, element, depth, count = _Strings(), _Element(largest), 0, 0
    while chunk := stream.peek(CHUNK)[:CHUNK]:
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
                    stream.read(start)
                    return
        element.add(chunk[start:])
        stream.read(len(chunk))
    raise EOFError("the file breaks off within the array")


def spread(stream: io.BufferedReader, largest: int) -> Iterator[bytes | None]:
    """Every value as it is written, to where its brackets close; None in place of one of more than `largest` bytes.

    Raises EOFError where the last one breaks off.
    """
    strings, value, depth = _Strings(), _Element(largest), 0
    while chunk := stream.read(CHUNK):
        start = 0
        for place, sign in strings.marks_outside(chunk):
            depth = max(0, depth + (sign in b"[{") - (sign in b"]}"))
            if depth == 0 and sign in b"]}":
                value.add(chunk[start : place + 1])
                yield value.taken()
                start = place + 1
        value.add(chunk[start:])
    if depth:
        raise EOFError("the file breaks off within an object")
    if (rest := value.taken()) is None or rest.strip():
        yield rest


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
