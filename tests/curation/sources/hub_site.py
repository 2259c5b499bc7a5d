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
PUBLISH = "/publish"


@dataclass
class Hub:
    """Data set `someone/tales`; its files by path, at the commit of `main` and at those that were published before it."""

    files: dict[str, bytes] = field(default_factory=dict)
    commit: str = COMMIT
    coming: list[dict[str, bytes]] = field(default_factory=list)  # published one by one, when asked for PUBLISH
    older: dict[str, dict[str, bytes]] = field(default_factory=dict)
    asked: list[str] = field(default_factory=list)
    agents: set[str] = field(default_factory=set)
    sent: dict[str, int] = field(default_factory=dict)  # bytes by path
    tokens: set[str | None] = field(default_factory=set)
    break_after: int | None = None  # bytes of one file, then the connection ends
    demands: str = ""
    echoes: bool = False  # an error says which token was sent
    address: str = ""

    def publish(self, files: dict[str, bytes]) -> None:
        """A new commit, to which `main` points."""
        self.older[self.commit] = self.files
        self.commit, self.files = f"{len(self.older):040}", files

    def rows_of(self, commit: str) -> list[str]:
        """Where the files of a commit are."""
        files = self.older.get(commit, self.files)
        return [f"/datasets/someone/tales/resolve/{commit}/{name}" for name in sorted(files)]

    def answer(self, path: str) -> tuple[int, bytes, dict[str, str]]:
        """Status, body and headers."""
        commits = {**self.older, self.commit: self.files}
        about = "/api/datasets/someone/tales"
        named = {name: name for name in commits} | {"main": self.commit, "v1": self.commit}
        if path == PUBLISH:
            if self.coming:
                self.publish(self.coming.pop(0))
            return 200, b"", {}
        known = {about: self.commit} | {f"{about}/revision/{name}": commit for name, commit in named.items()}
        if path in known:
            siblings = [{"rfilename": name} for name in sorted(commits[known[path]])]
            facts = {"id": "someone/tales", "_id": "1", "sha": known[path], "private": False, "tags": [], "siblings": siblings}
            return 200, json.dumps(facts).encode(), {}
        for commit, files in commits.items():
            if path.startswith(tree := f"{about}/tree/{commit}"):
                return _tree(files, path.removeprefix(tree).strip("/"))
            if path == f"{about}/paths-info/{commit}":
                return 200, json.dumps([_entry(files, name) for name in sorted(files)]).encode(), {}
            raw = f"/datasets/someone/tales/resolve/{commit}/"
            if path.startswith(raw) and path.removeprefix(raw) in files:
                content = files[path.removeprefix(raw)]
                return 200, content, {"ETag": f'"{_oid(content)}"', "X-Repo-Commit": commit, "Accept-Ranges": "bytes"}
        missing = "EntryNotFound" if "someone/tales" in path else "RepoNotFound"
        return 404, b"{}", {"X-Error-Code": missing}


def _tree(files: dict[str, bytes], folder: str) -> tuple[int, bytes, dict[str, str]]:
    entries: dict[str, dict[str, Any]] = {}
    for name in sorted(files):
        if folder and not name.startswith(f"{folder}/"):
            continue
        rest = name.removeprefix(f"{folder}/" if folder else "")
        if "/" in rest:
            directory = f"{folder}/{rest.split('/')[0]}".strip("/")
            entries[directory] = {"type": "directory", "path": directory, "oid": "0" * 40, "size": 0}
        entries[name] = _entry(files, name)
    return (200 if entries or not folder else 404), json.dumps(list(entries.values())).encode(), {"X-Error-Code": "EntryNotFound"}


def _entry(files: dict[str, bytes], name: str) -> dict[str, Any]:
    return {"type": "file", "path": name, "oid": _oid(files[name]), "size": len(files[name])}


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
            hub.agents.add(self.headers["User-Agent"])
            denied = hub.demands and self.headers["Authorization"] != f"Bearer {hub.demands}"
            status, body, headers = (401, b"{}", {"X-Error-Code": "RepoNotFound"}) if denied else hub.answer(path)
            if hub.echoes and status >= 400:
                headers["X-Error-Message"] = f"no use for {self.headers['Authorization']}"
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
                hub.sent[path] = hub.sent.get(path, 0) + len(body)
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
