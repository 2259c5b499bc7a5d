"""Content codings undone in bounded steps: what a response unpacks to is counted before it is held.

Codings: RFC 9110, 8.4.1 (gzip, deflate), RFC 7932 (br), RFC 8878 (zstd), its window at most 8 MB (RFC 9659).
"""

import sys
import zlib
from collections.abc import Callable, Iterator
from typing import Protocol

import brotli

if sys.version_info >= (3, 14):
    from compression.zstd import DecompressionParameter, ZstdDecompressor, ZstdError
else:
    from backports.zstd import DecompressionParameter, ZstdDecompressor, ZstdError

ACCEPTED = "gzip, deflate, br, zstd"
"""What a request says that it understands."""

STEP = 65_536
"""Bytes that one step of a decoder may give."""

MOST_CODINGS = 3
"""Codings one upon another; servers apply one, broken ones two."""

ZSTD_WINDOW_LOG = 23

_NO_CODING = frozenset({"", "identity", "none", "utf-8"})
"""Names that servers send for a body that is not coded."""


class TooLarge(Exception):
    """A body that unpacks to more than it may."""


class Damaged(Exception):
    """A body that does not follow its coding, or breaks off."""


class UnknownCoding(Exception):
    """A coding that was not asked for and cannot be undone."""


class _Stage(Protocol):
    def decode(self, data: bytes) -> Iterator[bytes]:
        """What these bytes unpack to, in steps. Raises Damaged."""

    def finish(self) -> None:
        """Raises Damaged where the stream has not come to its end."""


class Body:
    """A response's body as it arrives. `largest`: bytes that it may unpack to, and that each coding beneath it may have.

    Raises UnknownCoding for a Content-Encoding that cannot be undone.
    """

    def __init__(self, content_encoding: str, largest: int) -> None:
        names = [name for name in (part.strip().lower() for part in content_encoding.split(",")) if name not in _NO_CODING]
        if len(names) > MOST_CODINGS or not all(name in _STAGES for name in names):
            raise UnknownCoding(content_encoding)
        self._stages = [_STAGES[name]() for name in reversed(names)]
        self._largest = largest
        self._counts = [0] * (len(names) + 1)
        self._content = bytearray()

    def feed(self, data: bytes) -> None:
        """Takes bytes as they came. Raises TooLarge before more than `largest` and a step is held, and Damaged."""
        steps = iter((data,))
        for number, stage in enumerate(self._stages):
            steps = self._decoded(number, stage, steps)
        for step in steps:
            self._count(len(self._stages), step)
            self._content += step

    def held(self) -> bytes:
        """What there is so far, at most `largest` bytes."""
        return bytes(self._content[: self._largest])

    def finish(self) -> bytes:
        """All of it. Raises Damaged where it breaks off."""
        if self._counts[0]:
            for stage in self._stages:
                stage.finish()
        return bytes(self._content)

    def _decoded(self, number: int, stage: _Stage, steps: Iterator[bytes]) -> Iterator[bytes]:
        for step in steps:
            self._count(number, step)
            yield from stage.decode(step)

    def _count(self, number: int, step: bytes) -> None:
        self._counts[number] += len(step)
        if self._counts[number] > self._largest:
            self._content += step if number == len(self._stages) else b""
            raise TooLarge


class _Zlib:
    """One zlib, gzip or raw deflate stream; several gzip members make one body (RFC 1952, 2.2)."""

    def __init__(self, window: int) -> None:
        self._window = window
        self._stream = zlib.decompressobj(window)

    def decode(self, data: bytes) -> Iterator[bytes]:
        while data:
            if self._stream.eof:
                if self._window != _GZIP or not data.startswith(b"\x1f"):
                    return  # padding after the end, which browsers ignore as well
                self._stream = zlib.decompressobj(self._window)
            try:
                step = self._stream.decompress(data, STEP)
            except zlib.error as error:
                raise Damaged(str(error)) from error
            if step:
                yield step
            data = self._stream.unused_data if self._stream.eof else self._stream.unconsumed_tail

    def finish(self) -> None:
        if not self._stream.eof:
            raise Damaged("it breaks off")


_GZIP = zlib.MAX_WBITS | 16


class _Deflate:
    """`deflate` is a zlib stream by RFC 9110, 8.4.1.2, and a raw one by the servers that have misread it since."""

    def __init__(self) -> None:
        self._head = b""
        self._inner: _Zlib | None = None

    def decode(self, data: bytes) -> Iterator[bytes]:
        if self._inner is None:
            self._head += data
            if len(self._head) < 2:
                return
            first, second = self._head[:2]
            wrapped = first & 0x0F == 8 and (first << 8 | second) % 31 == 0
            self._inner, data = _Zlib(zlib.MAX_WBITS if wrapped else -zlib.MAX_WBITS), self._head
        yield from self._inner.decode(data)

    def finish(self) -> None:
        if self._inner is None:
            raise Damaged("it breaks off")
        self._inner.finish()


class _Brotli:
    """One stream. The library gives twice what it is asked for, or three times."""

    def __init__(self) -> None:
        self._stream = brotli.Decompressor()

    def decode(self, data: bytes) -> Iterator[bytes]:
        if self._stream.is_finished():
            return
        try:
            step = self._stream.process(data, output_buffer_limit=STEP // 4)
            while step:
                yield step
                if self._stream.is_finished():
                    return
                step = self._stream.process(b"", output_buffer_limit=STEP // 4)
        except brotli.error as error:
            raise Damaged(str(error)) from error

    def finish(self) -> None:
        if not self._stream.is_finished():
            raise Damaged("it breaks off")


class _Zstd:
    """One frame or several (RFC 8878, 3.1)."""

    def __init__(self) -> None:
        self._stream = self._frame()
        self._begun = False

    def decode(self, data: bytes) -> Iterator[bytes]:
        try:
            while data:
                if self._stream.eof:
                    self._stream = self._frame()
                step = self._stream.decompress(data, STEP)
                while step or not (self._stream.needs_input or self._stream.eof):
                    if step:
                        yield step
                    if self._stream.needs_input or self._stream.eof:
                        break
                    step = self._stream.decompress(b"", STEP)
                data = self._stream.unused_data if self._stream.eof else b""
        except ZstdError as error:
            raise Damaged(str(error)) from error

    def finish(self) -> None:
        if not self._stream.eof:
            raise Damaged("it breaks off")

    @staticmethod
    def _frame() -> ZstdDecompressor:
        return ZstdDecompressor(options={DecompressionParameter.window_log_max: ZSTD_WINDOW_LOG})


_STAGES: dict[str, Callable[[], _Stage]] = {
    "gzip": lambda: _Zlib(_GZIP),
    "x-gzip": lambda: _Zlib(_GZIP),
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
}
