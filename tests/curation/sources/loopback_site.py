"""A web site on the loopback interface with every vice that the web has, and a log of who asked for what, when and how.

    with open_site() as site:
        site.answers["/a"] = Answer(b"text")                                   # always
        site.answers["/b"] = [Answer(status=503), Answer(b"text")]             # in turn, the last one for ever
        site.answers["/c"] = lambda asked: Answer(asked.headers["user-agent"].encode())
        ...
        assert [asked.path for asked in site.log] == ["/a"]

What is not in `answers` is 404. An answer with `etag` or `modified` is 304 to a request that knows it already.
"""

import gzip
import itertools
import socket
import socketserver
import ssl
import threading
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import format_datetime, parsedate_to_datetime
from http import HTTPStatus
from typing import Any

import brotli
from backports import zstd

HTML = "text/html; charset=utf-8"


@dataclass(frozen=True)
class Asked:
    """One request as it came. `at`: seconds, by a clock that only goes forward."""

    path: str
    headers: Mapping[str, str]  # names in lower case
    at: float
    peer: int  # the asking port: one connection
    method: str = "GET"


@dataclass(frozen=True)
class Answer:
    """One response, and what is wrong with it."""

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = HTML
    etag: str = ""
    modified: datetime | None = None
    length: int | None = None  # the Content-Length that it claims; None: the true one
    breaks_after: int | None = None  # bytes of the body after which the connection ends
    thinks: float = 0.0  # seconds before the first byte
    drips: tuple[int, float] | None = None  # bytes at a time, and seconds between two times
    chunks: Sequence[bytes] | None = None  # sent with Transfer-Encoding: chunked in place of the body
    raw: bytes | None = None  # sent as it is in place of everything, and then the connection ends

    def is_known(self, asked: Asked) -> bool:
        """Whether a conditional request already has it (RFC 9110, 13.2.2)."""
        if "if-none-match" in asked.headers:
            return bool(self.etag) and self.etag in asked.headers["if-none-match"]
        since = asked.headers.get("if-modified-since")
        return since is not None and self.modified is not None and self.modified <= parsedate_to_datetime(since)


Given = Answer | list[Answer] | Callable[[Asked], Answer]


@dataclass
class LoopbackSite:
    """A site: its answers by path, query included, and the log of what it was asked."""

    answers: dict[str, Given] = field(default_factory=dict)
    log: list[Asked] = field(default_factory=list)
    address: str = ""  # http://127.0.0.1:PORT
    sent: int = 0  # bytes of responses
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    @property
    def host(self) -> str:
        return self.address.partition("://")[2]

    @property
    def pages(self) -> list[str]:
        """The paths asked for, robots.txt left out."""
        return [asked.path for asked in self.log if asked.path != "/robots.txt"]

    def asked(self, path: str) -> list[Asked]:
        return [asked for asked in self.log if asked.path == path]

    def gaps(self) -> list[float]:
        """Seconds between each request and the next one."""
        times = [asked.at for asked in self.log]
        return [later - earlier for earlier, later in itertools.pairwise(times)]

    def robots(self, *lines: str) -> None:
        self.answers["/robots.txt"] = Answer("\n".join(lines).encode(), content_type="text/plain")

    def answer(self, asked: Asked) -> Answer:
        with self._lock:
            self.log.append(asked)
            given = self.answers.get(asked.path, Answer(b"no such page", 404))
            if isinstance(given, list):
                given = given.pop(0) if len(given) > 1 else given[0]
        answer = given if isinstance(given, Answer) else given(asked)
        return Answer(status=304, etag=answer.etag) if answer.is_known(asked) else answer


@contextmanager
def open_site(tls: ssl.SSLContext | None = None, threads: bool = True) -> Iterator[LoopbackSite]:
    """A site on a free port for the length of a block."""
    site = LoopbackSite()
    handler = type("Handler", (_Handler,), {"site": site, "tls": tls})
    kind = socketserver.ThreadingTCPServer if threads else socketserver.TCPServer
    server_class = type("Server", (kind,), {"daemon_threads": True, "request_queue_size": 64, "handle_error": lambda *_: None})
    with server_class(("127.0.0.1", 0), handler) as server:
        site.address = f"{'https' if tls else 'http'}://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield site
        server.shutdown()
        thread.join()


class _Handler(socketserver.BaseRequestHandler):
    """One connection: requests one after another until the other side or an answer ends it."""

    site: LoopbackSite
    tls: ssl.SSLContext | None
    request: socket.socket

    def handle(self) -> None:
        self.request.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.request.settimeout(30)
        stream = self.tls.wrap_socket(self.request, server_side=True) if self.tls else self.request
        try:
            with stream.makefile("rb") as lines:
                while (asked := self._asked(lines)) is not None and self._send(stream, self.site.answer(asked)):
                    pass
        except OSError:
            return
        finally:
            stream.close()

    def _asked(self, lines: Any) -> Asked | None:
        first = lines.readline().split()
        if len(first) != 3:
            return None
        at, headers = time.monotonic(), dict[str, str]()
        while (line := lines.readline().decode("latin-1").strip()) != "":
            name, _, value = line.partition(":")
            headers[name.lower()] = value.strip()
        return Asked(first[1].decode("latin-1"), headers, at, self.client_address[1], first[0].decode())

    def _send(self, stream: socket.socket, answer: Answer) -> bool:
        """Sends an answer; whether the connection goes on."""
        time.sleep(answer.thinks)
        if answer.raw is not None:
            stream.sendall(answer.raw)
            return False
        body = (
            answer.body if answer.chunks is None else b"".join(b"%x\r\n%s\r\n" % (len(part), part) for part in answer.chunks) + b"0\r\n\r\n"
        )
        head = self._head(answer)
        body = body if answer.breaks_after is None else body[: answer.breaks_after]
        self.site.sent += len(head) + len(body)
        if answer.drips:
            stream.sendall(head)
            amount, pause = answer.drips
            for start in range(0, len(body), amount):
                time.sleep(pause)
                stream.sendall(body[start : start + amount])
        else:
            stream.sendall(head + body)
        return answer.breaks_after is None

    def _head(self, answer: Answer) -> bytes:
        headers = {"Date": format_datetime(datetime.now(UTC), usegmt=True), "Content-Type": answer.content_type}
        if answer.chunks is not None:
            headers["Transfer-Encoding"] = "chunked"
        elif answer.status != 304:
            headers["Content-Length"] = str(len(answer.body) if answer.length is None else answer.length)
        if answer.etag:
            headers["ETag"] = answer.etag
        if answer.modified:
            headers["Last-Modified"] = format_datetime(answer.modified, usegmt=True)
        lines = [f"HTTP/1.1 {answer.status} {_phrase(answer.status)}", *(f"{k}: {v}" for k, v in {**headers, **answer.headers}.items())]
        return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def _phrase(status: int) -> str:
    return HTTPStatus(status).phrase if status in set(HTTPStatus) else "Odd"


def _deflated(content: bytes, window: int) -> bytes:
    stream = zlib.compressobj(1, wbits=window)
    return stream.compress(content) + stream.flush()


CODINGS: dict[str, Callable[[bytes], bytes]] = {
    "gzip": lambda content: gzip.compress(content, 1, mtime=0),
    "deflate": lambda content: _deflated(content, 15),
    "raw deflate": lambda content: _deflated(content, -15),
    "br": lambda content: brotli.compress(content, quality=1),
    "zstd": lambda content: zstd.compress(content, 1),
}
"""Content codings by name; "raw deflate" is what some servers send as deflate."""


def coded(coding: str, content: bytes, **settings: Any) -> Answer:
    """An answer in a content coding."""
    return Answer(CODINGS[coding](content), headers={"Content-Encoding": coding.removeprefix("raw ")}, **settings)


def bomb(coding: str, size: int) -> Answer:
    """An answer that unpacks to so many zeros."""
    return coded(coding, bytes(size))


def moved(target: str, status: int = 301) -> Answer:
    """A redirect."""
    return Answer(status=status, headers={"Location": target})


def busy(retry_after: str | None = None, status: int = 503) -> Answer:
    """An answer of a server that would rather be asked later."""
    return Answer(b"busy", status, {} if retry_after is None else {"Retry-After": retry_after})
