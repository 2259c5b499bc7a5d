"""A small site for the tests: its pages are set one by one, and it remembers what it was asked."""

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass(frozen=True)
class Answer:
    """One response of the small site."""

    body: bytes | str = b""
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=lambda: {"Content-Type": "text/html; charset=utf-8"})


@dataclass
class Site:
    """A site of a few pages. A list of answers is given one after the other, the last one for ever.

    With `demands`, a request without this Authorization header is answered with 401.
    """

    pages: dict[str, Answer | list[Answer]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    demands: str = ""
    authorizations: set[str | None] = field(default_factory=set)
    address: str = ""

    def answer(self, path: str) -> Answer:
        found = self.pages.get(path, Answer("no such page", 404))
        if isinstance(found, list):
            return found.pop(0) if len(found) > 1 else found[0]
        return found

    def asked_pages(self) -> list[str]:
        return [path for path in self.asked if path != "/robots.txt"]


@contextmanager
def running() -> Iterator[Site]:
    """A small site that answers on a free port for the length of a block."""
    small = Site()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            small.asked.append(self.path)
            small.agents.add(self.headers["User-Agent"])
            given = self.headers["Authorization"]
            small.authorizations.add(given)
            answer = small.answer(self.path) if not small.demands or given == small.demands else Answer("who are you?", 401)
            body = answer.body.encode() if isinstance(answer.body, str) else answer.body
            self.send_response(answer.status)
            for name, value in answer.headers.items():
                self.send_header(name, value)
            self.end_headers()
            try:
                self.wfile.write(body)
            except ConnectionError:
                small.asked.append("hung up")

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        small.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield small
        server.shutdown()
        thread.join()
