"""Wikis on the loopback interface: one that answers what was recorded from a real server, and the log of what each was asked."""

import gzip
import json
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qsl, urlsplit

RECORDED = Path(__file__).resolve().parents[4] / "shared" / "fixtures" / "mediawiki"
"""Forty answers of a real server; beside the repository, not in it."""


@dataclass(frozen=True)
class Asked:
    """One request that a wiki was asked."""

    path: str
    params: Mapping[str, str]
    headers: Mapping[str, str]
    at_once: int  # requests in flight when it came, itself among them
    sent: int  # bytes of the answer on the wire


@dataclass(frozen=True)
class Reply:
    """What a wiki answers."""

    body: bytes
    status: int = 200
    headers: Mapping[str, str] = field(default_factory=dict)


class Wiki(Protocol):
    """Something that answers questions to an API."""

    paths: tuple[str, ...]
    log: list[Asked]
    address: str

    def reply(self, params: Mapping[str, str]) -> Reply:
        """The answer to a question."""


@contextmanager
def serving(wiki: Wiki) -> Iterator[None]:
    """Serves a wiki on a free port for the length of a block; `wiki.address` is where."""
    lock, in_flight = threading.Lock(), 0

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"
        disable_nagle_algorithm = True

        def do_GET(self) -> None:
            nonlocal in_flight
            with lock:
                in_flight += 1
                at_once = in_flight
            parts = urlsplit(self.path)
            params = dict(parse_qsl(parts.query, keep_blank_values=True))
            found = wiki.reply(params) if parts.path in wiki.paths else Reply(b"<html>no such page</html>", 404)
            body, zipped = found.body, "gzip" in self.headers.get("Accept-Encoding", "")
            if zipped:
                body = gzip.compress(body)
            wiki.log.append(Asked(parts.path, params, {name.lower(): value for name, value in self.headers.items()}, at_once, len(body)))
            with lock:
                in_flight -= 1
            self.send_response(found.status)
            for name, value in found.headers.items():
                self.send_header(name, value)
            if zipped:
                self.send_header("Content-Encoding", "gzip")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        wiki.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield
        server.shutdown()
        thread.join()


class RecordedWiki:
    """A wiki that answers byte for byte as a real one did, and an API error to what it was never asked.

    `lags` is how many questions it first answers with its recorded maxlag. With `old`, it speaks formatversion 1 alone.
    """

    def __init__(self, name: str = "wikipedia", lags: int = 0, old: bool = False) -> None:
        self.lags, self.old = lags, old
        self.log: list[Asked] = []
        self.address = ""
        index = json.loads((RECORDED / "index.json").read_text())
        self.recorded = [entry for entry in index if entry["wiki"] == name]
        self.paths = tuple({entry["path"] for entry in self.recorded})

    def reply(self, params: Mapping[str, str]) -> Reply:
        if self.lags:
            self.lags -= 1
            return self.recording("26-maxlag.json")
        asked = _telling(params)
        for entry in self.recorded:
            is_old = "formatversion" not in entry["params"]
            if entry["method"] == "GET" and is_old == self.old and _telling(entry["params"]) == asked:
                return self.recording(entry["file"])
        return Reply(json.dumps({"error": {"code": "notrecorded", "info": f"never asked: {asked}"}}).encode())

    def recording(self, file: str) -> Reply:
        """What was recorded, whatever was asked."""
        entry = next(entry for entry in self.recorded if entry["file"] == file)
        return Reply((RECORDED / file).read_bytes(), entry["status"], entry["headers"])


def _telling(params: Mapping[str, str]) -> dict[str, str]:
    """The parameters that tell one recorded question from another."""
    return {
        name: value
        for name, value in params.items()
        if name not in ("format", "formatversion", "maxlag", "curtimestamp") and not (name == "continue" and not value)
    }
