"""An answer of a web server as an archive holds it: status, headers and body, decoded within limits."""

import re
import sys
import zlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from email.message import Message
from email.utils import parsedate_to_datetime

import brotli

if sys.version_info >= (3, 14):
    from compression.zstd import ZstdDecompressor, ZstdError
else:
    from backports.zstd import ZstdDecompressor, ZstdError

_TEXTS = ("text/", "application/xhtml+xml")
_STATUS = re.compile(rb"HTTP/\d(?:\.\d)? (\d{3})(?: |\r?$)", re.MULTILINE)
_CHUNK = re.compile(rb"[ \t]*([0-9A-Fa-f]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


class Unusable(Exception):
    """Why a record is no page, in words."""


@dataclass(frozen=True)
class Response:
    """One answer; header names in lower case, the body as it was sent."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    @property
    def media_type(self) -> str:
        """As the server declared it."""
        return self._declared.get_content_type() if self.headers.get("content-type") else "application/octet-stream"

    @property
    def charset(self) -> str | None:
        """As the server declared it."""
        return self._declared.get_content_charset() if self.headers.get("content-type") else None

    @property
    def modified(self) -> str | None:
        """Last-Modified in ISO 8601."""
        try:
            return parsedate_to_datetime(self.headers["last-modified"]).isoformat()
        except (KeyError, ValueError, TypeError, OverflowError):
            return None

    @property
    def payloads(self) -> list[bytes]:
        """The body without its chunks, of which a digest is to be made (WARC 1.1, 5.9), and with them, of which some make it."""
        return list(dict.fromkeys([self._whole, self.body]))

    def content(self, largest: int) -> bytes:
        """The body decoded, of at most `largest` bytes. Raises Unusable where it is no text, or cannot be decoded."""
        if self.status != 200:
            raise Unusable(f"HTTP status {self.status}")
        if self.headers.get("content-type") and not self.media_type.startswith(_TEXTS):
            raise Unusable(f"{self.media_type} is no text")
        content = self._whole
        for coding in reversed([word.strip() for word in self.headers.get("content-encoding", "").lower().split(",")]):
            content = _decoded(content, coding, largest)
        if len(content) > largest:
            raise Unusable(_too_large(largest))
        return content

    @property
    def _declared(self) -> Message:
        message = Message()
        message["content-type"] = self.headers["content-type"]
        return message

    @property
    def _whole(self) -> bytes:
        return _dechunked(self.body) if "chunked" in self.headers.get("transfer-encoding", "").lower() else self.body


def parse(block: bytes) -> Response:
    """The answer that a block of type application/http holds. Raises Unusable where it holds none."""
    head, gap, body = min((block.partition(gap) for gap in (b"\r\n\r\n", b"\n\n")), key=lambda parts: len(parts[0]))
    status = _STATUS.match(head)
    if not (gap and status):
        raise Unusable("no answer of a web server: it has no status line, or no end of headers")
    headers: dict[str, str] = {}
    for line in head.splitlines()[1:]:
        name, _, value = line.decode("latin-1").partition(":")
        headers.setdefault(name.strip().lower(), value.strip())
    return Response(int(status[1]), headers, body)


def _dechunked(body: bytes) -> bytes:
    """The body without its chunks (RFC 9112, 7.1). Some archives took them out and left the header: then as it is."""
    parts, position = list[bytes](), 0
    while size := _CHUNK.match(body, position):
        length = int(size[1], 16)
        if not length:
            return b"".join(parts)
        parts.append(body[size.end() : size.end() + length])
        position = size.end() + length
        position += 2 if body.startswith(b"\r\n", position) else body.startswith(b"\n", position)
    if not parts:
        return body
    raise Unusable("damaged: its chunks break off")


def _decoded(content: bytes, coding: str, largest: int) -> bytes:
    if coding in ("", "identity", "none") or not content:
        return content
    if coding not in _DECODERS:
        raise Unusable(f"encoded as {coding[:40]!r}, which is not known")
    begins = _BEGINNINGS.get(coding)
    if begins and not content.startswith(begins):
        return content  # some archives decoded it and left the header
    try:
        return _DECODERS[coding](content, largest)
    except (zlib.error, brotli.error, ZstdError, EOFError) as error:
        raise Unusable(f"damaged: it cannot be decoded from {coding}: {error}") from error


def _inflated(content: bytes, largest: int) -> bytes:
    # `deflate` means zlib (RFC 9110, 8.4.1.2), and raw deflate is sent under that name too
    raw = not content.startswith(b"\x1f\x8b") and (content[0] & 0x0F != 8 or int.from_bytes(content[:2], "big") % 31)
    inflate = zlib.decompressobj(-15 if raw else 47)
    found = inflate.decompress(content, largest + 1)
    return _complete(found, inflate.eof, largest)


def _from_brotli(content: bytes, largest: int) -> bytes:
    decompress = brotli.Decompressor()
    found = decompress.process(content, output_buffer_limit=largest + 1)
    return _complete(found, decompress.is_finished(), largest)


def _from_zstd(content: bytes, largest: int) -> bytes:
    decompress = ZstdDecompressor()
    return _complete(decompress.decompress(content, largest + 1), decompress.eof, largest)


def _complete(found: bytes, ended: bool, largest: int) -> bytes:
    if len(found) > largest:
        raise Unusable(_too_large(largest))
    if not ended:
        raise EOFError("it breaks off")
    return found


def _too_large(largest: int) -> str:
    return f"larger than max_item_megabytes ({largest / 1e6:g}) when decoded"


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _inflated,
    "x-gzip": _inflated,
    "deflate": _inflated,
    "br": _from_brotli,
    "zstd": _from_zstd,
}
_BEGINNINGS = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
