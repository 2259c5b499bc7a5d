"""Real git repositories for the tests, and a real server of them: `git http-backend` behind a small web server."""

import os
import shutil
import subprocess
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

_CLEAN = {"PATH": os.environ["PATH"], "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "HOME": "/nonexistent", "LC_ALL": "C"}
_ME = {f"GIT_{who}_{what}": value for who in ("AUTHOR", "COMMITTER") for what, value in
       (("NAME", "Tester"), ("EMAIL", "tester@example.org"), ("DATE", "2024-01-02T03:04:05Z"))}  # fmt: skip


def git(folder: Path, *arguments: str, given: bytes = b"") -> str:
    """What a git command prints, run apart from this machine's settings."""
    command = ["git", "-c", "protocol.file.allow=always", *arguments]
    return subprocess.run(command, cwd=folder, env=_CLEAN | _ME, input=given, check=True, capture_output=True).stdout.decode().strip()


@dataclass
class Work:
    """A repository with a work tree."""

    folder: Path

    def __post_init__(self) -> None:
        self.folder.mkdir(parents=True, exist_ok=True)
        git(self.folder, "init", "-q", "-b", "main")

    def commit(self, files: Mapping[str, bytes | str | None], message: str = "work") -> str:
        """Writes files, removes those that are None, and commits all; gives the commit."""
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)
        git(self.folder, "add", "-A", "-f")
        git(self.folder, "commit", "-q", "--allow-empty", "-m", message)
        return self.head

    @property
    def head(self) -> str:
        return git(self.folder, "rev-parse", "HEAD")


@dataclass
class Server:
    """A server of bare repositories below a folder."""

    root: Path
    address: str = ""
    asked: list[str] = field(default_factory=list)
    sent: list[int] = field(default_factory=list)
    agents: set[str | None] = field(default_factory=set)
    authorizations: set[str | None] = field(default_factory=set)
    demands: str = ""
    moves_to: str = ""

    def publish(self, work: Work, name: str = "project.git") -> str:
        """Puts a work tree's branches and tags on the server; gives the address."""
        bare = self.root / name
        if not bare.exists():
            git(self.root, "init", "-q", "--bare", "-b", "main", str(bare))
            git(bare, "config", "uploadpack.allowFilter", "true")
        git(work.folder, "push", "-q", "--force", "--prune", str(bare), "refs/heads/*:refs/heads/*", "refs/tags/*:refs/tags/*")
        return f"{self.address}/{name}"


@contextmanager
def serving(root: Path, smart: bool = True) -> Iterator[Server]:
    """Serves a folder of repositories over HTTP: smart, as git hosts do, or dumb, as plain files."""
    root.mkdir(parents=True, exist_ok=True)
    server = Server(root)

    class Smart(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self._answer(b"")

        def do_POST(self) -> None:
            if self.headers.get("Transfer-Encoding", "").lower() == "chunked":
                self._answer(self._chunks())
            else:
                self._answer(self.rfile.read(int(self.headers["Content-Length"])))

        def _chunks(self) -> bytes:
            body = b""
            while size := int(self.rfile.readline(), 16):
                body += self.rfile.read(size)
                self.rfile.readline()
            return body

        def _answer(self, body: bytes) -> None:
            server.asked.append(f"{self.command} {self.path}")
            server.agents.add(self.headers.get("User-Agent"))
            server.authorizations.add(self.headers.get("Authorization"))
            if server.moves_to:
                self.send_response(302)
                self.send_header("Location", server.moves_to + self.path)
                self.end_headers()
                return
            if server.demands and self.headers.get("Authorization") != server.demands:
                self.send_response(401)
                self.send_header("WWW-Authenticate", "Basic")
                self.end_headers()
                return
            parts = urlsplit(self.path)
            given = {
                "GIT_PROJECT_ROOT": str(root), "GIT_HTTP_EXPORT_ALL": "1", "PATH_INFO": parts.path, "QUERY_STRING": parts.query,
                "REQUEST_METHOD": self.command, "CONTENT_TYPE": self.headers.get("Content-Type", ""), "CONTENT_LENGTH": str(len(body)),
                "HTTP_CONTENT_ENCODING": self.headers.get("Content-Encoding", ""), "GIT_PROTOCOL": self.headers.get("Git-Protocol", ""),
                "REMOTE_ADDR": "127.0.0.1", "GIT_CONFIG_COUNT": "1", "GIT_CONFIG_KEY_0": "safe.directory", "GIT_CONFIG_VALUE_0": "*",
            }  # fmt: skip
            output = subprocess.run(["git", "http-backend"], env=_CLEAN | given, input=body, capture_output=True, check=False).stdout
            head, _, content = output.partition(b"\r\n\r\n")
            headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n") if line)
            self.send_response(int(headers.pop("Status", "200 OK").split()[0]))
            for name, value in headers.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(content)
            server.sent.append(len(content))

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    class Dumb(SimpleHTTPRequestHandler):
        def __init__(self, *args: Any, **named: Any) -> None:
            super().__init__(*args, directory=str(root), **named)

        def log_message(self, format: str, *args: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Smart if smart else Dumb) as listening:
        server.address = f"http://127.0.0.1:{listening.server_address[1]}"
        thread = threading.Thread(target=listening.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        thread.start()
        yield server
        listening.shutdown()
        thread.join()


def have_git() -> bool:
    """Whether there is a git to test with."""
    return shutil.which("git") is not None
