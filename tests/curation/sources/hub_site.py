"""A small Hugging Face hub on the loopback interface: one data set, as the library asks for it."""

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class Hub:
    """Data set `someone/tales` at one commit; its files by path."""

    files: dict[str, bytes] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    tokens: set[str | None] = field(default_factory=set)
    break_after: int | None = None  # bytes of one file, then the connection ends
    demands: str = ""
    address: str = ""

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        known = {"/api/datasets/someone/tales", *(f"/api/datasets/someone/tales/revision/{name}" for name in ("main", "v1", COMMIT))}
        if path in known:
            siblings = [{"rfilename": name} for name in sorted(self.files)]
            facts = {"id": "someone/tales", "_id": "1", "sha": COMMIT, "private": False, "tags": [], "siblings": siblings}
            return 200, json.dumps(facts).encode(), {}
        tree = f"/api/datasets/someone/tales/tree/{COMMIT}"
        if path.startswith(tree):
            return self._tree(path.removeprefix(tree).strip("/"))
        if path == f"/api/datasets/someone/tales/paths-info/{COMMIT}":
            return 200, json.dumps([self._entry(name) for name in sorted(self.files)]).encode(), {}
        raw = f"/datasets/someone/tales/resolve/{COMMIT}/"
        if path.startswith(raw) and path.removeprefix(raw) in self.files:
            content = self.files[path.removeprefix(raw)]
            return 200, content, {"ETag": f'"{_oid(content)}"', "X-Repo-Commit": COMMIT, "Accept-Ranges": "bytes"}
        missing = "EntryNotFound" if "someone/tales" in path else "RepoNotFound"
        return 404, b"{}", {"X-Error-Code": missing}

    def _tree(self, folder: str) -> tuple[int, bytes, dict[str, str]]:
        entries: dict[str, dict[str, Any]] = {}
        for name in sorted(self.files):
            if folder and not name.startswith(f"{folder}/"):
                continue
            rest = name.removeprefix(f"{folder}/" if folder else "")
            if "/" in rest:
                directory = f"{folder}/{rest.split('/')[0]}".strip("/")
                entries[directory] = {"type": "directory", "path": directory, "oid": "0" * 40, "size": 0}
            entries[name] = self._entry(name)
        return (200 if entries or not folder else 404), json.dumps(list(entries.values())).encode(), {"X-Error-Code": "EntryNotFound"}

    def _entry(self, name: str) -> dict[str, Any]:
        return {"type": "file", "path": name, "oid": _oid(self.files[name]), "size": len(self.files[name])}


def _oid(content: bytes) -> str:
    return hashlib.sha1(content, usedforsecurity=False).hexdigest()


@contextmanager
def hub_running() -> Iterator[Hub]:
    """A hub that answers on a free port for the length of a block."""
    hub = Hub()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(True)

        def do_POST(self) -> None:
            self.rfile.read(int(self.headers.get("Content-Length", 0)))
            self._answer(True)

        def do_HEAD(self) -> None:
            self._answer(False)

        def _answer(self, with_body: bool) -> None:
            path = unquote(urlsplit(self.path).path)
            hub.asked.append(f"{self.command} {path}")
            hub.tokens.add(self.headers["Authorization"])
            denied = hub.demands and self.headers["Authorization"] != f"Bearer {hub.demands}"
            status, body, headers = (401, b"{}", {"X-Error-Code": "RepoNotFound"}) if denied else hub.answer(path)
            if status == 200 and (asked := self.headers["Range"]):
                first, _, last = asked.removeprefix("bytes=").partition("-")
                end = min(int(last or len(body) - 1), len(body) - 1)
                headers = {**headers, "Content-Range": f"bytes {first}-{end}/{len(body)}"}
                status, body = 206, body[int(first) : end + 1]
            self.send_response(status)
            for name, value in {**headers, "Content-Length": str(len(body)), "Content-Type": "application/json"}.items():
                self.send_header(name, value)
            self.end_headers()
            if with_body:
                self.wfile.write(body if hub.break_after is None or "resolve" not in path else body[: hub.break_after])

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        server.daemon_threads = True
        hub.address = f"http://127.0.0.1:{server.server_address[1]}"
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield hub
        server.shutdown()
        thread.join()
